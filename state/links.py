"""Links: which item of Severa is which item of the ERP, and how both looked when last in step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func

from core.links import Link
from core.records import Registry, Side
from state.errors import LinkClashError
from state.rows import TenantRows, chunks
from state.schema import links as table

_PAGE = 1000
_Present = tuple[str, datetime]
"""The ERP id and the linking time of a row that is there."""

_COLUMNS = [column for column in table.columns if column.name != "tenant"]


class Links:
    """The links of one tenant. Ids are texts as the systems give them; instants are UTC."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows
        self._pairs: dict[tuple[Registry, Side], dict[str, str | None]] = {}
        rows.on_rollback(self._pairs.clear)  # what was read or written meanwhile may not be true

    def by_id(self, registry: Registry, side: Side, ids: Iterable[str]) -> dict[str, Link]:
        """The links of these ids of one side, by that id; the unlinked are absent."""
        column = table.c.severa_id if side is Side.SEVERA else table.c.erp_id
        found: dict[str, Link] = {}
        for chunk in chunks(ids):
            query = self._rows.select(table, *_COLUMNS).where(table.c.registry == registry.value, column.in_(chunk))
            for row in self._rows.all(query):
                link = _link(row)
                found[link.id_on(side)] = link
                self._remember(link.registry, link.severa_id, link.erp_id)
        return found

    def other_id(self, registry: Registry, side: Side, record_id: str) -> str | None:
        """The id on the other side of the item that has `record_id` on `side`; None when it is not linked."""
        return self.other_ids(registry, side, (record_id,)).get(record_id)

    def other_ids(self, registry: Registry, side: Side, ids: Iterable[str]) -> dict[str, str]:
        """Ids of `side` -> ids on the other side; the unlinked are absent.

        What was asked once is not read again by this object, which is made for one run under the tenant's lease.
        """
        known = self._pairs.setdefault((registry, side), {})
        wanted = list(ids)
        column = table.c.severa_id if side is Side.SEVERA else table.c.erp_id
        for chunk in chunks(id_ for id_ in wanted if id_ not in known):
            query = self._rows.select(table, table.c.severa_id, table.c.erp_id)
            for row in self._rows.all(query.where(table.c.registry == registry.value, column.in_(chunk))):
                self._remember(registry, row.severa_id, row.erp_id)
            for id_ in chunk:
                known.setdefault(id_, None)
        return {id_: other for id_ in wanted if (other := known.get(id_)) is not None}

    def linked(self, registry: Registry, side: Side, ids: Iterable[str]) -> set[str]:
        """Which of these ids have a link, as the database has it now."""
        column = table.c.severa_id if side is Side.SEVERA else table.c.erp_id
        found: set[str] = set()
        for chunk in chunks(ids):
            query = self._rows.select(table, column).where(table.c.registry == registry.value, column.in_(chunk))
            found.update(row[0] for row in self._rows.all(query))
        return found

    def all(self, registry: Registry) -> Iterator[Link]:
        """Every link of a registry in the order of its Severa ids, a page at a time; links may be saved meanwhile."""
        query = self._rows.select(table, *_COLUMNS).where(table.c.registry == registry.value)
        query = query.order_by(table.c.severa_id).limit(_PAGE)
        page = self._rows.all(query)
        while page:
            yield from map(_link, page)
            page = self._rows.all(query.where(table.c.severa_id > page[-1].severa_id))

    def linked_since(self, registry: Registry, at: datetime) -> list[Link]:
        """Links of a registry that were made at or after an instant of our own clock."""
        query = self._rows.select(table, *_COLUMNS).where(table.c.registry == registry.value, table.c.linked_at >= at)
        return [_link(row) for row in self._rows.all(query.order_by(table.c.severa_id))]

    def count(self, registry: Registry | None = None) -> int:
        """How many links there are, of one registry or of all."""
        query = self._rows.select(table, func.count())
        if registry is not None:
            query = query.where(table.c.registry == registry.value)
        row = self._rows.first(query)
        return int(row[0]) if row else 0

    def save(self, links: Sequence[Link]) -> None:
        """Insert or replace by (registry, severa_id), the last one of a double; `linked_at` stays when not given.

        Raises LinkClashError when an ERP id belongs to another item of Severa; then none of the links is saved.
        """
        by_registry: dict[Registry, dict[str, Link]] = {}
        for link in links:
            by_registry.setdefault(link.registry, {})[link.severa_id] = link
        if by_registry:
            with self._rows.transaction():
                for registry, wanted in by_registry.items():
                    self._save(registry, wanted)

    def remove(self, registry: Registry, severa_id: str) -> None:
        """Forget that an item is linked; its records on both sides are not touched."""
        where = (table.c.registry == registry.value, table.c.severa_id == severa_id)
        with self._rows.transaction():
            row = self._rows.first(self._rows.select(table, table.c.erp_id).where(*where))
            if row is not None:
                self._rows.execute(self._rows.delete(table).where(*where))
                self._forget(registry, severa_id, row.erp_id)

    def _save(self, registry: Registry, wanted: dict[str, Link]) -> None:
        now = self._rows.now()
        present = self._present(registry, wanted)
        self._refuse_clashes(registry, wanted, present)
        # Rows are exchanged rather than updated one by one: two links may trade their ERP ids, and an update of
        # thousands of rows is slow on a PostgreSQL table that was never analysed.
        for chunk in chunks(present):
            old = (table.c.registry == registry.value, table.c.severa_id.in_(chunk))
            self._rows.execute(self._rows.delete(table).where(*old))
        for severa_id, (erp_id, _) in present.items():
            self._forget(registry, severa_id, erp_id)
        self._rows.insert(
            table,
            [_row(link, link.linked_at or present.get(id_, ("", now))[1], now) for id_, link in wanted.items()],
        )
        for link in wanted.values():
            self._remember(registry, link.severa_id, link.erp_id)

    def _present(self, registry: Registry, wanted: Iterable[str]) -> dict[str, _Present]:
        """severa_id -> (erp_id, linked_at) of those that have a row."""
        found: dict[str, _Present] = {}
        for chunk in chunks(wanted):
            query = self._rows.select(table, table.c.severa_id, table.c.erp_id, table.c.linked_at)
            query = query.where(table.c.registry == registry.value, table.c.severa_id.in_(chunk))
            found.update({row.severa_id: (row.erp_id, row.linked_at) for row in self._rows.all(query)})
        return found

    def _refuse_clashes(self, registry: Registry, wanted: dict[str, Link], present: dict[str, _Present]) -> None:
        claims: dict[str, Link] = {}
        clashes: list[tuple[Link, Link]] = []
        for link in wanted.values():
            first = claims.setdefault(link.erp_id, link)
            if first is not link:
                clashes.append((link, first))
        unchanged = {erp_id for id_, (erp_id, _) in present.items() if wanted[id_].erp_id == erp_id}
        for erp_id, holder in self.by_id(registry, Side.ERP, (id_ for id_ in claims if id_ not in unchanged)).items():
            if holder.severa_id not in wanted:
                clashes.append((claims[erp_id], holder))
        if clashes:
            raise LinkClashError(registry, clashes)

    def _remember(self, registry: Registry, severa_id: str, erp_id: str) -> None:
        self._pairs.setdefault((registry, Side.SEVERA), {})[severa_id] = erp_id
        self._pairs.setdefault((registry, Side.ERP), {})[erp_id] = severa_id

    def _forget(self, registry: Registry, severa_id: str, erp_id: str) -> None:
        self._pairs.setdefault((registry, Side.SEVERA), {}).pop(severa_id, None)
        self._pairs.setdefault((registry, Side.ERP), {}).pop(erp_id, None)


def _link(row: Row[Any]) -> Link:
    values = row._asdict()
    return Link(**{**values, "registry": Registry(values["registry"])})


def _row(link: Link, linked_at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "registry": link.registry.value,
        "severa_id": link.severa_id,
        "erp_id": link.erp_id,
        "key": link.key,
        "severa_state": dict(link.severa_state),
        "erp_state": dict(link.erp_state),
        "drift": dict(link.drift),
        "linked_at": linked_at,
        "updated_at": now,
    }
