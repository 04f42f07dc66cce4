"""The planner: (records, links, profile, settings) -> actions. Pure, so preview and comparison are the same code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from core.comparing import compare, owner, same_value
from core.complaints import complaint, conflicting, drifted, in_order, overwritten, renumbered
from core.inputs import Inputs
from core.issues import Issue
from core.matching import Clash, match
from core.plans import Adopt, Create, Plan, Renumber, Settle, Update, record_key
from core.profiles import RegistryRule, Sought
from core.records import Record, Side
from core.states import NOT_APPLICABLE, encode


def plan(inputs: Inputs) -> Plan:
    """Decide what to do with one registry."""
    result = Plan(inputs.rule.registry)
    records = {
        Side.SEVERA: {record.id: record for record in inputs.severa},
        Side.ERP: {record.id: record for record in inputs.erp},
    }
    _linked(inputs, records, result)
    _unlinked(inputs, records, result)
    return result


def unmatched_keys(inputs: Inputs, side: Side) -> list[str]:
    """Keys of unlinked records of `side`, to be looked for on the other side when that was not read in full."""
    records = inputs.severa if side is Side.SEVERA else inputs.erp
    keys = (record.key for record in records if record.id not in inputs.links[side])
    return sorted({key for key in keys if key})


def unmatched_names(inputs: Inputs, side: Side) -> list[str]:
    """Names of unlinked records of `side` that may go, for registries whose items are looked for by name (VN-03)."""
    names = (str(getattr(record, "name", "") or "").strip() for record in unmatched(inputs, side))
    return sorted({name for name in names if name})


def unmatched(inputs: Inputs, side: Side) -> list[Record]:
    """Unlinked records of `side` that no filter keeps there."""
    records = inputs.severa if side is Side.SEVERA else inputs.erp
    filters = inputs.rule.filters.get(side, ())
    return [r for r in records if r.id not in inputs.links[side] and all(rule.keeps(r) for rule in filters)]


def _linked(inputs: Inputs, records: Mapping[Side, Mapping[str, Record]], result: Plan) -> None:
    taker = None if inputs.rule.numbered_by is None else inputs.rule.numbered_by.other
    if taker is not None:
        result.renumberings = [Renumber(taker, own, number) for own, number in inputs.renumbering.items()]
    links = {link.severa_id: link for side in Side for link in inputs.links[side].values()}
    for link in links.values():
        severa, erp = records[Side.SEVERA].get(link.severa_id), records[Side.ERP].get(link.erp_id)
        if severa is None and erp is None:
            continue
        if severa is not None and (why := _never(inputs, severa)):
            result.skipped[why] += 1
            continue
        comparison = compare(inputs.rule, inputs.master, link, severa=severa, erp=erp, translate=inputs.translate)
        underway = taker is not None and link.id_on(taker) in inputs.renumbering
        watched = inputs.rule.watches_key and not underway
        complaints = renumbered(inputs, link, severa, erp, comparison) if watched else []
        complaints += drifted(inputs, link, severa, erp, comparison)
        complaints += overwritten(inputs, severa, erp, comparison)
        complaints += conflicting(inputs, severa, erp, comparison)
        if inputs.rule.keeps_reference and erp is not None and erp.reference is None:
            result.unmarked.append((erp, link.severa_id))
        pushed = False
        for target, names in comparison.push.items():
            source, present = (severa, erp) if target is Side.ERP else (erp, severa)
            if names and source is not None:
                result.updates.append(Update(target, source, comparison.settled, tuple(names), present))
                pushed = True
        if not pushed and comparison.settled != link:
            result.settlements.append(Settle(comparison.settled))
        if not pushed and not complaints:
            result.unchanged += 1
        result.issues += complaints
        if not complaints and in_order(comparison.settled):
            result.healthy += [record_key(Side.SEVERA, link.severa_id), record_key(Side.ERP, link.erp_id)]


def _never(inputs: Inputs, severa: Record) -> str | None:
    """Why a linked item of Severa is not transferred any more: it became an in-house customer or a prospect (PO-04)."""
    for rule in inputs.rule.filters.get(Side.SEVERA, ()):
        if rule.also_linked and not rule.keeps(severa):
            return rule.name
    return None


def _unlinked(inputs: Inputs, records: Mapping[Side, Mapping[str, Record]], result: Plan) -> None:
    free = {side: [r for r in records[side].values() if r.id not in inputs.links[side]] for side in Side}
    tied = {side: [r for r in records[side].values() if r.id in inputs.links[side]] for side in Side}
    for severa, erp in inputs.begun:
        _pair(inputs, severa, erp, result)
        free[Side.SEVERA].remove(severa)
        free[Side.ERP].remove(erp)
    found = match(
        inputs.rule,
        free[Side.SEVERA],
        free[Side.ERP],
        linked_severa=tied[Side.SEVERA],
        linked_erp=tied[Side.ERP],
        translate=inputs.translate,
    )
    for clash in found.clashes:
        _clash(inputs, clash, result)
    for severa, erp in found.pairs:
        _pair(inputs, severa, erp, result)
    for side, alone in ((Side.SEVERA, found.only_severa), (Side.ERP, found.only_erp)):
        for record in alone:
            _alone(inputs, side, record, result)


def _excluded(inputs: Inputs, side: Side, record: Record, partner: Record | None = None) -> str | None:
    """Why a record stays on its own side, in words; None when it may go.

    A Severa customer whose partner in the ERP has a project there is wanted: the project is on its way to Severa.
    """
    for rule in inputs.rule.filters.get(side, ()):
        if not rule.keeps(record):
            return rule.name
    active = inputs.active.get(side) if inputs.rule.needs_activity else None
    if active is not None and record.id not in active and (partner is None or partner.id not in inputs.wanted):
        return "no active project and no invoice yet"
    return None


def _pair(inputs: Inputs, severa: Record, erp: Record, result: Plan) -> None:
    why = _excluded(inputs, Side.SEVERA, severa, partner=erp) or _excluded(inputs, Side.ERP, erp)
    if why:
        result.skipped[why] += 1
        return
    if apart := _unlike(inputs, severa, erp):
        result.issues += apart
        return
    old = _old(inputs, severa)
    ways: dict[Side, list[str]] = {Side.SEVERA: [], Side.ERP: []}
    left_alone: list[str] = []
    for rule in inputs.rule.fields:
        values = getattr(severa, rule.name), getattr(erp, rule.name)
        if rule.name in fillings(inputs.rule, severa, erp):
            (left_alone if old else ways[Side.SEVERA]).append(rule.name)
            continue
        if rule.fixed or not rule.applies(severa) or same_value(rule, inputs.rule.registry, *values, inputs.translate):
            continue
        side = owner(rule, inputs.master) or _saying(*values) or _later_side(severa, erp)
        if old:
            left_alone.append(rule.name)
        else:
            ways[side.other].append(rule.name)
    result.adoptions.append(Adopt(severa, erp, tuple(ways[Side.ERP]), tuple(ways[Side.SEVERA]), tuple(left_alone)))
    result.healthy += [record_key(Side.SEVERA, severa.id), record_key(Side.ERP, erp.id)]


def _unlike(inputs: Inputs, severa: Record, erp: Record) -> list[Issue]:
    """Two items of one number or code that cannot be one for another reason: a product and a work type (VN-07)."""
    issues = []
    for name in inputs.rule.alike:
        values = getattr(severa, name), getattr(erp, name)
        if values[0] == values[1]:
            continue
        for side, record, (own, others) in (
            (Side.SEVERA, severa, values),
            (Side.ERP, erp, (values[1], values[0])),
        ):
            issues.append(
                complaint(
                    inputs,
                    side,
                    record,
                    cause=f"duplicate key:{name}",
                    what=f"{record.key} is a {_words(own)} here, and a {_words(others)} in {inputs.names[side.other]}.",
                    why="They have the same code and are not the same thing, so they are not linked.",
                    todo=f"Give one of the two another code, or make it a {_words(others)}.",
                    field_name=name,
                )
            )
    return issues


def _words(value: Any) -> str:
    return str(encode(value) or "thing without a kind").replace("_", " ")


def _saying(severa: Any, erp: Any) -> Side | None:
    """The side that says something where the other is silent: at the first linking silence is nobody's change."""
    if (severa is None) == (erp is None):
        return None
    return Side.ERP if severa is None else Side.SEVERA


