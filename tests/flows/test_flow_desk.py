"""The error desk in whole runs: slowed down, resolved, told by e-mail, shown in the artifacts (ALL-13, issue 3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from core.errors import ConfigurationError, ErrorClass, TransientError
from core.issues import Issue
from core.patience import AT_ONCE
from core.transfers import TransferState
from tasks import mail
from tests.support.company import Company, variables
from tests.support.mail import Mailbox, serving_mail
from tests.support.scenes import assert_transferred, fees, post_costs

ROWS = "/v1/invoices/{invoiceGuid}/invoicerows"
TRIES = 3
"""How often one run tries a read."""
EMAILS = ["drift@example.com", "regnskap@example.com"]


def earlier(company: Company, record: str, **ago: float) -> None:
    """Time passes for a record: its issues were last met so long ago."""
    engine = sa.create_engine(f"sqlite:///{company.home / 'state.db'}")
    at = (datetime.now(UTC) - timedelta(**ago)).replace(tzinfo=None)
    with engine.begin() as connection:
        statement = sa.text("UPDATE issues SET last_seen = :at WHERE record = :record")
        assert connection.execute(statement, {"at": at.isoformat(" "), "record": record}).rowcount
    engine.dispose()


def issue_of(company: Company, record: str) -> Issue:
    (issue,) = (issue for issue in company.issues() if issue.record == record)
    return issue


def asked(company: Company, mark: int, word: str) -> list[str]:
    """Requests since a mark whose path has a word in it."""
    return [f"{one['method']} {one['path']}" for one in company.sandbox.exchanges(mark) if word in one["path"]]


# slowed down ----------------------------------------------------------------------------------------------------------


def failing(company: Company, guid: str, times: int) -> None:
    """So many runs in which Severa does not give the invoice's rows."""
    for _ in range(times):
        company.sandbox.fault("severa", "GET", ROWS, "status:500", times=TRIES)
        company.good("invoice_export")
    assert issue_of(company, f"severa:{guid}").failures == times


def test_an_invoice_that_fails_again_and_again_waits_longer_and_longer(settled: Company) -> None:
    """Not hammered, and not forgotten: its time comes, and its success resolves the issue."""
    guid = settled.bill()
    record = f"severa:{guid}"
    failing(settled, guid, AT_ONCE + 1)
    issue = issue_of(settled, record)
    assert issue.error_class is ErrorClass.TRANSIENT
    assert "It failed 4 times in a row and is tried again from" in issue.advice
    mark = settled.sandbox.mark()
    outcome = settled.good("invoice_export")
    assert asked(settled, mark, "invoicerows") == []
    assert outcome.reports["invoice_export"].counts.reasons["failed several times in a row, tried again later"] == 1
    assert settled.transfer(guid).state is TransferState.PENDING
    earlier(settled, record, minutes=21)
    settled.good("invoice_export")
    assert_transferred(settled, guid)


@pytest.mark.parametrize("options", [{"retry": True}, {"record": "guid"}])
def test_a_person_who_asks_is_not_kept_waiting(settled: Company, options: dict[str, Any]) -> None:
    """`severa-sync retry`, and a run of one record."""
    guid = settled.bill()
    failing(settled, guid, AT_ONCE + 1)
    settled.good("invoice_export", **({"record": guid} if "record" in options else options))
    assert_transferred(settled, guid)


def test_an_invoice_that_was_changed_goes_ahead_at_once(settled: Company) -> None:
    guid = settled.bill()
    failing(settled, guid, AT_ONCE + 1)
    settled.move(guid, "failed")
    settled.move(guid, "trigger")
    settled.good("invoice_export")
    assert_transferred(settled, guid)


