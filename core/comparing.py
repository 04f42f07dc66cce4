"""Three-way comparison of one linked pair against its last state in step (ALL-02, ALL-03, ALL-14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from core.links import Link
from core.profiles import FieldRule, Flow, Master, RegistryRule
from core.records import RECORD_TYPES, Record, Registry, Side
from core.states import MISSING, NOT_APPLICABLE, encode

Translate = Callable[[Registry, Side, str], str | None]
"""(registry, side, id on that side) -> id on the other side, None when not linked."""


@dataclass(slots=True)
class Comparison:
    """What differs in one linked pair.

    `push` names the fields to write per target side; `drift` the fields of the side that is not master with what
    they hold there (encoded); `conflicts` fields changed on both sides where both may update, with the side that
    wins. `settled` is the link with the states of the fields that are in step again.
    """

    settled: Link
    push: dict[Side, list[str]] = field(default_factory=lambda: {Side.SEVERA: [], Side.ERP: []})
    drift: dict[str, Any] = field(default_factory=dict)
    overwritten: dict[str, Any] = field(default_factory=dict)
    """Changes of the side that is not master which the master's own change goes over, unheard of before."""
    conflicts: dict[str, Side] = field(default_factory=dict)


def owner(rule: FieldRule, master: Master) -> Side | None:
    """The side whose value counts for a field; None when both may update it."""
    if rule.flow is Flow.TO_ERP:
        return Side.SEVERA
    if rule.flow is Flow.TO_SEVERA:
        return Side.ERP
    return None if master is Master.BOTH else Side(master.value)


def same_value(rule: FieldRule, registry: Registry, severa: Any, erp: Any, translate: Translate) -> bool:
    """Whether a field's two values mean the same; references are compared through the links."""
    target = RECORD_TYPES[registry].REFERENCES.get(rule.name)
    if target is not None:
        if severa is None or erp is None:
            return severa is None and erp is None
        return bool(translate(target, Side.SEVERA, severa) == erp)
    return bool(encode(severa) == encode(erp)) or rule.same(severa, erp)


def compare(
    rule: RegistryRule,
    master: Master,
    link: Link,
    *,
    severa: Record | None,
    erp: Record | None,
    translate: Translate,
) -> Comparison:
    """Compare a linked pair, of which one or both records were just read, with its last state in step."""
    now = {Side.SEVERA: severa, Side.ERP: erp}
    states = {Side.SEVERA: dict(link.severa_state), Side.ERP: dict(link.erp_state)}
    drift = dict(link.drift)
    result = Comparison(settled=link)
    resting = rule.rests_when_inactive and _rests(rule, master, link, now)
    for field_rule in rule.fields:
        name = field_rule.name
        if field_rule.fixed:
            continue
        if resting and name != "active":
            continue
        if not _applies(field_rule, severa, link):
            for state in states.values():
                state[name] = NOT_APPLICABLE  # what the other side shows of it meanwhile is nobody's change
            drift.pop(name, None)
            continue
        changed = [side for side, record in now.items() if record is not None and _changed(record, name, states[side])]
        side = owner(field_rule, master)
        if not changed:
            if side is not None and now[side.other] is not None:
                drift.pop(name, None)  # what was reported was taken back
            continue
        owing = _owing(changed, states, name)
        if owing is None and _equal(field_rule, rule.registry, now, link, translate):
            for side in changed:
                states[side][name] = encode(getattr(now[side], name))
            drift.pop(name, None)
            continue
        winner = owing or side or _later(changed, now, result, name)
        if winner in changed:
            result.push[winner.other].append(name)
            lost = encode(getattr(now[winner.other], name)) if len(changed) == 2 else MISSING
            if side is not None and lost is not MISSING and drift.get(name, MISSING) != lost:
                result.overwritten[name] = lost
            drift.pop(name, None)
        else:
            result.drift[name] = encode(getattr(now[winner.other], name))
    result.settled = replace(link, severa_state=states[Side.SEVERA], erp_state=states[Side.ERP], drift=drift)
    return result


def _equal(
    rule: FieldRule, registry: Registry, now: dict[Side, Record | None], link: Link, translate: Translate
) -> bool:
    """Whether a field means the same on both sides, as far as these were read."""
    severa, erp = now[Side.SEVERA], now[Side.ERP]
    if severa is None or erp is None:
        return _back_in_step(rule, registry, now, link, translate)
    return same_value(rule, registry, getattr(severa, rule.name), getattr(erp, rule.name), translate)


def _owing(changed: list[Side], states: dict[Side, dict[str, Any]], name: str) -> Side | None:
    """The side whose value never got over to the other one, or not all of it: it goes, whoever is master.

    Also when both look equal: a record may show a part of it only, as a headquarter is a delivery address, too.
    """
    owing = [side for side in Side if name not in states[side]]
    return owing[0] if changed == owing else None


def _applies(rule: FieldRule, severa: Record | None, link: Link) -> bool:
    if severa is not None:
        return rule.applies(severa)
    return bool(link.severa_state.get(rule.name) != NOT_APPLICABLE)


def _changed(record: Record, name: str, state: dict[str, Any]) -> bool:
    return bool(state.get(name, MISSING) != encode(getattr(record, name)))


def _rests(rule: RegistryRule, master: Master, link: Link, now: dict[Side, Record | None]) -> bool:
    """Inactive on either side: nothing goes over but the activity itself, and all of it on reactivation (PO-04)."""
    activity = next((field_rule for field_rule in rule.fields if field_rule.name == "active"), None)
    decides = (owner(activity, master) if activity else None) or Side.SEVERA
    active = {side: _active(link, side, record) for side, record in now.items()}
    was = bool(link.state_on(decides).get("active", True))
    if active[decides] and not was:
        return False
    return not all(active.values())


def _active(link: Link, side: Side, record: Record | None) -> bool:
    if record is not None:
        return bool(getattr(record, "active", True))
    return bool(link.state_on(side).get("active", True)) and link.drift.get("active") is not False


def _back_in_step(
    rule: FieldRule, registry: Registry, now: dict[Side, Record | None], link: Link, translate: Translate
) -> bool:
    """One side was read and changed: does it now hold what the other side last held?"""
    side = Side.SEVERA if now[Side.SEVERA] is not None else Side.ERP
    record = now[side]
    other = link.state_on(side.other).get(rule.name, MISSING)
    if other is MISSING or record is None:
        return False
    value = getattr(record, rule.name)
    target = RECORD_TYPES[registry].REFERENCES.get(rule.name)
    if target is not None and value is not None:
        return bool(translate(target, side, value) == other)
    if value is None or other is None:
        return value is None and other is None
    return bool(encode(value) == other) or rule.same(encode(value), other)


def _later(changed: list[Side], now: dict[Side, Record | None], result: Comparison, name: str) -> Side:
    """Both sides may update: the one that changed, of two changes the later (ALL-02)."""
    if len(changed) == 1:
        return changed[0]
    times = {side: record.changed_at for side, record in now.items() if record is not None}
    severa_at, erp_at = times.get(Side.SEVERA), times.get(Side.ERP)
    winner = Side.ERP if severa_at is None or (erp_at is not None and erp_at > severa_at) else Side.SEVERA
    result.conflicts[name] = winner
    return winner
