"""Invoices and credit notes in Visma.net: on hold out exactly once, found again, removed (contract sections 9, 11)."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.pace import Clock, Sleep
from connectors.ports import Lookup, OutgoingInvoice, UnknowableError
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.documents import RELEASED, VOIDED, Document, Documents, Kind, document_id, located, split
from connectors.visma_net.just_made import JustMade
from connectors.visma_net.notes import Notes
from connectors.visma_net.orders import Order, Orders
from connectors.visma_net.refusals import InDoubtError
from connectors.visma_net.standing import explained
from connectors.visma_net.words import asked
from core.errors import BadDataError, SyncError
from core.invoices import Deletion, ErpInvoice, ErpInvoiceState

ZONES = timedelta(hours=26)
"""The zone of Visma.net's times is not known: this much before covers every zone, and clocks that disagree."""
LOOKS_AFTER_DELETION = 3
SECONDS_BETWEEN_LOOKS = 1.0
EXPANDED = {"expandApplications": "true", "expandAttachments": "true", "expandTaxDetails": "true"}
"""Lists leave these out unless they are asked for."""


class Invoices:
    """Documents of one company, until they are released."""

    def __init__(
        self,
        client: VismaNetClient,
        orders: Orders,
        documents: Documents,
        notes: Notes,
        *,
        zone: ZoneInfo,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        self._client = client
        self._orders = orders
        self._documents = documents
        self._notes = notes
        self._zone = zone
        self._sleep = sleep
        self.just_made = JustMade(clock)

    async def create(self, outgoing: OutgoingInvoice) -> Document:
        """Create the document on hold. Everything that can be known to be wrong is found before the call.

        OutcomeUnknownError when it may exist; BadDataError when it was refused with a reason and is not there.
        """
        order = await self._orders.order(outgoing)
        try:
            number = await self._client.create(order.kind.made_at, order.members)
        except InDoubtError as doubt:
            return await self._refused_or_made(outgoing, doubt)
        except BadDataError as refused:
            raise await explained(self._client, outgoing, refused) from refused
        return await self._made(outgoing, order, number)

    async def look_up(self, references: Sequence[str], since: datetime) -> Lookup:
        """Which references Visma.net holds, drafts and released ones, created since a day before `since`.

        A reference with an attempt (`<guid>-2`) means that attempt: drafts of earlier ones are left over. Writes
        nothing.
        """
        wanted = {split(reference)[0]: reference for reference in references}
        if not wanted:
            return Lookup({})
        created = {"createdDateTime": asked(since - ZONES, self._zone), "createdDateTimeCondition": ">="}
        listed = [
            (kind, row)
            for kind in Kind
            for row in (await self._client.rows(kind.path, None, **created, **EXPANDED)).rows
        ]
        self._notes.see(row for _, row in listed)
        matches: dict[str, list[tuple[int, Kind, Any]]] = defaultdict(list)
        unknown = 0
        for kind, row in listed:
            reference, known = await self._notes.reference(kind, row)
            unknown += not known
            guid, attempt = split(reference) if reference else ("", 0)
            if guid in wanted:
                matches[guid].append((attempt, kind, row))
        found: dict[str, ErpInvoice] = {}
        doubtful: dict[str, SyncError] = {}
        leftovers: dict[str, list[str]] = {}
        for guid, reference in wanted.items():
            try:
                document, older = self._newest(reference, matches.get(guid, []))
            except BadDataError as doubt:
                doubtful[reference] = doubt
                continue
            if older:
                leftovers[reference] = older
            if document is not None:
                found[reference] = document
            elif unknown:
                doubtful[reference] = _in_doubt(reference)
        return Lookup(found, doubtful, leftovers)

    async def get(self, invoice_id: str) -> Document | None:
        """One document; None when it does not exist."""
        place = located(invoice_id)
        if place is None:
            return None
        kind, number = place
        row = await self._client.row(kind.item, {kind.name_in_path: number})
        return None if row is None else self._documents.read(row, kind)

    async def delete(self, invoice_id: str) -> tuple[Deletion, str]:
        """Remove a document that is not released; with a word why not, when it was not removed."""
        before = await self.get(invoice_id)
        place = located(invoice_id)
        if before is None or place is None:
            return Deletion.GONE, ""
        if before.status in RELEASED:
            return Deletion.SENT_MEANWHILE, credit_it(before)
        kind, number = place
        why = "It still stands there after it was deleted."
        try:
            await self._client.remove(kind.item, {kind.name_in_path: number})
        except BadDataError as refused:
            why = refused.why or refused.what
        for look in range(LOOKS_AFTER_DELETION):
            after = await self.get(invoice_id)
            if after is None:
                return Deletion.GONE, ""
            if after.status in RELEASED:
                return Deletion.SENT_MEANWHILE, credit_it(after)
            if look < LOOKS_AFTER_DELETION - 1:
                await self._sleep(SECONDS_BETWEEN_LOOKS)
        return Deletion.REFUSED, why

    async def _made(self, outgoing: OutgoingInvoice, order: Order, number: str) -> Document:
        """The document of a create. It stands whatever becomes of this read."""
        stands = Document(
            id=document_id(order.kind, number),
            reference=outgoing.reference,
            state=ErpInvoiceState.DRAFT,
            total=None,
            order_number=number,
            remarks=order.remarks,
        )
        try:
            document = await self.get(stands.id)
        except SyncError:
            return stands
        if document is None:
            return stands
        self._notes.learn(in_answers=document.reference is not None)
        self.just_made.keep(document)
        return replace(document, reference=document.reference or outgoing.reference, remarks=order.remarks)

    async def _refused_or_made(self, outgoing: OutgoingInvoice, doubt: InDoubtError) -> Document:
        """A create was answered by 500 with a reason: it was refused, unless the look-up finds what it made."""
        now = datetime.now(self._zone)
        result = await self.look_up([outgoing.reference], now)
        if outgoing.reference in result.doubtful:
            raise doubt
        made = result.found.get(outgoing.reference)
        if not isinstance(made, Document):
            todo = "Correct the invoice in Severa; it is tried again then."
            refused = BadDataError(doubt.what, why=doubt.why, todo=todo, field=doubt.field)
            raise await explained(self._client, outgoing, refused) from doubt
        return made

    def _newest(self, reference: str, matches: list[tuple[int, Kind, Any]]) -> tuple[Document | None, list[str]]:
        """(document of the newest attempt, drafts of earlier ones). BadDataError when a person has to decide."""
        if not matches:
            return None, []
        matches = sorted(matches, key=lambda match: match[0])
        documents = [self._documents.read(row, kind) for _, kind, row in matches]
        newest = documents[-1] if matches[-1][0] >= split(reference)[1] else None
        older = documents[:-1] if newest else documents
        if newest and older and matches[-1][0] == matches[-2][0]:
            raise BadDataError(
                f"Two documents in Visma.net carry the same reference: {older[-1].order_number} and "
                f"{newest.order_number}.",
                why="An invoice goes exactly once.",
                todo="Delete or credit the wrong one in Visma.net; nothing was touched.",
                field="note",
            )
        for earlier in older:
            if earlier.status in RELEASED:
                raise BadDataError(
                    f"An earlier attempt is in the books already, as {earlier.order_number}.",
                    todo="Credit it in Visma.net, or take this invoice off the ledger; nothing was sent.",
                    field="note",
                )
        return newest, [earlier.id for earlier in older if earlier.status != VOIDED]


def credit_it(document: Document) -> str:
    """What a person does about a document that was released before we could remove it."""
    return f"It was released meanwhile as {document.order_number}: credit it in Visma.net."


def _in_doubt(reference: str) -> UnknowableError:
    return UnknowableError(
        f"Whether invoice {reference[:8]} is in Visma.net cannot be found out.",
        why="Visma.net does not give the note back by which it would be found.",
        todo="Look in Visma.net: when it is not there, retry the invoice; when it is, ignore it here.",
        field="note",
    )
