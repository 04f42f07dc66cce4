"""The figures that metrics are made of, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from core.errors import ConfigurationError, ErrorClass
from core.issues import Issue
from core.transfers import Transfer, TransferState
from state.leases import Lease
from state.processes import Holder
from state.store import Store, TenantState
from tasks.metrics import CRASHED, Books, Tally


class Clock(Protocol):
    at: datetime

    def __call__(self) -> datetime: ...
    def advance(self, **delta: float) -> datetime: ...


MakeBooks = Callable[..., Books]


@pytest.fixture
def books(store: Store, clock: Clock) -> MakeBooks:
    """Books of these tenants that begin to count now."""
    assert store._database is not None
    url = store._database.engine.url.render_as_string(hide_password=False)
    return lambda *names: Books(url, lambda: list(names), Tally(clock()), clock=clock)


def cycle(state: TenantState, clock: Clock, outcome: str, seconds: float = 4, job: str = "cycle") -> None:
    """A run that ends."""
    run = state.runs.start(job, "sync")
    clock.advance(seconds=seconds)
    state.runs.finish(run, outcome, counts={})


def hold(state: TenantState) -> Lease:
    """A run holds the tenant."""
    lease = state.lease.acquire(Holder.this_process("cycle"), 120)
    assert isinstance(lease, Lease)
    return lease


def test_cycles_are_counted_from_the_beginning_on_and_each_once(store: Store, clock: Clock, books: MakeBooks) -> None:
    """Single jobs are not cycles, and other tenants are nobody's business here."""
    fjord, other = store.tenant("fjord"), store.tenant("other")
    cycle(fjord, clock, "completed")
    clock.advance(minutes=1)
    ours = books("fjord", "quiet")
    assert ours.read().cycles.outcomes == {}
    cycle(fjord, clock, "completed with issues", 40)
    cycle(fjord, clock, "failed", 2)
    cycle(fjord, clock, "completed", 1, job="invoice_export")
    cycle(other, clock, "completed")
    expected = {("fjord", "completed with issues"): 1, ("fjord", "failed"): 1}
    for _ in range(5):
        found = ours.read().cycles
        assert (found.outcomes, found.lengths, found.seconds) == (expected, {60.0: 1, 2.5: 1}, 42.0)
        clock.advance(minutes=6)
    cycle(fjord, clock, "failed", 7200)
    assert ours.read().cycles.outcomes == expected | {("fjord", "failed"): 2}
    assert ours.read().cycles.lengths[float("inf")] == 1


def test_only_what_may_still_end_is_looked_at_again(store: Store, clock: Clock, books: MakeBooks) -> None:
    """The cost of a reading grows with what happened since the one before."""
    ours, fjord = books("fjord"), store.tenant("fjord")
    cycle(fjord, clock, "completed")
    lease = hold(fjord)
    began = clock()
    run = fjord.runs.start("cycle", "sync")
    for _ in range(20):
        clock.advance(minutes=1)
        assert fjord.lease.renew(lease)
    ours.read()
    assert ours.tally.since == began
    assert ours.tally.outcomes == {("fjord", "completed"): 1}
    fjord.runs.finish(run, "completed", counts={})
    fjord.lease.release(lease)
    clock.advance(minutes=20)
    assert ours.read().cycles.outcomes == {("fjord", "completed"): 2}
    assert ours.tally.since == clock() - timedelta(minutes=10)


def test_a_cycle_whose_process_died_has_crashed(store: Store, clock: Clock, books: MakeBooks) -> None:
    """ALL-05: its row in the history still runs, and nobody holds the tenant or another run came after it."""
    ours, fjord = books("fjord"), store.tenant("fjord")
    fjord.runs.start("cycle", "sync")
    assert ours.read().cycles.outcomes == {}
    clock.advance(minutes=11)
    assert ours.read().cycles.outcomes == {("fjord", CRASHED): 1}
    fjord.runs.start("cycle", "sync")
    clock.advance(minutes=1)
    cycle(fjord, clock, "completed")
    assert ours.read().cycles.outcomes == {("fjord", CRASHED): 2, ("fjord", "completed"): 1}
    clock.advance(hours=1)
    assert ours.read().cycles.outcomes == {("fjord", CRASHED): 2, ("fjord", "completed"): 1}
    assert sum(ours.read().cycles.lengths.values()) == 1


def test_the_last_success_is_known_from_before_the_counting(store: Store, clock: Clock, books: MakeBooks) -> None:
    fjord = store.tenant("fjord")
    cycle(fjord, clock, "completed", 3)
    before = clock()
    clock.advance(days=30)
    cycle(fjord, clock, "failed")
    clock.advance(minutes=1)
    ours = books("fjord", "new")
    found = ours.read()
    assert (found.last_success, found.last_seconds) == ({"fjord": before}, {"fjord": 3.0})
    cycle(fjord, clock, "completed with issues", 5)
    cycle(store.tenant("new"), clock, "completed", 1)
    found = ours.read()
    assert found.last_seconds == {"fjord": 5.0, "new": 1.0}
    assert found.last_success["new"] == clock()


def test_tenants_at_work_transfers_and_open_issues_are_counted(store: Store, clock: Clock, books: MakeBooks) -> None:
    fjord, other = store.tenant("fjord"), store.tenant("other")
    for number in range(3):
        fjord.transfers.add(Transfer(severa_id=f"s{number}", reference=f"s{number}"))
    fjord.transfers.step("s0", TransferState.CREATING, expect=TransferState.PENDING)
    other.transfers.add(Transfer(severa_id="s0", reference="s0"))
    for record, kind in (("a", ErrorClass.BAD_DATA), ("b", ErrorClass.BAD_DATA), ("c", ErrorClass.TRANSIENT)):
        fjord.issues.report(
            [Issue(scope="customers", record=record, label=record, cause="x", error_class=kind, what="what")]
        )
    fjord.issues.resolve("customers", ["b"])
    lease = hold(fjord)
    hold(other)
    found = books("fjord", "quiet").read()
    assert found.tenants == ("fjord", "quiet")
    assert found.transfers == {("fjord", "pending"): 2, ("fjord", "creating"): 1}
    assert found.open_issues == {("fjord", "bad data"): 1, ("fjord", "transient"): 1}
    assert found.under_way == 1
    fjord.lease.release(lease)
    assert books("fjord").read().under_way == 0
    assert books("fjord", "other").read().under_way == 1
    clock.advance(minutes=3)
    assert books("other").read().under_way == 0, "it has not been renewed"


def test_many_tenants_are_asked_for_in_pieces(store: Store, clock: Clock, books: MakeBooks) -> None:
    ours = books(*(f"t{number}" for number in range(1200)))
    for number in (0, 700, 1199):
        cycle(store.tenant(f"t{number}"), clock, "completed")
    assert sum(ours.read().cycles.outcomes.values()) == 3


def test_counting_goes_on_after_it_was_put_down(clock: Clock) -> None:
    tally = Tally(clock())
    tally.add("fjord", "completed", 3.0)
    tally.add("fjord", CRASHED, None)
    tally.add("fjord", "failed", 99999.0)
    assert Tally.from_json(tally.as_json()) == tally


def test_no_database_yet_is_no_mistake_and_a_broken_one_is(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "state.db"
    ours = Books(f"sqlite:///{file}", lambda: ["fjord"], Tally(clock()), clock=clock)
    assert ours.read().tenants == ("fjord",)
    assert not file.exists()
    file.write_bytes(b"this is no database" * 100)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        ours.read()