def test_a_rejected_invoice_whose_next_try_met_a_passing_fault_is_tried_again(settled: Company) -> None:
    """What it lacked has come; that Severa was away at that moment must not park it for good."""
    guid = settled.bill({"code": "NY-VARE", "quantity": 1, "unit_price": 5, "vat_rate": 25})
    settled.good("invoice_export")
    assert settled.transfer(guid).state is TransferState.REJECTED
    settled.sandbox.fault("severa", "GET", ROWS, "status:500", times=TRIES)
    settled.good("invoice_export", retry=True, record=guid)
    assert issue_of(settled, f"severa:{guid}").error_class is ErrorClass.TRANSIENT
    mark = settled.sandbox.mark()
    settled.good("invoice_export")
    assert len(asked(settled, mark, f"{guid}/invoicerows")) == 1


def test_a_cost_that_is_refused_again_and_again_is_slowed_down(settled: Company) -> None:
    """ALL-08: the other rows go on; the cursor does not pass the one that waits."""
    (row_id,) = post_costs(settled, 1)
    for _ in range(AT_ONCE + 1):
        settled.sandbox.fault("severa", "POST", "/v1/projectfees", "status:400")
        settled.good("cost_import")
    assert issue_of(settled, f"erp:{row_id}").failures == AT_ONCE + 1
    mark = settled.sandbox.mark()
    settled.good("cost_import")
    assert settled.sandbox.writes(mark) == []
    (other,) = post_costs(settled, 1)
    settled.good("cost_import")
    assert (len(fees(settled, other)), len(fees(settled, row_id))) == (1, 0)
    earlier(settled, f"erp:{row_id}", minutes=21)
    settled.good("cost_import")
    assert len(fees(settled, row_id)) == 1
    assert not [issue for issue in settled.issues("cost_import") if issue.record == f"erp:{row_id}"]


def test_a_status_that_severa_does_not_take_again_and_again_is_slowed_down(settled: Company) -> None:
    """PO-13."""
    guid = settled.bill()
    settled.good("invoice_export")
    settled.sandbox.act("poweroffice", "send_invoice", reference=guid)
    for _ in range(AT_ONCE + 1):
        settled.sandbox.fault("severa", "PATCH", "/v1/invoices/{guid}", "status:503", times=TRIES)
        settled.good("invoice_status")
    assert issue_of(settled, f"severa:{guid}").failures == AT_ONCE + 1
    earlier(settled, f"severa:{guid}", minutes=21)
    settled.good("invoice_status")
    assert settled.status(guid) == "Sent"
    assert settled.issues(guid=guid) == []


# the run itself -------------------------------------------------------------------------------------------------------


def test_what_ends_a_whole_run_is_one_issue_until_a_run_goes_through(settled: Company) -> None:
    """Issue 3, section 3: one issue, not thousands."""
    for _ in range(3):
        settled.sandbox.fault("severa", "GET", "/v1/invoices", "status:500", times=TRIES)
        outcome = settled.run("invoice_export")
        assert isinstance(outcome.error, TransientError)
    issue = issue_of(settled, "run:invoice_export")
    assert (issue.scope, issue.count, issue.error_class) == ("run", 3, ErrorClass.TRANSIENT)
    settled.good("registry_sync")
    assert settled.issues("run") != []
    settled.good("invoice_export")
    assert settled.issues("run") == []


def test_a_secret_that_is_not_there_is_an_issue_before_the_run_begins(settled: Company) -> None:
    (file,) = (settled.home / "secrets").glob("*client_key*")
    kept = file.read_text()
    file.unlink()
    outcome = settled.run("cost_import")
    assert isinstance(outcome.error, ConfigurationError)
    assert issue_of(settled, "run:opening").error_class is ErrorClass.CONFIGURATION
    file.write_text(kept)
    file.chmod(0o600)
    settled.good("cost_import")
    assert settled.issues("run") == []


# e-mail ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def mailbox(settled: Company) -> Iterator[Mailbox]:
    """The tenant has addresses and there is a mail server; what was open before is told."""
    settled.set(notify__emails=EMAILS)
    with serving_mail() as box:
        url = f"smtp+plain://127.0.0.1:{box.port}"
        with variables({mail.URL: url, mail.SENDER: "severa-sync@example.com"}):
            settled.good("invoice_status")
            box.messages.clear()
            box.recipients.clear()
            yield box
    settled.set(notify__emails=[])


