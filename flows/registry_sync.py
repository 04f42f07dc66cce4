"""Registries, both ways: extract -> (plan -> apply) per registry, dependencies first -> check -> report."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.running import SkippedError, job_run, log_skip, run_name
from tasks.registry_apply import apply_registry
from tasks.registry_end import check_registries
from tasks.registry_plan import plan_registry
from tasks.registry_read import JOB, extract
from tasks.reporting import ending, report


@flow(name="registry-sync", flow_run_name=run_name)
async def registry_sync(
    tenant: str,
    *,
    preview: bool = False,
    record: str | None = None,
    since: str | None = None,
    until: str | None = None,
    retry: bool = False,
) -> State[None]:
    """Keep the registries of one tenant in step (PO-02 to PO-12)."""
    try:
        async with job_run(JOB, tenant, preview=preview, record=record, since=since, until=until, retry=retry) as run:
            found = await extract(run)
            applied = []
            for registry in found.worth_planning(run):
                planned = await plan_registry(run, found, registry.value)
                if not planned.empty:
                    applied.append(await apply_registry(run, planned, registry.value))
            await check_registries(run, found, applied)
            return await report(run, JOB)
    except SkippedError as word:
        log_skip(word)
        return ending("skipped", str(word))
