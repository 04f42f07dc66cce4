"""Attempts without a known outcome: looked up in the ERP before anything else is done with them (law 1, ALL-05)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.ports import Lookup
from core.errors import BadDataError, OutcomeUnknownError, SyncError
from core.exporting import NextStep
from core.invoices import Deletion, ErpInvoice, Invoice
from core.records import Side
from core.transfers import UNSETTLED, Stage, Transfer, TransferState, reference_for
from tasks.invoice_read import JOB, Outbox
from tasks.run import Run, issue_of

LONGEST_WAIT = timedelta(seconds=90)
"""A run waits so long, at most, until the ERP shows what it was sent; what takes longer is for the next run."""
S = TransferState


@dataclass(frozen=True, slots=True)
class Patience:
    """How long after an attempt its invoice may still appear in the ERP (a setting; the vendor's contract says why)."""

    delay: timedelta

    @classmethod
    def of(cls, run: Run) -> Patience:
        """As the tenant's settings of the ERP say."""
        return cls(timedelta(seconds=getattr(run.tenant.erp_section, "lookup_delay_seconds", 0.0)))

    @property
    def waits(self) -> bool:
        """Whether a run waits for it."""
        return self.delay <= LONGEST_WAIT

    def over(self, transfer: Transfer, at: datetime) -> bool:
        """Whether what a look-up at an instant does not find is proved absent."""
        return transfer.attempt_at is None or at - transfer.attempt_at >= self.delay


@task(name="look up open attempts", cache_policy=NO_CACHE)
async def settle_attempts(run: Run, box: Outbox) -> None:
    """Found in the ERP they go on from there, proved absent they may go again; others wait for the next run."""
    if run.options.retry and run.options.record is not None:
        await send_again(run, box)
    invoices = box.all(NextStep.LOOK_UP)
    if not invoices:
        return
    transfers = [box.transfers[invoice.id] for invoice in invoices]
    at, patience = await wait_until_readable(run, transfers), Patience.of(run)
    lookup = await look_up(run, transfers)
    for invoice in invoices:
        transfer = box.transfers[invoice.id]
        doubt = lookup.doubtful.get(transfer.reference)
        if doubt is not None and not _decided(run):
            await keep_open(run, box, invoice, doubt)
        elif (erp := lookup.found.get(transfer.reference)) is not None:
            box.transfers[invoice.id] = await adopt(run, transfer, erp)
            box.steps[NextStep.VERIFY].append(invoice)
        elif not patience.over(transfer, at):
            await keep_open(run, box, invoice, not_there_yet(run, transfer))
        else:
            box.transfers[invoice.id] = await run.ledger.step(
                invoice.id, S.PENDING, expect=UNSETTLED, note="looked up: not in the ERP"
            )
            box.absent.add(invoice.id)
            if invoice.status_id == run.statuses["trigger"] and invoice.id not in box.held:
                box.steps[NextStep.SEND].append(invoice)
    box.steps[NextStep.LOOK_UP] = []


async def send_again(run: Run, box: Outbox) -> None:
    """A person asks for one invoice that went before: it goes again only when the ERP proves that it is not there.

    Where the ERP cannot prove it, the person who asks has looked.
    """
    back = box.steps[NextStep.MOVED_BACK]
    if not back:
        return
    lookup = await look_up(run, [box.transfers[invoice.id] for invoice in back])
    for invoice in [invoice for invoice in back if box.transfers[invoice.id].reference not in lookup.found]:
        box.absent.add(invoice.id)
        transfer = box.transfers[invoice.id]
        generation = transfer.generation + 1
        box.transfers[invoice.id] = await run.ledger.step(
            invoice.id,
            S.REJECTED,
            expect=S.REPORTED,
            note="its draft is gone; sent again on request",
            erp_id=None,
            erp_number=None,
            erp_reference=None,
            stage=Stage.NONE,
            generation=generation,
            reference=reference_for(invoice.id, generation),
        )
        back.remove(invoice)
        box.steps[NextStep.SEND].append(invoice)


async def wait_until_readable(run: Run, transfers: Iterable[Transfer]) -> datetime:
    """Give the ERP the time it may need until a write shows in its lists, where that is short; the instant after it.

    A preview does not wait: it says what holds when nothing more appears.
    """
    patience = Patience.of(run)
    latest = max((t.attempt_at for t in transfers if t.attempt_at is not None), default=None)
    if latest is not None and patience.waits:
        delay = patience.delay.total_seconds()
        rest = min(delay, (latest + patience.delay - datetime.now(UTC)).total_seconds())
        if rest > 0 and run.preview:
            return datetime.now(UTC) + timedelta(seconds=rest)
        if rest > 0:
            run.progress(f"waiting {rest:.0f} s before looking up lost answers", 0)
            await asyncio.sleep(rest)
    return datetime.now(UTC)


async def look_up(run: Run, transfers: Iterable[Transfer]) -> Lookup:
    """What the ERP holds for the present attempt of each, by its reference."""
    wanted = list(transfers)
    since = min((t.first_attempt_at for t in wanted if t.first_attempt_at is not None), default=run.started)
    return await found_in_erp(run, [t.reference for t in wanted], since - timedelta(hours=1))


async def found_in_erp(run: Run, references: Sequence[str], since: datetime) -> Lookup:
    """What the ERP holds under these references; drafts of earlier attempts are removed, in a preview left alone.

    One that cannot be removed leaves its reference in doubt: two documents would stand for one invoice.
    """
    lookup = await run.erp.find_invoices(references, since)
    doubtful = dict(lookup.doubtful)
    for reference, erp_ids in lookup.leftovers.items():
        for erp_id in erp_ids if not run.preview else ():
            deletion, why = await run.erp.delete_invoice(erp_id)
            if deletion is not Deletion.GONE:
                doubtful[reference] = BadDataError(
                    f"A draft of an earlier attempt stands in {run.erp_title} and cannot be removed.",
                    why=why,
                    todo=f"Delete or credit it in {run.erp_title}; nothing was sent.",
                )
    return replace(lookup, doubtful=doubtful)


async def adopt(run: Run, transfer: Transfer, erp: ErpInvoice) -> Transfer:
    """The ledger takes over what the lookup found."""
    return await run.ledger.step(
        transfer.severa_id,
        S.CREATED,
        expect=UNSETTLED,
        note="found in the ERP by its reference",
        erp_id=erp.id,
        erp_number=erp.number,
        reference=erp.reference or transfer.reference,
    )


async def keep_open(run: Run, box: Outbox, invoice: Invoice, error: SyncError) -> None:
    """Nothing is sent while it is not known whether the invoice is in the ERP; the desk says so."""
    transfer = box.transfers[invoice.id]
    if transfer.state is S.CREATING:
        box.transfers[invoice.id] = await run.ledger.step(
            invoice.id, S.UNCERTAIN, expect=S.CREATING, reason=transfer.reason or error.what
        )
    tell_doubt(run, invoice, error)


def tell_doubt(run: Run, invoice: Invoice, error: SyncError) -> None:
    """An issue of an invoice of which it is not known whether the ERP has it."""
    issue = issue_of(error, scope=JOB, side=Side.SEVERA, record_id=invoice.id, label=invoice.label)
    run.complain(JOB, [issue])
    run.report(JOB).counts.rejected += 1


def not_there_yet(run: Run, transfer: Transfer) -> OutcomeUnknownError:
    """What is said of an attempt whose invoice may still appear."""
    return OutcomeUnknownError(
        f"{run.erp_title}'s answer to the invoice was lost, and it is not there yet.",
        why=transfer.reason or "",
        todo="Nothing: the next run looks it up again before it sends anything.",
    )


def _decided(run: Run) -> bool:
    """Whether a person who was told of the doubt asks for this one invoice again."""
    return run.options.retry and run.options.record is not None
