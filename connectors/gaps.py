"""What of a record does not get through when it is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.dry import note_gaps
from core.errors import OutcomeUnknownError, RateLimitedError, SyncError, TransientError

PASSING = (TransientError, RateLimitedError, OutcomeUnknownError)
"""Errors that pass by themselves."""


@dataclass(slots=True)
class Gaps:
    """Fields of a record that do not get through, and the reason to tell.

    That is the first one, but for one that passes by itself: it is told before all others, for a record with it is
    tried again in the next cycle, which then meets the others. One that waits for people would wait for all.
    """

    names: set[str] = field(default_factory=set)
    error: SyncError | None = None

    def __post_init__(self) -> None:
        """A preview, which never hears of a write's answer, learns of them by its attempt."""
        note_gaps(self)

    def add(self, name: str, error: SyncError) -> None:
        """One more field that does not get through."""
        self.names.add(name)
        if self.error is None or (isinstance(error, PASSING) and not isinstance(self.error, PASSING)):
            self.error = error
