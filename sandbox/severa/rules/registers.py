"""Products and the smaller registers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.severa.errors import invalid
from sandbox.store import Row

if TYPE_CHECKING:
    from sandbox.severa.registers import Registers


COMPANY = ("companyGuid", "companyName", "companyBusinessUnitGuid", "companyCountryGuid", "companyCurrencyGuid")
"""What a unit says of the company that it belongs to."""


def before_unit(registers: "Registers", current: Row | None, members: Row, given: Mapping[str, Any]) -> None:
    """A unit belongs to the company of its parent; one with a VAT number is a company itself."""
    if given.get("parentGuid") is not None:
        parent = registers.get("businessunits", given["parentGuid"])
        if current is not None and parent["guid"] == current["guid"]:
            raise invalid("parentGuid", "is the unit itself")
    if current is None:
        root = registers.company["businessUnit"]
        chosen = members.setdefault("parentGuid", root["guid"])
        above = root if chosen is None else registers.get("businessunits", chosen)
        members |= {name: above[name] for name in COMPANY}
        if vat_number := given.get("vatNumber"):
            own = registers.ids.guid("businessunits", given.get("code") or given["name"], vat_number)
            company = registers.ids.guid("companies", vat_number)
            members |= {
                "guid": own,
                "companyBusinessUnitGuid": own,
                "companyGuid": company,
                "companyName": given["name"],
            }


def before_user(registers: "Registers", current: Row | None, members: Row, given: Mapping[str, Any]) -> None:
    """A new user is in the company's unit unless said otherwise. A superior must be somebody else."""
    if current is None and members.get("businessUnit") is None:
        members["businessUnit"] = registers.refer("businessunits.company", registers.company["businessUnit"]["guid"])
    superior = given.get("superiorUser")
    if current is not None and superior is not None and superior["guid"] == current["guid"]:
        raise invalid("superiorUser.guid", "is the user itself")


def before_travel_type(_: "Registers", current: Row | None, members: Row, __: Mapping[str, Any]) -> None:
    """The two flags follow from the class."""
    kind = members.get("expenseClass", (current or {}).get("expenseClass"))
    members["isMileage"] = kind == "Mileage"
    members["isDailyAllowance"] = kind == "DailyAllowance"


def before_selection_item(registers: "Registers", current: Row | None, members: Row, given: Mapping[str, Any]) -> None:
    """An item belongs to a property of the type Selection."""
    if current is None and not members.get("name"):
        raise invalid("name", "is required")
    owner = given.get("customerCustomProperty")
    if owner is not None and registers.get("customproperties", owner.get("guid"))["type"] != "Selection":
        raise invalid("customerCustomProperty", "is no selection")


def before_status(registers: "Registers", current: Row | None, members: Row, __: Mapping[str, Any]) -> None:
    """A new status stands last unless said otherwise."""
    if current is None and "sortOrder" not in members:
        members["sortOrder"] = 1 + max((row["sortOrder"] for row in registers.tables["invoicestatuses"]), default=0)
