"""Purchase costs in: extract -> plan -> apply -> report."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.running import SkippedError, job_run, log_skip, run_name
from tasks.cost_import import apply_costs
from tasks.cost_read import JOB, extract_costs, plan_costs
from tasks.reporting import ending, report


@flow(name="cost-import", flow_run_name=run_name)
async def cost_import(
    tenant: str,
    *,
    preview: bool = False,
    record: str | None = None,
    since: str | None = None,
    until: str | None = None,
    retry: bool = False,
) -> State[None]:
    """Import purchase invoice rows that name a project as project costs, each once (PO-14, ALL-08)."""
    try:
        async with job_run(JOB, tenant, preview=preview, record=record, since=since, until=until, retry=retry) as run:
            rows = await extract_costs(run)
            costs = await plan_costs(run, rows)
            await apply_costs(run, costs)
            return await report(run, JOB)
    except SkippedError as word:
        log_skip(word)
        return ending("skipped", str(word))
