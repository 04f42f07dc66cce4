"""Files that go with an invoice: its PDF and its attachments, by the tenant's setting, each once (VN-14).

The ERP's document itself says which files it has: each is looked for there by its name before it is sent, so a run that
was killed in between, or whose answer was lost, leaves none twice. A file that cannot go keeps no invoice back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.errors import BadDataError, ConfigurationError, SyncError
from core.invoices import InvoiceFile
from core.plans import record_key
from core.records import Side
from core.transfers import Transfer
from tasks.invoice_foreseen import would_attach
from tasks.invoice_read import FILES, JOB
from tasks.run import Run, issue_of
from tasks.subject import about_invoice, concerning


class Attachments:
    """Carries the files of one run's invoices."""

    def __init__(self, run: Run) -> None:
        self._run = run
        chosen = getattr(run.tenant.erp_section, "invoice_files", "none")
        self.pdf = chosen in ("pdf", "both")
        self.attachments = chosen in ("attachments", "both")
        self.wanted = self.pdf or self.attachments

    async def attach(self, severa_id: str, erp_id: str, *, credit_note: bool) -> SyncError | None:
        """Send the files that the document does not have yet; what stood in the way of one of them, or None."""
        if not self.wanted:
            return None
        if self._run.preview:
            self.foresee(severa_id, f"Invoice {severa_id[:8]}", erp_id)
            return None
        failed: list[SyncError] = []
        try:
            files = await self._files(severa_id, "Credit note.pdf" if credit_note else "Invoice.pdf")
        except ConfigurationError:
            raise
        except SyncError as error:
            return self._told(error)
        for file in files:
            try:
                await self._run.erp.attach(erp_id, file.name, file.content, file.content_type)
            except ConfigurationError:
                raise
            except SyncError as error:
                failed.append(error)
        return self._told(failed[0]) if failed else None

    def foresee(self, severa_id: str, label: str, erp_id: str | None) -> None:
        """A preview: files would go."""
        would_attach(self._run, severa_id, label, erp_id)

    async def catch_up(self, transfers: Sequence[Transfer]) -> None:
        """Files that an earlier run could not send."""
        for row in transfers:
            with concerning(about_invoice(row.severa_id)):
                is_credit = row.severa_total is not None and row.severa_total < 0
                error = await self.attach(row.severa_id, row.erp_id or "", credit_note=is_credit)
            if error is None:
                self._run.state.issues.resolve(JOB, [record_key(Side.SEVERA, row.severa_id)], cause=FILES)
            else:
                self.complain(row.severa_id, f"Invoice {row.erp_number or row.severa_id[:8]}", error)

    def complain(self, severa_id: str, label: str, error: SyncError) -> None:
        """The invoice went, and not all of its files did."""
        issue = issue_of(error, scope=JOB, side=Side.SEVERA, record_id=severa_id, label=label, cause=FILES)
        self._run.complain(JOB, [issue])

    async def _files(self, severa_id: str, pdf_name: str) -> list[InvoiceFile]:
        attached = await self._run.severa.invoice_files(severa_id) if self.attachments else ()
        if not self.pdf:
            return list(attached)
        names = {file.name.casefold() for file in attached}
        while pdf_name.casefold() in names:
            pdf_name = f"Severa {pdf_name}"
        return [replace(await self._run.severa.invoice_pdf(severa_id), name=pdf_name), *attached]

    def _told(self, error: SyncError) -> SyncError:
        return BadDataError(
            f"Not all files went with the invoice: {error.what}",
            why=error.why,
            todo=f"{error.todo} The next runs try again; then attach it by hand in {self._run.erp_title}.".strip(),
            field="attachments",
            request_id=error.request_id,
        )
