"""What was invoiced, paid and bought before the integration was switched on."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from sandbox.store import Row
from sandbox.visma_net.books.purchases import Purchase, PurchaseLine, enter
from sandbox.visma_net.company import Company
from sandbox.visma_net.money import exact
from sandbox.visma_net.sales import documents, posting
from sandbox.visma_net.sales.kinds import CREDIT_NOTE, INVOICE
from sandbox.visma_net.stamps import midnight
from sandbox.visma_net.start.seed import Positions
from sandbox.world import Invoice, InvoiceRow, World

YEAR = timedelta(days=365)


def post_history(company: Company, world: World, at: Positions) -> None:
    """Invoices that Severa knows as paid long ago, where all they need is here, and one old purchase."""
    for invoice in world.invoices:
        usable = invoice.customer in at.customers and all(row.product in at.items for row in invoice.rows)
        if invoice.stage == "paid" and invoice.number is not None and usable:
            _post(company, invoice, invoice.number, at)
    _buy(company, world, at)
    company.clock.stopped = None


def _post(company: Company, invoice: Invoice, number: int, at: Positions) -> None:
    """With Severa's number; the sequence goes on where it was."""
    company.clock.stopped = datetime.combine(invoice.date, time(10, 30), UTC)
    customer = company.customers.get(at.customers[invoice.customer])
    if customer is None or customer["status"] in {"Inactive", "OnHold", "CreditHold"}:
        return
    sequence = company.sequences["ARINVOICE"]
    kept, sequence.last = sequence.last, number - 1
    kind = CREDIT_NOTE if invoice.is_credit_note else INVOICE
    body: Row = {
        "customerNumber": customer["number"],
        "documentDate": midnight(invoice.date),
        "currencyId": invoice.currency,
        "exchangeRate": float(invoice.currency_rate),
        "dontPrint": True,
        "dontEmail": True,
        "hold": False,
        kind.lines: [_line(company, row, at, sign=-1 if invoice.is_credit_note else 1) for row in invoice.rows],
    }
    row = documents.create(company, kind, body)
    sequence.last = kept
    row = posting.release(company, kind, row)
    paid = invoice.payment_date or invoice.date
    company.clock.stopped = datetime.combine(paid, time(5, 2), UTC)
    if row["status"] == "Open":
        posting.pay(company, kind, row, exact(row["_total"]))


def _line(company: Company, row: InvoiceRow, at: Positions, *, sign: int) -> Row:
    item = company.items.get(at.items[row.product]) if row.product is not None else None
    return {
        "inventoryNumber": item["inventoryNumber"] if item else "",
        "description": row.description,
        "quantity": sign * float(row.quantity),
        "unitPriceInCurrency": float(row.unit_price),
    }


def _buy(company: Company, world: World, at: Positions) -> None:
    """A purchase on a project a year before: older than any sensible start of the import."""
    suppliers = list(company.suppliers)
    if not suppliers or not at.projects:
        return
    company.clock.stopped = world.as_of - YEAR
    line = PurchaseLine(
        cost=Decimal(4200),
        text="Prøvetaking, eldre bilag",
        project=company.projects.get(next(iter(at.projects.values()))),
        task="10",
    )
    enter(company, Purchase(supplier=suppliers[0], lines=[line], day=company.today()))
