"""The error desk's rows: what is wrong with which record, since when, how often (ALL-13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_

from core.errors import ErrorClass
from core.issues import Issue, IssueState
from state.rows import TenantRows, chunks
from state.schema import issues as table

_FIELDS = (
    "scope",
    "record",
    "label",
    "cause",
    "error_class",
    "what",
    "why",
    "todo",
    "field",
    "request_id",
    "needs",
    "state",
    "first_seen",
    "last_seen",
    "count",
    "failures",
    "version",
    "decided_by",
    "decided_why",
    "opened_at",
    "resolved_at",
    "told_at",
)
_COLUMNS = [table.c[name] for name in _FIELDS]
_Key = tuple[str, str, str]
TOLD_FOR = timedelta(days=1)
"""An issue that comes back is news again when it was told longer ago than this: one that comes and goes is not."""


class Issues:
    """The issues of one tenant, each met once by (scope, record, cause). Lists are in the order they were first met."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def report(self, issues: Sequence[Issue]) -> tuple[int, int]:
        """Put issues on the desk: how many were new, how many were there already.

        A repeat raises the count and tells the problem in its latest words; a resolved one is open again, an ignored
        one stays ignored. Failures of a record in a row are counted on whatever cause they had: a try that fails
        otherwise than the one before goes on from its number.
        """
        met: dict[_Key, Issue] = {}
        for issue in issues:
            key = (issue.scope, issue.record, issue.cause)
            met[key] = replace(issue, count=issue.count + met[key].count) if key in met else issue
        if not met:
            return 0, 0
        with self._rows.transaction():
            now = self._rows.now()
            standing = self._standing(met)
            present = {key: row for key, row in standing.items() if key in met}
            in_a_row = _failures_in_a_row(standing)
            self._remove(present)
            rows = []
            for key, issue in met.items():
                row = _repeat(issue, present[key], now) if key in present else _new(issue, now)
                if issue.of_a_try:
                    row["failures"] = in_a_row.get(key[:2], 0) + 1
                rows.append(row)
            self._rows.insert(table, rows)
        return len(met) - len(present), len(present)

    def resolve(self, scope: str, records: Iterable[str], *, cause: str | None = None) -> int:
        """The records succeeded: their open issues (of one cause, or all) become resolved; how many those were."""
        c = table.c
        query = self._rows.select(table, c.record).distinct().where(c.scope == scope, c.state == IssueState.OPEN.value)
        waiting = {row.record for row in self._rows.all(query)}
        done = [record for record in records if record in waiting]
        if not done:
            return 0
        now = self._rows.now()
        count = 0
        with self._rows.transaction():
            for chunk in chunks(done):
                statement = self._rows.update(table).where(
                    c.scope == scope, c.record.in_(chunk), c.state == IssueState.OPEN.value
                )
                if cause is not None:
                    statement = statement.where(c.cause == cause)
                count += self._rows.execute(statement.values(state=IssueState.RESOLVED.value, resolved_at=now))
        return count

    def ignore(
        self, scope: str, record: str, *, cause: str | None = None, by: str | None = None, why: str | None = None
    ) -> int:
        """A person has seen a record's issues and wants to hear no more of them; how many those were."""
        c = table.c
        statement = self._rows.update(table).where(
            c.scope == scope, c.record == record, c.state != IssueState.IGNORED.value
        )
        if cause is not None:
            statement = statement.where(c.cause == cause)
        return self._rows.execute(statement.values(state=IssueState.IGNORED.value, decided_by=by, decided_why=why))

    def reopen(self, scope: str, record: str, *, cause: str | None = None) -> int:
        """Take back `ignore`; how many issues are open again."""
        c = table.c
        statement = self._rows.update(table).where(
            c.scope == scope, c.record == record, c.state == IssueState.IGNORED.value
        )
        if cause is not None:
            statement = statement.where(c.cause == cause)
        taken_back = {"state": IssueState.OPEN.value, "decided_by": None, "decided_why": None}
        return self._rows.execute(statement.values(**taken_back, opened_at=self._rows.now()))

    def open(self, scope: str | None = None) -> list[Issue]:
        """The open issues, of one scope or all."""
        return self._list(*self._is_open(scope))

    def all(self, state: IssueState | None = None) -> list[Issue]:
        """Every issue, or those in one state."""
        return self._list() if state is None else self._list(table.c.state == state.value)

    def count_open(self) -> int:
        """How many issues are open."""
        row = self._rows.first(self._rows.select(table, func.count()).where(*self._is_open(None)))
        return int(row[0]) if row else 0

    def needing(self, needs: Iterable[str]) -> list[Issue]:
        """Open issues that wait for one of these records (`customers:severa:<guid>`)."""
        return [
            issue for chunk in chunks(needs) for issue in self._list(*self._is_open(None), table.c.needs.in_(chunk))
        ]

    def waiting(self, scope: str, classes: Iterable[ErrorClass]) -> list[Issue]:
        """Open issues of a scope whose class is one of these."""
        return self._list(*self._is_open(scope), table.c.error_class.in_([each.value for each in classes]))

    def standing(self, scope: str) -> list[Issue]:
        """Those of a scope that no success has resolved: open ones, and ones that a person ignores."""
        return self._list(table.c.scope == scope, table.c.state != IssueState.RESOLVED.value)

    def untold(self) -> list[Issue]:
        """Open issues that the tenant's people were not told of since they were opened."""
        c = table.c
        found = self._list(*self._is_open(None), or_(c.told_at.is_(None), c.told_at < c.opened_at))
        return [i for i in found if i.told_at is None or i.opened_at is None or i.opened_at - i.told_at >= TOLD_FOR]

    def tell(self, issues: Iterable[Issue]) -> None:
        """The tenant's people were told of these issues now."""
        c, now = table.c, self._rows.now()
        records: dict[tuple[str, str], list[str]] = {}
        for issue in issues:
            records.setdefault((issue.scope, issue.cause), []).append(issue.record)
        with self._rows.transaction():
            for (scope, cause), each in records.items():
                for chunk in chunks(each):
                    statement = self._rows.update(table).where(c.scope == scope, c.cause == cause, c.record.in_(chunk))
                    self._rows.execute(statement.values(told_at=now))

    def changed_since(self, at: datetime) -> dict[str, list[Issue]]:
        """For a run's report, three lists of issues.

        `new` were opened or came back since that instant, `open` are the other open ones, `resolved` were resolved
        since.
        """
        c = table.c
        return {
            "new": self._list(*self._is_open(None), c.opened_at >= at),
            "open": self._list(*self._is_open(None), c.opened_at < at),
            "resolved": self._list(c.state == IssueState.RESOLVED.value, c.resolved_at >= at),
        }

    def _is_open(self, scope: str | None) -> list[Any]:
        conditions: list[Any] = [table.c.state == IssueState.OPEN.value]
        return conditions if scope is None else [*conditions, table.c.scope == scope]

    def _list(self, *conditions: Any) -> list[Issue]:
        c = table.c
        query = self._rows.select(table, *_COLUMNS).where(*conditions)
        return [_issue(row) for row in self._rows.all(query.order_by(c.first_seen, c.scope, c.record, c.cause))]

    def _standing(self, keys: Iterable[_Key]) -> dict[_Key, Row[Any]]:
        """Every row of the keys' records, of whatever cause."""
        wanted = set(keys)
        found: dict[_Key, Row[Any]] = {}
        for scope in {key[0] for key in wanted}:
            for chunk in chunks(key[1] for key in wanted if key[0] == scope):
                query = self._rows.select(table).where(table.c.scope == scope, table.c.record.in_(chunk))
                found |= {(row.scope, row.record, row.cause): row for row in self._rows.all(query)}
        return found

    def _remove(self, keys: Iterable[_Key]) -> None:
        """Make way for the rows' successors: one statement for a (scope, cause) and many records."""
        records: dict[tuple[str, str], list[str]] = {}
        for scope, record, cause in keys:
            records.setdefault((scope, cause), []).append(record)
        for (scope, cause), each in records.items():
            for chunk in chunks(each):
                old = (table.c.scope == scope, table.c.cause == cause, table.c.record.in_(chunk))
                self._rows.execute(self._rows.delete(table).where(*old))


