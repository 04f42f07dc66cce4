"""The fields that the two items of a pair hold differently, and which side's value goes over the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from core.comparing import owner, same_value
from core.comparison.report import SETTLES, Difference
from core.inputs import Inputs
from core.plans import Adopt
from core.profiles import FieldRule
from core.records import RECORD_TYPES, Record, Registry, Side
from core.states import encode, shown
from core.staying import BEFORE

Coming = Mapping[tuple[Side, str], str | None]
"""Items of the registry itself that the plan links or creates: (side, id) -> id of the partner, None when it is new."""
LabelOf = Callable[[Registry, Side, str], str]
"""(registry, side, id on that side) -> how people call that item."""


def of_adoption(inputs: Inputs, adoption: Adopt, label: LabelOf, coming: Coming) -> tuple[Difference, ...]:
    """What differs in a pair that will be linked, in the order of the profile's fields."""
    winners = dict.fromkeys(adoption.to_erp, Side.SEVERA) | dict.fromkeys(adoption.to_severa, Side.ERP)
    left = set(adoption.left_alone)
    return tuple(
        _difference(inputs, rule, adoption.severa, adoption.erp, winners.get(rule.name), label, coming, note=BEFORE)
        for rule in inputs.rule.fields
        if rule.name in winners or rule.name in left
    )


def of_link(
    inputs: Inputs, severa: Record, erp: Record, winners: Mapping[str, Side], label: LabelOf, coming: Coming
) -> tuple[Difference, ...]:
    """What differs in a pair that is linked already. `winners` are the fields that the plan carries over."""
    return tuple(
        _difference(inputs, rule, severa, erp, winners.get(rule.name), label, coming, note=_standing(inputs, rule))
        for rule in _differing(inputs, severa, erp)
    )


def _differing(inputs: Inputs, severa: Record, erp: Record) -> Iterable[FieldRule]:
    registry = inputs.rule.registry
    for rule in inputs.rule.fields:
        if rule.fixed or not rule.applies(severa):
            continue
        if not same_value(rule, registry, getattr(severa, rule.name), getattr(erp, rule.name), inputs.translate):
            yield rule


def _standing(inputs: Inputs, rule: FieldRule) -> str:
    """Why a field of a linked pair differs and nothing is carried over."""
    side = owner(rule, inputs.master)
    if side is None:
        return "unchanged since they were last in step"
    return f"{inputs.names[side]} is master and has not changed it: stays, and is reported"


def _difference(
    inputs: Inputs,
    rule: FieldRule,
    severa: Record,
    erp: Record,
    winner: Side | None,
    label: LabelOf,
    coming: Coming,
    *,
    note: str,
) -> Difference:
    values = {side: getattr(record, rule.name) for side, record in ((Side.SEVERA, severa), (Side.ERP, erp))}
    registry = RECORD_TYPES[inputs.rule.registry].REFERENCES.get(rule.name)
    source = values[winner] if winner is not None else None
    if registry is not None and winner is not None and source is not None:
        partner = inputs.translate(registry, winner, source)
        if partner is None and registry is inputs.rule.registry and (winner, source) in coming:
            if coming[winner, source] == values[winner.other]:
                winner, note = None, SETTLES
        elif partner is None:
            winner, note = None, f"waits until the {_noun(registry)} is linked"
    said = {side: _said(value, registry, side, label) for side, value in values.items()}
    return Difference(rule.name, said[Side.SEVERA], said[Side.ERP], winner, "" if winner else note)


def _said(value: Any, registry: Registry | None, side: Side, label: LabelOf) -> str:
    if value is None or value == "":
        return ""
    if registry is not None:
        return label(registry, side, str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    encoded = encode(value)
    return "" if isinstance(encoded, list) and not any(encoded) else shown(encoded)


def _noun(registry: Registry) -> str:
    return {Registry.PRODUCT_CATEGORIES: "product category"}.get(registry, registry.value[:-1].replace("_", " "))
