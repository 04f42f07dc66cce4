"""The warm worker against Prefect's process worker: same machine, same server, same tenants, one after the other."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

from tests.bench.company import CLI, cli, simulated_systems
from tests.bench.figures import Figure, Figures
from tests.bench.processes import ROOT, environment
from tests.support.postgresql import postgresql_server
from tests.support.workers import Patient, children, eventually

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]

TENANTS = 12
AT_ONCE = {"process": 4, "warm": 6}
"""Runs at once: what two cores take best of each kind."""
RUNS = {"process": 12, "warm": 60}
SINGLE = 3
"""Runs on an idle machine, for the latency of a start."""
PACE = 1.0
"""Runs per second that 600 tenants make with an interval of ten minutes."""
PACED_SECONDS = int(os.environ.get("SEVERA_SYNC_BENCH_PACED", "60"))
LATE = 15.0
"""Seconds after which Prefect calls a run late."""
FASTER = 10.0
CPU = 0.5
TICKS = os.sysconf("SC_CLK_TCK")
Json = dict[str, Any]
Take = Callable[..., Figure]


@dataclass
class Field:
    """The server and the tenants that both workers work on."""

    api: httpx.Client
    folder: Path
    variables: dict[str, str]
    server: int

    def deploy(self, pool: str) -> None:
        """Put the tenants on a pool, through the product's own command."""
        done = cli(self.folder, self.variables, "deploy", "--pool", pool, "--json")
        assert done.code == 0, done.output + (self.folder / "err.log").read_text()

    def start(self, runs: int, *, after: float = 0.0, every: float = 0.0) -> list[str]:
        """Ask for runs of the cycle, one tenant after the other, in these seconds; their ids."""
        begin, made = datetime.now(UTC) + timedelta(seconds=after), []
        for number in range(runs):
            held = self.api.get(f"/deployments/name/cycle/tenant-{number % TENANTS}").json()
            due = (begin + timedelta(seconds=number * every)).isoformat()
            state = {"type": "SCHEDULED", "state_details": {"scheduled_time": due}}
            answer = self.api.post(f"/deployments/{held['id']}/create_flow_run", json={"state": state})
            made.append(str(answer.raise_for_status().json()["id"]))
        return made

    def ends(self, ids: Sequence[str], seconds: float = 300) -> list[Json]:
        """The runs at their end; each must have completed."""

        def look() -> list[Json] | None:
            wish = {"flow_runs": {"id": {"any_": list(ids)}}, "limit": 200}
            found: list[Json] = self.api.post("/flow_runs/filter", json=wish).json()
            over = [one for one in found if one["state_type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}]
            if len(over) < len(ids):
                time.sleep(0.5)
                return None
            return over

        found: list[Json] = eventually(look, f"{len(ids)} runs to end", seconds)
        assert {one["state_type"] for one in found} == {"COMPLETED"}, {one["state"]["message"] for one in found}
        assert not [one for one in found if one["state_name"] == "Skipped"], "two runs of one tenant met"
        return found


@dataclass(frozen=True)
class Measured:
    """What a worker made of its runs."""

    per_minute: float
    latency: float
    run_cpu: float
    worker_cpu: float
    server_cpu: float
    memory: float


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """A server, simulated systems, and tenants that are in step."""
    folder = tmp_path_factory.mktemp("workers")
    # Prefect lists all time zones for every schedule that it reads: from a package in 0.1 ms, from the system's folder
    # in 20. For server and both workers alike.
    os.environ["PYTHONTZPATH"] = ""
    try:
        with (
            postgresql_server() as database,
            server_on(folder, database) as (url, server),
            simulated_systems(folder / "systems", "small") as ready,
            httpx.Client(base_url=url, timeout=60, transport=Patient()) as api,
        ):
            variables = {
                "SEVERA_SYNC_HOME": str(folder / "home"),
                "SEVERA_SYNC_TENANTS": str(folder / "tenants"),
                "SEVERA_SYNC_DATABASE_URL": database.format("state"),
                "PREFECT_API_URL": url,
            }
            done = cli(folder, variables, "init", "tenant-0", "--erp", "poweroffice", "--from-sandbox", str(ready))
            assert done.code == 0, done.output
            first = folder / "tenants" / "tenant-0.yaml"
            for number in range(1, TENANTS):
                its = first.read_text().replace("tenant: tenant-0", f"tenant: tenant-{number}")
                (folder / "tenants" / f"tenant-{number}.yaml").write_text(its)
            made = Field(api, folder, variables, server)
            with worker(made, "warm"):
                made.deploy("bench-warm")
                for _ in range(2):  # the first cycle of each, and the one that hears what it wrote
                    made.ends(made.start(TENANTS))
            yield made
    finally:
        del os.environ["PYTHONTZPATH"]
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server_on(folder: Path, database: str) -> Iterator[tuple[str, int]]:
    """A Prefect server on PostgreSQL, started as the command line does; its API and its process number."""
    engine = create_engine(database.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in ("prefect", "state"):
            connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    home = folder / "server"
    home.mkdir()
    variables = {
        "SEVERA_SYNC_HOME": str(home),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database.format("prefect").replace("+psycopg", "+asyncpg"),
    }
    done = cli(home, variables, "server", "start")
    assert done.code == 0, (home / "err.log").read_text()
    try:
        running = json.loads((home / "server.json").read_text())
        yield f"http://127.0.0.1:{running['port']}/api", int(running["pid"])
    finally:
        cli(home, variables, "server", "stop")


@contextmanager
def worker(field: Field, kind: str) -> Iterator[int]:
    """A worker of a kind on its pool; its process number."""
    pool, limit = f"bench-{kind}", str(AT_ONCE[kind])
    if kind == "warm":
        command = [*CLI, "worker", "--pool", pool, "--limit", limit]
    else:
        field.api.post("/work_pools/", json={"name": pool, "type": "process"}).raise_for_status()
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", pool, "--limit", limit]
    log = field.folder / f"worker-{kind}.log"
    variables = {**field.variables, "PREFECT_WORKER_QUERY_SECONDS": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(variables), stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        eventually(lambda: process.poll() is not None or b"started!" in log.read_bytes(), "the worker to start", 120)
        assert process.poll() is None, log.read_text()
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measured(field: Field, kind: str, pid: int) -> Measured:
    """Single runs on the idle worker first, then as many as it takes, at once."""
    waits = []
    for _ in range(SINGLE):
        (one,) = field.ends(field.start(1))
        waits.append(wait(one))
    template = [child for child in children(pid) if kind == "warm"]
    before = (cpu(pid), [cpu(child) for child in template], cpu(field.server))
    started = time.perf_counter()
    ids = field.start(RUNS[kind])
    sizes = sampled(pid if kind == "process" else template[0])
    found = field.ends(ids)
    seconds = time.perf_counter() - started
    own, below, of_server = cpu(pid), [cpu(child) for child in template], cpu(field.server)
    runs = len(found)
    if template:
        run_cpu = (below[0].children - before[1][0].children) / runs
        worker_cpu = (own.own - before[0].own + below[0].own - before[1][0].own) / runs
    else:
        run_cpu = (own.children - before[0].children) / runs
        worker_cpu = (own.own - before[0].own) / runs
    server_cpu = (of_server.own - before[2].own) / runs
    return Measured(runs / seconds * 60, median(waits), run_cpu, worker_cpu, server_cpu, median(sizes) if sizes else 0)


def test_the_warm_worker_runs_ten_times_as_much(field: Field, figures: Figures) -> None:
    found: dict[str, Measured] = {}
    load = os.getloadavg()[0]
    for kind in ("process", "warm"):
        with worker(field, kind) as pid:
            field.deploy(f"bench-{kind}")
            found[kind] = measured(field, kind, pid)
    stock, warm = found["process"], found["warm"]
    take = figures.of(f"Quiet cycles of {TENANTS} tenants, process worker against warm worker")
    for name, kind, aim in (("process worker", "process", None), ("warm worker", "warm", CPU)):
        one = found[kind]
        take(f"{name}: runs per minute", one.per_minute, note=f"{RUNS[kind]} runs, {AT_ONCE[kind]} at once")
        take(
            f"{name}: from scheduled to running",
            one.latency,
            "s",
            note=f"median of {SINGLE}, idle, polled every second",
        )
        take(f"{name}: CPU of a run", one.run_cpu, "s", aim=aim)
        take(f"{name}: CPU of the worker per run", one.worker_cpu, "s")
        take(f"{name}: CPU of the Prefect server per run", one.server_cpu, "s")
        take(f"{name}: memory of a run", one.memory, "MB", note="its own share (PSS)")
    take("runs per minute, ratio", warm.per_minute / stock.per_minute, note=f"aim: at least {FASTER:g}")
    take("CPU of run and worker, ratio", (stock.run_cpu + stock.worker_cpu) / (warm.run_cpu + warm.worker_cpu))
    take("load of the machine before", load, note="of two cores; 0 when nothing else runs")
    assert warm.per_minute > stock.per_minute * 3
    assert warm.run_cpu < stock.run_cpu


def test_six_hundred_tenants_are_on_time(field: Field, figures: Figures) -> None:
    field.deploy("bench-warm")
    with worker(field, "warm"):
        ids = field.start(int(PACED_SECONDS * PACE), after=20, every=1 / PACE)
        found = field.ends(ids, PACED_SECONDS + 240)
    waits = sorted(wait(one) for one in found)
    take = figures.of("600 tenants every ten minutes: a run every second, on the warm worker")
    take("runs", len(waits), note=f"{PACED_SECONDS} seconds of them")
    take("from scheduled to running, median", median(waits), "s")
    take("from scheduled to running, 95 of 100", waits[int(len(waits) * 0.95)], "s")
    take("from scheduled to running, longest", waits[-1], "s", aim=LATE, note="Prefect calls a run late after 15 s")


# looking at processes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cpu:
    """CPU seconds: of a process itself, and of its children that have ended and been buried."""

    own: float
    children: float


def cpu(pid: int) -> Cpu:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system, user_below, system_below = (int(value) / TICKS for value in fields[11:15])
    return Cpu(user + system, user_below + system_below)


def wait(run: Json) -> float:
    """Seconds from when a run was due until it was running."""
    start, due = (datetime.fromisoformat(run[name]) for name in ("start_time", "expected_start_time"))
    return (start - due).total_seconds()


def sampled(pid: int, times: int = 8) -> list[float]:
    """Memory of the processes below one, in MB, each counted as often as it was met."""
    found = []
    for _ in range(times):
        time.sleep(0.7)
        for child in below(pid):
            try:
                told = Path(f"/proc/{child}/smaps_rollup").read_text()
            except OSError:
                continue
            found += [int(line.split()[1]) / 1000 * 1.024 for line in told.splitlines() if line.startswith("Pss:")]
    return found


def below(pid: int) -> list[int]:
    """All processes below one."""
    found = children(pid)
    return [*found, *(deeper for child in found for deeper in below(child))]
