"""A limit that a vendor counts over several processes: whoever shares it takes turns on one line of moments.

The rule of the line is `core.budgets`; where it is kept is the business of whoever opens a connector.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from connectors.pace import BACK_OFF, Clock, Pace, Sleep
from core.budgets import Slice

LATE = 0.5
"""Seconds after which a moment has passed: a process that stood still does not make up for it all at once."""
SEEN = 1.0
"""Seconds for which a run trusts that no other one was told to wait."""


class Budget(Protocol):
    """One run's part in a shared limit. The methods block for a short transaction."""

    def take(self, *, waiting: int, ahead: int) -> Slice:
        """Moments for the calls that are `waiting`, perhaps fewer; for up to `ahead` while nobody else takes any."""

    def hold(self, seconds: float) -> None:
        """Nobody makes a call for so long."""

    def held_until(self) -> float | None:
        """Until when nobody makes a call, by the clock of the moments; None while calls may be made."""


OpenBudget = Callable[[str, float], Budget | None]
"""(key, calls per second) -> this run's part in the limit of that key; None where it is not shared."""


def key_of(system: str, counted: str) -> str:
    """The key of a limit: a digest of what the vendor counts calls by, which may be a secret."""
    return hashlib.sha256(f"severa-sync budget\0{system}\0{counted}".encode()).hexdigest()


class SharedPace(Pace):
    """Gives each call a moment of its own on the line that all processes share; none during anybody's hold-back.

    The moments come in slices, one transaction for each. While no other run takes any they cover up to a second, and
    a run alone is as fast as by its own pace. `clock` must be that of the budget's moments.
    """

    def __init__(
        self,
        budget: Budget,
        *,
        back_off: Sequence[float] = BACK_OFF,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(back_off=back_off, clock=clock, sleep=sleep)
        self._budget = budget
        self._moments: deque[float] = deque()
        self._line = asyncio.Lock()
        self._waiting = 0
        self._ahead = 1
        self._seen_at = clock()

    async def turn(self) -> float:
        """Wait for a call's moment; returns the clock when it came."""
        self._waiting += 1
        missed = False
        try:
            async with self._line:
                while True:
                    moment = await self._moment()
                    await self._until(moment)
                    await self._look()
                    now = self._clock()
                    late = now - moment > LATE
                    # On a machine that is slow enough to be late always, a call is made in the end.
                    if moment >= self._held_until and (missed or not late):
                        return now
                    missed = missed or late
        finally:
            self._waiting -= 1

    async def refused(self, sent_at: float, retry_after: float | None) -> None:
        """Hold all calls back, those of other processes, too."""
        await super().refused(sent_at, retry_after)
        await asyncio.to_thread(self._budget.hold, max(0.0, self._held_until - self._clock()))

    async def _moment(self) -> float:
        """The next moment of this run's slice that has not passed, or of a new one."""
        while True:
            await self._until(self._held_until)
            now = self._clock()
            while self._moments and self._has_passed(now):
                self._moments.popleft()
                self._ahead = 1
            if self._moments:
                return self._moments.popleft()
            taken = await asyncio.to_thread(self._budget.take, waiting=self._waiting, ahead=self._ahead)
            self._seen_at = self._clock()
            self._moments.extend(taken.moments)
            self._ahead = 2 * len(taken.moments) if taken.alone else 1

    def _has_passed(self, now: float) -> bool:
        """Whether a later moment has come already, or it lies in a hold-back or too far back."""
        first = self._moments[0]
        overtaken = len(self._moments) > 1 and self._moments[1] <= now
        return overtaken or first < now - LATE or first < self._held_until

    async def _look(self) -> None:
        """See whether others were told to wait, unless that was seen just now."""
        if self._clock() - self._seen_at > SEEN:
            until = await asyncio.to_thread(self._budget.held_until)
            self._seen_at = self._clock()
            if until is not None:
                self._held_until = max(self._held_until, until)

    async def _until(self, moment: float) -> None:
        now = self._clock()
        if moment > now:
            await self._sleep(moment - now)
