"""Invoices to try an ERP with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from connectors.ports import OutgoingInvoice
from core.invoices import ErpInvoice, Invoice, InvoiceRow, RowType
from core.money import Money, quantise
from core.records import Registry
from tests.conformance.stage import NUMBERS, Stage
from tests.conformance.system import guid

PRICE = Decimal("100.10")
LONG = ("Rådgivning på Ås, «tilbygg» – ß 株 " * 10)[:190].strip()


async def outgoing(
    stage: Stage, *, quantities: Sequence[int] = (3, 1), currency: str = "NOK", code: str | None = None
) -> OutgoingInvoice:
    """An invoice on a new project of a new customer; its rows take the desk's VAT rates in turn."""
    number = next(NUMBERS)
    refs = await stage.refs(Registry.PROJECTS)
    project = (await stage.make(Registry.PROJECTS, refs)).record
    rates = list(stage.desk.products.items())
    rows = tuple(
        InvoiceRow(
            id=guid(600_000_000 + number * 100 + position),
            code=code or rates[position % len(rates)][1],
            codes=(code or rates[position % len(rates)][1],),
            description=LONG if position == 0 else "Reise",
            quantity=Decimal(quantity),
            unit_price=PRICE,
            unit="h",
            vat_percent=rates[position % len(rates)][0],
            row_type=RowType.HOURS,
            sort_order=position,
        )
        for position, quantity in enumerate(quantities)
    )
    total = sum((gross(row, currency) for row in rows), Decimal(0))
    invoice = Invoice(
        id=guid(number),
        number=None,
        status_id="trigger",
        customer_id="severa",
        customer_number="1",
        customer_name="Smørbrød & Sønner",
        project_ids=("severa",),
        invoice_date=date(2026, 2, 27),
        due_date=None,
        payment_term=14,
        currency=currency,
        total=Money(total, currency),
        totals={},
        order_number="Ø-17",
        is_credit_note=total < 0,
        version="1",
        rows=rows,
    )
    return OutgoingInvoice(
        invoice=invoice,
        reference=invoice.id,
        customer_id=refs["customer"],
        project_id=project.id,
        project_ids_by_row={row.id: project.id for row in rows},
        contact_id=refs.get("contact"),
    )


def gross(row: InvoiceRow, currency: str) -> Decimal:
    """A row with its VAT."""
    return quantise(row.quantity * row.unit_price * (1 + (row.vat_percent or Decimal(0)) / 100), currency)


async def held(stage: Stage, references: Sequence[str], since: datetime) -> dict[str, ErpInvoice]:
    """Which references the ERP holds; of none it may be in doubt."""
    looked = await stage.erp.find_invoices(references, since)
    assert looked.doubtful == {}
    return dict(looked.found)


def head(invoice: ErpInvoice) -> ErpInvoice:
    """An invoice as lists have it: perhaps without the totals of its lines."""
    return replace(invoice, line_totals=None)


def earlier() -> datetime:
    """A while before now: the start of a first attempt."""
    return datetime.now(UTC) - timedelta(minutes=5)
