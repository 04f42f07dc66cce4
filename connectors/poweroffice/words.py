"""Single values as PowerOffice writes them."""

from __future__ import annotations

from typing import Any

from connectors.values import number
from core.records import ProductType

PRODUCT_TYPES = {"Product": ProductType.GOODS, "Service": ProductType.SERVICE}
"""PO-10: FixedFees and Materials are Product, Subcontracting is Service."""


def last_part(value: Any) -> int | None:
    """Writer of a contact's id: PowerOffice's own person id in `<customer id>/<person id>`."""
    return None if value is None else number(str(value).rpartition("/")[2])