def test_a_run_that_meets_new_issues_sends_one_digest(settled: Company, mailbox: Mailbox) -> None:
    """ALL-13: one a run, never one per occurrence, and none when nothing is new."""
    guids = [settled.bill({"code": f"UKJENT-{n}", "quantity": 1, "unit_price": 5, "vat_rate": 25}) for n in range(3)]
    settled.good()
    (message,) = mailbox.messages
    assert mailbox.recipients == [EMAILS]
    assert message["Subject"] == "Severa sync, fjord: 3 new issues"
    body = message.get_body(("plain",))
    assert body is not None
    assert all(guid in body.get_content() for guid in guids)
    settled.good()
    settled.good("invoice_export", retry=True)
    assert len(mailbox.messages) == 1


def test_a_preview_sends_nothing(settled: Company, mailbox: Mailbox) -> None:
    """Law 2."""
    settled.bill({"code": "UKJENT-P", "quantity": 1, "unit_price": 5, "vat_rate": 25})
    settled.good("invoice_export", preview=True)
    assert mailbox.messages == []
    settled.good("invoice_export")
    assert len(mailbox.messages) == 1


def test_a_run_that_fails_tells_why(settled: Company, mailbox: Mailbox) -> None:
    settled.sandbox.fault("severa", "GET", "/v1/invoices", "status:500", times=TRIES)
    assert settled.run("invoice_export").error is not None
    (message,) = mailbox.messages
    body = message.get_body(("plain",))
    assert body is not None
    assert "The run (invoice export)" in body.get_content()
    settled.good("invoice_export")
    assert len(mailbox.messages) == 1


def test_a_mail_that_cannot_be_sent_fails_no_run_and_is_sent_with_the_next(settled: Company, mailbox: Mailbox) -> None:
    guid = settled.bill({"code": "UKJENT-M", "quantity": 1, "unit_price": 5, "vat_rate": 25})
    mailbox.end = "554 5.7.1 go away"
    outcome = settled.good("invoice_export")
    assert outcome.state == "completed with issues"
    assert len(settled.issues("notify")) == 1
    mailbox.end = "250 OK"
    settled.good("invoice_status")
    (message,) = mailbox.messages
    assert guid in str(message.get_body(("plain",)))
    assert settled.issues("notify") == []


# artifacts ------------------------------------------------------------------------------------------------------------


def artifacts(api: str, flow_run_id: str | None) -> dict[str, Any]:
    wanted = {"artifacts": {"flow_run_id": {"any_": [flow_run_id]}}}
    answer = httpx.post(f"{api}/artifacts/filter", json=wanted, timeout=30)
    assert answer.is_success, answer.text
    return {one["type"]: one["data"] for one in answer.json()}


def test_each_run_shows_what_is_new_still_open_and_resolved(settled: Company, prefect_api: str) -> None:
    """Issue 3, section 4."""
    old = settled.bill({"code": "UKJENT-A", "quantity": 1, "unit_price": 5, "vat_rate": 25})
    settled.good("invoice_export")
    mended = settled.bill()
    settled.sandbox.fault("severa", "GET", ROWS, "status:500", times=TRIES)
    settled.good("invoice_export")
    assert {old, mended} <= {issue.record.removeprefix("severa:") for issue in settled.issues("invoice_export")}
    new = settled.bill({"code": "UKJENT-B", "quantity": 1, "unit_price": 5, "vat_rate": 25})
    outcome = settled.good("invoice_export")
    shown = artifacts(prefect_api, outcome.flow_run_id)
    table = json.loads(shown["table"]) if isinstance(shown["table"], str) else shown["table"]
    number = {guid: settled.invoice(guid)["number"] or guid[:8] for guid in (old, mended, new)}
    assert "### New: 1" in shown["markdown"]
    assert "## Resolved in this run" in shown["markdown"]
    for guid, word in ((new, "new"), (mended, "resolved")):
        rows = [row for row in table if str(number[guid]) in row["record"]]
        assert [row["state"] for row in rows] == [word], guid
