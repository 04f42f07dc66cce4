"""Customers, their addresses, contacts and communications (contract, section 9)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.severa.errors import invalid, not_now
from sandbox.store import Row

if TYPE_CHECKING:
    from sandbox.severa.registers import Registers

OWN_NUMBERS = (600_000, 699_999)
"""Numbers that Severa gives to a customer that is created without one."""
PHONES = {"Phone", "MobilePhone", "IPPhone"}


def unique(registers: "Registers", kind: str, member: str, value: object, current: Row | None) -> None:
    """Refuses a value that another row of the kind has in a member."""
    for row in registers.tables[kind].find(member, value):
        if current is None or row["guid"] != current["guid"]:
            raise invalid(member, f"{value!r} is in use")


def before_customer(registers: "Registers", current: Row | None, members: Row, given: Mapping[str, Any]) -> None:
    """Names and numbers are unique; a new customer without a number gets one; only own addresses can be chosen."""
    if members.get("number") is None and (current is None or "number" in given):
        name = members.get("name") or (current or {}).get("name")
        members["number"] = registers.ids.number("customer", name, low=OWN_NUMBERS[0], high=OWN_NUMBERS[1])
    for member in ("name", "number"):
        if member in members:
            unique(registers, "customers", member, members[member], current)
    if current is None:
        members.setdefault("paymentTerm", registers.company["paymentTerm"])
        for member in ("currency", "language"):
            if members.get(member) is None:
                members[member] = registers.company[member]
    chosen = given.get("headquarterAddress")
    if chosen is not None:
        address = registers.get("addresses", chosen["guid"])
        if current is None or address["customer"]["guid"] != current["guid"]:
            raise invalid("headquarterAddress.guid", "is not an address of this customer")


def after_address(registers: "Registers", row: Row, _: Mapping[str, Any]) -> None:
    """A customer's first address is its headquarter; the customer itself does not count as changed."""
    customer = registers.get("customers", row["customer"]["guid"])
    if customer["headquarterAddress"] is None:
        shown = registers.refer("addresses.headquarter", row["guid"])
        registers.write("customers", customer["guid"], {"headquarterAddress": shown})


def before_address_delete(registers: "Registers", row: Row) -> None:
    """A headquarter cannot be deleted."""
    headquarter = registers.get("customers", row["customer"]["guid"])["headquarterAddress"]
    if headquarter is not None and headquarter["guid"] == row["guid"]:
        raise not_now("The headquarter address cannot be deleted.")


def before_contact(registers: "Registers", current: Row | None, members: Row, given: Mapping[str, Any]) -> None:
    """The name is put together; the address must be one of the customer."""
    both = {**(current or {}), **members}
    members["name"] = f"{both['firstName']} {both['lastName']}"
    if given.get("addressGuid") is not None:
        address = registers.get("addresses", given["addressGuid"])
        if address["customer"]["guid"] != both["customer"]["guid"]:
            raise invalid("addressGuid", "is not an address of the customer")


def collect_communications(registers: "Registers", contact_guid: str) -> None:
    """Writes a contact's e-mail addresses and phone numbers anew; the contact does not count as changed."""
    rows = registers.tables["contactcommunications"].find("contact.guid", contact_guid)
    registers.write(
        "contactpersons",
        contact_guid,
        {
            "emails": [row["value"] for row in rows if row["communicationType"]["type"] == "EmailAddress"],
            "phoneNumbers": [row["value"] for row in rows if row["communicationType"]["type"] in PHONES],
        },
    )


def after_communication(registers: "Registers", row: Row, _: Mapping[str, Any]) -> None:
    """The contact shows its communications."""
    collect_communications(registers, row["contact"]["guid"])


def before_segment_link(registers: "Registers", current: Row | None, members: Row, given: Mapping[str, Any]) -> None:
    """The parent segment is shown beside the segment; a customer has a segment once."""
    if current is not None or given.get("customer") is None or given.get("marketSegment") is None:
        raise invalid("customer", "and marketSegment are needed")
    segment = registers.get("marketsegments", given["marketSegment"]["guid"])
    for row in registers.tables["customermarketsegments"].find("customer.guid", given["customer"]["guid"]):
        if row["marketSegment"]["guid"] == segment["guid"]:
            raise invalid("marketSegment", "is linked to the customer")
    parent = segment["parentMarketSegment"]
    members["parentMarketSegment"] = (
        None if parent is None else registers.refer("marketsegments.active", parent["guid"])
    )


def before_property_value(registers: "Registers", current: Row | None, members: Row, given: Mapping[str, Any]) -> None:
    """A value of a selection names one of its items; the owner must exist."""
    short = members.get("customProperty") or (current or {}).get("customProperty")
    value = members.get("value")
    if short is not None and short["type"] == "Selection" and value is not None:
        items = registers.tables["selectionitems"].find("customerCustomProperty.guid", short["guid"])
        if value not in {text for item in items for text in (item["name"], item["guid"])}:
            raise invalid("value", "is no item of the selection")
    for member, table in (("customerGuid", "customers"), ("projectGuid", "projects")):
        if given.get(member) is not None:
            registers.get(table, given[member])
