"""What every flow does around its picture: open the run or join the cycle's, skip with a word, close it well."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from prefect import get_client, runtime, tags
from prefect.logging import get_run_logger

from core.counts import JobReport
from core.errors import ConfigurationError, SyncError, TransientError
from core.timetable import asleep
from state.leases import LEASE_SECONDS, HeldBy, Lease
from state.processes import Holder
from state.store import Store, TenantState
from tasks import places
from tasks.access import check_access
from tasks.check_gate import check_before_first_cycle
from tasks.long_steps import long_steps
from tasks.opening import load_tenant, opened
from tasks.options import Options, instant
from tasks.run import CURRENT, Progress, Run
from tasks.statuses import load_statuses


@dataclass(slots=True)
class Outcome:
    """What a run in this process came to, for the command line. `error` is what made it fail."""

    tenant: str
    state: str = "failed"
    note: str = ""
    reports: dict[str, JobReport] = field(default_factory=dict)
    error: BaseException | None = None
    flow_run_id: str | None = None
    docs_index: str | None = None
    ui: str | None = None
    progress: Progress | None = None


OUTCOME: ContextVar[Outcome | None] = ContextVar("severa_sync_outcome", default=None)
"""Where a run in this process puts what it came to; nobody listens on a worker."""


class SkippedError(Exception):
    """The run transfers nothing, and why: switched off, already running, or night."""


def run_name() -> str:
    """`<tenant> <job> <mode>`: how a flow run is called in the UI."""
    parameters: dict[str, Any] = runtime.flow_run.parameters
    options = _options(parameters)
    return f"{parameters['tenant']} {runtime.flow_run.flow_name} {options.mode}"


def _options(parameters: dict[str, Any]) -> Options:
    try:
        since, until = instant(parameters.get("since")), instant(parameters.get("until"))
    except ValueError as error:
        raise ConfigurationError(
            f"The period is not understood: {error}.", todo="Write instants as 2026-03-01 or 2026-03-01T08:00+02:00."
        ) from None
    if since is not None and until is not None and until < since:
        raise ConfigurationError("The period ends before it begins.", todo="Give --since the earlier instant.")
    return Options(
        preview=bool(parameters.get("preview")),
        record=parameters.get("record"),
        since=since,
        until=until,
        retry=bool(parameters.get("retry")),
    )


@asynccontextmanager
async def job_run(job: str, tenant: str, **parameters: Any) -> AsyncIterator[Run]:
    """The run in which a job works: the enclosing cycle's, or one of its own.

    Raises SkippedError when nothing may be transferred. An error ends the job: what was done is on the ledger, the
    cursors have not moved, and a rerun repeats only what is needed.
    """
    current = CURRENT.get()
    if current is not None and current.tenant.name == tenant:
        started = time.monotonic()
        if not current.tenant.jobs.on(job):
            current.report(job).state, current.report(job).note = "skipped", "switched off"
            raise SkippedError(f"{job} is switched off for {tenant}.")
        try:
            with tags(f"tenant:{tenant}", f"erp:{current.tenant.erp}"):
                yield current
        finally:
            current.report(job).seconds = time.monotonic() - started
        return
    file = load_tenant(tenant)
    if file.enabled and not file.jobs.on(job):
        raise SkippedError(f"{job} is switched off for {tenant}.")
    async with tenant_run(job, tenant, **parameters) as run, job_run(job, tenant, **parameters) as same:
        assert same is run  # noqa: S101 - CURRENT was set by tenant_run
        yield run


@asynccontextmanager
async def tenant_run(what: str, name: str, **parameters: Any) -> AsyncIterator[Run]:
    """Everything around a run of one tenant: settings, switch, night, lease, systems, the row in the run's history."""
    options = _options(parameters)
    outcome = OUTCOME.get() or Outcome(name)
    outcome.flow_run_id = outcome.flow_run_id or runtime.flow_run.id
    tenant = load_tenant(name)
    if not tenant.enabled:
        raise SkippedError(f"{name} is switched off: its tenant file says enabled: false.")
    if not options.asked and asleep(tenant.timetable, datetime.now(UTC), tenant.zone):
        raise SkippedError(f"It is night for {name} (00:00 to 08:00, {tenant.time_zone}): nothing is transferred.")
    store = Store.open(places.database_url(), read_only=options.preview)
    try:
        state = store.tenant(name, preview=options.preview)
        async with (
            _lease(state, what),
            long_steps(outcome.progress) as progress,
            opened(tenant, state, options, progress) as run,
        ):
            run.outermost = what
            run.flow_run_id = runtime.flow_run.id
            await _tag(run)
            token = CURRENT.set(run)
            row = state.runs.start(what, options.mode, flow_run_id=run.flow_run_id)
            try:
                await check_access(run)
                await load_statuses(run)
                await check_before_first_cycle(run)
                yield run
            except BaseException as error:
                words = str(error) if isinstance(error, SyncError) else type(error).__name__
                state.runs.finish(row, "failed", counts=_counts(run), error=words)
                outcome.error = None if isinstance(error, asyncio.CancelledError) else error
                raise
            else:
                outcome.state = overall(run)
                state.runs.finish(row, outcome.state, counts=_counts(run))
            finally:
                CURRENT.reset(token)
                run.close()
                outcome.reports = run.reports
                outcome.docs_index = str(run.docs_index) if run.docs_index else None
    finally:
        store.close()


