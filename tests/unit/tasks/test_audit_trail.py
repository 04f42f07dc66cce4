"""The audit trail of a run: what it keeps, what it leaves out, and that it is on disk at once (issue 3, section 5)."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy.exc

from connectors.http import Exchange
from core.errors import BadDataError, TransientError
from core.masking import MASK
from state.audit import Audit, AuditEntry
from state.store import TenantState
from tasks.audit import Trail
from tasks.subject import Subject, about_invoice, changing, concerning


def exchange(method: str = "POST", body: Any = None, **more: Any) -> Exchange:
    given: dict[str, Any] = {"target": "/v2/Customers", "writes": True, "answer": None} | more
    status = given.pop("status", 200)
    path = given.pop("path", "/v2/Customers")
    return Exchange(method, path, status, 12.4, body=None if body is None else json.dumps(body), **given)


def kept(state: TenantState, *exchanges: Exchange, subject: Subject | None = None) -> list[AuditEntry]:
    trail = Trail(state.audit, lambda: "run-1")
    observe = trail.observer("poweroffice")
    with concerning(subject):
        for each in exchanges:
            observe(each)
    trail.close()
    return state.audit.entries()


def test_a_create_is_kept_with_what_was_sent_and_what_it_made(state: TenantState) -> None:
    customer = Subject("customers", "severa:guid-1")
    (entry,) = kept(
        state, exchange(body={"Name": "Ærlig AS", "CreditLimit": 1.5}, status=201, answer={"Id": 77}), subject=customer
    )
    assert (entry.run, entry.system, entry.method, entry.path) == ("run-1", "poweroffice", "POST", "/v2/Customers")
    assert (entry.registry, entry.record, entry.made) == ("customers", "severa:guid-1", "77")
    assert (entry.status, entry.outcome, entry.milliseconds) == (201, "done", 12)
    assert entry.members == {"Name": "Ærlig AS", "CreditLimit": Decimal("1.5")}


@pytest.mark.parametrize("answer", [{"guid": "g-1", "name": "x"}, [{"guid": "g-1"}], {"id": "g-1"}, {"Id": "g-1"}])
def test_the_id_of_what_was_made_is_found_in_every_vendors_answer(state: TenantState, answer: Any) -> None:
    (entry,) = kept(state, exchange(answer=answer))
    assert entry.made == "g-1"


@pytest.mark.parametrize("answer", [None, [], [1, 2], "g-1", {"Id": None}, {"Id": {"a": 1}}, 7])
def test_an_answer_without_an_id_says_nothing(state: TenantState, answer: Any) -> None:
    (entry,) = kept(state, exchange(answer=answer))
    assert entry.made is None


def test_a_change_is_kept_by_field_with_the_value_before_and_after(state: TenantState) -> None:
    """A JSON Patch by its paths; the fields by our own names, with what stood there when the two were last in step."""
    patch = [
        {"op": "replace", "path": "/EmailAddress", "value": "b@x.no"},
        {"op": "remove", "path": "/MailAddress/City"},
    ]
    with concerning(Subject("customers", "severa:guid-1")), changing({"email": ("a@x.no", "b@x.no")}):
        trail = Trail(state.audit, lambda: "run-1")
        trail.observer("poweroffice")(exchange("PATCH", patch, target="/v2/Customers/77", answer={"Id": 77}))
        trail.close()
    (entry,) = state.audit.entries()
    assert entry.members == {"EmailAddress": "b@x.no", "MailAddress/City": None}
    assert entry.changes == {"email": ["a@x.no", "b@x.no"]}
    assert entry.made is None


def test_fields_of_persons_are_named_and_their_values_are_not_kept(state: TenantState) -> None:
    """PO-12: an employee's number is what payroll knows him by; identity codes are nobody's business."""
    user = Subject("users", "severa:guid-7", {"code": ["1007", "1008"], "first_name": ["Åse", "Åsa"]})
    body = {"code": "1008", "firstName": "Åsa", "socialSecurityNumber": "131052-308T", "note": "born 131052-308T"}
    (entry,) = kept(state, exchange(body=body, path="/v1/users"), subject=user)
    assert entry.members == {"code": MASK, "firstName": "Åsa", "socialSecurityNumber": MASK, "note": f"born {MASK}"}
    assert entry.changes == {"code": [MASK, MASK], "first_name": ["Åse", "Åsa"]}


def test_a_path_of_employees_masks_the_number_without_a_subject(state: TenantState) -> None:
    patch = [{"op": "replace", "path": "/Number", "value": 1008}]
    (entry,) = kept(state, exchange("PATCH", patch, path="/v2/Employees/{id}", target="/v2/Employees/5"))
    assert entry.members == {"Number": MASK}


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({"status": 400, "error": BadDataError("no", request_id="req-1")}, ("bad data", 400, "req-1")),
        ({"status": None, "error": TransientError("lost")}, ("transient", None, None)),
        ({"status": None, "error": TransientError("closed"), "sent": False}, ("not sent", None, None)),
    ],
)
def test_what_a_write_came_to_is_kept(state: TenantState, given: dict[str, Any], outcome: tuple[Any, ...]) -> None:
    (entry,) = kept(state, exchange(**given))
    assert (entry.outcome, entry.status, entry.request_id) == outcome


def test_reads_and_token_calls_leave_no_entry(state: TenantState) -> None:
    assert kept(state, exchange("GET", writes=False), exchange("POST", {"client_secret": "x"}, writes=False)) == []


@pytest.mark.parametrize(
    "body",
    ['{"a": ***}', "[1, 2]", '"text"', "1e400", '{"a": 123456789012345678901234567890}', '{"a": "\\ud83d"}', "[]"],
)
def test_no_body_stops_the_trail(state: TenantState, body: str) -> None:
    trail = Trail(state.audit, lambda: "run-1")
    trail.observer("severa")(Exchange("POST", "/x", 200, 1.0, writes=True, target="/x", body=body))
    trail.close()
    assert len(state.audit.entries()) == 1


def test_an_invoice_is_named_as_the_desk_names_it(state: TenantState) -> None:
    (entry,) = kept(state, exchange(), subject=about_invoice("guid-2", {"stage": ("none", "transferred")}))
    assert (entry.registry, entry.record, entry.changes) == (
        "invoices",
        "severa:guid-2",
        {"stage": ["none", "transferred"]},
    )


class Failing(Audit):
    """A trail whose database is gone for the first so many times."""

    times = 0

    def add(self, entries: Any) -> None:
        if self.times:
            self.times -= 1
            raise sqlalchemy.exc.OperationalError("BEGIN", {}, sqlite3.OperationalError("disk I/O error"))
        super().add(entries)


def test_a_database_that_is_gone_for_a_while_loses_nothing(state: TenantState) -> None:
    audit = Failing(state.audit._rows)
    audit.times = 2
    trail = Trail(audit, lambda: "run-1")
    trail.observer("severa")(exchange())
    time.sleep(0.3)
    trail.observer("severa")(exchange("DELETE"))
    trail.close()
    assert [entry.method for entry in state.audit.entries()] == ["POST", "DELETE"]


def test_a_trail_that_cannot_be_written_is_an_error_that_says_how_much_is_missing(state: TenantState) -> None:
    audit = Failing(state.audit._rows)
    audit.times = 100
    trail = Trail(audit, lambda: "run-1")
    trail.observer("severa")(exchange())
    with pytest.raises(TransientError, match="1 entries of the audit trail"):
        trail.close()


KILLED = """
import sys, time
from connectors.http import Exchange
from state.store import Store
from tasks.audit import Trail
trail = Trail(Store.open(sys.argv[1]).tenant("fjord").audit, lambda: "run-1")
observe = trail.observer("severa")
for number in range(100):
    observe(Exchange("POST", "/x", 200, 1.0, writes=True, target=f"/x/{number}", body="{}"))
print("sent", flush=True)
while True:  # the run's own work: no await, no pause
    sum(range(1000))
"""


def test_a_run_that_is_killed_has_its_trail_on_disk_but_for_a_fraction_of_a_second(
    state: TenantState, tmp_path: Path
) -> None:
    """Issue 3, section 5; while the run itself computes and never waits."""
    command = [sys.executable, "-c", KILLED, f"sqlite:///{tmp_path / 'state.db'}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"sent\n"
        time.sleep(1.5)  # 0.2 s, and room for a busy machine
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert len(state.audit.entries()) == 100
