"""When runs start and when they transfer: the guides' timetables (PO-01, NX-01, VN-01, PC-01, VB-01, ALL-01).

A timetable is a word of `TIMETABLES` or a list of cron expressions. `plan` says when its runs start, in the tenant's
time zone; `asleep` says whether a run that starts now may transfer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Word = Literal["staggered", "every_5_minutes", "every_10_minutes", "always"]
Timetable = Word | tuple[str, ...]
TIMETABLES: tuple[Word, ...] = ("staggered", "every_5_minutes", "every_10_minutes", "always")
"""`staggered`: 08:00-19:00 every ten minutes, 19:00-00:00 every hour, nothing at night (PO-01, NX-01, VB-01).
`every_5_minutes` (VN-01) and `every_10_minutes` (PC-01): round the clock. `always`: whenever somebody starts a run."""

STAGGERED_WAKES = time(8)
"""Staggered timetable: nothing is transferred from midnight until this time, local."""
TEN_MINUTES = timedelta(minutes=10)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Cron:
    """Runs at the local times of a cron expression of five fields, each of them once on every day.

    In the autumn night whose hour comes twice, that hour counts once: only for timetables with a night, or by wish.
    """

    slug: str
    cron: str


@dataclass(frozen=True, slots=True)
class Every:
    """Runs every `interval` of real time round the clock, whatever the clocks do, `offset` after its beginning.

    The interval divides a day; it is counted from local midnight.
    """

    slug: str
    interval: timedelta
    offset: timedelta = timedelta(0)


Rhythm = Cron | Every


def plan(timetable: str | Sequence[str], tenant: str) -> tuple[Rhythm, ...]:
    """The rhythms of a timetable for a tenant; none for `always`.

    Tenants are spread over the interval, each by an offset that stays its own: to the second where the rhythm is an
    interval, to the minute where it is a cron. A person's own cron expressions are taken at their word. ValueError for
    what is no timetable.
    """
    match timetable:
        case "staggered":
            minute = int(offset(tenant, TEN_MINUTES) / timedelta(minutes=1))
            by_day = ",".join(str(minute + ten) for ten in range(0, 60, 10))
            return (Cron("day", f"{by_day} 8-18 * * *"), Cron("evening", f"{minute} 19-23 * * *"))
        case "every_5_minutes":
            return (_every(timedelta(minutes=5), tenant),)
        case "every_10_minutes":
            return (_every(TEN_MINUTES, tenant),)
        case "always":
            return ()
        case str():
            raise ValueError(f"{timetable!r} is no timetable")
    return tuple(_own(timetable))


def asleep(timetable: str | Sequence[str], now: datetime, zone: ZoneInfo) -> bool:
    """Whether a run that starts at `now` (aware) falls into the night of the timetable.

    `staggered` sleeps from 00:00 to 08:00 local time, on days of daylight-saving switches, too; no other ever does.
    """
    if timetable == "staggered":
        return now.astimezone(zone).time() < STAGGERED_WAKES
    if isinstance(timetable, str) and timetable not in TIMETABLES:
        raise ValueError(f"{timetable!r} is no timetable")
    return False


def offset(tenant: str, interval: timedelta) -> timedelta:
    """The tenant's own place inside an interval, in whole seconds; the same on every machine and at any time."""
    number = int.from_bytes(hashlib.sha256(tenant.encode()).digest()[:8], "big")
    return timedelta(seconds=number % int(interval.total_seconds()))


def _every(interval: timedelta, tenant: str) -> Every:
    minutes = int(interval.total_seconds()) // 60
    return Every(f"every-{minutes}-minutes", interval, offset(tenant, interval))


# cron expressions of a person ---------------------------------------------------------------------------------------

_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("day of the week", 0, 7))
_NAMES = {
    "month": ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    "day of the week": ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
}


def minutes_of(cron: str) -> frozenset[int]:
    """The minutes of the hour at which a cron expression runs. ValueError says what is wrong with it."""
    return cron_fields(cron)[0]


def cron_fields(cron: str) -> tuple[frozenset[int], ...]:
    """What its five fields allow: minute, hour, day of the month, month, day of the week (0 and 7: Sunday).

    ValueError says what is wrong with it.
    """
    parts = cron.split()
    if len(parts) != len(_FIELDS):
        raise ValueError("has not five fields: minute, hour, day of the month, month, day of the week")
    return tuple(
        frozenset(_values(part, what, first, last)) for part, (what, first, last) in zip(parts, _FIELDS, strict=True)
    )


def _values(field: str, what: str, first: int, last: int) -> Iterator[int]:
    for item in field.split(","):
        span, _, step = item.partition("/")
        if step and not (step.isdecimal() and 1 <= int(step) <= last):
            raise ValueError(f"has {item!r} as its {what}: what follows the '/' is a number from 1 to {last}")
        low, dash, high = span.partition("-")
        if span == "*":
            start, stop = first, last
        else:
            start = _number(low, item, what, first, last)
            stop = _number(high, item, what, first, last) if dash else (last if step else start)
        if stop < start:
            raise ValueError(f"has {item!r} as its {what}: it ends before it begins")
        yield from range(start, stop + 1, int(step or 1))


def _number(text: str, item: str, what: str, first: int, last: int) -> int:
    names = _NAMES.get(what, ())
    if text.lower() in names:
        return names.index(text.lower()) + first
    if text.isdecimal() and first <= int(text) <= last:
        return int(text)
    raise ValueError(f"has {item!r} as its {what}: that is a number from {first} to {last}")


def _own(crons: Iterable[str]) -> Iterator[Rhythm]:
    """One that names every hour of every day becomes an interval: a cron would lose an hour in the autumn night."""
    for number, cron in enumerate(crons, 1):
        minutes = sorted(minutes_of(cron))
        slug = f"cron-{number}"
        if not all(part in {"*", "*/1"} for part in cron.split()[1:]):
            yield Cron(slug, cron)
            continue
        interval = HOUR / len(minutes)
        if all(timedelta(minutes=minute) == interval * place + timedelta(minutes=minutes[0])
               for place, minute in enumerate(minutes)):  # fmt: skip
            yield Every(slug, interval, timedelta(minutes=minutes[0]))
            continue
        for minute in minutes:
            yield Every(f"{slug}-{minute}", HOUR, timedelta(minutes=minute))
