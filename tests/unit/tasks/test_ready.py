"""Whose turn it is, of the records that failed or wait (issue 3, section 4; ALL-13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.poweroffice.profile import PROFILE
from core.errors import ErrorClass
from core.issues import Issue
from core.links import Link
from core.patience import AT_ONCE, pause
from core.records import Registry
from state.store import TenantState
from tasks.options import Options
from tasks.registry_read import ready, waiting
from tasks.run import Run

NOW = datetime.now(UTC)
MISSING = Issue(
    scope="projects",
    record="severa:p1",
    label="100 Prosjekt",
    cause="missing dependency:customer",
    error_class=ErrorClass.MISSING_DEPENDENCY,
    what="Its customer is not in PowerOffice.",
    needs="customers:severa:c1",
    last_seen=NOW,
)
TRANSIENT = replace(MISSING, cause="transient", error_class=ErrorClass.TRANSIENT, needs=None)
MANY = AT_ONCE + 5


def run(state: TenantState, **options: Any) -> Run:
    nobody: Any = None  # nothing is asked of the systems
    return Run(nobody, PROFILE, state, severa=nobody, erp=nobody, options=Options(**options))


def link(state: TenantState, at: datetime) -> None:
    """The customer was linked at that instant."""
    state.links.save([Link(registry=Registry.CUSTOMERS, severa_id="c1", erp_id="77", key="1", linked_at=at)])


@pytest.mark.parametrize(
    ("failures", "ago", "turn"),
    [
        (1, timedelta(0), True),
        (AT_ONCE, timedelta(0), True),
        (AT_ONCE + 1, pause(AT_ONCE + 1) - timedelta(minutes=1), False),
        (AT_ONCE + 1, pause(AT_ONCE + 1), True),
        (MANY, timedelta(hours=23), True),
        (1000, timedelta(hours=23), False),
        (1000, timedelta(days=1), True),
    ],
)
def test_what_may_have_passed_by_itself_has_its_turn_when_it_waited_long_enough(
    state: TenantState, failures: int, ago: timedelta, turn: bool
) -> None:
    failed_at = datetime.now(UTC) - ago
    assert ready(run(state), replace(TRANSIENT, failures=failures, last_seen=failed_at)) is turn


def test_a_person_who_asks_is_not_kept_waiting(state: TenantState) -> None:
    for issue in (replace(TRANSIENT, failures=1000), MISSING, replace(MISSING, error_class=ErrorClass.BAD_DATA)):
        assert ready(run(state, retry=True), issue)


def test_what_waits_for_another_record_has_its_turn_once_that_is_there(state: TenantState) -> None:
    """However often it was looked at before: the wait is for what fails, not for what is missing."""
    often = replace(MISSING, failures=MANY)
    assert not ready(run(state), often)
    link(state, NOW + timedelta(minutes=1))
    assert ready(run(state), often)


def test_what_fails_although_the_other_record_is_there_is_slowed_down(state: TenantState) -> None:
    link(state, NOW - timedelta(minutes=1))
    assert ready(run(state), MISSING)
    assert not ready(run(state), replace(MISSING, failures=MANY))


def test_a_product_that_came_in_this_run_is_worth_a_try(state: TenantState) -> None:
    waits = replace(MISSING, needs="products:NY", failures=MANY)
    now = run(state)
    assert not ready(now, waits)
    now.seen_codes.add("NY")
    assert ready(now, waits)


@pytest.mark.parametrize("needs", ["products:a:b:c", "payment_terms:30", "nothing", "", "customers:severa:"])
def test_a_need_that_is_no_record_waits(state: TenantState, needs: str) -> None:
    assert not ready(run(state), replace(MISSING, needs=needs, failures=MANY))


def test_only_records_whose_turn_it_is_are_fetched_again_each_once(state: TenantState) -> None:
    state.issues.report([TRANSIENT, replace(TRANSIENT, record="severa:p2"), replace(MISSING, record="severa:p3")])
    for _ in range(AT_ONCE):
        state.issues.report([replace(TRANSIENT, record="severa:p2")])
    assert [issue.record for issue in waiting(run(state), "projects")] == ["severa:p1"]
    asked = {issue.record for issue in waiting(run(state, retry=True), "projects")}
    assert asked == {"severa:p1", "severa:p2", "severa:p3"}
