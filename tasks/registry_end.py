"""The end of a registry synchronisation: nothing may be missing silently, then the cursors move."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.ports import Read
from connectors.together import together
from core.comparing import compare
from core.errors import BugError
from core.plans import record_key
from core.records import Record, Registry, Side
from tasks.registry_apply import Applied
from tasks.registry_read import Extract, cursor_name
from tasks.run import Run

ECHO = 25
"""Own writes to a registry of which a read brings more than it is worth: they are heard in the same run.

All registries of that side are heard then, at once: later reads of them begin at one time, and can share what they ask.
"""

SECOND = 1.0
"""Vendors tell instants apart by the second: the last write must not stand in that in which its echo is asked for."""


@task(name="check registries", cache_policy=NO_CACHE)
async def check_registries(run: Run, extract: Extract, applied: list[Applied]) -> None:
    """Nothing may be missing silently: what a plan wanted to link or create has a link now, or a reason why not.

    BugError when something has neither; then no cursor moves and the next run sees the same records again.
    """
    for done in applied:
        for side, ids in done.wanted.items():
            missing = ids - run.state.links.linked(done.registry, side, ids)
            lost = {record_id for record_id in missing if record_key(side, record_id) not in done.explained}
            if lost:
                raise BugError(
                    f"{done.registry.value}: {len(lost)} records of {run.names[side]} have neither a link nor a reason",
                    why=f"The first of them: {min(lost)}.",
                    todo="Report this; nothing was lost, the next run looks at them again.",
                )
    loud = {side: any(run.written[side, registry] > ECHO for registry in Registry) for side in Side}
    if any(loud.values()) and not run.preview:
        await asyncio.sleep(SECOND)
    moves = [(side, registry) for registry in extract.carried_over() for side in Side]
    await together([move_cursor(run, extract, *move, loud=loud[move[0]]) for move in moves])


async def move_cursor(run: Run, extract: Extract, side: Side, registry: Registry, *, loud: bool) -> None:
    """Both sides of the registry were read and applied: the next read starts where this one did.

    What this run wrote itself would come back in that read. Was it much (`loud`), it is heard here and now; when
    nothing else is among it, the next read starts behind it.
    """
    read, begin = extract.reads[side][registry], extract.began[side, registry]
    name = cursor_name(side, registry)
    cursor = run.state.cursors.get(name)
    looked = cursor is None or cursor.looks_back(begin)
    started, ours_at = read.started or run.started, extract.ours_at[side, registry]
    if loud and not run.preview and not run.options.manual:
        overlap = timedelta(minutes=run.settings(side).overlap_minutes)
        now = datetime.now(UTC)
        echo = await run.port(side).read(registry, (begin or started) - overlap)
        if echo.started is not None and _is_echo(run, side, registry, echo):
            started, ours_at, looked = echo.started, now, True
    run.later(lambda: run.state.cursors.set(name, started, full=read.full, looked=looked, ours_at=ours_at))


def _is_echo(run: Run, side: Side, registry: Registry, heard: Read[Record]) -> bool:
    """Whether a side holds what the links say it held when last in step, and nothing that is not linked."""
    if heard.problems:
        return False
    rule, master = run.rule(registry), run.tenant.master(registry, run.profile.masters[registry])
    links = run.state.links.by_id(registry, side, [record.id for record in heard.items])
    for record in heard.items:
        link = links.get(record.id)
        if link is None:
            return False
        severa, erp = (record, None) if side is Side.SEVERA else (None, record)
        found = compare(rule, master, link, severa=severa, erp=erp, translate=run.state.links.other_id)
        if found.settled != link or found.drift or any(found.push.values()):
            return False
    return True
