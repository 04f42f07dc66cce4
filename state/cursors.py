"""Cursors: where reading goes on, per source (law 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func

from state.rows import TenantRows
from state.schema import cursors as table


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The start of the last good read of a source, and of the last good full read. Instants are UTC."""

    name: str
    value: datetime
    full_at: datetime | None


class Cursors:
    """The cursors of one tenant, by names like `severa.customers`."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def get(self, name: str) -> Cursor | None:
        """The cursor, or None when the source was never read."""
        query = self._rows.select(table, table.c.name, table.c.value, table.c.full_at).where(table.c.name == name)
        row = self._rows.first(query)
        return None if row is None else Cursor(name=row.name, value=row.value, full_at=row.full_at)

    def set(self, name: str, value: datetime, *, full: bool) -> None:
        """Move the cursor to the start of a good read; a full read also stamps `full_at`."""
        with self._rows.transaction():
            if self.get(name) is None:
                full_at = value if full else None
                self._rows.insert(table, [{"name": name, "value": value, "full_at": full_at}])
                return
            changes = {"value": value, "full_at": value} if full else {"value": value}
            self._rows.execute(self._rows.update(table).where(table.c.name == name).values(changes))

    def clear(self, prefix: str = "") -> None:
        """Forget the cursors whose names begin so: the next read is a full one."""
        begins = func.substr(table.c.name, 1, len(prefix)) == prefix
        self._rows.execute(self._rows.delete(table).where(begins))
