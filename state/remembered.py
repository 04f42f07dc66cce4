"""Remembered customers: once worth synchronising, for good (PO-05)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.records import Registry
from state.rows import TenantRows, chunks
from state.schema import remembered as table


class Remembered:
    """The Severa ids, per registry, of which something once made them worth synchronising."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def known(self, registry: Registry, severa_ids: Iterable[str]) -> set[str]:
        """Those of the ids that are remembered."""
        found: set[str] = set()
        for chunk in chunks(severa_ids):
            query = self._rows.select(table, table.c.severa_id)
            query = query.where(table.c.registry == registry.value, table.c.severa_id.in_(chunk))
            found.update(row.severa_id for row in self._rows.all(query))
        return found

    def add(self, registry: Registry, ids_with_reason: Mapping[str, str]) -> None:
        """Remember ids and why; of one that is remembered already the first reason stays."""
        if not set(ids_with_reason) - self.known(registry, ids_with_reason):
            return
        with self._rows.transaction():
            known = self.known(registry, ids_with_reason)
            now = self._rows.now()
            self._rows.insert(
                table,
                [
                    {"registry": registry.value, "severa_id": id_, "reason": reason, "at": now}
                    for id_, reason in ids_with_reason.items()
                    if id_ not in known
                ],
            )
