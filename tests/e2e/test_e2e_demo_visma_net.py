"""The demo with Visma.net from beginning to end: taking it into use, payments and costs, and a quiet cycle."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.commandline import COMPLETED, CONFIGURATION, CommandLine
from tests.e2e.test_e2e_demo_and_server import AS_A_USER, needs_proc, processes


@needs_proc
@pytest.mark.thorough
def test_the_demo_with_visma_net_shows_three_cycles_and_leaves_nothing_running(tmp_path: Path) -> None:
    """VN-04, VN-11, VN-12, VN-15, VN-16: numbers at once, part payments and payments back, costs in."""
    cli = CommandLine(tmp_path, {**AS_A_USER, "SEVERA_SYNC_HOME": None, "SEVERA_SYNC_TENANTS": None})
    said = cli("demo", "--erp", "visma_net", timeout=240).expect(COMPLETED)
    assert processes(str(tmp_path)) == {}
    _, first, second, third = re.split(r"Cycle \d: ", said.out)
    for cycle in (first, second, third):
        for job in ("registry sync", "invoice export", "invoice status", "cost import"):
            assert re.search(rf"^{job} ", cycle, re.MULTILINE), job
    assert "differ by" in first
    found = re.search(r"sent (\d+) invoices.*?(\d+) of them were paid in part, and of (\d+) the rest", first, re.DOTALL)
    assert found is not None
    sent, part, whole = map(int, found.groups())
    assert sent >= part > whole > 0
    assert re.search(rf"^invoice status +{sent} +· +{part} ", second, re.MULTILINE), "payments did not come back"
    assert re.search(r"^cost import +3 +3 ", second, re.MULTILINE), "the costs did not come in"
    assert "Nothing was written in either system." in third
    ledger = third.partition("The ledger: every invoice once")[2]
    assert len(re.findall(r"^1\d{5} +(partially paid|paid|transferred) ", ledger, re.MULTILINE)) == sent
    assert len(re.findall(r"^1\d{5} +paid ", ledger, re.MULTILINE)) == whole
    assert "Error" not in said.err


def test_a_demo_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    said = CommandLine(tmp_path, AS_A_USER)("demo", "--erp", "netvisor").expect(CONFIGURATION)
    assert "poweroffice, visma_net or all" in said.err
