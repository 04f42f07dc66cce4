"""The error desk: one row per problem of a record, counted, resolved when the record succeeds (ALL-13)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import ErrorClass
from core.issues import Issue, IssueState
from state.store import TenantState

ISSUE = Issue(
    scope="customers",
    record="severa:guid-1",
    label="10 Ærlig AS",
    cause="bad data:vatNumber",
    error_class=ErrorClass.BAD_DATA,
    what="The VAT number is too long.",
    why="PowerOffice takes 20 characters.",
    todo="Correct it in Severa.",
    field="vatNumber",
    request_id="req-1",
    needs="projects:severa:guid-9",
)
OTHER = replace(ISSUE, record="severa:guid-2", cause="no number", needs=None, error_class=ErrorClass.TRANSIENT)


def test_an_issue_comes_back_as_it_was_reported(state: TenantState, clock: object) -> None:
    at = clock()  # type: ignore[operator]
    assert state.issues.report([ISSUE]) == (1, 0)
    assert state.issues.open() == [replace(ISSUE, first_seen=at, last_seen=at)]
    assert state.issues.report([]) == (0, 0)


def test_a_repeat_is_the_same_row_in_its_latest_words(state: TenantState, clock: object) -> None:
    first = clock()  # type: ignore[operator]
    state.issues.report([ISSUE])
    later = clock.advance(minutes=10)  # type: ignore[attr-defined]
    assert state.issues.report([replace(ISSUE, what="Still too long."), OTHER]) == (1, 1)
    repeated = next(issue for issue in state.issues.all() if issue.record == ISSUE.record)
    assert repeated == replace(ISSUE, what="Still too long.", count=2, failures=2, first_seen=first, last_seen=later)
    assert state.issues.count_open() == 2


def test_doubles_in_one_report_are_one_row(state: TenantState) -> None:
    assert state.issues.report([ISSUE, ISSUE, ISSUE]) == (1, 0)
    assert [issue.count for issue in state.issues.all()] == [3]


def test_success_resolves_and_the_next_failure_reopens(state: TenantState, clock: object) -> None:
    state.issues.report([ISSUE, OTHER])
    assert state.issues.resolve("customers", ["severa:guid-1", "severa:guid-3"]) == 1
    assert state.issues.resolve("customers", ["severa:guid-1"]) == 0
    assert [issue.record for issue in state.issues.open()] == ["severa:guid-2"]
    assert [issue.record for issue in state.issues.all(IssueState.RESOLVED)] == ["severa:guid-1"]
    clock.advance(hours=1)  # type: ignore[attr-defined]
    assert state.issues.report([ISSUE]) == (0, 1)
    assert state.issues.count_open() == 2


def test_one_cause_is_resolved_without_the_others(state: TenantState) -> None:
    second = replace(ISSUE, cause="no category")
    state.issues.report([ISSUE, second])
    assert state.issues.resolve("customers", [ISSUE.record], cause="no category") == 1
    assert [issue.cause for issue in state.issues.open()] == [ISSUE.cause]


def test_scopes_are_apart(state: TenantState) -> None:
    state.issues.report([ISSUE, replace(ISSUE, scope="projects")])
    assert state.issues.resolve("projects", [ISSUE.record]) == 1
    assert [issue.scope for issue in state.issues.open("customers")] == ["customers"]
    assert state.issues.open("projects") == []


def test_an_ignored_issue_stays_ignored_until_it_is_taken_back(state: TenantState) -> None:
    state.issues.report([ISSUE])
    assert state.issues.ignore("customers", ISSUE.record) == 1
    assert state.issues.report([ISSUE]) == (0, 1)
    assert state.issues.resolve("customers", [ISSUE.record]) == 0
    assert [(issue.state, issue.count) for issue in state.issues.all()] == [(IssueState.IGNORED, 2)]
    assert state.issues.reopen("customers", ISSUE.record, cause="other") == 0
    assert state.issues.reopen("customers", ISSUE.record, cause=ISSUE.cause) == 1
    assert state.issues.count_open() == 1
    assert state.issues.ignore("customers", ISSUE.record, cause="other") == 0


def test_what_waits_for_a_record_is_found(state: TenantState) -> None:
    """PO-11: a project that waited for its customer goes when the customer has come."""
    state.issues.report([ISSUE, OTHER])
    assert [issue.record for issue in state.issues.needing(["projects:severa:guid-9", "x"])] == [ISSUE.record]
    state.issues.resolve("customers", [ISSUE.record])
    assert state.issues.needing(["projects:severa:guid-9"]) == []


def test_what_waits_by_class_is_found(state: TenantState) -> None:
    state.issues.report([ISSUE, OTHER])
    found = state.issues.waiting("customers", [ErrorClass.TRANSIENT, ErrorClass.RATE_LIMITED])
    assert [issue.record for issue in found] == [OTHER.record]
    assert state.issues.waiting("projects", list(ErrorClass)) == []


def test_a_report_tells_new_old_and_resolved_apart(state: TenantState, clock: object) -> None:
    """ALL-13: only what is new (or came back) raises an alarm."""
    gone, back, old = (replace(ISSUE, record=f"severa:{name}") for name in ("gone", "back", "old"))
    state.issues.report([gone, back, old])
    state.issues.resolve("customers", [back.record])
    begin = clock.advance(minutes=10)  # type: ignore[attr-defined]
    state.issues.report([back, OTHER, old])
    state.issues.resolve("customers", [gone.record])
    changed = state.issues.changed_since(begin)
    assert {name: {issue.record for issue in issues} for name, issues in changed.items()} == {
        "new": {back.record, OTHER.record},
        "open": {old.record},
        "resolved": {gone.record},
    }


def test_text_that_no_database_can_keep_does_not_stop_the_desk(state: TenantState) -> None:
    """Law 3: a vendor's text with NUL or half a surrogate pair is kept as readable as it can be."""
    state.issues.report([replace(ISSUE, label="Nul\0 \ud83d AS", what="Blåbær ✓"), OTHER])
    found = next(issue for issue in state.issues.open() if issue.record == ISSUE.record)
    assert (found.label, found.what) == ("Nul\ufffd ? AS", "Blåbær ✓")
    assert state.issues.count_open() == 2


