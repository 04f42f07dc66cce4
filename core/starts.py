"""When the next run of a timetable starts: what a person is told, without asking the orchestrator (ALL-01)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.timetable import Cron, Every, Rhythm, cron_fields, plan

_COUNTED_FROM = date(2020, 1, 1)
"""The local day at whose midnight the intervals of a timetable begin, as its deployments have it."""
_LONGEST = 8 * 366
"""Days that are looked at: 29 February may be eight years away."""


def next_start(timetable: str | Sequence[str], tenant: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    """The first start after an aware instant, in UTC; None when the timetable has none, such as `always`.

    A schedule that somebody edited or paused in the orchestrator's own pages is not known here. ValueError for what is
    no timetable.
    """
    found = (_next(rhythm, zone, after.astimezone(UTC)) for rhythm in plan(timetable, tenant))
    return min((start for start in found if start is not None), default=None)


def _next(rhythm: Rhythm, zone: ZoneInfo, after: datetime) -> datetime | None:
    match rhythm:
        case Every(interval=interval, offset=offset):
            first = datetime.combine(_COUNTED_FROM, time(), zone).astimezone(UTC) + offset
            return first + ((after - first) // interval + 1) * interval
        case Cron(cron=cron):
            return next((start for start in _by_cron(cron, zone, after) if start > after), None)


def _by_cron(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Starts in their order from the local day before `after` on; a local time that is skipped counts an hour later."""
    minutes, hours, days, months, weekdays = cron_fields(cron)
    weekdays = frozenset(day % 7 for day in weekdays)  # both 0 and 7 are Sunday
    any_day, any_weekday = len(days) == 31, len(weekdays) == 7
    times = [time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes)]
    begin = after.astimezone(zone).date() - timedelta(days=1)
    for place in range(_LONGEST):
        day = begin + timedelta(days=place)
        by_date, by_week = day.day in days, day.isoweekday() % 7 in weekdays
        # Where both are narrowed, either of them is enough: that is how cron reads it.
        wanted = by_date and by_week if any_day or any_weekday else by_date or by_week
        if day.month in months and wanted:
            yield from sorted(datetime.combine(day, at, zone).astimezone(UTC) for at in times)
