"""What the planner complains about, in words for the error desk (ALL-02, ALL-03, ALL-14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.comparing import Comparison, owner
from core.errors import ErrorClass
from core.inputs import Inputs
from core.issues import Issue
from core.links import Link
from core.plans import record_key
from core.records import Record, Side
from core.states import MISSING, shown, state_of

PLANNER_CAUSES: tuple[str, ...] = ("renumbered", "drift:", "conflict:", "requirement:", "duplicate key")
"""Beginnings of the causes that the planner reports; a healthy record has none of them."""


KEY_NOW = "#key"
"""Stands in a link's state of a side for a number that is not the linked one (any more)."""


def in_order(link: Link) -> bool:
    """Nothing is known of the pair that a person should still hear of: no drift, and one number on both sides."""
    return not link.drift and all(KEY_NOW not in link.state_on(side) for side in Side)


def both(severa: Record | None, erp: Record | None) -> list[tuple[Side, Record]]:
    """The records of a pair that are at hand, with their sides."""
    return [(side, record) for side, record in ((Side.SEVERA, severa), (Side.ERP, erp)) if record is not None]


def renumbered(
    inputs: Inputs, link: Link, severa: Record | None, erp: Record | None, comparison: Comparison
) -> list[Issue]:
    """ALL-14: a number that changed after linking is reported, not duplicated."""
    now = {side: record.key for side, record in both(severa, erp)}
    keys = {side: now.get(side, link.state_on(side).get(KEY_NOW, link.key)) for side in Side}
    same = inputs.rule.same_key
    if same(keys[Side.SEVERA], keys[Side.ERP]):
        comparison.settled = _keys_noted(comparison.settled, {}, key=keys[Side.SEVERA])
        return []
    noted = {side: key for side, key in keys.items() if not same(key, link.key)}
    comparison.settled = _keys_noted(comparison.settled, noted, key=link.key)
    moved = [(side, record) for side, record in both(severa, erp) if not same(record.key, link.key)]
    key_name = inputs.rule.registry.value[:-1].replace("_", " ")
    return [
        complaint(
            inputs,
            side,
            record,
            cause="renumbered",
            what=f"{inputs.names[side]} now says {shown(record.key)} where {shown(link.key)} was linked.",
            why=f"The {key_name} was renumbered after it was linked; numbers are never changed on the other side.",
            todo=f"Give it the number {shown(record.key)} in {inputs.names[side.other]}, too, or take the change back.",
        )
        for side, record in moved
    ]


def _keys_noted(link: Link, keys: Mapping[Side, str | None], *, key: str | None) -> Link:
    """The link with the numbers that are not the linked one (any more), per side: the next read may see only one."""
    states = {}
    for side in Side:
        states[side] = {name: value for name, value in link.state_on(side).items() if name != KEY_NOW}
        if side in keys:
            states[side][KEY_NOW] = keys[side]
    return replace(link, key=key, severa_state=states[Side.SEVERA], erp_state=states[Side.ERP])


def _other_side(inputs: Inputs, name: str) -> Side:
    """The side that is not master of a field; the ERP where both may update it."""
    master = owner(next(rule for rule in inputs.rule.fields if rule.name == name), inputs.master)
    return master.other if master else Side.ERP


def overwritten(inputs: Inputs, severa: Record | None, erp: Record | None, comparison: Comparison) -> list[Issue]:
    """ALL-03: both sides changed a field before either was read: the master's goes over, and what was lost is told."""
    records = dict(both(severa, erp))
    return [
        complaint(
            inputs,
            side,
            records[side],
            cause=f"drift:{name}",
            what=f"{name} was changed in {inputs.names[side]} to {shown(value)}, and in the master, too.",
            why=f"{inputs.names[side.other]} is master here: its value was written over the change.",
            todo=f"Make the change in {inputs.names[side.other]} if it was meant to last.",
            field_name=name,
        )
        for name, value in comparison.overwritten.items()
        if (side := _other_side(inputs, name)) in records
    ]


def drifted(
    inputs: Inputs, link: Link, severa: Record | None, erp: Record | None, comparison: Comparison
) -> list[Issue]:
    """ALL-03: a change on the side that is not master is reported once, never pushed, never overwritten silently."""
    if not comparison.drift:
        return []
    comparison.settled = replace(comparison.settled, drift={**comparison.settled.drift, **comparison.drift})
    records = dict(both(severa, erp))
    return [
        complaint(
            inputs,
            side,
            records[side],
            cause=f"drift:{name}",
            what=f"{name} was changed in {inputs.names[side]} from {shown(link.state_on(side).get(name))} "
            f"to {shown(value)}.",
            why=f"{inputs.names[side.other]} is master here: the change is not carried over and not overwritten.",
            todo=f"Make the change in {inputs.names[side.other]}, or take it back in {inputs.names[side]}.",
            field_name=name,
        )
        for name, value in comparison.drift.items()
        if link.drift.get(name, MISSING) != value and (side := _other_side(inputs, name)) in records
    ]


def conflicting(inputs: Inputs, severa: Record | None, erp: Record | None, comparison: Comparison) -> list[Issue]:
    """ALL-02: changed on both sides; the later change wins and people are told."""
    records = {Side.SEVERA: severa, Side.ERP: erp}
    issues = []
    for name, winner in comparison.conflicts.items():
        loser = records[winner.other]
        if loser is not None:
            issues.append(
                complaint(
                    inputs,
                    winner.other,
                    loser,
                    cause=f"conflict:{name}",
                    what=f"{name} was changed on both sides; {inputs.names[winner]} changed it later and wins.",
                    why=f"{inputs.names[winner.other]} held {shown(state_of(loser, [name])[name])}.",
                    todo="Check that the later value is the right one.",
                    field_name=name,
                )
            )
    return issues


def complaint(
    inputs: Inputs,
    side: Side,
    record: Record,
    *,
    cause: str,
    what: str,
    todo: str,
    why: str = "",
    field_name: str | None = None,
) -> Issue:
    """An issue about one record."""
    return Issue(
        scope=inputs.rule.registry.value,
        record=record_key(side, record.id),
        label=record.label,
        cause=cause,
        error_class=ErrorClass.BAD_DATA,
        what=what,
        why=why,
        todo=todo,
        field=field_name,
    )
