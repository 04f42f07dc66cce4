"""Of two runs of one tenant the second is refused; a dead holder's lease is taken over (ALL-05)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from state import processes
from state.leases import HeldBy, Lease
from state.processes import Holder, started
from state.store import Store, TenantState

HOLD = """
import sys
from state.processes import Holder
from state.store import Store
lease = Store.open(sys.argv[1]).tenant("fjord").lease.acquire(Holder.this_process("cycle"), 3600)
print(type(lease).__name__, flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lease until it is killed."""
    command = [sys.executable, "-c", HOLD, url]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "Lease\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def holder(what: str = "cycle") -> Holder:
    return Holder.this_process(what)


def acquired(state: TenantState, by: Holder, seconds: float = 60) -> Lease:
    lease = state.lease.acquire(by, seconds)
    assert isinstance(lease, Lease)
    return lease


def test_the_second_holder_is_refused_with_a_clear_word(state: TenantState, clock: object) -> None:
    first = holder("cycle")
    lease = acquired(state, first)
    refused = state.lease.acquire(holder("invoice_export"), 60)
    assert isinstance(refused, HeldBy)
    assert refused == HeldBy(first, lease.acquired_at, clock() + timedelta(seconds=60))  # type: ignore[operator]
    assert str(refused) == f"cycle on {first.host} (process {os.getpid()}) since 2026-03-02 09:00:00 UTC"


def test_a_released_lease_is_free(state: TenantState) -> None:
    state.lease.release(acquired(state, holder()))
    assert state.lease.current() is None
    acquired(state, holder())


def test_a_lease_runs_out_unless_it_is_renewed(state: TenantState, clock: object) -> None:
    lease = acquired(state, holder())
    clock.advance(seconds=59)  # type: ignore[attr-defined]
    assert state.lease.renew(lease)
    clock.advance(seconds=59)  # type: ignore[attr-defined]
    assert isinstance(state.lease.acquire(holder(), 60), HeldBy)
    clock.advance(seconds=1)  # type: ignore[attr-defined]
    acquired(state, holder())


def test_a_lost_lease_is_neither_renewed_nor_released(state: TenantState, clock: object) -> None:
    lost = acquired(state, holder())
    clock.advance(seconds=61)  # type: ignore[attr-defined]
    taken = acquired(state, holder())
    assert not state.lease.renew(lost)
    state.lease.release(lost)
    current = state.lease.current()
    assert current is not None
    assert current.holder == taken.holder


def test_the_same_holder_gets_its_lease_again(state: TenantState) -> None:
    mine = holder()
    acquired(state, mine)
    acquired(state, mine)


def test_tenants_have_leases_of_their_own(store: Store) -> None:
    acquired(store.tenant("fjord"), holder())
    acquired(store.tenant("berg"), holder())


@pytest.mark.parametrize(
    "change",
    [{"host": "elsewhere"}, {"boot": "another start of this host"}],
    ids=["another host", "another boot"],
)
def test_a_holder_that_cannot_be_looked_at_is_believed_until_it_runs_out(
    state: TenantState, clock: object, change: dict[str, str]
) -> None:
    acquired(state, replace(holder(), pid=2**22 + 1, **change))
    assert isinstance(state.lease.acquire(holder(), 60), HeldBy)
    clock.advance(seconds=60)  # type: ignore[attr-defined]
    acquired(state, holder())


def test_a_process_number_that_was_given_to_another_process_is_a_dead_holder(state: TenantState) -> None:
    """The number lives, but its process began at another time than the holder's."""
    mine = holder()
    assert mine.pid_started is not None
    acquired(state, replace(mine, id="earlier", pid_started=str(int(mine.pid_started) - 1)))
    acquired(state, holder())


def test_a_process_number_that_nobody_has_is_a_dead_holder(state: TenantState) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    acquired(state, replace(holder(), pid=child.pid))
    acquired(state, holder())


def test_without_a_start_time_only_the_number_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without /proc: a living number is believed, a free one is not."""
    monkeypatch.setattr(processes, "started", lambda _pid: None)
    mine = holder()
    assert mine.pid_started is None
    assert not mine.is_dead()
    assert replace(mine, pid=2**22 + 1).is_dead()


def test_two_processes_do_not_run_one_tenant_and_a_killed_one_is_replaced_at_once(url: str) -> None:
    """ALL-05: killed with SIGKILL it gives nothing back; the next run on this host need not wait for the expiry."""
    with another_process(url) as other:
        store = Store.open(url)
        try:
            state = store.tenant("fjord")
            refused = state.lease.acquire(holder(), 60)
            assert isinstance(refused, HeldBy)
            assert refused.holder.pid == other.pid
            assert refused.holder.pid_started == started(other.pid)
            other.send_signal(signal.SIGKILL)
            os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
            assert started(other.pid) == "ended"  # not yet waited for by its parent
            acquired(state, holder())
        finally:
            store.close()
