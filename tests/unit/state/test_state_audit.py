"""The audit trail: what was sent, found by record and time, and removed when it is old enough (issue 3, section 5)."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from state import audit
from state.audit import AuditEntry
from state.store import Store, TenantState

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
CREATED = AuditEntry(
    at=AT,
    run="run-1",
    system="poweroffice",
    method="POST",
    template="/v2/Customers",
    path="/v2/Customers",
    status=201,
    outcome="done",
    registry="customers",
    record="severa:guid-1",
    made="77",
    milliseconds=12,
    sent='{"Name":"Ærlig AS","Limit":1988.30,"BankAccounts":["***"]}',
)
CHANGED = replace(
    CREATED,
    at=AT + timedelta(hours=1),
    method="PATCH",
    template="/v2/Customers/{id}",
    path="/v2/Customers/77",
    made=None,
    status=None,
    outcome="transient",
    request_id="req-9",
    changes={"name": ["Ærlig AS", "Ærligere AS"]},
)
INVOICE = replace(CHANGED, registry="invoices", record="severa:guid-2", path="/v1/invoices/guid-2/rows", changes={})


def test_an_entry_comes_back_as_it_was_written(state: TenantState) -> None:
    state.audit.add([CREATED, CHANGED])
    state.audit.add([])
    assert state.audit.entries() == [CREATED, CHANGED]
    assert str(state.audit.entries()[0].members["Limit"]) == "1988.30"


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ("severa:guid-1", [CREATED, CHANGED]),
        ("guid-1", [CREATED, CHANGED]),
        ("77", [CREATED, CHANGED]),
        ("guid-2", [INVOICE]),
        ("erp:guid-1", []),
        ("7", []),
        ("%", []),
        ("guid_1", []),
    ],
)
def test_entries_are_found_by_the_record_that_they_are_about(
    state: TenantState, record: str, found: list[AuditEntry]
) -> None:
    """By the desk's name of it, by its bare id on either side, by the id that a create gave it."""
    state.audit.add([CREATED, CHANGED, INVOICE])
    assert state.audit.entries(records=[record]) == found


def test_entries_are_found_by_time_and_the_latest_come_last(state: TenantState) -> None:
    many = [replace(CREATED, at=AT + timedelta(minutes=n), made=str(n)) for n in range(5)]
    state.audit.add(many)
    assert state.audit.entries(since=many[2].at) == many[2:]
    assert state.audit.entries(until=many[2].at) == many[:3]
    assert state.audit.entries(latest=2) == many[3:]


def test_old_entries_are_removed_and_only_those(
    state: TenantState, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept for so many days; removed a piece at a time, so that nobody waits long."""
    monkeypatch.setattr(audit, "PRUNED_AT_ONCE", 3)
    state.audit.add([replace(CREATED, at=AT + timedelta(minutes=n % 4), made=str(n)) for n in range(20)])
    store.tenant("berg").audit.add([CREATED])
    assert state.audit.prune(AT + timedelta(minutes=3)) == 15
    assert {entry.at for entry in state.audit.entries()} == {AT + timedelta(minutes=3)}
    assert state.audit.prune(AT + timedelta(minutes=3)) == 0
    assert len(store.tenant("berg").audit.entries()) == 1


def test_text_that_no_database_can_keep_does_not_stop_the_trail(state: TenantState) -> None:
    """Law 3: a path with half a surrogate pair is kept as readable as it can be."""
    state.audit.add([replace(CREATED, path="/v2/x\0y/\ud83d", request_id="a\0b")])
    (entry,) = state.audit.entries()
    assert entry.path == "/v2/x\ufffdy/?"


def test_entries_are_written_from_another_thread_while_the_run_writes(state: TenantState) -> None:
    """The trail has a thread of its own; the run's own transactions and its stand in each other's way no longer."""
    done = threading.Event()

    def trail() -> None:
        for number in range(20):
            state.audit.add([replace(CREATED, made=str(number))])
        done.set()

    thread = threading.Thread(target=trail)
    thread.start()
    while not done.is_set():
        with state.batch():
            state.runs.start("cycle", "sync")
    thread.join()
    assert len(state.audit.entries()) == 20


def test_a_preview_neither_copies_the_trail_nor_writes_it(state: TenantState, store: Store) -> None:
    """Law 2; and a year's trail is not read for a preview."""
    state.audit.add([CREATED])
    preview = store.tenant("fjord", preview=True)
    assert preview.audit.entries() == []
    preview.audit.add([CHANGED])
    assert state.audit.entries() == [CREATED]
