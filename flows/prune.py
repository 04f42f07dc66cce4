"""Maintenance: what need not be kept any longer is removed, for all tenants at once."""

from __future__ import annotations

import asyncio

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger

from state.store import Store
from tasks import places
from tasks.pruning import prune_all
from tasks.reporting import ending


@task(name="prune audit trails", cache_policy=NO_CACHE)
async def prune_trails(tenant: str | None, days: int) -> dict[str, int]:
    """Tenant -> entries removed. No lease is taken: a run only adds to its trail."""

    def work() -> dict[str, int]:
        store = Store.open(places.database_url())
        try:
            return prune_all(store, days, tenant)
        finally:
            store.close()

    return await asyncio.to_thread(work)


@flow(name="prune", flow_run_name="prune")
async def prune(tenant: str | None = None, days: int | None = None) -> State[None]:
    """Remove entries of the audit trail that are older than `days`, by default `SEVERA_SYNC_AUDIT_DAYS`."""
    removed = await prune_trails(tenant, days or places.audit_days())
    log = get_run_logger()
    for name, number in removed.items():
        log.info("%s: %s entries of the audit trail removed", name, number)
    return ending("completed", f"{sum(removed.values())} entries removed")
