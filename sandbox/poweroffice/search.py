"""Narrowing a table by filters: indexed look-ups first, the rest by looking at what is left."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sandbox.poweroffice.queries import Codes, Ranges
from sandbox.store import Row, Table

Value = Callable[[Row], Any]


def within(ranges: Ranges, value: int | None) -> bool:
    """True when the number lies in one of the ranges."""
    return value is not None and any(low <= value and (high is None or value <= high) for low, high in ranges)


def coded(wanted: Codes, code: str | None) -> bool:
    """True when the code is asked for; ``-1`` asks for none."""
    for each in wanted:
        if isinstance(each, tuple):
            if code is not None and each[0] <= code <= each[1]:
                return True
        elif each == code or (each == "-1" and code is None):
            return True
    return False


class Search:
    """Rows of a table that pass every filter given. A filter that was not asked for (None) passes everything."""

    def __init__(self, table: Table, key: str = "Id") -> None:
        self._table = table
        self._key = key
        self._rows: list[Row] | None = None

    def rows(self) -> Sequence[Row]:
        """What is left."""
        return list(self._table) if self._rows is None else self._rows

    def keep(self, rows: Iterable[Row]) -> None:
        """Only rows that are also among these."""
        if self._rows is None:
            self._rows = list(rows)
        else:
            ids = {row[self._key] for row in rows}
            self._rows = [row for row in self._rows if row[self._key] in ids]

    def where(self, test: Callable[[Row], bool]) -> None:
        """Only rows that pass."""
        self._rows = [row for row in self.rows() if test(row)]

    def among(self, index: str, values: Iterable[Any] | None) -> None:
        """Rows with one of these keys in an index."""
        if values is not None:
            self.keep(self._table.find_any(index, values))

    def equal(self, index: str, value: Any) -> None:
        """Rows with this key in an index."""
        if value is not None:
            self.keep(self._table.find(index, value))

    def member(self, name: str, value: Any) -> None:
        """Rows whose member equals this; a null boolean counts as false."""
        if isinstance(value, bool):
            self.where(lambda row: bool(row.get(name)) is value)
        elif value is not None:
            self.where(lambda row: row.get(name) == value)

    def numbers(self, index: str, ranges: Ranges | None) -> None:
        """Rows whose number lies in the ranges; single numbers come from the index of the member's name."""
        if ranges is None:
            return
        if all(low == high for low, high in ranges):
            self.among(index, [low for low, _ in ranges])
        else:
            self.where(lambda row: within(ranges, row.get(index)))

    def numbers_of(self, name: str, ranges: Ranges | None) -> None:
        """Rows whose member, which has no index, lies in the ranges."""
        if ranges is not None:
            self.where(lambda row: within(ranges, row.get(name)))

    def codes(self, index: str, wanted: Codes | None, value: Value | None = None) -> None:
        """Rows whose code is asked for; plain codes come from the index when there is one of that name."""
        if wanted is None:
            return
        if value is None and all(isinstance(each, str) and each != "-1" for each in wanted):
            self.among(index, wanted)
        else:
            read = value or (lambda row: row.get(index))
            self.where(lambda row: coded(wanted, read(row)))

    def changed_after(self, at: datetime | None) -> None:
        """Rows changed after the instant (exclusive)."""
        if at is not None:
            self.keep(self._table.changed_since(at, inclusive=False))

    def created_after(self, at: datetime | None) -> None:
        """Rows created after the instant (exclusive)."""
        if at is not None:
            self.keep(self._table.created_since(at, inclusive=False))
