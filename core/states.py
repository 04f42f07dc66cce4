"""Records as plain JSON states, for links and comparisons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from core.records import Address, Record

MISSING: Any = object()
"""Stands for a field that never got through: it differs from every value."""

NOT_APPLICABLE = {"applies": False}
"""Stands in a link's states for a field that this item does not have."""


def encode(value: Any) -> Any:
    """A business value as a JSON value that compares by meaning: 10, 10.0 and 10.00 are one."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Address):
        return [value.line1, value.line2, value.postal_code, value.city, value.country]
    return value


def state_of(record: Record, names: Iterable[str]) -> dict[str, Any]:
    """The named fields of a record, encoded."""
    return {name: encode(getattr(record, name)) for name in names}


def shown(value: Any) -> str:
    """An encoded value as people read it in an issue; cut to 80 characters."""
    if value is None or value is MISSING:
        return "(empty)"
    if isinstance(value, list):
        value = ", ".join(str(part) for part in value if part)
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"
