"""What becomes of every record, as the planner's plan says: each record is in exactly one row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from core.comparison.differences import LabelOf, of_adoption, of_link
from core.comparison.report import Fate, Item, Row
from core.inputs import Inputs
from core.issues import Issue
from core.links import Link
from core.matching import Matches, match
from core.plans import Plan, record_key
from core.profiles import ReferenceOf, shared_by
from core.records import RECORD_TYPES, Record, Registry, Side
from core.staying import clash_stays, left_out, pair_stays, stays

Held = Mapping[str, tuple[str, str]]
"""Records (as `record_key`) of which the plan says create, but which wait or stay, with (why, what to do)."""


def item(side: Side, record: Record) -> Item:
    """A record as people know it."""
    kind = getattr(record, "kind", None)
    return Item(
        side, record.id, record.key, str(getattr(record, "name", "") or ""), kind.value if kind else None,
        bool(getattr(record, "active", True)),
    )  # fmt: skip


class Fates:
    """The fates of the records of one registry."""

    def __init__(self, inputs: Inputs, plan: Plan, held: Held, label: LabelOf) -> None:
        self.inputs = inputs
        self.held = held
        self.label = label
        self._adoptions = {one.severa.id: one for one in plan.adoptions}
        self._creates = {(one.target.other, one.source.id) for one in plan.creates}
        self._coming: dict[tuple[Side, str], str | None] = {
            (one.target.other, one.source.id): None for one in plan.creates
        }
        for one in plan.adoptions:
            self._coming |= {(Side.SEVERA, one.severa.id): one.erp.id, (Side.ERP, one.erp.id): one.severa.id}
        self._issues: dict[str, list[Issue]] = {}
        for issue in plan.issues:
            self._issues.setdefault(issue.record, []).append(issue)
        self._winners: dict[str, dict[str, Side]] = {}
        for update in plan.updates:
            won = self._winners.setdefault(update.link.severa_id, {})
            won.update(dict.fromkeys(update.names, update.target.other))
        self._begun = [one for one in plan.adoptions if not self._rule(one.severa, one.erp)]
        apart = {(Side.SEVERA, one.severa.id) for one in self._begun} | {(Side.ERP, one.erp.id) for one in self._begun}
        free: dict[Side, list[Record]] = {}
        tied: dict[Side, list[Record]] = {}
        for side, records in ((Side.SEVERA, inputs.severa), (Side.ERP, inputs.erp)):
            loose = [record for record in records if record.id not in inputs.links[side]]
            free[side] = [record for record in loose if (side, record.id) not in apart]
            tied[side] = [record for record in records if record.id in inputs.links[side]]
        self.matches: Matches = match(
            inputs.rule,
            free[Side.SEVERA],
            free[Side.ERP],
            linked_severa=tied[Side.SEVERA],
            linked_erp=tied[Side.ERP],
            translate=inputs.translate,
        )

    def rows(self) -> Iterator[tuple[Row, tuple[Record, ...]]]:
        """Every record once, in a row with its partner or alone; beside the row the records themselves."""
        yield from self._linked()
        for begun in self._begun:
            yield self._pair(begun.severa, begun.erp), (begun.severa, begun.erp)
        for severa, erp in self.matches.pairs:
            yield self._pair(severa, erp), (severa, erp)
        for clash in self.matches.clashes:
            reasons = clash_stays(self.inputs, clash)
            paired = [one for record in clash.severa if (one := self._adoptions.get(record.id))]
            for one in paired:
                yield self._pair(one.severa, one.erp), (one.severa, one.erp)
            done = {(Side.SEVERA, one.severa.id) for one in paired} | {(Side.ERP, one.erp.id) for one in paired}
            for side, records in ((Side.SEVERA, clash.severa), (Side.ERP, clash.erp)):
                for record in records:
                    if (side, record.id) not in done:
                        yield self._lone(side, record, reasons.get((side, record.id))), (record,)
        for side, alone in ((Side.SEVERA, self.matches.only_severa), (Side.ERP, self.matches.only_erp)):
            for record in alone:
                yield self._lone(side, record, stays(self.inputs, side, record)), (record,)

    def rule_words(self) -> Iterator[str]:
        """The profile's alternatives for this registry, the best first, in words."""
        kind = RECORD_TYPES[self.inputs.rule.registry]
        for matcher in self.inputs.rule.match:
            yield f"same {shared_by(matcher, key_name(kind))}"

    def _linked(self) -> Iterator[tuple[Row, tuple[Record, ...]]]:
        inputs = self.inputs
        by_id = {side: {r.id: r for r in records} for side, records in
                 ((Side.SEVERA, inputs.severa), (Side.ERP, inputs.erp))}  # fmt: skip
        links: dict[str, Link] = {link.severa_id: link for side in Side for link in inputs.links[side].values()}
        for link in links.values():
            severa, erp = by_id[Side.SEVERA].get(link.severa_id), by_id[Side.ERP].get(link.erp_id)
            here = tuple(record for record in (severa, erp) if record is not None)
            if not here:
                continue
            why, todo = self._said(link)
            missing = severa is None or erp is None
            out = left_out(inputs, severa) if severa is not None else None
            since = f"linked since {link.linked_at:%Y-%m-%d}" if link.linked_at else "linked"
            winners = self._winners.get(link.severa_id, {})
            row = Row(
                Fate.PERSON if missing else Fate.LINKED,
                item(Side.SEVERA, severa) if severa else None,
                item(Side.ERP, erp) if erp else None,
                rule=since,
                why=why or (f"not transferred any more: {out}" if out else ""),
                todo=todo,
                differences=of_link(inputs, severa, erp, winners, self.label, self._coming) if severa and erp else (),
            )
            yield row, here

    def _pair(self, severa: Record, erp: Record) -> Row:
        ours, theirs = item(Side.SEVERA, severa), item(Side.ERP, erp)
        adoption = self._adoptions.get(severa.id)
        if adoption is None:
            why = pair_stays(self.inputs, severa, erp) or ""
            return Row(Fate.STAYS, ours, theirs, rule=self._rule(severa, erp), why=why)
        differences = of_adoption(self.inputs, adoption, self.label, self._coming)
        rule = self._rule(severa, erp) or "one was made from the other by a run that did not end"
        return Row(Fate.LINK, ours, theirs, rule=rule, differences=differences)

    def _lone(self, side: Side, record: Record, reason: str | None) -> Row:
        here, key = item(side, record), record_key(side, record.id)
        if (side, record.id) in self._creates:
            if key not in self.held:
                return _lone(Fate.CREATE, here)
            why, todo = self.held[key]
            return _lone(Fate.PERSON if todo else Fate.STAYS, here, why, todo)
        if issues := self._issues.get(key):
            return _lone(Fate.PERSON, here, _joined(i.what for i in issues), _joined(i.todo for i in issues))
        return _lone(Fate.STAYS, here, reason or "")

    def _said(self, link: Link) -> tuple[str, str]:
        keys = (record_key(Side.SEVERA, link.severa_id), record_key(Side.ERP, link.erp_id))
        issues = [issue for key in keys for issue in self._issues.get(key, ())]
        return _joined(i.what for i in issues), _joined(i.todo for i in issues)

    def _rule(self, severa: Record, erp: Record) -> str:
        """The first of the profile's alternatives that makes the two one."""
        for matcher in self.inputs.rule.match:
            key = matcher(severa, self._reference(severa, Side.SEVERA))
            if key is not None and key == matcher(erp, self._reference(erp, Side.ERP)):
                return f"same {shared_by(matcher, key_name(type(severa)))}"
        return ""

    def _reference(self, record: Record, side: Side) -> ReferenceOf:
        def severa_id(name: str) -> str | None:
            value = getattr(record, name)
            if value is None or side is Side.SEVERA:
                return None if value is None else str(value)
            return self.inputs.translate(record.REFERENCES[name], side, value)

        return severa_id


def _lone(fate: Fate, here: Item, why: str = "", todo: str = "") -> Row:
    ours = here.side is Side.SEVERA
    return Row(fate, here if ours else None, None if ours else here, why=why, todo=todo)


def key_name(kind: type[Record]) -> str:
    """What people call the key of a registry."""
    return "external code" if kind.registry is Registry.CONTACTS else kind.KEY


def _joined(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(text for text in texts if text))
