"""Registers: what the rules bring over stands once on the other side, with the same fields, or people are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.evidence import Evidence, member
from tests.faults.findings import Finding
from tests.faults.people import WON
from tests.faults.stage import Row

NEW = "2026"
"""Rows of the world are older; what people make during a scenario is from this year or later."""


@dataclass(frozen=True)
class Item:
    """One row as the oracle sees it. `record` is its name on the error desk; `goes`: the rules bring it over."""

    record: str
    key: str | None
    goes: bool
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Register:
    """One registry: its items in both systems, matched by their key."""

    name: str
    severa: list[Item]
    erp: list[Item]


def registries(evidence: Evidence) -> list[Finding]:
    """Every register, both ways, and doubles by name."""
    found: list[Finding] = []
    for register in (
        _units(evidence),
        _users(evidence),
        _customers(evidence),
        _contacts(evidence),
        _categories(evidence),
        _products(evidence),
        _projects(evidence),
    ):
        found += _judge(evidence, register)
    return [*found, *_doubles(evidence), *_kept(evidence), *_delivery_addresses(evidence)]


def _judge(evidence: Evidence, register: Register) -> Iterator[Finding]:
    by_key: dict[str, tuple[list[Item], list[Item]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate((register.severa, register.erp)):
        for item in items:
            if item.key is not None:
                by_key[item.key][side].append(item)
            elif item.goes and not evidence.told(item.record):
                yield Finding("silent", f"{register.name} {item.record} has no key, and nobody is told: {item.fields}")
    for key, (ours, theirs) in by_key.items():
        told = any(evidence.told(item.record) for item in (*ours, *theirs))
        words = f"{register.name} {key}: {len(ours)} in Severa, {len(theirs)} in PowerOffice"
        told_words = [evidence.words(item.record) for item in (*ours, *theirs)]
        if told:
            continue
        if len(ours) > 1 or len(theirs) > 1:
            yield Finding("duplicate", f"{words}; nobody is told")
        elif (not theirs and ours[0].goes) or (not ours and theirs[0].goes):
            yield Finding("loss", f"{words}; nobody is told; {[item.fields for item in (*ours, *theirs)]}")
        elif ours and theirs and ours[0].goes and theirs[0].goes:
            for name in ours[0].fields.keys() & theirs[0].fields.keys():
                left, right = ours[0].fields[name], theirs[0].fields[name]
                if (left or None) != (right or None):
                    yield Finding("wrong", f"{words}: {name} is {left!r} and {right!r}; told: {told_words}")


def _doubles(evidence: Evidence) -> Iterator[Finding]:
    """A name that stands more often than at first, and more than once: something was made twice."""
    for (system, kind, name), number in evidence.names().items():
        if number > max(1, evidence.before[system, kind, name]):
            yield Finding("duplicate", f"{number} {kind} in {system} are called {name}")


def _kept(evidence: Evidence) -> Iterator[Finding]:
    """What people entered in the system that is not master is not emptied by a copy that was cut off."""
    for system, kind, name, value, entered in evidence.people.entered:
        if value in evidence.people.edited:
            continue
        rows = [row for row in evidence.objects(system, kind) if row.get(name) == value]
        for path, text in entered.items():
            if [member(row, path) for row in rows] != [text]:
                found = [member(row, path) for row in rows]
                yield Finding("loss", f"{kind} {value} had {path} {text!r}, now there is {found!r}")


def _delivery_addresses(evidence: Evidence) -> Iterator[Finding]:
    """PO-06: a customer that was made in PowerOffice by us has Severa's headquarter as its delivery address."""
    severa = {row["guid"]: row for row in evidence.objects("severa", "customers")}
    held: dict[int, list[Row]] = defaultdict(list)
    for address in evidence.objects("poweroffice", "ContactDeliveryAddresses"):
        held[address["ContactId"]].append(address)
    for row in evidence.objects("poweroffice", "Customers"):
        ours = severa.get(row["ExternalImportReference"] or "")
        headquarter = ours["headquarterAddress"] if ours else None
        if ours is None or headquarter is None or not headquarter.get("city") or not ours["isActive"]:
            continue
        found = [one for one in held[row["Id"]] if one["ExternalCode"] == headquarter["guid"]]
        if not evidence.told(f"severa:{ours['guid']}") and [one["City"] for one in found] != [headquarter["city"]]:
            yield Finding("loss", f"customer {row['Number']} has {len(found)} delivery addresses of its headquarter")


# ---------------------------------------------------------------- the registers by the guide's tables


def _rows(evidence: Evidence, system: str, kind: str, item: Callable[[Row], Item | None]) -> list[Item]:
    return [found for row in evidence.objects(system, kind) if (found := item(row)) is not None]


def _units(evidence: Evidence) -> Register:
    """PO-12: business units and departments by code."""
    return Register(
        "business unit",
        _rows(
            evidence, "severa", "businessunits",
            lambda row: Item(f"severa:{row['guid']}", row["code"], row["isActive"], {"name": row["name"]}),
        ),
        _rows(
            evidence, "poweroffice", "Departments",
            lambda row: Item(f"erp:{row['Id']}", row["Code"], row["IsActive"], {"name": row["Name"]}),
        ),
    )  # fmt: skip


def _users(evidence: Evidence) -> Register:
    """PO-12: users and employees by number."""
    return Register(
        "user",
        _rows(
            evidence, "severa", "users",
            lambda row: Item(
                f"severa:{row['guid']}", row["code"], row["isActive"],
                {"first": row["firstName"], "last": row["lastName"], "email": row["email"]},
            ),
        ),
        _rows(
            evidence, "poweroffice", "Employees",
            lambda row: Item(
                f"erp:{row['Id']}", str(row["Number"]), not row["IsArchived"],
                {"first": row["FirstName"], "last": row["LastName"], "email": row["EmailAddress"]},
            ),
        ),
    )  # fmt: skip


