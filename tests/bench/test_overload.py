"""Fifty tenants' cycles started at once on one machine, against one process of simulated systems with limits on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx
import pytest

from cli.init import init
from tests.bench.company import CLI, prefect_server
from tests.bench.figures import Figures
from tests.bench.processes import ROOT, environment

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

COUNT = int(os.environ.get("SEVERA_SYNC_BENCH_TENANTS", "50"))
SHARING = min(COUNT, 8)
"""Tenants behind one subscription key: at 10 calls a second the first cycles of fifty take a quarter of an hour."""
LONGEST = 600.0
MEMORY = 250
"""MB that one run may take at its peak; a run alone takes some 150."""
FINE = (0, 3)


@dataclass
class Run:
    """One tenant's cycle, in a process of its own. Seconds are counted from the start of all."""

    process: subprocess.Popen[bytes]
    log: Path
    peak: float = 0.0
    ended: float | None = None
    cpu: float = 0.0
    first: float | None = None


@dataclass
class Crowd:
    """The tenants, their simulated systems and what was measured of them."""

    folder: Path
    variables: dict[str, str]
    url: str
    pid: int
    names: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, dict[int, tuple[int, int]]]:
        """System -> second -> (requests, refused), since the last time this was asked."""
        found: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
        for name, second, number, refused in httpx.get(f"{self.url}/counts", timeout=60).json():
            found[name][second] = (number, refused)
        return found

    def start_all(self) -> tuple[list[Run], float]:
        """Start a cycle of every tenant at once and wait for all; the runs, and how long it took."""
        began = time.perf_counter()
        runs = [self._start(name) for name in self.names]
        while any(run.ended is None for run in runs):
            passed = time.perf_counter() - began
            for run in runs:
                if run.ended is None:
                    run.peak = max(run.peak, memory(run.process.pid))
                    pid, status, used = os.wait4(run.process.pid, os.WNOHANG)
                    if pid:
                        run.ended, run.cpu = passed, used.ru_utime + used.ru_stime
                        run.process.returncode = os.waitstatus_to_exitcode(status)
                    elif passed > LONGEST:
                        run.process.kill()
            time.sleep(0.25)
        return runs, time.perf_counter() - began

    def _start(self, name: str) -> Run:
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*CLI, "run", name, "--json"],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
                env=environment(self.variables),
            )
        return Run(process, log)


def memory(pid: int) -> float:
    """MB of resident memory; 0 for a process that has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    place = text.find("VmRSS:")
    return int(text[place:].split(maxsplit=2)[1]) / 1000 * 1.024 if place >= 0 else 0.0


@contextmanager
def crowd(folder: Path, api_url: str, count: int, *, shared: bool) -> Iterator[Crowd]:
    """Fresh companies, each with a tenant that never ran; one home and one state database for all."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.bench.crowd", str(folder), str(count), "yes" if shared else "no"]
    with (folder / "crowd.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env=environment({}))
    try:
        end = time.monotonic() + 180
        while not (folder / "pid").exists():
            assert process.poll() is None, (folder / "crowd.log").read_text()
            assert time.monotonic() < end
            time.sleep(0.1)
        home, tenants = folder / "home", folder / "tenants"
        variables = {
            "SEVERA_SYNC_HOME": str(home),
            "SEVERA_SYNC_TENANTS": str(tenants),
            "PREFECT_API_URL": api_url,
        }
        url = json.loads((folder / "ready-00.json").read_text())["control_url"].rpartition("/")[0]
        found = Crowd(folder, variables, url, process.pid)
        for number in range(count):
            name = f"tenant-{number:02}"
            init(name, "poweroffice", folder=tenants, home=home, from_sandbox=folder / f"ready-{number:02}.json")
            found.names.append(name)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prefect server of its own."""
    with prefect_server(tmp_path_factory.mktemp("overload") / "prefect") as url:
        yield url


def longest_streak(by_second: dict[int, tuple[int, int]]) -> int:
    """In how many seconds in a row requests were refused for the limit."""
    longest = now = 0
    previous: int | None = None
    for second in sorted(by_second):
        refused = by_second[second][1] > 0
        now = (now + 1 if previous == second - 1 else 1) if refused else 0
        longest, previous = max(longest, now), second
    return longest


def tell(
    figures: Figures, group: str, company: Crowd, runs: list[Run], seconds: float, idle: float, *, shared: bool = False
) -> None:
    """The figures of one wave. Behind one subscription key refusals are only told: each run paces itself alone."""
    take = figures.of(f"{len(runs)} tenants at once: {group}")
    counts = company.counts()
    ends = sorted(run.ended or 0.0 for run in runs)
    bad = [run for run in runs if run.process.returncode not in FINE]
    take("finished", len(runs) - len(bad), "runs")
    take("failed", len(bad), "runs", aim=0)
    take("wall time of all", seconds, "s")
    take("first one ready", ends[0], "s")
    take("median", median(ends), "s")
    take("last one ready", ends[-1], "s", note="starved would be far behind the median")
    take("CPU of all runs", sum(run.cpu for run in runs), "s")
    take("peak memory of a run", max(run.peak for run in runs), "MB", aim=MEMORY)
    take("spread of the peaks", max(run.peak for run in runs) - min(run.peak for run in runs), "MB")
    take("growth of the simulated systems", memory(company.pid) - idle, "MB")
    for kind in ("severa", "poweroffice"):
        seen = {name: seconds_of for name, seconds_of in counts.items() if name.startswith(f"{kind}-")}
        all_calls = sum(number for one in seen.values() for number, _ in one.values())
        refused = sum(no for one in seen.values() for _, no in one.values())
        take(f"calls of {kind}", all_calls)
        take(f"refused for its limit by {kind}", refused)
        take(
            f"longest stretch of refusals by {kind}",
            max(map(longest_streak, seen.values()), default=0),
            "s",
            aim=None if shared and kind == "poweroffice" else 1,
        )
    assert not bad, [(run.process.returncode, run.log.read_text()[-600:]) for run in bad[:3]]
    assert ends[-1] <= 3 * median(ends), "one was starved"


def test_first_cycles_of_all_tenants_at_once(tmp_path: Path, api: str, figures: Figures) -> None:
    """Each tenant has limits of its own; all finish, no limit is broken for longer than a second."""
    with crowd(tmp_path / "own", api, COUNT, shared=False) as company:
        company.counts()
        idle = memory(company.pid)
        runs, seconds = company.start_all()
        tell(figures, "first cycles", company, runs, seconds, idle)
        idle = memory(company.pid)
        runs, seconds = company.start_all()
        tell(figures, "the cycles after", company, runs, seconds, idle)


def test_first_cycles_of_tenants_behind_one_subscription_key(tmp_path: Path, api: str, figures: Figures) -> None:
    """PowerOffice counts the calls of all of them together: they are refused often, and all finish."""
    with crowd(tmp_path / "shared", api, SHARING, shared=True) as company:
        company.counts()
        idle = memory(company.pid)
        runs, seconds = company.start_all()
        tell(figures, "first cycles, one subscription key", company, runs, seconds, idle, shared=True)
