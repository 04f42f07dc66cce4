"""How a person is told when something was, how much waits, and what a state means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.money import Money
from core.status import Level, Ran
from core.transfers import TransferState

S = TransferState
STATES: Mapping[TransferState, str] = {
    S.PENDING: "about to go",
    S.CREATING: "being sent",
    S.UNCERTAIN: "outcome unknown",
    S.CREATED: "in the ERP, to be checked",
    S.VERIFIED: "in the ERP, checked",
    S.RELEASED: "in the ERP's books",
    S.REPORTED: "transferred",
    S.DONE: "paid",
    S.REJECTED: "kept back",
    S.IGNORED: "left to a person",
}
"""The ledger's words in those of whoever sends invoices."""
LEVELS: Mapping[Level, str] = {
    Level.TROUBLE: "Trouble",
    Level.ATTENTION: "To look at",
    Level.FINE: "Fine",
    Level.OFF: "Off",
}
NEVER = "never run"


def ago(then: datetime, now: datetime) -> str:
    """How long ago, or in how long, in the largest unit that fits: `12 min ago`, `in 3 h`, `5 days ago`."""
    apart = abs(now - then)
    if apart < timedelta(minutes=1):
        return "now"
    if apart < timedelta(hours=2):
        said = f"{apart // timedelta(minutes=1)} min"
    elif apart < timedelta(days=2):
        said = f"{apart // timedelta(hours=1)} h"
    else:
        said = f"{apart.days} days"
    return f"{said} ago" if then < now else f"in {said}"


def moment(then: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A local time, with its day unless that is today: `08:40`, `20 Nov 23:10`, `20 Nov 2025 23:10`."""
    local, today = then.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}" if local.year == today.year else f"{local.day} {local:%b %Y %H:%M}"


def ended(run: Ran | None) -> str:
    """How a run ended or how it is."""
    return NEVER if run is None else run.state


def amounts(money: Mapping[str, Decimal]) -> list[str]:
    """`12 345.50 NOK` for each currency, with narrow spaces between the thousands."""
    return [f"{Money(amount, currency).quantised().amount:,} {currency}".replace(",", " ")
            for currency, amount in money.items()]  # fmt: skip
