"""Issues: one problem of one record on the error desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import ErrorClass, SyncError


class IssueState(StrEnum):
    """Open until the record next succeeds, or until a person ignores it."""

    OPEN = "open"
    RESOLVED = "resolved"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One row of the error desk: (scope, record, cause) is met once, repeats raise `count`.

    `scope` is the registry or job; `record` the item's id with its side, `severa:<guid>` or `erp:<id>`; `cause` a
    short stable word for the kind of problem, so that the same problem met again is the same row. `needs` names the
    record that must come first (`customers:severa:<guid>`). Instants are UTC.
    """

    scope: str
    record: str
    label: str
    cause: str
    error_class: ErrorClass
    what: str
    why: str = ""
    todo: str = ""
    field: str | None = None
    request_id: str | None = None
    needs: str | None = None
    state: IssueState = IssueState.OPEN
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    count: int = 1

    @property
    def of_a_try(self) -> bool:
        """Whether it says how a try to carry the record over ended, and not what is odd about the record itself."""
        return self.cause.startswith(self.error_class.value)


def issue_from(error: SyncError, *, scope: str, record: str, label: str, cause: str | None = None) -> Issue:
    """The issue that says what an error says."""
    return Issue(
        scope=scope,
        record=record,
        label=label,
        cause=cause or (f"{error.error_class.value}:{error.field}" if error.field else error.error_class.value),
        error_class=error.error_class,
        what=error.what,
        why=error.why,
        todo=error.todo,
        field=error.field,
        request_id=error.request_id,
        needs=error.needs,
    )
