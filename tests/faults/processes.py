"""Runs of jobs in processes of their own, forked from a warm one: see `template.py`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
KILLED = -signal.SIGKILL
NOWHERE = "http://127.0.0.1:9/api"
"""No Prefect server is asked for anything."""


@dataclass
class Run:
    """A run under way or ended. `told` is what it came to; empty when it was killed."""

    job: str
    pid: int
    output: Path
    code: int | None = None
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def killed(self) -> bool:
        return self.code == KILLED

    def kill(self) -> None:
        """SIGKILL, as a power cut or the kernel would; nothing happens when it has ended."""
        if self.code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


class Runs:
    """Starts runs for a tenant's home; several may be under way at a time."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._numbers = count()

    def start(self, job: str, environment: Mapping[str, str], *, tenant: str, **more: Any) -> Run:
        """Start a job's run. `database` and `totals` are explained in `template.py`."""
        output = self._folder / f"told-{next(self._numbers)}"
        order = {"job": job, "tenant": tenant, "environment": dict(environment), "output": str(output), **more}
        return Run(job, self._ask({"start": order}), output)

    def wait(self, run: Run) -> Run:
        """Wait for its end."""
        if run.code is None:
            run.code = self._ask({"wait": run.pid})
            if run.output.exists():
                run.told = json.loads(run.output.read_text() or "{}")
                run.output.unlink()
        return run

    def _ask(self, order: Mapping[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def template(folder: Path, module: str = "tests.faults.template") -> Iterator[Runs]:
    """A warm process, until the block ends."""
    variables = {**os.environ, "PREFECT_API_URL": NOWHERE, "PREFECT_LOGGING_TO_API_ENABLED": "false"}
    command = [sys.executable, "-m", module]
    with (
        (folder / "template.log").open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            yield Runs(process, folder)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(timeout=30) == 0, (folder / "template.log").read_text()
