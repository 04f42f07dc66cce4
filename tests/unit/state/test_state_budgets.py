"""A limit that several tenants share is kept in the state, for all processes (issue 3, section 8)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.budgets import LONGEST_HOLD
from state.budgets import SharedBudget
from state.schema import budgets, installation
from state.store import Store, TenantState

KEY = "0" * 64


class Ticks:
    """The process's clock, which goes with the store's."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock

    def __call__(self) -> float:
        now: datetime = self._clock()
        return (now - datetime(2026, 3, 2, 9, tzinfo=UTC)).total_seconds()


def part(state: TenantState, per_second: float = 5, key: str = KEY) -> SharedBudget:
    """A run's part in a limit, on the store's own clock."""
    found = state.budget(key, per_second)
    assert found is not None
    found._ticks = Ticks(state._clock)
    return found


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """The statements of a block that are about limits, and the commits."""
    said: list[str] = []

    def hear(*event: Any) -> None:
        if "budgets" in event[2]:
            said.append(event[2].split()[0])

    assert store._database is not None
    sa.event.listen(store._database.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        sa.event.remove(store._database.engine, "before_cursor_execute", hear)


def test_two_tenants_take_turns_on_one_line(store: Store) -> None:
    fjord, berg = part(store.tenant("fjord")), part(store.tenant("berg"))
    first = fjord.take(waiting=3, ahead=1)
    second = berg.take(waiting=2, ahead=1)
    assert first.moments == pytest.approx((0.0, 0.2, 0.4))
    assert second.moments == pytest.approx((0.6, 0.8))
    assert not first.alone
    assert not second.alone


def test_another_limit_is_another_line(store: Store) -> None:
    fjord, berg = part(store.tenant("fjord")), part(store.tenant("berg"), key="1" * 64)
    fjord.take(waiting=5, ahead=1)
    assert berg.take(waiting=1, ahead=1).moments == (0.0,)


def test_a_slice_is_one_short_transaction(store: Store) -> None:
    fjord = part(store.tenant("fjord"))
    fjord.take(waiting=1, ahead=1)
    with statements(store) as said:
        taken = fjord.take(waiting=1, ahead=5)
    assert taken.alone
    assert len(taken.moments) == 5
    assert said == ["SELECT", "UPDATE"]


def test_what_a_vendor_said_to_one_holds_for_all_until_then(store: Store, clock: Any) -> None:
    """429 with Retry-After; the longer pause wins, and none is for ever."""
    fjord, berg = part(store.tenant("fjord")), part(store.tenant("berg"))
    assert berg.held_until() is None
    fjord.hold(30)
    fjord.hold(1)
    assert berg.held_until() == pytest.approx(30)
    assert berg.take(waiting=1, ahead=1).moments[0] == pytest.approx(30)
    clock.advance(seconds=30)
    assert berg.held_until() is None
    berg.hold(10**9)
    assert fjord.held_until() == pytest.approx(30 + LONGEST_HOLD)


def test_what_a_dead_run_took_passes_unused(store: Store, clock: Any) -> None:
    dead = part(store.tenant("fjord"))
    dead.take(waiting=5, ahead=1)
    clock.advance(seconds=1)
    assert part(store.tenant("berg")).take(waiting=5, ahead=1).moments == pytest.approx((1.0, 1.2, 1.4, 1.6, 1.8))


def test_a_preview_takes_no_part(store: Store) -> None:
    """It writes nothing, not even this (law 2)."""
    assert store.tenant("fjord", preview=True).budget(KEY, 5) is None


def test_nothing_of_a_tenant_stands_there(store: Store) -> None:
    """Law 8: what belongs to the installation names no tenant, and nothing of one."""
    assert list(installation.tables) == ["budgets"]
    part(store.tenant("fjord")).take(waiting=1, ahead=1)
    assert store._database is not None
    with store._database.reading() as connection:
        (row,) = connection.execute(sa.select(budgets)).all()
    assert [column.name for column in budgets.columns] == ["key", "next_at", "held_until", "holder"]
    assert row.key == KEY
    assert "fjord" not in str(tuple(row))
    assert store.tenants() == []


def test_on_postgresql_it_waits_for_nobodys_batch(postgresql_with_tables: str) -> None:
    """Another tenant's, or the same tenant's in another process. SQLite has one writer at a time."""
    writing, other = Store.open(postgresql_with_tables), Store.open(postgresql_with_tables)
    state = writing.tenant("fjord")
    with state.batch():
        state.facts.put("statuses", {"sent": "guid"})
        budget = other.tenant("fjord").budget(KEY, 5)
        assert budget is not None
        assert len(budget.take(waiting=1, ahead=1).moments) == 1
    writing.close()
    other.close()


def test_the_databases_own_clock_counts_where_machines_may_differ(url: str) -> None:
    """Moments are told in this process's clock all the same."""
    store = Store.open(url)
    try:
        budget = store.tenant("fjord").budget(KEY, 5)
        assert budget is not None
        before = budget._ticks()
        (moment,) = budget.take(waiting=1, ahead=1).moments
        assert before <= moment <= budget._ticks()
        assert store._database is not None
        with store._database.reading() as connection:
            (row,) = connection.execute(sa.select(budgets)).all()
        assert abs(row.next_at - datetime.now(UTC)) < timedelta(seconds=5)
    finally:
        store.close()


def test_threads_and_connections_at_once_never_take_the_same_moment(url: str) -> None:
    """Four runs of four stores, each as fast as it can."""
    stores = [Store.open(url) for _ in range(4)]
    taken: list[float] = []
    failures: list[BaseException] = []
    begin = threading.Barrier(4)

    def work(store: Store, name: str) -> None:
        try:
            budget = store.tenant(name).budget(KEY, 10)
            assert budget is not None
            budget._ticks = lambda: 0.0
            budget._clock = lambda: datetime(2026, 3, 2, 9, tzinfo=UTC)
            begin.wait()
            for _ in range(10):
                taken.extend(budget.take(waiting=3, ahead=1).moments)
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(one, f"t{i}")) for i, one in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert failures == []
    assert sorted(round(moment * 10) for moment in taken) == list(range(len(taken)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(1, 9), st.integers(1, 9), st.floats(0, 2)), max_size=15
    )
)
def test_over_any_interleaving_no_second_holds_more_than_the_limit(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int, float]]
) -> None:
    """The rule's own property, through the database."""
    at = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('line') / 'state.db'}", clock=lambda: at[0])
    try:
        runs = {name: part(store.tenant(name), 5) for name in "abc"}
        for run in runs.values():
            run._ticks = Ticks(lambda: at[0])
        taken: list[float] = []
        for name, waiting, ahead, passed in steps:
            at[0] += timedelta(seconds=passed)
            taken += runs[name].take(waiting=waiting, ahead=ahead).moments
    finally:
        store.close()
    # Whole microseconds: the sum of a float and a fifth is no fifth.
    whole = [round(moment * 1_000_000) for moment in taken]
    assert all(sum(begin <= moment < begin + 1_000_000 for moment in whole) <= 5 for begin in whole)
