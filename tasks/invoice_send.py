"""Invoices out: look up what is open, create drafts, compare totals, report to Severa (ALL-05 to ALL-07).

The ledger decides (law 1): `creating` is committed before the call and the ERP's id right after it. Whoever finds an
attempt without a known outcome looks the reference up in the ERP before anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.ports import OutgoingInvoice
from core.errors import (
    AlreadyExistsError,
    BadDataError,
    ConfigurationError,
    MissingDependencyError,
    OutcomeUnknownError,
    SyncError,
)
from core.exporting import NextStep
from core.invoices import Invoice
from core.records import Registry, Side
from core.transfers import Transfer, TransferState
from state.transfers import Move, TransferChanges
from tasks.invoice_files import Attachments
from tasks.invoice_foreseen import would_create
from tasks.invoice_known import recall_orders
from tasks.invoice_lookup import adopt, look_up, not_there_yet, wait_until_readable
from tasks.invoice_outgoing import outgoing_of
from tasks.invoice_read import JOB, Outbox, header_of, new_transfer
from tasks.invoice_verify import Verification
from tasks.run import Run, issue_of
from tasks.subject import Subject, about_invoice, concerning

S = TransferState


@task(name="send invoices", cache_policy=NO_CACHE)
async def send_invoices(run: Run, box: Outbox) -> None:
    """Create drafts for what is to be sent, then finish what stands half-way. Lost answers are looked up at the end."""
    sending = Sending(run, box)
    limit = run.settings(Side.ERP).concurrency
    await recall_orders(run, box)
    sending.enter(box.all(NextStep.SEND))
    await run.each(box.all(NextStep.SEND), sending.one, limit=limit, what="send invoices", about=_about)
    half_way = box.all(NextStep.VERIFY, NextStep.REPORT)
    await run.each(half_way, sending.verification.resume, limit=limit, about=_about)
    if sending.lost:
        await wait_until_readable(run, sending.lost.values())
        await sending.settle_lost()
    await run.each(box.untold, sending.tell, limit=limit, about=_about)
    await Attachments(run).catch_up(box.unattached)
    sending.moved_back()
    sending.vanished()


def _about(invoice: Invoice) -> Subject:
    return about_invoice(invoice.id)


class Sending:
    """The sending of one run's invoices."""

    def __init__(self, run: Run, box: Outbox) -> None:
        self.run = run
        self.box = box
        self.counts = run.report(JOB).counts
        self.verification = Verification(run, box.transfers)
        self.lost: dict[str, Transfer] = {}
        self.invoices: dict[str, Invoice] = {}

    def enter(self, invoices: Sequence[Invoice]) -> None:
        """Every invoice that is to go stands on the ledger before the first call; its links are read in bulk."""
        links = self.run.state.links
        links.other_ids(Registry.CUSTOMERS, Side.SEVERA, {i.customer_id for i in invoices if i.customer_id})
        links.other_ids(Registry.CONTACTS, Side.SEVERA, {i.contact_id for i in invoices if i.contact_id})
        links.other_ids(Registry.PROJECTS, Side.SEVERA, {project for i in invoices for project in i.project_ids})
        with self.run.state.batch():
            for invoice in invoices:
                row = self.box.transfers.get(invoice.id)
                self.box.transfers[invoice.id] = row or self.run.state.transfers.add(new_transfer(invoice))

    async def tell(self, invoice: Invoice) -> None:
        """What a run that was killed could not say of an invoice that it rejected."""
        await self.verification.tell(invoice, refused=invoice.id in self.box.refused)

    async def one(self, listed: Invoice) -> None:
        """One invoice: read it again, commit the intent, create the draft, take it to its end."""
        try:
            outgoing = await outgoing_of(self.run, listed, self.box.transfers)
        except ConfigurationError:
            raise
        except SyncError as error:
            await self._kept_back(listed, error)
            return
        if outgoing is None:
            self.counts.skip("moved in Severa meanwhile")
        else:
            self.invoices[outgoing.invoice.id] = outgoing.invoice
            await self._intend(outgoing.invoice)
            await (self._foresee(outgoing) if self.run.preview else self._send(outgoing))

    async def _intend(self, invoice: Invoice) -> None:
        """Commit the intent before the call."""
        now = datetime.now(UTC)
        row = self.box.transfers[invoice.id]
        moves = [Move(invoice.id, S.PENDING, S.REJECTED, {"reason": None})] if row.state is S.REJECTED else []
        intent: TransferChanges = {
            **header_of(invoice),
            "erp_total": None,
            "attempts": row.attempts + 1,
            "first_attempt_at": row.first_attempt_at or now,
            "attempt_at": now,
        }
        self.box.transfers[invoice.id] = await self.run.ledger.steps(
            [*moves, Move(invoice.id, S.CREATING, S.PENDING, intent)]
        )

    async def _send(self, outgoing: OutgoingInvoice) -> None:
        """One create. Its outcome is on the ledger before anything else happens with this invoice."""
        invoice = outgoing.invoice
        try:
            erp = await self.run.erp.create_invoice(outgoing)
        except ConfigurationError:
            await self._step(invoice.id, S.PENDING, "not sent: a setting is wrong")
            raise
        except (OutcomeUnknownError, AlreadyExistsError) as error:
            self.lost[invoice.id] = await self._step(invoice.id, S.UNCERTAIN, error.what)
        except SyncError as error:
            await self._kept_back(invoice, error)
        else:
            await self.verification.created(invoice, erp)

    async def _foresee(self, outgoing: OutgoingInvoice) -> None:
        """The same in a preview: everything is checked up to the call itself, and what would follow is told."""
        try:
            await would_create(self.run, outgoing)
        except ConfigurationError:
            raise
        except SyncError as error:
            await self._kept_back(outgoing.invoice, error)
        else:
            await self.verification.foreseen(outgoing.invoice)

    async def _step(self, invoice_id: str, after: TransferState, reason: str | None = None) -> Transfer:
        transfer = await self.run.ledger.step(invoice_id, after, expect=S.CREATING, reason=reason)
        self.box.transfers[invoice_id] = transfer
        return transfer

    async def settle_lost(self) -> None:
        """Answers that were lost in this run: found ones go on, the others wait for the next run with an issue."""
        lookup = await look_up(self.run, self.lost.values())
        for invoice_id, transfer in self.lost.items():
            invoice, erp = self.invoices[invoice_id], lookup.found.get(transfer.reference)
            if erp is not None and transfer.reference not in lookup.doubtful:
                self.box.transfers[invoice_id] = await adopt(self.run, transfer, erp)
                with concerning(about_invoice(invoice_id)):
                    await self.verification.finish(invoice, erp)
                continue
            doubt = lookup.doubtful.get(transfer.reference)
            self._complain(invoice, doubt or not_there_yet(self.run, transfer))

    async def _kept_back(self, invoice: Invoice, error: SyncError) -> None:
        """An invoice that cannot go now. Bad data and missing records wait; what passes by itself goes next time."""
        self._complain(invoice, error)
        transfer = self.box.transfers[invoice.id]
        waits = isinstance(error, BadDataError | MissingDependencyError) or transfer.state is S.REJECTED
        changes: TransferChanges = {**header_of(invoice), "reason": error.what, "attempt_at": datetime.now(UTC)}
        self.box.transfers[invoice.id] = await self.run.ledger.step(
            invoice.id, S.REJECTED if waits else S.PENDING, expect=transfer.state, **changes
        )
        if waits and self.run.profile.refused_are_failed and not isinstance(error, MissingDependencyError):
            await self.verification.show_failed(invoice)

    def _complain(self, invoice: Invoice, error: SyncError) -> None:
        self.run.complain(
            JOB, [issue_of(error, scope=JOB, side=Side.SEVERA, record_id=invoice.id, label=invoice.label)]
        )
        self.counts.rejected += 1

    def moved_back(self) -> None:
        """Transferred before, and on the trigger status again: reported, never created a second time by itself."""
        for invoice in self.box.all(NextStep.MOVED_BACK):
            transfer = self.box.transfers[invoice.id]
            error = BadDataError(
                f"It went to {self.run.erp_title} before (as {transfer.erp_number or transfer.erp_id}).",
                why="A person put it back on the trigger status; an invoice goes exactly once.",
                todo="Move it on in Severa; to bill something else, credit it and make a new invoice.",
            )
            self._complain(invoice, error)

    def vanished(self) -> None:
        """Created in the ERP, deleted in Severa before the journey ended."""
        for transfer in self.box.vanished:
            error = BadDataError(
                f"It was deleted in Severa while its draft stands in {self.run.erp_title} ({transfer.erp_id or '?'}).",
                todo=f"Delete the draft in {self.run.erp_title}, then ignore this issue.",
            )
            label = f"Invoice {transfer.severa_number or transfer.severa_id[:8]}"
            self.run.complain(
                JOB, [issue_of(error, scope=JOB, side=Side.SEVERA, record_id=transfer.severa_id, label=label)]
            )
            self.counts.rejected += 1
