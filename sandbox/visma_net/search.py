"""Narrowing a table by what was asked: indexed look-ups first, the rest by looking at what is left."""

from collections.abc import Callable, Iterable, Sequence
from operator import ge, gt, le, lt
from typing import Any

from sandbox.store import Row, Table
from sandbox.visma_net.calls import Asked
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.stamps import surely_before

COMPARE: dict[str, Callable[[Any, Any], bool]] = {">": gt, "<": lt, ">=": ge, "<=": le}
CHANGED, CREATED = "lastModifiedDateTime", "createdDateTime"


class Search:
    """Rows of a table that pass every filter asked for. One that was not asked for passes everything."""

    def __init__(self, table: Table, asked: Asked, *, key: str) -> None:
        self._table = table
        self._asked = asked
        self._key = key
        self._rows: list[Row] | None = None

    def rows(self) -> Sequence[Row]:
        """What is left, in order of insertion."""
        return list(self._table) if self._rows is None else self._rows

    def only(self, rows: Iterable[Row]) -> None:
        """Only rows that are also among these."""
        if self._rows is None:
            self._rows = list(rows)
        else:
            ids = {row[self._key] for row in rows}
            self._rows = [row for row in self._rows if row[self._key] in ids]

    def where(self, test: Callable[[Row], bool]) -> None:
        """Only rows that pass."""
        self._rows = [row for row in self.rows() if test(row)]

    def equal(self, name: str, index: str | None = None, *, to: Callable[[Any], Any] | None = None) -> None:
        """Rows whose index of this name has the value asked for. `to` turns the value into the key; None is no key."""
        if name not in self._asked:
            return
        value = self._asked[name] if to is None else to(self._asked[name])
        self.only(() if value is None else self._table.find(index or name, value))

    def member(self, name: str, read: Callable[[Row], Any] | None = None) -> None:
        """Rows whose member of this name equals the value asked for; texts without regard to case."""
        if name not in self._asked:
            return
        wanted = self._asked[name]
        if isinstance(wanted, str):
            folded = wanted.casefold()
            self.where(lambda row: str((read(row) if read else row.get(name)) or "").casefold() == folded)
        else:
            self.where(lambda row: (read(row) if read else row.get(name)) == wanted)

    def stamped(self) -> None:
        """By change and creation; a value and its condition come together, else refused (400)."""
        changed = self._condition(CHANGED)
        if changed is not None and changed[1].startswith(">"):
            self.only(self._table.changed_since(surely_before(changed[0])))
        self.compare(CHANGED)
        self.compare(CREATED)

    def compare(self, name: str, member: str | None = None) -> None:
        """Rows whose member lies on the side asked for. Members and values compare as texts, or as numbers."""
        found = self._condition(name)
        if found is not None:
            value, condition = found
            test, own = COMPARE[condition], member or name
            self.where(lambda row: row.get(own) is not None and test(row[own], value))

    def _condition(self, name: str) -> tuple[Any, str] | None:
        value, condition = self._asked.get(name), self._asked.get(f"{name}Condition")
        if value is None and condition is None:
            return None
        if value is None or condition is None:
            raise RefusedError.business(f"{name} and {name}Condition must be given together.")
        return value, condition
