"""Reading the arguments of an action."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.fields import Fields
from sandbox.store import Row
from sandbox.system import ActionError, Json
from sandbox.visma_net.company import Company
from sandbox.visma_net.forms.wrapping import unwrapped, wrapped


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


def text(arguments: Json, name: str) -> str:
    """A text that must be given."""
    value = arguments.get(name)
    if not isinstance(value, str | int) or isinstance(value, bool) or not str(value):
        raise ActionError(f"{name}: a text is needed")
    return str(value)


def choice(arguments: Json, name: str, allowed: Collection[str], default: str) -> str:
    """One of some words."""
    value = arguments.get(name, default)
    if value not in allowed:
        raise ActionError(f"{name}: one of {', '.join(allowed)}")
    return str(value)


def day(arguments: Json, company: Company) -> date:
    """The date given as ``date``, else today's."""
    value = arguments.get("date")
    if value is None:
        return company.today()
    try:
        return date.fromisoformat(str(value))
    except ValueError as bad:
        raise ActionError(f"date: YYYY-MM-DD, not {value!r}") from bad


def attached(arguments: Json) -> list[tuple[str, bytes]]:
    """``files``: a list of {"name", "text"}."""
    found = []
    for each in arguments.get("files") or ():
        only(each, ("name", "text"))
        found.append((text(each, "name"), str(each.get("text", "")).encode()))
    return found


def body(fields: Fields, arguments: Json, required: Collection[str] = ()) -> Row:
    """Members of a write, given without wrappers, checked as the service checks them."""
    return unwrapped(fields, wrapped(fields, arguments), required=tuple(required))


def rest(arguments: Json, *names: str) -> Json:
    """The arguments without those that say which object is meant."""
    return {name: value for name, value in arguments.items() if name not in names}
