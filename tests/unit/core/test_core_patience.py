"""A record that fails again and again is slowed down, not hammered, and not forgotten (issue 3, section 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ErrorClass
from core.issues import Issue, IssueState
from core.patience import AT_ONCE, LONGEST_WAIT, next_try, pause

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
CYCLE = timedelta(minutes=10)
ISSUE = Issue(
    scope="customers",
    record="severa:guid-1",
    label="10 Ærlig AS",
    cause="transient",
    error_class=ErrorClass.TRANSIENT,
    what="It did not answer.",
    todo="Nothing.",
    last_seen=AT,
)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 0), (2, 0), (3, 0), (4, 20), (5, 40), (6, 80), (9, 640), (10, 1280), (11, 1440)]
)
def test_the_first_failures_are_tried_again_at_once_then_the_wait_doubles(failures: int, minutes: int) -> None:
    assert pause(failures) == timedelta(minutes=minutes)


@given(st.integers(min_value=1, max_value=10**9))
def test_one_failure_more_never_shortens_the_wait_and_no_wait_is_longer_than_a_day(failures: int) -> None:
    assert timedelta(0) <= pause(failures) <= pause(failures + 1) <= LONGEST_WAIT
    assert bool(pause(failures)) is (failures > AT_ONCE)


@given(st.integers(min_value=1, max_value=400), st.datetimes(timezones=st.just(UTC), max_value=datetime(9000, 1, 1)))  # noqa: DTZ001 - a bound
def test_a_record_is_always_tried_again_within_a_day(failures: int, failed_at: datetime) -> None:
    assert failed_at <= next_try(failures, failed_at) <= failed_at + timedelta(days=1)


@given(st.integers(min_value=0, max_value=30))
def test_a_record_that_always_fails_costs_few_tries(days: int) -> None:
    """A cycle every ten minutes would try it 144 times a day; it is tried ten times at first, then once a day."""
    tries, failures, due = [], 0, AT
    for number in range(days * 144 + 1):
        now = AT + number * CYCLE
        if now >= due:
            failures += 1
            tries.append(now)
            due = next_try(failures, now)
    assert len(tries) <= 11 + days
    assert all(later - earlier <= timedelta(days=1) + CYCLE for earlier, later in pairwise(tries))


def test_an_issue_says_when_its_record_is_tried_again() -> None:
    held = replace(ISSUE, failures=4)
    assert held.held_until == AT + timedelta(minutes=20)
    assert held.advice == (
        "Nothing. It failed 4 times in a row and is tried again from 2026-03-02 08:20 UTC on, "
        "or at once when it changes, or on request: severa-sync retry."
    )
    assert held.held(AT + timedelta(minutes=19))
    assert not held.held(AT + timedelta(minutes=20))


@pytest.mark.parametrize(
    "issue",
    [
        replace(ISSUE, failures=3),
        replace(ISSUE, failures=9, cause="drift:name"),
        replace(ISSUE, failures=9, last_seen=None),
        replace(ISSUE, failures=9, state=IssueState.IGNORED),
        replace(ISSUE, failures=9, cause="bad data", error_class=ErrorClass.BAD_DATA),
    ],
)
def test_it_says_nothing_of_a_time_that_it_does_not_wait_for(issue: Issue) -> None:
    """The next cycle, a thing that is odd, an issue nobody wants to hear of, and bad data, which waits for a change."""
    assert issue.advice == "Nothing."