def _issue(row: Row[Any]) -> Issue:
    return Issue(**{**row._asdict(), "error_class": ErrorClass(row.error_class), "state": IssueState(row.state)})


def _failures_in_a_row(rows: Mapping[_Key, Row[Any]]) -> dict[tuple[str, str], int]:
    """(scope, record) -> tries that failed since it last succeeded."""
    found: dict[tuple[str, str], int] = {}
    for (scope, record, cause), row in rows.items():
        if row.state != IssueState.RESOLVED.value and cause.startswith(row.error_class):
            found[scope, record] = max(found.get((scope, record), 0), row.failures)
    return found


def _new(issue: Issue, now: datetime) -> dict[str, Any]:
    row = {name: getattr(issue, name) for name in _FIELDS}
    return row | {
        "error_class": issue.error_class.value,
        "state": issue.state.value,
        "first_seen": issue.first_seen or now,
        "last_seen": issue.last_seen or now,
        "opened_at": now,
        "resolved_at": None,
        "told_at": None,
    }


def _repeat(issue: Issue, row: Row[Any], now: datetime) -> dict[str, Any]:
    """The row of an issue that is met again: the latest words, the old beginning."""
    old = row._asdict()
    came_back = old["state"] == IssueState.RESOLVED.value
    return _new(issue, now) | {
        "state": IssueState.OPEN.value if came_back else old["state"],
        "first_seen": old["first_seen"],
        "opened_at": now if came_back else old["opened_at"],
        "resolved_at": None if came_back else old["resolved_at"],
        "count": old["count"] + issue.count,
        "failures": 1 if came_back else old["failures"] + 1,
        "decided_by": None if came_back else old["decided_by"],
        "decided_why": None if came_back else old["decided_why"],
        "told_at": old["told_at"],
    }
