"""Which unlinked records of the two sides are one item: by the profile's alternatives, hard keys first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.comparing import Translate
from core.profiles import Matcher, ReferenceOf, RegistryRule
from core.records import Record, Side


@dataclass(frozen=True, slots=True)
class Clash:
    """Several records that one key would make one item; nothing is linked or created for them.

    `severa` and `erp` are the unlinked records at fault, `taken` those that are linked elsewhere already.
    """

    key: tuple[Any, ...]
    severa: tuple[Record, ...]
    erp: tuple[Record, ...]
    taken: tuple[Record, ...] = ()


@dataclass(slots=True)
class Matches:
    """The outcome: pairs, clashes, and what is alone on its side."""

    pairs: list[tuple[Record, Record]] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    only_severa: list[Record] = field(default_factory=list)
    only_erp: list[Record] = field(default_factory=list)


def match(
    rule: RegistryRule,
    severa: Sequence[Record],
    erp: Sequence[Record],
    *,
    linked_severa: Iterable[Record] = (),
    linked_erp: Iterable[Record] = (),
    translate: Translate,
) -> Matches:
    """Match unlinked records. Linked ones are given so that a key they hold is not taken a second time.

    The first alternative is the number or code: two items with one are a clash, wherever they stand. The weaker ones
    clash only where they would have to choose.
    """
    result = Matches()
    left = {Side.SEVERA: {r.id: r for r in severa}, Side.ERP: {r.id: r for r in erp}}
    for rank, alternative in enumerate(rule.match):
        groups: dict[tuple[Any, ...], dict[Side, list[Record]]] = defaultdict(lambda: {Side.SEVERA: [], Side.ERP: []})
        for side, records in left.items():
            for record in records.values():
                key = alternative(record, _reference_of(record, side, translate))
                if key is not None:
                    groups[key][side].append(record)
        taken = _taken(alternative, linked_severa, linked_erp, translate) if rank == 0 else {}
        for key, group in groups.items():
            ours, theirs = group[Side.SEVERA], group[Side.ERP]
            several = len(ours) > 1 or len(theirs) > 1
            if key in taken or (several and (rank == 0 or (ours and theirs))):
                result.clashes.append(Clash(key, tuple(ours), tuple(theirs), tuple(taken.get(key, ()))))
            elif ours and theirs:
                result.pairs.append((ours[0], theirs[0]))
            else:
                continue
            for side, used in group.items():
                for record in used:
                    left[side].pop(record.id, None)
    result.only_severa = list(left[Side.SEVERA].values())
    result.only_erp = list(left[Side.ERP].values())
    return result


def _reference_of(record: Record, side: Side, translate: Translate) -> ReferenceOf:
    def severa_id(name: str) -> str | None:
        value = getattr(record, name)
        if value is None or side is Side.SEVERA:
            return None if value is None else str(value)
        return translate(record.REFERENCES[name], side, value)

    return severa_id


def _taken(
    alternative: Matcher, linked_severa: Iterable[Record], linked_erp: Iterable[Record], translate: Translate
) -> dict[tuple[Any, ...], list[Record]]:
    """Keys that linked records hold, on either side."""
    taken: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    for side, records in ((Side.SEVERA, linked_severa), (Side.ERP, linked_erp)):
        for record in records:
            key = alternative(record, _reference_of(record, side, translate))
            if key is not None:
                taken[key].append(record)
    return taken
