"""Advice beside the plan: how alike the pairs are, who else looks like one item, and who stands there twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from core.comparison.report import Fate, Group, Item, Likely, Row
from core.comparison.rows import Fates, item, key_name
from core.inputs import Inputs
from core.profiles import shared_by
from core.records import RECORD_TYPES, Record, Registry, Side
from core.similarity.features import Features, features_of
from core.similarity.scoring import DOUBTFUL, LIKELY, evidence, score
from core.similarity.search import partners

MOST_IN_GROUP = 50
"""More records than this that share a name share it on purpose."""


class Likeness:
    """The features of one registry's records of both sides."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.key = key_name(RECORD_TYPES[inputs.rule.registry])
        self.features: dict[Side, dict[str, Features]] = {}
        self._records: dict[Side, dict[str, Record]] = {}
        for side, records in ((Side.SEVERA, inputs.severa), (Side.ERP, inputs.erp)):
            self._records[side] = {record.id: record for record in records}
            self.features[side] = {record.id: features_of(record, side, self._severa_id) for record in records}

    def _severa_id(self, registry: Registry, record_id: str) -> str | None:
        return self.inputs.translate(registry, Side.ERP, record_id)

    def scored(self, row: Row) -> Row:
        """A pair with its score and why it has it."""
        if row.severa is None or row.erp is None:
            return row
        ours, theirs = self._of(row.severa), self._of(row.erp)
        return replace(row, score=score(ours, theirs), evidence=evidence(ours, theirs, key=self.key))

    def likely(self, rows: Sequence[Row]) -> Iterator[Likely]:
        """Pairs that look like one item and are none by the rule, the most likely first."""
        by_item = {(each.side, each.id): row for row in rows for each in row.items}
        loose: dict[Side, set[str]] = {
            side: {
                record_id for record_id in held
                if len((row := by_item[side, record_id]).items) == 1 or (row.score or 0) < DOUBTFUL
            }
            for side, held in self.features.items()
        }  # fmt: skip
        pairs = {(row.severa.id, row.erp.id) for row in rows if row.severa and row.erp}
        found = partners(
            list(self.features[Side.SEVERA].values()),
            list(self.features[Side.ERP].values()),
            loose_severa=loose[Side.SEVERA],
            loose_erp=loose[Side.ERP],
            besides=pairs,
        )
        for each in found:
            ours, theirs = by_item[Side.SEVERA, each.severa], by_item[Side.ERP, each.erp]
            severa, erp = _here(ours, Side.SEVERA), _here(theirs, Side.ERP)
            one_is_tied = len(ours.items) == 2 or len(theirs.items) == 2
            if not (severa.active or erp.active) or (one_is_tied and each.score < LIKELY):
                continue
            why = evidence(self._of(severa), self._of(erp), key=self.key)
            consequence, todo = _consequence(self.inputs, ours, theirs, severa, erp, self.key)
            yield Likely(severa, erp, each.score, why, consequence, todo)

    def groups(self, fates: Fates) -> Iterator[Group]:
        """One-to-many: records that share what one item should have, on a side or across both."""
        ours = {id(record) for record in self.inputs.severa}
        for clash in fates.matches.clashes:
            severa = [*clash.severa, *(record for record in clash.taken if id(record) in ours)]
            erp = [*clash.erp, *(record for record in clash.taken if id(record) not in ours)]
            first, last = (shared_by(self.inputs.rule.match[place], self.key) for place in (0, -1))
            what = f"{first} {clash.key[0]}" if len(clash.key) == 1 else f"same {last}"
            yield Group(what, _items(Side.SEVERA, severa), _items(Side.ERP, erp), ruled=True)
        for what, share in self._shares():
            yield from self._sharing(what, share)

    def _shares(self) -> Iterator[tuple[str, Callable[[Features], str | None]]]:
        yield "VAT number", lambda each: each.business.digits if each.business else None
        if self.inputs.rule.registry in {Registry.USERS, Registry.CUSTOMERS}:
            yield "name", lambda each: each.name.ordered or None
        if self.inputs.rule.registry is Registry.USERS:
            yield "e-mail address", lambda each: each.email
        yield self.key, lambda each: each.loose or None

    def _sharing(self, what: str, share: Callable[[Features], str | None]) -> Iterator[Group]:
        held: dict[str, dict[Side, list[str]]] = defaultdict(lambda: {side: [] for side in Side})
        for side, features in self.features.items():
            for each in features.values():
                if value := share(each):
                    held[value][side].append(each.id)
        for ids in held.values():
            sizes = [len(ids[side]) for side in Side]
            if not 2 <= max(sizes) <= MOST_IN_GROUP:
                continue
            found = {side: [self._records[side][record_id] for record_id in ids[side]] for side in Side}
            if what == self.key and len({record.key for side in Side for record in found[side]}) == 1:
                continue  # the rule's own key: it is a clash already
            several = [side for side in Side if len(found[side]) > 1]
            if not any(sum(_active(r) for r in found[side]) > 1 for side in several):
                continue
            first = found[several[0]][0]
            yield Group(self._named(what, first), _items(Side.SEVERA, found[Side.SEVERA]),
                        _items(Side.ERP, found[Side.ERP]))  # fmt: skip

    def _named(self, what: str, record: Record) -> str:
        value = {
            "VAT number": getattr(record, "vat_number", None), "name": getattr(record, "name", None),
            "e-mail address": getattr(record, "email", None),
        }.get(what, record.key)  # fmt: skip
        return f"{what} {value}" + (" but for zeros, signs or case" if what == self.key else "")

    def _of(self, each: Item) -> Features:
        return self.features[each.side][each.id]


def _here(row: Row, side: Side) -> Item:
    found = row.severa if side is Side.SEVERA else row.erp
    assert found is not None  # noqa: S101 - rows are looked up by the items that they have
    return found


def _active(record: Record) -> bool:
    return bool(getattr(record, "active", True))


def _items(side: Side, records: Sequence[Record]) -> tuple[Item, ...]:
    return tuple(item(side, record) for record in records)


def _consequence(inputs: Inputs, ours: Row, theirs: Row, severa: Item, erp: Item, key: str) -> tuple[str, str]:
    """What the cycle would do with the two, and what a person does about it."""
    names = inputs.names
    said = f"{_fate(ours, severa, names)} {_fate(theirs, erp, names)}"
    if ours.fate is Fate.CREATE and theirs.fate is Fate.CREATE:
        said = "Each will be created on the other side: it would stand there twice."
    if len(ours.items) == 2 or len(theirs.items) == 2:
        return said, "If they are one: make the double inactive. If two: leave them."
    return said, f"If they are one: give both the same {shared_by(inputs.rule.match[-1], key)}. If two: leave them."


def _fate(row: Row, each: Item, names: Mapping[Side, str]) -> str:
    here, there = names[each.side], names[each.side.other]
    other = row.erp if each.side is Side.SEVERA else row.severa
    if other is not None and row.fate in {Fate.LINK, Fate.LINKED}:
        verb = "is" if row.fate is Fate.LINKED else "will be"
        return f"{here}'s {verb} linked with {other.label}."
    if row.fate is Fate.CREATE:
        return f"{here}'s will be created in {there}."
    if row.fate is Fate.PERSON:
        return f"{here}'s waits for a person: {row.why}"
    return f"{here}'s stays there{f' ({row.why})' if row.why else ''}."
