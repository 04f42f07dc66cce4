"""Rate windows: so many requests in any window of so many seconds."""

from collections import deque
from datetime import datetime, timedelta


class Window:
    """A sliding window. Refused requests do not count."""

    def __init__(self, limit: int, per_seconds: float) -> None:
        self._limit = limit
        self._span = timedelta(seconds=per_seconds)
        self._taken: deque[datetime] = deque()

    def take(self, now: datetime) -> bool:
        """True when a request at `now` (the clock's time) is within the limit; then it is counted."""
        taken = self._taken
        edge = now - self._span
        while taken and taken[0] <= edge:
            taken.popleft()
        if len(taken) >= self._limit:
            return False
        taken.append(now)
        return True
