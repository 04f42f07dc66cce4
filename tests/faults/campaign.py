"""Plays many scenarios on several workers and says what came of them."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from pathlib import Path

from tests.faults.erp import Erp
from tests.faults.erps import ERPS
from tests.faults.play import Played, Player
from tests.faults.poweroffice.description import POWEROFFICE
from tests.faults.processes import template
from tests.faults.scenarios import draw
from tests.faults.stage import Homes, serving
from tests.faults.worlds import tiny

DOUBLES, LOSSES = ("duplicate", "unwanted"), ("loss", "silent")


@contextmanager
def player(erp: Erp = POWEROFFICE) -> Iterator[Player]:
    """A worker: one server, one warm process, one pattern of a tenant of that ERP."""
    with tempfile.TemporaryDirectory(prefix="faults-") as name, serving() as stage:
        folder = Path(name)
        stage.fresh(tiny(1, erp.name))
        with template(folder) as runs:
            yield Player(stage, runs, Homes(stage, erp.name, folder), folder, erp)


@dataclass
class Report:
    """The figures of a campaign."""

    erp: str
    scenarios: int = 0
    runs: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    failing: dict[int, list[str]] = field(default_factory=dict)
    healed_daily: int = 0
    seconds: float = 0.0

    def add(self, played: Played) -> None:
        """One scenario more."""
        self.scenarios += 1
        self.runs += played.runs
        self.faults += played.faults
        self.healed_daily += played.healed_daily
        for finding in played.findings:
            self.findings[finding.kind] += 1
        if played.findings:
            self.failing[played.scenario.seed] = [str(finding) for finding in played.findings]

    @property
    def kills(self) -> int:
        return self.faults["killed"]

    def lines(self) -> Iterator[str]:
        """As people read it."""
        per_minute = self.scenarios * 60 / self.seconds if self.seconds else 0
        pace = f"in {self.seconds:.0f} s ({per_minute:.0f} a minute)"
        yield f"{self.erp}: {self.scenarios} scenarios {pace}, {self.runs} runs"
        kinds = ("killed", "kill, unheard", "kill, unanswered", "kill, answered", "kill, at a random time")
        aimed = (*kinds, "killed at a commit")
        yield f"faults       {sum(n for kind, n in self.faults.items() if kind not in aimed)}"
        for kind, number in sorted(self.faults.items()):
            if kind not in aimed:
                yield f"  {kind:<22} {number}"
        yield f"kills        {self.kills}"
        for kind in aimed[1:]:
            yield f"  {kind:<22} {self.faults[kind]}"
        yield f"duplicates   {sum(self.findings[kind] for kind in DOUBLES)}"
        yield f"losses       {sum(self.findings[kind] for kind in LOSSES)}"
        others = {kind: n for kind, n in self.findings.items() if kind not in (*DOUBLES, *LOSSES)}
        yield f"other        {others or 0}"
        yield f"references that only the daily full read brought over: {self.healed_daily}"
        yield f"failing      {len(self.failing)}"
        for seed, words in sorted(self.failing.items()):
            yield f"  seed {seed}: python -m tests.faults --erp {self.erp} --seed {seed} --n 1 --show"
            for word in words[:5]:
                yield f"    {word[:600]}"


def run(erp: Erp, seeds: Iterable[int], *, workers: int, until: float | None = None, progress: bool = False) -> Report:
    """Play scenarios of an ERP; `until` (monotonic) ends it early. Each worker takes the next seed as it is free."""
    began = time.monotonic()
    report = Report(erp.name)
    context = multiprocessing.get_context("spawn")
    waiting: Queue[int | None] = context.Queue()
    done: Queue[Played | None] = context.Queue()
    for seed in seeds:
        waiting.put(seed)
    for _ in range(workers):
        waiting.put(None)
    processes = [context.Process(target=_work, args=(erp.name, waiting, done, until)) for _ in range(workers)]
    for process in processes:
        process.start()
    ended = 0
    while ended < workers:
        played = done.get()
        if played is None:
            ended += 1
            continue
        report.add(played)
        if progress and played.findings:
            story = [f"seed {played.scenario.seed}", *played.log, *map(str, played.findings)]
            print("\n  ".join(story), flush=True)  # noqa: T201 - what cannot be seen again when it hangs on the moment
        if progress and (played.findings or report.scenarios % 50 == 0):
            print(f"{report.scenarios} scenarios, {len(report.failing)} failing", flush=True)  # noqa: T201 - the runner's own output
    for process in processes:
        process.join()
    report.seconds = time.monotonic() - began
    return report


def _work(name: str, waiting: Queue[int | None], done: Queue[Played | None], until: float | None) -> None:
    """A worker process: scenarios until there are no more, or no more time."""
    os.nice(1)
    try:
        erp = ERPS[name]
        with player(erp) as own:
            while (seed := waiting.get()) is not None:
                if until is not None and time.monotonic() > until:
                    continue
                done.put(own.play(draw(seed, erp)))
    finally:
        done.put(None)
