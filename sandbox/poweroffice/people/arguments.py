"""Reading the arguments of an action."""

from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.system import ActionError, Json


def only(arguments: Json, allowed: Collection[str]) -> None:
    """ActionError for an argument that the action does not know."""
    unknown = sorted(set(arguments) - set(allowed))
    if unknown:
        raise ActionError(f"unknown: {', '.join(unknown)}; known: {', '.join(allowed)}")


def amount(arguments: Json, name: str) -> Decimal | None:
    """An amount, exact; None when it was not given."""
    value: Any = arguments.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ActionError(f"{name}: a number")
    try:
        found = Decimal(str(value))
    except InvalidOperation as bad:
        raise ActionError(f"{name}: a number, not {value!r}") from bad
    if not found.is_finite():
        raise ActionError(f"{name}: a number, not {value!r}")
    return found


def number(arguments: Json, name: str) -> float | None:
    """A number; None when it was not given."""
    found = amount(arguments, name)
    return None if found is None else float(found)
