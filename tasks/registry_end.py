"""The end of a registry synchronisation: its figures are checked against each other, then the cursors move."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from core.errors import BugError
from core.plans import Plan
from core.records import Registry, Side
from tasks.registry_read import JOB, Extract, cursor_name
from tasks.run import Run


@task(name="check registries", cache_policy=NO_CACHE)
async def check_registries(run: Run, extract: Extract, plans: list[Plan]) -> None:
    """Nothing may be missing silently: every action of a plan was counted or became an issue, else the run fails."""
    for plan in plans:
        counts = run.report(JOB).part(plan.registry.value)
        planned = len(plan.creates) + len(plan.updates) + sum(bool(a.to_erp or a.to_severa) for a in plan.adoptions)
        if planned > counts.created + counts.updated + counts.rejected + counts.skipped + counts.unchanged:
            raise BugError(f"{plan.registry.value}: {planned} actions were planned, fewer are accounted for")
    for rule in run.profile.registries:
        if extract.whole(rule.registry):
            move_cursors(run, extract, rule.registry)


def move_cursors(run: Run, extract: Extract, registry: Registry) -> None:
    """Both sides of the registry were read and applied: the next read starts where this one did."""

    def move() -> None:
        for side in Side:
            read = extract.reads[side][registry]
            run.state.cursors.set(cursor_name(side, registry), read.started or run.started, full=read.full)

    run.later(move)
