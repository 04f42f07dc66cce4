"""Times and versions as Visma.net writes them: date-times carry no zone (contract, sections 3 and 7)."""

import re
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
"""Local time of the simulated service; the contract does not say which zone the real one keeps."""
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(\.\d{1,7})?)?")


def local(at: datetime) -> str:
    """An instant as local date-time: to the millisecond, without trailing zeros (``2024-11-19T08:02:55.09``)."""
    there = at.astimezone(OSLO)
    fraction = f".{there.microsecond // 1000:03d}".rstrip("0").rstrip(".")
    return f"{there:%Y-%m-%dT%H:%M:%S}{fraction}"


def midnight(day: date) -> str:
    """A business date: ``2026-03-05T00:00:00``."""
    return f"{day.isoformat()}T00:00:00"


def moment(text: str) -> str:
    """A date or local date-time in the form that stamps have, so that texts compare as moments do.

    Raises ValueError for another form: a ``Z``, an offset, or no such day.
    """
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, clock, fraction = found.groups()
    date.fromisoformat(day)
    if clock is None:
        return f"{day}T00:00:00"
    datetime.fromisoformat(f"{day}T{clock}")
    return f"{day}T{clock}{(fraction or '').rstrip('0').rstrip('.')}"


def surely_before(text: str) -> datetime:
    """An instant at or before every instant that has this local date-time, also where clocks are set back."""
    return datetime.fromisoformat(text[:19]).replace(tzinfo=OSLO).astimezone(UTC) - timedelta(hours=1)


class Versions:
    """Gives the values of ``timeStamp``: eight bytes that grow, in base64."""

    def __init__(self) -> None:
        self._last = 0x7_8000

    def next(self) -> str:
        """A new one."""
        self._last += 1
        return b64encode(self._last.to_bytes(8, "big")).decode()
