"""Invoices of Severa's to try Visma.net with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from rows_of_visma import GUID

from connectors.ports import OutgoingInvoice
from core.invoices import Invoice, InvoiceRow, InvoiceTexts, RowType
from core.money import Money

TEXTS = InvoiceTexts(
    our_reference="Åsa Lindström",
    your_reference="Bjørn Ødegård",
    billing_contact="Bjørn Ødegård",
    notes="Merk: PO",
    above="Takk for oppdraget.",
    below="Vennlig hilsen",
)


def row(**more: Any) -> InvoiceRow:
    values: dict[str, Any] = {
        "id": "r1",
        "code": "RÅD-10",
        "codes": ("RÅD-10",),
        "description": "Rådgivning februar",
        "quantity": Decimal("12.5"),
        "unit_price": Decimal("1450.00"),
        "unit": "h",
        "vat_percent": Decimal(25),
        "row_type": RowType.HOURS,
    }
    return InvoiceRow(**(values | more))


def outgoing(*rows: InvoiceRow, total: str = "23734.25", currency: str = "NOK", **more: Any) -> OutgoingInvoice:
    header = {name: more.pop(name) for name in tuple(more) if name in Invoice.__dataclass_fields__}
    values: dict[str, Any] = {
        "id": GUID,
        "number": None,
        "status_id": "trigger",
        "customer_id": "severa",
        "customer_number": "1",
        "customer_name": "Sjøvik",
        "project_ids": ("severa-project",),
        "invoice_date": date(2026, 3, 5),
        "due_date": date(2026, 3, 19),
        "payment_term": 14,
        "currency": currency,
        "total": Money(Decimal(total), currency),
        "totals": {},
        "order_number": "PO-55812",
        "version": "1",
        "rows": rows or (row(),),
    }
    given: dict[str, Any] = {
        "reference": GUID,
        "customer_id": "7312",
        "project_id": "5512",
        "contact_id": "15390",
        "texts": TEXTS,
    }
    return OutgoingInvoice(invoice=Invoice(**(values | header)), **(given | more))
