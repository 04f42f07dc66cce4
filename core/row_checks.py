"""Checks about rows of data, as data: what is expected of which field of which records (ALL-10).

They become suites of Great Expectations. Here is only what is expected, and of what.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.checks import Check
from core.profiles import always
from core.records import Record, Registry, Side


class Expect(StrEnum):
    """What is expected of a value. One that is None is not looked at."""

    FILLED = "filled"
    """Not an empty text."""
    UNIQUE = "unique"
    """No other record has it."""
    ONE_OF = "one of"
    """Among `values`."""
    MATCHES = "matches"
    """The whole of it matches the regular expression `pattern`."""
    LENGTH = "length"
    """From `low` to `high` characters."""
    COUNTERPART = "counterpart"
    """An item of the other system has it."""


def key_of(record: Record) -> str:
    """The record's number or code; empty when it has none."""
    return record.key or ""


def known_key(record: Record) -> str | None:
    """The record's number or code; None when it has none."""
    return record.key


def folded_key(record: Record) -> str | None:
    """The record's number or code, whatever its case; None when it has none."""
    return record.key.casefold() if record.key else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCheck:
    """What is expected of one value of every record of a registry on a side.

    Records that the profile's filters keep on their side are not looked at, nor those that are not among `only`.
    `value` gives the text that is looked at; of a COUNTERPART, `theirs` gives that of the other system's items.
    """

    check: Check
    side: Side
    registry: Registry
    expect: Expect
    value: Callable[[Record], str | None]
    values: frozenset[str] = frozenset()
    pattern: str = ""
    low: int = 0
    high: int = 0
    only: Callable[[Record], bool] = always
    theirs: Callable[[Record], str | None] = known_key

    @property
    def column(self) -> str:
        """Its name in the suite."""
        return self.check.key.rpartition(".")[2]
