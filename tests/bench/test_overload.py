"""Fifty tenants' cycles due at once on one machine, against one process of simulated systems with limits on.

So many runs work at the same time as a worker on two cores would let: the others wait for their place.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median

import httpx
import pytest

from cli.init import init
from tests.bench.company import CLI, prefect_server
from tests.bench.figures import Figures
from tests.bench.processes import ROOT, environment

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

COUNT = int(os.environ.get("SEVERA_SYNC_BENCH_TENANTS", "50"))
AT_ONCE = int(os.environ.get("SEVERA_SYNC_BENCH_AT_ONCE") or 2 * (os.cpu_count() or 1))
"""How many runs work at the same time; by default as many as `severa-sync worker` lets."""
SHARING = min(COUNT, 8)
"""Tenants whose first cycles go through one subscription key, all at the same time: at 5 calls a second those of fifty
take half an hour."""
LONGEST = 1800.0
MEMORY = 250
"""MB that one run may take at its peak; a run alone takes some 150."""
WINDOW = 1.0
"""Seconds over which both systems count."""
FINE = (0, 3)


@dataclass
class Run:
    """One tenant's cycle, in a process of its own. Seconds are counted from when all were due."""

    process: subprocess.Popen[bytes]
    log: Path
    began: float
    peak: float = 0.0
    ended: float | None = None
    cpu: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it worked."""
        return (self.ended or self.began) - self.began


@dataclass(frozen=True)
class Wave:
    """A cycle of every tenant: the runs, how long all took, and the most memory of all at one moment in MB."""

    runs: list[Run]
    at_once: int
    seconds: float
    memory: float
    idle: float
    load: float


@dataclass
class Crowd:
    """The tenants, their simulated systems and what was measured of them."""

    folder: Path
    variables: dict[str, str]
    url: str
    pid: int
    names: list[str] = field(default_factory=list)

    def came(self) -> dict[str, list[tuple[float, bool]]]:
        """System -> time of each request, and whether it was refused for the limit; since this was last asked."""
        found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        for name, moment, refused in httpx.get(f"{self.url}/came", timeout=60).json():
            found[name].append((moment, refused))
        return {name: sorted(one) for name, one in found.items()}

    def share_one_key(self) -> None:
        """From now on all tenants are behind one subscription key."""
        key: str = httpx.get(f"{self.url}/one-key", timeout=60).json()
        for name in self.names:
            path = Path(self.variables["SEVERA_SYNC_HOME"]) / "secrets" / f"{name}.poweroffice.subscription_key"
            path.write_text(key)

    def cycle(self, at_once: int = AT_ONCE) -> Wave:
        """A cycle of every tenant, so many at a time as may be, to the end of the last."""
        self.came()
        idle, load = memory(self.pid), os.getloadavg()[0]
        began = time.perf_counter()
        waiting, runs, together = list(self.names), list[Run](), 0.0
        while waiting or any(run.ended is None for run in runs):
            passed = time.perf_counter() - began
            working = [run for run in runs if run.ended is None]
            while waiting and len(working) < at_once:
                working.append(self._start(waiting.pop(0), passed))
                runs.append(working[-1])
            sizes = [memory(run.process.pid) for run in working]
            together = max(together, sum(sizes))
            for run, size in zip(working, sizes, strict=True):
                run.peak = max(run.peak, size)
                pid, status, used = os.wait4(run.process.pid, os.WNOHANG)
                if pid:
                    run.ended, run.cpu = time.perf_counter() - began, used.ru_utime + used.ru_stime
                    run.process.returncode = os.waitstatus_to_exitcode(status)
                elif passed > LONGEST:
                    run.process.kill()
            time.sleep(0.1)
        return Wave(runs, at_once, time.perf_counter() - began, together, idle, load)

    def _start(self, name: str, passed: float) -> Run:
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
        return Run(process, log, passed)


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


def longest_stretch(came: list[tuple[float, bool]]) -> float:
    """Seconds for which a limit was broken at most: refusals with less than a window between them are one stretch."""
    refusals = [moment for moment, refused in came if refused]
    longest = 0.0
    began = refusals[0] if refusals else 0.0
    for before, moment in pairwise(refusals):
        if moment - before >= WINDOW:
            began = moment
        longest = max(longest, moment - began)
    return longest


def busiest(came: list[tuple[float, bool]]) -> int:
    """The most requests within a window, the refused ones included."""
    moments = [moment for moment, _ in came]
    return max((bisect_left(moments, moment + WINDOW) - at for at, moment in enumerate(moments)), default=0)


def tell(figures: Figures, group: str, company: Crowd, wave: Wave, *, shared: bool = False) -> None:
    """The figures of one wave, and what must hold of them. `shared`: behind one subscription key."""
    runs = wave.runs
    limits: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    take = figures.of(f"{len(runs)} tenants at once, {min(wave.at_once, len(runs))} at a time: {group}")
    for name, one in company.came().items():
        limits["poweroffice-" if shared and name.startswith("poweroffice-") else name] += one
    bad = [run for run in runs if run.process.returncode not in FINE]
    worked = sorted(run.seconds for run in runs)
    take("finished", len(runs) - len(bad), "runs")
    take("failed", len(bad), "runs", aim=0)
    take("wall time of all", wave.seconds, "s")
    take("duration of a run, shortest", worked[0], "s")
    take("duration of a run, median", median(worked), "s")
    take("duration of a run, longest", worked[-1], "s")
    take("longest to median", worked[-1] / median(worked), aim=2, note="starved would be far above")
    take("CPU of all runs", sum(run.cpu for run in runs), "s")
    take("peak memory of a run", max(run.peak for run in runs), "MB", aim=MEMORY)
    take("spread of the peaks", max(run.peak for run in runs) - min(run.peak for run in runs), "MB")
    take("peak memory of all runs together", wave.memory, "MB", aim=MEMORY * min(wave.at_once, len(runs)))
    take("growth of the simulated systems", memory(company.pid) - wave.idle, "MB")
    stretches = {}
    for kind in ("severa", "poweroffice"):
        seen = [sorted(one) for name, one in limits.items() if name.startswith(f"{kind}-")]
        stretches[kind] = max(map(longest_stretch, seen), default=0.0)
        take(f"calls of {kind}", sum(map(len, seen)))
        take(f"refused for its limit by {kind}", sum(refused for one in seen for _, refused in one))
        take(f"most calls in a second of one limit of {kind}", max(map(busiest, seen), default=0), note="10 go through")
        take(f"longest stretch of refusals by {kind}", stretches[kind], "s", aim=WINDOW)
    take("load of the machine before", wave.load, note="of two cores; 0 when nothing else runs")
    assert not bad, [(run.process.returncode, run.log.read_text()[-600:]) for run in bad[:3]]
    assert worked[-1] <= 3 * median(worked), "one was starved"
    assert all(stretch <= WINDOW for stretch in stretches.values()), stretches
    assert max(run.peak for run in runs) <= MEMORY


def test_cycles_of_all_tenants_at_once(tmp_path: Path, api: str, figures: Figures) -> None:
    """All finish, none is starved, and no limit is broken for longer than its window.

    Each has limits of its own first; then PowerOffice counts the calls of all of them together.
    """
    with crowd(tmp_path / "own", api, COUNT, shared=False) as company:
        tell(figures, "first cycles", company, company.cycle())
        tell(figures, "the cycles after", company, company.cycle())
        company.share_one_key()
        tell(figures, "the cycles after, one subscription key", company, company.cycle(), shared=True)


def test_first_cycles_of_tenants_behind_one_subscription_key(tmp_path: Path, api: str, figures: Figures) -> None:
    """As fast as its limit lets them, and each gets its share of it."""
    with crowd(tmp_path / "shared", api, SHARING, shared=True) as company:
        tell(figures, "first cycles, one subscription key", company, company.cycle(SHARING), shared=True)
