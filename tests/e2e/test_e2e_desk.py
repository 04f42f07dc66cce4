"""The error desk and the audit trail as people use them on the command line (issue 3, sections 4 and 5)."""

from __future__ import annotations

import getpass
from typing import Any

import pytest
import sqlalchemy as sa

from tests.e2e.commandline import COMPLETED, CONFIGURATION, WITH_ISSUES, CommandLine, Said
from tests.support.company import NAME, STATUSES, Company

pytestmark = [pytest.mark.usefixtures("prefect_api"), pytest.mark.thorough]


@pytest.fixture(scope="module")
def rejected(first: Said, cli: CommandLine, company: Company) -> list[str]:
    """Two invoices with a product code that nobody has, after a run: guids."""
    guids = [company.bill({"code": f"=cmd{n}", "quantity": 1, "unit_price": 5, "vat_rate": 25}) for n in range(2)]
    cli("run", NAME, "--job", "invoice_export").expect(WITH_ISSUES)
    return guids


def listed(cli: CommandLine, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cli("issues", NAME, *options, "--json").expect(COMPLETED).json
    return found


def test_issues_are_narrowed_by_class_place_state_and_record(settled: CommandLine, rejected: list[str]) -> None:
    every = listed(settled, "--all")
    assert {row["state"] for row in every} <= {"open", "resolved", "ignored"}
    missing = listed(settled, "--class", "missing-dependency")
    assert missing
    assert {row["class"] for row in missing} == {"missing dependency"}
    exported = listed(settled, "--registry", "invoice-export")
    assert {row["scope"] for row in exported} == {"invoice_export"}
    assert listed(settled, "--scope", "invoice_export", "--class", "bug") == []
    (one,) = listed(settled, "--record", rejected[0])
    assert one["record"] == f"severa:{rejected[0]}"
    assert listed(settled, "--record", f"severa:{rejected[0]}") == [one]
    assert listed(settled, "--state", "resolved") == [row for row in every if row["state"] == "resolved"]


def test_what_the_last_run_brought_is_shown_alone(settled: CommandLine, company: Company, rejected: list[str]) -> None:
    guid = company.bill({"code": "NYTT", "quantity": 1, "unit_price": 5, "vat_rate": 25})
    settled("run", NAME, "--job", "invoice_export").expect(WITH_ISSUES)
    assert [row["record"] for row in listed(settled, "--new")] == [f"severa:{guid}"]
    settled("run", NAME, "--job", "invoice_export").expect(WITH_ISSUES)
    assert listed(settled, "--new") == []
    assert "No such issues." in settled("issues", NAME, "--new").expect(COMPLETED).out


def test_an_issue_is_ignored_for_a_reason_and_taken_back(settled: CommandLine, rejected: list[str]) -> None:
    """Who and why stand there for whoever wonders later."""
    record = f"severa:{rejected[0]}"
    settled("issues", NAME, "--ignore", record).expect(CONFIGURATION)
    settled("issues", NAME, "--ignore", record, "--reason", "  ").expect(CONFIGURATION)
    settled("issues", NAME, "--reason", "because").expect(CONFIGURATION)
    settled("issues", NAME, "--reopen", record).expect(CONFIGURATION)
    settled("issues", NAME, "--ignore", rejected[0], "--reason", "[red]Kunden[/red] slutter").expect(COMPLETED)
    assert listed(settled, "--record", record) == []
    (row,) = listed(settled, "--record", record, "--state", "ignored")
    assert (row["decided_by"], row["decided_why"]) == (getpass.getuser(), "[red]Kunden[/red] slutter")
    said = settled("issues", NAME, "--state", "ignored").expect(COMPLETED)
    assert f"Ignored by {getpass.getuser()}: [red]Kunden[/red] slutter" in said.words
    settled("run", NAME, "--job", "invoice_export").expect(WITH_ISSUES)
    assert listed(settled, "--record", record) == []
    settled("issues", NAME, "--reopen", record).expect(COMPLETED)
    assert [row["state"] for row in listed(settled, "--record", record)] == ["open"]


def test_a_wrong_filter_is_one_sentence(settled: CommandLine) -> None:
    for wrong in (("--class", "silly"), ("--state", "lost"), ("--ignore", "x", "--reopen", "x", "--reason", "y")):
        assert settled("issues", NAME, *wrong).expect(CONFIGURATION).complaint


def test_a_retry_goes_ahead_of_the_slow_down(settled: CommandLine, company: Company) -> None:
    """One record, or all that failed."""
    guids = [company.bill() for _ in range(2)]
    company.sandbox.fault("severa", "GET", "/v1/invoices/{invoiceGuid}/invoicerows", "status:500", times=24)
    for _ in range(4):
        company.good("invoice_export")  # in this process, which is quicker
    (row,) = listed(settled, "--record", guids[0])
    assert row["failures"] == 4
    assert row["tried_again"]
    assert "tried again from" in row["what_to_do"]
    settled("run", NAME, "--job", "invoice_export").expect(WITH_ISSUES)
    assert company.orders(guids[0]) == company.orders(guids[1]) == []
    settled("retry", NAME, "--record", guids[0]).expect(COMPLETED, WITH_ISSUES)
    assert len(company.orders(guids[0])) == 1
    assert company.orders(guids[1]) == []
    settled("retry", NAME, "--all").expect(COMPLETED, WITH_ISSUES)
    assert len(company.orders(guids[1])) == 1
    assert company.status(guids[1]) == STATUSES["transferred"]
    assert listed(settled, "--record", guids[1]) == []


def test_the_trail_of_a_record_is_read_by_its_id_of_either_side(settled: CommandLine, company: Company) -> None:
    guid = company.bill()
    settled("run", NAME, "--job", "invoice_export").expect(WITH_ISSUES)
    order = str(company.order(guid)["Id"])
    by_guid = settled("audit", NAME, "--record", guid, "--json").expect(COMPLETED).json
    assert by_guid[0]["method"] == "POST"
    assert {entry["record"] for entry in by_guid} == {f"severa:{guid}"}
    assert settled("audit", NAME, "--record", order, "--json").expect(COMPLETED).json == by_guid
    assert settled("audit", NAME, "--record", f"severa:{guid}", "--json").expect(COMPLETED).json == by_guid
    said = settled("audit", NAME, "--record", guid).expect(COMPLETED)
    assert "POST /v2/SalesOrders/Complete done (201)" in said.words
    assert "stage: none -> transferred" in said.words or "PATCH" in said.words
    assert "Nothing of that was sent." in settled("audit", NAME, "--record", "nobody").expect(COMPLETED).out


def test_the_trail_is_read_from_an_instant_on_and_no_more_than_asked_for(settled: CommandLine) -> None:
    every = settled("audit", NAME, "--json").expect(COMPLETED).json
    assert len(every) > 100
    assert settled("audit", NAME, "--since", "2100-01-01", "--json").expect(COMPLETED).json == []
    assert settled("audit", NAME, "--since", every[-2]["at"], "--json").expect(COMPLETED).json == every[-2:]
    assert settled("audit", NAME, "--limit", "3", "--json").expect(COMPLETED).json == every[-3:]
    assert "These are the latest 2;" in settled("audit", NAME, "--limit", "2").expect(COMPLETED).words
    assert "--since is not understood" in settled("audit", NAME, "--since", "yesterday").expect(CONFIGURATION).complaint


def test_old_entries_are_pruned_and_the_setting_is_checked(settled: CommandLine, company: Company) -> None:
    engine = sa.create_engine(f"sqlite:///{company.home / 'state.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE method = 'DELETE'"))
        old = connection.execute(sa.text("SELECT count(*) FROM audit WHERE at < '2021-01-01'")).scalar()
    engine.dispose()
    assert settled("prune", "--json").expect(COMPLETED).json == {"days": 400, "removed": {NAME: old}}
    assert settled("prune", "--days", "100000", "--json").expect(COMPLETED).json["removed"] == {NAME: 0}
    assert "entries older than 400 days removed." in settled("prune").expect(COMPLETED).out
    said = CommandLine(settled.folder, {"SEVERA_SYNC_AUDIT_DAYS": "for ever"})("prune").expect(CONFIGURATION)
    assert "is not a number of days" in said.complaint
