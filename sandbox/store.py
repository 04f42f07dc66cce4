"""In-memory tables of vendor-shaped rows, with look-ups by index and by the time of the last change."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from sandbox.clock import Clock

Row = dict[str, Any]
"""A stored object in the vendor's shape. Only its table may change it."""

Keys = Callable[[Row], Iterable[Hashable]]
"""Gives the keys of a row in one index: none, one or several."""


def member(path: str) -> Keys:
    """Index keys from a member: ``code``, ``customer.guid``, or ``projects.guid`` through a list. Nulls give none."""
    names = path.split(".")
    first, *rest = names

    def plain(row: Row) -> Iterable[Hashable]:
        value = row.get(first)
        if value is None:
            return ()
        return value if isinstance(value, list) else (value,)

    def keys(row: Row) -> Iterable[Hashable]:
        value = row.get(first)
        if value is None:
            return ()
        if len(rest) == 1 and isinstance(value, dict):
            value = value.get(rest[0])
            if value is None:
                return ()
            if not isinstance(value, list):
                return (value,)
        found: list[Any] = [row]
        for name in names:
            values = [item.get(name) for item in found]
            found = [
                one for value in values if value is not None for one in (value if isinstance(value, list) else (value,))
            ]
        return found

    return keys if rest else plain


class ChangeLog:
    """Row ids by the time of their last change; only the last change of a row counts."""

    def __init__(self) -> None:
        self._entries: list[tuple[datetime, int, Hashable]] = []
        self._last: dict[Hashable, tuple[datetime, int, Hashable]] = {}
        self._count = 0
        self._sorted = True

    def note(self, row_id: Hashable, at: datetime) -> None:
        """Says that the row changed at `at`."""
        self._count += 1
        entry = (at, self._count, row_id)
        if self._entries and self._entries[-1][:2] > entry[:2]:
            self._sorted = False
        self._entries.append(entry)
        self._last[row_id] = entry
        if len(self._entries) > 2 * len(self._last) + 1000:
            self._entries = [each for each in self._entries if self._last.get(each[2]) is each]

    def forget(self, row_id: Hashable) -> None:
        """Takes a deleted row out."""
        self._last.pop(row_id, None)

    def since(self, at: datetime, *, inclusive: bool = True) -> list[Hashable]:
        """Ids changed at or after `at` (after it, when not inclusive), oldest change first, each once."""
        return [
            entry[2]
            for entry in self._entries[self._start(at) :]
            if self._last.get(entry[2]) is entry and (inclusive or entry[0] > at)
        ]

    def count_since(self, at: datetime) -> int:
        """At most so many ids changed at or after `at`; costs a binary search."""
        return len(self._entries) - self._start(at)

    def is_since(self, row_id: Hashable, at: datetime) -> bool:
        """Whether the row's last change is at or after `at`."""
        last = self._last.get(row_id)
        return last is not None and last[0] >= at

    def _start(self, at: datetime) -> int:
        if not self._sorted:
            self._entries.sort(key=itemgetter(0, 1))
            self._sorted = True
        return bisect_left(self._entries, (at, 0), key=itemgetter(0, 1))


class Index:
    """Row ids by key. Most keys have one row: it stands alone, without a collection around it."""

    def __init__(self) -> None:
        self._one: dict[Hashable, Hashable] = {}
        self._more: dict[Hashable, dict[Hashable, None]] = {}
        self._ordered: list[Any] | None = None

    def highest(self, low: Any, high: Any) -> Any:
        """The highest key from `low` to `high`, both included; None without one. The order is made when first asked."""
        if self._ordered is None:
            self._ordered = sorted({*self._one, *self._more})
        place = bisect_right(self._ordered, high) - 1
        return self._ordered[place] if place >= 0 and self._ordered[place] >= low else None

    def ids(self, value: Hashable) -> Collection[Hashable]:
        """The ids of a key, each once."""
        more = self._more.get(value)
        if more is not None:
            return more
        return (self._one[value],) if value in self._one else ()

    def add(self, value: Hashable, row_id: Hashable) -> None:
        """Puts an id under a key."""
        if value in self._more:
            self._more[value][row_id] = None
            return
        if self._ordered is not None and value not in self._one:
            insort(self._ordered, value)
        if self._one.setdefault(value, row_id) != row_id:
            self._more[value] = {self._one.pop(value): None, row_id: None}

    def drop(self, value: Hashable, row_id: Hashable) -> None:
        """Takes an id from a key."""
        more = self._more.get(value)
        if more is None:
            if self._one.pop(value, None) is not None and self._ordered is not None:
                del self._ordered[bisect_left(self._ordered, value)]
        else:
            more.pop(row_id, None)
            if len(more) == 1:
                (self._one[value],) = self._more.pop(value)


