"""Runs on the warm worker behave as on Prefect's process worker: the same tests for both (ALL-01)."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.workers import KINDS, Floor, Worker, alive, eventually, floor, worker

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module", params=KINDS)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prefect_api: str
) -> Iterator[tuple[Floor, Worker]]:
    """A pool of each kind with its worker."""
    with (
        floor(prefect_api, tmp_path_factory.mktemp("runs"), request.param) as made,
        worker(made, prefect_api, request.param) as running,
    ):
        yield made, running


def test_a_run_completes_in_a_process_of_its_own_with_its_log_on_the_server(place: tuple[Floor, Worker]) -> None:
    """ALL-01: lines of the flow and of the worker stand in the run's log."""
    here, running = place
    file = here.file("log")
    run = here.start("looks", file=file)
    assert here.ends(run)["type"] == "COMPLETED"
    seen = here.seen(file)
    assert seen["pid"] != running.pid
    assert seen["main"]
    eventually(lambda: "A line of the flow" in here.logs(run), "the flow's line in the log")
    assert any("submitting flow run" in line for line in here.logs(run))
    assert here.run(run)["labels"]["prefect.worker.type"] == here.type
    eventually(lambda: not alive(seen["pid"]), "the process to end")


def test_runs_share_nothing(place: tuple[Floor, Worker]) -> None:
    """ALL-01: neither processes nor what they leave in their environment, nor random numbers."""
    here, _ = place
    runs = [here.start("looks", file=here.file(f"shared-{number}")) for number in range(3)]
    assert {here.ends(run)["type"] for run in runs} == {"COMPLETED"}
    seen = [here.seen(here.file(f"shared-{number}")) for number in range(3)]
    assert len({one["pid"] for one in seen}) == 3
    assert len({one["random"] for one in seen}) == 3
    assert {one["mark"] for one in seen} == {None}
    assert {one["folder"] for one in seen} == {str(Path(__file__).parents[2])}


def test_a_flow_that_fails_is_failed(place: tuple[Floor, Worker]) -> None:
    here, _ = place
    state = here.ends(here.start("fails"))
    assert (state["type"], state["name"]) == ("FAILED", "Failed")
    assert "as it was meant to" in state["message"]


@pytest.mark.parametrize("flow", ["too_slow", "too_slow_and_blocking"])
def test_a_flow_that_takes_too_long_is_timed_out(place: tuple[Floor, Worker], flow: str) -> None:
    """The time-out of a flow without an event loop is an alarm signal to the main thread."""
    here, _ = place
    state = here.ends(here.start(flow))
    assert (state["type"], state["name"]) == ("FAILED", "TimedOut")


def test_a_process_that_ends_under_its_flow_is_a_crash(place: tuple[Floor, Worker]) -> None:
    here, _ = place
    state = here.ends(here.start("exits"))
    assert (state["type"], state["name"]) == ("CRASHED", "Crashed")
    assert "status code" in state["message"]
    assert "7" in state["message"]


@pytest.mark.parametrize("flow", ["looks", "blocks"])
def test_a_cancelled_run_ends_and_is_cancelled(place: tuple[Floor, Worker], flow: str) -> None:
    """ALL-01: its process is gone, its hook has run."""
    here, _ = place
    file = here.file(f"cancel-{flow}")
    run = here.start(flow, file=file, seconds=120)
    pid = here.seen(file)["pid"]
    here.becomes(run, "RUNNING")
    here.cancel(run)
    state = here.ends(run)
    assert (state["type"], state["name"]) == ("CANCELLED", "Cancelled")
    eventually(lambda: not alive(pid), "the process to end")
    if flow == "looks":
        assert here.seen(f"{file}.hook")["state"] == "CANCELLING"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_process_is_a_crash(place: tuple[Floor, Worker], number: signal.Signals) -> None:
    """ALL-01: its hook runs where the flow's own process could not."""
    here, _ = place
    file = here.file(f"killed-{number}")
    run = here.start("looks", file=file, seconds=120)
    pid = here.seen(file)["pid"]
    here.becomes(run, "RUNNING")
    os.kill(pid, number)
    state = here.ends(run)
    assert (state["type"], state["name"]) == ("CRASHED", "Crashed")
    eventually(lambda: not alive(pid), "the process to end")
    assert here.seen(f"{file}.hook")["state"] == "CRASHED"


@pytest.mark.thorough
def test_a_run_that_waits_is_cancelled_before_it_begins(place: tuple[Floor, Worker]) -> None:
    here, _ = place
    held = [here.start("looks", file=here.file(f"held-{number}"), seconds=120) for number in range(4)]
    for number in range(4):
        here.seen(here.file(f"held-{number}"))
    waiting = here.start("looks", file=here.file("never"))
    here.cancel(waiting)
    assert here.ends(waiting)["type"] == "CANCELLED"
    for run in held:
        here.becomes(run, "RUNNING")
        here.cancel(run)
    assert {here.ends(run)["type"] for run in held} == {"CANCELLED"}
    assert not Path(here.file("never")).exists()


def test_the_worker_is_seen_to_live(place: tuple[Floor, Worker]) -> None:
    """ALL-01: the server shows it as online, with its last heartbeat."""
    here, _ = place
    (one,) = here.api.post(f"/work_pools/{here.pool}/workers/filter", json={}).json()
    assert one["status"] == "ONLINE"
    assert one["last_heartbeat_time"]


@pytest.mark.thorough
def test_sigterm_ends_the_worker_and_its_runs(place: tuple[Floor, Worker]) -> None:
    """ALL-01: ours are crashed then; the process worker leaves them as running. Last here: the worker is gone then."""
    here, running = place
    file = here.file("stopped")
    run = here.start("looks", file=file, seconds=120)
    pid = here.seen(file)["pid"]
    here.becomes(run, "RUNNING")
    assert running.kill(signal.SIGTERM) == 0
    eventually(lambda: not alive(pid), "the process to end")
    if here.type == "severa-sync":
        assert here.ends(run)["type"] == "CRASHED"
