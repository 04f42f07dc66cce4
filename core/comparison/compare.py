"""The report of one registry from what the planner saw and what it planned."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from core.comparison.differences import LabelOf
from core.comparison.likely import Likeness
from core.comparison.report import Likely, RegistryComparison, Row
from core.comparison.rows import Fates, Held, key_name
from core.inputs import Inputs
from core.plans import Plan
from core.profiles import Master
from core.records import RECORD_TYPES, Registry, Side


def plain_label(_registry: Registry, _side: Side, record_id: str) -> str:
    """An item by its id, where nothing better is known."""
    return record_id


def compare_registry(
    inputs: Inputs, plan: Plan, *, held: Held | None = None, label: LabelOf = plain_label
) -> RegistryComparison:
    """What `plan`, which was made of `inputs`, does with every record; how alike the pairs are, and what looks wrong.

    `held` are the creates of the plan that wait or stay for what they refer to, as carrying it out finds.
    """
    with _no_collection():
        return _compared(inputs, plan, held or {}, label)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of small objects that all stay: to look through them for garbage takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _compared(inputs: Inputs, plan: Plan, held: Held, label: LabelOf) -> RegistryComparison:
    kind = RECORD_TYPES[inputs.rule.registry]
    fates = Fates(inputs, plan, held, label)
    likeness = Likeness(inputs)
    rows = [likeness.scored(row) for row, _ in fates.rows()]
    likely = sorted(likeness.likely(rows), key=_by_score)
    return RegistryComparison(
        registry=inputs.rule.registry,
        key=key_name(kind),
        rules=tuple(fates.rule_words()),
        master="both" if inputs.master is Master.BOTH else inputs.names[Side(inputs.master.value)],
        rows=tuple(sorted(rows, key=_by_key)),
        likely=tuple(likely),
        groups=tuple(likeness.groups(fates)),
    )


def _by_score(each: Likely) -> tuple[int, str, str]:
    return -each.score, each.severa.label, each.erp.label


def _by_key(row: Row) -> tuple[bool, int, str, str]:
    """By number where keys are numbers, else by code."""
    first = row.items[0]
    key = first.key or ""
    return not key, int(key) if key.isdecimal() and len(key) < 19 else 0, key, first.id
