"""Runs of the command line in processes of their own, and killing them at a chosen moment."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.support.company import Company
from tests.support.listening import Moment
from tests.support.thorough import thorough

ROOT = Path(__file__).parents[2]
KILLED = -signal.SIGKILL
MOMENTS = ("unheard", "unanswered", "answered")
"""When a run dies: its request never arrives, is carried out but not answered, or was answered just now."""
AT_EVERY_MOMENT = ["unanswered", *thorough(when for when in MOMENTS if when != "unanswered")]
"""The hardest moment in every run of the tests, the others in `make thorough`; the campaign draws among all of them."""


READS = 1 if "SEVERA_SYNC_THOROUGH" in os.environ else 3
"""Of the reads at which a run is killed this many-th one; `make thorough` leaves none out."""


@dataclass
class Child:
    """A run that was started and may be killed."""

    pid: int
    output: Path
    _line: Callable[[], str]
    code: int | None = None

    def kill(self) -> None:
        """SIGKILL, as a power cut or the kernel would; nothing happens when it has ended."""
        if self.code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code; negative when a signal killed it."""
        if self.code is None:
            self.code = int(self._line())
        return self.code


class Warm:
    """Starts runs of the command line quickly: see `warm.py`. One at a time."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder

    def start(self, company: Company, *arguments: str) -> Child:
        """Start `severa-sync ARGUMENTS` for a tenant's home."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        output = self._folder / "output"
        order = {"arguments": arguments, "environment": company.environment, "output": str(output)}
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        return Child(int(stdout.readline()), output, stdout.readline)


@contextmanager
def warm(folder: Path) -> Iterator[Warm]:
    """A warm process, until the block ends. `PREFECT_API_URL` must be set."""
    command = [sys.executable, "-m", "tests.support.warm"]
    with (
        (folder / "warm.log").open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        yield Warm(process, folder)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=30) == 0, (folder / "warm.log").read_text()


@dataclass
class Killer:
    """Kills a run at the `number`th request (from 0) from its start on, of those with that `shape` when one is given.

    `when` is one of `MOMENTS`; with "answered" it dies `pause` seconds later.
    """

    number: int
    when: str
    pause: float = 0.0
    shape: str | None = None
    child: Child | None = None
    met: str = ""
    _count: int = field(default=-1)
    _ready: threading.Event = field(default_factory=threading.Event)
    _timer: threading.Timer | None = None

    def __call__(self, moment: Moment) -> bool:
        """What the tap asks; true swallows the request."""
        stage, method, path = moment
        if self.shape not in {None, shape_of(method, path)}:
            return False
        if stage == "before":
            self._count += 1
        if self._count != self.number or self.met or stage != ("before" if self.when == "unheard" else "after"):
            return False
        self.met = f"{method} {path}"
        self._ready.wait(5)
        assert self.child is not None
        if self.when == "answered":
            self._timer = threading.Timer(self.pause, self.child.kill)
            self._timer.start()
            return False
        self.child.kill()
        return self.when == "unheard"

    def aim(self, child: Child) -> None:
        """Name the run."""
        self.child = child
        self._ready.set()

    def rest(self) -> None:
        """The run has ended."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()


def run_killed(company: Company, starter: Warm, killer: Killer, *arguments: str) -> Child:
    """Start a run and have it killed; it may end before that."""
    company.sandbox.tap.watch = killer
    try:
        child = starter.start(company, *arguments)
        killer.aim(child)
        child.wait()
    finally:
        company.sandbox.tap.watch = None
        killer.rest()
    return child


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{3,}", re.IGNORECASE)


def shape_of(method: str, path: str) -> str:
    """A request without the ids in its path."""
    return f"{method} {_ID.sub('{}', path)}"


def kill_everywhere(
    company: Company,
    starter: Warm,
    when: str,
    job: str,
    *,
    scene: Callable[[], None],
    check: Callable[[], None],
) -> list[str]:
    """Let a run end, then kill one at its first request that matters, in a new scene another one at its second, etc.

    After each kill one rerun must put all in order. Returns the requests that were met.
    """
    chance, met = Random(f"{job} {when}"), []
    for shape, number in requests_that_matter(company, job, scene):
        scene()
        killer = Killer(number, when, pause=chance.uniform(0, 0.03), shape=shape)
        child = run_killed(company, starter, killer, "run", company.name, "--job", job, "--json")
        assert child.code in {KILLED, 0, 3}, child.output.read_text()
        company.good(job)
        check()
        met.append(killer.met)
    return met


def requests_that_matter(company: Company, job: str, scene: Callable[[], None]) -> list[tuple[str, int]]:
    """Those of a run's requests at which a kill can leave something else behind: (shape, which of that shape).

    That is every write, and every read right before or after which the run committed something to its database. Between
    two other reads nothing happens that lasts, so being killed at the one is being killed at the other.
    """
    scene()
    seen: list[tuple[str, int]] = []
    commits: list[int] = []
    path = f"file:{company.home / 'state.db'}?mode=ro"
    with closing(sqlite3.connect(path, uri=True, isolation_level=None, check_same_thread=False)) as database:

        def look() -> None:
            commits.append(database.execute("PRAGMA data_version").fetchone()[0])

        def watch(moment: Moment) -> bool:
            if moment[0] == "before":
                shape = shape_of(moment[1], moment[2])
                seen.append((shape, sum(one == shape for one, _ in seen)))
                look()
            return False

        company.sandbox.tap.watch = watch
        try:
            company.good(job)
        finally:
            company.sandbox.tap.watch = None
        look()
    before = [-1, *commits]
    matter = [
        request
        for request, earlier, now, later in zip(seen, before, commits, commits[1:], strict=False)
        if not request[0].startswith("GET ") or earlier != now or now != later
    ]
    reads = [request for request in matter if request[0].startswith("GET ")]
    left_out = {request for place, request in enumerate(reads) if place % READS}
    return [request for request in matter if request not in left_out]
