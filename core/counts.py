"""What a job did, in numbers: the figures of `run --json`, of the artifact and of the demo's table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, ClassVar

from core.foreseen import Foreseen, MissingRow, Refusals


@dataclass(slots=True)
class Counts:
    """Records of one job (or of one registry within it).

    read: looked at; created, updated: written in either system; unchanged: in step; skipped: stay on their own side by
    a rule (`reasons` says which); rejected: cannot go, an issue says why; issues: open issues of the job at its end.
    """

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: int = 0
    issues: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    NAMES: ClassVar[tuple[str, ...]] = ("read", "created", "updated", "unchanged", "skipped", "rejected", "issues")

    def skip(self, reason: str, number: int = 1) -> None:
        """Count records that stay where they are, with the rule that says so."""
        self.skipped += number
        self.reasons[reason] += number

    def add(self, other: Counts) -> None:
        """Add another's figures to these."""
        for name in self.NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.reasons.update(other.reasons)

    def as_dict(self) -> dict[str, int]:
        """The seven figures."""
        return {name: int(getattr(self, name)) for name in self.NAMES}

    @property
    def wrote(self) -> int:
        """Records created or updated."""
        return self.created + self.updated


@dataclass(slots=True)
class JobReport:
    """One job's outcome: figures in all and per part (registry), rejected records with reasons, a note.

    `state` is completed, completed with issues, skipped or failed.
    """

    job: str
    state: str = "completed"
    counts: Counts = field(default_factory=Counts)
    parts: dict[str, Counts] = field(default_factory=dict)
    rejected: list[tuple[str, str]] = field(default_factory=list)
    """(label, reason)"""
    note: str = ""
    seconds: float = 0.0
    foreseen: list[Foreseen] = field(default_factory=list)
    """Of a preview: what the run would do."""
    refusals: list[Refusals] = field(default_factory=list)
    """Of a preview: what would not go, by cause."""
    missing: list[MissingRow] = field(default_factory=list)
    """Of a preview: entries of mappings and registers that records wait for."""

    def part(self, name: str) -> Counts:
        """The figures of one part."""
        return self.parts.setdefault(name, Counts())

    def sum_parts(self) -> None:
        """Set the job's figures to the sum of its parts; issues are set elsewhere."""
        total = Counts()
        for counts in self.parts.values():
            total.add(counts)
        total.issues = self.counts.issues
        self.counts = total

    def as_dict(self) -> dict[str, Any]:
        """The job's figures as JSON."""
        return self.counts.as_dict()

    def previewed(self) -> dict[str, Any]:
        """What a preview foresees, as JSON."""
        return {
            "changes": [change.as_dict() for change in self.foreseen],
            "refusals": [group.as_dict() for group in self.refusals],
            "missing": [row.as_dict() for row in self.missing],
        }
