"""The check on the simulated systems, the gate before the first cycle, and the daily check afterwards (ALL-10)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from cli.output import Exit
from cli.running import run_flow
from core.errors import ConfigurationError
from core.issues import IssueState
from tests.support.company import Company, variables

SETTINGS = ("/v1/organizationdetails", "/v1/organizationsettings", "/v2/OrganizationSettings", "/v2/VatSettings")
"""What only a check asks for."""
RECORDS = {
    "poweroffice.rows.codes_filled": ["Vare uten kode"],
    "poweroffice.rows.codes_unique": [
        "DOBBEL Vare med samme kode som en arbeidstype",
        "DOBBEL Arbeidstype med samme kode som en vare",
    ],
    "poweroffice.rows.units_filled": ["Innleide"],
    "poweroffice.rows.payment_terms": ["10057 Ålborg Arkitekter AS"],
}
"""What the simulated companies have in them on purpose."""


def say(company: Company, *arguments: str) -> Result:
    """What the command prints, with its exit code."""
    with variables(company.environment):
        return CliRunner().invoke(app, [*arguments[:1], company.name, *arguments[1:]])


def asked(company: Company, mark: int) -> list[str]:
    """Calls since, of those that only a check makes."""
    return [one["path"] for one in company.sandbox.exchanges(mark) if one["path"] in SETTINGS]


@pytest.fixture(scope="module")
def before(company: Company) -> dict[str, Any]:
    """The check of the day before: the tenant is switched off."""
    company.set(enabled=False)
    mark = company.sandbox.mark()
    done = say(company, "check", "--json")
    assert done.exit_code == Exit.WITH_ISSUES, done.output
    assert company.sandbox.writes(mark) == []
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_the_day_before_it_says_what_is_to_be_looked_at_and_writes_nothing(
    company: Company, before: dict[str, Any]
) -> None:
    """ALL-10, PO-08, PO-12: the desk of a tenant that is switched off stays empty."""
    assert before["ready"] is True
    assert before["hard"] == before["unread"] == []
    soft = {each["key"]: each for each in before["soft"]}
    assert {key: soft[key]["records"] for key in RECORDS} == RECORDS
    assert soft["poweroffice.rows.codes_there"]["count"] > 5
    assert all(each["todo"] and each["where"] for each in before["soft"])
    assert any(each["title"].startswith("Severa's own PowerOffice integration is off") for each in before["by_hand"])
    with company.state() as state:
        assert state.issues.all() == []


def test_the_page_and_the_data_docs_lie_where_it_says(company: Company, before: dict[str, Any]) -> None:
    """ALL-10: Data Docs name the records."""
    folder = company.home / "checks" / company.name
    assert before["files"] == {kind: str(folder / f"check.{kind}") for kind in ("html", "json")}
    assert "Vare uten kode" in Path(before["files"]["html"]).read_text()
    index = Path(before["docs"])
    assert index == company.home / "data-docs" / company.name / "checks" / "index.html"
    assert "products in Severa" in index.read_text()
    (page,) = (index.parent / "validations" / "severa_products").rglob("*.html")
    assert "Vare uten kode" in page.read_text()


def test_it_is_printed_for_people_too(company: Company, before: dict[str, Any], tmp_path: Path) -> None:
    done = say(company, "check", "--html", str(tmp_path / "page.html"))
    assert done.exit_code == Exit.WITH_ISSUES, done.output
    assert "Vare uten kode" in done.output
    assert "To be checked by a person" in done.output
    assert "It may be switched on" in done.output
    assert (tmp_path / "page.html").is_file()


def test_a_wrong_setting_keeps_no_other_check_back(company: Company, before: dict[str, Any]) -> None:
    """ALL-10, PO-04: customers cannot be read without their segment, everything else can."""
    del before
    company.set(severa__prospect_segment="Nowhere")
    done = say(company, "check", "--json")
    company.set(severa__prospect_segment=None)
    assert done.exit_code == Exit.CONFIGURATION, done.output
    said = json.loads(done.stdout)
    assert [each["key"] for each in said["hard"]] == ["severa.prospect_segment"]
    assert "poweroffice.rows.customer_numbers" in {each["key"] for each in said["unread"]}
    assert "poweroffice.rows.codes_unique" in {each["key"] for each in said["soft"]}


def test_a_hard_finding_refuses_the_first_cycle_with_the_list_and_nothing_is_transferred(
    company: Company, before: dict[str, Any]
) -> None:
    """ALL-10, ALL-11: exit code 2, also in a preview."""
    company.set(enabled=True, severa__won_status="Nowhere", poweroffice__cost_product="NOTHING")
    mark = company.sandbox.mark()
    for options in ((), ("--preview",), ("--job", "registry_sync")):
        done = say(company, "run", *options)
        assert done.exit_code == Exit.CONFIGURATION, done.output
        assert "2 things are wrong" in done.stderr
        assert "Nowhere" in done.stderr
        assert "severa.cost_product" not in done.stderr
        assert "poweroffice.cost_product NOTHING is no active product" in done.stderr
    assert company.sandbox.writes(mark) == []
    assert {issue.record for issue in company.issues("check")} >= {
        "check:severa.won_status",
        "check:severa.cost_product",
    }


def test_what_a_person_accepts_refuses_no_more(company: Company, before: dict[str, Any]) -> None:
    """ALL-10: on the error desk, with a reason; taking it back refuses again."""
    company.set(severa__won_status=None)
    done = say(company, "issues", "--ignore", "check:severa.cost_product", "--reason", "We know.")
    assert done.exit_code == Exit.COMPLETED, done.output
    company.good("registry_sync", preview=True)
    done = say(company, "check", "--json")
    assert done.exit_code == Exit.WITH_ISSUES, done.output
    (accepted,) = json.loads(done.stdout)["accepted"]
    assert (accepted["key"], accepted["accepted_why"]) == ("severa.cost_product", "We know.")
    assert say(company, "issues", "--reopen", "check:severa.cost_product").exit_code == Exit.COMPLETED
    assert isinstance(company.run("registry_sync", preview=True).error, ConfigurationError)


def test_once_it_is_mended_the_first_cycle_goes_and_no_later_one_asks_again(
    company: Company, before: dict[str, Any]
) -> None:
    """ALL-10, law 7: a quiet cycle makes no call for it."""
    del before
    company.set(severa__won_status=None, poweroffice__cost_product=None)
    mark = company.sandbox.mark()
    company.good()
    assert sorted(asked(company, mark)) == sorted(SETTINGS)
    mark = company.sandbox.mark()
    company.good()
    assert asked(company, mark) == []


def test_the_daily_check_opens_and_resolves_issues_and_stops_nothing(company: Company, before: dict[str, Any]) -> None:
    """ALL-10, ALL-13."""
    del before
    company.set(severa__won_status="Nowhere")
    outcome = checked(company)
    assert outcome.state == "completed with issues"
    found = {issue.record: issue for issue in company.issues("check")}
    assert "Nowhere" in found["check:severa.won_status"].what
    assert "Vare uten kode" in found["check:poweroffice.rows.codes_filled"].what
    mark = company.sandbox.mark()
    outcome = company.run("invoice_export")
    assert asked(company, mark) == []
    assert outcome.error is None
    company.set(severa__won_status=None)
    checked(company)
    assert "check:severa.won_status" not in {issue.record for issue in company.issues("check")}
    with company.state() as state:
        resolved = state.issues.all(IssueState.RESOLVED)
    assert "check:severa.won_status" in {issue.record for issue in resolved}


def test_a_registry_that_cannot_be_read_leaves_its_checks_open(company: Company, before: dict[str, Any]) -> None:
    """Law 3: the others are made, and its issues stay."""
    del before
    company.sandbox.fault("severa", "GET", "/v1/businessunits", "status:500", times=3)
    done = say(company, "check", "--json")
    assert done.exit_code == Exit.WITH_ISSUES, done.output
    unread = {each["key"] for each in json.loads(done.stdout)["unread"]}
    assert unread == {"poweroffice.rows.units_filled", "poweroffice.rows.units_unique"}
    assert "check:poweroffice.rows.units_filled" in {issue.record for issue in company.issues("check")}


def checked(company: Company) -> Any:
    """The daily check, as the worker runs it."""
    with variables(company.environment):
        outcome = run_flow("check", company.name, {}, quiet=True)
    if outcome.error is not None:
        raise outcome.error
    return outcome
