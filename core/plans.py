"""What a plan is made of: actions on one registry, issues, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.issues import Issue
from core.links import Link
from core.records import Record, Registry, Side


@dataclass(frozen=True, slots=True)
class Create:
    """Create `source` on `target`; nothing there matches it."""

    target: Side
    source: Record


@dataclass(frozen=True, slots=True)
class Update:
    """Write the named fields of `source` to the linked item on `target`."""

    target: Side
    source: Record
    link: Link
    names: tuple[str, ...]
    present: Record | None = field(default=None, compare=False)
    """The linked item on `target` as it was read, where it was."""


@dataclass(frozen=True, slots=True)
class Adopt:
    """Link two items that are one by the match rule, then bring the differing fields into step.

    `to_erp` and `to_severa` name the fields that go each way; `left_alone` those that differ and stay (PO-09).
    """

    severa: Record
    erp: Record
    to_erp: tuple[str, ...] = ()
    to_severa: tuple[str, ...] = ()
    left_alone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Renumber:
    """A linked item takes over the number that the other side gave it (VN-02, VN-04)."""

    target: Side
    record_id: str
    number: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Save a link's newer states; no call is needed."""

    link: Link


Action = Create | Update | Adopt | Settle


def record_key(side: Side, record_id: str) -> str:
    """How the error desk names a record: `severa:<guid>` or `erp:<id>`."""
    return f"{side.value}:{record_id}"


@dataclass(slots=True)
class Plan:
    """What is to be done in one registry. Pure data: making it wrote nothing.

    `healthy` are the records (as `record_key`) about which there is nothing to complain now: their open issues of
    the planner's own causes are resolved.
    """

    registry: Registry
    creates: list[Create] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    adoptions: list[Adopt] = field(default_factory=list)
    settlements: list[Settle] = field(default_factory=list)
    renumberings: list[Renumber] = field(default_factory=list)
    """Numbers that an earlier run began to carry over and did not live to finish."""
    unmarked: list[tuple[Record, str]] = field(default_factory=list)
    """Linked items of the ERP that should carry our reference and carry none, with Severa's ids."""
    issues: list[Issue] = field(default_factory=list)
    healthy: list[str] = field(default_factory=list)
    unchanged: int = 0
    full: bool = False
    """Whether both sides were read in full: only then is an item that was missing known to be there again."""
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def calls(self) -> bool:
        """Whether anything is to be written in either system."""
        adopted = any(a.to_erp or a.to_severa for a in self.adoptions)
        return bool(self.creates or self.updates or self.unmarked or self.renumberings or adopted)

    @property
    def empty(self) -> bool:
        """Whether there is nothing at all to carry out or to say."""
        things = (self.creates, self.updates, self.adoptions, self.settlements, self.renumberings)
        return not (any(things) or self.issues or self.healthy)

    def in_step(self) -> set[str]:
        """Records that compared as equal and have nothing to carry over (as `record_key`).

        What an earlier try of theirs met is over: a later one carried it over, perhaps in a run that ended untold.
        """
        moving = {record_key(create.target.other, create.source.id) for create in self.creates}
        for update in self.updates:
            moving |= {record_key(side, update.link.id_on(side)) for side in Side}
        for pair in self.adoptions:
            moving |= {record_key(Side.SEVERA, pair.severa.id), record_key(Side.ERP, pair.erp.id)}
        for record, severa_id in self.unmarked:
            moving |= {record_key(Side.SEVERA, severa_id), record_key(Side.ERP, record.id)}
        moving |= {record_key(one.target, one.record_id) for one in self.renumberings}
        return set(self.healthy) - moving

    def actions(self) -> Iterator[Action]:
        """All actions: adoptions first, so that references to adopted items resolve."""
        yield from self.adoptions
        yield from self.creates
        yield from self.updates
        yield from self.settlements
