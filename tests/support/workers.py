"""Workers as processes of their own, on the session's Prefect server: started, watched and killed by tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.thorough import thorough

ROOT = Path(__file__).parents[2]
FLOWS = "tests/support/worker_flows.py"
Json = dict[str, Any]
KINDS = ["warm", *thorough(["process"])]
"""Ours in every run of the tests; Prefect's own, which it is held against, in `make thorough`."""
PATIENCE = 60.0


def eventually(look: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """What is looked for, once it is there."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"{what}: not after {seconds} seconds"
        time.sleep(0.1)
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def children(pid: int) -> list[int]:
    """The processes below one."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


class Patient(httpx.HTTPTransport):
    """Asks again where the server's database was locked: SQLite, on a busy machine."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(20):
            response = super().handle_request(request)
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            response.close()
            time.sleep(0.5)
        return response


@dataclass
class Floor:
    """A work pool with deployments of the flows above, and their runs."""

    api: httpx.Client
    folder: Path
    pool: str
    type: str
    deployments: dict[str, str] = field(default_factory=dict)

    def deployment(self, flow: str) -> str:
        """The id of a flow's deployment."""
        if flow not in self.deployments:
            made = self.api.post("/flows/", json={"name": flow.replace("_", "-")}).json()["id"]
            answer = self.api.post(
                "/deployments/",
                json={
                    "name": self.pool,
                    "flow_id": made,
                    "work_pool_name": self.pool,
                    "entrypoint": f"{FLOWS}:{flow}",
                    "pull_steps": [{"prefect.deployments.steps.set_working_directory": {"directory": str(ROOT)}}],
                },
            )
            assert answer.is_success, answer.text
            self.deployments[flow] = answer.json()["id"]
        return self.deployments[flow]

    def start(self, flow: str, **parameters: Any) -> str:
        """Ask for a run now; its id."""
        path = f"/deployments/{self.deployment(flow)}/create_flow_run"
        answer = self.api.post(path, json={"parameters": parameters, "enforce_parameter_schema": False})
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    def file(self, name: str) -> str:
        """A file for what a run saw."""
        return str(self.folder / name)

    def seen(self, file: str, seconds: float = PATIENCE) -> Json:
        """What a run wrote."""
        path = Path(file)
        found: Json = json.loads(
            eventually(lambda: path.exists() and path.read_text(), f"{path.name} of a run", seconds)
        )
        return found

    def run(self, run: str) -> Json:
        """A run as the server holds it."""
        found: Json = self.api.get(f"/flow_runs/{run}").json()
        return found

    def state(self, run: str) -> tuple[str, str]:
        """Type and name of its state."""
        state = self.run(run)["state"]
        return state["type"], state["name"]

    def becomes(self, run: str, *types: str, seconds: float = PATIENCE) -> Json:
        """The state, once it is one of these types."""

        def look() -> Json | None:
            state: Json = self.run(run)["state"]
            return state if state["type"] in types else None

        found: Json = eventually(look, f"the run to be {' or '.join(types)} and not {self.state(run)}", seconds)
        return found

    def ends(self, run: str, seconds: float = PATIENCE) -> Json:
        """The state at its end."""
        return self.becomes(run, "COMPLETED", "FAILED", "CRASHED", "CANCELLED", seconds=seconds)

    def cancel(self, run: str) -> None:
        """A person cancels it."""
        state = {"type": "CANCELLING", "name": "Cancelling"}
        assert self.api.post(f"/flow_runs/{run}/set_state", json={"state": state}).is_success

    def logs(self, run: str) -> list[str]:
        """The lines of its log."""
        wish = {"logs": {"flow_run_id": {"any_": [run]}}}
        return [str(one["message"]) for one in self.api.post("/logs/filter", json=wish).json()]

    def runs(self) -> list[Json]:
        """All runs of the pool."""
        wish = {"work_pools": {"name": {"any_": [self.pool]}}}
        found: list[Json] = self.api.post("/flow_runs/filter", json=wish).json()
        return found


@dataclass
class Worker:
    """A worker's process."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """The worker's own."""
        return self.process.pid

    @property
    def template(self) -> int:
        """The warm worker's template."""
        (found,) = [pid for pid in children(self.pid) if b"workers.template" in _command(pid)]
        return found

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        """End it; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=60)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def floor(api_url: str, folder: Path, kind: str) -> Iterator[Floor]:
    """A new pool of a kind."""
    folder.mkdir(parents=True, exist_ok=True)
    with httpx.Client(base_url=api_url, timeout=60, transport=Patient()) as api:
        pool_type = "severa-sync" if kind == "warm" else "process"
        made = Floor(api, folder, f"{kind}-{folder.name}-{time.time_ns()}", pool_type)
        if kind == "process":
            assert api.post("/work_pools/", json={"name": made.pool, "type": "process"}).is_success
        else:
            from workers.warm import WarmWorker  # noqa: PLC0415 - Prefect reads its settings when it is imported

            body = {
                "name": made.pool,
                "type": pool_type,
                "base_job_template": WarmWorker.get_default_base_job_template(),
            }
            assert api.post("/work_pools/", json=body).is_success
        yield made


@contextmanager
def worker(
    floor: Floor, api_url: str, kind: str, *, limit: int = 4, variables: Mapping[str, str] | None = None
) -> Iterator[Worker]:
    """A worker of a kind on a pool, ready; killed at the end with all that it started."""
    log = floor.folder / f"worker-{time.time_ns()}.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_LOGGING")}
    environment |= {
        "PREFECT_API_URL": api_url,
        "PREFECT_WORKER_QUERY_SECONDS": "0.5",
        "PREFECT_WORKER_CANCELLATION_POLL_SECONDS": "2",
        "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "0.5",
        "SEVERA_SYNC_HOME": str(floor.folder / "home"),
        "SEVERA_SYNC_TENANTS": str(floor.folder / "tenants"),
        **(variables or {}),
    }
    if kind == "warm":
        command = [sys.executable, "-m", "cli.main", "worker", "--pool", floor.pool, "--limit", str(limit), "--verbose"]
    else:
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", floor.pool, "--limit", str(limit)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    running = Worker(process, log)
    try:
        eventually(lambda: process.poll() is not None or b"started!" in log.read_bytes(), "the worker to start", 120)
        assert process.poll() is None, log.read_text()
        yield running
    finally:
        with_all = [process.pid, *_below(process.pid)]
        for pid in with_all:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait(timeout=30)


def _below(pid: int) -> list[int]:
    found = children(pid)
    return [*found, *(deeper for child in found for deeper in _below(child))]
