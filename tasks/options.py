"""What a run may be asked: plain options, as they stand in a flow's parameters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of a run.

    `preview` writes nothing. `record` limits the run to one record: a Severa guid, a number or code. `since` and
    `until` (aware) are a manual period, which never moves a cursor (law 5). `retry` tries parked records again.
    """

    preview: bool = False
    record: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    retry: bool = False

    @property
    def manual(self) -> bool:
        """Whether the run looks at something else than what changed since the last one."""
        return self.record is not None or self.since is not None or self.until is not None

    @property
    def asked(self) -> bool:
        """Whether a person asked for just this: the night of the timetable (PO-01) does not hold it back."""
        return self.manual or self.retry or self.preview

    @property
    def mode(self) -> str:
        """One word for run names: sync, preview, record, period or retry."""
        if self.preview:
            return "preview"
        if self.record is not None:
            return "record"
        if self.since is not None or self.until is not None:
            return "period"
        return "retry" if self.retry else "sync"


def instant(text: str | datetime | None) -> datetime | None:
    """An ISO 8601 text as an aware UTC instant; a date alone is its midnight UTC. ValueError says what is wrong."""
    if text is None or isinstance(text, datetime):
        return text
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