TRY = replace(ISSUE, cause="transient", error_class=ErrorClass.TRANSIENT, field=None, needs=None)
OTHERWISE = replace(TRY, cause="rate limited", error_class=ErrorClass.RATE_LIMITED)


def failures(state: TenantState) -> list[int]:
    return [issue.failures for issue in state.issues.open()]


def test_failures_in_a_row_are_counted_whatever_their_cause(state: TenantState) -> None:
    """A record that fails otherwise than the time before has failed once more, not for the first time."""
    for _ in range(3):
        state.issues.report([TRY])
    assert failures(state) == [3]
    state.issues.report([OTHERWISE])
    state.issues.resolve(TRY.scope, [TRY.record], cause=TRY.cause)
    assert failures(state) == [4]
    state.issues.report([TRY])
    assert sorted(failures(state)) == [4, 5]


def test_a_success_ends_the_row_of_failures(state: TenantState) -> None:
    for _ in range(5):
        state.issues.report([TRY])
    state.issues.resolve(TRY.scope, [TRY.record])
    state.issues.report([TRY])
    (issue,) = state.issues.open()
    assert (issue.failures, issue.count) == (1, 6)


def test_what_is_odd_about_a_record_is_no_failure_of_a_try(state: TenantState) -> None:
    odd = replace(ISSUE, cause="drift:name")
    state.issues.report([odd, odd])
    state.issues.report([TRY])
    assert {issue.cause: issue.failures for issue in state.issues.open()} == {"drift:name": 1, "transient": 1}


def test_who_ignores_an_issue_and_why_is_kept_until_it_is_taken_back(state: TenantState) -> None:
    """Issue 3, section 4: ignored with a reason."""
    state.issues.report([ISSUE, OTHER])
    assert state.issues.ignore("customers", ISSUE.record, by="kari", why="The customer is leaving.") == 1
    state.issues.report([ISSUE])
    (ignored,) = state.issues.all(IssueState.IGNORED)
    assert (ignored.decided_by, ignored.decided_why) == ("kari", "The customer is leaving.")
    assert {issue.record for issue in state.issues.standing("customers")} == {ISSUE.record, OTHER.record}
    state.issues.reopen("customers", ISSUE.record)
    (again,) = (issue for issue in state.issues.open() if issue.record == ISSUE.record)
    assert (again.decided_by, again.decided_why) == (None, None)
    state.issues.resolve("customers", [ISSUE.record])
    assert [issue.record for issue in state.issues.standing("customers")] == [OTHER.record]


def test_people_are_told_once_of_what_is_new(state: TenantState, clock: object) -> None:
    """ALL-13: an issue is told once, however often it is met; what was resolved before is not told at all."""
    gone = replace(ISSUE, record="severa:gone")
    state.issues.report([ISSUE, OTHER, gone])
    state.issues.resolve("customers", [gone.record])
    untold = state.issues.untold()
    assert [issue.record for issue in untold] == [ISSUE.record, OTHER.record]
    state.issues.tell(untold[:1])
    clock.advance(minutes=10)  # type: ignore[attr-defined]
    state.issues.report([ISSUE, OTHER])
    assert [issue.record for issue in state.issues.untold()] == [OTHER.record]


@pytest.mark.parametrize(("hours", "told"), [(1, False), (23, False), (25, True)])
def test_an_issue_that_comes_and_goes_is_news_once_a_day(
    state: TenantState, clock: object, hours: int, told: bool
) -> None:
    """ALL-13: one that comes back is new, but not at every cycle."""
    state.issues.report([ISSUE])
    state.issues.tell(state.issues.untold())
    state.issues.resolve("customers", [ISSUE.record])
    clock.advance(hours=hours)  # type: ignore[attr-defined]
    state.issues.report([ISSUE])
    assert bool(state.issues.untold()) is told


@pytest.mark.parametrize("count", [1200])
def test_thousands_are_reported_and_resolved_at_once(state: TenantState, count: int) -> None:
    many = [replace(ISSUE, record=f"severa:{number}") for number in range(count)]
    assert state.issues.report(many) == (count, 0)
    assert state.issues.report(many) == (0, count)
    assert state.issues.resolve("customers", [issue.record for issue in many]) == count
