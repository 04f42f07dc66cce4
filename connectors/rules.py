"""What the rules of several ERPs are made of: filters, requirements, matchers, and when two values mean the same."""

from __future__ import annotations

import re
from typing import Any, cast

from core.profiles import Filter, ReferenceOf, Requirement
from core.records import Contact, Customer, Record

ACTIVE = Filter("inactive", lambda record: bool(getattr(record, "active", True)))
NOT_IN_HOUSE = Filter("in-house customer", lambda record: not cast(Customer, record).internal, also_linked=True)
NOT_PROSPECT = Filter("prospect", lambda record: not cast(Customer, record).prospect, also_linked=True)


def has(field: str, what: str, todo: str) -> Requirement:
    """The field must not be empty."""
    return Requirement(field, lambda record: bool(getattr(record, field)), what, todo)


def numeric(field: str, what: str, todo: str) -> Requirement:
    """The field must be a whole number above 0 that fits 64 bits."""
    return Requirement(field, lambda record: is_number(getattr(record, field)), what, todo)


def is_number(value: str | None) -> bool:
    """Whether a number or code is all digits and fits an int64."""
    return bool(value) and re.fullmatch(r"[1-9][0-9]{0,17}", str(value)) is not None


def by_key(record: Record, _reference: ReferenceOf) -> tuple[Any, ...] | None:
    """Number or code."""
    return (record.key,) if record.key else None


def by_person(record: Record, reference: ReferenceOf) -> tuple[Any, ...] | None:
    """Customer, name and e-mail address (contacts that carry no guid)."""
    contact = cast(Contact, record)
    customer = reference("customer")
    if customer is None or not contact.name.strip():
        return None
    return (customer, contact.name.casefold(), (contact.email or "").casefold())


def same_text(left: Any, right: Any) -> bool:
    """Equal but for case and white space around."""
    return bool((left or "").strip().casefold() == (right or "").strip().casefold())


def same_vat_number(left: Any, right: Any) -> bool:
    """Equal by letters and digits; a Norwegian number is one with and without NO and MVA."""
    return bare_vat_number(left) == bare_vat_number(right)


def bare_vat_number(value: Any) -> str:
    """Letters and digits of a VAT number; of a Norwegian one its nine digits."""
    bare = re.sub(r"[^0-9A-Z]", "", (value or "").upper())
    norwegian = re.fullmatch(r"(?:NO)?([0-9]{9})(?:MVA)?", bare)
    return norwegian.group(1) if norwegian else bare
