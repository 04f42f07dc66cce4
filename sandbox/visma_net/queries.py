"""Query strings: the names of a call with their forms (contract, sections 4 and 7)."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.visma_net.calls import Asked
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.stamps import moment

Parser = Callable[[str], Any]
CONDITIONS = frozenset({">", "<", ">=", "<="})


def text(value: str) -> str:
    """Any text."""
    return value


def integer(value: str) -> int:
    """A whole number."""
    return int(value)


def number(value: str) -> float:
    """A number."""
    return float(value)


def positive(value: str) -> int:
    """A whole number from 1."""
    found = int(value)
    if found < 1:
        raise ValueError(value)
    return found


def flag(value: str) -> bool:
    """``true`` or ``false``."""
    return {"true": True, "false": False}[value.lower()]


def condition(value: str) -> str:
    """A comparison."""
    if value not in CONDITIONS:
        raise ValueError(value)
    return value


def names(parser: Parser, *found: str) -> Mapping[str, Parser]:
    """Several names of one form."""
    return dict.fromkeys(found, parser)


def dated(*members: str) -> Mapping[str, Parser]:
    """Dates or local date-times, each with its condition beside it."""
    return {**names(moment, *members), **names(condition, *(f"{name}Condition" for name in members))}


CHANGED = dated("lastModifiedDateTime")
STAMPED = dated("lastModifiedDateTime", "createdDateTime")
PAGED = names(positive, "pageNumber", "pageSize")


def parse(query: Mapping[str, list[str]], parsers: Mapping[str, Parser]) -> Asked:
    """Checks names and values; refused (400) with an unknown or repeated name, or a value that does not fit."""
    found: dict[str, Any] = {}
    for name, values in query.items():
        parser = parsers.get(name)
        if parser is None:
            raise RefusedError.business(f"The parameter '{name}' is unknown.")
        if parser is several:
            found[name] = values
            continue
        if len(values) > 1:
            raise RefusedError.business(f"'{name}' is given more than once.")
        try:
            found[name] = parser(values[0])
        except (ValueError, KeyError) as bad:
            raise RefusedError.business(f"The value '{values[0]}' is not valid for {name}.") from bad
    return found


def several(value: str) -> str:
    """A text that may be given more than once; parsed into a list."""
    return value
