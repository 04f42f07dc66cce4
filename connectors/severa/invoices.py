"""Reading Severa's invoices, and writing status, number and payment date back (contract section 10).

Severa does not publish the model that an invoice's PATCH takes. The status has a ladder of paths: the first that works
is kept. A refusal of anything else is taken apart: what can be written is written, the rest is said honestly.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import date, datetime
from typing import Any

from connectors.fields import gather
from connectors.ports import InvoiceWrite, Problem, Read
from connectors.severa.billing import integer_number, invoice_of, row_of, status_of, with_texts
from connectors.severa.client import Paging, SeveraClient, moment
from connectors.severa.errors import NotEditableError
from connectors.severa.mapping import guid_in
from connectors.severa.settings import SeveraSettings
from connectors.together import each
from connectors.values import shown
from core.errors import BadDataError, GoneError
from core.invoices import Invoice, InvoiceRow, InvoiceStatus

log = logging.getLogger(__name__)

ONE = "/v1/invoices/{guid}"
CUSTOMERS_AT_ONCE = 40


def _ladder(status_id: str) -> tuple[tuple[str, Any], ...]:
    """Ways to write the status, in the order in which they are tried: member and value."""
    return (("status.guid", status_id), ("status", {"guid": status_id}), ("invoiceStatusGuid", status_id))


class SeveraInvoices:
    """Invoices of one Severa organisation."""

    def __init__(self, client: SeveraClient, settings: SeveraSettings) -> None:
        self._client = client
        self._settings = settings
        self._rung: int | None = None

    async def statuses(self) -> tuple[InvoiceStatus, ...]:
        """The status register, in Severa's order. BadDataError when a row breaks the contract."""
        rows = await self._client.rows("/v1/invoicestatuses", Paging.FIRST_ROW)
        found = {status.id: status for status in map(status_of, rows)}
        return tuple(sorted(found.values(), key=lambda status: status.sort_order))

    async def with_status(self, status_ids: Sequence[str]) -> Read[Invoice]:
        """Invoices on these statuses. A list row that cannot be used is read once more by itself."""
        if not status_ids:
            return Read(())
        started: datetime | None = None
        items: dict[str, Invoice] = {}
        problems: list[Problem] = []
        asked = {"invoiceStatusGuids": list(status_ids)}
        async for page in self._client.pages("/v1/invoices", Paging.TOKEN, asked):
            started = started or page.date
            good, bad = gather(page.rows, invoice_of, title="Invoice", key="guid")
            items |= {invoice.id: invoice for invoice in good}
            for again in await each(self._again, bad):
                if isinstance(again, Invoice):
                    items[again.id] = again
                elif again is not None:
                    problems.append(again)
        return Read(tuple(items.values()), tuple(problems), started)

    async def _again(self, problem: Problem) -> Invoice | Problem | None:
        """A list may show less than the single read (contract section 14)."""
        if len(problem.id) != 36:
            return problem
        try:
            return await self.invoice(problem.id)
        except BadDataError:
            return problem

    async def invoice(self, invoice_id: str, *, texts: bool = False) -> Invoice | None:
        """One invoice without rows; None when it was deleted. BadDataError when its row breaks the contract."""
        row = await self._client.one(ONE, guid=invoice_id)
        if row is None:
            return None
        return with_texts(invoice_of(row), row) if texts else invoice_of(row)

    async def rows(self, invoice_id: str) -> tuple[InvoiceRow, ...]:
        """The rows of an invoice in order. BadDataError when one breaks the contract, GoneError without the invoice."""
        rows = await self._client.rows("/v1/invoices/{invoiceGuid}/invoicerows", Paging.TOKEN, invoiceGuid=invoice_id)
        found = {row.id: row for row in map(row_of, rows)}
        return tuple(sorted(found.values(), key=lambda row: row.sort_order))

    async def customers_billed(self, since: datetime | None, customer_ids: Sequence[str]) -> Read[str]:
        """Customers that have an invoice: of invoices changed since, or of the given customers (PO-05)."""
        found: set[str] = set()
        if since is not None:
            started: datetime | None = None
            async for page in self._client.pages("/v1/invoices", Paging.TOKEN, {"changedSince": moment(since)}):
                started = started or page.date
                found |= _billed(page.rows)
            return Read(tuple(sorted(found)), (), started, full=False)
        ids = sorted(set(customer_ids))
        parts = [ids[at : at + CUSTOMERS_AT_ONCE] for at in range(0, len(ids), CUSTOMERS_AT_ONCE)]
        for billed in await each(self._billed_among, parts):
            found |= billed
        return Read(tuple(sorted(found & set(ids))))

    async def _billed_among(self, customer_ids: list[str]) -> set[str]:
        """Each call asks for those without an invoice so far: a page proves at least one, or that none has any."""
        billed: set[str] = set()
        left = set(customer_ids)
        while left:
            asked = {"customerGuids": sorted(left)}
            async with aclosing(self._client.pages("/v1/invoices", Paging.TOKEN, asked)) as pages:
                async for page in pages:
                    proved = _billed(page.rows) & left
                    billed |= proved
                    left -= proved
                    if proved:
                        break  # the pages after it would be full of the same customers
                else:
                    return billed
        return billed

    async def write(
        self,
        invoice_id: str,
        *,
        expected_status_ids: Sequence[str],
        status_id: str | None,
        number: str | None,
        reference: str | None = None,
        payment_date: date | None,
    ) -> InvoiceWrite:
        """Number, reference, payment date and status in one PATCH, then read back (see `SeveraPort.set_invoice`).

        The number comes before the reference, which Severa may derive from it, and both before the status, which may
        give an invoice a number of Severa's own (contract section 10).
        """
        before, referred = await self._shown(invoice_id)
        status_id = status_id or before.status_id
        if before.status_id != status_id and before.status_id not in expected_status_ids:
            return InvoiceWrite(
                moved=False,
                status_id=before.status_id,
                number=before.number,
                number_written=number is not None and before.number == number,
                reference_written=reference is None or referred == reference,
                reference=referred,
            )
        members: dict[str, Any] = {}
        whole = integer_number(number)
        if whole is not None and before.number != str(whole):
            members["number"] = whole
        if reference is not None and (referred != reference or "number" in members):
            members["referenceNumber"] = reference
        if payment_date is not None and before.payment_date != payment_date:
            members["paymentDate"] = payment_date
        after = before
        if before.status_id != status_id:
            after, referred = await self._move(before, status_id, members)
        elif members:
            after, referred = await self._one_by_one(invoice_id, members)
        written = number is None or after.number in (number, str(whole))
        if not written:
            await self._fall_back(invoice_id, str(number))
        return InvoiceWrite(
            moved=after.status_id == status_id,
            status_id=after.status_id,
            number=after.number,
            number_written=written,
            payment_date_written=payment_date is None or after.payment_date == payment_date,
            reference_written=reference is None or referred == reference,
            reference=referred,
        )

    async def _move(self, before: Invoice, status_id: str, members: Mapping[str, Any]) -> tuple[Invoice, str | None]:
        """The status, with the other members before it; taken apart where Severa refuses them together.

        The invoice stands on another status afterwards when a person moved it right then.
        """
        after, refusal = await self._climb(before, status_id, members)
        if after is None and members:
            after, refusal = await self._climb(before, status_id, {})
            if after is not None and after[0].status_id == status_id:
                after = await self._one_by_one(before.id, members)
        if after is None:
            raise refusal or BadDataError(
                f"Severa did not move invoice {before.id} to status {status_id}.",
                why="It answered that it did, but the status is another one.",
                todo="Move the invoice in Severa by hand.",
                field="status",
            )
        return after

    async def _climb(
        self, before: Invoice, status_id: str, members: Mapping[str, Any]
    ) -> tuple[tuple[Invoice, str | None] | None, BadDataError | None]:
        """Try the rungs for the status: the next one only when Severa does not know or does not heed the last.

        One that stands elsewhere than before was heeded, and then moved by a person: that is not overwritten.
        """
        rungs = _ladder(status_id)
        refusal: BadDataError | None = None
        for position, (name, value) in enumerate(rungs):
            if self._rung is not None and position != self._rung:
                continue
            try:
                await self._client.patch(ONE, {**members, name: value}, guid=before.id)
            except GoneError:
                raise
            except BadDataError as refused:
                refusal = refused
                if isinstance(refused, NotEditableError):
                    break
                continue
            after, referred = await self._shown(before.id)
            if after.status_id == status_id:
                self._rung = position
            if after.status_id != before.status_id:
                return (after, referred), None
        return None, refusal

    async def _one_by_one(self, invoice_id: str, members: Mapping[str, Any]) -> tuple[Invoice, str | None]:
        """Each member in a PATCH of its own; a refusal shows in what is read back afterwards."""
        for name, value in members.items():
            try:
                await self._client.patch(ONE, {name: value}, guid=invoice_id)
            except GoneError:
                raise
            except BadDataError as refused:
                log.warning("Severa refused %s %s of invoice %s: %s", name, shown(str(value)), invoice_id, refused)
                if name == "paymentDate":
                    await self._payment_date_in_settings(invoice_id, value)
        return await self._shown(invoice_id)

    async def _payment_date_in_settings(self, invoice_id: str, value: date) -> None:
        """The other place that the contract names for a payment date."""
        row = await self._client.one("/v1/invoices/{invoiceGuid}/invoicesettings", invoiceGuid=invoice_id)
        settings = guid_in({"": row}, "")
        if settings is None:
            return
        try:
            await self._client.patch("/v1/invoicesettings/{guid}", {"paymentDate": value}, guid=settings)
        except BadDataError as refused:
            log.warning("Severa refused the payment date in the settings of invoice %s: %s", invoice_id, refused)

    async def _fall_back(self, invoice_id: str, number: str) -> None:
        """The ERP's number where `number_fallback` says, when Severa does not take it as the invoice's number."""
        if self._settings.number_fallback == "none":
            return
        field = self._settings.number_fallback
        row = await self._client.one(ONE, guid=invoice_id)
        if isinstance(row, Mapping) and row.get(field) == number:
            return
        try:
            await self._client.patch(ONE, {field: number}, guid=invoice_id)
        except BadDataError as refused:
            log.warning("Severa refused %s of invoice %s: %s", field, invoice_id, refused)

    async def _shown(self, invoice_id: str) -> tuple[Invoice, str | None]:
        """An invoice, and the payment reference that stands on it."""
        row = await self._client.one(ONE, guid=invoice_id)
        if row is None:
            raise GoneError(f"Invoice {invoice_id} does not exist in Severa any more.")
        reference = row.get("referenceNumber") if isinstance(row, Mapping) else None
        return invoice_of(row), reference if isinstance(reference, str) else None


def _billed(rows: Sequence[Any]) -> set[str]:
    """Customers named by invoices, as customer or as the one that is billed."""
    named = (guid_in(row, member) for row in rows for member in ("customer", "billingCustomer"))
    return {guid for guid in named if guid}
