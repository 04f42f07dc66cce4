"""Cursors: from when a source is read next (law 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The starts of a source's last good read, of its last full read, and of the last one that looked back.

    All by the vendor's own clock, UTC. A row may show later than the instant it is stamped with, by no more than the
    overlap; so a read looks back by the overlap behind the last look. Whoever reads again within the overlap leaves
    that out: the next look back covers it, and a run right after a large one does not read everything twice.
    """

    name: str
    value: datetime
    full_at: datetime | None = None
    looked_at: datetime | None = None

    def begin(self, now: datetime, overlap: timedelta) -> datetime:
        """From when to read, inclusive. Clocks that disagree make it look back."""
        looked = self.looked_at or self.value
        if overlap and self.looked_at is not None and timedelta(0) <= now - looked < overlap:
            return self.value
        return min(looked, self.value) - overlap

    def looks_back(self, begin: datetime | None) -> bool:
        """Whether a read from `begin` (None: of everything) is one that looks back."""
        return begin is None or begin < self.value
