"""An allowance of calls that the vendor tells in its answers: how much is left, and when it starts anew."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress

import httpx

from connectors.answers import retry_after
from connectors.pace import Clock
from core.errors import RateLimitedError


class Quota:
    """A fixed window of calls, told by `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds).

    `reserve` is the share of the window that is kept for what is under way already; `longest_wait` the longest pause
    in seconds that a run waits out. `system` is the vendor's name for people.
    """

    def __init__(
        self, system: str, *, reserve: float = 0.1, longest_wait: float = 60.0, clock: Clock = time.monotonic
    ) -> None:
        self._system = system
        self._reserve = reserve
        self._longest_wait = longest_wait
        self._clock = clock
        self._limit: int | None = None
        self._remaining: int | None = None
        self._ends = 0.0
        self._closed_until = 0.0

    def heed(self, status: int, headers: httpx.Headers) -> None:
        """What an answer says. A refusal for longer than a run waits closes the window until its end."""
        limit, remaining, reset = (_whole(headers, f"X-RateLimit-{part}") for part in ("Limit", "Remaining", "Reset"))
        now = self._clock()
        if limit is not None and remaining is not None:
            self._limit, self._remaining = limit, remaining
            self._ends = now + (reset if reset is not None else 0)
        if status == 429:
            wait = retry_after(headers)
            if wait is not None and wait > self._longest_wait:
                self._closed_until = max(self._closed_until, now + wait)

    def require(self, *, new_work: bool) -> None:
        """Raise RateLimitedError when nothing may be asked now, or `new_work` may not be begun any more."""
        now = self._clock()
        if now < self._closed_until:
            raise RateLimitedError(
                f"{self._system} takes no more calls for {self._closed_until - now:.0f} s.",
                why="The calls of this hour are used up.",
                todo="Nothing: the next run that starts after that goes on.",
            )
        left, limit = self._remaining, self._limit
        if new_work and limit and left is not None and now < self._ends and left < limit * self._reserve:
            raise RateLimitedError(
                f"{self._system} has {left} of {limit} calls left in this hour.",
                why="The rest is kept for invoices that are under way.",
                todo=f"Nothing: it goes on when the hour is over, in {self._ends - now:.0f} s.",
            )


def _whole(headers: Mapping[str, str], name: str) -> int | None:
    with suppress(KeyError, ValueError):
        value = headers[name].strip()
        if value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
    return None
