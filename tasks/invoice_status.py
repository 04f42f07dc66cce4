"""What became of the invoices in the ERP: number, sent, partly paid and paid, back to Severa (PO-13, ALL-06, VN-15)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.dry import NotSentError
from connectors.ports import InvoiceWrite
from core.errors import BadDataError, ConfigurationError, GoneError, SyncError
from core.foreseen import Act
from core.invoices import ErpInvoice, ErpInvoiceState
from core.plans import record_key
from core.profiles import Profile
from core.records import Side
from core.states import encode
from core.transfers import Stage, Transfer, TransferState
from tasks.foreseeing import about_invoice_foreseen, status_names
from tasks.invoice_known import recall_sent, recall_transferred
from tasks.invoice_progress import Advance, Advances, word_of
from tasks.invoice_reference import WAITING, lacks_reference, reference_kept, report_unreferenced, without_reference
from tasks.invoice_verify import number_kept
from tasks.registry_read import AGAIN, ready
from tasks.run import Run, issue_of
from tasks.statuses import load_statuses
from tasks.subject import Subject, about_invoice

JOB = "invoice_status"
CURSOR = "erp.invoices"
S = TransferState


@task(name="extract invoice states", cache_policy=NO_CACHE)
async def extract_states(run: Run) -> list[ErpInvoice]:
    """Invoices of the ERP that were sent or whose balance changed; once a day all that are open here."""
    cursor = run.state.cursors.get(CURSOR)
    settings = run.settings(Side.ERP)
    overlap = timedelta(minutes=settings.overlap_minutes)
    since = run.options.since or (cursor.behind(overlap) if cursor else None)
    first = min((t.first_attempt_at for t in run.state.transfers.open() if t.first_attempt_at), default=None)
    if first is None and cursor is None and run.options.since is None:
        return []
    now = datetime.now(UTC)
    full = cursor is None or cursor.full_is_due(now, timedelta(hours=settings.full_read_hours))
    read = await run.erp.invoices_changed(since or (first - timedelta(hours=1) if first else None))
    known = None if run.options.manual else cursor
    if known is not None and read.started is not None and known.was_set_back(read.started, now, overlap):
        full = True
        read = await run.erp.invoices_changed(known.begin_anew(read.started, now, overlap))
    found = {erp.id: erp for erp in read.items}
    problems = [
        issue_of(p.error, scope=JOB, side=Side.ERP, record_id=p.id, label=p.label, cause="row") for p in read.problems
    ]
    run.complain(JOB, problems)
    missing = [erp_id for erp_id in _asked_again(run, full=full) if erp_id not in found]
    if missing:
        found |= {erp.id: erp for erp in (await run.erp.invoices_by_id(missing)).items}
    await recall_sent(run, list(found.values()))
    _sent_after_all(run)
    if full and cursor is not None:
        for transfer in await recall_transferred(run):
            error = BadDataError(
                f"It stands on the transferred status in Severa and is not in {run.erp_title}.",
                why="Its transfer was interrupted and what there was of it deleted; then a person set the status.",
                todo="To send it, put it back on the trigger status. If it shall not go, ignore this.",
            )
            _complain(run, transfer, error, "deleted")
        await _report_vanished(run, found)
    started = read.started or run.started
    run.later(lambda: run.state.cursors.set(CURSOR, started, full=full, ours_at=now))
    report_unreferenced(run, found)
    return list(found.values())


def _asked_again(run: Run, *, full: bool) -> list[str]:
    """ERP ids to ask for by name: those whose last write to Severa failed, and all open ones once a day."""
    if full or run.options.retry or run.options.record:
        chosen = run.state.transfers.in_states([S.REPORTED])
    else:
        failed = {
            issue.record.removeprefix("severa:") for issue in run.state.issues.waiting(JOB, AGAIN) if ready(run, issue)
        }
        chosen = [*run.state.transfers.many(failed).values(), *without_reference(run)]
    return [t.erp_id for t in chosen if t.erp_id is not None and run.options.record in (None, t.severa_id)]


def _sent_after_all(run: Run) -> None:
    """Whose draft was deleted, and who went again on request since: nothing is left to be told."""
    told = {
        issue.record.removeprefix("severa:"): issue.last_seen
        for issue in run.state.issues.standing(JOB)
        if issue.cause == "deleted" and issue.last_seen is not None
    }
    gone = [
        record_key(Side.SEVERA, guid)
        for guid, row in run.state.transfers.many(told).items()
        if row.state in {S.REPORTED, S.DONE} and row.attempt_at is not None and row.attempt_at > told[guid]
    ]
    run.state.issues.resolve(JOB, gone, cause="deleted")


async def _report_vanished(run: Run, found: dict[str, ErpInvoice]) -> None:
    """Drafts that are in neither list were deleted by a person: reported, never created again (contract section 7)."""
    drafts = [
        t for t in run.state.transfers.in_states([S.REPORTED], Stage.TRANSFERRED) if t.erp_id and t.erp_id not in found
    ]
    since = min((t.first_attempt_at for t in drafts if t.first_attempt_at), default=run.started)
    if not drafts:
        return
    lookup = await run.erp.find_invoices([t.reference for t in drafts], since - timedelta(hours=1))
    for transfer in drafts:
        if transfer.reference in lookup.doubtful:
            continue  # it cannot be known whether it is there: nothing is said of it
        if transfer.reference not in lookup.found:
            error = BadDataError(
                f"Its draft was deleted in {run.erp_title}.",
                why="A deleted draft is never made again by itself.",
                todo="To send it again: severa-sync retry. If it shall not go, move it on in Severa and ignore this.",
            )
            _complain(run, transfer, error, "deleted")
        elif (erp := lookup.found[transfer.reference]).state is not ErpInvoiceState.DRAFT:
            found[erp.id] = erp


@task(name="apply invoice states", cache_policy=NO_CACHE)
async def apply_states(run: Run, advances: Advances) -> None:
    """Write number, status and payment date to Severa, then to the ledger."""
    counts = run.report(JOB).counts
    counts.read += advances.read
    counts.unchanged += advances.unchanged
    if advances.foreign:
        counts.skip("not from Severa", advances.foreign)
    if advances.steps:
        await load_statuses(run)
    for transfer, error, cause in advances.odd:
        _complain(run, transfer, error, cause)

    async def one(advance: Advance) -> None:
        try:
            await _advance(run, advance)
        except ConfigurationError:
            raise
        except GoneError:
            error = BadDataError(
                f"It was deleted in Severa, but it is {word_of(advance.stage)} in {run.erp_title}.",
                todo=f"Credit it in {run.erp_title} if it was not meant to go, then ignore this issue.",
            )
            _complain(run, advance.transfer, error, "deleted in Severa")
        except SyncError as failed:
            _complain(run, advance.transfer, failed, None)

    limit = run.settings(Side.SEVERA).concurrency
    await run.each(advances.steps, one, limit=limit, what="write invoice states", about=_about)


PASSING = frozenset({"moved", "deleted", "reference", WAITING})
"""Causes of issues that are over once the invoice was written to."""


def _about(advance: Advance) -> Subject:
    stages = (advance.transfer.stage.value, advance.stage.value)
    number = (advance.transfer.erp_number, advance.erp.number)
    return about_invoice(advance.transfer.severa_id, {"stage": stages, "number": number})


async def _advance(run: Run, advance: Advance) -> None:
    transfer, erp, stage = advance.transfer, advance.erp, advance.stage
    statuses = run.statuses
    until = run.profile.statuses[: run.profile.statuses.index(stage.value)]
    number, paid_on = _number_due(run.profile, transfer, erp), erp.paid_on if advance.moves and _pays(stage) else None
    reference = erp.payment_reference if lacks_reference(run.profile, transfer, erp) else None
    try:
        write = await run.severa.set_invoice(
            transfer.severa_id,
            expected_status_ids=[statuses[role] for role in until],
            status_id=statuses[stage.value] if advance.moves else None,
            number=number,
            reference=reference,
            payment_date=paid_on,
        )
    except NotSentError:
        write = await _foresee(run, advance, number, reference, paid_on)
    if not write.moved:
        error = BadDataError(
            f"It is {word_of(stage)} in {run.erp_title}, but stands on a status of its own in Severa.",
            why="A person moved it; a status that a person chose is not overwritten.",
            todo=f"Put it on the {word_of(stage)} status in Severa.",
        )
        _complain(run, transfer, error, "moved")
        return
    with run.state.batch():  # nobody would look at its issues again once the ledger shows the stage
        _written(run, advance, write)


async def _foresee(
    run: Run, advance: Advance, number: str | None, reference: str | None, paid_on: date | None
) -> InvoiceWrite:
    """A preview: what Severa would show; the answer that it would give."""
    severa_id = advance.transfer.severa_id
    now, names = await run.severa.invoice(severa_id), status_names(run)
    before = {run.statuses[role]: names[role] for role in run.statuses}
    fields: dict[str, tuple[object, object]] = {}
    status_id = now.status_id if now is not None else None
    if advance.moves and status_id != run.statuses[advance.stage.value]:
        fields["status"] = (before.get(status_id or "", status_id), names[advance.stage.value])
    shown = {
        "number": (now.number if now is not None else None, number),
        "reference": (advance.transfer.erp_reference, reference),
        "payment_date": (encode(now.payment_date if now is not None else None), encode(paid_on)),
    }
    fields |= {name: pair for name, pair in shown.items() if pair[1] is not None and pair[0] != pair[1]}
    about_invoice_foreseen(run, JOB, Act.UPDATE, Side.SEVERA, severa_id, _label(advance.transfer), fields=fields)
    return InvoiceWrite(moved=True, status_id=None, number=number, number_written=True, reference=reference)


def _pays(stage: Stage) -> bool:
    return stage is Stage.PAID


def _number_due(profile: Profile, transfer: Transfer, erp: ErpInvoice) -> str | None:
    """The ERP's number where it is still to be written."""
    if profile.number_written_at == Stage.TRANSFERRED.value:
        return erp.number if erp.number != transfer.erp_number else None
    return erp.number if transfer.stage in {Stage.NONE, Stage.TRANSFERRED} else None


