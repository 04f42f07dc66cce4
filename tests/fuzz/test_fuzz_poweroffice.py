"""No answer of PowerOffice does more to a read than make it a problem or an error of the closed set (laws 3, 4, 10)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from connectors.auth import MemoryTokenStore
from connectors.poweroffice.adapter import PowerOfficeAdapter
from connectors.poweroffice.settings import PowerOfficeSettings
from core.errors import SyncError
from core.records import Registry
from tests.fuzz.reading import HURRY, Read, Stage, at_once, cases, check, stage_of
from tests.fuzz.spoiling import BODIES, VALUES, Spoil
from tests.support.sandbox import Sandbox

KEYS = ("application_key", "client_key", "subscription_key")
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
SAMPLES = {
    "/v2/Customers": "customer_read.json",
    "/v2/Products": "product_read.json",
    "/v2/OutgoingInvoices": "outgoing_invoices_read.json",
    "/v2/AccountTransactions": "account_transactions_read.json",
}


def opened(url: str, **keys: str) -> PowerOfficeAdapter:
    """An adapter that does not wait before it repeats a call."""
    known = PowerOfficeSettings.model_validate(
        {"base_url": url, "calls_per_second": 0.0, "lookup_delay_seconds": 0.0, **dict.fromkeys(KEYS, "env:X")}
    )
    secrets = {key: SecretStr(keys.get(key, key)) for key in KEYS}
    adapter = PowerOfficeAdapter.open(known, secrets, MemoryTokenStore())
    at_once(adapter._client.transport)
    return adapter


class Ids:
    """Ids of items that the recorded company has."""

    def __init__(self) -> None:
        self.one: dict[Registry, str] = {}
        self.keys: dict[Registry, str] = {}
        self.draft = ""
        self.sent = ""
        self.reference = ""


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
        Registry.CUSTOMERS, IDS.reference, {"number": IDS.keys[Registry.CUSTOMERS], "name": "x"}
    )
    found["access"] = lambda a: a.check_access()
    found["products that are missing"] = lambda a: a.missing_products(["STD", "NO-SUCH"])
    found["orders by reference"] = lambda a: a.find_invoices([IDS.reference], SINCE)
    found["draft"] = lambda a: a.invoice(IDS.draft)
    found["sent invoice"] = lambda a: a.invoice(IDS.sent)
    found["changed invoices"] = lambda a: a.invoices_changed(SINCE)
    found["all invoices"] = lambda a: a.invoices_changed(None)
    found["invoices by id"] = lambda a: a.invoices_by_id([IDS.sent])
    found["cost rows"] = lambda a: a.cost_rows(SINCE, posted_from=date(2020, 1, 1), posted_until=None)
    return found


READS = reads()


def record(sandbox: Sandbox) -> None:
    """Every read once against the simulated PowerOffice, in which there are a draft and a sent invoice."""
    access = sandbox.access["poweroffice"]
    sent = sandbox.objects("poweroffice", "OutgoingInvoices")
    drafts = sandbox.objects("poweroffice", "SalesOrders")
    IDS.sent = sent[0]["Id"] if sent else "00000000-0000-4000-8000-000000000001"
    IDS.draft = drafts[0]["Id"] if drafts else IDS.sent
    IDS.reference = "00000000-0000-4000-8000-000000000002"
    codes = [row["Code"] for row in sandbox.objects("poweroffice", "Projects") if row["IsActive"]]
    rows = [{"amount": 100, "quantity": 2, "project_code": codes[0], "description": "Rør"}]
    sandbox.act("poweroffice", "post_purchase_invoice", rows=rows)

    async def all_of_them() -> None:
        adapter = opened(access["base_url"], **{key: access[key] for key in KEYS})
        for registry in Registry:
            items = (await adapter.read(registry, None)).items
            IDS.one[registry] = items[0].id
            IDS.keys[registry] = next((item.key for item in items if item.key), "1")
        for read in READS.values():
            await read(adapter)
        await adapter.close()

    asyncio.run(all_of_them())


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_of(tmp_path_factory.mktemp("fuzz"), "poweroffice", record, SAMPLES) as running:
        yield running


@pytest.mark.parametrize("name", READS)
def test_good_answers_are_read(stage: Stage, name: str) -> None:
    """Otherwise the test below would spoil nothing."""
    found = stage.read(opened, READS[name], Spoil(), place=-1)
    check(found)
    assert not isinstance(found, Exception), found


@HURRY
@given(name=st.sampled_from(sorted(READS)), case=cases)
def test_no_answer_of_poweroffice_raises_anything_else(stage: Stage, name: str, case: tuple[Any, int]) -> None:
    spoil, place = case
    check(stage.read(opened, READS[name], spoil, place))


def test_spoilt_answers_bring_problems_and_errors(stage: Stage) -> None:
    """The test above looks for nothing if its answers stay good."""
    read = READS[f"read {Registry.CUSTOMERS}"]
    spoilt = [Spoil(members=((place, value),)) for value in VALUES for place in range(30, 90, 12)]
    found = [stage.read(opened, read, spoil, 0) for spoil in spoilt]
    assert sum(bool(getattr(one, "problems", ())) for one in found) > 10
    errors = [stage.read(opened, read, Spoil(body=body), 0) for body in BODIES]
    assert sum(isinstance(one, SyncError) for one in errors) > 5
