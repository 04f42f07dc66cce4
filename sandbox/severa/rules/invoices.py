"""Invoices: totals, numbers, statuses, and what can be changed when (contract, section 10)."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from sandbox.severa.errors import invalid, not_now
from sandbox.severa.stamps import money
from sandbox.store import Row

if TYPE_CHECKING:
    from sandbox.severa.registers import Registers

ALWAYS = frozenset({"number", "referenceNumber", "paymentDate", "status"})
"""Members that can be changed in a status that is not editable."""
OWN_NUMBERS = (700_000, 799_999)
"""Numbers that Severa gives to an invoice that needs one and has none."""
CENT = Decimal("0.01")
PARTS = {
    "Hours": "workHoursTotalExcludingTax",
    "ProjectFees": "projectFeesTotalExcludingTax",
    "TravelExpenses": "projectTravelExpensesTotalExcludingTax",
    "FlatRate": "flatRatesTotalExcludingTax",
}


def reference_number(number: int) -> str:
    """The payment reference of an invoice number: the number and a check digit (modulus 10)."""
    total = 0
    for place, digit in enumerate(reversed(str(number))):
        double = int(digit) * (2 if place % 2 == 0 else 1)
        total += double - 9 if double > 9 else double
    return f"{number}{-total % 10}"


def amounts(quantity: object, price: object, vat_rate: object) -> tuple[Decimal, Decimal]:
    """(net, VAT) of a row, each to the cent, halves away from zero."""
    net = (Decimal(str(quantity)) * Decimal(str(price or 0))).quantize(CENT, ROUND_HALF_UP)
    return net, (net * Decimal(str(vat_rate or 0)) / 100).quantize(CENT, ROUND_HALF_UP)


def totals(rows: list[Row], currency: str) -> Row:
    """The total members of an invoice with these rows."""
    net = vat = hours = Decimal(0)
    parts = dict.fromkeys(PARTS, Decimal(0))
    for row in rows:
        row_net, row_vat = amounts(row["quantity"], row["unitPrice"]["amount"], row["vatRate"])
        net, vat = net + row_net, vat + row_vat
        parts[row["rowType"]] += row_net
        if row["rowType"] == "Hours":
            hours += Decimal(str(row["quantity"]))
    return {
        "totalIncludingTax": money(net + vat, currency),
        "totalExcludingTax": money(net, currency),
        "totalTax": money(vat, currency),
        **{member: money(parts[kind], currency) for kind, member in PARTS.items()},
        "workHoursQuantity": float(hours),
    }


def recalculate(registers: "Registers", invoice_guid: str) -> Row:
    """Writes the totals of an invoice anew from its rows; the invoice counts as changed."""
    invoice = registers.get("invoices", invoice_guid)
    rows = registers.tables["invoicerows"].find("invoiceGuid", invoice_guid)
    return registers.write("invoices", invoice_guid, totals(rows, invoice["currency"]["code"]), touch=True)


def status_of(registers: "Registers", invoice: Row) -> Row:
    """The status row of an invoice, with all its flags."""
    return registers.get("invoicestatuses", invoice["status"]["guid"])


def before_invoice(registers: "Registers", current: Row | None, members: Row, given: Mapping[str, Any]) -> None:
    """An uneditable status lets few members through; numbers and dates follow."""
    if current is None:
        return
    status = status_of(registers, current)
    if status["isReadOnly"] and not given.keys() <= ALWAYS:
        refused = ", ".join(sorted(given.keys() - ALWAYS))
        raise not_now(f"The invoice is in the status {status['name']}: {refused} cannot be changed.")
    if members.get("number") is not None:
        if members["number"] < 1:
            raise invalid("number", "must be positive")
        for other in registers.tables["invoices"].find("number", members["number"]):
            if other["guid"] != current["guid"]:
                raise invalid("number", f"{members['number']} is in use")
    if "status" in given:
        enter_status(registers, current, members, registers.get("invoicestatuses", given["status"]["guid"]))
    if "referenceNumber" not in members and members.get("number") is not None and current["referenceNumber"] is None:
        members["referenceNumber"] = reference_number(members["number"])
    if "date" in members or "paymentTerm" in members:
        both = {**current, **members}
        due = date.fromisoformat(both["date"]) + timedelta(days=both["paymentTerm"])
        members.setdefault("dueDate", due.isoformat())


def enter_status(registers: "Registers", current: Row, members: Row, status: Row) -> None:
    """An invoice that enters a status with a number and has none gets Severa's own."""
    if not status["isActive"]:
        raise not_now(f"The status {status['name']} is not active.")
    number = members.get("number", current["number"])
    if status["hasInvoiceNumber"] and number is None:
        low, high = OWN_NUMBERS
        members["number"] = registers.ids.number("invoice", current["guid"], low=low, high=high)
    members["canBeDeleted"] = not status["hasInvoiceNumber"]


def before_row(registers: "Registers", current: Row | None, _: Row, __: Mapping[str, Any]) -> None:
    """Rows of an uneditable invoice stay as they are."""
    if current is not None:
        status = status_of(registers, registers.get("invoices", current["invoiceGuid"]))
        if status["isReadOnly"]:
            raise not_now(f"The invoice is in the status {status['name']}: its rows cannot be changed.")


def after_row(registers: "Registers", row: Row, _: Mapping[str, Any]) -> None:
    """The invoice's totals follow its rows."""
    recalculate(registers, row["invoiceGuid"])


def after_settings(registers: "Registers", row: Row, given: Mapping[str, Any]) -> None:
    """The payment date and the entry date stand on the invoice too."""
    members = {name: row[name] for name in ("paymentDate", "entryDate") if name in given}
    if members:
        registers.write("invoices", registers.invoice_of[row["guid"]], members, touch=True)
