"""The shapes of the report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from core.records import Registry, Side
from core.similarity.scoring import DOUBTFUL, LIKELY


class Fate(StrEnum):
    """What the next full cycle does with a record."""

    LINKED = "linked"
    """It is linked already."""
    LINK = "link"
    """It will be linked with the item on the other side."""
    CREATE = "create"
    """It will be created on the other side."""
    STAYS = "stays"
    """It stays on its own side by a rule; nothing is wrong."""
    PERSON = "person"
    """It cannot go before a person does something."""


@dataclass(frozen=True, slots=True)
class Item:
    """One record, as people know it. `kind` says in which of Severa's product registers it stands."""

    side: Side
    id: str
    key: str | None
    name: str
    kind: str | None = None
    active: bool = True

    @property
    def label(self) -> str:
        """Number or code, and name."""
        return f"{self.key} {self.name}" if self.key else self.name or self.id


SETTLES = "the same as soon as they are linked"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two items of a pair hold differently, in words.

    `winner` is the side whose value goes over the other; None when both stay as they are, and `note` says why.
    """

    field: str
    severa: str
    erp: str
    winner: Side | None
    note: str = ""

    @property
    def settles(self) -> bool:
        """Whether there is no difference to speak of: two items that refer to each other's partner."""
        return self.note == SETTLES

    @property
    def emptied(self) -> bool:
        """Whether a value is lost, because the side that wins has none."""
        if self.winner is None:
            return False
        won, lost = (self.severa, self.erp) if self.winner is Side.SEVERA else (self.erp, self.severa)
        return bool(lost) and not won


@dataclass(frozen=True, slots=True)
class Row:
    """One record, or the two of a pair, and what becomes of them.

    `rule` names what makes a pair one; `score` (0 to 100) and `evidence` say how alike the two are. `why` and `todo`
    are the rule that keeps a record back, or the issue that it will be.
    """

    fate: Fate
    severa: Item | None = None
    erp: Item | None = None
    rule: str = ""
    score: int | None = None
    evidence: tuple[str, ...] = ()
    why: str = ""
    todo: str = ""
    differences: tuple[Difference, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """The one or two records."""
        return tuple(item for item in (self.severa, self.erp) if item is not None)

    @property
    def doubtful(self) -> bool:
        """Whether the rule makes a pair of what looks like two different things."""
        return self.fate in {Fate.LINK, Fate.LINKED} and self.score is not None and self.score < DOUBTFUL

    @property
    def emptied(self) -> bool:
        """Whether a value is lost in step with an empty one."""
        return any(each.emptied for each in self.differences)

    @property
    def kind(self) -> str | None:
        """The product register, Severa's word first."""
        return next((item.kind for item in self.items if item.kind), None)


@dataclass(frozen=True, slots=True)
class Likely:
    """Two records that look like one item, which the rule will not link."""

    severa: Item
    erp: Item
    score: int
    evidence: tuple[str, ...]
    consequence: str
    todo: str


@dataclass(frozen=True, slots=True)
class Group:
    """Several records that share what only one item should have. `ruled`: the rule itself links none of them for it."""

    what: str
    severa: tuple[Item, ...]
    erp: tuple[Item, ...]
    ruled: bool = False


@dataclass(frozen=True)
class RegistryComparison:
    """One registry of both sides, record by record. `key` is what people call the number or code it is matched by."""

    registry: Registry
    key: str
    rules: tuple[str, ...]
    master: str
    rows: tuple[Row, ...]
    likely: tuple[Likely, ...] = ()
    groups: tuple[Group, ...] = ()

    @cached_property
    def counts(self) -> Counter[tuple[Fate, Side | None]]:
        """Rows by fate and by the side on which they stand alone; None for pairs."""
        return Counter((row.fate, _alone(row)) for row in self.rows)

    def number(self, fate: Fate) -> int:
        """Rows of a fate."""
        return sum(count for (each, _), count in self.counts.items() if each is fate)

    @cached_property
    def sure(self) -> tuple[Likely, ...]:
        """Pairs that are likely one item; the others are worth a look."""
        return tuple(each for each in self.likely if each.score >= LIKELY)

    @cached_property
    def doubtful(self) -> tuple[Row, ...]:
        """Pairs of the rule that look like different things."""
        return tuple(row for row in self.rows if row.doubtful)

    @cached_property
    def emptied(self) -> tuple[Row, ...]:
        """Pairs in which a value is lost."""
        return tuple(row for row in self.rows if row.emptied)

    @property
    def attention(self) -> int:
        """How many things a person should look at before the switch-on."""
        return self.number(Fate.PERSON) + len(self.sure) + len(self.doubtful) + len(self.emptied) + len(self.doubles)

    @cached_property
    def doubles(self) -> tuple[Group, ...]:
        """Groups of which no rule speaks; those of a rule are among the rows already."""
        return tuple(group for group in self.groups if not group.ruled)


def _alone(row: Row) -> Side | None:
    return None if len(row.items) == 2 else row.items[0].side


@dataclass(frozen=True)
class Comparison:
    """All registries of one tenant at an instant (UTC). `unread` are those that could not be read, with the reason."""

    tenant: str
    names: dict[Side, str]
    at: datetime
    registries: tuple[RegistryComparison, ...]
    unread: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = field(default=())
    """Rows of a vendor that could not be used: (label, what is wrong)."""

    @property
    def attention(self) -> int:
        """How many things a person should look at before the switch-on."""
        return sum(each.attention for each in self.registries) + len(self.unread) + len(self.problems)

    def number(self, fate: Fate) -> int:
        """Rows of a fate in all registries."""
        return sum(each.number(fate) for each in self.registries)
