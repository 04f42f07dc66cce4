"""Single values as PowerOffice writes them."""

from __future__ import annotations

from typing import Any

from connectors.values import Rejected, number, text
from core.records import ProductType

PRODUCT_TYPES = {"Product": ProductType.GOODS, "Service": ProductType.SERVICE}
"""PO-10: FixedFees and Materials are Product, Subcontracting is Service."""


def country(value: Any) -> str | None:
    """An ISO 3166 two-letter country code, upper case."""
    found = text(value)
    if found is not None and (len(found) != 2 or not found.isascii() or not found.isalpha()):
        raise Rejected("a two-letter country code is wanted")
    return found.upper() if found else None


def last_part(value: Any) -> int | None:
    """Writer of a contact's id: PowerOffice's own person id in `<customer id>/<person id>`."""
    return None if value is None else number(str(value).rpartition("/")[2])
