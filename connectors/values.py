"""Readers and writers of single values, as used in field tables.

A reader takes what the vendor's JSON holds (numbers are int or Decimal) and returns our value, or raises `Rejected`.
Missing and null both arrive as None; every reader lets None through, except `flag_or`.
A writer takes our value and returns what goes into JSON; Decimal, date and None may be returned as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Reader = Callable[[Any], Any]
Writer = Callable[[Any], Any]

MAX_SHOWN = 80
LARGEST = Decimal(10) ** 15
"""No amount, price or quantity of a business reaches this; a double beyond it has lost its cents anyway."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
"""A GUID, to be matched in full."""
_LONGEST_NUMBER = 30


class Rejected(ValueError):  # noqa: N818 - it says what happened to the value
    """A value that breaks the contract; the text says what was wanted."""


def shown(value: Any) -> str:
    """A vendor's value for people: on one line, at most 80 characters; letters stay, what has no shape is escaped."""
    if isinstance(value, str):
        text = "".join(char if char.isprintable() else _escaped(char) for char in value[: MAX_SHOWN + 1])
        text = f'"{text}"' if len(text) < MAX_SHOWN - 1 else f'"{text[: MAX_SHOWN - 3]}…"'
    elif isinstance(value, Mapping):
        text = "an object"
    elif isinstance(value, (list, tuple)):
        text = f"a list of {len(value)}"
    elif isinstance(value, int) and value.bit_length() > 200:
        text = "a very large number"
    else:
        text = str(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def text(value: Any) -> str | None:
    """A text, trimmed; empty is None. Control characters other than tab and line ends are refused."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise Rejected("a text is wanted")
    if _CONTROL.search(value):
        raise Rejected("control characters are not allowed")
    return value.strip() or None


def guid(value: Any) -> str | None:
    """A GUID as text, lower case."""
    if value is None:
        return None
    if not isinstance(value, str) or not GUID.fullmatch(value):
        raise Rejected("a GUID is wanted")
    return value.lower()


def whole(value: Any) -> int | None:
    """A whole number; a Decimal without a fraction counts."""
    number = decimal(value)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise Rejected("a whole number is wanted")
    return int(number)


def number_text(value: Any) -> str | None:
    """A number that we keep as text (customer number, vendor id): a whole number or a text of it."""
    if isinstance(value, str):
        return text(value)
    number = whole(value)
    return None if number is None else str(number)


def decimal(value: Any) -> Decimal | None:
    """A finite number below 10^15 as Decimal. Texts are refused."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise Rejected("a number is wanted")
    number = Decimal(value) if isinstance(value, int) and value.bit_length() < 200 else value
    if not isinstance(number, Decimal) or not number.is_finite() or abs(number) >= LARGEST:
        raise Rejected("a number below 10^15 is wanted")
    if len(number.as_tuple().digits) > _LONGEST_NUMBER or number.adjusted() < -_LONGEST_NUMBER:
        if number == 0:
            return Decimal(0)
        raise Rejected("a number of at most 30 digits is wanted")
    return number


def flag(value: Any) -> bool | None:
    """True or false."""
    if value is None or isinstance(value, bool):
        return value
    raise Rejected("true or false is wanted")


def flag_or(default: bool) -> Reader:  # noqa: FBT001 - reads as flag_or(True) in tables
    """True or false; missing means `default`."""

    def read(value: Any) -> bool:
        found = flag(value)
        return default if found is None else found

    return read


def inverted(default: bool) -> Reader:  # noqa: FBT001 - reads as inverted(True) in tables
    """The opposite of a flag (isClosed, IsArchived); missing means our value is `default`."""

    def read(value: Any) -> bool:
        found = flag(value)
        return default if found is None else not found

    return read


def invert(value: Any) -> bool | None:
    """Writer of `inverted`."""
    return None if value is None else not value


def day(value: Any) -> date | None:
    """A business date, YYYY-MM-DD; a time part is cut off."""
    if value is None:
        return None
    if not isinstance(value, str) or not value.isascii() or len(value) > 40:
        raise Rejected("a date YYYY-MM-DD is wanted")
    try:
        if len(value) > 10:
            datetime.fromisoformat(value)
        return date.fromisoformat(value[:10])
    except ValueError:
        raise Rejected("a date YYYY-MM-DD is wanted") from None


def instant(value: Any) -> datetime | None:
    """An instant in ISO 8601 with offset, returned in UTC; one without offset is taken as UTC."""
    if value is None:
        return None
    if not isinstance(value, str) or not value.isascii() or len(value) > 40:
        raise Rejected("a date and time in ISO 8601 is wanted")
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Rejected("a date and time in ISO 8601 is wanted") from None


def one_of(choices: Mapping[str, Any]) -> Reader:
    """A word of an enum, turned into our value; other words are refused."""

    def read(value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, str) or value not in choices:
            raise Rejected(f"one of {', '.join(choices)} is wanted")
        return choices[value]

    return read


def country(value: Any) -> str | None:
    """An ISO 3166 two-letter country code, upper case."""
    found = text(value)
    if found is not None and (len(found) != 2 or not found.isascii() or not found.isalpha()):
        raise Rejected("a two-letter country code is wanted")
    return found.upper() if found else None


def line(number: int) -> Reader:
    """One line (from 1) of a text of several lines; empty lines in between do not count.

    The last line that a reader asks for does not swallow what follows: use `rest` for that.
    """

    def read(value: Any) -> str | None:
        found = lines(value)
        return found[number - 1] if len(found) >= number else None

    return read


def rest(number: int) -> Reader:
    """All lines from a number (from 1) on, joined by a comma and a blank."""

    def read(value: Any) -> str | None:
        return ", ".join(lines(value)[number - 1 :]) or None

    return read


def lines(value: Any) -> list[str]:
    """The lines of a text that are not empty, trimmed."""
    whole_text = text(value)
    return [part.strip() for part in whole_text.splitlines() if part.strip()] if whole_text else []


def same(value: Any) -> Any:
    """Writer that leaves the value as it is."""
    return value


def number(value: Any) -> int | None:
    """Writer of `number_text`: the whole number that the text holds; Rejected when it holds none."""
    if value is None:
        return None
    found = str(value).strip()
    if not found.isascii() or not found.isdigit() or len(found) > 18:
        raise Rejected("only a whole number can be stored there")
    return int(found)


def word_of(choices: Mapping[str, Any]) -> Writer:
    """Writer of `one_of`: the first word that means our value; Rejected when there is none."""
    words: dict[Any, str] = {meaning: word for word, meaning in reversed(list(choices.items()))}

    def write(value: Any) -> str | None:
        if value is None:
            return None
        if value not in words:
            raise Rejected(f"one of {', '.join(str(known) for known in words)} is wanted")
        return words[value]

    return write
