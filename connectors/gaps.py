"""What of a record does not get through when it is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.errors import SyncError


@dataclass(slots=True)
class Gaps:
    """Fields of a record that do not get through, and the first reason."""

    names: set[str] = field(default_factory=set)
    error: SyncError | None = None

    def add(self, name: str, error: SyncError) -> None:
        """One more field that does not get through."""
        self.names.add(name)
        self.error = self.error or error
