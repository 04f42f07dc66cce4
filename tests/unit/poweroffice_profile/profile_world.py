"""A tenant's passes over two systems in memory: the plans are the product's, reading and carrying out is ours."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from profile_applying import Applying
from profile_systems import ERP, RULES, SEVERA, Pass, Systems, Write

from core.inputs import Inputs
from core.planning import plan, unmatched_keys
from core.records import Record, Registry, Side

__all__ = ["ERP", "RULES", "SEVERA", "Pass", "World", "Write"]


class World(Systems):
    """Two systems that are kept in step."""

    def sync(self, *, full: bool = True) -> Pass:
        """One pass over all registries: reads everything, or what changed since the last pass began."""
        result = Pass()
        changed, self.changed = self.changed, set()
        linked_before = {registry: set(links) for registry, links in self.links.items()}
        for registry in Registry:
            read = {side: self._read(side, registry, None if full else changed, linked_before) for side in Side}
            for side in Side:
                result.read[registry, side] = read[side]
            if not full:
                self._look_for(registry, read)
            result.plans[registry] = plan(self._inputs(registry, read))
            Applying(self, RULES[registry], result).carry_out(result.plans[registry])
        return result

    def _read(
        self,
        side: Side,
        registry: Registry,
        changed: Collection[tuple[Registry, Side, str]] | None,
        linked_before: Mapping[Registry, Collection[str]],
    ) -> list[Record]:
        everything = self.records[side][registry]
        if changed is None:
            return list(everything.values())
        wanted = {record_id for kind, where, record_id in changed if (kind, where) == (registry, side)}
        wanted |= {
            record_id
            for (kind, where, record_id), (target, target_id) in self.waiting.items()
            if (kind, where) == (registry, side) and self.translate(target, side, target_id) is not None
        }
        if registry is Registry.CUSTOMERS and side is SEVERA:
            wanted |= {r for r in self.active_customers() if r not in self.links[registry]}
        if registry is Registry.CONTACTS:
            new = [
                x for key, x in self.links[Registry.CUSTOMERS].items() if key not in linked_before[Registry.CUSTOMERS]
            ]
            customers = {link.id_on(side) for link in new}
            wanted |= {r.id for r in everything.values() if getattr(r, "customer", None) in customers}
        return [everything[record_id] for record_id in sorted(wanted)]

    def _look_for(self, registry: Registry, read: dict[Side, list[Record]]) -> None:
        """Counterparts of unlinked records on the other side, by number or (contacts) by their customer."""
        inputs = self._inputs(registry, read)
        for side in Side:
            known = {record.id for record in read[side.other]}
            keys = set(unmatched_keys(inputs, side))
            loose = [record for record in read[side] if record.id not in inputs.links[side]]
            customers = {
                self.translate(Registry.CUSTOMERS, side, str(getattr(r, "customer", None)))
                for r in loose
                if registry is Registry.CONTACTS
            } - {None}
            for record in self.all(side.other, registry):
                if record.id not in known and (record.key in keys or getattr(record, "customer", "") in customers):
                    read[side.other].append(record)

    def _inputs(self, registry: Registry, read: Mapping[Side, list[Record]]) -> Inputs:
        rule = RULES[registry]
        ids = {side: {record.id for record in records} for side, records in read.items()}
        links = self.links[registry].values()
        return Inputs(
            rule=rule,
            master=self.masters[registry],
            severa=read[SEVERA],
            erp=read[ERP],
            links={side: {x.id_on(side): x for x in links if x.id_on(side) in ids[side]} for side in Side},
            translate=self.translate,
            switched_on=self.switched_on,
            active={SEVERA: self.active_customers(), ERP: None} if rule.needs_activity else {},
        )
