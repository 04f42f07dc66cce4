"""Sales invoices out: extract -> look up open attempts -> send (create, verify, report) -> check totals -> report."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.running import SkippedError, job_run, log_skip, run_name
from tasks.gate import check_totals
from tasks.invoice_lookup import settle_attempts
from tasks.invoice_read import JOB, extract_invoices
from tasks.invoice_send import send_invoices
from tasks.invoiced import hear_own_invoices, moved_many
from tasks.reporting import ending, report


@flow(name="invoice-export", flow_run_name=run_name)
async def invoice_export(
    tenant: str,
    *,
    preview: bool = False,
    record: str | None = None,
    since: str | None = None,
    until: str | None = None,
    retry: bool = False,
) -> State[None]:
    """Transfer the invoices on the trigger status, each exactly once (PO-13, ALL-04 to ALL-07)."""
    try:
        async with job_run(JOB, tenant, preview=preview, record=record, since=since, until=until, retry=retry) as run:
            box = await extract_invoices(run)
            if box.has_open_attempts(run):
                await settle_attempts(run, box)
            if box.has_work:
                await send_invoices(run, box)
            if run.totals:
                await check_totals(run)
            if moved_many(run, run.report(JOB).counts.updated):
                await hear_own_invoices(run)
            return await report(run, JOB)
    except SkippedError as word:
        log_skip(word)
        return ending("skipped", str(word))
