"""The check and the gate before the first cycle with the simulated Visma.net (ALL-10, VN-03, VN-09)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.output import Exit
from tests.support.company import variables
from tests.support.sandbox import Sandbox, serving
from tests.support.visma_net_company import VismaNetCompany, found_visma_net_company


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with serving(tmp_path_factory.mktemp("sandbox"), erp="visma_net") as running:
        yield running


@pytest.fixture(scope="module")
def company(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> VismaNetCompany:
    return found_visma_net_company(tmp_path_factory.mktemp("company"), sandbox)


def test_the_check_names_what_visma_net_would_refuse_or_double(company: VismaNetCompany) -> None:
    """VN-03, VN-07, VN-09: a project number of another length, one name twice, a code twice."""
    company.sandbox.act("severa", "create_project", customer=10001, name="For kort", number=77)
    with variables(company.environment):
        done = CliRunner().invoke(app, ["check", company.name, "--json"])
    assert done.exit_code == Exit.WITH_ISSUES, done.output
    said = json.loads(done.stdout)
    soft = {each["key"]: each["records"] for each in said["soft"]}
    assert soft["visma_net.rows.project_lengths"] == ["77 For kort"]
    assert sorted(soft["visma_net.rows.erp_names_unique"]) == [
        "10085 Ålborg Rådgivning ASA",
        "50020 Ålborg Rådgivning ASA",
    ]
    assert len(soft["visma_net.rows.codes_unique"]) == 2
    assert {each["key"] for each in said["passed"]} >= {
        "visma_net.project_key",
        "visma_net.template",
        "severa.statuses",
    }


def test_a_length_that_does_not_fit_refuses_the_first_cycle_until_it_is_set(company: VismaNetCompany) -> None:
    """VN-09, guide: synchronization of data will fail otherwise."""
    length = company.visma("set_segmented_key", id="PROJECT")["key"]["length"]
    company.visma("set_segmented_key", id="PROJECT", length=length + 2)
    mark = company.sandbox.mark()
    with variables(company.environment):
        done = CliRunner().invoke(app, ["run", company.name])
    assert done.exit_code == Exit.CONFIGURATION, done.output
    assert f"have exactly {length + 2} characters" in done.stderr
    assert "CS202000" in done.stderr
    assert company.sandbox.writes(mark) == []
    company.visma("set_segmented_key", id="PROJECT", length=length)
    company.good("registry_sync", preview=True)
