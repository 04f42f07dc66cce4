"""What a run may touch by its options, and when it may touch nothing: wrong credentials, preview."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from core.errors import ErrorClass
from core.issues import IssueState
from tests.e2e.commandline import COMPLETED, CONFIGURATION, WITH_ISSUES, CommandLine, everything_below
from tests.support.company import NAME, STATUSES, Company
from tests.support.sandbox import Sandbox

pytestmark = [pytest.mark.usefixtures("prefect_api"), pytest.mark.thorough]


def dump(company: Company) -> list[str]:
    """The whole database as text."""
    with sqlite3.connect(company.home / "state.db") as database:
        return list(database.iterdump())


# ---------------------------------------------------------------- wrong credentials

ACCESS_CHECK = {"/v1/token", "/OAuth/Token", "/heartbeat/authorized", "/v2/ClientIntegrationInformation"}
"""All that may be asked before both systems have accepted the credentials."""


@pytest.mark.parametrize(
    ("secret", "system", "token", "words"),
    [
        ("severa.client_secret", "severa", "/v1/token", "Severa does not accept the client id and the client secret"),
        ("poweroffice.client_key", "poweroffice", "/OAuth/Token", "Invalid application key or client key"),
        ("poweroffice.subscription_key", "poweroffice", "/OAuth/Token", "invalid subscription key"),
    ],
)
def test_wrong_credentials_are_one_sentence_with_2_and_nothing_is_written(
    secret: str, system: str, token: str, words: str, empty: CommandLine, sandbox: Sandbox
) -> None:
    """Specification, section 8; the system that refuses is asked for a token and for nothing else."""
    empty("init", NAME, "--erp", "poweroffice", "--from-sandbox", sandbox.ready).expect(COMPLETED)
    (empty.home / "secrets" / f"{NAME}.{secret}").write_text("11111111-2222-3333-4444-555555555555\n")
    mark = sandbox.mark()
    said = empty("run", NAME).expect(CONFIGURATION)
    assert words in said.complaint
    assert "11111111-2222" not in said.out + said.err
    asked = [(one["system"], one["path"]) for one in sandbox.exchanges(mark)]
    assert {path for who, path in asked if who == system} == {token}
    assert {path for _, path in asked} <= ACCESS_CHECK
    assert sandbox.writes(mark) == []
    company = Company(empty.folder, sandbox)
    with company.state() as state:
        assert state.links.count() == 0
    assert company.ledger() == {}
    (issue,) = company.issues()
    assert (issue.scope, issue.error_class) == ("run", ErrorClass.CONFIGURATION)


# ---------------------------------------------------------------- preview


def test_a_preview_before_the_first_run_leaves_no_database_and_writes_nothing(
    empty: CommandLine, sandbox: Sandbox
) -> None:
    """ALL-09, law 2."""
    empty("init", NAME, "--erp", "poweroffice", "--from-sandbox", sandbox.ready).expect(COMPLETED)
    before = everything_below(empty.folder)
    mark = sandbox.mark()
    said = empty("run", NAME, "--preview", "--json").expect(WITH_ISSUES)
    assert said.json["jobs"]["invoice_export"]["created"] > 0
    assert sandbox.writes(mark) == []
    assert everything_below(empty.folder) == before


def test_a_preview_of_a_settled_tenant_says_so_and_changes_nothing(settled: CommandLine, company: Company) -> None:
    """ALL-09, law 2: the database stays as it is to the last row."""
    guid = company.bill()
    before, mark = dump(company), company.sandbox.mark()
    said = settled("run", NAME, "--preview").expect(WITH_ISSUES)
    assert "This was a preview: nothing was written." in said.out
    assert company.sandbox.writes(mark) == []
    assert dump(company) == before
    assert guid not in company.ledger()
    assert company.status(guid) == STATUSES["trigger"]
    company.sandbox.act("severa", "delete_invoice", guid=guid)


# ---------------------------------------------------------------- one record, a period, again


def test_one_record_goes_and_the_others_wait(settled: CommandLine, company: Company) -> None:
    """ALL-08: `--record ID`."""
    wanted, other = company.bill(), company.bill()
    said = settled("run", NAME, "--job", "invoice_export", "--record", wanted, "--json").expect(COMPLETED, WITH_ISSUES)
    assert said.json["jobs"]["invoice_export"]["created"] == 1
    assert company.transfer(wanted).erp_id == company.order(wanted)["Id"]
    assert other not in company.ledger()
    assert company.orders(other) == []
    company.sandbox.act("severa", "delete_invoice", guid=other)


def test_a_manual_period_reads_what_lies_in_it_and_moves_no_cursor(settled: CommandLine, company: Company) -> None:
    """ALL-08, law 5."""
    inside, outside = company.bill(date="2026-02-10"), company.bill(date="2026-03-10")

    def cursors() -> list[Any]:
        with sqlite3.connect(company.home / "state.db") as database:
            return database.execute("select * from cursors order by 1, 2, 3").fetchall()

    before = cursors()
    assert before
    period = ("--since", "2026-02-01", "--until", "2026-02-28T23:59+01:00")
    settled("run", NAME, *period, "--json").expect(COMPLETED, WITH_ISSUES)
    assert cursors() == before
    assert company.transfer(inside).erp_id == company.order(inside)["Id"]
    assert outside not in company.ledger()
    company.sandbox.act("severa", "delete_invoice", guid=outside)


def test_what_waits_is_tried_again_on_request_and_never_made_twice(settled: CommandLine, company: Company) -> None:
    """ALL-05, ALL-10: `retry --all`, `retry --record ID`."""
    guid = company.bill({"code": "NYVARE", "quantity": 1, "unit_price": 100, "vat_rate": 25, "description": "Ny vare"})

    def tries() -> int:
        (issue,) = company.issues("invoice_export", guid)
        return issue.count

    export = ("run", NAME, "--job", "invoice_export", "--json")
    settled(*export).expect(WITH_ISSUES)
    assert tries() == 1
    settled(*export).expect(WITH_ISSUES)
    assert tries() == 1, "nothing has changed: it waits"
    said = settled("retry", NAME, "--all", "--json").expect(WITH_ISSUES)
    assert said.json["jobs"]["invoice_export"]["rejected"] >= 1
    assert tries() == 2
    assert company.orders(guid) == []
    standard = next(row for row in company.sandbox.objects("poweroffice", "Products") if row["Code"] == "STD")
    company.sandbox.act(
        "poweroffice", "create_product", Code="NYVARE", Name="Ny vare",
        StandardSalesAccount=standard["StandardSalesAccount"],
    )  # fmt: skip
    for _ in range(2):
        settled("retry", NAME, "--record", guid, "--json").expect(COMPLETED, WITH_ISSUES)
        assert company.transfer(guid).erp_id == company.order(guid)["Id"]
    assert company.issues("invoice_export", guid) == []


def test_an_ignored_record_leaves_the_desk_and_stays_in_the_whole_list(settled: CommandLine, company: Company) -> None:
    """ALL-10: `issues --ignore`."""
    record = company.issues("customers")[0].record
    said = settled("issues", NAME, "--ignore", record, "--reason", "It is leaving.").expect(COMPLETED)
    assert record in said.out
    assert record not in {row["record"] for row in settled("issues", NAME, "--json").expect(COMPLETED).json}
    everything = settled("issues", NAME, "--all", "--json").expect(COMPLETED).json
    assert {row["state"] for row in everything if row["record"] == record} == {IssueState.IGNORED.value}
    again = settled("issues", NAME, "--ignore", record, "--reason", "Again.").expect(CONFIGURATION)
    assert record in again.complaint
