"""A draft whose total is right goes into the ERP's books, where that is ours to do (VN-11).

The ledger says `verified` until the ERP says that it is there, then `released`: whoever is killed in between asks for
the release again, which looks at the document's real state first.
"""

from __future__ import annotations

from connectors.dry import NotSentError
from core.errors import BadDataError
from core.invoices import Deletion, ErpInvoice, ErpInvoiceState, Invoice
from core.transfers import Transfer, TransferState
from state.transfers import Move
from tasks.invoice_foreseen import would_release, would_remove
from tasks.run import Run

S = TransferState
REFUSED = "not released: "
"""How the history's note of a refused release begins."""


class NotReleasedError(BadDataError):
    """It could not be released in as many runs as the tenant allows, and its draft is removed."""


def not_voided(run: Run, erp: ErpInvoice) -> None:
    """BadDataError when a person made the document void in mid-journey: it is neither deleted nor made again."""
    if erp.state is ErpInvoiceState.VOIDED:
        raise BadDataError(
            f"{erp.order_number or erp.id} was voided in {run.erp_title} before the transfer ended.",
            todo="Take the invoice off the trigger status in Severa and ignore this; to bill it, make a new one there.",
        )


class Releasing:
    """Releases the drafts of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._tries: int = getattr(run.tenant.erp_section, "release_tries", 3)

    async def release(self, invoice: Invoice, transfer: Transfer) -> ErpInvoice | None:
        """The document as it stands in the books; None in a preview that would put it there.

        BadDataError when the ERP refuses: the draft stays, and the next run goes on from its real state. After
        `release_tries` such runs the draft is removed: NotReleasedError. GoneError when somebody else removed it.
        """
        erp_id = transfer.erp_id or ""
        try:
            return await self._run.erp.release_invoice(erp_id)
        except NotSentError:
            would_release(self._run, invoice, erp_id)
            return None
        except BadDataError as refused:
            present = await self._run.erp.invoice(erp_id)
            if present is None:
                raise
            not_voided(self._run, present)
            await self._refused(invoice, refused)
            if self._tries_of(invoice.id) < self._tries:
                raise
            return await self._given_up(invoice, erp_id, refused)

    async def _refused(self, invoice: Invoice, error: BadDataError) -> None:
        note = f"{REFUSED}{error.what}"
        await self._run.ledger.steps([Move(invoice.id, S.VERIFIED, S.VERIFIED, {"reason": error.what}, note)])

    def _tries_of(self, severa_id: str) -> int:
        """Refused releases of the present draft."""
        tries = 0
        for event in self._run.state.transfers.history(severa_id):
            if event.after is S.CREATED:
                tries = 0
            tries += int((event.note or "").startswith(REFUSED))
        return tries

    async def _given_up(self, invoice: Invoice, erp_id: str, refused: BadDataError) -> ErpInvoice:
        try:
            deletion, why = await self._run.erp.delete_invoice(erp_id)
        except NotSentError:
            would_remove(self._run, invoice, erp_id)
            deletion, why = Deletion.GONE, ""
        if deletion is Deletion.SENT_MEANWHILE:
            found = await self._run.erp.invoice(erp_id)
            if found is not None:
                return found
        if deletion is Deletion.REFUSED:
            raise BadDataError(refused.what, why=f"{refused.why} {why}".strip(), todo=refused.todo, field=refused.field)
        raise NotReleasedError(
            refused.what,
            why=f"{refused.why} It was tried in {self._tries} runs; its draft was removed.".strip(),
            todo="Mend the reason, then put the invoice on the trigger status again.",
            field=refused.field,
        )
