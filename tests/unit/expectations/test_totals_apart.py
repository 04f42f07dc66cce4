"""Great Expectations in a process of its own says the same, and leaves nobody behind (ALL-07)."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import BugError
from expectations import apart
from expectations.totals import TotalRow, validate_totals

ROOT = Path(__file__).parents[3]
ROWS = [
    TotalRow("a", "Lämpö Øy 1", 100_00, 100_05, "NOK", "NOK", passed=True),
    TotalRow("b", "Invoice 2", 100_00, 100_06, "NOK", "NOK", passed=False),
    TotalRow("c", "Invoice 3", 100_00, 100_00, "EUR", "NOK", passed=False),
    TotalRow("d", "Invoice 4", 100_00, 100_06, "NOK", "NOK", passed=True),
]


@pytest.fixture
def validation(monkeypatch: pytest.MonkeyPatch) -> Iterator[apart.Validation]:
    """One as a process begins it that does not have Great Expectations."""
    monkeypatch.delitem(sys.modules, "great_expectations", raising=False)
    begun = apart.Validation()
    monkeypatch.undo()
    yield begun
    begun.give_up()


def test_the_other_process_says_what_this_one_would_say(validation: apart.Validation, tmp_path: Path) -> None:
    """ALL-07: 0.05 passes, 0.06 does not, two currencies do not, and a wrong gate is found out."""
    there = validation.validate(ROWS, tenant="demo", run="r", docs=tmp_path / "there")
    here = validate_totals(ROWS, tenant="demo", run="r", docs=tmp_path / "here")
    assert there.passed == here.passed == {"a": True, "b": False, "c": False, "d": False}
    assert there.disagreements == here.disagreements
    assert len(there.disagreements) == 1
    assert there.docs_index == tmp_path / "there" / "demo" / "index.html"
    assert there.docs_index.is_file()


@pytest.mark.parametrize(
    ("tenant", "docs", "error"), [("../x", None, ValueError), ("demo", Path("/proc/nowhere"), OSError)]
)
def test_its_errors_come_back(
    validation: apart.Validation, tenant: str, docs: Path | None, error: type[Exception]
) -> None:
    """A name that is no folder's, a folder that cannot be written."""
    with pytest.raises(error):
        validation.validate(ROWS, tenant=tenant, run="r", docs=docs)


def test_a_crash_is_a_bug_with_the_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run fails loudly instead of going without the check."""
    monkeypatch.delitem(sys.modules, "great_expectations", raising=False)
    monkeypatch.setattr(apart, "_PROGRAM", "import sys; sys.stdin.read(); sys.exit('no memory left')")
    with pytest.raises(BugError) as raised:
        apart.Validation().validate(ROWS, tenant="demo", run="r", docs=None)
    assert raised.value.why == "no memory left"


@pytest.mark.thorough
def test_a_process_whose_starter_was_killed_ends() -> None:
    """SIGKILL of a run leaves nothing running."""
    code = "import os, signal; from expectations.apart import Validation; v = Validation()\n"
    code += "print(v._process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    child = Path(f"/proc/{int(done.stdout)}")
    assert _comes_true(lambda: not child.exists() or "State:\tZ" in (child / "status").read_text())


def _comes_true(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 60
    while not (true := condition()) and time.monotonic() < end:
        time.sleep(0.1)
    return true
