"""The end of a registry synchronisation: nothing may be missing silently, then the cursors move."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from core.errors import BugError
from core.plans import record_key
from core.records import Registry, Side
from tasks.registry_apply import Applied
from tasks.registry_read import Extract, cursor_name
from tasks.run import Run


@task(name="check registries", cache_policy=NO_CACHE)
async def check_registries(run: Run, extract: Extract, applied: list[Applied]) -> None:
    """Nothing may be missing silently: what a plan wanted to link or create has a link now, or a reason why not.

    BugError when something has neither; then no cursor moves and the next run sees the same records again.
    """
    for done in applied:
        plan = done.plan
        wanted = {(side.other, record.id) for side, record in ((c.target, c.source) for c in plan.creates)}
        wanted |= {(Side.SEVERA, adoption.severa.id) for adoption in plan.adoptions}
        for side in Side:
            ids = {record_id for own, record_id in wanted if own is side}
            linked = run.state.links.by_id(plan.registry, side, ids)
            lost = {i for i in ids if i not in linked and record_key(side, i) not in done.explained}
            if lost:
                raise BugError(
                    f"{plan.registry.value}: {len(lost)} records of {run.names[side]} have neither a link nor a reason",
                    why=f"The first of them: {min(lost)}.",
                    todo="Report this; nothing was lost, the next run looks at them again.",
                )
    for registry in extract.whole():
        move_cursors(run, extract, registry)


def move_cursors(run: Run, extract: Extract, registry: Registry) -> None:
    """Both sides of the registry were read and applied: the next read starts where this one did."""

    def move() -> None:
        for side in Side:
            read = extract.reads[side][registry]
            run.state.cursors.set(cursor_name(side, registry), read.started or run.started, full=read.full)

    run.later(move)
