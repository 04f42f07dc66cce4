"""Invoices in PowerOffice: drafts out exactly once, found again after a lost answer, removed, and what became of them.

Contract sections 6 and 7. Orders only move from /SalesOrders to /OutgoingInvoices, so whoever looks in that order
misses none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from connectors.fields import gather
from connectors.pace import Sleep
from connectors.ports import OutgoingInvoice, Read
from connectors.poweroffice import rows
from connectors.poweroffice.client import PowerOfficeClient, after
from connectors.poweroffice.invoice_mapping import DRAFT, LINE_TOTAL, SENT
from connectors.poweroffice.orders import Orders
from connectors.poweroffice.registers import chunks
from connectors.together import each
from core.errors import AlreadyExistsError, BadDataError, GoneError, OutcomeUnknownError, SyncError
from core.invoices import Deletion, ErpInvoice, ErpInvoiceState
from core.money import Money, quantise

COMPANY_CURRENCY = "NOK"
"""The client currency of PowerOffice Go is always NOK (contract section 10)."""
GUID_LENGTH = 36
"""A reference is a Severa guid, perhaps with a suffix after a confirmed deletion."""
IDS_PER_CALL = 50
INHERITED = {"showInherited": "true"}
SENT_MARGIN = timedelta(days=1)
"""How much earlier than the first attempt sent invoices are searched: PowerOffice's clock need not be ours."""


