"""What the campaign must know of an ERP: who its people are, what they do, and what must be true in its store."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tests.faults.findings import Finding

if TYPE_CHECKING:
    from tests.faults.evidence import Evidence
    from tests.faults.people import People
    from tests.faults.stage import Row, Stage

Deed = Callable[["People", Random], str]
"""What somebody does; in words what it was, empty when there was nothing to do."""
Target = tuple[str, str, str, int]
"""(system, method, path, how many requests pass at most before it happens)."""


@dataclass(frozen=True, kw_only=True)
class Repertoire:
    """Of what scenarios are drawn: names of deeds, as often as they are to come, and where the wire fails."""

    bills: tuple[str, ...]
    meddling: tuple[str, ...]
    registers: tuple[str, ...]
    targets: tuple[Target, ...]


@dataclass(frozen=True, kw_only=True)
class Erp:
    """One ERP. `statuses` are the names of Severa's statuses by role, as its simulated Severa is set up for it."""

    name: str
    title: str
    statuses: Mapping[str, str]
    repertoire: Repertoire
    unfit: tuple[str, ...]
    """Kinds of invoices that it cannot take: see `People.bill_unfit`."""
    deeds: Mapping[str, Deed]
    """What people do there, by name; they win over what people do in Severa."""
    names: Mapping[str, str]
    """Kind of its rows -> the members by which a person sees that two rows are one item."""
    taken: Callable[[Stage], set[int]]
    """Numbers that its customers and projects have."""
    project_series: tuple[int, int] | None
    """Where new projects must be numbered to fit; None: as Severa numbers them."""
    project_members: Mapping[str, object]
    """What a new project in Severa must have beside name and customer to be taken."""
    cost_projects: Callable[[Stage], list[str]]
    """Numbers of the projects on which a supplier's invoice may be entered."""
    cost_text: Callable[[Row], str]
    """The text that was entered, of a project cost in Severa."""
    late: re.Pattern[str]
    """Writes that may come with the daily full read only: references to other records."""
    judges: tuple[Callable[[Evidence], list[Finding]], ...]
    """What must be true at the end, beside what holds for every ERP."""
