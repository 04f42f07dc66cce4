"""Facts: small things that were found out and hold for a while, such as which statuses the settings mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from state.rows import TenantRows
from state.schema import facts as table


class Facts:
    """The facts of one tenant by name; each is a JSON object with the instant at which it was found out."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def get(self, name: str, *, max_age: timedelta) -> Mapping[str, Any] | None:
        """A fact that is not older than `max_age`; None when there is none."""
        row = self._rows.first(self._rows.select(table, table.c.value, table.c.at).where(table.c.name == name))
        if row is None or self._rows.now() - row.at > max_age:
            return None
        value: Mapping[str, Any] = row.value
        return value

    def put(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep a fact, in place of the one before."""
        with self._rows.transaction():
            self._rows.execute(self._rows.delete(table).where(table.c.name == name))
            self._rows.insert(table, [{"name": name, "value": dict(value), "at": self._rows.now()}])
