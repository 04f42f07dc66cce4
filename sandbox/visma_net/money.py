"""Amounts: stored and shown as JSON numbers, calculated as Decimals of their shortest form."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")


def exact(value: Any) -> Decimal:
    """The Decimal that a JSON number was written as; null is nothing."""
    return Decimal(0) if value is None else Decimal(repr(value))


def cents(value: Decimal) -> Decimal:
    """Rounded to two decimals, halves away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)


def shown(value: Decimal) -> float:
    """As a JSON number."""
    return float(value)


def both(member: str, in_currency: Decimal, rate: Decimal) -> dict[str, float]:
    """An amount in company currency and in document currency: ``x`` and ``xInCurrency`` (contract, section 3)."""
    return {member: float(cents(in_currency * rate)), f"{member}InCurrency": float(in_currency)}
