"""How a record that fails again and again is slowed down, so that it is not hammered (ALL-13).

The first failures are tried again in the next cycle: most of them are over by then. From then on the wait doubles with
every failure, up to a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

AT_ONCE = 3
"""So many failures in a row are tried again in the next cycle."""
FIRST_WAIT = timedelta(minutes=20)
"""The wait after one failure more: two cycles of the day's timetable."""
LONGEST_WAIT = timedelta(days=1)


def pause(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 0, 0, 0, then 20, 40, 80 .. minutes, at most a day."""
    if failures <= AT_ONCE:
        return timedelta(0)
    doublings = min(failures - AT_ONCE - 1, 16)  # more than enough to be longer than a day
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def next_try(failures: int, failed_at: datetime) -> datetime:
    """From when the record is tried again by itself. `failed_at` is its latest failure (UTC)."""
    return failed_at + pause(failures)
