"""Hosts as processes: each with a warm worker, and with a home, secrets and tenant files that no other one sees."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.company import Company
from tests.support.listening import Moment
from tests.support.workers import ROOT, Floor, Json, children, eventually

ELSEWHERE = """\
import os, socket
if name := os.environ.get("NAME_OF_THE_HOST"):
    socket.gethostname = lambda: name
"""
"""Python runs a module called sitecustomize in every process that it starts: this one is on another host."""


@dataclass
class Host:
    """A worker with all that it started, and a home that nobody else sees."""

    name: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    lines: Path = field(default=Path())

    def furnish(self, companies: Sequence[Company]) -> None:
        """Bring the tenant files and the secrets here, as a person would."""
        for company in companies:
            shutil.copytree(company.tenants, self.folder / "tenants", dirs_exist_ok=True)
            shutil.copytree(company.home / "secrets", self.folder / "home" / "secrets", dirs_exist_ok=True)

    def start(self, pool: str, variables: Mapping[str, str], *options: str) -> None:
        """Start the worker; it is not ready yet."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_LOGGING")}
        environment |= {
            "PREFECT_HOME": str(self.folder / "prefect"),
            "PREFECT_WORKER_QUERY_SECONDS": "0.5",
            "SEVERA_SYNC_HOME": str(self.folder / "home"),
            "SEVERA_SYNC_TENANTS": str(self.folder / "tenants"),
            **variables,
        }
        command = [sys.executable, "-m", "cli.main", "worker", "--pool", pool, "--name", self.name, *options]
        self.lines = self.folder / "worker.log"
        with self.lines.open("wb") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )

    def ready(self) -> None:
        """Wait until it takes work."""
        process = self.process
        assert process is not None
        eventually(
            lambda: process.poll() is not None or b"started!" in self.lines.read_bytes(), f"{self.name} to start", 180
        )
        assert process.poll() is None, self.lines.read_text()

    def dies(self) -> None:
        """Everything on it ends at once: worker, template, runs, and what these had started."""
        if self.process is not None:
            for pid in _with_all_below(self.process.pid):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            self.process.wait(timeout=60)
            self.process = None


def _with_all_below(pid: int) -> list[int]:
    return [pid, *(deeper for child in children(pid) for deeper in _with_all_below(child))]


@contextmanager
def hosts(folder: Path, *names: str) -> Iterator[list[Host]]:
    """Hosts with nothing on them yet; at the end all are switched off."""
    found = [Host(name, folder / name) for name in names]
    try:
        for host in found:
            (host.folder / "home").mkdir(parents=True)
        yield found
    finally:
        for host in found:
            host.dies()


class Blackout:
    """Holds the answer to the `number`th request of a kind until the host that had sent it is dead."""

    def __init__(self, moment: Moment, number: int = 1) -> None:
        self._moment, self._left = moment, number
        self.reached, self._over = threading.Event(), threading.Event()

    def __call__(self, moment: Moment) -> bool:
        """What the simulated systems ask at every moment."""
        if moment == self._moment and not self.reached.is_set():
            self._left -= 1
            if self._left == 0:
                self.reached.set()
                self._over.wait(60)
        return False

    def over(self) -> None:
        """The host is dead."""
        self._over.set()


def started(here: Floor, deployment: str, queue: str | None = None, **parameters: object) -> str:
    """A run that is asked for now; its id."""
    body: Json = {"parameters": parameters, "enforce_parameter_schema": False, "work_queue_name": queue}
    answer = here.api.post(f"/deployments/{deployment}/create_flow_run", json=body)
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


def worker_of(here: Floor, run: str) -> str:
    """The name of the worker that took a run."""
    return str(here.run(run)["labels"]["prefect.worker.name"])


def heir_of(here: Floor, run: str) -> str:
    """The run that takes the place of a crashed one."""

    def look() -> list[str]:
        return [one["id"] for one in here.runs() if one["idempotency_key"] == f"again-1-{run}"]

    (found,) = eventually(look, "its heir")
    return str(found)
