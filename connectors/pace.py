"""Pacing of calls, and the hold-back that all calls share after the vendor said "too many"."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from core.budgets import LONGEST_HOLD

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]

BACK_OFF = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds to hold back after the first, second .. refusal in a row when the vendor names no time."""


class Pace:
    """Gives each call its moment: at most `per_second` calls in a second (0 = no limit), none during a hold-back.

    One object per rate limit of the vendor; share it between transports that the vendor counts together.
    """

    def __init__(
        self,
        per_second: float = 0.0,
        *,
        back_off: Sequence[float] = BACK_OFF,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._gap = 1.0 / per_second if per_second > 0 else 0.0
        self._last: deque[float] = deque(maxlen=max(1, int(per_second)))
        self._back_off = tuple(back_off)
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._held_until = 0.0
        self._held_since = 0.0
        self._refusals = 0

    async def turn(self) -> float:
        """Wait for a call's moment; returns the clock when it came."""
        while True:
            now = self._clock()
            moment = max(now, self._held_until)
            if self._gap:
                moment = max(moment, self._next)
                self._next = moment + self._gap
            if moment > now:
                await self._sleep(moment - now)
            if self._gap:
                await self._room()
            if self._clock() < self._held_until:  # refused while this call waited for its moment
                continue
            return self._clock()

    async def _room(self) -> None:
        """Wait while the last second is full: a process that stood still does not make up for it all at once."""
        while len(self._last) == self._last.maxlen:
            rest = self._last[0] + self._gap * len(self._last) - self._clock()
            if rest <= 0:
                break
            await self._sleep(rest)
        self._last.append(self._clock())

    async def refused(self, sent_at: float, retry_after: float | None) -> None:
        """Hold all calls back. Answers to calls sent before the last hold began belong to that same hold."""
        now = self._clock()
        if self._refusals == 0 or sent_at > self._held_since:
            self._refusals += 1
            self._held_since = now
        step = self._back_off[min(self._refusals, len(self._back_off)) - 1]
        wait = min(retry_after if retry_after is not None else step, LONGEST_HOLD)
        self._held_until = max(self._held_until, now + wait)

    def accepted(self, sent_at: float) -> None:
        """A call got through: the next refusal is a first one again."""
        if sent_at > self._held_since:
            self._refusals = 0
