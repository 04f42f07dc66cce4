"""What comes back from a call: answers, refusals, and the record of an exchange for those who watch."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from connectors.values import shown
from core.errors import SyncError, TransientError


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
    """One call as it went over the wire.

    `path` is the template, `status` None when no answer came; `milliseconds` counts from sending, `waited` are the
    seconds before that for its turn under the vendor's limits. `sent`: the vendor may have received it. `error` is what
    the answer, or its absence, stands for; None when it was good. Only of calls that write: `target` is the path as it
    was sent, below the base URL, and `body` the JSON that was sent, both without secrets (None for another kind of
    body), `answer` the parsed answer.
    """

    method: str
    path: str
    status: int | None
    milliseconds: float
    writes: bool = False
    sent: bool = True
    target: str = ""
    body: str | None = None
    error: SyncError | None = None
    answer: Any = None
    waited: float = 0.0


class Sight:
    """What is seen of a call while it is made; `milliseconds` is None until it was made."""

    __slots__ = ("error", "milliseconds", "sent", "status", "waited")

    def __init__(self) -> None:
        self.status: int | None = None
        self.milliseconds: float | None = None
        self.waited = 0.0
        self.sent = True
        self.error: SyncError | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a call brought no answer to return.

    `sent`: the vendor may have acted on it. `worth_waiting`: a call that was one too many may go again soon.
    """

    error: SyncError
    sent: bool = True
    status: int | None = None
    worth_waiting: bool = True


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


def unreadable(system: str, path: str, answer: Answer, wanted: str) -> TransientError:
    """A good answer to a GET that is not what was `wanted`: it says neither what there is nor that there is nothing."""
    came = "nothing" if answer.data is None else shown(answer.data)
    return TransientError(
        f"{system} did not answer GET {path} properly.",
        why=f"Its answer ({answer.status}) is {came}, where {wanted} was expected.",
        todo="It is read again in the next cycle.",
    )
