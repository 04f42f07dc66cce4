"""Plays one scenario: people, runs, troubles, then quiet cycles until the oracle is asked."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.faults import Fault
from tests.faults.erp import Erp
from tests.faults.evidence import Evidence
from tests.faults.findings import Finding
from tests.faults.oracle import judge
from tests.faults.people import People
from tests.faults.processes import Run, Runs
from tests.faults.scenarios import Scenario, Step, Trouble
from tests.faults.stage import TENANT, Homes, Moment, Stage
from tests.faults.worlds import tiny

PAGE = 4
"""Rows of a page when pages are short."""
HASTE = 0.2
"""Seconds that a hasty run waits for an answer."""


Plant = Callable[["Performance"], object]
"""Spoils something, to prove that the oracle sees it."""


@dataclass
class Played:
    """What one scenario came to."""

    scenario: Scenario
    findings: list[Finding] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    """Troubles that came to pass, by kind."""
    runs: int = 0
    healed_daily: int = 0
    """References between records that only the daily full read brought over."""
    log: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Player:
    """Plays scenarios of one ERP on one stage."""

    def __init__(self, stage: Stage, runs: Runs, homes: Homes, folder: Path, erp: Erp) -> None:
        self.stage = stage
        self.runs = runs
        self.homes = homes
        self.folder = folder
        self.erp = erp

    def play(self, scenario: Scenario, *, before: Mapping[str, Plant] | None = None) -> Played:
        """One scenario, from a fresh world to the oracle's judgement.

        `before` does something behind everybody's back before "quiet 3" or the "oracle".
        """
        began = time.monotonic()
        played = Played(scenario)
        home = self.folder / f"home-{scenario.seed}"
        world = tiny(scenario.seed, self.erp.name)
        self.stage.fresh(world)
        performance = Performance(
            self, scenario, played, home, self.homes.new(home), People(self.stage, world, self.erp)
        )
        performance.before = before or {}
        try:
            performance.perform()
        finally:
            self.stage.watch = None
            self.stage.faults.clear()
            shutil.rmtree(home, ignore_errors=True)
        played.seconds = time.monotonic() - began
        return played


class Performance:
    """One scenario while it is played."""

    def __init__(
        self,
        player: Player,
        scenario: Scenario,
        played: Played,
        home: Path,
        environment: Mapping[str, str],
        people: People,
    ) -> None:
        self.stage = player.stage
        self.runs = player.runs
        self.erp = player.erp
        self.scenario = scenario
        self.played = played
        self.home = home
        self.environment = environment
        self.people = people
        self.evidence = Evidence(self.stage, people, home / "home" / "state.db")
        self.before: Mapping[str, Plant] = {}

    def perform(self) -> None:
        """Everything in order."""
        if self.scenario.settled:
            self._quiet_cycle("settling")
        for step in self.scenario.steps:
            self._step(step)
        self._quiet()

    def _step(self, step: Step) -> None:
        if step.job:
            self._run(step)
        elif step.minutes:
            self.stage.clock.advance(step.minutes * 60)
            self._note(str(step))
        else:
            self._note(f"people: {self.people.do(step.deed, step.seed) or step.deed + ': nothing to do'}")

    def _note(self, words: str) -> None:
        self.played.log.append(words)

    # runs ---------------------------------------------------------------------------------------------------------

    def _run(self, step: Step) -> None:
        self._note(str(step))
        mark = self.stage.mark
        of = {trouble.kind: trouble for trouble in step.troubles}
        for trouble in step.troubles:
            if trouble.kind == "wire":
                self.stage.order(Fault(**trouble.fault))
        scene = Scene(self, step.troubles)
        self.stage.watch = scene.watch
        database = {}
        if "die" in of:
            database["die"] = [of["die"].number, of["die"].when]
        if "gone" in of:
            database["gone"] = [of["gone"].number, of["gone"].times]
        first = self._start(step.job, hasty=self.scenario.hasty, database=database)
        scene.aim(first)
        second = None
        if "second" in of:
            time.sleep(of["second"].seconds)
            second = self._start(of["second"].when, hasty=self.scenario.hasty)
        self._ended(first)
        scene.rest()
        if second is not None:
            self._ended(second)
            self.played.faults["second worker"] += 1
        self.stage.watch = None
        self.stage.faults.clear()
        self.stage.settle()
        self._count(mark, scene, of, first)

    def _start(self, job: str, *, hasty: bool = False, **more: object) -> Run:
        self.played.runs += 1
        clients: dict[str, float] = {"page_size": PAGE} if self.scenario.short_pages else {}
        clients |= {"timeout_seconds": HASTE, "write_timeout_seconds": HASTE} if hasty else {}
        return self.runs.start(job, self.environment, tenant=TENANT, clients=clients, **more)

    def _ended(self, run: Run) -> None:
        self.runs.wait(run)
        told = run.told
        words = "killed" if run.killed else f"{told.get('state')} {told.get('note') or ''} {told.get('error') or ''}"
        self._note(f"    {run.job}: {words.strip()}")
        if run.code not in (0, -9):
            self._find("crash", f"{run.job} ended with {run.code}")
        if told.get("kind") == "bug":
            self._find("crash", f"{run.job} failed with a bug: {told['text']}")

    def _count(self, mark: int, scene: Scene, of: Mapping[str, Trouble], run: Run) -> None:
        counts = self.played.faults
        for exchange in self.stage.exchanges(mark):
            if exchange.fault is not None:
                page = exchange.fault == "status:400" and b"pageToken" in exchange.query
                counts["page token refused" if page else exchange.fault] += 1
                self.evidence.refused |= exchange.fault == "status:400" and not page
        for words in scene.happened:
            counts[words] += 1
        if run.killed:
            counts["killed"] += 1
            if "die" in of and not scene.killed:
                counts["killed at a commit"] += 1
        if "gone" in of and run.told.get("kind") == "database":
            counts["database gone"] += 1

    # quiet --------------------------------------------------------------------------------------------------------

    def _quiet(self) -> None:
        """An ordinary cycle, one with the daily full read, and one that has nothing to do."""
        self.stage.clock.advance(600)
        self._quiet_cycle("quiet 1")
        self.stage.clock.advance(600)
        mark = self.stage.mark
        self._a_day_later()
        self._quiet_cycle("quiet 2")
        if not self.evidence.refused:  # what was refused for good waits for people, or for the daily full read
            for write in self.stage.writes(mark):
                if self.erp.late.search(write):
                    self.played.healed_daily += 1
                else:
                    self._find("late", f"only the daily full read found it: {write}")
        self.stage.clock.advance(600)
        self._plant("quiet 3")
        mark = self.stage.mark
        self._quiet_cycle("quiet 3")
        for write in self.stage.writes(mark):
            self._find("restless", f"the last quiet cycle wrote {write}")
        self._plant("oracle")
        self.played.findings += judge(self.evidence)

    def _plant(self, moment: str) -> None:
        if moment in self.before:
            self.before[moment](self)

    def _quiet_cycle(self, words: str) -> None:
        run = self.runs.wait(self._start("cycle"))
        self._note(f"{words}: {run.told.get('state')}")
        if run.told.get("state") not in {"completed", "completed with issues"}:
            self._find("crash", f"{words} ended {run.code} {run.told.get('text') or run.told}")

    def _a_day_later(self) -> None:
        with sqlite3.connect(self.home / "home" / "state.db") as connection:
            connection.execute("UPDATE cursors SET full_at = NULL")
        connection.close()

    def _find(self, kind: str, words: str) -> None:
        self.played.findings.append(Finding(kind, words))


class Scene:
    """Counts the requests of a run from 0 and lets happen what is to happen at one of them."""

    def __init__(self, performance: Performance, troubles: tuple[Trouble, ...]) -> None:
        self._performance = performance
        self._troubles = [trouble for trouble in troubles if trouble.kind in {"kill", "kill later", "lock", "person"}]
        self._count = -1
        self._ready = threading.Event()
        self._run: Run | None = None
        self._threads: list[threading.Thread] = []
        self.happened: list[str] = []
        self.killed = False

    def aim(self, run: Run) -> None:
        """Name the run."""
        self._run = run
        self._ready.set()
        for trouble in self._troubles:
            if trouble.kind == "kill later":
                self._later(trouble.seconds, self._kill_later)

    def rest(self) -> None:
        """The run has ended."""
        for thread in self._threads:
            thread.join()

    def watch(self, moment: Moment) -> bool:
        """What the stage asks; true swallows the request."""
        stage, _, _ = moment
        if stage == "before":
            self._count += 1
        swallowed = False
        for trouble in self._troubles:
            here = trouble.at in f"{moment[1]} {moment[2]}" if trouble.at else trouble.number == self._count
            if not here or trouble.kind == "kill later":
                continue
            if trouble.kind == "kill":
                swallowed = self._kill(trouble, stage) or swallowed
            elif stage == "before" and trouble.kind == "lock":
                self._threads.append(threading.Thread(target=self._lock, args=(trouble.seconds,)))
                self._threads[-1].start()
            elif stage == "before":
                self._act(trouble)
        return swallowed

    def _kill(self, trouble: Trouble, stage: str) -> bool:
        if self.killed or stage != ("before" if trouble.when == "unheard" else "after"):
            return False
        self._ready.wait(5)
        assert self._run is not None
        self.killed = True
        self.happened.append(f"kill, {trouble.when}")
        if trouble.when == "answered":
            self._later(trouble.seconds, self._run.kill)
            return False
        self._run.kill()
        return trouble.when == "unheard"

    def _kill_later(self) -> None:
        assert self._run is not None
        if self._run.code is None:
            self.killed = True
            self.happened.append("kill, at a random time")
            self._run.kill()

    def _later(self, seconds: float, work: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, work)
        timer.start()
        self._threads.append(timer)

    def _act(self, trouble: Trouble) -> None:
        done = self._performance.people.do(trouble.deed, trouble.times)
        self._performance._note(f"    meanwhile: {done or trouble.deed + ': nothing to do'}")
        if done and not done.startswith("("):
            self.happened.append("person during a run")

    def _lock(self, seconds: float) -> None:
        with _locked(self._performance.home / "home" / "state.db"):
            self.happened.append("database locked")
            time.sleep(seconds)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Another process writes."""
    connection = sqlite3.connect(file, timeout=5, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()