def _later_side(severa: Record, erp: Record) -> Side:
    later_erp = erp.changed_at is not None and (severa.changed_at is None or erp.changed_at > severa.changed_at)
    return Side.ERP if later_erp else Side.SEVERA


def _old(inputs: Inputs, record: Record) -> bool:
    """PO-09: an item of a kind of which only those made after the switch-on are carried over."""
    if inputs.rule.only_new is None or not inputs.rule.only_new(record):
        return False
    return record.created_at is None or record.created_at <= inputs.switched_on


def _alone(inputs: Inputs, side: Side, record: Record, result: Plan) -> None:
    why = _excluded(inputs, side, record)
    if why is None and side.other not in inputs.rule.created_on:
        why = f"not created in {inputs.names[side.other]}"
    if why is None and _old(inputs, record):
        why = "from before the switch-on"
    if why:
        result.skipped[why] += 1
        return
    complaints = [
        complaint(inputs, side, record, cause=f"requirement:{r.field}", what=r.why, todo=r.todo, field_name=r.field)
        for r in inputs.rule.requirements.get(side, ())
        if not r.holds(record)
    ]
    if complaints:
        result.issues += complaints
        return
    result.creates.append(Create(side.other, record))


def _clash(inputs: Inputs, clash: Clash, result: Plan) -> None:
    """One key, several items: each is reported, none is linked or created. Those that stay anyway do not count."""
    meant: dict[Side, list[Record]] = {Side.SEVERA: [], Side.ERP: []}
    for side, records in ((Side.SEVERA, clash.severa), (Side.ERP, clash.erp)):
        for record in records:
            why = _excluded(inputs, side, record)
            if why:
                result.skipped[why] += 1
            else:
                meant[side].append(record)
    ours, theirs = meant[Side.SEVERA], meant[Side.ERP]
    if not clash.taken and len(ours) <= 1 and len(theirs) <= 1:
        if ours and theirs:
            _pair(inputs, ours[0], theirs[0], result)
        elif not (clash.erp if ours else clash.severa):
            for side, alone in meant.items():
                for record in alone:
                    _alone(inputs, side, record, result)
        else:
            result.skipped["its counterpart on the other side stays there"] += len(ours) + len(theirs)
        return
    by_name = inputs.rule.sought_by is Sought.NAME
    key = " / ".join(str(part) for part in clash.key)
    everyone = (*clash.severa, *clash.erp, *clash.taken)
    for side, doubles in meant.items():
        for record in doubles:
            others = ", ".join(sorted({other.label for other in everyone if other is not record})[:3])
            result.issues.append(
                complaint(
                    inputs,
                    side,
                    record,
                    cause="duplicate key",
                    what=f"{getattr(record, 'name', key) if by_name else key} stands on more than one item: "
                    f"also on {others}.",
                    why="Only one of them can be the item on the other side, so none is linked.",
                    todo=f"Give each its own {'name' if by_name else 'number or code'}, or make all but one inactive.",
                )
            )


def fillings(rule: RegistryRule, severa: Record, erp: Record) -> list[str]:
    """Fields that Severa's record leaves open and takes from the ERP's when they are linked."""
    return [
        field.name
        for field in rule.fields
        if getattr(severa, field.name) is None and getattr(erp, field.name) is not None
        if field.filled(severa) and field.applies(severa)
    ]


def linked_state(rule: RegistryRule, severa: Record, record: Record) -> dict[str, object]:
    """The state of `record` (of either side) that a link to `severa` keeps."""
    return {
        field.name: encode(getattr(record, field.name)) if field.applies(severa) else NOT_APPLICABLE
        for field in rule.fields
    }


def localise(
    record: Record, names: Collection[str], target: Side, translate: Callable[..., str | None]
) -> tuple[dict[str, object], dict[str, str]]:
    """The named fields of `record` as values for `target`, and references that do not resolve (name -> own id)."""
    values: dict[str, object] = {}
    unresolved: dict[str, str] = {}
    for name in names:
        value = getattr(record, name)
        registry = record.REFERENCES.get(name)
        if registry is not None and value is not None:
            other = translate(registry, target.other, value)
            if other is None:
                unresolved[name] = value
                continue
            value = other
        values[name] = value
    return values, unresolved
