"""The report as JSON, all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.comparison.report import Comparison, Difference, Fate, Group, Item, Likely, RegistryComparison, Row
from core.records import Side

Json = dict[str, Any]


def document(comparison: Comparison) -> Json:
    """Everything; instants are UTC in ISO 8601."""
    return {
        "tenant": comparison.tenant,
        "at": comparison.at.isoformat(),
        "systems": {side.value: name for side, name in comparison.names.items()},
        "attention": comparison.attention,
        "summary": {each.registry.value: summary(each) for each in comparison.registries},
        "registries": {each.registry.value: _registry(each) for each in comparison.registries},
        "unread": list(comparison.unread),
        "problems": [{"record": label, "what": what} for label, what in comparison.problems],
    }


def summary(each: RegistryComparison) -> dict[str, int]:
    """One registry in numbers: records by fate (pairs once), and what to look at."""
    counts: Mapping[tuple[Fate, Side | None], int] = each.counts
    return {
        "linked": each.number(Fate.LINKED),
        "will be linked": each.number(Fate.LINK),
        "will be created in the ERP": counts[Fate.CREATE, Side.SEVERA],
        "will be created in Severa": counts[Fate.CREATE, Side.ERP],
        "stay": each.number(Fate.STAYS),
        "need a person": each.number(Fate.PERSON),
        "likely pairs that will not be linked": len(each.sure),
        "pairs worth a look": len(each.likely) - len(each.sure),
        "pairs that look like two things": len(each.doubtful),
        "pairs that lose a value": len(each.emptied),
        "doubles": len(each.doubles),
    }


def _registry(each: RegistryComparison) -> Json:
    return {
        "matched by": list(each.rules),
        "master": each.master,
        "rows": [_row(row) for row in each.rows],
        "likely": [_likely(one) for one in each.likely],
        "groups": [_group(group) for group in each.groups],
    }


def _row(row: Row) -> Json:
    return {
        "fate": row.fate.value,
        "severa": _item(row.severa),
        "erp": _item(row.erp),
        "rule": row.rule,
        "score": row.score,
        "evidence": list(row.evidence),
        "doubtful": row.doubtful,
        "why": row.why,
        "todo": row.todo,
        "differences": [_difference(one) for one in row.differences],
    }


def _item(item: Item | None) -> Json | None:
    if item is None:
        return None
    return {"id": item.id, "key": item.key, "name": item.name, "kind": item.kind, "active": item.active}


def _difference(one: Difference) -> Json:
    return {
        "field": one.field, "severa": one.severa, "erp": one.erp, "winner": one.winner.value if one.winner else None,
        "note": one.note, "emptied": one.emptied,
    }  # fmt: skip


def _likely(one: Likely) -> Json:
    return {
        "severa": _item(one.severa), "erp": _item(one.erp), "score": one.score, "evidence": list(one.evidence),
        "consequence": one.consequence, "todo": one.todo,
    }  # fmt: skip


def _group(group: Group) -> Json:
    return {
        "what": group.what, "ruled": group.ruled, "severa": [_item(i) for i in group.severa],
        "erp": [_item(i) for i in group.erp],
    }  # fmt: skip
