"""What became of documents in the books: paid, and paid in part (VN-15, contract section 12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connectors.fields import gather
from connectors.ports import Problem, Read
from connectors.together import each
from connectors.visma_net.client import Rows, VismaNetClient
from connectors.visma_net.documents import RELEASED, VOIDED, Documents, Kind, located, reference_in
from connectors.visma_net.invoice_mapping import INVOICES
from connectors.visma_net.invoices import EXPANDED
from connectors.visma_net.reading import changed_since, latest
from connectors.visma_net.rows import Records
from core.invoices import ErpInvoice

WORTH_A_LIST = 20
"""From so many documents on, the list of open ones takes fewer calls than asking for each."""


class Payments:
    """Documents of one company that are in the books, and ours that were voided. Drafts are left out."""

    def __init__(self, client: VismaNetClient, documents: Documents, records: Records) -> None:
        self._client = client
        self._documents = documents
        self._records = records

    async def changed(self, since: datetime | None) -> Read[ErpInvoice]:
        """Documents in the books that changed at or after `since`, and ours that were voided."""
        items: list[ErpInvoice] = []
        problems: list[Problem] = []
        started: list[datetime] = []
        for kind in Kind:
            listed = await self._client.rows(kind.path, None, **changed_since(since, self._records), **EXPANDED)
            self._sort(kind, listed, items, problems)
            started += [at for at in (latest(listed, self._records),) if at]
            fallback = since or listed.date
        return Read(tuple(items), tuple(problems), max(started, default=fallback), full=since is None)

    async def by_id(self, invoice_ids: Sequence[str]) -> Read[ErpInvoice]:
        """Those of these documents that are in the books: of many the open ones by a list, the others singly."""
        wanted = [invoice_id for invoice_id in dict.fromkeys(invoice_ids) if located(invoice_id)]
        items: list[ErpInvoice] = []
        problems: list[Problem] = []
        if len(wanted) > WORTH_A_LIST:
            for kind in Kind:
                listed = await self._client.rows(kind.path, None, status="Open", **EXPANDED)
                self._sort(kind, listed, items, problems)
            items = [item for item in items if item.id in set(wanted)]
        open_ones = {item.id for item in items}
        await each(lambda one: self._one(one, items, problems), [one for one in wanted if one not in open_ones])
        return Read(tuple(items), tuple(problems), full=False)

    async def _one(self, invoice_id: str, items: list[ErpInvoice], problems: list[Problem]) -> None:
        place = located(invoice_id)
        if place is not None:
            kind, number = place
            row = await self._client.row(kind.item, {kind.name_in_path: number})
            self._sort(kind, Rows([] if row is None else [row]), items, problems)

    def _sort(self, kind: Kind, listed: Rows, items: list[ErpInvoice], problems: list[Problem]) -> None:
        """Documents of rows; what a person voided concerns us only where it is ours."""
        rows = [row for row in listed.rows if not _foreign_and_void(row)]
        read, broken = gather(
            rows, lambda row: self._documents.read(row, kind), title=INVOICES.title, key="referenceNumber"
        )
        items += [document for document in read if document.status in (*RELEASED, VOIDED)]
        problems += broken


def _foreign_and_void(row: object) -> bool:
    return isinstance(row, dict) and row.get("status") == VOIDED and reference_in(row.get("note")) is None
