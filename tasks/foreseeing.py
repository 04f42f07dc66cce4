"""Telling what a preview foresees: to the run's report, in the words of `core.foreseen`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from connectors.severa.settings import SeveraSettings
from core.foreseen import Act, Foreseen, is_stand_in, missing_rows, refusals, stand_in
from core.links import Link
from core.plans import record_key
from core.records import RECORD_TYPES, Record, Registry, Side
from core.states import encode
from tasks.run import Run

INVOICES, COSTS = "invoices", "costs"


def foresee(run: Run, job: str, foreseen: Foreseen) -> None:
    """One thing that the run would do."""
    run.report(job).foreseen.append(replace(foreseen, system=run.names[foreseen.side]))


def new_id(run: Run) -> str:
    """The id of an item that only the run itself would make."""
    return stand_in(sum(len(report.foreseen) for report in run.reports.values()) + 1)


def values_of(values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields of a new item; what it has no value for is left out."""
    return {name: (None, encode(value)) for name, value in values.items() if value is not None}


def coming(run: Run, side: Side, ids: Mapping[Registry, Iterable[str | None]]) -> list[str]:
    """Of ids on a side those that the run would have to create first, as `registry:side:id` of what they come from."""
    return [
        f"{registry.value}:{side.other.value}:{run.state.links.other_id(registry, side, one)}"
        for registry, some in ids.items()
        for one in some
        if one is not None and is_stand_in(one)
    ]


def about_invoice_foreseen(run: Run, job: str, act: Act, side: Side, severa_id: str, label: str, **more: Any) -> None:
    """Something that the run would do with one of Severa's invoices."""
    target = severa_id if side is Side.SEVERA else more.pop("target", None)
    record = record_key(Side.SEVERA, severa_id)
    foresee(run, job, Foreseen(scope=INVOICES, act=act, side=side, record=record, label=label, target=target, **more))


def status_names(run: Run) -> dict[str, str]:
    """Role of a status -> its name as the tenant's file has it."""
    statuses = run.tenant.section(SeveraSettings).statuses
    return {role: str(getattr(statuses, role, None) or role) for role in run.statuses}


def made_codes(run: Run) -> set[str]:
    """Codes of the items that this very run would make in the ERP: an invoice may wait for them."""
    return {
        str(change.fields["code"][1])
        for report in run.reports.values()
        for change in report.foreseen
        if change.act is Act.CREATE and change.side is Side.ERP and change.scope == Registry.PRODUCTS
        if "code" in change.fields
    }


def sum_up(run: Run, job: str, scopes: Iterable[str]) -> None:
    """At the end of a job's preview: what would not go, by cause, and what mappings and registers lack."""
    report = run.report(job)
    changed = run.state.issues.changed_since(run.started)
    issues = [issue for word in ("new", "open") for issue in changed[word] if issue.scope in set(scopes)]
    issues = [issue for issue in issues if issue.last_seen is not None and issue.last_seen >= run.started]
    report.refusals, report.missing = refusals(issues), missing_rows(issues)


class Foresight:
    """Tells of one registry what its application would write."""

    def __init__(self, run: Run, job: str, registry: Registry) -> None:
        self._run = run
        self._job = job
        self._registry = registry
        self._references = RECORD_TYPES[registry].REFERENCES

    def link(self, severa: Record, erp: Record) -> None:
        """Two items that are one."""
        self._tell(Act.LINK, Side.ERP, Side.SEVERA, severa, target=erp.id)

    def create(self, source: Record, target: Side, values: Mapping[str, Any], *, unknown: Mapping[str, str]) -> None:
        """A new item on `target`, with what only that system will know."""
        awaited = self._coming(values, target)
        given = {name: value for name, value in values.items() if name not in awaited}
        self._tell(
            Act.CREATE,
            target,
            target.other,
            source,
            fields=values_of(given),
            unknown={**self._ids(awaited, target), **unknown},
            provided=list(awaited.values()),
        )

    def update(
        self, source: Record, target: Side, record_id: str, old: Mapping[str, Any], values: Mapping[str, Any]
    ) -> None:
        """Fields of an item on `target`; `old` are their values there, encoded."""
        awaited = self._coming(values, target)
        fields = {
            name: (old.get(name), encode(value))
            for name, value in values.items()
            if name not in awaited and name != "address_id"
        }
        provided = list(awaited.values())
        if is_stand_in(record_id):
            provided.insert(0, f"{self._registry.value}:{target.other.value}:{source.id}")
        self._tell(
            Act.UPDATE,
            target,
            target.other,
            source,
            target=None if is_stand_in(record_id) else record_id,
            fields=fields,
            unknown=self._ids(awaited, target),
            provided=provided,
        )

    def given(self, source: Record, target: Side, unknown: Mapping[str, str]) -> None:
        """What the other side will give a new item goes back to its source on `target`; no value of it is known."""
        provided = [f"{self._registry.value}:{target.value}:{source.id}"]
        self._tell(Act.UPDATE, target, target, source, target=source.id, unknown=unknown, provided=provided)

    def number(self, target: Side, record_id: str, label: str, old: str | None, number: str) -> None:
        """A linked item takes over the other side's number."""
        key = RECORD_TYPES[self._registry].KEY
        record = record_key(target, record_id)
        foreseen = Foreseen(
            scope=self._registry.value,
            act=Act.UPDATE,
            side=target,
            record=record,
            label=label,
            target=record_id,
            fields={key: (old, number)},
        )
        foresee(self._run, self._job, foreseen)

    def reference(self, erp: Record, severa_id: str) -> None:
        """Our reference onto a linked item of the ERP."""
        if is_stand_in(severa_id):
            unknown = {erp.KEY: "Severa gives the new item its id."}
            provided = [f"{self._registry.value}:erp:{erp.id}"]
            self._tell(Act.UPDATE, Side.ERP, Side.ERP, erp, target=erp.id, unknown=unknown, provided=provided)
        else:
            fields = {erp.KEY: (erp.key, severa_id)}
            self._tell(Act.UPDATE, Side.ERP, Side.ERP, erp, target=erp.id, fields=fields)

    async def present(self, side: Side, link: Link, record: Record | None, names: Iterable[str]) -> dict[str, Any]:
        """The named fields as they stand on a side: as just read, else as the link knows them, else asked for."""
        state = {**link.state_on(side), **link.drift}
        own = link.id_on(side)
        if record is None and not is_stand_in(own) and any(name not in state for name in names):
            record = await self._run.port(side).get(self._registry, own)
        if record is None:
            return {name: state.get(name) for name in names}
        return {name: encode(getattr(record, name, None)) for name in names}

    def _coming(self, values: Mapping[str, Any], target: Side) -> dict[str, str]:
        """Field -> the record that must be created first for it."""
        return {
            name: coming(self._run, target, {registry: [values[name]]})[0]
            for name, registry in self._references.items()
            if is_stand_in(values.get(name))
        }

    def _ids(self, names: Iterable[str], target: Side) -> dict[str, str]:
        """Why the values of such fields are not known."""
        return dict.fromkeys(names, f"{self._run.names[target]} gives the new item its id.")

    def _tell(self, act: Act, side: Side, own: Side, source: Record, **more: Any) -> None:
        record = record_key(own, source.id)
        scope = self._registry.value
        foresee(
            self._run, self._job, Foreseen(scope=scope, act=act, side=side, record=record, label=source.label, **more)
        )