class Invoices:
    """Draft orders and sent invoices. `zone` is the zone of the business dates."""

    def __init__(
        self,
        client: PowerOfficeClient,
        orders: Orders,
        *,
        lookup_delay: timedelta,
        zone: tzinfo,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._client = client
        self._orders = orders
        self._delay = lookup_delay
        self._zone = zone
        self._sleep = sleep
        self._lost_at: datetime | None = None

    async def create(self, outgoing: OutgoingInvoice) -> ErpInvoice:
        """Create the draft order. Everything that can be known to be wrong is found before the call."""
        body = await self._orders.body(outgoing)
        began = datetime.now(UTC)
        try:
            row = await self._client.post("/SalesOrders/Complete", body)
            order = self._made(row, outgoing.invoice.currency)
        except OutcomeUnknownError:
            self._lost_at = began
            raise
        except AlreadyExistsError:
            raise
        except BadDataError as error:
            if outgoing.reference.casefold() in error.why.casefold():
                raise AlreadyExistsError(error.what, why=error.why, todo="The order is looked up.") from error
            raise
        if order.total is not None:
            return order
        try:  # the order stands whatever becomes of this read
            complete = await self._draft(order.id)
        except SyncError:
            return order
        return complete or order

    async def find(self, references: Sequence[str], since: datetime) -> dict[str, ErpInvoice]:
        """By Severa guid: orders, sent invoices, orders once more; not before PowerOffice shows what it was sent."""
        wanted = {reference[:GUID_LENGTH].casefold(): reference for reference in references}
        if not wanted:
            return {}
        await self._settled(since)
        found, now = await self._drafts(wanted)
        if len(found) < len(wanted):
            found |= await self._sent_since(wanted, since if now is None else min(since, now))
        if len(found) < len(wanted):
            again, _ = await self._drafts({key: value for key, value in wanted.items() if value not in found})
            found |= again
        return found

    async def get(self, invoice_id: str) -> ErpInvoice | None:
        """One draft or sent invoice. The answer of /OutgoingInvoices decides; orders are asked first."""
        draft = await self._draft(invoice_id)
        return await self._sent(invoice_id) or draft

    async def delete(self, invoice_id: str) -> tuple[Deletion, str]:
        """Remove a draft; a confirmed one is made a draft again first. 404 says nothing until it is not sent either."""
        for attempt in (1, 2):
            try:
                status = await self._client.delete("/SalesOrders/{id}", {"id": invoice_id}, allow=(404,))
            except BadDataError as error:
                if attempt == 2:
                    return Deletion.REFUSED, error.why or error.what
                if refused := await self._unconfirm(invoice_id, error):
                    return refused
                continue
            break
        if status == 404 and (sent := await self._sent(invoice_id)):
            return Deletion.SENT_MEANWHILE, credit_it(sent)
        return Deletion.GONE, ""

    async def changed(self, since: datetime | None) -> Read[ErpInvoice]:
        """Sent invoices that are new or whose balance changed at or after `since`."""
        filters = {} if since is None else {"balanceLastChangedDateTimeOffsetGreaterThan": after(since)}
        return await self._outgoing(filters, full=since is None)

    async def by_id(self, invoice_ids: Sequence[str]) -> Read[ErpInvoice]:
        """Those of these invoices that are sent, 50 in a call."""
        parts = await each(
            lambda part: self._outgoing({"invoiceIds": ",".join(part)}, full=False), chunks(invoice_ids, IDS_PER_CALL)
        )
        return Read(
            tuple(item for part in parts for item in part.items),
            tuple(problem for part in parts for problem in part.problems),
            parts[0].started if parts else None,
            full=False,
        )

    async def _unconfirm(self, invoice_id: str, error: BadDataError) -> tuple[Deletion, str] | None:
        """Make a confirmed order a draft; how the deletion ended when that is refused, too."""
        try:
            await self._client.patch("/SalesOrders/{id}", {"SalesOrderStatus": "Draft"}, {"id": invoice_id})
        except GoneError:
            sent = await self._sent(invoice_id)
            return (Deletion.SENT_MEANWHILE, credit_it(sent)) if sent else (Deletion.GONE, "")
        except BadDataError:
            if sent := await self._sent(invoice_id):
                return Deletion.SENT_MEANWHILE, credit_it(sent)
            return Deletion.REFUSED, error.why or error.what
        return None

    async def _settled(self, since: datetime) -> None:
        """Wait until PowerOffice shows an order whose answer was lost (contract section 6: 60 s after its start)."""
        latest = max(since, self._lost_at) if self._lost_at else since
        wait = min(latest + self._delay - datetime.now(UTC), self._delay)
        if wait > timedelta(0):
            await self._sleep(wait.total_seconds())

    async def _drafts(self, wanted: Mapping[str, str]) -> tuple[dict[str, ErpInvoice], datetime | None]:
        """Drafts of ours by the reference asked for, and PowerOffice's clock (UTC).

        They are as the list has them: with their totals, without their lines. The filter for references is unproved:
        all of ours are read, which is a call for thousands of them.
        """
        listed = await self._client.rows("/SalesOrders", onlyCreatedByCurrentIntegration="true", **INHERITED)
        by_reference = _by_reference(listed.rows, wanted)
        return {asked: draft(row, COMPANY_CURRENCY) for asked, row in by_reference.items()}, listed.started

    async def _sent_since(self, wanted: Mapping[str, str], since: datetime) -> dict[str, ErpInvoice]:
        """Sent invoices of ours. One that a person sent does not count as ours, so that filter is left out."""
        listed = await self._client.rows("/OutgoingInvoices", sentDateTimeOffsetGreaterThan=after(since - SENT_MARGIN))
        return {reference: self._invoice(row) for reference, row in _by_reference(listed.rows, wanted).items()}

    async def _draft(self, order_id: str) -> ErpInvoice | None:
        row = await self._client.row("/SalesOrders/{id}/Complete", {"id": order_id}, **INHERITED)
        return None if row is None else draft(row, COMPANY_CURRENCY)

    async def _sent(self, invoice_id: str) -> ErpInvoice | None:
        row = await self._client.row("/OutgoingInvoices/{id}", {"id": invoice_id})
        return None if row is None else self._invoice(row)

    async def _outgoing(self, filters: Mapping[str, str], *, full: bool) -> Read[ErpInvoice]:
        listed = await self._client.rows("/OutgoingInvoices", **filters)
        items, problems = gather(listed.rows, self._invoice, title=SENT.title, key="Id")
        return Read(tuple(items), tuple(problems), listed.started, full=full)

    def _made(self, row: Any, currency: str) -> ErpInvoice:
        """The order of a create's answer; one that cannot be read leaves open what was made."""
        try:
            return draft(row, currency)
        except BadDataError as error:
            raise rows.unreadable("Sales order", error) from error

    def _invoice(self, row: Any) -> ErpInvoice:
        """A row of /OutgoingInvoices. Credit notes have negative totals here, whatever sign PowerOffice gives."""
        values = SENT.read(row)
        total = values["total"]
        if total is not None and values["credit_note"]:
            total = -abs(total)
        state = state_of(values)
        changed = values["balance_changed_at"]
        return ErpInvoice(
            id=values["id"],
            reference=values["reference"],
            state=state,
            total=None if total is None else Money(total, values["currency"] or COMPANY_CURRENCY),
            number=values["number"],
            order_number=values["order_number"],
            sent_at=values["sent_at"],
            paid_on=changed.astimezone(self._zone).date() if state is ErpInvoiceState.PAID and changed else None,
        )


def credit_it(sent: ErpInvoice) -> str:
    """What a person does about an invoice that was sent before we could remove the draft."""
    return f"It was sent meanwhile as invoice {sent.number}: credit it in PowerOffice."


def draft(row: Any, currency: str) -> ErpInvoice:
    """An order, with the totals of its lines by the Severa row's guid. `currency` is taken where it names none."""
    values = DRAFT.read(row)
    listed = row.get("SalesOrderLines")
    lines, _ = gather(listed if isinstance(listed, list) else (), LINE_TOTAL.read, title=LINE_TOTAL.title, key="Id")
    totals = {line["id"]: line["total"] for line in lines if line["id"] and line["total"] is not None}
    total = values["total"]
    return ErpInvoice(
        id=values["id"],
        reference=values["reference"],
        state=ErpInvoiceState.DRAFT,
        total=None if total is None else Money(total, values["currency"] or currency),
        order_number=values["order_number"],
        line_totals=totals or None,
    )


def state_of(values: Mapping[str, Any]) -> ErpInvoiceState:
    """Sent, partly paid or paid by the balance, which is in NOK like the posted total; signs do not count.

    A row without an invoice number is not through yet: it is still a draft for us.
    """
    if values["number"] is None:
        return ErpInvoiceState.DRAFT
    balance, posted = values["balance"], values["posted"]
    if balance is None:
        return ErpInvoiceState.SENT
    left = abs(quantise(balance, COMPANY_CURRENCY))
    if left == 0:
        return ErpInvoiceState.PAID
    if posted is not None and left < abs(quantise(posted, COMPANY_CURRENCY)):
        return ErpInvoiceState.PARTLY_PAID
    return ErpInvoiceState.SENT


def _by_reference(listed: Sequence[Any], wanted: Mapping[str, str]) -> dict[str, Any]:
    """Reference asked for -> the row whose reference begins with its guid; the last suffix wins."""
    matches: dict[str, Any] = {}
    for row in listed:
        carried = row.get("ExternalImportReference") if isinstance(row, Mapping) else None
        asked = wanted.get(carried[:GUID_LENGTH].casefold()) if isinstance(carried, str) else None
        if asked is None:
            continue
        if asked not in matches or _suffix(carried) > _suffix(matches[asked]["ExternalImportReference"]):
            matches[asked] = row
    return matches


def _suffix(reference: Any) -> int:
    """2 of `<guid>-2`; 1 without one."""
    ending = str(reference)[GUID_LENGTH + 1 :]
    return int(ending) if ending.isascii() and ending.isdigit() and len(ending) < 9 else 1
