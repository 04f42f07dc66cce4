"""Projects, their statuses and their fees (contract, sections 9 and 12)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.severa.errors import invalid, missing, not_now
from sandbox.severa.rules.customers import unique
from sandbox.store import Row

if TYPE_CHECKING:
    from sandbox.severa.registers import Registers

OWN_NUMBERS = (200_000, 299_999)
"""Numbers that Severa gives to a project that is created without one."""
STATUS_MEMBERS = frozenset({"salesStatus", "projectStatus", "probability"})
"""A change of these alone does not move the project's time: it shows under the status filters instead."""


def before_project(registers: "Registers", current: Row | None, members: Row, given: Mapping[str, Any]) -> None:
    """Numbers are unique, statuses and units have defaults, closing sets the date."""
    if current is None:
        _settle_new(registers, members, given)
    elif "number" in members and members["number"] is None:
        raise invalid("number", "must not be null")
    if "number" in members:
        unique(registers, "projects", "number", members["number"], current)
    if "salesStatus" in given:
        _sales_status(registers, current, members, given["salesStatus"])
    if "projectStatus" in given:
        _project_status(registers, current, members, given["projectStatus"])
    if "isClosed" in members and members["isClosed"] != bool(current and current["isClosed"]):
        members["closedDate"] = registers.clock.now().date().isoformat() if members["isClosed"] else None
    if members.get("customerContact") is not None:
        contact = registers.get("contactpersons", members["customerContact"]["guid"])
        customer = members.get("customer") or (current or {})["customer"]
        if contact["customer"]["guid"] != customer["guid"]:
            raise invalid("customerContact.guid", "is not a contact of the customer")


def _settle_new(registers: "Registers", members: Row, given: Mapping[str, Any]) -> None:
    if given.get("projectOwner") is None or not given["projectOwner"].get("guid"):
        raise invalid("projectOwner.guid", "is required")
    if members.get("number") is None:
        low, high = OWN_NUMBERS
        members["number"] = registers.ids.number(
            "project", members["name"], given["customer"]["guid"], low=low, high=high
        )
    owner = registers.get("users", given["projectOwner"]["guid"])
    if members.get("businessUnit") is None:
        members["businessUnit"] = owner["businessUnit"]
    if members.get("currency") is None:
        members["currency"] = registers.get("customers", given["customer"]["guid"])["currency"]
    if members.get("billingContact") is None:
        members["billingContact"] = registers.refer("users.person", owner["guid"])
    if members.get("salesStatus") is None:
        first = next(row for row in registers.tables["salesstatustypes"] if row["salesState"] == "InProgress")
        _sales_status(registers, None, members, {"salesStatusTypeGuid": first["guid"]})
    if members.get("projectStatus") is None:
        first = next(iter(registers.tables["projectstatustypes"]))
        _project_status(registers, None, members, {"projectStatusTypeGuid": first["guid"]})
    members["rootPhase"] = {
        "guid": registers.ids.guid("phases", members["number"], members["name"]),
        "name": members["name"],
    }


def _sales_status(registers: "Registers", current: Row | None, members: Row, wanted: Mapping[str, Any] | None) -> None:
    guid = (wanted or {}).get("salesStatusTypeGuid")
    kind = registers.tables["salesstatustypes"].get(guid)
    if kind is None:
        raise missing()
    before = (current or {}).get("salesStatus")
    if before is not None and before["salesStatusTypeGuid"] == guid:
        members["salesStatus"] = before
        return
    number = (current or members).get("number")
    members["salesStatus"] = {
        "guid": registers.ids.guid("salesstatuses", number, kind["name"]),
        "name": kind["name"],
        "salesStatusTypeGuid": guid,
    }
    members["probability"] = kind["defaultProbability"]


def _project_status(
    registers: "Registers", current: Row | None, members: Row, wanted: Mapping[str, Any] | None
) -> None:
    guid = (wanted or {}).get("projectStatusTypeGuid")
    kind = registers.tables["projectstatustypes"].get(guid)
    if kind is None:
        raise missing()
    number = (current or members).get("number")
    members["projectStatus"] = {
        "guid": registers.ids.guid("projectstatuses", number, kind["name"]),
        "name": kind["name"],
        "description": (wanted or {}).get("description"),
        "projectStatusTypeGuid": guid,
    }


