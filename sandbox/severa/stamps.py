"""Severa's written forms of instants and money."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any


def instant(at: datetime) -> str:
    """An instant as Severa writes it: UTC, milliseconds, ``Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_instant(text: str) -> datetime:
    """An instant or a date from a query; without an offset it is UTC. Raises ValueError."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def money(amount: Decimal | float | None, currency: str) -> dict[str, Any]:
    """An amount in an answer: a JSON double with its currency."""
    return {"amount": None if amount is None else float(amount), "currencyCode": currency, "multiCurrencyInfo": None}
