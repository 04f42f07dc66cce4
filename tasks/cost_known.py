"""Costs that stand in Severa and are not on record: an older copy of the state was put back (ALL-08)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from core.costs import cost_key, fingerprint
from core.invoices import CostRow
from core.plans import record_key
from core.records import Side
from tasks.run import Run

CURSOR = "severa.costs"
"""Up to when every cost that we made in Severa is known to be on record; by our own clock."""
MARGIN = timedelta(days=1)
"""So much earlier Severa's costs are searched: clocks differ, and the copy may be of a run that was under way."""


async def recall_costs(run: Run, scope: str, rows: Sequence[CostRow]) -> None:
    """Rows that nobody has heard of yet are looked up in Severa by their keys, in one list, before they are imported.

    Those that wait with an issue were looked up when they first came.
    """
    system = run.profile.system
    known = run.state.costs.many([cost_key(system, row) for row in rows])
    told = {issue.record for issue in run.state.issues.open(scope)}
    unknown = {
        cost_key(system, row): row
        for row in rows
        if cost_key(system, row) not in known and record_key(Side.ERP, row.id) not in told
    }
    if not unknown:
        return
    now = datetime.now(UTC)
    cursor = run.state.cursors.get(CURSOR)
    since = (cursor.value if cursor else run.tenant.switched_on) - MARGIN
    found = await run.severa.find_costs(list(unknown), since=since)
    with run.state.batch():
        for key, severa_id in found.items():
            row = unknown[key]
            run.state.costs.intend(key, at=now, details={"found": "in Severa"}, voucher_id=row.voucher_id)
            run.state.costs.done(key, severa_id, fingerprint(row))
        if not run.options.manual:
            run.state.cursors.set(CURSOR, now, full=False)
