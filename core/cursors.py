"""Cursors: from when a source is read next (law 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST = timedelta(minutes=1)
"""Calls may wait for their turn so long: clocks that disagree by less are not said to disagree."""
WRONG = timedelta(days=1)
"""How far back a source is read again, at least, whose clock was wrong for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The starts of a source's last good read, of its last full read, and of the last one that looked back.

    `value` and `looked_at` are by the vendor's own clock, `full_at` and `ours_at` by ours, all in UTC; `ours_at` is
    the same moment as `value`. A row may show later than the instant it is stamped with, by no more than the overlap;
    so a read looks back by the overlap behind the last look. Whoever reads again within the overlap leaves that out:
    the next look back covers it, and a run right after a large one does not read everything twice.
    """

    name: str
    value: datetime
    full_at: datetime | None = None
    looked_at: datetime | None = None
    ours_at: datetime | None = None

    def begin(self, now: datetime, overlap: timedelta) -> datetime:
        """From when to read, inclusive. Clocks that disagree make it look back."""
        if overlap and self.looked_at is not None and timedelta(0) <= now - self.looked_at < overlap:
            return self.value
        return self.behind(overlap)

    def looks_back(self, begin: datetime | None) -> bool:
        """Whether a read from `begin` (None: of everything) is one that looks back."""
        return begin is None or begin < self.value

    def behind(self, overlap: timedelta) -> datetime:
        """From when to read, inclusive, for who looks back each time."""
        return min(self.looked_at or self.value, self.value) - overlap

    def full_is_due(self, now: datetime, every: timedelta) -> bool:
        """Whether the last full read is too old; one in the future was stamped by a clock that was wrong."""
        return self.full_at is None or not timedelta(0) <= now - self.full_at < every

    def was_set_back(self, started: datetime, now: datetime, overlap: timedelta) -> bool:
        """Whether the vendor's clock was put back since the last read, or ours was put forward.

        `started` is a read's start by the vendor's clock, `now` the same by ours: since the last read both must have
        gone on by the same time. When the vendor's went on by less, what changed meanwhile may be stamped with an
        instant before that read, and no read from the cursor on brings it.
        """
        if self.ours_at is None:
            return started < self.value - overlap
        return started - self.value < now - self.ours_at - max(overlap, LEAST)

    def begin_anew(self, started: datetime, now: datetime, overlap: timedelta) -> datetime:
        """From when to read again after the clock was put back: before the last read as the clock has it now."""
        meanwhile = now - self.ours_at if self.ours_at is not None else timedelta(0)
        return min(self.value, started - max(meanwhile, timedelta(0))) - max(overlap, WRONG)
