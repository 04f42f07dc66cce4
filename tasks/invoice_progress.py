"""Which invoices went further in the ERP than Severa shows, and what is odd about them (PO-13, ALL-06, VN-15)."""

from __future__ import annotations

from dataclasses import dataclass

from prefect import task
from prefect.cache_policies import NO_CACHE

from core.errors import BadDataError, SyncError
from core.invoices import ErpInvoice, ErpInvoiceState
from core.money import Money, TotalCheck
from core.profiles import Profile
from core.transfers import Stage, Transfer, TransferState
from tasks.invoice_reference import lacks_reference
from tasks.run import Run

S = TransferState
ORDER = (Stage.NONE, Stage.TRANSFERRED, Stage.SENT, Stage.PARTIALLY_PAID, Stage.PAID)
PAYING = (Stage.PARTIALLY_PAID, Stage.PAID)


@dataclass(frozen=True, slots=True)
class Advance:
    """One invoice that went further in the ERP than Severa shows, or got its payment reference only now.

    `stage` is what Severa shall show: the one that it shows already, when only the reference is to be written.
    """

    transfer: Transfer
    erp: ErpInvoice
    stage: Stage

    @property
    def moves(self) -> bool:
        """Whether the status is another one."""
        return self.stage is not self.transfer.stage


class Advances:
    """What is to be written back, and what is odd."""

    def __init__(self) -> None:
        self.steps: list[Advance] = []
        self.odd: list[tuple[Transfer, SyncError, str]] = []
        self.read = 0
        self.unchanged = 0
        self.foreign = 0


@task(name="plan invoice states", cache_policy=NO_CACHE)
async def plan_states(run: Run, invoices: list[ErpInvoice]) -> Advances:
    """Which invoices went further than Severa shows. Statuses only move forward."""
    result = Advances()
    result.read = len(invoices)
    by_id = run.state.transfers.by_erp_ids([erp.id for erp in invoices])
    by_reference = run.state.transfers.many({erp.reference[:36] for erp in invoices if erp.reference})
    for erp in invoices:
        transfer = by_id.get(erp.id) or by_reference.get((erp.reference or "")[:36])
        if transfer is None or transfer.state not in {S.REPORTED, S.DONE}:
            result.foreign += 1
            continue
        if run.options.record not in (None, transfer.severa_id, transfer.severa_number):
            continue
        if erp.state is ErpInvoiceState.VOIDED:
            result.odd.append((transfer, _voided(run, erp), "voided"))
            continue
        stage = stage_of(run.profile, erp.state)
        if ORDER.index(stage) > ORDER.index(transfer.stage):
            result.steps.append(Advance(transfer, erp, stage))
            _edited(run, transfer, erp, result)
        elif transfer.stage in PAYING and stage is not transfer.stage:
            error = BadDataError(
                f"{run.erp_title} shows it as open again after it was {word_of(transfer.stage)}.",
                why=f"A payment was taken back or matched elsewhere; Severa's {word_of(transfer.stage)} stays.",
                todo="Check the payment, and set the status in Severa by hand if it is open.",
            )
            result.odd.append((transfer, error, "reopened"))
        elif lacks_reference(run.profile, transfer, erp):
            result.steps.append(Advance(transfer, erp, transfer.stage))
        else:
            result.unchanged += 1
    return result


def stage_of(profile: Profile, state: ErpInvoiceState) -> Stage:
    """What Severa shows of an invoice in a state in the ERP.

    Where Severa sends the invoices, the ERP does not know of it: `sent` is set in Severa (VN-15).
    """
    if state is ErpInvoiceState.PAID:
        return Stage.PAID
    if state is ErpInvoiceState.PARTLY_PAID and Stage.PARTIALLY_PAID.value in profile.statuses:
        return Stage.PARTIALLY_PAID
    if state is ErpInvoiceState.DRAFT or not profile.erp_sends:
        return Stage.TRANSFERRED
    return Stage.SENT


def _voided(run: Run, erp: ErpInvoice) -> BadDataError:
    return BadDataError(
        f"{erp.order_number or erp.id} was voided in {run.erp_title}.",
        todo="Correct or credit it in Severa, too; nothing was changed there. Then ignore this issue.",
    )


def _edited(run: Run, transfer: Transfer, erp: ErpInvoice, result: Advances) -> None:
    """The total was right at transfer and is another now: somebody edited the draft, or a fee was added."""
    if erp.total is None or transfer.severa_total is None or transfer.currency != erp.total.currency:
        return
    check = TotalCheck(Money(transfer.severa_total, erp.total.currency), erp.total)
    if not check.passes:
        error = BadDataError(
            f"It {'was sent' if run.profile.erp_sends else 'stands in the books'} with {check.erp}, "
            f"Severa has {check.severa}.",
            why=f"It was edited in {run.erp_title} after the transfer, or a fee was added.",
            todo=f"Correct Severa's invoice, or credit the one in {run.erp_title}. Nothing was undone.",
            field="totalIncludingTax",
        )
        result.odd.append((transfer, error, "edited"))


def word_of(stage: Stage) -> str:
    """A stage as people say it."""
    return stage.value.replace("_", " ")