class Table:
    """Rows of one kind by id, in order of insertion, with secondary indexes and change stamps from the clock.

    `key` names the id member. `created` and `changed` name the stamp members (None: the kind has none);
    `stamp` writes an instant in the vendor's form. `indexes` maps a name to the keys of a row (see `member`).
    """

    def __init__(
        self,
        clock: Clock,
        *,
        key: str,
        stamp: Callable[[datetime], str],
        created: str | None = None,
        changed: str | None = None,
        indexes: Mapping[str, Keys] | None = None,
    ) -> None:
        self._clock = clock
        self._key = key
        self._stamp = stamp
        self._created = created
        self._changed = changed
        self._index_keys = dict(indexes or {})
        self._rows: dict[Hashable, Row] = {}
        self._positions: dict[Hashable, int] = {}
        self._order: list[Hashable | None] = []
        self._indexes: dict[str, Index] = {name: Index() for name in self._index_keys}
        self._made: dict[Hashable, datetime] = {}
        self.changes = ChangeLog()
        self._creations: ChangeLog | None = None

    @property
    def creations(self) -> ChangeLog:
        """Row ids by the time of creation; the log is made when first asked for."""
        if self._creations is None:
            self._creations = ChangeLog()
            for row_id, at in self._made.items():
                self._creations.note(row_id, at)
        return self._creations

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        """All rows in order of insertion."""
        return iter(list(self._rows.values()))

    def __contains__(self, row_id: Hashable) -> bool:
        return row_id in self._rows

    def get(self, row_id: Hashable) -> Row | None:
        """The row with this id, or None."""
        return self._rows.get(row_id)

    def find(self, index: str, value: Hashable) -> list[Row]:
        """The rows with this key in an index, in order of insertion."""
        return [self._rows[row_id] for row_id in self._in_order(self._indexes[index].ids(value))]

    def find_any(self, index: str, values: Iterable[Hashable]) -> list[Row]:
        """The rows with any of these keys in an index, in order of insertion, each once."""
        lookup = self._indexes[index]
        ids = {row_id: None for value in values for row_id in lookup.ids(value)}
        return [self._rows[row_id] for row_id in self._in_order(ids)]

    def count(self, index: str, values: Iterable[Hashable]) -> int:
        """At most so many rows have any of these keys in an index; -1 when there is no such index."""
        lookup = self._indexes.get(index)
        return -1 if lookup is None else sum(len(lookup.ids(value)) for value in values)

    def highest(self, index: str, low: Any, high: Any) -> Any:
        """The highest key of an index from `low` to `high`, both included; None when no row has one."""
        return self._indexes[index].highest(low, high)

    def changed_since(self, at: datetime, *, inclusive: bool = True) -> list[Row]:
        """The rows whose last change is at or after `at`, in order of insertion."""
        return [self._rows[row_id] for row_id in self._in_order(self.changes.since(at, inclusive=inclusive))]

    def created_since(self, at: datetime, *, inclusive: bool = True) -> list[Row]:
        """The rows created at or after `at`, in order of insertion."""
        return [self._rows[row_id] for row_id in self._in_order(self.creations.since(at, inclusive=inclusive))]

    def scan(self, start: int) -> Iterator[tuple[int, Row]]:
        """(position, row) from a position on, in order of insertion: for paging through everything."""
        for position in range(start, len(self._order)):
            row_id = self._order[position]
            if row_id is not None:
                yield position, self._rows[row_id]

    def at(self, position: int) -> Row:
        """The row at a place in the order of insertion. KeyError when it was deleted."""
        return self._rows[self._order[position]]

    def position(self, row_id: Hashable) -> int:
        """The row's place in the order of insertion."""
        return self._positions[row_id]

    def insert(self, row: Row, *, created: datetime | None = None, changed: datetime | None = None) -> Row:
        """Stores a new row under its id and stamps it (the clock's time unless given). KeyError when the id exists."""
        row_id = row[self._key]
        if row_id in self._rows:
            raise KeyError(f"{self._key} {row_id} exists")
        if created is None:
            created = self._clock.now()
        if changed is None:
            changed = created
        if self._created is not None:
            row[self._created] = self._stamp(created)
        if self._changed is not None:
            row[self._changed] = self._stamp(changed)
        self._rows[row_id] = row
        self._positions[row_id] = len(self._order)
        self._order.append(row_id)
        self._add_keys(row_id, self._keys(row))
        if self._creations is not None:
            self._creations.note(row_id, created)
        self._made[row_id] = created
        self.changes.note(row_id, changed)
        return row

    def update(self, row_id: Hashable, members: Row, *, touch: bool = True) -> Row:
        """Replaces members of a row and stamps the change, unless `touch` is off. KeyError when there is none."""
        row = self._rows[row_id]
        before = self._keys(row)
        row.update(members)
        after = self._keys(row)
        if before != after:
            self._drop_keys(row_id, before)
            self._add_keys(row_id, after)
        if touch:
            now = self._clock.now()
            if self._changed is not None:
                row[self._changed] = self._stamp(now)
            self.changes.note(row_id, now)
        return row

    def delete(self, row_id: Hashable) -> Row:
        """Takes a row out and returns it. KeyError when there is none."""
        row = self._rows.pop(row_id)
        self._order[self._positions.pop(row_id)] = None
        self._drop_keys(row_id, self._keys(row))
        self.changes.forget(row_id)
        del self._made[row_id]
        if self._creations is not None:
            self._creations.forget(row_id)
        return row

    def _in_order(self, ids: Iterable[Hashable]) -> list[Hashable]:
        return sorted(ids, key=self._positions.__getitem__)

    def _keys(self, row: Row) -> list[list[Hashable]]:
        return [list(keys(row)) for keys in self._index_keys.values()]

    def _add_keys(self, row_id: Hashable, found: list[list[Hashable]]) -> None:
        for lookup, values in zip(self._indexes.values(), found, strict=True):
            for value in values:
                lookup.add(value, row_id)

    def _drop_keys(self, row_id: Hashable, found: list[list[Hashable]]) -> None:
        for lookup, values in zip(self._indexes.values(), found, strict=True):
            for value in values:
                lookup.drop(value, row_id)
