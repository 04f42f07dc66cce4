"""PowerOffice's registers by the guide's tables, and the delivery addresses of its customers (PO-03 to PO-12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tests.faults.evidence import Evidence
from tests.faults.findings import Finding
from tests.faults.oracle_registers import NEW, Item, Register, judged, rows
from tests.faults.people import WON
from tests.faults.stage import Row


def registries(evidence: Evidence) -> list[Finding]:
    """Every register, both ways."""
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
        found += judged(evidence, register)
    return [*found, *_delivery_addresses(evidence)]


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


def _units(evidence: Evidence) -> Register:
    """PO-12: business units and departments by code."""
    return Register(
        "business unit",
        rows(
            evidence, "severa", "businessunits",
            lambda row: Item(f"severa:{row['guid']}", row["code"], row["isActive"], {"name": row["name"]}),
        ),
        rows(
            evidence, "poweroffice", "Departments",
            lambda row: Item(f"erp:{row['Id']}", row["Code"], row["IsActive"], {"name": row["Name"]}),
        ),
    )  # fmt: skip


def _users(evidence: Evidence) -> Register:
    """PO-12: users and employees by number."""
    return Register(
        "user",
        rows(
            evidence, "severa", "users",
            lambda row: Item(
                f"severa:{row['guid']}", row["code"], row["isActive"],
                {"first": row["firstName"], "last": row["lastName"], "email": row["email"]},
            ),
        ),
        rows(
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
        rows(evidence, "severa", "customers", severa),
        rows(evidence, "poweroffice", "Customers", erp),
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
        rows(evidence, "severa", "contactpersons", severa),
        rows(evidence, "poweroffice", "ContactPersons", erp),
    )


def _categories(evidence: Evidence) -> Register:
    """PO-10: categories and product groups by code."""
    return Register(
        "product category",
        rows(
            evidence, "severa", "productcategories",
            lambda row: Item(f"severa:{row['guid']}", row["code"], row["isActive"], {"name": row["name"]}),
        ),
        rows(
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
        rows(
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
        rows(
            evidence, "severa", "projects",
            lambda row: Item(
                f"severa:{row['guid']}", str(row["number"]),
                row["salesStatus"]["name"] == WON and not row["isClosed"] and not row["isInternal"],
                {"name": row["name"], "customer": str(row["customer"]["number"]), "order": row["orderNumber"]},
            ),
        ),
        rows(
            evidence, "poweroffice", "Projects",
            lambda row: Item(
                f"erp:{row['Id']}", row["Code"], row["IsActive"] and row["ProjectStatus"] != "Archived",
                {"name": row["Name"], "customer": str(row["CustomerNo"]), "order": row["PurchaseOrderNo"]},
            ),
        ),
    )  # fmt: skip
