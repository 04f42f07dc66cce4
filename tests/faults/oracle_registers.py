"""Registers: what the rules bring over stands once on the other side, with the same fields, or people are told.

Which items these are is the ERP's own; what must be true of them is the same for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.evidence import Evidence, member
from tests.faults.findings import Finding
from tests.faults.stage import Row

NEW = "2026"
"""Rows of the world are older; what people make during a scenario is from this year or later."""


@dataclass(frozen=True)
class Item:
    """One row as the oracle sees it. `record` is its name on the error desk; `goes`: the rules bring it over."""

    record: str
    key: str | None
    goes: bool
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Register:
    """One registry: its items in both systems, matched by their key."""

    name: str
    severa: list[Item]
    erp: list[Item]


def judged(evidence: Evidence, register: Register) -> Iterator[Finding]:
    by_key: dict[str, tuple[list[Item], list[Item]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate((register.severa, register.erp)):
        for item in items:
            if item.key is not None:
                by_key[item.key][side].append(item)
            elif item.goes and not evidence.told(item.record):
                yield Finding("silent", f"{register.name} {item.record} has no key, and nobody is told: {item.fields}")
    for key, (ours, theirs) in by_key.items():
        told = any(evidence.told(item.record) for item in (*ours, *theirs))
        words = f"{register.name} {key}: {len(ours)} in Severa, {len(theirs)} in {evidence.people.erp.title}"
        told_words = [evidence.words(item.record) for item in (*ours, *theirs)]
        if told:
            continue
        if len(ours) > 1 or len(theirs) > 1:
            yield Finding("duplicate", f"{words}; nobody is told")
        elif (not theirs and ours[0].goes) or (not ours and theirs[0].goes):
            yield Finding("loss", f"{words}; nobody is told; {[item.fields for item in (*ours, *theirs)]}")
        elif ours and theirs and ours[0].goes and theirs[0].goes:
            for name in ours[0].fields.keys() & theirs[0].fields.keys():
                left, right = ours[0].fields[name], theirs[0].fields[name]
                if (left or None) != (right or None):
                    yield Finding("wrong", f"{words}: {name} is {left!r} and {right!r}; told: {told_words}")


def doubles(evidence: Evidence) -> Iterator[Finding]:
    """A name that stands more often than at first, and more than once: something was made twice."""
    for (system, kind, name), number in evidence.names().items():
        if number > max(1, evidence.before[system, kind, name]):
            yield Finding("duplicate", f"{number} {kind} in {system} are called {name}")


def kept(evidence: Evidence) -> Iterator[Finding]:
    """What people entered in the system that is not master is not emptied by a copy that was cut off."""
    for system, kind, name, value, entered in evidence.people.entered:
        if value in evidence.people.edited:
            continue
        rows = [row for row in evidence.objects(system, kind) if row.get(name) == value]
        for path, text in entered.items():
            if [member(row, path) for row in rows] != [text]:
                found = [member(row, path) for row in rows]
                yield Finding("loss", f"{kind} {value} had {path} {text!r}, now there is {found!r}")


def rows(evidence: Evidence, system: str, kind: str, item: Callable[[Row], Item | None]) -> list[Item]:
    return [found for row in evidence.objects(system, kind) if (found := item(row)) is not None]
