"""Which invoices are to go: those on the trigger status, and those whose journey was interrupted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from core.errors import ErrorClass
from core.exporting import NextStep, next_step
from core.invoices import Invoice
from core.issues import Issue, IssueState
from core.plans import record_key
from core.records import Side
from core.transfers import Transfer, TransferState, reference_for
from state.transfers import TransferChanges
from tasks.registry_read import AGAIN, ready
from tasks.run import Run, issue_of
from tasks.statuses import load_statuses

JOB = "invoice_export"
NOT_SHOWN = "failed status not written"
"""Cause of the issue of a rejected invoice that Severa does not show as failed yet."""
FILES = "files"
"""Cause of the issue of an invoice whose files did not all go with it."""
INTERRUPTED = (
    TransferState.CREATING,
    TransferState.UNCERTAIN,
    TransferState.CREATED,
    TransferState.VERIFIED,
    TransferState.RELEASED,
)


class Outbox:
    """The invoices of one run by what is next for each; `transfers` is the ledger's row of each."""

    def __init__(self) -> None:
        self.steps: dict[NextStep, list[Invoice]] = {step: [] for step in NextStep}
        self.transfers: dict[str, Transfer] = {}
        self.vanished: list[Transfer] = []
        self.untold: list[Invoice] = []
        """Rejected by a run that ended before Severa or the error desk showed it."""
        self.refused: set[str] = set()
        """Of the untold ones, those that stand on the trigger status and belong on the failed one."""
        self.unattached: list[Transfer] = []
        """Transferred without all of their files."""
        self.absent: set[str] = set()
        """Looked up in the ERP in this run, and not there."""
        self.held: set[str] = set()
        """Failed again and again: not sent, and not gone on with, before their time has come."""

    def all(self, *steps: NextStep) -> list[Invoice]:
        """Invoices for which one of these is next."""
        return [invoice for step in steps for invoice in self.steps[step]]

    def has_open_attempts(self, run: Run) -> bool:
        """Whether the ERP has to be looked into before anything is sent."""
        again = run.options.retry and run.options.record is not None
        return bool(self.steps[NextStep.LOOK_UP] or (again and self.steps[NextStep.MOVED_BACK]))

    @property
    def has_work(self) -> bool:
        """Whether there is anything to send, to finish or to say."""
        return bool(
            self.all(NextStep.SEND, NextStep.VERIFY, NextStep.REPORT, NextStep.MOVED_BACK)
            or self.vanished
            or self.untold
            or self.unattached
        )


@task(name="extract invoices", cache_policy=NO_CACHE)
async def extract_invoices(run: Run) -> Outbox:
    """Read the invoices on the trigger status and those in mid-journey; decide what is next for each."""
    await load_statuses(run)
    report = run.report(JOB)
    read = await run.severa.invoices_with_status([run.statuses["trigger"]])
    problems = [
        issue_of(p.error, scope=JOB, side=Side.SEVERA, record_id=p.id, label=p.label, cause="row")
        for p in read.problems
    ]
    run.complain(JOB, problems)
    invoices = {invoice.id: invoice for invoice in read.items if _wanted(run, invoice)}
    box = Outbox()
    for transfer in run.state.transfers.in_states(INTERRUPTED):
        if transfer.severa_id in invoices or run.options.record not in (None, transfer.severa_id):
            continue
        invoice = await run.severa.invoice(transfer.severa_id)
        if invoice is None:
            box.vanished.append(transfer)
        else:
            invoices[invoice.id] = invoice
    box.transfers = run.state.transfers.many(invoices)
    standing = run.state.issues.standing(JOB)
    complained = [issue for issue in standing if issue.state is IssueState.OPEN]
    _resolve_over(run, complained, {invoice.id for invoice in read.items})
    tried = {issue.record: issue for issue in standing if issue.of_a_try}
    for invoice in invoices.values():
        row = box.transfers.get(invoice.id)
        issue = tried.get(record_key(Side.SEVERA, invoice.id))
        step = next_step(invoice, row, awake=_awake(run, issue, row))
        if _held(run, issue, invoice, row):
            box.held.add(invoice.id)
            if step is not NextStep.LOOK_UP:
                continue
        box.steps[step].append(invoice)
    box.refused = _refused(run, box, complained)
    box.untold = _untold(run, box, complained)
    box.unattached = _unattached(run, complained)
    counts = report.counts
    counts.read += len(invoices) + len(read.problems)
    counts.rejected += len(problems)
    if held := len(box.held):
        counts.skip("failed several times in a row, tried again later", held)
    if parked := len(box.steps[NextStep.PARKED]):
        counts.skip("rejected before, waiting for a correction", parked)
    if ignored := len(box.steps[NextStep.IGNORED]):
        counts.skip("taken off the ledger", ignored)
    return box


