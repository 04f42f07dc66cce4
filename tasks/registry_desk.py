"""When what the error desk says of a registry's records does not hold any more."""

from __future__ import annotations

from collections.abc import Iterable

from core.complaints import PLANNER_CAUSES
from core.issues import Issue
from core.plans import Plan
from tasks.registry_read import AGAIN
from tasks.run import Run


def resolve_what_is_over(run: Run, plan: Plan, succeeded: Iterable[str], failed: Iterable[str]) -> None:
    """A record's success resolves its issues; a clean comparison resolves what the planner had to say of it.

    A try that failed is over, too, when the record is in step: a later try carried it over, perhaps in a run that was
    killed before it could say so.
    """
    done, well = set(succeeded) - set(failed), set(plan.healthy)
    if not (well or done):
        return
    in_step = plan.in_step() - set(failed)
    desk = run.state.issues
    for issue in desk.open(plan.registry.value):
        passed = issue.error_class in AGAIN and issue.of_a_try and issue.record in in_step
        if passed or _is_over(issue, well, done, full=plan.full):
            desk.resolve(plan.registry.value, [issue.record], cause=issue.cause)


def _is_over(issue: Issue, well: set[str], done: set[str], *, full: bool) -> bool:
    """Whether an issue says nothing that still holds. `well` compared cleanly, `done` was carried over just now."""
    if issue.cause.startswith("gone:"):
        return full and issue.record in well
    if issue.cause.startswith(("requirement:", "duplicate key", "row")):
        return issue.record in well or issue.record in done
    if issue.cause.startswith(PLANNER_CAUSES):
        return issue.record in well
    return issue.record in done
