"""The audit trail: every write that was sent to a vendor, kept for as long as the company wants it.

What stands in it was cleaned before it came here: no secret and no personal identity code.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, or_

from state.rows import TenantRows
from state.schema import audit as table

PRUNED_AT_ONCE = 5000
"""Rows that one transaction removes: other writers wait no longer than that."""

_COLUMNS = [column for column in table.columns if column.name not in {"id", "tenant"}]
_NAMES = [column.name for column in _COLUMNS]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One write as it was sent, repeats each for themselves.

    `run` is the flow run's id. `registry` and `record` (`severa:<guid>`, `erp:<id>`) say what it was about, where the
    caller knew; `made` is the id that the vendor answered. `template` is the path with names in braces, `path` the one
    that was sent. `outcome` is "done" or an error class, `status` None where no answer came. `sent` is a JSON object of
    the body's members with their values; `changes` are own fields as [before, after], where known.
    """

    at: datetime
    run: str
    system: str
    method: str
    template: str
    path: str
    outcome: str
    status: int | None = None
    registry: str | None = None
    record: str | None = None
    request_id: str | None = None
    made: str | None = None
    milliseconds: int = 0
    sent: str = "{}"
    changes: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def members(self) -> Mapping[str, Any]:
        """What was sent, taken apart; amounts are Decimals."""
        found: dict[str, Any] = json.loads(self.sent, parse_float=Decimal)
        return found


class Audit:
    """The audit trail of one tenant. Rows are added and, when they are old, removed; never changed."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def add(self, entries: Sequence[AuditEntry]) -> None:
        """Add entries in one transaction of its own, which waits for no other run of the tenant."""
        self._rows.append(table, [_row(entry) for entry in entries])

    def entries(
        self,
        *,
        records: Collection[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        latest: int | None = None,
    ) -> list[AuditEntry]:
        """Entries in the order in which they were sent; of these at most the `latest`.

        `records` are ids as the error desk writes them (`severa:<guid>`) or bare ones; an entry is meant when it is
        about one of them, made it, or has it in its path. `since` and `until` are inclusive.
        """
        c = table.c
        query = self._rows.select(table, *_COLUMNS)
        if records:
            query = query.where(_about(records))
        if since is not None:
            query = query.where(c.at >= since)
        if until is not None:
            query = query.where(c.at <= until)
        found = self._rows.all(query.order_by(c.at.desc(), c.id.desc()).limit(latest))
        return [_entry(row) for row in reversed(found)]

    def prune(self, before: datetime) -> int:
        """Remove what was sent before an instant; how many entries that were."""
        removed = 0
        while True:
            old = self._rows.select(table, table.c.id).where(table.c.at < before).limit(PRUNED_AT_ONCE)
            ids = [row.id for row in self._rows.all(old)]
            if ids:
                bounds = (table.c.id.between(min(ids), max(ids)), table.c.at < before)
                removed += self._rows.execute(self._rows.delete(table).where(*bounds))
            if len(ids) < PRUNED_AT_ONCE:
                return removed


def _about(records: Collection[str]) -> ColumnElement[bool]:
    c = table.c
    wanted: set[str] = set()
    for record in records:
        side, _, bare = record.rpartition(":")
        wanted |= {record} if side else {record, f"severa:{bare}", f"erp:{bare}"}
    bare_ids = {record.rpartition(":")[2] for record in records}
    conditions: list[ColumnElement[bool]] = [c.record.in_(sorted(wanted)), c.made.in_(sorted(bare_ids))]
    for bare in sorted(bare_ids):
        conditions += [c.path.endswith(f"/{bare}", autoescape=True), c.path.contains(f"/{bare}/", autoescape=True)]
    return or_(*conditions)


def _row(entry: AuditEntry) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in _NAMES}
    row["changes"] = {name: list(pair) for name, pair in entry.changes.items()}
    return row


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(**row._asdict())
