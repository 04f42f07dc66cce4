"""Where reading goes on (law 5), what was remembered (PO-05) or found out, what was run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from core.cursors import Cursor
from core.errors import BugError
from core.records import Registry
from state.runs import RUNNING
from state.store import TenantState

EARLY = datetime(2026, 3, 1, 6, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
LATE = EARLY + timedelta(hours=1)


def test_a_cursor_keeps_its_last_full_read(state: TenantState, clock: Callable[[], datetime]) -> None:
    """The read's start is by the vendor's clock, how long ago the last full one was by ours."""
    first = clock()
    assert state.cursors.get("severa.customers") is None
    state.cursors.set("severa.customers", EARLY, full=True)
    second = clock.advance(minutes=5)  # type: ignore[attr-defined]
    state.cursors.set("severa.customers", LATE, full=False, looked=False)
    assert state.cursors.get("severa.customers") == Cursor(
        name="severa.customers", value=LATE, full_at=first, looked_at=EARLY, ours_at=second
    )
    clock.advance(minutes=5)  # type: ignore[attr-defined]
    state.cursors.set("severa.customers", LATE, full=True, ours_at=second)
    assert state.cursors.get("severa.customers") == Cursor(
        name="severa.customers", value=LATE, full_at=second, looked_at=LATE, ours_at=second
    )


def test_a_cursor_is_given_in_utc(state: TenantState) -> None:
    state.cursors.set("erp.products", EARLY, full=False)
    found = state.cursors.get("erp.products")
    assert found is not None
    assert (found.value.isoformat(), found.full_at) == ("2026-03-01T04:30:00.123456+00:00", None)
    state.cursors.set("erp.products", EARLY, full=False, ours_at=LATE)
    again = state.cursors.get("erp.products")
    assert again is not None
    assert again.ours_at == LATE


def test_an_instant_without_a_zone_is_refused(state: TenantState) -> None:
    with pytest.raises(Exception, match="must say its time zone"):
        state.cursors.set("erp.products", EARLY.replace(tzinfo=None), full=False)


def test_cursors_are_cleared_by_their_beginning(state: TenantState) -> None:
    for name in ("severa.customers", "Severa.other", "severa_x", "erp.customers"):
        state.cursors.set(name, EARLY, full=True)
    state.cursors.clear("severa.")
    assert [state.cursors.get(name) is None for name in ("severa.customers", "Severa.other", "severa_x")] == [
        True,
        False,
        False,
    ]
    state.cursors.clear()
    assert state.cursors.get("erp.customers") is None


def test_a_remembered_customer_stays_remembered(state: TenantState) -> None:
    """PO-05: remembered for good, each registry apart."""
    state.remembered.add(Registry.CUSTOMERS, {"s1": "active project", "s2": "invoice"})
    state.remembered.add(Registry.CUSTOMERS, {"s2": "active project", "s3": "invoice"})
    state.remembered.add(Registry.CUSTOMERS, {})
    assert state.remembered.known(Registry.CUSTOMERS, ["s1", "s2", "s3", "s4"]) == {"s1", "s2", "s3"}
    assert state.remembered.known(Registry.PROJECTS, ["s1"]) == set()


def test_a_fact_holds_until_it_is_too_old(state: TenantState, clock: object) -> None:
    """ALL-04: what the status settings mean is asked for again after a while."""
    state.facts.put("statuses", {"sent": "old"})
    state.facts.put("statuses", {"sent": "guid"})
    clock.advance(hours=24)  # type: ignore[attr-defined]
    assert state.facts.get("statuses", max_age=timedelta(hours=24)) == {"sent": "guid"}
    assert state.facts.get("other", max_age=timedelta(hours=24)) is None
    clock.advance(seconds=1)  # type: ignore[attr-defined]
    assert state.facts.get("statuses", max_age=timedelta(hours=24)) is None


def test_a_run_is_told_from_beginning_to_end(state: TenantState, clock: Callable[[], datetime]) -> None:
    began = clock()
    run_id = state.runs.start("invoice_export", "run", flow_run_id="8d1f")
    running = state.runs.last()
    assert running is not None
    assert (running.state, running.started, running.ended, running.flow_run_id) == (RUNNING, began, None, "8d1f")
    ended = clock.advance(seconds=9)  # type: ignore[attr-defined]
    state.runs.finish(run_id, "Completed with issues", counts={"read": 3, "jobs": {"a": 1}}, error="one rejected")
    finished = state.runs.last("invoice_export")
    assert finished is not None
    assert (finished.id, finished.state, finished.ended) == (run_id, "Completed with issues", ended)
    assert (finished.counts, finished.error) == ({"read": 3, "jobs": {"a": 1}}, "one rejected")


def test_recent_runs_come_latest_first(state: TenantState, clock: object) -> None:
    for job in ("a", "b", "a", "c"):
        state.runs.start(job, "run")
        clock.advance(seconds=1)  # type: ignore[attr-defined]
    assert [run.job for run in state.runs.recent(3)] == ["c", "a", "b"]
    last = state.runs.last("a")
    assert last is not None
    assert last.id == state.runs.recent(3)[1].id
    assert state.runs.last("zzz") is None


def test_a_run_that_never_began_cannot_end(state: TenantState) -> None:
    with pytest.raises(BugError, match="without having begun"):
        state.runs.finish("nope", "Completed", counts={})
