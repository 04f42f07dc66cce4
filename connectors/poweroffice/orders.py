"""The draft sales order of an invoice, with everything checked before anything is sent (contract section 7)."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.fields import Use
from connectors.ports import OutgoingInvoice
from connectors.poweroffice.customers import no_term
from connectors.poweroffice.invoice_mapping import LINES, ORDERS
from connectors.poweroffice.registers import Article, Catalogue, Registers
from connectors.poweroffice.settings import PowerOfficeSettings
from core.errors import BadDataError, MissingDependencyError
from core.invoices import Invoice, InvoiceRow

FOUR_DECIMALS = Decimal("0.0001")
"""Contract section 11: at most 4 decimals in quantities and prices."""


class Orders:
    """Builds order bodies from the catalogue, the payment terms and the VAT rates. Writes nothing."""

    def __init__(self, settings: PowerOfficeSettings, registers: Registers, catalogue: Catalogue) -> None:
        self._settings = settings
        self._registers = registers
        self._catalogue = catalogue

    async def body(self, outgoing: OutgoingInvoice) -> dict[str, Any]:
        """The body of POST /SalesOrders/Complete.

        BadDataError for a row that cannot become an order line, MissingDependencyError for a product or a payment term
        that PowerOffice does not have.
        """
        invoice = outgoing.invoice
        articles = await self._articles(invoice)
        values = {
            "reference": outgoing.reference,
            "customer_id": outgoing.customer_id,
            "invoice_date": invoice.invoice_date,
            "payment_term_id": await self._term(invoice),
            "currency": invoice.currency,
            "project_id": outgoing.project_id,
            "contact_id": outgoing.contact_id,
            "purchase_order": invoice.order_number,
            "credited_number": credited(outgoing),
        }
        lines = [await self._line(row, position, articles, outgoing) for position, row in enumerate(invoice.rows)]
        return {
            **present(ORDERS.write(values, Use.POST)),
            "SalesOrderStatus": "Draft",
            "SalesOrderLines": lines,
        }

    async def _articles(self, invoice: Invoice) -> dict[str, Article]:
        """The products of an invoice by code."""
        for row in invoice.rows:
            _check(row)
        codes = [row.code for row in invoice.rows if row.code]
        await self._catalogue.learn(codes)
        found = {code: self._catalogue.active(code) for code in dict.fromkeys(codes)}
        absent = [code for code, articles in found.items() if not articles]
        if absent:
            named = ", ".join(absent[:5])
            raise MissingDependencyError(
                f"PowerOffice has no product {named}.",
                why="A row with an amount needs a product that is not archived.",
                todo="Add the product with this code in PowerOffice, or correct the code in Severa.",
                field="ProductCode",
                needs=f"products:{absent[0]}",
            )
        for code, articles in found.items():
            if len(articles) > 1:
                raise BadDataError(
                    f"PowerOffice has {len(articles)} products with the code {code}.",
                    todo="Archive all but one of them in PowerOffice.",
                    field="ProductCode",
                )
        return {code: articles[0] for code, articles in found.items()}

    async def _term(self, invoice: Invoice) -> int | None:
        """Id of the payment term; None, so that the customer's own is inherited, when the invoice names none."""
        if invoice.payment_term is None:
            return None
        term = await self._registers.payment_term(invoice.payment_term)
        if term is None:
            raise no_term(invoice.payment_term)
        return term

    async def _line(
        self, row: InvoiceRow, position: int, articles: dict[str, Article], outgoing: OutgoingInvoice
    ) -> dict[str, Any]:
        values: dict[str, Any] = {"id": row.id, "description": row.description, "sort_order": position}
        if row.code is None:
            return present(LINES.write(values | {"line_type": "Text"}, Use.POST))
        values |= {
            "line_type": "Normal",
            "code": row.code,
            "quantity": at_most_four(row.quantity),
            "unit_price": at_most_four(row.unit_price),
            "allowance": 0,
            "standard_account": await self._standard(articles[row.code], row, outgoing.invoice.invoice_date),
            "unit": self._settings.unit_code(row.unit),
            "project_id": outgoing.project_ids_by_row.get(row.id),
        }
        return present(LINES.write(values, Use.POST))

    async def _standard(self, article: Article, row: InvoiceRow, on: date) -> bool:
        """Whether the standard sales account fits the row's VAT better than the optional one.

        The optional one is chosen only when its rate is the row's and the standard one's is not; in doubt the standard
        one goes and the comparison of the totals decides.
        """
        if row.vat_percent is None:
            return True
        wanted = row.vat_percent / 100
        if await self._registers.rate(article.standard_account, on) == wanted:
            return True
        return await self._registers.rate(article.optional_account, on) != wanted


def credited(outgoing: OutgoingInvoice) -> int | None:
    """RelatedInvoiceNo: the number of the credited invoice, which PowerOffice takes on negative totals only."""
    number = outgoing.credited_number or ""
    if outgoing.invoice.total.amount >= 0 or not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    return int(number)


def at_most_four(value: Decimal) -> Decimal:
    """`value` with no more than 4 decimals, rounded half up."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -4:
        return value.quantize(FOUR_DECIMALS, rounding=ROUND_HALF_UP)
    return value


def present(members: dict[str, Any]) -> dict[str, Any]:
    """Members that have a value."""
    return {name: value for name, value in members.items() if value is not None}


def _check(row: InvoiceRow) -> None:
    """A row without one product code can only go as a text row, without an amount."""
    if row.code is not None:
        return
    text = (row.description or row.id)[:60]
    if len(row.codes) > 1:
        raise BadDataError(
            f"The row '{text}' has several product codes: {', '.join(row.codes[:5])}.",
            why="An order line in PowerOffice has one product.",
            todo="Split the row in Severa, so that each has one product code.",
            field="ProductCode",
        )
    if row.unit_price * row.quantity != 0:
        raise BadDataError(
            f"The row '{text}' has an amount and no product code.",
            why="PowerOffice takes VAT and account from the product.",
            todo="Give the row a product with a code in Severa.",
            field="ProductCode",
        )
