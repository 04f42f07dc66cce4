"""Which customers got an invoice lately: one of the reasons for which Severa's customers go out (PO-05)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from core.cursors import Cursor
from core.records import Registry, Side
from tasks.run import Run

CURSOR = "severa.invoiced"
ECHO = 25
"""Own writes to invoices of which the next read brings more than it is worth."""


async def recently_invoiced(run: Run, cursor: Cursor) -> tuple[str, ...]:
    """Customers with an invoice that changed since the cursor, which moves when the job ends well."""
    now, overlap = datetime.now(UTC), _overlap(run)
    begin = cursor.begin(now, overlap)
    recent = await run.severa.customers_with_invoices(begin, ())
    if recent.started is not None and cursor.was_set_back(recent.started, now, overlap):
        begin = cursor.begin_anew(recent.started, now, overlap)
        recent = await run.severa.customers_with_invoices(begin, ())
    looked, started = cursor.looks_back(begin), recent.started or run.started
    run.later(lambda: run.state.cursors.set(CURSOR, started, full=False, looked=looked, ours_at=now))
    return recent.items


@task(name="hear own invoices", cache_policy=NO_CACHE)
async def hear_own_invoices(run: Run) -> None:
    """This run moved many invoices in Severa, which the next read would bring back: they are read here and now.

    The cursor goes behind them when all their customers are known already.
    """
    cursor = run.state.cursors.get(CURSOR)
    if cursor is None:
        return
    now = datetime.now(UTC)
    heard = await run.severa.customers_with_invoices(cursor.value - _overlap(run), ())
    if heard.started is None or cursor.was_set_back(heard.started, now, _overlap(run)):
        return
    if not _unknown(run, heard.items):
        run.state.cursors.set(CURSOR, heard.started, full=False, ours_at=now)


def moved_many(run: Run, moved: int) -> bool:
    """Whether so many invoices were moved in Severa that `hear_own_invoices` is worth its calls."""
    return moved > ECHO and not run.preview and not run.options.manual


def _unknown(run: Run, customers: Iterable[str]) -> set[str]:
    wanted = set(customers)
    wanted -= run.state.remembered.known(Registry.CUSTOMERS, wanted)
    return wanted - set(run.state.links.other_ids(Registry.CUSTOMERS, Side.SEVERA, wanted))


def _overlap(run: Run) -> timedelta:
    return timedelta(minutes=run.settings(Side.SEVERA).overlap_minutes)
