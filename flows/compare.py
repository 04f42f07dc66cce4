"""The registry comparison report: extract -> (plan -> apply, in preview -> compare) per registry -> write.

It writes nothing in either system and nothing in the database, and it does not ask whether the tenant is switched on:
it is made for the day before (ALL-09).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prefect import flow, runtime
from prefect.client.schemas.objects import State

from flows.running import OUTCOME, Outcome
from state.store import Store
from tasks import places
from tasks.access import check_access
from tasks.compare import WANTED, Comparing, Wanted, compare_one, folder_of
from tasks.comparison_report import announce, write_report
from tasks.opening import load_tenant, opened
from tasks.options import Options
from tasks.registry_apply import apply_registry
from tasks.registry_plan import plan_registry
from tasks.registry_read import extract
from tasks.reporting import ending
from tasks.run import Run

JOB = "compare"


def run_name() -> str:
    """How a run is called in the UI."""
    return f"{runtime.flow_run.parameters['tenant']} compare"


@flow(name="compare", flow_run_name=run_name)
async def compare(tenant: str) -> State[None]:
    """Say of every record of both systems what the first cycle will do with it, and what looks wrong (ALL-09)."""
    wanted = WANTED.get() or Wanted()
    async with comparison_run(tenant) as run:
        found = await extract(run)
        comparing = Comparing(run, found)
        for registry in found.whole():
            comparing.look(registry)
            planned = comparing.noted(registry, await plan_registry(run, found, registry.value))
            applied = await apply_registry(run, planned, registry.value)
            run.progress(f"compare {registry.value}", 0)
            await compare_one(comparing, applied, registry.value)
        wanted.comparison = comparing.result()
        run.progress("write the report", 0)
        wanted.files = await write_report(comparing, wanted.folder or folder_of(tenant))
        await announce(run, wanted)
    state = "completed with issues" if wanted.comparison.attention else "completed"
    outcome = OUTCOME.get()
    if outcome is not None:
        outcome.state = state
    return ending(state, f"{wanted.comparison.attention} to look at")


@asynccontextmanager
async def comparison_run(name: str) -> AsyncIterator[Run]:
    """A preview of one tenant that reads everything. No switch, no night and no lease: it transfers nothing."""
    outcome = OUTCOME.get() or Outcome(name)
    outcome.flow_run_id = outcome.flow_run_id or runtime.flow_run.id
    tenant = load_tenant(name)
    store = Store.open(places.database_url(), read_only=True)
    try:
        state = store.tenant(name, preview=True)
        state.cursors.clear()  # those of the copy: all of both systems is read, as in a first cycle
        async with opened(tenant, state, Options(preview=True), outcome.progress) as run:
            run.outermost = JOB
            run.flow_run_id = runtime.flow_run.id
            await check_access(run)
            yield run
            run.close()
    except BaseException as error:
        outcome.error = error
        raise
    finally:
        store.close()
