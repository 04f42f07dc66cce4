"""The checks before the switch-on, and daily afterwards: settings -> records -> report -> error desk.

It writes nothing in either system and does not ask whether the tenant is switched on: it is made for the day before
(ALL-10). Of a tenant that is switched on, what is found stands on the error desk, and goes when it is right again; it
stops nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from core.checks import Report
from flows.running import OUTCOME, Outcome
from state.store import Store
from tasks import places
from tasks.check import Checking, looked_at
from tasks.check_desk import note
from tasks.check_report import WANTED, Wanted, announce, write_files
from tasks.notify import tell_new
from tasks.opening import load_tenant
from tasks.reporting import ending
from tenants.model import Tenant

JOB = "check"


def run_name() -> str:
    """How a run is called in the UI."""
    return f"{runtime.flow_run.parameters['tenant']} check"


@flow(name="check", flow_run_name=run_name)
async def check(tenant: str) -> State[None]:
    """Say what must be mended before a tenant is switched on, and afterwards what went wrong since (ALL-10)."""
    wanted = WANTED.get() or Wanted()
    async with check_run(tenant) as (outcome, file, checking):
        await check_settings(checking)
        await check_records(checking)
        wanted.report = report = checking.report()
        wanted.files = write_files(report, wanted.html)
        await announce(report, wanted.files)
        if file.enabled:
            await put_on_desk(file, report)
        outcome.state = report.state
    return ending(report.state, f"{len(report.hard)} to mend, {len(report.soft) + len(report.unread)} to look at")


@task(name="check settings", cache_policy=NO_CACHE)
async def check_settings(checking: Checking) -> None:
    """Access, company, statuses, numbering, registers."""
    await checking.settings()


@task(name="check records", cache_policy=NO_CACHE)
async def check_records(checking: Checking) -> None:
    """Read both sides in full, and validate them as suites of Great Expectations."""
    await checking.records(places.docs_folder())
    await checking.numbers()


@asynccontextmanager
async def check_run(name: str) -> AsyncIterator[tuple[Outcome, Tenant, Checking]]:
    """Both systems open for looking; what ends the run is told to who started it in this process."""
    outcome = OUTCOME.get() or Outcome(name)
    outcome.flow_run_id = outcome.flow_run_id or runtime.flow_run.id
    try:
        file = load_tenant(name)
        async with looked_at(file, outcome.progress) as checking:
            yield outcome, file, checking
    except BaseException as error:
        outcome.error = error
        raise


async def put_on_desk(tenant: Tenant, report: Report) -> None:
    """Open and resolve issues, and tell the tenant's people what is new."""
    store = Store.open(places.database_url())
    try:
        state = store.tenant(tenant.name)
        note(state, report)
        await tell_new(tenant, state)
    finally:
        store.close()
