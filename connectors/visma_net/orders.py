"""The body of an invoice or credit note, with everything checked before anything is sent (contract section 11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.fields import Use
from connectors.ports import OutgoingInvoice
from connectors.visma_net.bodies import no_term
from connectors.visma_net.catalogue import Catalogue
from connectors.visma_net.documents import Kind, marker
from connectors.visma_net.invoice_mapping import INVOICES, LINES
from connectors.visma_net.numbers import Numbers
from connectors.visma_net.registers import Registers
from connectors.visma_net.settings import VismaNetSettings
from connectors.visma_net.words import wrapped
from core.errors import BadDataError, MissingDependencyError
from core.invoices import Invoice, InvoiceRow, InvoiceTexts

RATE_DIGITS = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Order:
    """A document ready to be posted. `remarks` say what was cut or left out."""

    kind: Kind
    members: Mapping[str, Any]
    remarks: tuple[str, ...] = ()


class Orders:
    """Builds documents. Writes nothing."""

    def __init__(
        self,
        settings: VismaNetSettings,
        registers: Registers,
        catalogue: Catalogue,
        customers: Numbers,
        projects: Numbers,
    ) -> None:
        self._settings = settings
        self._registers = registers
        self._catalogue = catalogue
        self._customers = customers
        self._projects = projects

    async def order(self, outgoing: OutgoingInvoice) -> Order:
        """The document of an invoice. Raises before any write for a row, term, currency or project that cannot go."""
        invoice = outgoing.invoice
        kind = Kind.CREDIT_NOTE if invoice.is_credit_note or invoice.total.amount < 0 else Kind.INVOICE
        codes = [self._code(row) for row in invoice.rows]
        await self._check_items(codes)
        remarks: list[str] = []
        project, has_task = await self._project(outgoing, remarks)
        branch = None if outgoing.business_unit_id is None else await self._registers.branch(outgoing.business_unit_id)
        values = {
            "customer_number": await self._customers.number(outgoing.customer_id),
            "contact": outgoing.contact_id,
            "invoice_date": invoice.invoice_date,
            "due_date": invoice.due_date if kind is Kind.INVOICE else None,
            "text": self._text(outgoing.texts),
            "your_reference": outgoing.texts.your_reference,
            "order_number": invoice.order_number,
            "credit_terms": await self._term(invoice, kind),
            "currency": invoice.currency,
            "exchange_rate": await self._rate(outgoing),
            "branch": branch,
            "project": project,
            "auto_invoice": False,
            "dont_print": True,
            "dont_email": True,
            "note": marker(outgoing.reference),
            "hold": True,
        }
        members = self._cut(present(INVOICES.write(values, Use.POST)), remarks, "")
        lines = [
            self._line(row, code, kind, invoice, task=self._settings.task if has_task else None, branch=branch)
            for row, code in zip(invoice.rows, codes, strict=True)
        ]
        cut = [self._cut(line, remarks, f"row {number}: ") for number, line in enumerate(lines, start=1)]
        members[kind.lines] = [{"operation": "Insert", **wrapped(line)} for line in cut]
        return Order(kind, members, tuple(remarks))

    def _line(
        self, row: InvoiceRow, code: str, kind: Kind, invoice: Invoice, *, task: str | None, branch: str | None
    ) -> dict[str, Any]:
        """A row. Credit notes take what goes back as a positive quantity; prices are never negative."""
        sign = -1 if kind is Kind.CREDIT_NOTE and invoice.total.amount < 0 else 1
        if row.unit_price < 0:
            sign = -sign
        return present(
            LINES.write(
                {
                    "code": code,
                    "description": row.description,
                    "quantity": row.quantity * sign,
                    "unit_price": abs(row.unit_price),
                    "unit": self._settings.unit(row.unit),
                    "branch": branch,
                    "task": task,
                },
                Use.POST,
            )
        )

    def _code(self, row: InvoiceRow) -> str:
        """The one item of a row."""
        named = (row.description or row.id)[:60]
        if len(row.codes) > 1:
            raise BadDataError(
                f"The row '{named}' has several product codes: {', '.join(row.codes[:5])}.",
                why="A row in Visma.net has one item.",
                todo="Split the row in Severa, so that each has one product code.",
                field="inventoryNumber",
            )
        code = row.code or self._settings.default_item
        if code is None:
            raise BadDataError(
                f"The row '{named}' has no product code.",
                why="Visma.net takes VAT and account from the item.",
                todo="Give the row a product with a code in Severa, or enter visma_net.default_item.",
                field="inventoryNumber",
            )
        return code

    async def _check_items(self, codes: list[str]) -> None:
        await self._catalogue.learn(codes)
        absent = [code for code in dict.fromkeys(codes) if not self._catalogue.has(code)]
        if absent:
            raise MissingDependencyError(
                f"Visma.net has no item {', '.join(absent[:5])} that may be sold.",
                todo="Add the item with this code in Visma.net, or correct the code in Severa.",
                field="inventoryNumber",
                needs=f"products:{absent[0]}",
            )

    async def _project(self, outgoing: OutgoingInvoice, remarks: list[str]) -> tuple[str | None, bool]:
        """(project of the header, whether its rows name the task). Rows have no project of their own there."""
        if outgoing.project_id is not None:
            return await self._projects.number(outgoing.project_id), True
        if len(outgoing.invoice.project_ids) < 2:
            return None, False
        if self._settings.multi_project == "refuse":
            raise BadDataError(
                f"The invoice has {len(outgoing.invoice.project_ids)} projects.",
                why="A document in Visma.net has one project.",
                todo="Make an invoice for each project in Severa, or set visma_net.multi_project to none.",
                field="project",
            )
        remarks.append("It has several projects in Severa and none in Visma.net.")
        return await self._registers.non_project(), False

    async def _term(self, invoice: Invoice, kind: Kind) -> str | None:
        """The credit term; None, so that the customer's own counts, when the invoice names none."""
        if invoice.payment_term is None or kind is Kind.CREDIT_NOTE:
            return None
        term = await self._registers.term(invoice.payment_term)
        if term is None:
            raise no_term(invoice.payment_term)
        return term

    async def _rate(self, outgoing: OutgoingInvoice) -> Decimal | None:
        """The rate of a foreign currency, in the direction that the tenant says."""
        currency, rate = outgoing.invoice.currency, outgoing.exchange_rate
        if currency == await self._registers.base_currency():
            return None
        if not await self._registers.has_currency(currency):
            raise BadDataError(
                f"Currency {currency} is not used in Visma.net.",
                todo="Activate the currency in Visma.net and retry, or choose another one in Severa.",
                field="currencyId",
            )
        if not rate or self._settings.exchange_rate == "omit":
            return None
        if self._settings.exchange_rate == "reciprocal":
            return (1 / rate).quantize(RATE_DIGITS, rounding=ROUND_HALF_UP).normalize()
        return rate

    def _text(self, texts: InvoiceTexts) -> str | None:
        """The texts one below the other (VN-14)."""
        labels = self._settings.text_labels
        named = {"our_reference": texts.our_reference, "billing_contact": texts.billing_contact}
        lines = [
            f"{label}: {text}" if (label := labels.get(name)) else text  # type: ignore[call-overload]  # both are keys
            for name, text in named.items()
            if text
        ]
        return "\n".join([*lines, *(text for text in (texts.notes, texts.above, texts.below) if text)]) or None

    def _cut(self, members: dict[str, Any], remarks: list[str], where: str) -> dict[str, Any]:
        """Texts that the tenant limits, cut to their length."""
        for member, longest in self._settings.longest_texts.items():
            text = members.get(member)
            if isinstance(text, str) and len(text) > longest:
                members[member] = text[:longest].rstrip()
                remarks.append(f"{where}{member} was cut from {len(text)} to {longest} characters.")
        return members


def present(members: Mapping[str, Any]) -> dict[str, Any]:
    """Members that have a value: null is never sent."""
    return {name: value for name, value in members.items() if value is not None and value != ""}
