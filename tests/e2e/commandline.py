"""`severa-sync` as a user calls it: a process of its own, with its output as it comes through a pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COMPLETED, FAILED, CONFIGURATION, WITH_ISSUES, SKIPPED = 0, 1, 2, 3, 4
"""The exit codes, in the words of the specification."""
FORCED_COLOURS = ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "CLICOLOR_FORCE", "COLUMNS")
"""Variables of the machine that runs the tests which would change what is printed into a pipe."""


@dataclass(frozen=True)
class Said:
    """How a call ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document."""
        return json.loads(self.out)

    @property
    def words(self) -> str:
        """Both outputs with every run of spaces and line breaks as one space: tables break long texts."""
        return " ".join(f"{self.out} {self.err}".split())

    @property
    def complaint(self) -> str:
        """The one line on the error channel; fails when there is none, more, or a traceback."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        assert len(lines) == 1, self.err
        return lines[0]

    def expect(self, *codes: int) -> Said:
        """The same; it must have ended with one of these exit codes and without a traceback."""
        assert self.code in codes, f"exit {self.code}\n{self.out}\n{self.err}"
        for said in (self.out, self.err):
            assert "Traceback" not in said, said
        return self


@dataclass(frozen=True)
class CommandLine:
    """Calls with one home and one folder of tenant files, both below `folder`; `variables` are set for each call."""

    folder: Path
    variables: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """`SEVERA_SYNC_HOME`."""
        return self.folder / "home"

    @property
    def tenants(self) -> Path:
        """`SEVERA_SYNC_TENANTS`."""
        return self.folder / "tenants"

    def file(self, tenant: str) -> Path:
        """A tenant's file."""
        return self.tenants / f"{tenant}.yaml"

    def environment(self, **more: str | None) -> dict[str, str]:
        """Variables of a call; None takes one out."""
        wanted: dict[str, str | None] = {
            **os.environ,
            **dict.fromkeys(FORCED_COLOURS),
            "PYTHONPATH": str(ROOT),
            "SEVERA_SYNC_HOME": str(self.home),
            "SEVERA_SYNC_TENANTS": str(self.tenants),
            **self.variables,
            **more,
        }
        return {name: value for name, value in wanted.items() if value is not None}

    def start(self, *arguments: str | Path, **more: str | None) -> subprocess.Popen[str]:
        """Start a call in `folder`, to be waited for or signalled."""
        return subprocess.Popen(
            [sys.executable, "-m", "cli.main", *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments: str | Path, timeout: float = 120, **more: str | None) -> Said:
        """Call and wait; `more` are variables of this call."""
        with self.start(*arguments, **more) as process:
            try:
                out, err = process.communicate(timeout=timeout)
            except BaseException:
                process.kill()
                raise
        return Said(process.returncode, out, err)


def rewrite(file: Path, **values: str) -> str:
    """Change settings of a written tenant file by hand, by the name that begins their line; the new text."""
    lines = file.read_text().splitlines()
    for name, value in values.items():
        (number,) = [n for n, line in enumerate(lines) if line.strip().startswith(f"{name}:")]
        indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
        lines[number] = f"{indent}{name}: {value}"
    text = "\n".join(lines) + "\n"
    file.write_text(text)
    return text


def line_of(file: Path, start: str) -> int:
    """The number (from 1) of the one line that begins with a text."""
    (number,) = [n for n, line in enumerate(file.read_text().splitlines(), 1) if line.strip().startswith(start)]
    return number


def everything_below(folder: Path) -> dict[Path, bytes]:
    """All files below a folder with their content."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
