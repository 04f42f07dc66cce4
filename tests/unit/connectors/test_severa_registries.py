"""Severa's registries through the adapter, against the simulated Severa."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from severa_sandbox import Sandbox, serving

from connectors.ports import SeveraPort
from connectors.severa.adapter import SeveraAdapter
from connectors.severa.settings import SCOPES
from core.errors import BadDataError, GoneError
from core.records import (
    Address,
    BusinessUnit,
    Contact,
    Customer,
    Product,
    ProductCategory,
    ProductKind,
    ProductType,
    Project,
    Registry,
    Side,
    User,
)

HOME = Address(line1="Sjøgata 12", line2="Inngang B", postal_code="5035", city="Bergen", country="NO")
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serving() as running:
        yield running


@pytest.fixture
async def severa(sandbox: Sandbox) -> AsyncIterator[SeveraAdapter]:
    owner = next(user["code"] for user in sandbox.objects("users") if user["isActive"] and user["code"])
    adapter = sandbox.adapter(project_owner=owner)
    yield adapter
    await adapter.close()


def now() -> datetime:
    return datetime.now(UTC)


async def customer(severa: SeveraAdapter, number: str, **more: Any) -> Customer:
    values = {"number": number, "name": f"Kunde {number} AS", **more}
    return cast(Customer, (await severa.create(Registry.CUSTOMERS, values, None)).record)


@pytest.mark.parametrize(
    ("registry", "kinds"),
    [
        (Registry.BUSINESS_UNITS, ["businessunits"]),
        (Registry.USERS, ["users"]),
        (Registry.CUSTOMERS, ["customers"]),
        (Registry.CONTACTS, ["contactpersons"]),
        (Registry.PRODUCT_CATEGORIES, ["productcategories"]),
        (Registry.PRODUCTS, ["products", "worktypes", "travelexpensetypes"]),
        (Registry.PROJECTS, ["projects"]),
    ],
)
async def test_a_full_read_brings_every_item_once_po_03_po_08_po_12(
    sandbox: Sandbox, severa: SeveraAdapter, registry: Registry, kinds: list[str]
) -> None:
    read = await severa.read(registry, None)
    stored = [row["guid"] for kind in kinds for row in sandbox.objects(kind)]
    assert sorted(record.id.rpartition(":")[2] for record in read.items) == sorted(stored)
    assert read.problems == ()
    assert read.full
    assert read.started is not None
    assert abs(read.started - now()) < timedelta(minutes=1)


async def test_a_cycle_in_which_nothing_changed_costs_13_calls_law_7(severa: SeveraAdapter) -> None:
    await severa.check_access()
    severa.transport.calls.clear()
    since = now() + timedelta(hours=1)
    reads = await asyncio.gather(*(severa.read(registry, since) for registry in Registry))
    assert [read.items for read in reads] == [()] * len(Registry)
    assert not any(read.full for read in reads)
    assert severa.transport.calls == {
        ("GET", path): 3 if path == "/v1/projects" else 1
        for path in (
            "/v1/businessunits", "/v1/users", "/v1/customers", "/v1/addresses", "/v1/contactpersons",
            "/v1/contactcommunications", "/v1/productcategories", "/v1/products", "/v1/worktypes",
            "/v1/travelexpensetypes", "/v1/projects",
        )
    }  # fmt: skip
    severa.transport.calls.clear()
    await asyncio.gather(*(severa.read(registry, since) for registry in Registry))
    assert severa.transport.calls.total() == 13


class TestCustomers:
    async def test_a_new_customer_gets_its_headquarter_address_po_06(
        self, sandbox: Sandbox, severa: SeveraAdapter
    ) -> None:
        values = {
            "number": "15001", "name": "Østervåg Håndverk AS", "vat_number": "NO912345678MVA", "active": True,
            "email": "faktura@ostervag.example", "address": HOME, "currency": "NOK", "payment_term": 14,
            "website": "https://ostervag.example",
        }  # fmt: skip
        written = await severa.create(Registry.CUSTOMERS, values, None)
        record = cast(Customer, written.record)
        assert written.missing == frozenset()
        assert {name: getattr(record, name) for name in values} == values
        stored = sandbox.stored("customers", record.id)
        assert stored["headquarterAddress"]["guid"] == record.address_id
        assert stored["number"] == 15001
        assert await severa.get(Registry.CUSTOMERS, record.id) == record

    async def test_a_changed_address_changes_the_same_row_and_repeating_changes_nothing(
        self, sandbox: Sandbox, severa: SeveraAdapter
    ) -> None:
        record = await customer(severa, "15002", address=HOME)
        addresses = len(sandbox.objects("addresses"))
        moved = Address(line1="Storgatan 1", postal_code="111 20", city="Stockholm", country="SE")
        for _ in range(2):
            written = await severa.update(Registry.CUSTOMERS, record.id, {"address": moved, "email": "a@b.example"})
            after = cast(Customer, written.record)
            assert (after.address, after.email, written.missing) == (moved, "a@b.example", frozenset())
            assert after.address_id == record.address_id
        assert len(sandbox.objects("addresses")) == addresses

    async def test_an_address_that_severa_cannot_take_is_missing_and_the_customer_stands(
        self, severa: SeveraAdapter
    ) -> None:
        nowhere = Address(line1="x", city="y", country="QQ")
        written = await severa.create(
            Registry.CUSTOMERS, {"number": "15003", "name": "Uten land AS", "address": nowhere}, None
        )
        assert written.missing == {"address"}
        assert "no country" in str(written.error)
        found = await severa.find(Registry.CUSTOMERS, ["15003"])
        assert [record.id for record in found.items] == [written.record.id]

    async def test_a_changed_address_brings_its_customer_po_06(self, severa: SeveraAdapter) -> None:
        record = await customer(severa, "15004", address=HOME)
        since = now()
        await asyncio.sleep(1.1)
        await severa._client.patch("/v1/addresses/{guid}", {"city": "Voss"}, guid=str(record.address_id))
        read = await severa.read(Registry.CUSTOMERS, since)
        cities = {one.id: one.address.city for one in read.items if isinstance(one, Customer) and one.address}
        assert cities[record.id] == "Voss"

    async def test_a_customer_is_found_by_number_and_after_a_lost_answer_po_03(self, severa: SeveraAdapter) -> None:
        record = await customer(severa, "15005")
        numbers = ["15005", "19999", "P-77"] + [str(number) for number in range(18000, 18120)]
        found = await severa.find(Registry.CUSTOMERS, numbers)
        assert [one.id for one in found.items] == [record.id]
        again = await severa.find_by_reference(Registry.CUSTOMERS, "any", {"number": "15005", "name": "other"})
        assert again is not None
        assert again.id == record.id
        by_name = await severa.find_by_reference(Registry.CUSTOMERS, "any", {"number": None, "name": record.name})
        assert by_name == again
        assert await severa.find_by_reference(Registry.CUSTOMERS, "any", {"number": "19998"}) is None

    async def test_a_customer_that_is_gone_is_said_to_be(self, severa: SeveraAdapter) -> None:
        assert await severa.get(Registry.CUSTOMERS, NOBODY) is None
        for changes in ({"name": "x"}, {"address": HOME}):
            with pytest.raises(GoneError):
                await severa.update(Registry.CUSTOMERS, NOBODY, changes)

    async def test_in_house_customers_and_those_without_number_are_read_as_they_are_po_04(
        self, sandbox: Sandbox, severa: SeveraAdapter
    ) -> None:
        read = await severa.read(Registry.CUSTOMERS, None)
        internal = {one.id for one in read.items if isinstance(one, Customer) and one.internal}
        assert internal == {row["guid"] for row in sandbox.objects("customers") if row["isInternal"]}
        assert internal
        assert any(record.key is None for record in read.items)

    async def test_a_name_that_is_taken_is_bad_data(self, severa: SeveraAdapter) -> None:
        record = await customer(severa, "15006")
        with pytest.raises(BadDataError):
            await severa.create(Registry.CUSTOMERS, {"number": "15007", "name": record.name}, None)


class TestContacts:
    async def test_a_contact_is_created_with_its_communications_po_07(
        self, sandbox: Sandbox, severa: SeveraAdapter
    ) -> None:
        owner = await customer(severa, "15101")
        values = {
            "code": None, "customer": owner.id, "first_name": "Bjørn", "last_name": "Sæther",
            "email": "bjorn@ostervag.example", "phone": "+47 55 55 55 55", "title": "Innkjøp", "active": True,
        }  # fmt: skip
        written = await severa.create(Registry.CONTACTS, values, None)
        record = cast(Contact, written.record)
        assert written.missing == frozenset()
        assert record.code == record.id
        assert {name: getattr(record, name) for name in values if name != "code"} == {
            name: value for name, value in values.items() if name != "code"
        }
        mine = [row for row in sandbox.objects("contactcommunications") if row["contact"]["guid"] == record.id]
        assert [row["isForbiddenToUse"] for row in mine] == [False, False]
        assert [one.id for one in (await severa.children(Registry.CONTACTS, owner.id)).items] == [record.id]
        assert await severa.find_by_reference(Registry.CONTACTS, "any", values) == record
        assert [one.id for one in (await severa.find(Registry.CONTACTS, [record.id, NOBODY])).items] == [record.id]

    async def test_email_and_phone_are_changed_and_removed_in_place(
        self, sandbox: Sandbox, severa: SeveraAdapter
    ) -> None:
        owner = await customer(severa, "15102")
        values = {"customer": owner.id, "first_name": "A", "last_name": "B", "email": "a@b.example", "phone": "1"}
        contact = (await severa.create(Registry.CONTACTS, values, None)).record
        before = len(sandbox.objects("contactcommunications"))
        deleting = sandbox.adapter(scopes=[*SCOPES, "customers:delete"])
        for _ in range(2):
            written = await deleting.update(Registry.CONTACTS, contact.id, {"email": "c@d.example", "phone": None})
            after = cast(Contact, written.record)
            assert (after.email, after.phone, written.missing) == ("c@d.example", None, frozenset())
        await deleting.close()
        assert len(sandbox.objects("contactcommunications")) == before - 1

    async def test_without_the_scope_a_removed_phone_number_is_left_to_a_person(self, severa: SeveraAdapter) -> None:
        owner = await customer(severa, "15103")
        values = {"customer": owner.id, "first_name": "C", "last_name": "D", "phone": "1"}
        contact = (await severa.create(Registry.CONTACTS, values, None)).record
        written = await severa.update(Registry.CONTACTS, contact.id, {"phone": None})
        assert written.missing == {"phone"}
        assert isinstance(written.error, BadDataError)
        assert "customers:delete" in str(written.error)

    async def test_a_changed_communication_brings_its_contact_po_07(
        self, sandbox: Sandbox, severa: SeveraAdapter
    ) -> None:
        await asyncio.sleep(1.1)
        since = now()
        await asyncio.sleep(1.1)
        one = sandbox.objects("contactcommunications")[0]
        await severa._client.patch("/v1/contactcommunications/{guid}", {"value": "changed"}, guid=one["guid"])
        read = await severa.read(Registry.CONTACTS, since)
        assert one["contact"]["guid"] in {record.id for record in read.items}


class TestProducts:
    async def test_ids_say_the_register_and_codes_are_found_in_all_three_po_08(self, severa: SeveraAdapter) -> None:
        read = await severa.read(Registry.PRODUCTS, None)
        kinds = {cast(Product, record).kind for record in read.items}
        assert kinds == set(ProductKind)
        for kind in ProductKind:
            record = next(one for one in read.items if cast(Product, one).kind is kind and one.key)
            assert record.id.startswith(f"{kind.value}:")
            assert await severa.get(Registry.PRODUCTS, record.id) == record
            found = await severa.find(Registry.PRODUCTS, [str(record.key)])
            assert record.id in {one.id for one in found.items}
        codes = [str(one.key) for one in read.items if one.key]
        severa.transport.calls.clear()
        assert len((await severa.find(Registry.PRODUCTS, codes)).items) == len(codes)
        assert severa.transport.calls.total() <= 9

    @pytest.mark.parametrize(
        ("kind", "severas"), [(ProductType.GOODS, "Materials"), (ProductType.SERVICE, "Subcontracting")]
    )
    async def test_a_product_made_in_the_erp_gets_severas_type_po_10(
        self, sandbox: Sandbox, severa: SeveraAdapter, kind: ProductType, severas: str
    ) -> None:
        category = sandbox.objects("productcategories")[0]["guid"]
        values = {
            "code": f"NY-{kind.value}", "name": "Rør 110 mm", "type": kind, "category": category,
            "description": "Salaojaputki", "unit_price": Decimal("150.10"), "unit": "kpl", "active": True,
        }  # fmt: skip
        written = await severa.create(Registry.PRODUCTS, values, None)
        record = cast(Product, written.record)
        assert written.missing == frozenset()
        assert record.kind is ProductKind.PRODUCT
        assert {name: getattr(record, name) for name in values} == values
        assert sandbox.stored("products", record.id)["type"] == severas
        again = await severa.find_by_reference(Registry.PRODUCTS, "any", values)
        assert again is not None
        assert again.id == record.id

    async def test_fixed_fees_stay_fixed_fees_and_a_type_is_never_rewritten_po_10(
        self, sandbox: Sandbox, severa: SeveraAdapter
    ) -> None:
        fixed = next(row for row in sandbox.objects("products") if row["type"] == "FixedFees")
        changes = {"type": ProductType.GOODS, "unit_price": Decimal("77.5"), "category": None}
        written = await severa.update(Registry.PRODUCTS, f"product:{fixed['guid']}", changes)
        assert written.missing == frozenset()
        assert cast(Product, written.record).unit_price == Decimal("77.5")
        assert sandbox.stored("products", fixed["guid"])["type"] == "FixedFees"
        refused = await severa.update(Registry.PRODUCTS, f"product:{fixed['guid']}", {"type": ProductType.SERVICE})
        assert refused.missing == {"type"}
        assert sandbox.stored("products", fixed["guid"])["type"] == "FixedFees"

    async def test_what_a_work_type_cannot_hold_is_said_to_be_missing(self, severa: SeveraAdapter) -> None:
        read = await severa.read(Registry.PRODUCTS, None)
        work = next(one for one in read.items if cast(Product, one).kind is ProductKind.WORK_TYPE and one.key)
        written = await severa.update(Registry.PRODUCTS, work.id, {"name": "Nytt navn", "unit_price": Decimal(5)})
        assert cast(Product, written.record).name == "Nytt navn"
        assert written.missing == {"unit_price"}
        assert isinstance(written.error, BadDataError)


class TestProjects:
    async def test_a_project_made_in_the_erp_is_won_and_has_an_owner_po_11(
        self, sandbox: Sandbox, severa: SeveraAdapter
    ) -> None:
        owner = await customer(severa, "15201")
        unit = sandbox.objects("businessunits")[0]["guid"]
        values = {
            "number": "88001", "name": "Kaivurityöt", "customer": owner.id, "active": True, "business_unit": unit,
            "start_date": date(2026, 1, 20), "end_date": date(2026, 6, 30), "order_number": "PO-1",
            "joinable": True, "owner": None, "contact": None,
        }  # fmt: skip
        written = await severa.create(Registry.PROJECTS, values, None)
        record = cast(Project, written.record)
        assert record.won
        assert record.owner is not None
        assert written.missing == frozenset()
        closed = await severa.update(Registry.PROJECTS, record.id, {"active": False, "end_date": None})
        assert cast(Project, closed.record).active is False
        assert closed.missing == frozenset()
        assert sandbox.stored("projects", record.id)["isClosed"] is True
        again = await severa.find_by_reference(Registry.PROJECTS, "any", values)
        assert again is not None
        assert again.id == record.id
        assert await severa.project_currency(record.id)
        assert await severa.project_currency(NOBODY) is None

    async def test_a_project_without_customer_is_bad_data(self, severa: SeveraAdapter) -> None:
        with pytest.raises(BadDataError, match="customer"):
            await severa.create(Registry.PROJECTS, {"number": "88002", "name": "x"}, None)

    async def test_only_won_projects_are_read_as_won_po_11(self, sandbox: Sandbox, severa: SeveraAdapter) -> None:
        types = {row["guid"]: row["salesState"] for row in sandbox.objects("salesstatustypes")}
        read = await severa.read(Registry.PROJECTS, None)
        expected = {
            row["guid"]: types.get((row["salesStatus"] or {}).get("salesStatusTypeGuid")) == "Won"
            for row in sandbox.objects("projects")
        }
        assert {one.id: cast(Project, one).won for one in read.items} == expected
        assert set(expected.values()) == {True, False}


async def test_units_users_and_categories_are_created_changed_and_found_po_12(severa: SeveraAdapter) -> None:
    unit = (await severa.create(Registry.BUSINESS_UNITS, {"code": "77", "name": "Avdeling 77"}, None)).record
    user = await severa.create(
        Registry.USERS,
        {
            "code": "9001", "first_name": "Åsa", "last_name": "Käkkäinen", "email": "asa@x.example", "phone": "1",
            "business_unit": unit.id, "address": HOME, "active": True,
        },
        None,
    )  # fmt: skip
    assert user.missing == frozenset()
    assert cast(User, user.record).address == HOME
    category = (await severa.create(Registry.PRODUCT_CATEGORIES, {"code": "K77", "name": "Gruppe"}, None)).record
    for registry, record in (
        (Registry.BUSINESS_UNITS, unit),
        (Registry.USERS, user.record),
        (Registry.PRODUCT_CATEGORIES, category),
    ):
        assert [one.id for one in (await severa.find(registry, [str(record.key)])).items] == [record.id]
        again = await severa.find_by_reference(registry, "any", {"code": record.key, "name": "?"})
        assert again is not None
        assert again.id == record.id
    superior = next(one.id for one in (await severa.read(Registry.USERS, None)).items if one.id != user.record.id)
    moved = await severa.update(Registry.USERS, user.record.id, {"address": None, "superior": superior})
    assert moved.missing == frozenset()
    renamed = await severa.update(Registry.BUSINESS_UNITS, unit.id, {"name": "Ny", "active": False})
    assert cast(BusinessUnit, renamed.record).active is False
    grouped = await severa.update(Registry.PRODUCT_CATEGORIES, category.id, {"name": "Andre"})
    assert cast(ProductCategory, grouped.record).name == "Andre"


async def test_an_expired_token_is_renewed_on_the_way(sandbox: Sandbox, severa: SeveraAdapter) -> None:
    await severa.check_access()
    sandbox.system.expire_tokens()
    assert (await severa.read(Registry.USERS, None)).items
    assert severa.transport.calls["POST", "/v1/token"] == 2


async def test_the_adapter_fulfils_severas_port(severa: SeveraAdapter) -> None:
    port: SeveraPort = severa
    assert (port.side, port.system) == (Side.SEVERA, "severa")


async def test_currency_rates_come_by_code_and_the_own_currency_is_one_po_14(
    sandbox: Sandbox, severa: SeveraAdapter
) -> None:
    rates = await severa.currency_rates()
    assert rates == {
        row["code"]: Decimal(1) if row["isOrganizationCurrency"] else Decimal(str(row["rate"]))
        for row in sandbox.objects("currencies")
    }
