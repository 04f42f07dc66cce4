"""The time of the simulated systems: real time plus an offset."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


class Clock:
    """Gives aware UTC datetimes. Every stamp of a simulated system and every `Date` header comes from it."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        """Real time plus the offset, UTC."""
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> datetime:
        """Moves the time forward and returns it. Raises ValueError for a negative step: stamps never run back."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._offset += timedelta(seconds=seconds)
        return self.now()

    def set_back(self, seconds: float) -> datetime:
        """Puts a clock that ran ahead right again and returns the time. Raises ValueError for a negative step."""
        if seconds < 0:
            raise ValueError("set_back_seconds: 0 or more")
        self._offset -= timedelta(seconds=seconds)
        return self.now()

    def http_date(self) -> str:
        """The time in the form of an HTTP `Date` header."""
        return format_datetime(self.now(), usegmt=True)
