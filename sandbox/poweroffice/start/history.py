"""What was sent, paid and bought before the integration was switched on."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from sandbox.poweroffice.books.purchases import Purchase, PurchaseRow, post_purchase
from sandbox.poweroffice.company import FIRST_INVOICE_NO, Company
from sandbox.poweroffice.money import exact
from sandbox.poweroffice.sales import orders
from sandbox.poweroffice.sales.payments import pay
from sandbox.poweroffice.sales.sending import Sending, send
from sandbox.poweroffice.start.seed import Positions
from sandbox.store import Row
from sandbox.world import Invoice, InvoiceRow, World

YEAR = timedelta(days=365)


def post_history(company: Company, world: World, at: Positions) -> None:
    """Invoices that Severa knows as paid long ago, where PowerOffice has all they need, and one old purchase."""
    numbers = [invoice.number for invoice in world.invoices if invoice.number is not None]
    for invoice in world.invoices:
        known = invoice.customer in at.customers and all(row.product in at.products for row in invoice.rows)
        if invoice.stage == "paid" and invoice.number is not None and known:
            _send_and_pay(company, invoice, invoice.number, at)
    company.invoice_nos = count(max([*numbers, FIRST_INVOICE_NO - 1]) + 1)
    _buy(company, world, at)
    company.clock.stopped = None


def _send_and_pay(company: Company, invoice: Invoice, number: int, at: Positions) -> None:
    company.clock.stopped = datetime.combine(invoice.date, time(10, 30), UTC)
    order: Row = {
        "CustomerId": at.customers[invoice.customer],
        "SalesOrderDate": invoice.date.isoformat(),
        "PaymentTerm": invoice.payment_term if company.terms.find("CreditDays", invoice.payment_term) else 14,
        "CurrencyCode": invoice.currency,
        orders.LINES: [_line(row, at) for row in invoice.rows],
    }
    stored = orders.create(company, order, by_integration=False)
    company.invoice_nos = iter([number])
    sent = send(company, stored, Sending())
    paid = invoice.payment_date or invoice.date
    company.clock.stopped = datetime.combine(paid, time(5, 2), UTC)
    if sent["Balance"]:
        pay(company, sent, exact(sent["Balance"]))


def _line(row: InvoiceRow, at: Positions) -> Row:
    return {
        "ProductId": at.products[row.product] if row.product is not None else None,
        "ProjectId": at.projects.get(row.project),
        "Description": row.description,
        "Quantity": float(row.quantity),
        "ProductUnitPrice": float(row.unit_price),
        "Allowance": 0,
        "UseStandardSalesAccount": row.vat_rate != 0,
    }


def _buy(company: Company, world: World, at: Positions) -> None:
    """A purchase on a project a year before: older than any sensible start of the import."""
    suppliers = list(company.suppliers)
    if not suppliers or not at.projects:
        return
    company.clock.stopped = world.as_of - YEAR
    project_id = next(iter(at.projects.values()))
    row = PurchaseRow(
        account_no=4500, amount=Decimal(4200), project_id=project_id, description="Prøvetaking, eldre bilag"
    )
    post_purchase(company, Purchase(supplier=suppliers[0], rows=[row], day=company.today()))
