"""Reading and sorting purchase invoice rows that name a project (PO-14, ALL-08, law 5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from core.costs import belongs, cost_key, fingerprint
from core.invoices import CostRow
from core.plans import record_key
from core.records import Side
from tasks.cost_known import recall_costs
from tasks.run import Run, issue_of

JOB = "cost_import"
CURSOR = "erp.costs"
OF_A_FILE = "file "
"""How the cause of an issue of a file begins: after some runs nothing waits for it any more, but a person may ask."""


class Costs:
    """The rows of one run: new ones, those of which an intent is open, those that changed, and those that did not."""

    def __init__(self) -> None:
        self.fresh: list[CostRow] = []
        self.unsettled: dict[str, datetime] = {}
        self.changed: list[CostRow] = []
        self.known: list[CostRow] = []
        self.read = 0
        self.foreign = 0


@task(name="extract costs", cache_policy=NO_CACHE)
async def extract_costs(run: Run) -> list[CostRow]:
    """Ledger rows of purchase vouchers that name a project, new or changed since the cursor.

    The cursor does not pass a row that waits: it moves only when every row that was read is settled.
    """
    section = run.tenant.erp_section
    cursor = run.state.cursors.get(CURSOR)
    overlap = timedelta(minutes=run.settings(Side.ERP).overlap_minutes)
    since = run.options.since or (cursor.behind(overlap) if cursor else None)
    posted_from = getattr(section, "cost_from", None) or run.tenant.switched_on.astimezone(run.tenant.zone).date()
    now = datetime.now(UTC)
    read = await run.erp.cost_rows(since, posted_from=posted_from, posted_until=None)
    known = None if run.options.manual else cursor
    if known is not None and read.started is not None and known.was_set_back(read.started, now, overlap):
        since = None  # each row is imported once, however often it is read
        read = await run.erp.cost_rows(since, posted_from=posted_from, posted_until=None)
    problems = [
        issue_of(p.error, scope=JOB, side=Side.ERP, record_id=p.id, label=p.label, cause="row") for p in read.problems
    ]
    run.complain(JOB, problems)
    run.report(JOB).counts.rejected += len(problems)

    def move() -> None:
        run.state.cursors.set(CURSOR, read.started or run.started, full=since is None, ours_at=now)

    if not run.state.costs.unsettled():
        run.later(move)
    rows = list(read.items)
    if not run.options.manual:
        rows += await _passed(run, posted_from, {row.id for row in rows} | {problem.id for problem in read.problems})
    return rows


async def _passed(run: Run, posted_from: date, read: Collection[str]) -> list[CostRow]:
    """Rows that wait although the cursor has passed them, because a period by hand met them.

    Asked for only when there are any. A row that names no project any more waits no longer: its issue is resolved.
    """
    asked = run.options.retry
    standing = [i for i in run.state.issues.open(JOB) if i.of_a_try or (asked and i.cause.startswith(OF_A_FILE))]
    waiting = {i.record.partition(":")[2] for i in standing} - set(read)
    if not waiting:
        return []
    found = await run.erp.cost_rows(None, posted_from=posted_from, posted_until=None)
    there = {row.id for row in found.items} | {problem.id for problem in found.problems}
    open_intents = {cost.key.partition(":")[2] for cost in run.state.costs.unsettled()}
    gone = waiting - there - open_intents
    run.state.issues.resolve(JOB, [record_key(Side.ERP, row_id) for row_id in sorted(gone)])
    return [row for row in found.items if row.id in waiting]


@task(name="plan costs", cache_policy=NO_CACHE)
async def plan_costs(run: Run, rows: list[CostRow]) -> Costs:
    """Which rows are new; rows imported before that show another project or amount now are reported."""
    result = Costs()
    result.read = len(rows)
    system = run.profile.system
    await recall_costs(run, JOB, rows)
    known = run.state.costs.many([cost_key(system, row) for row in rows])
    reversed_ids = {row.reverses for row in rows if row.reverses is not None}
    here = {row.voucher_id for row in rows if row.reverses is None}
    imported = run.state.costs.has_voucher(reversed_ids) | here
    for row in rows:
        if run.options.record not in (None, row.id, row.voucher_id, row.voucher_number):
            continue
        cost = known.get(cost_key(system, row))
        if cost is None:
            if belongs(row, imported):
                result.fresh.append(row)
            else:
                result.foreign += 1
        elif cost.state.value == "intent":
            result.unsettled[row.id] = cost.intended_at
            result.fresh.append(row)
        elif cost.state.value == "done" and cost.fingerprint != fingerprint(row):
            result.changed.append(row)
        else:
            result.known.append(row)
    result.fresh.sort(key=lambda row: (row.reverses is not None, row.cost_date, row.id))
    return result