async def _tag(run: Run) -> None:
    """Tags say tenant and ERP, on the run itself and on all below it, however it was started."""
    if runtime.flow_run.id is not None:
        names = {*runtime.flow_run.tags, f"tenant:{run.tenant.name}", f"erp:{run.tenant.erp}"}
        async with get_client() as client:
            await client.update_flow_run(uuid.UUID(runtime.flow_run.id), tags=sorted(names))


def overall(run: Run) -> str:
    """The state of the whole run from those of its jobs."""
    states = {report.state for report in run.reports.values()}
    for state in ("failed", "completed with issues", "completed"):
        if state in states:
            return state
    return "skipped"


def _counts(run: Run) -> dict[str, Any]:
    return {job: report.as_dict() for job, report in run.reports.items()}


@asynccontextmanager
async def _lease(state: TenantState, what: str) -> AsyncIterator[None]:
    """Two runs of one tenant at the same time: the second is skipped. The lease is renewed while the run works."""
    if state.preview:
        yield
        return
    lease = state.lease.acquire(Holder.this_process(what), LEASE_SECONDS)
    if isinstance(lease, HeldBy):
        raise SkippedError(f"{state.name} is already running: {lease}.")
    renewing = asyncio.create_task(_renew(state, lease, asyncio.current_task()))
    try:
        yield
    except asyncio.CancelledError:
        if renewing.done() and not renewing.cancelled() and renewing.exception() is not None:
            raise TransientError(
                "The run lost its lease on the tenant and stopped.",
                why="It could not be renewed in time; another run may have taken over.",
                todo="Nothing: the next run goes on where this one stopped.",
            ) from renewing.exception()
        raise
    finally:
        renewing.cancel()
        with contextlib.suppress(asyncio.CancelledError, LeaseLostError):
            await renewing
        state.lease.release(lease)


class LeaseLostError(Exception):
    """Another run holds the tenant now."""


async def _renew(state: TenantState, lease: Lease, run: asyncio.Task[Any] | None) -> None:
    while True:
        await asyncio.sleep(LEASE_SECONDS / 3)
        if not state.lease.renew(lease):
            if run is not None:
                run.cancel()
            raise LeaseLostError(state.name)


def log_skip(word: SkippedError) -> None:
    """Say in the run's log and outcome why nothing was transferred."""
    get_run_logger().info("Skipped: %s", word)
    outcome = OUTCOME.get()
    if outcome is not None and CURRENT.get() is None:
        outcome.state, outcome.note = "skipped", str(word)
