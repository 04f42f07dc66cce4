"""No answer of Severa does more to a read than make it a problem or an error of the closed set (laws 3, 4 and 10)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from connectors.ports import CostEntry
from connectors.severa.adapter import SeveraAdapter
from connectors.severa.settings import SeveraSettings
from core.errors import SyncError
from core.records import Registry
from tests.fuzz.reading import HURRY, Read, Stage, at_once, cases, check, stage_of
from tests.fuzz.spoiling import BODIES, VALUES, Spoil
from tests.support.sandbox import Sandbox

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
SAMPLES = {
    "/v1/customers": "customer.read.json",
    "/v1/projects": "project.read.json",
    "/v1/invoices": "invoice.read.json",
    "/v1/invoicestatuses": "invoicestatuses.read.json",
    "/v1/projectfees": "projectfee.read.json",
}
COST = CostEntry(
    key="poweroffice:1",
    project_id="00000000-0000-4000-8000-000000000001",
    product_id=None,
    product_type=None,
    quantity=Decimal(1),
    unit_cost=Decimal(1),
    currency="NOK",
    description="x",
    event_date=date(2026, 3, 2),
)


def opened(url: str, client_id: str = "c", given: str = "x") -> SeveraAdapter:
    """An adapter that does not wait before it repeats a call."""
    known = SeveraSettings.model_validate(
        {
            "base_url": url,
            "client_id": client_id,
            "client_secret": "env:X",
            "statuses": {"trigger": "T", "transferred": "I", "sent": "S", "paid": "P"},
            "calls_per_second": 0,
        }
    )
    adapter = SeveraAdapter.open(known, SecretStr(given))
    at_once(adapter.transport)
    return adapter


class Ids:
    """Ids of items that the recorded company has."""

    def __init__(self) -> None:
        self.one: dict[Registry, str] = {}
        self.keys: dict[Registry, str] = {}
        self.invoice = ""
        self.status = ""


IDS = Ids()


def reads() -> dict[str, Read]:
    """Every read of the port."""
    found: dict[str, Read] = {}
    for registry in Registry:
        found[f"read {registry}"] = lambda a, r=registry: a.read(r, None)  # type: ignore[misc]  # bound now
        found[f"changed {registry}"] = lambda a, r=registry: a.read(r, SINCE)  # type: ignore[misc]  # bound now
        found[f"find {registry}"] = lambda a, r=registry: a.find(r, [IDS.keys.get(r, "1")])  # type: ignore[misc]
        found[f"get {registry}"] = lambda a, r=registry: a.get(r, IDS.one[r])  # type: ignore[misc]  # bound now
    found["contacts of a customer"] = lambda a: a.children(Registry.CONTACTS, IDS.one[Registry.CUSTOMERS])
    found["found by reference"] = lambda a: a.find_by_reference(
        Registry.CUSTOMERS, "x", {"number": IDS.keys[Registry.CUSTOMERS], "name": "x"}
    )
    found["access"] = lambda a: a.check_access()
    found["customers billed since"] = lambda a: a.customers_with_invoices(SINCE, ())
    found["customers billed"] = lambda a: a.customers_with_invoices(None, [IDS.one[Registry.CUSTOMERS]])
    found["statuses"] = lambda a: a.invoice_statuses()
    found["invoices"] = lambda a: a.invoices_with_status([IDS.status])
    found["invoice"] = lambda a: a.invoice(IDS.invoice)
    found["rows"] = lambda a: a.invoice_rows(IDS.invoice)
    found["currency"] = lambda a: a.project_currency(IDS.one[Registry.PROJECTS])
    found["rates"] = lambda a: a.currency_rates()
    found["cost"] = lambda a: a.find_cost(replace(COST, project_id=IDS.one[Registry.PROJECTS]), since=SINCE)
    found["costs"] = lambda a: a.find_costs([COST.key], since=SINCE)
    return found


READS = reads()


def record(sandbox: Sandbox) -> None:
    """Every read once against the simulated Severa."""
    access = sandbox.access["severa"]

    async def all_of_them() -> None:
        adapter = opened(access["base_url"], access["client_id"], access["client_secret"])
        for registry in Registry:
            items = (await adapter.read(registry, None)).items
            IDS.one[registry] = items[0].id
            IDS.keys[registry] = next((item.key for item in items if item.key), "1")
        IDS.invoice = sandbox.objects("severa", "invoices")[0]["guid"]
        IDS.status = sandbox.objects("severa", "invoices")[0]["status"]["guid"]
        for read in READS.values():
            await read(adapter)
        await adapter.close()

    asyncio.run(all_of_them())


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_of(tmp_path_factory.mktemp("fuzz"), "severa", record, SAMPLES) as running:
        yield running


@pytest.mark.parametrize("name", READS)
def test_good_answers_are_read(stage: Stage, name: str) -> None:
    """Otherwise the test below would spoil nothing."""
    found = stage.read(opened, READS[name], Spoil(), place=-1)
    check(found)
    assert not isinstance(found, Exception), found


@HURRY
@given(name=st.sampled_from(sorted(READS)), case=cases)
def test_no_answer_of_severa_raises_anything_else(stage: Stage, name: str, case: tuple[Any, int]) -> None:
    spoil, place = case
    check(stage.read(opened, READS[name], spoil, place))


def test_spoilt_answers_bring_problems_and_errors(stage: Stage) -> None:
    """The test above looks for nothing if its answers stay good."""
    read = READS[f"read {Registry.CUSTOMERS}"]
    spoilt = [Spoil(members=((place, value),)) for value in VALUES for place in range(50, 110, 12)]
    found = [stage.read(opened, read, spoil, 0) for spoil in spoilt]
    assert sum(bool(getattr(one, "problems", ())) for one in found) > 10
    errors = [stage.read(opened, read, Spoil(body=body), 0) for body in BODIES]
    assert sum(isinstance(one, SyncError) for one in errors) > 5
