"""One timed pass over all jobs of one tenant: registries -> invoices out -> invoice states back -> costs in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from prefect import flow, tags
from prefect.client.schemas.objects import State

from core.errors import BugError, ConfigurationError, SyncError
from flows.cost_import import cost_import
from flows.invoice_export import invoice_export
from flows.invoice_status import invoice_status
from flows.registry_sync import registry_sync
from flows.running import SkippedError, log_skip, overall, run_name, tenant_run
from tasks.reporting import artifacts, ending, in_words, total_of

JOB = "cycle"
JOBS: dict[str, Callable[..., Awaitable[State[None]]]] = {
    "registry_sync": registry_sync,
    "invoice_export": invoice_export,
    "invoice_status": invoice_status,
    "cost_import": cost_import,
}
"""The jobs in their order: an invoice finds its customer and project in place."""


@flow(name="cycle", flow_run_name=run_name)
async def cycle(
    tenant: str,
    *,
    preview: bool = False,
    record: str | None = None,
    since: str | None = None,
    until: str | None = None,
    retry: bool = False,
) -> State[None]:
    """Run every job of a tenant in order, in one run with one lease.

    A job that fails for a reason that may pass does not keep the next ones back; the cycle fails at its end.
    """
    options = {"preview": preview, "record": record, "since": since, "until": until, "retry": retry}
    try:
        async with tenant_run(JOB, tenant, **options) as run:
            failures = []
            for job in run.profile.jobs:
                try:
                    with tags(f"tenant:{run.tenant.name}", f"erp:{run.tenant.erp}"):
                        await JOBS[job](tenant, **options)
                except (ConfigurationError, BugError):
                    raise
                except SyncError as error:
                    run.report(job).state, run.report(job).note = "failed", str(error)
                    failures.append(error)
            await artifacts(run)
            if failures:
                raise failures[0]
            return ending(overall(run), in_words(total_of(list(run.reports.values()))))
    except SkippedError as word:
        log_skip(word)
        return ending("skipped", str(word))