def _resolve_over(run: Run, complained: Sequence[Issue], on_trigger: Collection[str]) -> None:
    """What the desk says of tries that are over; the runs that could have said so were killed before.

    Severa shows a rejected invoice as failed when it does not stand on the trigger status any more. A trouble of a try
    is over when the invoice was rejected for a reason of its own, or proved not to be in the ERP and taken back.
    """
    here = {record_key(Side.SEVERA, guid) for guid in on_trigger}
    passing = [issue for issue in complained if issue.error_class in AGAIN]
    shown = [issue.record for issue in passing if issue.cause == NOT_SHOWN and issue.record not in here]
    run.state.issues.resolve(JOB, shown, cause=NOT_SHOWN)
    reasons = lasting(complained)
    tried = {issue.record.removeprefix("severa:"): issue for issue in passing if issue.of_a_try}
    for guid, row in run.state.transfers.many(tried).items():
        issue = tried[guid]
        taken_back = row.state is TransferState.PENDING and issue.record not in here
        if taken_back or (row.state is TransferState.REJECTED and issue.record in reasons):
            run.state.issues.resolve(JOB, [issue.record], cause=issue.cause)


def _untold(run: Run, box: Outbox, complained: Sequence[Issue]) -> list[Invoice]:
    """Parked invoices of which the desk, or Severa for want of the failed status, does not tell yet.

    What a try met on the way is no reason for a rejection, and what a person ignores was told.
    """
    parked = box.steps[NextStep.PARKED]
    told = lasting(complained)
    silent = {invoice.id for invoice in parked if record_key(Side.SEVERA, invoice.id) not in told}
    if silent:
        ignored = lasting(run.state.issues.all(IssueState.IGNORED))
        silent = {guid for guid in silent if record_key(Side.SEVERA, guid) not in ignored}
    return [invoice for invoice in parked if invoice.id in silent | box.refused]


def _refused(run: Run, box: Outbox, complained: Sequence[Issue]) -> set[str]:
    """Parked invoices that Severa does not show as failed yet: their draft was removed, or the ERP refuses them."""
    if "failed" not in run.statuses:
        return set()
    bad = {issue.record for issue in complained if issue.of_a_try and issue.error_class is ErrorClass.BAD_DATA}
    return {
        invoice.id
        for invoice in box.steps[NextStep.PARKED]
        if box.transfers[invoice.id].generation > 1
        or (run.profile.refused_are_failed and record_key(Side.SEVERA, invoice.id) in bad)
    }


def _unattached(run: Run, complained: Sequence[Issue]) -> list[Transfer]:
    """Invoices whose files are tried again: in as many runs as the setting says, and on request."""
    tries = getattr(run.tenant.erp_section, "file_tries", 0)
    guids = [
        issue.record.removeprefix("severa:")
        for issue in complained
        if issue.cause == FILES and (run.options.retry or issue.count <= tries)
    ]
    there = run.state.transfers.many(guids).values()
    return [row for row in there if row.erp_id and run.options.record in (None, row.severa_id)]


def lasting(issues: Iterable[Issue]) -> set[str]:
    """Records of this job's issues that say more than that a try failed for a reason that may pass."""
    return {issue.record for issue in issues if issue.scope == JOB and issue.error_class not in AGAIN}


def _wanted(run: Run, invoice: Invoice) -> bool:
    """Whether the run's options mean this invoice; a manual period is over invoice dates."""
    options = run.options
    if options.record is not None and options.record not in (invoice.id, invoice.number):
        return False
    day = invoice.invoice_date
    zone = run.tenant.zone
    return (options.since is None or day >= options.since.astimezone(zone).date()) and (
        options.until is None or day <= options.until.astimezone(zone).date()
    )


def _awake(run: Run, issue: Issue | None, transfer: Transfer | None) -> bool:
    """Whether a rejected invoice is tried again although it did not change in Severa.

    On request, when what it waits for has come, and once in the time of a full read for what nobody can see coming.
    """
    if transfer is None or transfer.state is not TransferState.REJECTED:
        return False
    if issue is not None and issue.state is not IssueState.OPEN:
        issue = None  # nobody wants to hear of it
    if run.options.retry or (issue is not None and ready(run, issue)):
        return True
    hours = run.settings(Side.ERP).full_read_hours
    due = transfer.attempt_at is None or datetime.now(UTC) - transfer.attempt_at > timedelta(hours=hours)
    return issue is not None and issue.needs is not None and due


def _held(run: Run, issue: Issue | None, invoice: Invoice, transfer: Transfer | None) -> bool:
    """Whether an invoice in mid-journey failed so often that its turn has not come; a change of it goes ahead at once.

    A lost answer is looked up all the same: that sends nothing.
    """
    if run.options.retry or run.options.record is not None or issue is None or transfer is None:
        return False
    changed = transfer.version not in (None, invoice.version)
    return transfer.state in (TransferState.PENDING, *INTERRUPTED) and not changed and issue.held(datetime.now(UTC))


def new_transfer(invoice: Invoice) -> Transfer:
    """The first row of an invoice's journey."""
    return Transfer(severa_id=invoice.id, severa_number=invoice.number, reference=reference_for(invoice.id, 1))


def header_of(invoice: Invoice) -> TransferChanges:
    """What the ledger keeps of Severa's invoice as it is when it is tried."""
    return {
        "severa_number": invoice.number,
        "version": invoice.version,
        "currency": invoice.total.currency,
        "severa_total": invoice.total.quantised().amount,
    }
