"""Two systems in memory and a tenant between them: plans are the product's, carrying them out is written anew here.

The apply is deliberately small and shares no code with the tasks: a misreading must not be shared by both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.poweroffice.profile import PROFILE
from core.comparing import owner
from core.inputs import Inputs
from core.issues import Issue
from core.links import Link
from core.planning import linked_state, localise, plan, unmatched_keys
from core.plans import Adopt, Create, Plan, Settle, Update
from core.profiles import Master, Need, RegistryRule
from core.records import RECORD_TYPES, ProductKind, Record, Registry, Side
from core.states import encode

SEVERA, ERP = Side.SEVERA, Side.ERP
RULES: dict[Registry, RegistryRule] = {rule.registry: rule for rule in PROFILE.registries}
LONGEST_NAME = 12
"""The ERP cuts names here, as real systems do: what it stores is not what it was given."""


@dataclass
class Write:
    """One call that wrote business fields; `new` when it made the item."""

    side: Side
    registry: Registry
    record_id: str
    names: tuple[str, ...]
    source: Record
    new: bool = False


@dataclass
class Pass:
    """What one synchronisation did."""

    plans: dict[Registry, Plan] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    read: dict[tuple[Registry, Side], list[Record]] = field(default_factory=dict)
    stayed: set[tuple[Registry, Side, str]] = field(default_factory=set)
    """Records of a planned create that wait for, or do without, what they refer to."""

    @property
    def issues(self) -> list[Issue]:
        return [issue for result in self.plans.values() for issue in result.issues]

    def created(self, registry: Registry | None = None) -> list[Write]:
        return [write for write in self.writes if write.new and registry in (None, write.registry)]

    def causes(self, registry: Registry) -> set[tuple[str, str]]:
        return {(issue.record, issue.cause) for issue in self.plans[registry].issues}


class World:
    """Records of both sides, links, and the memory of customers (PO-05)."""

    def __init__(self, switched_on: datetime, masters: Mapping[Registry, Master] | None = None) -> None:
        self.switched_on = self.clock = switched_on
        self.masters = {**PROFILE.masters, **(masters or {})}
        self.records: dict[Side, dict[Registry, dict[str, Record]]] = {
            side: {registry: {} for registry in Registry} for side in Side
        }
        self.links: dict[Registry, dict[str, Link]] = {registry: {} for registry in Registry}
        self.invoiced: set[str] = set()
        self.remembered: set[str] = set()
        self.changed: set[tuple[Registry, Side, str]] = set()
        self.waiting: dict[tuple[Registry, Side, str], tuple[Registry, str]] = {}
        self.decreed: set[tuple[Registry, str, str]] = set()
        """Fields of a link that differ by a rule: one-way fields of items that came the other way, PO-09."""
        self._ids = 0

    def __repr__(self) -> str:
        """Everything that is not as it always is, for a failing example."""
        lines = [f"masters {({r.value: m.value for r, m in self.masters.items()})}, invoiced {sorted(self.invoiced)}"]
        for side in Side:
            for registry in Registry:
                for record in self.all(side, registry):
                    told = [f"{f.name}={v!r}" for f in fields(record) if (v := getattr(record, f.name)) is not None]
                    lines.append(f"{side.value} {registry.value}: {', '.join(told)}")
        lines += [repr(link) for links in self.links.values() for link in links.values()]
        return "\n".join(lines)

    # what people do ---------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        self.clock += timedelta(minutes=1)
        return self.clock

    def new_id(self, side: Side) -> str:
        self._ids += 1
        return f"{'guid' if side is SEVERA else 'no'}-{self._ids}"

    def add(self, side: Side, registry: Registry, *, old: bool = False, **values: Any) -> Record:
        """A new item, made now or before the switch-on; members that are not given are empty."""
        kind = RECORD_TYPES[registry]
        record_id = self.new_id(side)
        empty = {f.name: None for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
        made = self.switched_on - timedelta(days=9) if old else self.now()
        stored = {name: self.stored(side, name, value) for name, value in values.items()}
        stamps = {"id": record_id, "created_at": made, "changed_at": made}
        record = kind(**{**empty, **_given_by_system(side, registry, record_id), **stored, **stamps})
        self._put(side, record)
        return record

    def edit(self, side: Side, registry: Registry, record_id: str, **values: Any) -> Record:
        """A change of an item by anybody."""
        stored = {name: self.stored(side, name, value) for name, value in values.items()}
        record = replace(self.records[side][registry][record_id], **stored, changed_at=self.now())
        self._put(side, record)
        return record

    def _put(self, side: Side, record: Record) -> None:
        self.records[side][record.registry][record.id] = record
        self.changed.add((record.registry, side, record.id))

    @staticmethod
    def stored(side: Side, name: str, value: Any) -> Any:
        """A value as the system keeps it."""
        if side is ERP and name in {"name", "first_name", "last_name"} and value is not None:
            return value[:LONGEST_NAME].rstrip()
        return value

    # looking ----------------------------------------------------------------------------------------------------

    def all(self, side: Side, registry: Registry) -> list[Record]:
        return list(self.records[side][registry].values())

    def holders(self, side: Side, registry: Registry, key: str) -> list[Record]:
        return [record for record in self.all(side, registry) if record.key == key]

    def translate(self, registry: Registry, side: Side, record_id: str) -> str | None:
        for link in self.links[registry].values():
            if link.id_on(side) == record_id:
                return link.id_on(side.other)
        return None

    def partner(self, side: Side, record: Record) -> Record | None:
        """The linked item on the other side."""
        other = self.translate(record.registry, side, record.id)
        return None if other is None else self.records[side.other][record.registry][other]

    def active_customers(self) -> set[str]:
        """PO-05: an active project or an invoice makes a customer one for good."""
        projects = (record for record in self.all(SEVERA, Registry.PROJECTS) if getattr(record, "active", False))
        self.remembered |= {str(customer) for p in projects if (customer := getattr(p, "customer", None))}
        self.remembered |= self.invoiced
        return self.remembered

    # synchronising ----------------------------------------------------------------------------------------------

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
            new = [x for key, x in self.links[Registry.CUSTOMERS].items() if key not in linked_before[Registry.CUSTOMERS]]
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


def _given_by_system(side: Side, registry: Registry, record_id: str) -> dict[str, Any]:
    """Members that a system gives by itself to a new item."""
    given: dict[str, Any] = {}
    if "name" in {f.name for f in fields(RECORD_TYPES[registry])}:
        given["name"] = ""
    if side is SEVERA and registry is Registry.CONTACTS:
        given["code"] = record_id
    if side is SEVERA and registry is Registry.PRODUCTS:
        given["kind"] = ProductKind.PRODUCT
    return given


class Applying:
    """Carries one registry's plan out on a world."""

    def __init__(self, world: World, rule: RegistryRule, result: Pass) -> None:
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
        names = [
            f.name for f in self.rule.fields if f.flow.allows(target) and (target is SEVERA or f.applies(source))
        ]
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
        given = {name: value for name, value in values.items() if value is not None}
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
