"""What became of the invoices in the ERP: extract -> plan -> apply -> report."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.running import SkippedError, job_run, log_skip, run_name
from tasks.invoice_progress import plan_states
from tasks.invoice_status import JOB, apply_states, extract_states
from tasks.reporting import ending, report


@flow(name="invoice-status", flow_run_name=run_name)
async def invoice_status(
    tenant: str,
    *,
    preview: bool = False,
    record: str | None = None,
    since: str | None = None,
    until: str | None = None,
    retry: bool = False,
) -> State[None]:
    """Write number, sent and paid back to Severa (PO-13, ALL-06)."""
    try:
        async with job_run(JOB, tenant, preview=preview, record=record, since=since, until=until, retry=retry) as run:
            invoices = await extract_states(run)
            advances = await plan_states(run, invoices)
            await apply_states(run, advances)
            return await report(run, JOB)
    except SkippedError as word:
        log_skip(word)
        return ending("skipped", str(word))
