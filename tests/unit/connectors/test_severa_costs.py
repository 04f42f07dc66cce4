"""Project costs in Severa, exactly once (PO-14, ALL-08; contract sections 8 and 12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from scripted import Raw, ScriptedServer
from severa_fake import FakeSevera, guid
from severa_sandbox import serving

from connectors.ports import CostEntry
from core.errors import BadDataError, MissingDependencyError, OutcomeUnknownError

KEY = "psasync:poweroffice:778812:3"
COST = CostEntry(
    key=KEY,
    project_id=guid(80),
    product_id=f"product:{guid(90)}",
    product_type="service",
    quantity=Decimal("2.5"),
    unit_cost=Decimal("640.10"),
    currency="NOK",
    description="Kuljetus, sora 0–16\nlinje to",
    event_date=date(2026, 2, 26),
)


async def test_a_cost_is_written_with_the_contracts_members_po_14(server: ScriptedServer) -> None:
    fake = FakeSevera(server)
    created = await fake.adapter().create_cost(COST)
    row = fake.rows["/v1/projectfees"][0]
    assert created == row.pop("guid")
    assert row == {
        "project": {"guid": guid(80)},
        "product": {"guid": guid(90)},
        "productType": "Subcontracting",
        "name": "Kuljetus, sora 0–16",
        "description": "Kuljetus, sora 0–16\nlinje to",
        "eventDate": "2026-02-26",
        "quantity": 2.5,
        "unitCost": {"amount": 640.1, "currencyCode": "NOK"},
        "unitPrice": {"amount": 0, "currencyCode": "NOK"},
        "isBillable": False,
        "billingSchedule": "Immediately",
        "invoiceRowComment": KEY,
    }
    assert b'"amount":640.10' in fake.last.body


@pytest.mark.parametrize("field", ["invoiceRowComment", "description"])
async def test_a_cost_is_found_again_by_its_key_all_08(server: ScriptedServer, field: str) -> None:
    fake = FakeSevera(server)
    severa = fake.adapter(fee_key_field=field)
    created = await severa.create_cost(COST)
    fake.rows["/v1/projectfees"][0]["lastUpdatedDateTime"] = "2026-03-02T06:00:00Z"
    at = datetime(2026, 3, 2, 6, 3, tzinfo=UTC)
    assert await severa.find_cost(COST, since=at) == created
    assert await severa.find_cost(replace(COST, key=KEY + "1"), since=at) is None
    await severa.create_cost(replace(COST, key=KEY + "1"))
    found = await severa.find_cost(COST, since=datetime(2026, 1, 1, tzinfo=UTC))
    assert found == created


async def test_a_cost_that_is_not_among_the_changed_ones_is_looked_for_in_its_project(server: ScriptedServer) -> None:
    rows = [{"guid": guid(1), "invoiceRowComment": KEY}]
    fake = FakeSevera(server, {f"/v1/projects/{guid(80)}/projectfees": rows, "/v1/projectfees": []})
    found = await fake.adapter().find_cost(COST, since=datetime(2026, 3, 2, tzinfo=UTC))
    assert found == guid(1)


async def test_several_costs_with_one_key_are_a_persons_matter(server: ScriptedServer) -> None:
    rows = [{"guid": guid(number), "invoiceRowComment": KEY, "lastUpdatedDateTime": "2026-09"} for number in (1, 2)]
    fake = FakeSevera(server, {"/v1/projectfees": rows})
    with pytest.raises(BadDataError, match="2 costs"):
        await fake.adapter().find_cost(COST, since=datetime(2026, 3, 2, tzinfo=UTC))


async def test_without_a_key_field_a_cost_is_found_by_its_figures_all_08(server: ScriptedServer) -> None:
    """Contract section 8: project, date, quantity, unit cost and description; one hit is ours, several a person's."""
    fake = FakeSevera(server)
    severa = fake.adapter(fee_key_field="none")
    created = await severa.create_cost(COST)
    row = fake.rows["/v1/projectfees"][0]
    row["lastUpdatedDateTime"] = "2026-03-02T06:00:00Z"
    assert "invoiceRowComment" not in row
    at = datetime(2026, 3, 2, 6, 3, tzinfo=UTC)
    assert await severa.find_cost(COST, since=at) == created
    assert await severa.find_cost(replace(COST, quantity=COST.quantity + 1), since=at) is None
    fake.rows["/v1/projectfees"].append({**row, "guid": guid(77)})
    with pytest.raises(BadDataError, match="2 costs"):
        await severa.find_cost(COST, since=at)


