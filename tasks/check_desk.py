"""The checks on the error desk: what is not as it must be is open, what is right again is resolved (ALL-13)."""

from __future__ import annotations

from core.checks import Finding, Report
from core.errors import ErrorClass
from core.issues import Issue, IssueState
from state.store import TenantState

SCOPE = "check"
"""The desk's scope of the checks; a record is `check:` and the key of a finding."""


def accepted(state: TenantState) -> dict[str, tuple[str, str]]:
    """Findings that a person ignores: key -> (who, why)."""
    return {
        _key(issue): (issue.decided_by or "?", issue.decided_why or "")
        for issue in state.issues.standing(SCOPE)
        if issue.state is IssueState.IGNORED
    }


def note(state: TenantState, report: Report) -> None:
    """Open what was found, resolve what was looked at and is not found any more. What could not be read stays."""
    state.issues.report([_issue(finding) for finding in report.findings])
    found = {finding.key for finding in report.findings}
    unread = {each.check.key for each in report.unread}
    made = {check.key for check in report.checks}
    over = [
        issue.record
        for issue in state.issues.open(SCOPE)
        if _key(issue) not in found and _check_of(issue) in made and _check_of(issue) not in unread
    ]
    state.issues.resolve(SCOPE, over)


def _key(issue: Issue) -> str:
    return issue.record.partition(":")[2]


def _check_of(issue: Issue) -> str:
    return _key(issue).partition(":")[0]


def _issue(finding: Finding) -> Issue:
    named = f" {'; '.join(finding.records)}." if finding.records else ""
    more = f" And {finding.count - len(finding.records)} more." if finding.count > len(finding.records) > 0 else ""
    return Issue(
        scope=SCOPE,
        record=f"{SCOPE}:{finding.key}",
        label=finding.check.title,
        cause=finding.check.weight.value,
        error_class=ErrorClass.BAD_DATA if finding.count else ErrorClass.CONFIGURATION,
        what=f"{finding.what}{named}{more}",
        why=finding.why,
        todo=f"{finding.advice} {finding.check.where}.",
    )
