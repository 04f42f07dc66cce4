"""What a profile is: one ERP's rules as data. The profiles themselves stand beside their connectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.records import Record, Registry, Side


class Flow(StrEnum):
    """Which way a field may go."""

    BOTH = "both"
    TO_ERP = "to ERP"
    TO_SEVERA = "to Severa"

    def allows(self, target: Side) -> bool:
        """Whether the field may be written on `target`."""
        return self is Flow.BOTH or (self is Flow.TO_ERP) == (target is Side.ERP)


class Master(StrEnum):
    """Whose updates count in a registry."""

    SEVERA = "severa"
    ERP = "erp"
    BOTH = "both"


class Need(StrEnum):
    """What becomes of a record whose reference has no counterpart on the other side yet."""

    OPTIONAL = "optional"
    """It goes without; the reference follows as soon as it can."""
    REQUIRED = "required"
    """It waits, and that is an issue."""
    SKIP = "skip"
    """It stays on its own side, without an issue."""


def optional(_record: Record) -> Need:
    """A reference that may follow later."""
    return Need.OPTIONAL


def always(_record: Record) -> bool:
    """The field is there for every record."""
    return True


ReferenceOf = Callable[[str], str | None]
"""Name of a reference field -> the Severa id of what it refers to, None when that is not linked."""
Matcher = Callable[[Record, ReferenceOf], tuple[Any, ...] | None]


def equal(left: Any, right: Any) -> bool:
    """Plain equality."""
    return bool(left == right)


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One synchronised field of a record. `same` says when two values mean the same on both sides.

    `need` is for references: what becomes of the record while the reference does not resolve. `applies` is asked of
    Severa's record: a work type has no price, so the ERP's price of it is nobody's change.
    A `fixed` field is given when the item is created and not looked at afterwards.
    """

    name: str
    flow: Flow = Flow.BOTH
    same: Callable[[Any, Any], bool] = equal
    need: Callable[[Record], Need] = optional
    applies: Callable[[Record], bool] = always
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A record that does not meet `keeps` stays on its own side, without an issue. `name` says why, for people."""

    name: str
    keeps: Callable[[Record], bool]
    also_linked: bool = False
    """Whether it keeps back items that are linked already, too."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A record that does not meet `holds` is an issue: `why` says what is wrong, `todo` what a person does."""

    field: str
    holds: Callable[[Record], bool]
    why: str
    todo: str


@dataclass(frozen=True, slots=True)
class RegistryRule:
    """How one registry is kept in step.

    `match` gives the alternatives by which two records of either side are one item, the best first; each returns
    None when it cannot say. `filters` and `requirements` are per source side. `created_on` lists the sides on which
    new items are created.
    """

    registry: Registry
    fields: tuple[FieldRule, ...]
    match: tuple[Matcher, ...]
    filters: dict[Side, tuple[Filter, ...]] = field(default_factory=dict)
    requirements: dict[Side, tuple[Requirement, ...]] = field(default_factory=dict)
    created_on: tuple[Side, ...] = (Side.SEVERA, Side.ERP)
    watches_key: bool = True
    """A number or code that changed after linking is reported, never pushed (ALL-14)."""
    rests_when_inactive: bool = False
    """Once inactive on either side, nothing is carried over but the activity itself (PO-04)."""
    only_new: Callable[[Record], bool] | None = None
    """Items for which only those created after the switch-on are carried over (PO-09)."""
    needs_activity: bool = False
    """Severa's items go out only once they have an active project or an invoice (PO-05)."""
    keeps_reference: bool = False
    """Linked items of the ERP get our reference written onto them."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One ERP's rules. `statuses` are the Severa invoice statuses that a tenant must name, in their order."""

    system: str
    title: str
    registries: tuple[RegistryRule, ...]
    masters: dict[Registry, Master]
    statuses: tuple[str, ...]
    optional_statuses: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ("registry_sync", "invoice_export", "invoice_status", "cost_import")
    number_written_at: str = "sent"
    """The status at which the ERP's invoice number is known and written back (ALL-06)."""

    def rule(self, registry: Registry) -> RegistryRule:
        """The rule of a registry. KeyError when this ERP does not have it."""
        for rule in self.registries:
            if rule.registry is registry:
                return rule
        raise KeyError(registry)
