"""Carrying a plan out on two systems in memory: links, creates, updates, references that follow.

It is deliberately small and shares no code with the tasks: a misreading must not be shared by both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from profile_systems import ERP, SEVERA, Pass, Systems, Write

from core.comparing import owner
from core.links import Link
from core.planning import linked_state, localise
from core.plans import Adopt, Create, Plan, Settle, Update
from core.profiles import Need, RegistryRule
from core.records import Record, Registry, Side
from core.states import encode


class Applying:
    """Carries one registry's plan out on a world."""

    def __init__(self, world: Systems, rule: RegistryRule, result: Pass) -> None:
        self.world = world
        self.rule = rule
        self.registry = rule.registry
        self.master = world.masters[rule.registry]
        self.rules = {f.name: f for f in rule.fields}
        self.result = result
        self.later: list[tuple[Record, Side, tuple[str, ...]]] = []

    def carry_out(self, planned: Plan) -> None:
        for action in planned.actions():
            match action:
                case Settle():
                    self.save(action.link)
                case Adopt():
                    self.adopt(action)
                case Create():
                    self.create(action.target, action.source)
                case Update():
                    self.update(action.target, action.source, action.link, action.names)
        for source, target, names in self.later:
            own_id = source.id if target is ERP else self.world.translate(self.registry, ERP, source.id)
            self.update(target, source, self.world.links[self.registry][str(own_id)], names)

    def save(self, link: Link) -> None:
        self.world.links[self.registry][link.severa_id] = link

    def adopt(self, action: Adopt) -> None:
        link = self.link(action.severa, action.erp)
        self.save(link)
        self.world.decreed |= {(self.registry, link.severa_id, name) for name in action.left_alone}
        if self.rule.keeps_reference and action.erp.reference is None:
            self.world.edit(ERP, self.registry, action.erp.id, code=link.severa_id, reference=link.severa_id)
        for target, source, names in (
            (ERP, action.severa, action.to_erp),
            (SEVERA, action.erp, action.to_severa),
        ):
            if names:
                self.update(target, source, self.world.links[self.registry][link.severa_id], names)

    def create(self, target: Side, source: Record) -> None:
        names = [f.name for f in self.rule.fields if f.flow.allows(target) and (target is SEVERA or f.applies(source))]
        extras = [name for name in ("kind", "internal") if hasattr(source, name)]
        values, unresolved = localise(source, [*names, source.KEY, *extras], target, self.world.translate)
        place = (self.registry, target.other, source.id)
        for name in unresolved:
            need = self.rules[name].need(source) if name in self.rules else Need.OPTIONAL
            if need is not Need.OPTIONAL:
                self.result.stayed.add(place)
                self.world.waiting[place] = (source.REFERENCES[name], unresolved[name])
                return
        self.world.waiting.pop(place, None)
        given: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
        if target is SEVERA and self.registry is Registry.CONTACTS:
            given.pop("code", None)
        if target is ERP:
            given = {name: value for name, value in given.items() if name != "kind"} | {"reference": source.id}
        made = self.world.add(target, self.registry, **given)
        self.result.writes.append(Write(target, self.registry, made.id, tuple(given), source, new=True))
        severa, erp = (source, made) if target is ERP else (made, source)
        link = self.link(severa, erp)
        self.save(self.without(link, target.other, unresolved))
        one_way = {f.name for f in self.rule.fields if not f.flow.allows(target)}
        self.world.decreed |= {(self.registry, severa.id, name) for name in {*one_way, *unresolved}}
        if self.rule.keeps_reference and target is SEVERA:
            self.world.edit(ERP, self.registry, erp.id, code=severa.id, reference=severa.id)
        if unresolved:
            self.later.append((source, target, tuple(unresolved)))

    def update(self, target: Side, source: Record, link: Link, names: Iterable[str]) -> None:
        values, unresolved = localise(source, list(names), target, self.world.translate)
        if unresolved and (source, target, tuple(unresolved)) not in self.later:
            self.later.append((source, target, tuple(unresolved)))
        if values:
            written = self.world.edit(target, self.registry, link.id_on(target), **values)
            self.result.writes.append(Write(target, self.registry, written.id, tuple(values), source))
            states = {side: dict(link.state_on(side)) for side in Side}
            for name in values:
                states[target.other][name] = encode(getattr(source, name))
                states[target][name] = encode(getattr(written, name))
            link = replace(link, severa_state=states[SEVERA], erp_state=states[ERP])
            self.world.decreed -= {(self.registry, link.severa_id, name) for name in values}
        self.world.decreed |= {(self.registry, link.severa_id, name) for name in unresolved}
        self.save(self.without(link, target.other, unresolved))

    def link(self, severa: Record, erp: Record) -> Link:
        return Link(
            registry=self.registry,
            severa_id=severa.id,
            erp_id=erp.id,
            key=severa.key,
            severa_state=linked_state(self.rule, severa, severa),
            erp_state=linked_state(self.rule, severa, erp),
        )

    def without(self, link: Link, side: Side, names: Iterable[str]) -> Link:
        """References that did not get through, to be asked for again where their owner may be asked."""
        again = {name for name in names if name in self.rules and owner(self.rules[name], self.master) in (side, None)}
        state = {name: value for name, value in link.state_on(side).items() if name not in again}
        return replace(link, severa_state=state) if side is SEVERA else replace(link, erp_state=state)
