"""Cursors: where reading goes on, per source (law 5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func

from core.cursors import Cursor
from state.rows import TenantRows
from state.schema import cursors as table


class Cursors:
    """The cursors of one tenant, by names like `severa.customers`."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def get(self, name: str) -> Cursor | None:
        """The cursor, or None when the source was never read."""
        columns = (table.c.name, table.c.value, table.c.full_at, table.c.looked_at, table.c.ours_at)
        row = self._rows.first(self._rows.select(table, *columns).where(table.c.name == name))
        return None if row is None else Cursor(**row._asdict())

    def set(
        self, name: str, value: datetime, *, full: bool, looked: bool = True, ours_at: datetime | None = None
    ) -> None:
        """Move the cursor to the start of a good read: `value` by the vendor's clock, `ours_at` by ours (now).

        A full read also stamps `full_at` by our clock, one that looked back (`Cursor.looks_back`) `looked_at`.
        """
        ours_at = ours_at or self._rows.now()
        changes = {"value": value, "ours_at": ours_at}
        if full:
            changes["full_at"] = ours_at
        if looked:
            changes["looked_at"] = value
        with self._rows.transaction():
            if self.get(name) is None:
                self._rows.insert(table, [{"name": name, "full_at": None, "looked_at": None, **changes}])
            else:
                self._rows.execute(self._rows.update(table).where(table.c.name == name).values(changes))

    def clear(self, prefix: str = "") -> None:
        """Forget the cursors whose names begin so: the next read is a full one."""
        begins = func.substr(table.c.name, 1, len(prefix)) == prefix
        self._rows.execute(self._rows.delete(table).where(begins))
