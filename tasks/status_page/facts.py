"""Gathers what the state and the tenant files say of the tenants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from connectors.settings import ERP_SETTINGS
from core.records import Registry, Side
from core.status import Facts, Overview, Ran, Unusable, overview
from state.runs import RUNNING, Run
from state.store import Store, TenantState
from tenants.mistakes import TenantFileError
from tenants.model import Tenant

LOOKED_BACK = 50
"""Runs among which the last cycle over everything is looked for: single records may have been asked for since."""
WHOLE = ("sync", "retry")
"""Modes of a cycle that looks at everything."""


def gather(tenants: Mapping[str, Tenant], errors: Iterable[TenantFileError], store: Store, now: datetime) -> Overview:
    """All tenants as they are at an aware instant, and the files with mistakes beside them."""
    facts = [facts_of(tenant, store.tenant(name), now) for name, tenant in tenants.items()]
    unusable = [_unusable(error) for error in errors]
    return overview(facts, unusable, now)


def facts_of(tenant: Tenant, state: TenantState, now: datetime) -> Facts:
    """What is written down about one tenant."""
    running = _running(state, now)
    recent = [_ran(run, running=running) for run in state.runs.recent(LOOKED_BACK)]
    last_cycle = next((run for run in recent if run.job == "cycle" and run.mode in WHOLE), None)
    if last_cycle is None and (run := state.runs.last("cycle")) is not None and run.mode in WHOLE:
        last_cycle = _ran(run, running=running)
    return Facts(
        tenant=tenant.name,
        erp=tenant.erp,
        erp_title=ERP_SETTINGS[tenant.erp].title,
        enabled=tenant.enabled,
        zone=tenant.zone,
        timetable=tenant.timetable,
        links=state.links.count(),
        last_run=recent[0] if recent else None,
        last_cycle=last_cycle,
        transfers=state.transfers.all(),
        issues=state.issues.open(),
        read_until=min(_read(tenant, state), default=None),
    )


def _running(state: TenantState, now: datetime) -> bool:
    """Whether a living run holds the tenant."""
    held = state.lease.current()
    return held is not None and held.expires_at > now and not held.holder.is_dead()


def _ran(run: Run, *, running: bool) -> Ran:
    state = run.state if run.state != RUNNING else "running" if running else "stopped"
    return Ran(job=run.job, mode=run.mode, state=state, started=run.started, ended=run.ended, error=run.error)


def _read(tenant: Tenant, state: TenantState) -> Iterator[datetime]:
    """Up to when each source that a job reads by changes was read well, by our own clock where it is known."""
    names: list[str] = []
    if tenant.jobs.registry_sync:
        names += [f"{side.value}.{registry.value}" for registry in Registry for side in Side]
    if tenant.jobs.invoice_status:
        names.append("erp.invoices")
    if tenant.jobs.cost_import:
        names.append("erp.costs")
    for name in names:
        cursor = state.cursors.get(name)
        if cursor is not None:
            yield cursor.ours_at or cursor.value


def _unusable(error: TenantFileError) -> Unusable:
    first, more = error.mistakes[0], len(error.mistakes) - 1
    said = f"{first.path + ': ' if first.path else ''}{first.what}" + (f" (and {more} more)" if more else "")
    return Unusable(Path(first.file).stem, f"Its tenant file has a mistake in line {first.line}: {said}")
