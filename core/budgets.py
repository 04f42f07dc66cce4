"""How runs in several processes share the calls that a vendor admits for all of them together.

The limit is a line of moments, one gap apart: each belongs to one call of one run. A run takes a slice of the line, as
many moments as it has calls waiting, and makes its calls when their moments come. So any second holds as many calls as
are admitted, however many runs there are, and what a run took that died passes unused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

SLICE = 1.0
"""Seconds that one slice covers at most."""
SLICE_AMONG_OTHERS = 0.4
"""Seconds of a slice while others take moments, too: so long each of them waits for every one of the others."""
LONG_LINE = 1.0
"""Seconds of the line that are taken ahead, from which on each run takes one moment at a time, each in its turn."""
LONGEST_HOLD = 300.0
"""Seconds; a vendor that asks for a longer pause is asked again after this."""
LONGEST_LINE = 900.0
"""Seconds; a line that is taken further ahead than this stems from a clock that was put back."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is taken of a limit: the first moment that is free, until when the vendor wants no call, who took last.

    Instants are UTC, all of one clock.
    """

    next_at: datetime
    held_until: datetime | None
    holder: str


@dataclass(frozen=True, slots=True)
class Share:
    """Moments that were taken: `calls` of them from `first` on, `gap` apart.

    `alone`: nobody else took any since this run did before.
    """

    first: datetime
    gap: timedelta
    calls: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """Moments for the next calls, by the clock of the process (`time.monotonic`), in order.

    `alone`: nobody else made calls under this limit since this run's slice before.
    """

    moments: tuple[float, ...]
    alone: bool


def gap_of(per_second: float) -> timedelta:
    """The time between two calls, rounded up: so many calls in a second and not one more."""
    return timedelta(microseconds=math.ceil(1_000_000 / per_second))


def held(line: Line | None, now: datetime) -> datetime | None:
    """Until when no call is to be made; None when calls may be made."""
    if line is None or line.held_until is None:
        return None
    # Twice as long as any hold: it stems from a clock that was put back.
    plausible = line.held_until <= now + timedelta(seconds=2 * LONGEST_HOLD)
    return line.held_until if now < line.held_until and plausible else None


def take(
    line: Line | None, now: datetime, *, holder: str, per_second: float, waiting: int, ahead: int
) -> tuple[Share, Line]:
    """The next moments for a run, and the line after that.

    `waiting` calls of it wait now. `ahead` calls it would make soon, as it did up to now: it gets moments for them,
    too, while it is alone.
    """
    gap = gap_of(per_second)
    free = now if line is None else line.next_at
    if free > now + timedelta(seconds=LONGEST_LINE):
        free = now
    pause = held(line, now)
    begin = max(now, pause) if pause else now
    alone = line is not None and line.holder == holder
    if alone:
        calls = min(max(waiting, ahead), _calls(per_second, SLICE))
    elif free <= begin:
        calls = min(waiting, _calls(per_second, SLICE))
    elif free <= begin + timedelta(seconds=LONG_LINE):
        calls = min(waiting, _calls(per_second, SLICE_AMONG_OTHERS))
    else:
        calls = 1
    calls = max(calls, 1)
    first = max(begin, free)
    return Share(first, gap, calls, alone), Line(first + calls * gap, pause, holder)


def hold(line: Line | None, now: datetime, *, holder: str, seconds: float) -> Line:
    """The line after the vendor asked for a pause of so many seconds. A longer one that holds already stays."""
    until = now + timedelta(seconds=min(seconds, LONGEST_HOLD))
    pause = held(line, now)
    until = max(until, pause) if pause else until
    return Line(now, until, holder) if line is None else Line(line.next_at, until, line.holder)


def _calls(per_second: float, seconds: float) -> int:
    return int(per_second * seconds)
