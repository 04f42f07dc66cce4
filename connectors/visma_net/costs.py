"""Costs in: released supplier invoices and journal transactions whose rows name a project (VN-16, VN-18)."""

from __future__ import annotations

from datetime import date, datetime

from connectors.ports import Read
from connectors.together import together
from connectors.visma_net.cost_rows import Period
from connectors.visma_net.journals import Journals
from connectors.visma_net.supplier_invoices import SupplierInvoices
from core.invoices import CostRow


class Costs:
    """Costs of one company's projects, of all its sources."""

    def __init__(self, supplier_invoices: SupplierInvoices, journals: Journals) -> None:
        self._supplier_invoices = supplier_invoices
        self._journals = journals

    async def rows(self, since: datetime | None, *, posted_from: date, posted_until: date | None) -> Read[CostRow]:
        """Rows of the period that are new or changed at or after `since`."""
        period = Period(posted_from, posted_until)
        parts = await together([self._supplier_invoices.found(since, period), self._journals.found(since, period)])
        stamps = [part.latest for part in parts if part.latest]
        return Read(
            tuple(row for part in parts for row in part.rows),
            tuple(problem for part in parts for problem in part.problems),
            max(stamps, default=since or parts[0].date),
            full=since is None,
        )
