"""Issues: one problem of one record on the error desk."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import ErrorClass, SyncError
from core.patience import next_try, pause

BY_ITSELF = (ErrorClass.TRANSIENT, ErrorClass.RATE_LIMITED, ErrorClass.OUTCOME_UNKNOWN)
"""Classes whose records are tried again without anybody's doing; others wait for a change or for what they need."""


LONGEST = {"label": 200, "what": 2000, "why": 2000, "todo": 2000, "record": 255, "cause": 255}
"""Characters of an issue's texts, at most."""
LONGEST_NEED = 400
"""What is called by a longer name is waited for by nobody: its record is tried again when it changes, or on request."""


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
    record that must come first (`customers:severa:<guid>`). `failures` counts the tries of the record that failed in a
    row, whatever their causes; `version` says what it was made of when it failed, where nothing else tells whether it
    changed since. `decided_by` and `decided_why` say who ignores it and why. `told_at` is when the
    tenant's people were last told of it. Instants are UTC.
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
    failures: int = 1
    version: str | None = None
    decided_by: str | None = None
    decided_why: str | None = None
    opened_at: datetime | None = dataclasses.field(default=None, compare=False)
    resolved_at: datetime | None = dataclasses.field(default=None, compare=False)
    told_at: datetime | None = dataclasses.field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Whatever a vendor calls its records, the desk keeps and shows it: texts are cut to a length for people."""
        for name, longest in LONGEST.items():
            text = getattr(self, name)
            if len(text) > longest:
                object.__setattr__(self, name, f"{text[: longest - 1]}…")
        if self.needs is not None and len(self.needs) > LONGEST_NEED:
            object.__setattr__(self, "needs", None)

    @property
    def of_a_try(self) -> bool:
        """Whether it says how a try to carry the record over ended, and not what is odd about the record itself."""
        return self.cause.startswith(self.error_class.value)

    @property
    def held_until(self) -> datetime | None:
        """From when its record is tried again by itself after failing again and again; None when nothing holds it."""
        if self.last_seen is None or not self.of_a_try or not pause(self.failures):
            return None
        return next_try(self.failures, self.last_seen)

    def held(self, now: datetime) -> bool:
        """Whether its record failed so often that it is not its turn yet at `now`."""
        until = self.held_until
        return until is not None and now < until

    @property
    def advice(self) -> str:
        """What to do, and when the record is tried again by itself where that is not in the next cycle."""
        until = self.held_until if self.state is IssueState.OPEN and self.error_class in BY_ITSELF else None
        if until is None:
            return self.todo
        again = (
            f"It failed {self.failures} times in a row and is tried again from {until:%Y-%m-%d %H:%M} UTC on, "
            "or at once when it changes, or on request: severa-sync retry."
        )
        return f"{self.todo} {again}".strip()


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