def _customers(evidence: Evidence) -> Register:
    """PO-03 to PO-06: by number; in-house and inactive ones stay, and those without an active project or an invoice."""
    busy = {row["customer"]["guid"] for row in evidence.objects("severa", "projects") if not row["isClosed"]} | {
        row["customer"]["guid"] for row in evidence.objects("severa", "invoices")
    }

    def severa(row: Row) -> Item:
        address = row["headquarterAddress"] or {}
        return Item(
            f"severa:{row['guid']}",
            None if row["number"] is None else str(row["number"]),
            row["isActive"] and not row["isInternal"] and row["guid"] in busy,
            {
                "name": row["name"],
                "email": row["email"],
                "website": row["website"],
                "currency": row["currency"]["code"] if row["currency"] else None,
                "term": row["paymentTerm"],
                "line": (address.get("addressline") or "").partition("\n")[0].strip(),
                "city": address.get("city"),
            },
        )

    def erp(row: Row) -> Item:
        address = row.get("MailAddress") or {}
        return Item(
            f"erp:{row['Id']}",
            str(row["Number"]),
            not row["IsArchived"] and row["IsActive"],
            {
                "name": row["Name"],
                "email": row["EmailAddress"],
                "website": row["WebsiteUrl"],
                "currency": row["CurrencyCode"],
                "term": row["PaymentTerm"],
                "line": address.get("AddressLine1"),
                "city": address.get("City"),
            },
        )

    return Register(
        "customer",
        _rows(evidence, "severa", "customers", severa),
        _rows(evidence, "poweroffice", "Customers", erp),
    )


def _contacts(evidence: Evidence) -> Register:
    """PO-07: by the number of the customer and the name; the contacts of customers that stand in both systems."""
    register = _customers(evidence)
    both = {item.key for item in register.severa if item.goes} & {item.key for item in register.erp if item.goes}
    numbers = {row["Id"]: str(row["Number"]) for row in evidence.objects("poweroffice", "Customers")}

    def severa(row: Row) -> Item | None:
        if row["isDeleted"]:
            return None
        number = str(row["customer"]["number"])
        return Item(
            f"severa:{row['guid']}",
            f"{number} {row['firstName']} {row['lastName']}",
            row["isActive"] and number in both,
            {"title": row["jobTitle"], "guid": row["guid"]},
        )

    def erp(row: Row) -> Item:
        number = numbers[row["ContactId"]]
        return Item(
            f"erp:{row['ContactId']}/{row['Id']}",
            f"{number} {row['FirstName']} {row['LastName']}",
            row["IsActive"] and number in both,
            {"title": row["Title"], "guid": row["ExternalCode"]},
        )

    return Register(
        "contact",
        _rows(evidence, "severa", "contactpersons", severa),
        _rows(evidence, "poweroffice", "ContactPersons", erp),
    )


def _categories(evidence: Evidence) -> Register:
    """PO-10: categories and product groups by code."""
    return Register(
        "product category",
        _rows(
            evidence, "severa", "productcategories",
            lambda row: Item(f"severa:{row['guid']}", row["code"], row["isActive"], {"name": row["name"]}),
        ),
        _rows(
            evidence, "poweroffice", "ProductGroups",
            lambda row: Item(f"erp:{row['Id']}", row["Code"], not row["IsArchived"], {"name": row["Name"]}),
        ),
    )  # fmt: skip


def _products(evidence: Evidence) -> Register:
    """PO-08, PO-09: by code; regular products from before the switch-on stay where they are and as they are."""
    items = []
    for kind, prefix in (("products", "product"), ("worktypes", "work_type"), ("travelexpensetypes", "travel_expense")):
        for row in evidence.objects("severa", kind):
            new = kind != "products" or row["createdDateTime"] >= NEW
            fields = {"name": row["name"]} if new else {}
            if new and kind == "products":
                fields |= {"price": (row["unitPrice"] or {}).get("amount")}
            items.append(Item(f"severa:{prefix}:{row['guid']}", row["code"], row["isActive"] and new, fields))
    return Register(
        "product",
        items,
        _rows(
            evidence, "poweroffice", "Products",
            lambda row: Item(
                f"erp:{row['Id']}", row["Code"], not row["IsArchived"] and row["CreatedDateTimeOffset"] >= NEW,
                {"name": row["Name"], "price": row["UnitPrice"]},
            ),
        ),
    )  # fmt: skip


def _projects(evidence: Evidence) -> Register:
    """PO-11: by number; won ones go out, those of PowerOffice come in."""
    return Register(
        "project",
        _rows(
            evidence, "severa", "projects",
            lambda row: Item(
                f"severa:{row['guid']}", str(row["number"]),
                row["salesStatus"]["name"] == WON and not row["isClosed"] and not row["isInternal"],
                {"name": row["name"], "customer": str(row["customer"]["number"]), "order": row["orderNumber"]},
            ),
        ),
        _rows(
            evidence, "poweroffice", "Projects",
            lambda row: Item(
                f"erp:{row['Id']}", row["Code"], row["IsActive"] and row["ProjectStatus"] != "Archived",
                {"name": row["Name"], "customer": str(row["CustomerNo"]), "order": row["PurchaseOrderNo"]},
            ),
        ),
    )  # fmt: skip
