"""Amounts: stored and shown as JSON numbers, calculated as Decimals of their shortest form."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def exact(value: float | None) -> Decimal:
    """The Decimal that a JSON number was written as; null is nothing."""
    return Decimal(repr(value)) if value is not None else Decimal(0)


def cents(value: Decimal) -> Decimal:
    """Rounded to two decimals, halves away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)


def shown(value: Decimal) -> float:
    """As a JSON number."""
    return float(value)
