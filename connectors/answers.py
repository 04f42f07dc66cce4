"""What comes back from a call: answers, refusals, and the record of an exchange for those who watch."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from core.errors import SyncError


@dataclass(frozen=True, slots=True)
class Answer:
    """A vendor's answer: `data` is the parsed JSON (numbers int or Decimal), None when there was no body."""

    status: int
    headers: httpx.Headers
    data: Any

    @property
    def date(self) -> datetime | None:
        """The vendor's clock (Date header), UTC; None when it did not say."""
        with suppress(ValueError, TypeError, OverflowError):
            return parsedate_to_datetime(self.headers["Date"]).astimezone(UTC) if "Date" in self.headers else None
        return None


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that is no success, for the vendor's table of errors.

    `call` is the method and path template for people, `data` the parsed body or None, `text` the body on one line,
    cut and without secrets.
    """

    system: str
    call: str
    method: str
    status: int
    data: Any
    text: str
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call as it went over the wire. `status` is None when no answer came; `milliseconds` counts from sending."""

    method: str
    path: str
    status: int | None
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a call brought no answer to return. `sent`: the vendor may have acted on it."""

    error: SyncError
    sent: bool = True
    status: int | None = None


class BrokenError(Exception):
    """No usable answer; `sent` says whether the vendor may have acted on the call."""

    def __init__(self, why: str, *, sent: bool) -> None:
        super().__init__(why)
        self.why = why
        self.sent = sent


def retry_after(headers: httpx.Headers) -> float | None:
    """Seconds of a Retry-After header, as a number or a date; None without a usable one."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    with suppress(ValueError, TypeError, OverflowError):
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    return None
