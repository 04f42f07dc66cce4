"""What stands in both systems, as the product's own readers show it and as the simulated Severa stores its bills."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.records import RECORD_TYPES, Record, Registry, Side
from core.states import encode
from state.store import Store, TenantState
from tasks.opening import load_tenant, opened
from tasks.options import Options
from tasks.registry_offer import carry, offer
from tests.faults.stage import TENANT, Row, Stage
from tests.support.company import variables

Fields = dict[str, Any]
BILL = ("number", "referenceNumber", "paymentDate")


@dataclass(frozen=True)
class Snapshot:
    """`records`: side and registry -> id -> fields, encoded. `bills`: Severa's invoices. `fees`: its project costs."""

    records: Mapping[tuple[Side, Registry], Mapping[str, Fields]]
    bills: Mapping[str, Fields]
    fees: Mapping[str, Row]


def take(stage: Stage, environment: Mapping[str, str]) -> Snapshot:
    """Everything as it stands now. Nothing is written, neither there nor to the tenant's database."""
    with variables(environment), state_of(environment) as state:
        records = asyncio.run(_read(state))
    bills = {
        row["guid"]: {"status": row["status"]["name"], **{name: row.get(name) for name in BILL}}
        for row in stage.objects("severa", "invoices")
        if not row.get("isDeleted")
    }
    fees = {row["guid"]: row for row in stage.objects("severa", "projectfees") if not row.get("isDeleted")}
    return Snapshot(records, bills, fees)


@contextmanager
def state_of(environment: Mapping[str, str]) -> Iterator[TenantState]:
    """The tenant's state, to be read."""
    store = Store.open(f"sqlite:///{Path(environment['SEVERA_SYNC_HOME']) / 'state.db'}", read_only=True)
    try:
        yield store.tenant(TENANT, preview=True)
    finally:
        store.close()


async def _read(state: TenantState) -> dict[tuple[Side, Registry], dict[str, Fields]]:
    found: dict[tuple[Side, Registry], dict[str, Fields]] = {}
    async with opened(load_tenant(TENANT), state, Options(preview=True)) as run:
        carry(run)
        for rule in run.profile.registries:
            await offer(run, rule.registry)
            for side in Side:
                rows = (await run.port(side).read(rule.registry, None)).items
                names = {RECORD_TYPES[rule.registry].KEY, *(field.name for field in rule.fields)}
                found[side, rule.registry] = {record.id: _fields(record, names) for record in rows}
    return found


def _fields(record: Record, names: Iterable[str]) -> Fields:
    return {name: encode(getattr(record, name)) for name in names}
