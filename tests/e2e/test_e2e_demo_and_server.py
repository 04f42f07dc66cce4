"""The demo from beginning to end, and the local Prefect server that `run` starts by itself."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.e2e.commandline import COMPLETED, FAILED, CommandLine
from tests.support.company import NAME
from tests.support.sandbox import Sandbox

AS_A_USER = dict.fromkeys(
    ("PREFECT_API_URL", "PREFECT_HOME", "PREFECT_LOGGING_TO_API_ENABLED", "PREFECT_LOGGING_LEVEL"), None
)
"""Variables that other tests set to be quick."""


def processes(mark: str) -> dict[int, str]:
    """Living processes whose command or environment holds a text: process number -> command."""
    found: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (entry / "cmdline").read_bytes()
            if mark.encode() in command + (entry / "environ").read_bytes() and int(entry.name) != os.getpid():
                found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at processes in /proc")


@needs_proc
def test_the_demo_shows_three_cycles_and_leaves_nothing_running(tmp_path: Path) -> None:
    """Specification, section 1."""
    cli = CommandLine(tmp_path, {**AS_A_USER, "SEVERA_SYNC_HOME": None, "SEVERA_SYNC_TENANTS": None})
    started = time.monotonic()
    said = cli("demo", timeout=120).expect(COMPLETED)
    took = time.monotonic() - started
    assert processes(str(tmp_path)) == {}
    assert took < 90
    assert re.search(r"Prefect UI: http://127\.0\.0\.1:\d+", said.out)
    _, first, second, third = re.split(r"Cycle \d: ", said.out)
    for cycle in (first, second, third):
        for job in ("registry sync", "invoice export", "invoice status", "cost import"):
            assert re.search(rf"^{job} ", cycle, re.MULTILINE), job
        assert "/runs/flow-run/" in cycle
    assert "Rejected, and why" in first
    assert "differ by" in first
    sent, paid = re.search(r"sent (\d+) invoices to customers\.\s+(\d+) of them were paid", first).groups()  # type: ignore[union-attr]  # fails then
    assert int(sent) > int(paid) > 0
    assert re.search(rf"^invoice status +{sent} +· +{sent} ", second, re.MULTILINE)
    assert re.search(r"^cost import +\d+ +[1-9]", second, re.MULTILINE), "the supplier's invoice did not come in"
    assert "Nothing was written in either system." in third
    ledger = third.partition("The ledger: every invoice once")[2]
    assert len(re.findall(r"^4\d{4} +(paid|sent) ", ledger, re.MULTILINE)) == int(sent)
    assert len(re.findall(r"^4\d{4} +paid ", ledger, re.MULTILINE)) == int(paid)
    assert "Error" not in said.err


@pytest.fixture
def alone(tmp_path: Path, sandbox: Sandbox) -> Iterator[CommandLine]:
    """The command line without any Prefect server at hand; one that a call has started is stopped at the end."""
    cli = CommandLine(tmp_path, AS_A_USER)
    cli("init", NAME, "--erp", "poweroffice", "--from-sandbox", sandbox.ready).expect(COMPLETED)
    yield cli
    cli("server", "stop").expect(COMPLETED)


@pytest.mark.thorough
@needs_proc
def test_a_run_starts_the_local_server_once_and_the_next_ones_use_it(alone: CommandLine) -> None:
    """Specification, section 3: never a server per command."""
    assert alone("server", "status", "--json").expect(FAILED).json == {"up": False, "url": None, "pid": None}
    assert alone("server", "stop").expect(COMPLETED).out == "It was not running.\n"
    first = alone("run", NAME, "--job", "cost_import").expect(COMPLETED)
    up = alone("server", "status", "--json").expect(COMPLETED).json
    assert set(up) == {"up", "url", "pid"}
    assert up["up"] is True
    assert up["pid"] in processes(str(alone.home))
    assert httpx.get(f"{up['url']}/api/health").json() is True
    assert up["url"] in alone("server", "start").expect(COMPLETED).out
    second = alone("run", NAME, "--job", "cost_import").expect(COMPLETED)
    for said in (first, second):
        assert f"{up['url']}/runs/flow-run/" in said.out
    assert alone("server", "status", "--json").expect(COMPLETED).json == up
    counted = httpx.post(f"{up['url']}/api/flow_runs/count", json={}).json()
    assert counted == 2
    assert alone("server", "stop").expect(COMPLETED).out == "Stopped.\n"
    assert alone("server", "status").expect(FAILED).out == "Not running.\n"
    assert processes(str(alone.home)) == {}