def after_project(registers: "Registers", row: Row, given: Mapping[str, Any]) -> None:
    """The name of the root phase follows; the status changes are noted at their time."""
    if "name" in given:
        row["rootPhase"]["name"] = row["name"]
    guid, now = row["guid"], registers.clock.now()
    if "salesStatus" in given:
        registers.sales_changes.note(guid, now)
        history = registers.sales_history.setdefault(guid, [])
        if not history or history[-1][0] != row["salesStatus"]["salesStatusTypeGuid"]:
            history.append((row["salesStatus"]["salesStatusTypeGuid"], now))
    if "projectStatus" in given:
        registers.status_changes.note(guid, now)


def before_fee(registers: "Registers", current: Row | None, members: Row, given: Mapping[str, Any]) -> None:
    """Closed projects and billed fees take no changes; what is not given follows from the product."""
    if current is not None and current["invoice"] is not None:
        raise not_now("The fee is on an invoice.")
    if current is not None and "project" in given:
        raise invalid("project", "cannot be changed")
    if given.get("invoice") is not None or given.get("phase") is not None:
        _own_phase(registers, members, given, current)
    if current is None:
        _settle_new_fee(registers, members, given)
    product = given.get("product")
    if product is not None:
        _from_product(members, registers.get("products", product["guid"]), new=current is None)
    if current is None:
        members["unitPrice"] = members.get("unitPrice") or _zero(registers)
        members["unitCost"] = members.get("unitCost") or _zero(registers)


def _zero(registers: "Registers") -> Row:
    return {"amount": 0.0, "currencyCode": registers.currency, "multiCurrencyInfo": None}


def _own_phase(registers: "Registers", members: Row, given: Mapping[str, Any], current: Row | None) -> None:
    if given.get("invoice") is not None:
        raise invalid("invoice", "cannot be set here")
    project = given.get("project") or (current or {})["project"]
    root = registers.get("projects", project["guid"])["rootPhase"]
    if given["phase"].get("guid") != root["guid"]:
        raise missing()
    members["phase"] = root


def _settle_new_fee(registers: "Registers", members: Row, given: Mapping[str, Any]) -> None:
    project = registers.get("projects", given["project"]["guid"])
    if project["isClosed"]:
        raise not_now("The project is closed.")
    if members.get("product") is None and not members.get("name"):
        raise invalid("name", "is required without a product")
    members["customer"] = registers.refer("customers.numbered", project["customer"]["guid"])
    members.setdefault("phase", project["rootPhase"])
    members.setdefault("costCenter", project["costCenter"])
    members.setdefault("eventDate", registers.clock.now().date().isoformat())
    members.setdefault("quantity", 1.0)
    members.setdefault("isBillable", True)
    members.setdefault("billingSchedule", "Immediately")
    if members.get("user") is None:
        members["user"] = registers.company["integrationUser"]


def _from_product(members: Row, product: Row, *, new: bool) -> None:
    if not new:
        return
    for member, source in (
        ("name", "name"),
        ("productType", "type"),
        ("measurementUnit", "measurementUnit"),
        ("vatRate", "vatRate"),
        ("unitPrice", "unitPrice"),
        ("unitCost", "unitCost"),
        ("salesAccount", "salesAccount"),
    ):
        if members.get(member) is None:
            members[member] = product[source]


def before_fee_delete(_: "Registers", row: Row) -> None:
    """A billed fee stays."""
    if row["invoice"] is not None:
        raise not_now("The fee is on an invoice.")


def after_fee_delete(registers: "Registers", row: Row) -> None:
    """A deleted fee stands in the list of deleted ones."""
    only = ("phase", "project", "customer", "user", "product", "createdBy", "lastUpdatedBy")
    registers.put(
        "deletedprojectfees",
        {
            **{name: row[name] for name in ("guid", "name", "eventDate", "quantity", "measurementUnit")},
            **{name: None if row[name] is None else {"guid": row[name]["guid"]} for name in only},
            "createdDateTime": row["createdDateTime"],
            "lastUpdatedDateTime": row["lastUpdatedDateTime"],
        },
    )
