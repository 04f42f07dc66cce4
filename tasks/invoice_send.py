"""Invoices out: look up what is open, create drafts, compare totals, report to Severa (ALL-05 to ALL-07).

The ledger decides (law 1): `creating` is committed before the call and the ERP's id right after it. Whoever finds an
attempt without a known outcome looks the reference up in the ERP before anything else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

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
from core.exporting import NextStep, resolve_customer, resolve_projects
from core.invoices import ErpInvoice, Invoice
from core.records import Registry, Side
from core.transfers import UNSETTLED, Stage, Transfer, TransferState, reference_for
from state.transfers import Move, TransferChanges
from tasks.invoice_known import recall_orders
from tasks.invoice_read import JOB, Outbox, new_transfer
from tasks.invoice_verify import Verification
from tasks.run import Run, issue_of
from tasks.subject import Subject, about_invoice, concerning

S = TransferState


@task(name="look up open attempts", cache_policy=NO_CACHE)
async def settle_attempts(run: Run, box: Outbox) -> None:
    """Attempts without a known outcome: found in the ERP they go on from there, proved absent they may go again."""
    if run.preview:
        return
    if run.options.retry and run.options.record is not None:
        await send_again(run, box)
    invoices = box.all(NextStep.LOOK_UP)
    if not invoices:
        return
    transfers = [box.transfers[invoice.id] for invoice in invoices]
    await wait_until_readable(run, transfers)
    found = await look_up(run, transfers)
    for invoice in invoices:
        transfer, erp = box.transfers[invoice.id], found.get(invoice.id)
        if erp is not None:
            box.transfers[invoice.id] = await adopt(run, transfer, erp)
            box.steps[NextStep.VERIFY].append(invoice)
        else:
            box.transfers[invoice.id] = await run.ledger.step(
                invoice.id, S.PENDING, expect=UNSETTLED, note="looked up: not in the ERP"
            )
            box.absent.add(invoice.id)
            if invoice.status_id == run.statuses["trigger"] and invoice.id not in box.held:
                box.steps[NextStep.SEND].append(invoice)
    box.steps[NextStep.LOOK_UP] = []


async def send_again(run: Run, box: Outbox) -> None:
    """A person asks for one invoice that went before: it goes again only when the ERP proves that it is not there."""
    back = box.steps[NextStep.MOVED_BACK]
    if not back:
        return
    found = await look_up(run, [box.transfers[invoice.id] for invoice in back])
    for invoice in [invoice for invoice in back if invoice.id not in found]:
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
            stage=Stage.NONE,
            generation=generation,
            reference=reference_for(invoice.id, generation),
        )
        back.remove(invoice)
        box.steps[NextStep.SEND].append(invoice)


async def wait_until_readable(run: Run, transfers: Iterable[Transfer]) -> None:
    """Give the ERP the time it may need until a write shows in its lists (contract section 6)."""
    delay = getattr(run.tenant.erp_section, "lookup_delay_seconds", 0.0)
    latest = max((t.attempt_at for t in transfers if t.attempt_at is not None), default=None)
    if latest is not None:
        rest = min(delay, (latest + timedelta(seconds=delay) - datetime.now(UTC)).total_seconds())
        if rest > 0:
            run.progress(f"waiting {rest:.0f} s before looking up lost answers", 0)
            await asyncio.sleep(rest)


async def look_up(run: Run, transfers: Iterable[Transfer]) -> dict[str, ErpInvoice]:
    """Severa id -> what the ERP holds for it."""
    wanted = list(transfers)
    since = min((t.first_attempt_at for t in wanted if t.first_attempt_at is not None), default=run.started)
    return await run.erp.find_invoices([t.severa_id for t in wanted], since - timedelta(hours=1))


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


@task(name="send invoices", cache_policy=NO_CACHE)
async def send_invoices(run: Run, box: Outbox) -> None:
    """Create drafts for what is to be sent, then finish what stands half-way. Lost answers are looked up at the end."""
    sending = Sending(run, box)
    limit = run.settings(Side.ERP).concurrency
    await recall_orders(run, box)
    sending.enter(box.all(NextStep.SEND))
    await run.each(box.all(NextStep.SEND), sending.one, limit=limit, what="send invoices", about=_about)
    if run.preview:
        return
    half_way = box.all(NextStep.VERIFY, NextStep.REPORT)
    await run.each(half_way, sending.verification.resume, limit=limit, about=_about)
    if sending.lost:
        await wait_until_readable(run, sending.lost.values())
        await sending.settle_lost()
    await run.each(box.untold, sending.verification.tell, limit=limit, about=_about)
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
        if not self.run.preview:
            with self.run.state.batch():
                for invoice in invoices:
                    row = self.box.transfers.get(invoice.id)
                    self.box.transfers[invoice.id] = row or self.run.state.transfers.add(new_transfer(invoice))

    async def one(self, listed: Invoice) -> None:
        """One invoice: read it again, commit the intent, create the draft, take it to its end."""
        try:
            outgoing = await self._prepared(listed)
        except ConfigurationError:
            raise
        except SyncError as error:
            await self._kept_back(listed, error)
            return
        if outgoing is None:
            self.counts.skip("moved in Severa meanwhile")
        elif self.run.preview:
            self.counts.created += 1
        else:
            await self._intend(outgoing.invoice)
            await self._send(outgoing)

    async def _prepared(self, listed: Invoice) -> OutgoingInvoice | None:
        """Everything that can keep an invoice back without a call to the ERP; then it is read again, with its rows.

        None when a person moved it since the list was read.
        """
        links = self.run.state.links
        customer = links.other_id(Registry.CUSTOMERS, Side.SEVERA, listed.customer_id or "")
        customer = resolve_customer(listed, customer, erp_title=self.run.erp_title)
        projects = links.other_ids(Registry.PROJECTS, Side.SEVERA, listed.project_ids)
        project = resolve_projects(listed, projects, erp_title=self.run.erp_title)
        rows = await self.run.severa.invoice_rows(listed.id)
        if not rows:
            raise BadDataError("The invoice has no rows.", todo="Add rows in Severa, or delete it.", field="rows")
        fresh = await self.run.severa.invoice(listed.id)
        if fresh is None or fresh.status_id != self.run.statuses["trigger"]:
            return None
        if (fresh.customer_id, fresh.project_ids) != (listed.customer_id, listed.project_ids):
            return await self._prepared(fresh)
        invoice = replace(fresh, rows=rows)
        self.invoices[invoice.id] = invoice
        row = self.box.transfers.get(invoice.id)
        return OutgoingInvoice(
            invoice=invoice,
            reference=row.reference if row else invoice.id,
            customer_id=customer,
            project_id=project,
            contact_id=links.other_id(Registry.CONTACTS, Side.SEVERA, invoice.contact_id or ""),
            credited_number=self._credited_number(invoice),
        )

    def _credited_number(self, invoice: Invoice) -> str | None:
        credited = self.run.state.transfers.get(invoice.credited_invoice_id) if invoice.credited_invoice_id else None
        return credited.erp_number if credited else None

    async def _intend(self, invoice: Invoice) -> None:
        """Commit the intent before the call."""
        now = datetime.now(UTC)
        row = self.box.transfers[invoice.id]
        moves = [Move(invoice.id, S.PENDING, S.REJECTED, {"reason": None})] if row.state is S.REJECTED else []
        intent: TransferChanges = {
            "severa_number": invoice.number,
            "version": invoice.version,
            "currency": invoice.total.currency,
            "severa_total": invoice.total.quantised().amount,
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

    async def _step(self, invoice_id: str, after: TransferState, reason: str | None = None) -> Transfer:
        transfer = await self.run.ledger.step(invoice_id, after, expect=S.CREATING, reason=reason)
        self.box.transfers[invoice_id] = transfer
        return transfer

    async def settle_lost(self) -> None:
        """Answers that were lost in this run: found ones go on, the others wait for the next run with an issue."""
        found = await look_up(self.run, self.lost.values())
        for invoice_id, transfer in self.lost.items():
            invoice, erp = self.invoices[invoice_id], found.get(invoice_id)
            if erp is not None:
                self.box.transfers[invoice_id] = await adopt(self.run, transfer, erp)
                with concerning(about_invoice(invoice_id)):
                    await self.verification.finish(invoice, erp)
                continue
            error = OutcomeUnknownError(
                f"{self.run.erp_title}'s answer to the invoice was lost, and it is not there yet.",
                why=transfer.reason or "",
                todo="Nothing: the next run looks it up again before it sends anything.",
            )
            self._complain(invoice, error)

    async def _kept_back(self, invoice: Invoice, error: SyncError) -> None:
        """An invoice that cannot go now. Bad data and missing records wait; what passes by itself goes next time."""
        self._complain(invoice, error)
        if self.run.preview:
            return
        transfer = self.box.transfers[invoice.id]
        waits = isinstance(error, BadDataError | MissingDependencyError) or transfer.state is S.REJECTED
        self.box.transfers[invoice.id] = await self.run.ledger.step(
            invoice.id,
            S.REJECTED if waits else S.PENDING,
            expect=transfer.state,
            version=invoice.version,
            reason=error.what,
            severa_number=invoice.number,
            currency=invoice.total.currency,
            severa_total=invoice.total.quantised().amount,
            attempt_at=datetime.now(UTC),
        )

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