async def test_a_lost_answer_is_unknown_and_not_repeated_law_1(server: ScriptedServer) -> None:
    fake = FakeSevera(server)
    fake.intercept = lambda request: Raw() if request.path == "/v1/projectfees" else None
    with pytest.raises(OutcomeUnknownError):
        await fake.adapter().create_cost(COST)
    assert fake.calls == ["POST /v1/projectfees"]


@pytest.mark.parametrize(
    "wrong", [{"product_id": f"work_type:{guid(90)}"}, {"product_type": "thing"}], ids=["work type", "unknown type"]
)
async def test_what_severa_cannot_book_is_refused_before_the_call(
    server: ScriptedServer, wrong: dict[str, str]
) -> None:
    fake = FakeSevera(server)
    with pytest.raises(BadDataError):
        await fake.adapter().create_cost(replace(COST, **wrong))  # type: ignore[arg-type]  # a dict of text values
    assert fake.calls == []


async def test_the_simulated_severa_takes_costs_and_gives_the_key_back() -> None:
    with serving() as sandbox:
        severa = sandbox.adapter()
        project = next(row for row in sandbox.objects("projects") if not row["isClosed"] and not row["isInternal"])
        product = sandbox.objects("products")[0]["guid"]
        cost = replace(COST, project_id=project["guid"], product_id=f"product:{product}")
        begun = datetime.now(UTC)
        created = await severa.create_cost(cost)
        assert await severa.find_cost(cost, since=begun) == created
        later = begun + timedelta(hours=1)
        assert await severa.find_cost(cost, since=later) == created
        with pytest.raises((MissingDependencyError, BadDataError)):
            await severa.create_cost(replace(cost, project_id=guid(80)))
        await severa.close()


@pytest.mark.parametrize("field", ["invoiceRowComment", "description", "none"])
async def test_which_keys_are_there_is_asked_in_one_list_all_08(server: ScriptedServer, field: str) -> None:
    """An older copy of the state was put back: what was made after it is found by its key."""
    fake = FakeSevera(server)
    severa = fake.adapter(fee_key_field=field)
    made = {KEY: await severa.create_cost(COST), KEY + "1": await severa.create_cost(replace(COST, key=KEY + "1"))}
    for row in fake.rows["/v1/projectfees"]:
        row["lastUpdatedDateTime"] = "2026-03-02T06:00:00Z"
    fake.rows["/v1/projectfees"] += [{"guid": guid(5), field: None}, {"guid": guid(6), field: ["x"]}, {"guid": None}]
    before = len(fake.calls)
    found = await severa.find_costs([KEY, KEY + "1", "poweroffice:9"], since=datetime(2020, 1, 1, tzinfo=UTC))
    assert found == ({} if field == "none" else made)
    assert len(fake.calls) - before == (0 if field == "none" else 1)


async def test_a_severa_whose_clock_is_behind_ours_is_searched_from_earlier_on(server: ScriptedServer) -> None:
    """Law 5: the cost is stamped hours before the intent, by Severa's clock."""
    fake = FakeSevera(server)
    severa = fake.adapter(fee_key_field="none")
    created = await severa.create_cost(COST)
    fake.rows["/v1/projectfees"][0]["lastUpdatedDateTime"] = "2026-03-02T06:00:00Z"  # the fake's own time
    ours = datetime.now(UTC)
    assert await severa.find_cost(COST, since=ours) == created
