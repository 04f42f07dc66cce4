"""What the planner looks at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.comparing import Translate
from core.links import Link
from core.profiles import Master, RegistryRule
from core.records import Record, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What the planner looks at for one registry.

    `severa` and `erp` are the records that were read, found or asked for again; `links` all links that touch any of
    them, by side and id. `active` are, per side, the ids that meet `needs_activity` (None = no condition).
    `renumbering` are numbers, by id on the side that does not give them, that linked items are to take over.
    `wanted` are ids of the ERP that a project there refers to. `begun` are unlinked pairs (Severa's record, the ERP's)
    of which an earlier run made one from the other and did not live to link them. `switched_on` is the tenant's
    switch-on, UTC. `names` are the two systems as people call them.
    """

    rule: RegistryRule
    master: Master
    severa: Sequence[Record]
    erp: Sequence[Record]
    links: Mapping[Side, Mapping[str, Link]]
    translate: Translate
    switched_on: datetime
    active: Mapping[Side, Collection[str] | None] = field(default_factory=dict)
    begun: Sequence[tuple[Record, Record]] = ()
    wanted: Collection[str] = ()
    renumbering: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[Side, str] = field(default_factory=lambda: {Side.SEVERA: "Severa", Side.ERP: "the ERP"})
