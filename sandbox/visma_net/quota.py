"""The hourly allowance: a fixed window per company and client (contract, section 5)."""

from datetime import datetime

LIMIT = 15_000
"""Calls an hour; the figure of 2021, the present one is not published."""
POLICY = "4-fixed-window"


class Quota:
    """Counts calls in whole hours of the clock. Switched off it counts nothing and always has everything left."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self.limit = LIMIT
        self._hour: datetime | None = None
        self._used = 0

    def take(self, now: datetime) -> bool:
        """True when a call at `now` is allowed; then it is counted."""
        self._turn(now)
        if not self.on:
            return True
        if self._used >= self.limit:
            return False
        self._used += 1
        return True

    def leave(self, remaining: int, now: datetime) -> None:
        """Uses the window up but for so many calls, and counts from now on."""
        self._turn(now)
        self.on = True
        self._used = max(0, self.limit - remaining)

    def headers(self, now: datetime) -> dict[str, str]:
        """What every answer carries; ``Reset`` in seconds."""
        self._turn(now)
        left = max(0, self.limit - self._used)
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(self.reset(now)),
            "X-RateLimit-Policy": POLICY,
        }

    @staticmethod
    def reset(now: datetime) -> int:
        """Seconds until the window starts anew, at least one."""
        return 3600 - now.minute * 60 - now.second

    def _turn(self, now: datetime) -> None:
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour, self._used = hour, 0
