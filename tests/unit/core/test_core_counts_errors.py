"""Figures of a job, the closed set of errors, and issues made of them (laws 3 and 4, ALL-13)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import errors
from core.counts import Counts, JobReport
from core.errors import AlreadyExistsError, BadDataError, ErrorClass, MissingDependencyError, SyncError
from core.issues import IssueState, issue_from

modest = settings(max_examples=60, deadline=None)
FIGURES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {name: st.integers(0, 1000) for name in Counts.NAMES}
)


KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SyncError)]


@modest
@given(parts=st.lists(FIGURES, max_size=4))
def test_a_job_is_the_sum_of_its_parts(parts: list[dict[str, Any]]) -> None:
    """The figures of `run --json`; open issues are counted once for the job."""
    report = JobReport("registry_sync")
    report.counts.issues = 7
    for number, figures in enumerate(parts):
        report.part(str(number)).add(Counts(**figures))
    report.sum_parts()
    expected = {name: sum(figures[name] for figures in parts) for name in Counts.NAMES}
    assert report.as_dict() == expected | {"issues": 7}
    assert report.counts.wrote == expected["created"] + expected["updated"]


def test_skipped_records_keep_their_reason_through_the_sum() -> None:
    """PO-04: how many stayed, and by which rule."""
    report = JobReport("registry_sync")
    report.part("customers").skip("prospect")
    report.part("customers").skip("inactive", 2)
    report.part("projects").skip("inactive")
    report.sum_parts()
    assert report.counts.skipped == 4
    assert dict(report.counts.reasons) == {"prospect": 1, "inactive": 3}


def test_figures_begin_at_nothing_and_name_exactly_seven() -> None:
    assert Counts().as_dict() == dict.fromkeys(
        ("read", "created", "updated", "unchanged", "skipped", "rejected", "issues"), 0
    )
    assert JobReport("x").part("a") is not JobReport("x").part("a")


def test_every_error_has_one_of_the_seven_classes() -> None:
    """Law 4: the set is closed, and every class has an error of its own."""
    assert {kind.error_class for kind in KINDS} == set(ErrorClass)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_says_what_why_and_what_to_do(kind: type[SyncError]) -> None:
    """Law 4: as one sentence after the other, without gaps for what is not said."""
    assert str(kind("It broke.")) == "It broke."
    assert str(kind("It broke.", todo="Mend it.")) == "It broke. Mend it."
    assert str(kind("It broke.", why="Rust.", todo="Mend it.")) == "It broke. Rust. Mend it."


def test_an_error_becomes_an_issue_with_everything_it_says() -> None:
    """Law 3, ALL-13."""
    error = MissingDependencyError(
        "Its customer is not there.",
        why="No link.",
        todo="Wait.",
        field="customer",
        request_id="r-1",
        needs="customers:severa:c",
    )
    issue = issue_from(error, scope="projects", record="severa:p-1", label="700 Kai")
    assert (issue.what, issue.why, issue.todo) == ("Its customer is not there.", "No link.", "Wait.")
    assert (issue.field, issue.request_id, issue.needs) == ("customer", "r-1", "customers:severa:c")
    assert (issue.scope, issue.record, issue.label) == ("projects", "severa:p-1", "700 Kai")
    assert (issue.error_class, issue.state, issue.count) == (ErrorClass.MISSING_DEPENDENCY, IssueState.OPEN, 1)


@pytest.mark.parametrize(
    ("field", "cause", "expected"),
    [(None, None, "bad data"), ("email", None, "bad data:email"), ("email", "row", "row"), (None, "row", "row")],
)
def test_the_cause_is_stable_so_that_the_same_problem_is_one_row(
    field: str | None, cause: str | None, expected: str
) -> None:
    """ALL-13: the words of an error may carry changing values, its cause does not."""
    causes = {
        issue_from(BadDataError(words, field=field), scope="s", record="r", label="l", cause=cause).cause
        for words in ("The value 1 is wrong.", "The value 2 is wrong.")
    }
    assert causes == {expected}


def test_a_taken_reference_names_its_owner() -> None:
    """Law 1: what the vendor says of the owner is looked at before anything else is done."""
    error = AlreadyExistsError("The reference is taken.", owner_id="41")
    assert (error.owner_id, error.error_class) == ("41", ErrorClass.BAD_DATA)
