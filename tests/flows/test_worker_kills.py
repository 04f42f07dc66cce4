"""Kills: of the template, of the worker, of everything at once; what becomes of the runs (ALL-01)."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.workers import Floor, Worker, alive, eventually, floor, worker

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Iterator[Floor]:
    with floor(prefect_api, tmp_path_factory.mktemp("kills"), "warm") as made:
        yield made


@pytest.fixture
def running(here: Floor, prefect_api: str) -> Iterator[Worker]:
    with worker(here, prefect_api, "warm") as started:
        yield started


def _keys_with(here: Floor, key: str) -> dict[str | None, str]:
    """All runs by their idempotency keys, once one of that key is there: it is made after the crash is told."""
    runs = {one["idempotency_key"]: one["id"] for one in here.runs()}
    return runs if key in runs else {}


def begun(here: Floor, name: str, seconds: float, until: str | None = None) -> tuple[str, int, str]:
    """A run that is under way: its id, its process, its file."""
    file = here.file(name)
    run = here.start("looks", file=file, seconds=seconds, until=until)
    pid: int = here.seen(file)["pid"]
    here.becomes(run, "RUNNING")
    return run, pid, file


def test_a_run_outlives_its_template_and_the_next_one_gets_a_new_one(here: Floor, running: Worker) -> None:
    """ALL-01: SIGKILL of the template costs no run; how its children end is seen all the same."""
    first, _, file = begun(here, "outlives", 6)
    second, pid, _ = begun(here, "orphaned", 120)
    template = running.template
    os.kill(template, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    assert here.ends(second)["type"] == "CRASHED"
    third, *_ = begun(here, "next", 0.5)
    assert running.template != template
    assert here.ends(third)["type"] == "COMPLETED"
    assert here.ends(first)["type"] == "COMPLETED"
    assert here.seen(f"{file}.end")
    assert running.process.poll() is None


@pytest.mark.thorough
def test_a_run_outlives_its_worker(here: Floor, running: Worker) -> None:
    """ALL-01: as with the process worker, it goes on by itself; the template goes with its worker."""
    go_on = Path(here.file("alone-go-on"))
    run, pid, file = begun(here, "alone", 0, str(go_on))
    template = running.template
    running.kill()
    eventually(lambda: not alive(template), "the template to end")
    assert alive(pid)
    go_on.touch()
    assert here.ends(run)["type"] == "COMPLETED"
    assert here.seen(f"{file}.end")["pid"] == pid


@pytest.mark.thorough
def test_orphaned_runs_are_marked_as_crashed_and_run_again(here: Floor, running: Worker, prefect_api: str) -> None:
    """ALL-01: everything was killed at once; the next worker finds the run, says so, and starts it again, once."""
    go_on = Path(here.file("orphan-go-on"))
    run, pid, file = begun(here, "orphan", 0, str(go_on))
    cancelled, other, _ = begun(here, "cancelled", 120)
    running.kill()
    for child in (pid, other):
        os.kill(child, signal.SIGKILL)
    eventually(lambda: not alive(pid) and not alive(other), "the processes to end")
    go_on.touch()
    here.cancel(cancelled)
    assert here.state(run)[0] == "RUNNING"
    with worker(here, prefect_api, "warm"):
        crashed = here.ends(run)
        assert crashed["type"] == "CRASHED"
        assert f"Its process {pid} on" in crashed["message"]
        assert here.ends(cancelled)["type"] == "CANCELLED"
        keys = eventually(lambda: _keys_with(here, f"again-1-{run}"), "the run that takes its place")
        again = keys[f"again-1-{run}"]
        assert here.ends(again)["type"] == "COMPLETED"
        assert here.run(again)["parameters"] == here.run(run)["parameters"]
        assert here.seen(f"{file}.end")["pid"] != pid
        assert not any((key or "").endswith(cancelled) for key in keys)


@pytest.mark.thorough
def test_a_run_that_lives_is_nobodys_orphan(here: Floor, running: Worker, prefect_api: str) -> None:
    """ALL-01: its worker is gone and another one looks: the run goes on, and is not started twice."""
    go_on = Path(here.file("go-on"))
    run, pid, file = begun(here, "lives", 0, str(go_on))
    running.kill()
    with worker(here, prefect_api, "warm"):
        time.sleep(2)
        assert here.state(run)[0] == "RUNNING"
        go_on.touch()
        assert here.ends(run)["type"] == "COMPLETED"
    assert here.seen(f"{file}.end")["pid"] == pid
    assert not [one for one in here.runs() if one["idempotency_key"] == f"again-1-{run}"]


@pytest.mark.thorough
def test_a_second_worker_finishes_what_a_killed_one_began(here: Floor, running: Worker, prefect_api: str) -> None:
    """ALL-01: two workers on one pool; the first is killed with its run, the other takes it over."""
    go_on = Path(here.file("taken-over-go-on"))
    run, pid, _ = begun(here, "taken-over", 0, str(go_on))
    with worker(here, prefect_api, "warm"):
        running.kill()
        os.kill(pid, signal.SIGKILL)
        go_on.touch()
        assert here.ends(run, 90)["type"] == "CRASHED"
        again = eventually(
            lambda: [one for one in here.runs() if one["idempotency_key"] == f"again-1-{run}"], "its heir"
        )
        assert here.ends(again[0]["id"])["type"] == "COMPLETED"
