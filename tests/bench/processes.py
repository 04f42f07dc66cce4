"""Processes that are measured from outside: wall time, CPU time and the peak of their memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 3600.0
"""Seconds after which a process has gone wrong."""
_EVERY = 0.02
_HIGH_WATER = "VmHWM:"
_NOW = "VmRSS:"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process took: seconds by the clock, seconds of CPU (user and system, its ended children's included).

    Peaks of resident memory in MB: its own, and of it together with the processes that it started.
    """

    seconds: float
    cpu: float
    peak: float
    peak_of_all: float


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that ended: what it took, its exit code, what it printed."""

    usage: Usage
    code: int
    output: str


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """A user's environment: what the test session set for Prefect and the product stays out of it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "SEVERA_SYNC_"))}
    return {**kept, **variables}


def measured(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Finished:
    """Run a command to its end. Its error channel goes to `folder`/err.log.

    The peak is the kernel's own high-water mark of the process, read until it ends; the figure that `wait4` gives
    would include the memory of whoever started it.
    """
    out, log = folder / "out.log", folder / "err.log"
    with out.open("wb") as output, log.open("ab") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=output, stderr=errors, stdin=subprocess.DEVNULL, cwd=ROOT, env=environment(variables)
        )
        peak = together = 0.0
        while True:
            peak = max(peak, _memory(process.pid, _HIGH_WATER))
            together = max(together, sum(_memory(pid, _NOW) for pid in (process.pid, *_children(process.pid))))
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() - started > LONGEST:
                process.kill()
            time.sleep(_EVERY)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    usage = Usage(seconds, used.ru_utime + used.ru_stime, peak, max(peak, together))
    return Finished(usage, process.returncode, out.read_text())


def _memory(pid: int, which: str) -> float:
    """MB; 0 when the process has ended or is only just beginning."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    place = text.find(which)
    return int(text[place:].split(maxsplit=2)[1]) / 1000 * 1.024 if place >= 0 else 0.0


def _children(pid: int) -> list[int]:
    try:
        files = list(Path(f"/proc/{pid}/task").glob("*/children"))
        return [int(child) for file in files for child in file.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
