"""A process that stands ready, begins when it is told to, and says in one line of JSON what it came to."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Prepared:
    """One such process."""

    _process: subprocess.Popen[str]

    def go(self) -> None:
        """Let it begin."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write("go\n")
        stdin.flush()

    def told(self) -> Any:
        """What it came to, once it is done."""
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def kill(self) -> None:
        """SIGKILL; nothing of it is left afterwards."""
        self._process.kill()
        self._process.wait()


@contextmanager
def prepared(module: str, *arguments: str) -> Iterator[Prepared]:
    """Run a module such as `tests.support.sharing` until the block ends; it has said that it is ready."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "ready\n"
            yield Prepared(process)
        finally:
            process.kill()
