"""Great Expectations costs nothing until a batch is validated, says nothing, and calls nobody (ALL-07)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

ROWS = """
from pathlib import Path
from expectations.totals import TotalRow, validate_totals
ROWS = [TotalRow("a", "Invoice 1", 100, 106, "NOK", "NOK", passed=False)]
"""


def python(code: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter, warnings being errors, in an empty working directory and home."""
    (home := cwd / "home").mkdir()
    (here := cwd / "here").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GX_", "COVERAGE"))}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=here,
        env=kept | {"PYTHONPATH": str(ROOT), "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_neither_the_import_nor_an_empty_batch_imports_great_expectations(tmp_path: Path) -> None:
    """ALL-07: a quiet cycle needs neither it nor pandas."""
    code = ROWS + (
        "import sys, expectations.frame, expectations.loading\n"
        "assert validate_totals([], tenant='demo', run='r', docs=Path('docs')).passed == {}\n"
        "print(sorted({'great_expectations', 'pandas', 'numpy', 'jinja2'} & set(sys.modules)))"
    )
    done = python(code, tmp_path)
    assert (done.stdout, done.stderr) == ("[]\n", "")
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.thorough
def test_a_validation_connects_to_nobody_prints_nothing_and_leaves_no_file(tmp_path: Path) -> None:
    """ALL-07: even where the environment asks for telemetry."""
    code = (
        "import sys\n"
        "calls = []\n"
        "def watch(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.gethostbyname', 'socket.sendto'):\n"
        "        calls.append((event, args[1:] if event == 'socket.connect' else args))\n"
        "        raise ConnectionRefusedError(event)\n"
        "sys.addaudithook(watch)\n"
        "import atexit\n"
        "atexit.register(lambda: print('calls', calls))\n" + ROWS + "import socket\n"
        "try:\n"
        "    socket.create_connection(('localhost', 9))\n"
        "except ConnectionRefusedError:\n"
        "    print('guarded', len(calls)); calls.clear()\n"
        "for run in ('one', 'two'):\n"
        "    result = validate_totals(ROWS, tenant='demo', run=run, docs=Path('../docs'))\n"
        "    print(result.passed, result.disagreements)\n"
        "import os; print(os.environ['GX_ANALYTICS_ENABLED'])\n"
    )
    done = python(code, tmp_path, GX_ANALYTICS_ENABLED="true")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["guarded 1", "{'a': False} []", "{'a': False} []", "false", "calls []"]
    assert done.stderr == ""
    assert list((tmp_path / "here").iterdir()) == []
    assert list((tmp_path / "home").iterdir()) == []
    assert (tmp_path / "docs" / "demo" / "index.html").is_file()
