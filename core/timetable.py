"""When runs transfer: the guides' timetables as one question (PO-01, NX-01, ALL-01).

Which minute a run is started is the schedule's business; this page says whether a run that starts now may transfer.
"""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

STAGGERED_WAKES = time(8)
"""Staggered timetable: nothing is transferred from midnight until this time, local."""


def asleep(timetable: str, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a run that starts at `now` (aware) falls into the night of the timetable.

    `staggered` sleeps from 00:00 to 08:00 local time, on days of daylight-saving switches, too; `always` never sleeps.
    """
    if timetable == "always":
        return False
    if timetable == "staggered":
        return now.astimezone(zone).time() < STAGGERED_WAKES
    raise ValueError(f"{timetable!r} is no timetable")
