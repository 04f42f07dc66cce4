"""After the create: the total check, the removal of what fails it, the release, the report (ALL-06, ALL-07, VN-11)."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from decimal import Decimal
from typing import Any, Unpack

from connectors.dry import NotSentError
from connectors.ports import InvoiceWrite
from core.errors import BadDataError, ConfigurationError, GoneError, SyncError
from core.exporting import Verdict, judge, line_differences, vat_of
from core.invoices import Deletion, ErpInvoice, ErpInvoiceState, Invoice
from core.money import Money
from core.plans import record_key
from core.records import Side
from core.transfers import Stage, Transfer, TransferState, reference_for
from state.transfers import Move, TransferChanges
from tasks.gate import note_total
from tasks.invoice_files import Attachments
from tasks.invoice_foreseen import would_fail, would_release, would_remove, would_report
from tasks.invoice_read import FILES, JOB, NOT_SHOWN, lasting
from tasks.invoice_release import NotReleasedError, Releasing, not_voided
from tasks.run import CheckedTotal, Run, issue_of

TRANSFERRED = Stage.TRANSFERRED.value
Odd = list[tuple[SyncError, str]]
"""What a person should know of an invoice that went: an error and its cause on the desk."""
S = TransferState


class Verification:
    """Takes an invoice that stands in the ERP to the end of its journey there, whatever was done before."""

    def __init__(self, run: Run, transfers: dict[str, Transfer]) -> None:
        self.run = run
        self.transfers = transfers
        self.counts = run.report(JOB).counts
        self.releasing = Releasing(run)
        self.attachments = Attachments(run)
        complained = run.state.issues.open(JOB)
        self.complained_before = {issue.record for issue in complained}
        self.told_before = lasting(complained)

    async def resume(self, invoice: Invoice) -> None:
        """Go on with an invoice whose journey was interrupted after the create."""
        transfer = self.transfers[invoice.id]
        if transfer.state is S.VERIFIED:
            await self._guarded(invoice, self._onward(invoice))
            return
        erp = await self.run.erp.invoice(transfer.erp_id or "")
        if transfer.state is S.RELEASED:
            await self._guarded(invoice, self._released(invoice, erp))
        elif erp is None:
            await self._gone(invoice)
        else:
            await self.finish(invoice, erp)

    async def created(self, invoice: Invoice, erp: ErpInvoice) -> None:
        """The answer to a create is here: its id goes onto the ledger before anything else happens.

        When the answer has the total and it is good, the same commit says that it was verified.
        """
        born = Move(invoice.id, S.CREATED, S.CREATING, {"erp_id": erp.id, "erp_number": erp.number})
        if erp.total is not None and judge(invoice, erp, erp_title=self.run.erp_title).passes:
            await self.finish(invoice, erp, born)
            return
        self.transfers[invoice.id] = await self.run.ledger.steps([born])
        await self.finish(invoice, erp)

    async def foreseen(self, invoice: Invoice) -> None:
        """A preview: the document would be made now, and its journey would go on if the totals agree."""
        self.counts.created += 1
        if self.attachments.wanted:
            self.attachments.foresee(invoice.id, invoice.label, None)
        if self.run.profile.releases and getattr(self.run.tenant.erp_section, "after_transfer", "") != "hold":
            would_release(self.run, invoice, None)
        would_report(self.run, invoice, number=None, reference=None, sure=False)
        if (record := record_key(Side.SEVERA, invoice.id)) in self.complained_before:
            self.run.state.issues.resolve(JOB, [record])
        self.counts.updated += 1

    async def finish(self, invoice: Invoice, erp: ErpInvoice, *before: Move) -> None:
        """Compare the totals; report a good one, remove and report a bad one. Errors leave it for the next run.

        `before` are steps that go into the same commit as the verdict.
        """
        await self._guarded(invoice, self._finish(invoice, erp, before))

    async def _guarded(self, invoice: Invoice, work: Coroutine[Any, Any, None]) -> None:
        """What cannot be done now is for the next run, with an issue."""
        try:
            await work
        except ConfigurationError:
            raise
        except SyncError as error:
            self._complain(invoice, error)

    async def _finish(self, invoice: Invoice, erp: ErpInvoice, before: Sequence[Move]) -> None:
        if erp.total is None:
            erp = await self.run.erp.invoice(erp.id) or erp
        not_voided(self.run, erp)
        verdict = judge(invoice, erp, erp_title=self.run.erp_title)
        if verdict.check is not None and not self.run.preview:
            total = CheckedTotal(invoice.id, invoice.label, verdict.check, verdict.passes)
            note_total(self.run, total)
        if verdict.passes and verdict.check is not None:
            total_of = verdict.check.erp.quantised().amount
            await self._step(invoice.id, S.VERIFIED, *before, erp_total=total_of, reason=None)
            self.counts.created += 1
            await self._onward(invoice, erp.remarks)
        else:
            await self._refuse(invoice, erp, verdict)

    async def _onward(self, invoice: Invoice, remarks: Sequence[str] = ()) -> None:
        """A draft whose total is right: its files, its release where that is ours to do, the report."""
        odd: Odd = [(_remarked(remarks), "remarks")] if remarks else []
        transfer = self.transfers[invoice.id]
        is_credit = invoice.total.amount < 0
        missing = await self.attachments.attach(invoice.id, transfer.erp_id or "", credit_note=is_credit)
        if missing is not None:
            odd.append((missing, FILES))
        if not self.run.profile.releases:
            await self._report(invoice, None, odd)
            return
        try:
            erp = await self.releasing.release(invoice, transfer)
        except GoneError:
            await self._gone(invoice)
        except NotReleasedError as error:
            await self._reject(invoice, error, deleted=True, total=transfer.erp_total)
            await self.show_failed(invoice)
        else:
            if erp is None:  # a preview
                await self._report(invoice, None, odd)
                return
            total = erp.total.quantised().amount if erp.total is not None else transfer.erp_total
            await self._step(invoice.id, S.RELEASED, erp_number=erp.number, erp_total=total, reason=None)
            await self._released(invoice, erp, odd)

    async def _released(self, invoice: Invoice, erp: ErpInvoice | None, odd: Odd | None = None) -> None:
        """The document that counts is the one in the books: its total once more, its number, its reference."""
        odd = odd or []
        if erp is not None:
            not_voided(self.run, erp)
        if erp is None or (self.run.profile.number_written_at == TRANSFERRED and erp.number is None):
            raise BadDataError(
                f"It was released in {self.run.erp_title} and cannot be found there now.",
                todo=f"Look for {self.transfers[invoice.id].erp_id} in {self.run.erp_title}; the next run looks again.",
            )
        verdict = judge(invoice, erp, erp_title=self.run.erp_title)
        if not verdict.passes:
            error = BadDataError(
                f"It is in {self.run.erp_title}'s books with another total than Severa's.",
                why=verdict.reason or "",
                todo=f"Credit it in {self.run.erp_title} and make a corrected invoice; nothing was undone.",
                field="totalIncludingTax",
            )
            odd.append((error, "released total"))
        await self._report(invoice, erp, odd)

    async def _report(self, invoice: Invoice, erp: ErpInvoice | None, odd: Odd) -> None:
        """The transferred status in Severa, with number and reference where they are known by then; then the ledger."""
        profile, statuses = self.run.profile, self.run.statuses
        at_once = erp is not None and profile.number_written_at == TRANSFERRED
        number = erp.number if erp is not None and at_once else None
        reference = erp.payment_reference if erp is not None and at_once and profile.payment_references else None
        try:
            write = await self.run.severa.set_invoice(
                invoice.id,
                expected_status_ids=[statuses["trigger"]],
                status_id=statuses[TRANSFERRED],
                number=number,
                reference=reference,
            )
        except NotSentError:
            write = would_report(self.run, invoice, number=number, reference=reference, sure=True)
        except ConfigurationError:
            raise
        except SyncError as refused:
            self._complain(invoice, refused)
            return
        later = [statuses[role] for role in profile.later_statuses(TRANSFERRED) if role in statuses]
        if not write.moved and write.status_id not in later:
            error = BadDataError(
                f"It is in {self.run.erp_title}, but a person moved it to another status in Severa meanwhile.",
                why="A status that a person chose is not overwritten.",
                todo=f"Put it on the transferred status, or delete the draft in {self.run.erp_title}.",
            )
            self._complain(invoice, error)
            return
        if number is not None and not write.number_written:
            odd.append((number_kept(self.run, write, number), "number"))
        # Resolved before the step: nobody would look at an invoice again whose journey the ledger shows as ended.
        if (record := record_key(Side.SEVERA, invoice.id)) in self.complained_before:
            self.run.state.issues.resolve(JOB, [record])
        for told, cause in odd:
            self._complain(invoice, told, cause)
        written = reference if reference is not None and write.reference_written else None
        changes: TransferChanges = {"stage": Stage.TRANSFERRED}
        if at_once:
            changes |= {"erp_number": number, "erp_reference": written}
        await self._step(invoice.id, S.REPORTED, **changes)
        self.counts.updated += 1

    async def _gone(self, invoice: Invoice) -> None:
        """Somebody removed the draft before the transfer ended."""
        error = BadDataError(
            f"Its draft in {self.run.erp_title} was deleted before the transfer ended.",
            why="A deleted draft is never made again by itself.",
            todo="Change the invoice in Severa, or run: severa-sync retry, to send it again.",
        )
        await self._reject(invoice, error, deleted=True)
        await self.show_failed(invoice)

    async def _refuse(self, invoice: Invoice, erp: ErpInvoice, verdict: Verdict) -> None:
        """The totals differ: the draft must not stay, and Severa shows it where there is a status for it."""
        total = erp.total.quantised().amount if isinstance(erp.total, Money) else None
        what = verdict.reason or "The totals could not be compared."
        if erp.state is not ErpInvoiceState.DRAFT:
            await self._sent_meanwhile(invoice, total, what)
            return
        try:
            deletion, why = await self.run.erp.delete_invoice(erp.id)
        except NotSentError:
            would_remove(self.run, invoice, erp.id)
            deletion, why = Deletion.GONE, ""
        if deletion is Deletion.SENT_MEANWHILE:
            await self._sent_meanwhile(invoice, total, what)
            return
        if deletion is Deletion.REFUSED:
            error = BadDataError(
                what,
                why=f"{self.run.erp_title} did not let the draft be deleted: {why}",
                todo=f"Delete order {erp.order_number or erp.id} in {self.run.erp_title}, then correct the invoice.",
                field="totalIncludingTax",
            )
            self._complain(invoice, error)
            return
        rows = "; ".join([*line_differences(invoice, erp), *vat_of(erp)])
        error = BadDataError(
            what,
            why=rows or "Rounding, a discount or an added row can be the reason.",
            todo=f"Correct the VAT of the row in Severa, or of the product in {self.run.erp_title}; then put "
            "the invoice on the trigger status again.",
            field="totalIncludingTax",
        )
        await self._reject(invoice, error, deleted=True, total=total)
        await self.show_failed(invoice)

    async def tell(self, invoice: Invoice, *, refused: bool = False) -> None:
        """Rejected by a run that ended before it could say so: the desk and Severa show it now."""
        transfer = self.transfers[invoice.id]
        if record_key(Side.SEVERA, invoice.id) not in self.told_before:
            error = BadDataError(
                transfer.reason or "It was rejected.",
                todo="Correct the invoice in Severa, then put it on the trigger status again.",
                field="totalIncludingTax",
            )
            self._complain(invoice, error)
        if transfer.generation > 1 or refused:
            await self.show_failed(invoice)

    async def show_failed(self, invoice: Invoice) -> None:
        """The failed status in Severa, where the tenant has one; when it cannot be written the next run tries again."""
        failed = self.run.statuses.get("failed")
        if failed is None:
            return
        trigger = self.run.statuses["trigger"]
        try:
            await self.run.severa.set_invoice(invoice.id, expected_status_ids=[trigger], status_id=failed)
        except NotSentError:
            would_fail(self.run, invoice)
        except ConfigurationError:
            raise
        except SyncError as error:
            self._complain(invoice, error, NOT_SHOWN)
        else:
            if (record := record_key(Side.SEVERA, invoice.id)) in self.complained_before:
                self.run.state.issues.resolve(JOB, [record], cause=NOT_SHOWN)

    async def _sent_meanwhile(self, invoice: Invoice, total: Decimal | None, what: str) -> None:
        error = BadDataError(
            what,
            why="A person had sent it already: it can no longer be removed.",
            todo=f"Credit it in {self.run.erp_title} and make a corrected invoice.",
            field="totalIncludingTax",
        )
        await self._step(invoice.id, S.REPORTED, erp_total=total, reason=what)
        self._complain(invoice, error)

    async def _reject(self, invoice: Invoice, error: SyncError, *, deleted: bool, total: Decimal | None = None) -> None:
        """After a confirmed deletion the next attempt gets the next reference."""
        generation = self.transfers[invoice.id].generation + int(deleted)
        await self._step(
            invoice.id,
            S.REJECTED,
            erp_id=None,
            erp_number=None,
            erp_reference=None,
            erp_total=total,
            generation=generation,
            reference=reference_for(invoice.id, generation),
            version=invoice.version,
            reason=error.what,
        )
        self._complain(invoice, error)

    async def _step(
        self, invoice_id: str, after: TransferState, *before: Move, **changes: Unpack[TransferChanges]
    ) -> None:
        expect = before[-1].after if before else self.transfers[invoice_id].state
        moves = [*before, Move(invoice_id, after, expect, changes)]
        self.transfers[invoice_id] = await self.run.ledger.steps(moves)

    def _complain(self, invoice: Invoice, error: SyncError, cause: str | None = None) -> None:
        issue = issue_of(error, scope=JOB, side=Side.SEVERA, record_id=invoice.id, label=invoice.label, cause=cause)
        self.run.complain(JOB, [issue])
        self.counts.rejected += int(cause is None)


def number_kept(run: Run, write: InvoiceWrite, number: str) -> BadDataError:
    """What is said when Severa kept another number than the ERP's."""
    return BadDataError(
        f"Severa kept the number {write.number} instead of {run.erp_title}'s {number}.",
        why="Severa did not let the number be written.",
        todo="Enter the number by hand, or let the statuses leave the number to the integration.",
        field="number",
    )


def _remarked(remarks: Sequence[str]) -> BadDataError:
    return BadDataError(" ".join(remarks), todo="Look at the invoice in both systems; it went all the same.")
