"""Transactions: all or nothing, across kills, threads and the event loop (law 1, ALL-05)."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from core.records import Registry
from core.transfers import Transfer, TransferState
from state.store import Store, TenantState

T = TransferState
AT = datetime(2026, 3, 2, tzinfo=UTC)
KILLED = """
import os, signal, sys
from core.transfers import Transfer, TransferState
from state.store import Store
state = Store.open(sys.argv[1]).tenant("fjord")
state.transfers.add(Transfer(severa_id="a", reference="a"))
if sys.argv[2] == "after commit":
    state.transfers.step("a", TransferState.CREATING, expect=TransferState.PENDING, attempts=1)
else:
    with state.batch():
        state.transfers.step("a", TransferState.CREATING, expect=TransferState.PENDING, attempts=1)
        state.transfers.add(Transfer(severa_id="b", reference="b"))
        os.kill(os.getpid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("moment", "stands"),
    [("before commit", {"a": T.PENDING}), ("after commit", {"a": T.CREATING})],
)
def test_a_kill_leaves_the_whole_step_or_nothing_of_it(url: str, moment: str, stands: dict[str, T]) -> None:
    """ALL-05: an intent that was committed is found after the kill; one that was not, never was."""
    killed = subprocess.run([sys.executable, "-c", KILLED, url, moment], check=False)
    assert killed.returncode == -signal.SIGKILL
    store = Store.open(url)
    state = store.tenant("fjord")
    assert {row.severa_id: row.state for row in state.transfers.all()} == stands
    assert state.transfers.history("a")[-1].after is stands["a"]
    state.transfers.step("a", T.REJECTED, expect=stands["a"])
    store.close()


def test_a_batch_is_committed_as_a_whole(store: Store, state: TenantState) -> None:
    outside = store.tenant("fjord")
    with state.batch():
        state.cursors.set("a", AT, full=True)
        state.remembered.add(Registry.CUSTOMERS, {"s1": "invoice"})
        assert state.cursors.get("a") is not None
        if outside._rows._database.engine.dialect.name == "sqlite":
            assert read_in_thread(lambda: outside.cursors.get("a")) is None
    assert outside.cursors.get("a") is not None
    assert outside.remembered.known(Registry.CUSTOMERS, ["s1"]) == {"s1"}


def read_in_thread(read: object) -> object:
    """What a reader in another thread sees."""
    seen: list[object] = []
    thread = threading.Thread(target=lambda: seen.append(read()))  # type: ignore[operator]
    thread.start()
    thread.join()
    return seen[0]


def test_an_exception_takes_the_batch_back(state: TenantState) -> None:
    def write_and_fail() -> None:
        with state.batch():
            state.cursors.set("a", AT, full=True)
            with state.batch():
                state.remembered.add(Registry.CUSTOMERS, {"s1": "invoice"})
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    assert state.cursors.get("a") is None
    assert state.remembered.known(Registry.CUSTOMERS, ["s1"]) == set()


def test_an_inner_batch_that_fails_is_taken_back_alone(state: TenantState) -> None:
    def write_and_fail() -> None:
        with state.batch():
            state.cursors.set("inner", AT, full=True)
            raise KeyError

    with state.batch():
        state.cursors.set("outer", AT, full=True)
        with pytest.raises(KeyError):
            write_and_fail()
    assert state.cursors.get("outer") is not None
    assert state.cursors.get("inner") is None


def test_writers_in_threads_take_turns(state: TenantState) -> None:
    """ALL-05: of many that try the same step at once, one makes it."""
    state.transfers.add(Transfer(severa_id="a", reference="a"))
    together = threading.Barrier(6)
    outcomes: list[str] = []

    def attempt() -> None:
        together.wait()
        try:
            state.transfers.step("a", T.CREATING, expect=T.PENDING)
            outcomes.append("made")
        except Exception as error:  # noqa: BLE001 - told apart below
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["StaleTransferError"] * 5 + ["made"]


def test_coroutines_and_their_threads_write_side_by_side(state: TenantState) -> None:
    def write(number: int) -> None:
        with state.batch():
            state.cursors.set(f"c{number}", AT, full=False)
            state.remembered.add(Registry.CUSTOMERS, {f"s{number}": "invoice"})

    async def main() -> None:
        await asyncio.gather(*(asyncio.to_thread(write, number) for number in range(12)))
        write(99)

    asyncio.run(main())
    assert len(state.remembered.known(Registry.CUSTOMERS, [f"s{number}" for number in range(100)])) == 13


def test_a_batch_across_an_await_is_noticed_instead_of_waited_for(state: TenantState) -> None:
    """Another coroutine's write would wait for ever for a batch that its own thread holds."""

    async def main() -> tuple[object, object]:
        inside = asyncio.Event()

        async def hold() -> None:
            with state.batch():
                inside.set()
                await asyncio.sleep(0.01)
                await asyncio.to_thread(state.cursors.set, "a", AT, full=True)

        async def write() -> None:
            await inside.wait()
            state.cursors.set("b", AT, full=True)

        return await asyncio.gather(hold(), write(), return_exceptions=True)

    held, wrote = asyncio.run(main())
    assert "belongs to the thread" in str(held)
    assert "across an await" in str(wrote)
    assert state.cursors.get("a") is None
    assert state.cursors.get("b") is None
    state.cursors.set("b", AT, full=True)
