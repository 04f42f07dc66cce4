"""What of a record is compared with another one: the same few features for every registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.records import Address, Record, Registry, Side
from core.similarity.keys import BusinessId, business_id, domain_of, email_of, phone_of
from core.similarity.letters import bare, folded
from core.similarity.names import EMPTY, Name, name_of

SeveraIdOf = Callable[[Registry, str], str | None]
"""(registry, id on the record's own side) -> the Severa id of that item, None when it is not linked."""


@dataclass(frozen=True, slots=True)
class Features:
    """One record as it is compared. Empty where the record has no such thing.

    `number` is the key as written, `loose` without leading zeros and signs; `parent` the Severa id of the customer
    that the item belongs to.
    """

    id: str
    number: str | None = None
    loose: str = ""
    name: Name = EMPTY
    business: BusinessId | None = None
    email: str | None = None
    domain: str | None = None
    phone: str | None = None
    place: str = ""
    country: str | None = None
    person: bool | None = None
    parent: str | None = None
    order_number: str | None = None
    price: Decimal | None = None


def features_of(record: Record, side: Side, severa_id: SeveraIdOf) -> Features:
    """The features of a record of either side."""
    names = record.__dataclass_fields__
    held: dict[str, Any] = {name: getattr(record, name) for name in _READ if name in names}
    name = name_of(getattr(record, "name", None))
    address: Address | None = held.get("address")
    country = address.country if address else None
    email = email_of(held.get("email"))
    key = None if record.registry is Registry.CONTACTS else record.key  # a guid that people do not know
    customer = held.get("customer")
    return Features(
        id=record.id,
        number=key,
        loose=bare(key) if key else "",
        name=name,
        business=business_id(held.get("vat_number"), country) if held.get("vat_number") else None,
        email=email,
        domain=domain_of(email, held.get("website")),
        phone=phone_of(held.get("phone")),
        place=_place(address),
        country=country,
        person=held.get("is_person"),
        parent=customer if customer is None or side is Side.SEVERA else severa_id(Registry.CUSTOMERS, customer),
        order_number=(held.get("order_number") or "").strip().casefold() or None,
        price=held.get("unit_price"),
    )


_READ = ("vat_number", "email", "website", "phone", "address", "is_person", "customer", "order_number", "unit_price")


def _place(address: Address | None) -> str:
    """Postal code and street; empty when either is missing."""
    if not address or not address.postal_code or not address.line1:
        return ""
    return f"{bare(address.postal_code)} {folded(address.line1)}"
