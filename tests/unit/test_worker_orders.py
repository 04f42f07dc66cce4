"""Parts of the warm worker by themselves: what it says to its template, where runs are, what counts as an orphan."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, State, StateType

from state.leases import LEASE_SECONDS
from state.processes import started
from workers.orders import Ended, Forked, Message, Order, Ready, Refused, read, written
from workers.orphans import LEASE_MARGIN, PENDING_SECONDS, Watch
from workers.place import Place

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
HEARTBEAT = timedelta(seconds=30)
LEASE = timedelta(seconds=LEASE_SECONDS + LEASE_MARGIN)
TWO_THREADS = """
import socket, sys, threading, time
from workers.template import Template
threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
Template(socket.socket(fileno=int(sys.argv[1]))).serve()
"""


@pytest.mark.parametrize(
    "message",
    [
        Order(7, {"A": "b\nc", "Ä": "ö"}, "/srv", quiet=True, hook="crashed", flow_run="{}", state="{}"),
        Ready(3000, 1 << 28),
        Forked(7, 123, "456"),
        Refused(7, "two threads"),
        Ended(123, -9),
    ],
    ids=lambda message: type(message).__name__,
)
def test_a_message_is_one_line_and_is_read_as_it_was_written(message: Message) -> None:
    line = written(message)
    assert line.count(b"\n") == 1
    assert read(line) == message


def test_a_template_with_two_threads_forks_nothing() -> None:
    """ALL-01: a lock that another thread holds would be held for ever in the child."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, "-c", TWO_THREADS, str(theirs.fileno())]
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=ROOT)
        theirs.close()
        with ours.makefile("rwb") as channel:
            assert isinstance(read(channel.readline()), Ready)
            channel.write(written(Order(1, {}, "/")))
            channel.flush()
            answer = read(channel.readline())
        ours.close()
        assert isinstance(answer, Refused)
        assert "2 threads" in answer.why
        assert process.wait(timeout=30) == 0


@pytest.mark.thorough
def test_a_template_keeps_nothing_open_that_a_child_could_share() -> None:
    """ALL-01: after everything is imported and made: one thread, no socket but its own, no event loop."""
    probe = (
        "import asyncio, os, gc, httpx, sqlalchemy; from workers.warming import warm_up; warm_up();"
        "gc.collect();"
        "print(len(os.listdir('/proc/self/task')));"
        "print([n for n in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + n)"
        " and os.readlink('/proc/self/fd/' + n).startswith(('socket', 'anon_inode'))]);"
        "kinds = (httpx.Client, httpx.AsyncClient, sqlalchemy.Engine, asyncio.AbstractEventLoop);"
        "print([type(one).__name__ for one in gc.get_objects() if isinstance(one, kinds)])"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", probe],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["1", "[]", "[]"]


# places ---------------------------------------------------------------------------------------------------------------


def test_a_place_is_read_as_it_was_written_and_others_are_not_ours() -> None:
    place = Place.here(os.getpid(), started(os.getpid()))
    assert Place.read(place.written) == place
    assert place.is_here
    assert not place.is_over
    assert [Place.read(text) for text in (None, "", "1234", "vm:1234", "severa-sync/host")] == [None] * 5


def test_a_process_that_ended_is_over_and_so_is_one_whose_number_was_given_anew() -> None:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    place = Place.here(process.pid, started(process.pid))
    process.wait()
    assert place.is_over
    assert Place.here(os.getpid(), "1").is_over


def test_a_process_elsewhere_is_never_seen_to_be_over() -> None:
    elsewhere = Place("other-host", "0" * 12, 1, "1")
    assert not elsewhere.is_here
    assert not elsewhere.is_over


# orphans --------------------------------------------------------------------------------------------------------------


def run(kind: StateType, place: str | None, *, age: float = 0, worker: str = "one") -> FlowRun:
    state: State[Any] = State(type=kind, timestamp=NOW - timedelta(seconds=age))
    return FlowRun(flow_id=uuid4(), state=state, infrastructure_pid=place, labels={"prefect.worker.name": worker})


ELSEWHERE = Place("other-host", "0" * 12, 1, "1").written


@pytest.mark.parametrize(
    ("found", "heard", "orphaned"),
    [
        (run(StateType.RUNNING, ELSEWHERE), {"one": NOW - timedelta(seconds=60)}, False),
        (run(StateType.RUNNING, ELSEWHERE), {"one": NOW - timedelta(seconds=600)}, True),
        (run(StateType.RUNNING, ELSEWHERE), {"other": NOW}, True),
        (run(StateType.RUNNING, "4711"), {}, False),
        (run(StateType.RUNNING, None), {}, False),
        (run(StateType.PENDING, None, age=PENDING_SECONDS - 10), {}, False),
        (run(StateType.PENDING, None, age=PENDING_SECONDS + 10), {}, True),
        (run(StateType.PENDING, "container-1", age=PENDING_SECONDS + 10), {}, False),
        (run(StateType.RUNNING, Place.here(os.getpid(), started(os.getpid())).written), {}, False),
        (run(StateType.RUNNING, Place.here(os.getpid(), "1").written), {"one": NOW}, True),
    ],
    ids=[
        "its worker elsewhere was just heard",
        "its worker elsewhere is silent",
        "its worker elsewhere is unknown",
        "a process worker has it",
        "nobody says where it is",
        "just taken",
        "taken long ago and never started",
        "waits for its container",
        "its process lives",
        "its process is gone",
    ],
)
def test_what_counts_as_an_orphan(found: FlowRun, heard: dict[str, datetime | None], *, orphaned: bool) -> None:
    """ALL-01: only what our worker started, and only where nobody looks after it."""
    assert (Watch("two", heard, NOW, HEARTBEAT).orphan(found) is not None) is orphaned


def test_a_run_from_another_host_runs_again_when_its_lease_is_certainly_over() -> None:
    """ALL-05: sooner, the new run would find the lease taken, be skipped, and nobody would finish what was begun."""
    last = NOW - timedelta(seconds=121)  # it lived until its next heartbeat at most, and then renewed its lease
    orphan = Watch("two", {"one": last}, NOW, HEARTBEAT).orphan(run(StateType.RUNNING, ELSEWHERE))
    assert orphan is not None
    assert orphan.free_at == last + HEARTBEAT + LEASE


def test_a_run_of_this_host_runs_again_at_once() -> None:
    """ALL-05: the lease of a process that is seen to be gone is taken over."""
    gone = Place.here(os.getpid(), "1").written
    orphan = Watch("two", {"one": NOW}, NOW, HEARTBEAT).orphan(run(StateType.RUNNING, gone))
    assert orphan is not None
    assert orphan.free_at is None


@pytest.mark.parametrize(
    ("host", "worker", "orphaned"), [("", "two", True), ("", "one", False), ("other", "two", False)]
)
def test_a_worker_that_was_started_again_under_its_name_finds_what_it_left(
    host: str, worker: str, *, orphaned: bool
) -> None:
    """ALL-01: after a restart of the host or the container its name is heard of, but that is the new one."""
    before = Place(host or socket.gethostname(), "0" * 12, 1, "1").written
    found = Watch("two", {"one": NOW, "two": NOW}, NOW, HEARTBEAT).orphan(run(StateType.RUNNING, before, worker=worker))
    assert (found is not None) is orphaned
    if found is not None:
        assert found.free_at == NOW + LEASE
