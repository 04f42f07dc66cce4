"""What people are told of a tenant that they need not read a log for (issue 5, point 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.errors import ErrorClass
from core.issues import Issue
from core.status import Facts, Level, Ran, Unusable, overview, status
from core.transfers import Transfer, TransferState

NOW = datetime(2026, 11, 20, 10, 3, tzinfo=UTC)  # 12:03 in Helsinki, a day of the staggered timetable
RAN = Ran(job="cycle", mode="sync", state="completed", started=NOW - timedelta(minutes=4), ended=NOW)
FACTS = Facts(
    tenant="demo", erp="poweroffice", erp_title="PowerOffice", enabled=True, zone=ZoneInfo("Europe/Helsinki"),
    timetable="staggered", links=3, last_run=RAN, last_cycle=RAN, transfers=(), issues=(), read_until=NOW,
)  # fmt: skip
S = TransferState


def invoice(guid: str, state: TransferState, total: str | None = None, currency: str = "NOK", **more: Any) -> Transfer:
    amount = None if total is None else Decimal(total)
    return Transfer(severa_id=guid, reference=guid, state=state, currency=currency, severa_total=amount, **more)


def issue(error_class: ErrorClass, record: str = "severa:1", **more: Any) -> Issue:
    return Issue(
        scope="customers", record=record, label=f"Kunde {record}", cause="x", error_class=error_class, what="x", **more
    )


def test_a_tenant_whose_last_cycle_went_well_and_on_time_is_fine() -> None:
    found = status(FACTS, NOW)
    assert (found.level, found.reasons) == (Level.FINE, ())
    assert found.next_cycle is not None
    assert NOW < found.next_cycle <= NOW + timedelta(minutes=10)
    assert found.oldest is None


@pytest.mark.parametrize(
    ("changes", "level", "words"),
    [
        ({"state": "failed", "error": "Severa refuses."}, Level.TROUBLE, "The last cycle failed: Severa refuses."),
        ({"state": "failed", "error": None}, Level.TROUBLE, "no reason was written down"),
        ({"state": "failed", "error": "Kunde 010190-123A"}, Level.TROUBLE, "failed: Kunde ***"),
        ({"state": "stopped"}, Level.TROUBLE, "cut off"),
        ({"started": NOW - timedelta(minutes=40)}, Level.TROUBLE, "No cycle has begun since, though one was due at"),
        ({"started": NOW - timedelta(minutes=40), "state": "running"}, Level.FINE, ""),
        ({"started": NOW - timedelta(minutes=14)}, Level.FINE, ""),
    ],
)
def test_a_cycle_that_failed_was_cut_off_or_is_late_is_trouble(
    changes: dict[str, Any], level: Level, words: str
) -> None:
    found = status(replace(FACTS, last_cycle=replace(RAN, **changes)), NOW)
    assert found.level is level
    assert words in " ".join(found.reasons)


def test_at_night_nothing_is_late_and_the_next_cycle_is_in_the_morning() -> None:
    """PO-01: the last run of the evening is at 23, the next one at 8."""
    evening, night = datetime(2026, 11, 20, 21, 9, 5, tzinfo=UTC), datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
    found = status(replace(FACTS, last_cycle=replace(RAN, started=evening)), night)
    assert found.level is Level.FINE
    assert found.next_cycle is not None
    assert found.next_cycle.astimezone(FACTS.zone).hour == 8


def test_without_a_timetable_nothing_is_late_and_nothing_is_next() -> None:
    found = status(replace(FACTS, timetable="always", last_cycle=replace(RAN, started=NOW - timedelta(days=9))), NOW)
    assert (found.level, found.next_cycle) == (Level.FINE, None)


@pytest.mark.parametrize(
    ("error_class", "level"),
    [
        (ErrorClass.CONFIGURATION, Level.TROUBLE),
        (ErrorClass.BUG, Level.TROUBLE),
        (ErrorClass.BAD_DATA, Level.ATTENTION),
        (ErrorClass.MISSING_DEPENDENCY, Level.ATTENTION),
        (ErrorClass.TRANSIENT, Level.FINE),
        (ErrorClass.RATE_LIMITED, Level.FINE),
        (ErrorClass.OUTCOME_UNKNOWN, Level.FINE),
    ],
)
def test_issues_that_pass_by_themselves_need_nobody(error_class: ErrorClass, level: Level) -> None:
    found = status(replace(FACTS, issues=[issue(error_class)]), NOW)
    assert (found.level, found.issues, found.open_issues) == (level, {error_class: 1}, 1)


def test_a_tenant_that_never_ran_or_has_a_lost_invoice_is_to_be_looked_at() -> None:
    never = status(replace(FACTS, last_run=None, last_cycle=None), NOW)
    assert (never.level, never.reasons) == (Level.ATTENTION, ("No cycle has run yet.",))
    lost = status(replace(FACTS, transfers=[invoice("1", S.UNCERTAIN), invoice("2", S.CREATING)]), NOW)
    assert lost.level is Level.ATTENTION
    assert lost.reasons[0].startswith("2 invoices with an unknown outcome")
    under_way = replace(FACTS, last_run=replace(RAN, state="running"), transfers=[invoice("2", S.CREATING)])
    assert status(under_way, NOW).level is Level.FINE


def test_the_money_that_waits_is_what_is_not_in_the_erp_and_checked_by_currency() -> None:
    transfers = [
        invoice("1", S.PENDING, "100.10"),
        invoice("2", S.REJECTED, "0.20"),
        invoice("3", S.CREATED, "50", "EUR"),
        invoice("4", S.VERIFIED, "7000"),
        invoice("5", S.DONE, "8000"),
        invoice("6", S.IGNORED, "9000"),
        invoice("7", S.PENDING),
    ]
    found = status(replace(FACTS, transfers=transfers), NOW)
    assert found.money_waiting == {"EUR": Decimal(50), "NOK": Decimal("100.30")}
    assert found.waiting == 4
    assert [(one.state, one.number) for one in found.invoices] == [
        (S.PENDING, 2), (S.CREATED, 1), (S.VERIFIED, 1), (S.DONE, 1), (S.REJECTED, 1), (S.IGNORED, 1),
    ]  # fmt: skip
    assert overview([replace(FACTS, transfers=transfers)] * 2, [], NOW).money_waiting["NOK"] == Decimal("200.60")


def test_the_oldest_change_that_was_not_carried_is_an_invoice_or_an_issue() -> None:
    old = invoice("0f3b2c1d-1", S.REJECTED, first_attempt_at=NOW - timedelta(days=3), updated_at=NOW)
    numbered = replace(old, severa_number="1001", first_attempt_at=None, updated_at=NOW - timedelta(days=4))
    done = replace(old, state=S.DONE, first_attempt_at=NOW - timedelta(days=99))
    reported = replace(old, state=S.REPORTED, first_attempt_at=NOW - timedelta(days=98))
    found = status(replace(FACTS, transfers=[done, reported, old]), NOW).oldest
    assert found is not None
    assert (found.since, found.what) == (NOW - timedelta(days=3), "invoice 0f3b2c1d")
    found = status(replace(FACTS, transfers=[old, numbered]), NOW).oldest
    assert found is not None
    assert found.what == "invoice 1001"
    came_back = issue(ErrorClass.BAD_DATA, first_seen=NOW - timedelta(days=50), opened_at=NOW - timedelta(days=5))
    found = status(replace(FACTS, transfers=[old, numbered], issues=[came_back]), NOW).oldest
    assert found is not None
    assert (found.since, found.what) == (NOW - timedelta(days=5), "Kunde severa:1")


def test_trouble_comes_first_then_the_most_issues_and_files_with_mistakes_count_as_trouble() -> None:
    several = [
        replace(FACTS, tenant="b"),
        replace(FACTS, tenant="a"),
        replace(FACTS, tenant="off", enabled=False, issues=[issue(ErrorClass.BUG)]),
        replace(FACTS, tenant="few", issues=[issue(ErrorClass.BAD_DATA)]),
        replace(FACTS, tenant="many", issues=[issue(ErrorClass.BAD_DATA, f"severa:{n}") for n in range(3)]),
        replace(FACTS, tenant="worst", last_cycle=replace(RAN, state="failed")),
    ]
    found = overview(several, [Unusable("broken", "x")], NOW)
    assert [one.tenant for one in found.tenants] == ["worst", "many", "few", "a", "b", "off"]
    assert {level: found.number(level) for level in Level} == {
        Level.TROUBLE: 2, Level.ATTENTION: 2, Level.FINE: 2, Level.OFF: 1,
    }  # fmt: skip
    assert found.tenants[-1].next_cycle is None
