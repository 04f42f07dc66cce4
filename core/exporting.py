"""What to do with an invoice on its way out: pure decisions over the ledger (law 1, ALL-05, ALL-07)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.errors import BadDataError, MissingDependencyError
from core.invoices import ErpInvoice, Invoice
from core.money import Money, TotalCheck
from core.transfers import Transfer, TransferState


class NextStep(StrEnum):
    """The next thing to do for one invoice."""

    SEND = "send"
    """Not in the ERP as far as the ledger knows, and never tried: create the draft."""
    LOOK_UP = "look up"
    """An attempt has no known outcome: look in the ERP first."""
    VERIFY = "verify"
    """The draft stands; its total was not compared yet."""
    REPORT = "report"
    """Compared and good, perhaps released; Severa does not show it yet."""
    PARKED = "parked"
    """Rejected, and nothing has changed in Severa since."""
    MOVED_BACK = "moved back"
    """Transferred long ago; a person put it back on the trigger status. It is never created again by itself."""
    IGNORED = "ignored"
    """A person took it off the ledger."""


_BY_STATE = {
    TransferState.PENDING: NextStep.SEND,
    TransferState.CREATING: NextStep.LOOK_UP,
    TransferState.UNCERTAIN: NextStep.LOOK_UP,
    TransferState.CREATED: NextStep.VERIFY,
    TransferState.VERIFIED: NextStep.REPORT,
    TransferState.RELEASED: NextStep.REPORT,
    TransferState.REPORTED: NextStep.MOVED_BACK,
    TransferState.DONE: NextStep.MOVED_BACK,
    TransferState.IGNORED: NextStep.IGNORED,
}


def next_step(invoice: Invoice, transfer: Transfer | None, *, awake: bool = False) -> NextStep:
    """What to do with an invoice that stands on the trigger status.

    A rejected one waits until it changes in Severa; `awake` says that what it waited for elsewhere has come.
    """
    if transfer is None:
        return NextStep.SEND
    if transfer.state is TransferState.REJECTED:
        return NextStep.SEND if awake or invoice.version != transfer.version else NextStep.PARKED
    return _BY_STATE[transfer.state]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The total check of one invoice. `check` is None when nothing could be compared; `reason` says why not good."""

    passes: bool
    check: TotalCheck | None
    reason: str | None = None


def judge(invoice: Invoice, erp: ErpInvoice, *, erp_title: str) -> Verdict:
    """Compare Severa's total including VAT with the ERP's own (ALL-07).

    Compared in the ERP document's currency: Severa's total in it, or the entry of its other currencies with that
    code; without one nothing is compared and the invoice is kept back.
    """
    if erp.total is None:
        return Verdict(passes=False, check=None, reason=f"{erp_title} gave no total for the draft.")
    severa = severa_total(invoice, erp.total.currency)
    if severa is None:
        reason = (
            f"Severa's total is in {invoice.total.currency}, {erp_title}'s in {erp.total.currency}: "
            "totals in different currencies are not compared."
        )
        return Verdict(passes=False, check=None, reason=reason)
    check = TotalCheck(severa, erp.total)
    if check.passes:
        return Verdict(passes=True, check=check)
    reason = (
        f"The totals including VAT differ by {check.difference} {check.severa.currency}: "
        f"Severa {check.severa}, {erp_title} {check.erp}; at most 0.05 passes."
    )
    return Verdict(passes=False, check=check, reason=reason)


def severa_total(invoice: Invoice, currency: str) -> Money | None:
    """The invoice's total including VAT in a currency; None when Severa does not give it."""
    if invoice.total.currency == currency:
        return invoice.total
    amount = invoice.totals.get(currency)
    return None if amount is None else Money(amount, currency)


def line_differences(invoice: Invoice, erp: ErpInvoice) -> list[str]:
    """Rows whose ERP total is not quantity x price x (1 + VAT), in words, for the person who must correct it."""
    words = []
    for row in invoice.rows:
        theirs = (erp.line_totals or {}).get(row.id)
        if theirs is None:
            continue
        ours = row.quantity * row.unit_price * (1 + (row.vat_percent or Decimal(0)) / 100)
        check = TotalCheck(Money(ours, invoice.currency), Money(theirs, invoice.currency))
        if not check.passes:
            words.append(
                f"row {row.sort_order} ({row.code}, {row.vat_percent} % VAT): {check.severa.quantised().amount} in "
                f"Severa, {check.erp.quantised().amount} in the ERP"
            )
    return words


def vat_of(erp: ErpInvoice) -> list[str]:
    """The ERP's VAT by rate, in words, where it says it."""
    return [
        f"{tax.rate.normalize():f} % VAT in the ERP: {tax.vat} on {tax.base}"
        for tax in erp.taxes
        if tax.vat is not None and tax.base is not None
    ]


def resolve_customer(invoice: Invoice, erp_id: str | None, *, erp_title: str) -> str:
    """The ERP's id of the customer to bill, or the error that keeps the invoice back."""
    if invoice.customer_id is None:
        raise BadDataError(
            "The invoice has no customer.", todo="Choose the customer on the invoice in Severa.", field="customer"
        )
    if erp_id is None:
        raise MissingDependencyError(
            f"Customer {invoice.customer_number or '(no number)'} {invoice.customer_name or ''} is not in {erp_title}.",
            why="It has no link: it may be in-house, inactive, without a number, or refused.",
            todo="Mend what its own issue says; the invoice goes by itself then.",
            needs=f"customers:severa:{invoice.customer_id}",
            field="customer",
        )
    return erp_id


def resolve_projects(invoice: Invoice, links: Mapping[str, str], *, erp_title: str) -> str | None:
    """The ERP's id of the one project of the header; None when there is none or several.

    Raises MissingDependencyError for a project that is not in the ERP.
    """
    missing = [project for project in invoice.project_ids if project not in links]
    if missing:
        raise MissingDependencyError(
            f"{len(missing)} of the invoice's projects {'is' if len(missing) == 1 else 'are'} not in {erp_title}.",
            why="A project has an issue of its own, or a rule keeps it in Severa: not won, closed, internal.",
            todo="Mend what the project's own issue says, or change the project in Severa so that it goes.",
            needs=f"projects:severa:{missing[0]}",
            field="projects",
        )
    return links[invoice.project_ids[0]] if len(invoice.project_ids) == 1 else None
