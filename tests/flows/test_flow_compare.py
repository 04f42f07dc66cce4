"""The comparison report on the simulated systems, and the first cycle right after it (ALL-09, law 2)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.output import Exit
from cli.running import run_flow
from core.comparison.report import Comparison, Fate, RegistryComparison
from core.records import Registry, Side
from tasks.compare import WANTED, Wanted
from tests.support.company import Company, variables

SEVERA, ERP = Side.SEVERA, Side.ERP


@dataclass
class Compared:
    """A comparison, its files, and what was written meanwhile."""

    comparison: Comparison
    files: dict[str, Path]
    writes: list[str]
    state: str


def compared(company: Company, folder: Path | None = None) -> Compared:
    """Run the flow as the command line does."""
    mark = company.sandbox.mark()
    wanted = Wanted(folder)
    token = WANTED.set(wanted)
    try:
        with variables(company.environment):
            outcome = run_flow("compare", company.name, {}, quiet=True)
    finally:
        WANTED.reset(token)
    if outcome.error is not None:
        raise outcome.error
    assert wanted.comparison is not None
    return Compared(wanted.comparison, wanted.files, company.sandbox.writes(mark), outcome.state)


@pytest.fixture(scope="module")
def spoiled(company: Company) -> Company:
    """What people do to two registries that are to be linked tomorrow; the tenant is still switched off."""
    act = company.sandbox.act
    act("severa", "create_customer", members={"name": "Nordwind Oy", "number": 10601, "vatNumber": "FI20774740"})
    act("poweroffice", "create_customer", Name="NORDWIND OYJ", Number=10701, OrganizationNumber="2077474-0")
    company.set(enabled=False)
    return company


@pytest.fixture(scope="module")
def before(spoiled: Company, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """The report before anything else."""
    return compared(spoiled, tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def links(before: Compared, spoiled: Company) -> dict[Registry, dict[str, str]]:
    """What the first cycle linked after it: Severa id -> ERP id."""
    spoiled.set(enabled=True)
    spoiled.good("registry_sync")
    with spoiled.state() as state:
        return {registry: {link.severa_id: link.erp_id for link in state.links.all(registry)} for registry in Registry}


def of(before: Compared, registry: Registry) -> RegistryComparison:
    return next(each for each in before.comparison.registries if each.registry is registry)


def test_the_report_writes_nothing_anywhere_and_needs_no_switch(spoiled: Company, before: Compared) -> None:
    """Law 2, ALL-11."""
    assert before.writes == []
    assert before.state == "completed with issues"
    assert {path.name for path in before.files.values()} == {f"comparison.{kind}" for kind in ("html", "xlsx", "json")}


@pytest.mark.parametrize("registry", list(Registry))
def test_what_it_promises_is_what_the_first_cycle_links_and_creates(
    before: Compared, links: dict[Registry, dict[str, str]], registry: Registry
) -> None:
    """What PowerOffice itself refuses shows only when it is written."""
    rows = of(before, registry).rows
    promised = {(row.severa.id, row.erp.id) for row in rows if row.fate is Fate.LINK and row.severa and row.erp}
    linked = set(links[registry].items())
    assert promised <= linked
    created = {SEVERA: set[str](), ERP: set[str]()}
    for row in rows:
        if row.fate is Fate.CREATE:
            created[row.items[0].side].add(row.items[0].id)
    new = linked - promised
    for severa_id, erp_id in new:
        assert severa_id in created[SEVERA] or erp_id in created[ERP], (severa_id, erp_id)
    unforeseen = sum(map(len, created.values())) - len(new)
    assert 0 <= unforeseen <= (3 if registry in {Registry.CUSTOMERS, Registry.PRODUCTS, Registry.PROJECTS} else 1)


def test_a_pair_with_one_vat_number_and_two_customer_numbers_is_named(before: Compared) -> None:
    one = next(each for each in of(before, Registry.CUSTOMERS).likely if each.severa.key == "10601")
    assert one.erp.key == "10701"
    assert one.score > 95
    assert one.evidence[0] == "same VAT number"
    assert "another legal form (oy, oyj)" in one.evidence[1]


def test_the_json_file_says_the_same_and_holds_every_record(before: Compared) -> None:
    said: dict[str, Any] = json.loads(before.files["json"].read_text())
    for each in before.comparison.registries:
        rows = said["registries"][each.registry.value]["rows"]
        assert [(row["fate"], (row["severa"] or {}).get("id"), (row["erp"] or {}).get("id")) for row in rows] == [
            (row.fate.value, row.severa.id if row.severa else None, row.erp.id if row.erp else None)
            for row in each.rows
        ]


def test_after_the_first_cycle_nothing_is_left_to_link(spoiled: Company, links: dict[Registry, dict[str, str]]) -> None:
    after = compared(spoiled)
    assert after.writes == []
    assert after.comparison.number(Fate.LINK) == 0
    assert after.comparison.number(Fate.LINKED) == sum(map(len, links.values()))
    assert after.files["html"].parent == spoiled.home / "comparisons" / spoiled.name


def test_the_command_prints_figures_for_programs_and_writes_where_it_is_told(spoiled: Company, tmp_path: Path) -> None:
    with variables(spoiled.environment):
        done = CliRunner().invoke(app, ["compare", spoiled.name, "--out", str(tmp_path / "out"), "--json"])
    assert done.exit_code == Exit.WITH_ISSUES, done.output
    said = json.loads(done.stdout)
    assert said["attention"] > 0
    assert set(said["registries"]) == {registry.value for registry in Registry}
    assert [Path(path).parent for path in said["files"].values()] == [tmp_path / "out"] * 3
    assert all(Path(path).exists() for path in said["files"].values())


def test_the_command_prints_a_table_for_people(spoiled: Company, tmp_path: Path) -> None:
    with variables(spoiled.environment):
        done = CliRunner().invoke(app, ["compare", spoiled.name, "--out", str(tmp_path)])
    assert done.exit_code == Exit.WITH_ISSUES, done.output
    assert "Customers" in done.output


def test_a_folder_that_cannot_be_written_to_is_a_mistake_of_who_called(spoiled: Company, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with variables(spoiled.environment):
        done = CliRunner().invoke(app, ["compare", spoiled.name, "--out", str(tmp_path / "file" / "out"), "--json"])
    assert done.exit_code == Exit.CONFIGURATION, done.output


def test_a_registry_that_cannot_be_read_is_said_to_be_missing(spoiled: Company) -> None:
    """Law 3: the others are compared."""
    spoiled.sandbox.fault("poweroffice", "GET", "/v2/Departments", "status:500", times=3)
    found = compared(spoiled).comparison
    assert Registry.BUSINESS_UNITS not in {each.registry for each in found.registries}
    (said,) = found.unread
    assert said.startswith("business units: ")
    assert len(said) > len("business units: ")
