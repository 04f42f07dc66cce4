"""Single values as Visma.net writes them: times without a zone, texts that are emptied, enumerations that may grow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connectors.values import Reader, Rejected, decimal, text
from core.records import ProductKind

PLAIN = frozenset({"operation", "overrideWithClassValues"})
"""Members of a write that are not wrapped (contract section 3); lists and action bodies are not, either."""

ITEM_KINDS: Mapping[str, ProductKind | None] = {
    "NonStockItem": ProductKind.PRODUCT,
    "ServiceItem": ProductKind.PRODUCT,
    "LaborItem": ProductKind.WORK_TYPE,
    "ExpenseItem": ProductKind.TRAVEL_EXPENSE,
    "ChargeItem": None,
    "FinishedGoodItem": None,
    "ComponentPartItem": None,
    "SubassemblyItem": None,
}
"""VN-07: type of an item or class -> Severa's registry; None is left alone."""

TITLES = ("Mr", "Mrs", "Ms")
"""Salutations that both sides have. Visma.net knows Doctor, Miss and Prof besides, Severa does not."""


def stamp(value: Any) -> datetime | None:
    """A time of change as it stands there, without zone. An offset, where there is one after all, is cut off."""
    found = text(value)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(found).replace(tzinfo=None)
    except ValueError:
        raise Rejected("a date and time in ISO 8601 is wanted") from None


def stamp_in(zone: ZoneInfo) -> Callable[[datetime | None], datetime | None]:
    """Turns a time of change into an instant (UTC), taken to be of a zone."""

    def instant(value: datetime | None) -> datetime | None:
        if value is None:
            return None
        try:
            return value.replace(tzinfo=zone).astimezone(UTC)
        except OverflowError:
            return None

    return instant


def asked(instant: datetime, zone: ZoneInfo) -> str:
    """An instant (aware) as filters take it: local, to the millisecond, no zone."""
    return instant.astimezone(zone).replace(tzinfo=None).isoformat(timespec="milliseconds")


def or_empty(value: Any) -> Any:
    """Writer of a text: an empty one clears it, because null is never sent (contract section 8)."""
    return "" if value is None else value


def lenient(choices: Mapping[str, Any], otherwise: Any = None) -> Reader:
    """A word of an enumeration that may grow: one that we do not know counts as `otherwise`, not as an error."""

    def read(value: Any) -> Any:
        if value is not None and not isinstance(value, str):
            raise Rejected("a word is wanted")
        return choices.get(value, otherwise) if value else otherwise

    return read


def word(value: Any) -> str | None:
    """A word of an enumeration, as it stands; `None`, the vendor's word for no value, is one of them."""
    found = text(value)
    return None if found == "None" else found


def money(value: Any) -> Decimal | None:
    """An amount: a double, of which two decimals count (contract section 3)."""
    found = decimal(value)
    return None if found is None else found.quantize(Decimal("0.01")) + 0


def day_text(value: date | None) -> str | None:
    """Writer of a business date: `2026-03-05`."""
    return None if value is None else value.isoformat()


def whole_id(value: Any) -> int | None:
    """Writer of an id that is int32 there and text here."""
    if value is None:
        return None
    found = str(value)
    if not found.isascii() or not found.isdigit() or int(found) > 2147483647:
        raise Rejected("an id of Visma.net is wanted")
    return int(found)


def wrapped(members: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted members as the body of a write: every scalar in `{"value": …}`, blocks too (contract section 3)."""
    body: dict[str, Any] = {}
    for path, value in members.items():
        *parents, name = path.split(".")
        at = body
        for parent in parents:
            at = at.setdefault(parent, {"value": {}})["value"]
        at[name] = value if name in PLAIN or isinstance(value, list) else {"value": value}
    return body
