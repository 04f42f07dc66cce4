"""Two systems in memory: their records, what people do in them, and the links that a tenant keeps between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.poweroffice.profile import PROFILE
from core.issues import Issue
from core.links import Link
from core.plans import Plan
from core.profiles import Master, RegistryRule
from core.records import RECORD_TYPES, ProductKind, Record, Registry, Side

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


class Systems:
    """Records of both sides, the links between them, and the memory of customers (PO-05)."""

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
        lines = [f"masters { ({r.value: m.value for r, m in self.masters.items()}) }, invoiced {sorted(self.invoiced)}"]
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
