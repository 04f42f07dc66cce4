"""What the oracle has to say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that must not be.

    duplicate, loss: twice or not at all in the other system. unwanted: there although the rules keep it back. wrong: a
    status, number, total or field is not as the rules say. silent: kept back, and nobody is told. stale: told of what
    is over. late: only the daily full read found it. restless: a quiet cycle wrote. crash: a run failed with a bug.
    """

    kind: str
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"
