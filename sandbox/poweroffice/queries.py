"""Query strings: filters by name with their forms, paging, fields (contract, section 3 and 4)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import enums

DEFAULT_PAGE_SIZE = 5000
MAXIMUM_PAGE_SIZE = 20_000

Ranges = Sequence[tuple[int, int | None]]
"""Inclusive number ranges; None is open above."""
Codes = Sequence[str | tuple[str, str]]
"""Codes; a part with a hyphen inside is read as a range, as the contract warns."""


def instant(text: str) -> datetime:
    """An instant with offset. An unencoded ``+`` arrives as a blank and is refused."""
    value = datetime.fromisoformat(text)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def day(text: str) -> date:
    """A date ``YYYY-MM-DD``."""
    return date.fromisoformat(text)


def boolean(text: str) -> bool:
    """``true`` or ``false``."""
    return {"true": True, "false": False}[text.lower()]


def integer(text: str) -> int:
    """A whole number."""
    return int(text)


def number_ranges(text: str) -> Ranges:
    """``10000-11000,12000,13000-``."""
    found: list[tuple[int, int | None]] = []
    for part in text.split(","):
        low, hyphen, high = part.strip().partition("-")
        found.append((int(low), int(low) if not hyphen else int(high) if high else None))
    return found


def integers(text: str) -> Sequence[int]:
    """A comma list of whole numbers, no ranges."""
    return [int(part) for part in text.split(",")]


def texts(text: str) -> Sequence[str]:
    """A comma list of texts."""
    return [part.strip() for part in text.split(",")]


def uuid(text: str) -> str:
    """A uuid, in lower case with hyphens."""
    return str(UUID(text))


def uuids(text: str) -> Sequence[str]:
    """A comma list of uuids."""
    return [uuid(part.strip()) for part in text.split(",")]


def codes(text: str) -> Codes:
    """A comma list of codes. ``-1`` asks for rows without one; ``A-C`` is a range."""
    found: list[str | tuple[str, str]] = []
    for part in texts(text):
        low, hyphen, high = part.partition("-")
        found.append((low, high) if hyphen and low else part)
    return found


def plain(text: str) -> str:
    """Any text."""
    return text


def one_of(allowed: frozenset[str]) -> Callable[[str], str]:
    """A value of an enumeration, case-sensitive."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return parse


def several_of(allowed: frozenset[str]) -> Callable[[str], Sequence[str]]:
    """A comma list of values of an enumeration."""

    def parse(text: str) -> Sequence[str]:
        found = texts(text)
        if not allowed.issuperset(found):
            raise ValueError(text)
        return found

    return parse


Parser = Callable[[str], Any]

CHANGED: Mapping[str, Parser] = {"lastChangedDateTimeOffsetGreaterThan": instant}
CREATED: Mapping[str, Parser] = {"createdDateTimeOffsetGreaterThan": instant}
PROJECTS: Mapping[str, Parser] = {"projectCodes": codes, "departmentCodes": codes, "includeSubProject": boolean}
VOUCHER_TYPES = several_of(enums.VOUCHER_TYPE)


def _bounded(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return parse


PAGING: Mapping[str, Parser] = {
    "PageNumber": _bounded(1, 2**31 - 1),
    "PageSize": _bounded(1, MAXIMUM_PAGE_SIZE),
    "Fields": texts,
    "OrderBy": plain,  # the syntax is not documented: accepted without effect
    "UseDatabaseValidation": boolean,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A parsed query string."""

    values: Mapping[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """The value, or None when it was not sent."""
        return self.values.get(name)

    @property
    def page(self) -> int:
        """The page asked for, from 1."""
        return int(self.values.get("PageNumber", 1))

    @property
    def size(self) -> int:
        """The rows of a page."""
        return int(self.values.get("PageSize", DEFAULT_PAGE_SIZE))


NOTHING_ASKED = Asked()


def _refused(detail: str) -> RefusedError:
    return RefusedError.problem(400, "Invalid query parameter(s)", detail)


def parse(query: bytes, parsers: Mapping[str, Parser], ignored: frozenset[str] = frozenset()) -> Asked:
    """Checks names and values. Unknown names, repeated names and malformed values are refused (400)."""
    if not query:
        return NOTHING_ASKED
    values: dict[str, Any] = {}
    for name, text in parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="utf-8"):
        if name in ignored:
            continue
        parser = parsers.get(name)
        if parser is None:
            raise _refused(f"The parameter '{name}' is unknown.")
        if name in values:
            raise _refused(f"{name} is given more than once.")
        try:
            values[name] = parser(text)
        except (ValueError, KeyError) as bad:
            raise _refused(f"The value '{text}' is not valid for {name}.") from bad
    return Asked(values)