def _written(run: Run, advance: Advance, write: InvoiceWrite) -> None:
    """Severa shows the stage: the ledger follows, and the desk says what is still odd, or nothing any more."""
    transfer, erp, stage = advance.transfer, advance.erp, advance.stage
    after = S.DONE if stage is Stage.PAID else S.REPORTED
    referred = lacks_reference(run.profile, transfer, erp) and write.reference_written
    run.state.transfers.step(
        transfer.severa_id,
        after,
        expect=transfer.state,
        stage=stage,
        erp_id=erp.id,
        erp_number=erp.number,
        erp_reference=erp.payment_reference if referred else transfer.erp_reference,
    )
    run.report(JOB).counts.updated += 1
    if erp.number is not None and transfer.stage is not Stage.SENT and not write.number_written:
        _complain(run, transfer, number_kept(run, write, erp.number), "number")
        return
    if not write.reference_written:
        _complain(run, transfer, reference_kept(run, write, erp), "reference")
        return
    if not write.payment_date_written:
        error = BadDataError(
            "Severa did not take the payment date.",
            why="Neither the invoice nor its settings let it be written.",
            todo="Enter the payment date in Severa by hand.",
            field="paymentDate",
        )
        _complain(run, transfer, error, "payment date")
        return
    _succeeded(run, transfer)


def _succeeded(run: Run, transfer: Transfer) -> None:
    """What kept it from being written is over; what is odd about the invoice itself stays for a person."""
    record = record_key(Side.SEVERA, transfer.severa_id)
    for issue in run.state.issues.open(JOB):
        if issue.record == record and (issue.of_a_try or issue.cause in PASSING):
            run.state.issues.resolve(JOB, [record], cause=issue.cause)


def _label(transfer: Transfer) -> str:
    return f"Invoice {transfer.erp_number or transfer.severa_number or transfer.severa_id[:8]}"


def _complain(run: Run, transfer: Transfer, error: SyncError, cause: str | None) -> None:
    label = _label(transfer)
    issue = issue_of(error, scope=JOB, side=Side.SEVERA, record_id=transfer.severa_id, label=label, cause=cause)
    run.complain(JOB, [issue])
    run.report(JOB).counts.rejected += 1
