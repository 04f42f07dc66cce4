"""Severa's rows in our shape: the vendor's samples, awkward rows, and rows that break the contract (law 10)."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted import ScriptedServer
from severa_fake import FakeSevera, guid

from connectors.fields import Table, Use, gather, members_of
from connectors.payload import decode
from connectors.severa import mapping
from connectors.severa.billing import invoice_of, row_of, status_of
from connectors.severa.registers import REGISTERS
from core.errors import BadDataError, ConfigurationError
from core.records import (
    META,
    RECORD_TYPES,
    Address,
    Contact,
    Customer,
    Product,
    ProductKind,
    Project,
    Registry,
)
from tests.specs import vendor_folder

COUNTRIES = [
    {"guid": guid(900), "name": "Norja", "englishName": "Norway", "code2": "NO", "code3": "NOR"},
    {"guid": guid(901), "name": "Ruotsi", "englishName": "Sweden", "code2": "SE", "code3": "SWE"},
]
TABLES: list[Table[Any]] = [register.table for registers in REGISTERS.values() for register in registers]
DERIVED = {
    "customers": {"prospect", "customer_class", "billing_address", "postal_address"},
    "contacts": {"address", "mobile"},
    "products": {"kind", "item_class"},
    "projects": {"won", "lost"},
}


def sample(name: str) -> Any:
    """A vendor's sample as the transport would hand it over."""
    path = vendor_folder("severa") / "samples" / f"{name}.read.json"
    if not path.exists():
        pytest.skip("no samples of Severa: set VENDOR_SPECS")
    return decode(path.read_bytes())


def customer(number: int, /, **more: Any) -> dict[str, Any]:
    return {"guid": guid(number), "number": 10000 + number, "name": f"Kunde {number}", **more}


def home(country: str | None, number: int = 500) -> dict[str, Any]:
    return {
        "guid": guid(number),
        "addressline": "Sjøgata 12",
        "postalCode": "5035",
        "city": "Bergen",
        "country": country,
    }


async def customers(fake: FakeSevera, **settings_: Any) -> dict[str, Customer]:
    read = await fake.adapter(**settings_).read(Registry.CUSTOMERS, None)
    assert read.problems == ()
    return {record.id: cast(Customer, record) for record in read.items}


@pytest.mark.parametrize("registry", list(Registry))
def test_every_business_field_of_a_record_is_read_from_severa(registry: Registry) -> None:
    register = REGISTERS[registry][0]
    kind = RECORD_TYPES[registry]
    derived = DERIVED.get(registry.value, set())
    read = members_of(kind, register.table)
    assert read - META == {each.name for each in fields(kind)} - META - derived


class TestSamples:
    def test_customer(self) -> None:
        values = mapping.CUSTOMERS.read(sample("customer"))
        assert values["number"] == "10234"
        assert values["vat_number"] == "NO912345678MVA"
        assert values["payment_term"] == 14
        assert values["currency"] == "EUR"
        assert values["address"] == Address(
            line1="Sjøgata 12", line2="Inngang B", postal_code="5035", city="Bergen", country="Norway"
        )
        assert values["address_id"] == "8a2f4c11-5d6e-4f70-8a1b-2c3d4e5f6071"

    def test_project(self) -> None:
        values = mapping.PROJECTS.read(sample("project"))
        assert (values["number"], values["active"], values["internal"], values["joinable"]) == (
            "4711",
            True,
            False,
            True,
        )
        assert (values["start_date"], values["end_date"]) == (date(2026, 1, 20), date(2026, 6, 30))
        assert values["owner"] == "6f1c2a0e-9d54-4a6e-8f37-2b7a1c90d104"
        assert values["status_type"] == "b4444444-0000-4000-8000-000000000003"

    def test_invoice_rows_and_statuses(self) -> None:
        invoice = invoice_of(sample("invoice"))
        assert str(invoice.total) == "1988.30 EUR"
        assert invoice.contact_id == "5c0a1b2c-3d4e-4f50-8a6b-7c8d9e0f1a2b"
        rows = [row_of(row) for row in sample("invoicerows")]
        assert [row.code for row in rows][:3] == ["TY10", "TUO-7", rows[2].code]
        assert rows[0].unit_price == Decimal(96)
        assert [status_of(row).sort_order for row in sample("invoicestatuses")][:4] == [1, 2, 3, 4]

    def test_a_written_customer_looks_like_the_sample(self) -> None:
        path = vendor_folder("severa") / "samples" / "customer.write.json"
        if not path.exists():
            pytest.skip("no samples of Severa: set VENDOR_SPECS")
        wanted = json.loads(path.read_text())
        values = {
            "number": "10235", "name": wanted["name"], "active": True, "email": wanted["email"], "website": None,
            "vat_number": "FI23456789", "currency": wanted["currency"]["guid"], "payment_term": 30,
        }  # fmt: skip
        members = mapping.CUSTOMERS.write(values, Use.POST)
        assert members == {name: wanted[name] for name in members}
        assert set(members) == set(wanted) - {
            "language",
            "owner",
            "overdueInterest",
            "eInvoiceAddress",
            "eInvoiceOperator",
        }


class TestCountries:
    @pytest.mark.parametrize(
        ("named", "code"), [("Norway", "NO"), ("norja", "NO"), ("SWE", "SE"), (" se ", "SE"), (None, None)]
    )
    async def test_a_country_by_any_of_its_names_becomes_its_iso_code_po_06(
        self, server: ScriptedServer, named: str | None, code: str | None
    ) -> None:
        fake = FakeSevera(
            server,
            {"/v1/customers": [customer(1, headquarterAddress=home(named))], "/v1/localization/countries": COUNTRIES},
        )
        found = (await customers(fake))[guid(1)]
        assert found.address is not None
        assert found.address.country == code
        assert not any(call.startswith("GET /v1/addresses") for call in fake.calls)

    async def test_a_country_that_no_name_fits_is_asked_of_the_address(self, server: ScriptedServer) -> None:
        rows = [customer(1, headquarterAddress=home("Kongeriket")), customer(2, headquarterAddress=home("Utopia", 501))]
        addresses: list[dict[str, Any]] = [
            {"guid": guid(500), "country": {"guid": guid(900)}},
            {"guid": guid(501), "country": "broken"},
        ]
        fake = FakeSevera(
            server, {"/v1/customers": rows, "/v1/addresses": addresses, "/v1/localization/countries": COUNTRIES}
        )
        found = await customers(fake)
        assert {key: record.address and record.address.country for key, record in found.items()} == {
            guid(1): "NO",
            guid(2): None,
        }

    async def test_no_register_is_read_for_customers_without_a_country(self, server: ScriptedServer) -> None:
        fake = FakeSevera(server, {"/v1/customers": [customer(1), customer(2, headquarterAddress=home(None))]})
        await customers(fake)
        assert fake.calls == ["GET /v1/customers"]


async def test_private_persons_are_known_only_where_severa_says_so_po_03(server: ScriptedServer) -> None:
    fake = FakeSevera(server, {"/v1/customers": [customer(1), customer(2, isPrivatePerson=True)]})
    found = await customers(fake)
    assert [found[guid(number)].is_person for number in (1, 2)] == [False, True]


class TestProspects:
    ROWS = ({"customer": {"guid": guid(1)}, "marketSegment": {"guid": guid(700), "name": "Prospekt"}},)

    @pytest.mark.parametrize("named", ["Prospekt", guid(700)])
    async def test_a_market_segment_marks_prospects_po_04(self, server: ScriptedServer, named: str) -> None:
        rows = {"/v1/customers": [customer(1), customer(2)], "/v1/customermarketsegments": list(self.ROWS)}
        found = await customers(FakeSevera(server, rows), prospect_segment=named)
        assert [found[guid(number)].prospect for number in (1, 2)] == [True, False]

    async def test_without_the_setting_nobody_is_one_and_nothing_is_asked(self, server: ScriptedServer) -> None:
        fake = FakeSevera(server, {"/v1/customers": [customer(1)]})
        assert not (await customers(fake))[guid(1)].prospect
        assert fake.calls == ["GET /v1/customers"]

    async def test_a_segment_that_does_not_exist_is_a_configuration_error(self, server: ScriptedServer) -> None:
        fake = FakeSevera(server, {"/v1/customers": [customer(1)]})
        with pytest.raises(ConfigurationError, match="prospect_segment"):
            await customers(fake, prospect_segment="Nope")


async def test_contacts_carry_the_address_they_use_po_07(server: ScriptedServer) -> None:
    contact = {"firstName": "B", "lastName": "S", "customer": {"guid": guid(1)}, "emails": ["", " a@b.example "]}
    rows: list[dict[str, Any]] = [
        {"guid": guid(10), **contact, "addressGuid": guid(500), "phoneNumbers": None},
        {"guid": guid(11), **contact, "addressGuid": None, "isDeleted": True},
        {"guid": guid(12), **contact, "addressGuid": guid(599), "isActive": False, "isDeleted": False},
    ]
    address: dict[str, Any] = {
        "guid": guid(500),
        "addressline": "Sjøgata 12",
        "city": "Bergen",
        "country": {"guid": guid(900)},
    }
    fake = FakeSevera(
        server, {"/v1/contactpersons": rows, "/v1/addresses": [address], "/v1/localization/countries": COUNTRIES}
    )
    home_ = Address(line1="Sjøgata 12", city="Bergen", country="NO")
    read = await fake.adapter().read(Registry.CONTACTS, None)
    found = {record.id: cast(Contact, record) for record in read.items}
    assert [found[guid(number)].address for number in (10, 11, 12)] == [home_, None, None]
    assert [found[guid(number)].active for number in (10, 11, 12)] == [True, False, False]
    assert (found[guid(10)].email, found[guid(10)].phone, found[guid(10)].code) == ("a@b.example", None, guid(10))
    assert fake.calls.count("GET /v1/addresses") == 1
    assert cast(Contact, await fake.adapter().get(Registry.CONTACTS, guid(10))).address == home_


async def test_one_broken_row_in_a_page_is_a_problem_and_names_its_customer_law_3(server: ScriptedServer) -> None:
    rows = [customer(1), customer(2, paymentTerm="net 14"), customer(3, guid="nonsense"), customer(4)]
    fake = FakeSevera(server, {"/v1/customers": rows})
    read = await fake.adapter().read(Registry.CUSTOMERS, None)
    assert [record.id for record in read.items] == [guid(1), guid(4)]
    assert [(each.id, each.error.field) for each in read.problems] == [
        (guid(2), "paymentTerm"),
        ("nonsense", "guid"),
    ]
    error = read.problems[0].error
    assert (error.what, error.why) == ('Customer 10002 Kunde 2: paymentTerm is "net 14".', "A number is wanted.")
    assert error.todo


async def test_an_item_met_in_several_lists_is_read_once_po_11(server: ScriptedServer) -> None:
    row = {"guid": guid(1), "number": 7, "name": "P", "lastUpdatedDateTime": "2026-03-02T06:00:00Z"}
    fake = FakeSevera(server, {"/v1/projects": [row]})
    read = await fake.adapter().read(Registry.PROJECTS, datetime(2026, 3, 1, tzinfo=UTC))
    assert [(record.id, cast(Project, record).won) for record in read.items] == [(guid(1), False)]
    assert fake.calls.count("GET /v1/projects") == 3
    assert fake.calls.count("GET /v1/salesstatustypes") == 1


async def test_work_types_have_no_price_and_travel_expenses_a_cost_po_08_vn_07(server: ScriptedServer) -> None:
    fake = FakeSevera(
        server,
        {
            "/v1/worktypes": [{"guid": guid(1), "name": "Konsult", "code": "A1", "hourCost": {"amount": 5}}],
            "/v1/travelexpensetypes": [{"guid": guid(2), "name": "Km", "code": "R1", "unitCost": {"amount": 5}}],
            "/v1/products": [{"guid": guid(3), "name": "Rør", "code": None, "type": "Materials", "unitPrice": None}],
        },
    )
    read = await fake.adapter().read(Registry.PRODUCTS, None)
    found = {record.id: cast(Product, record) for record in read.items}
    assert set(found) == {f"work_type:{guid(1)}", f"travel_expense:{guid(2)}", f"product:{guid(3)}"}
    prices = {product.kind: product.unit_price for product in found.values()}
    assert prices == {
        ProductKind.WORK_TYPE: None,
        ProductKind.TRAVEL_EXPENSE: Decimal(5),
        ProductKind.PRODUCT: None,
    }
    assert found[f"product:{guid(3)}"].code is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [({}, "project_owner"), ({"project_owner": "104"}, "no active user")],
)
async def test_a_new_project_without_owner_names_the_setting_po_11(
    server: ScriptedServer, changes: dict[str, Any], says: str
) -> None:
    fake = FakeSevera(server, {"/v1/users": [{"guid": guid(1), "code": "105"}]})
    with pytest.raises((BadDataError, ConfigurationError), match=says):
        await fake.adapter(**changes).create(Registry.PROJECTS, {"name": "P", "customer": guid(9)}, None)
    assert not any(call.startswith("POST") for call in fake.calls)


@pytest.mark.parametrize(("won_status", "expected"), [(None, guid(3)), ("Voitettu vanha", guid(2)), (guid(3), guid(3))])
async def test_projects_from_the_erp_get_the_configured_or_first_active_won_status_po_11(
    server: ScriptedServer, won_status: str | None, expected: str
) -> None:
    types = [
        {"guid": guid(1), "name": "Kesken", "salesState": "InProgress", "isActive": True},
        {"guid": guid(2), "name": "Voitettu vanha", "salesState": "Won", "isActive": False},
        {"guid": guid(3), "name": "Voitettu", "salesState": "Won", "isActive": True},
    ]
    fake = FakeSevera(server, {"/v1/salesstatustypes": types, "/v1/users": [{"guid": guid(50), "code": "104"}]})
    severa = fake.adapter(project_owner="104", won_status=won_status)
    written = await severa.create(Registry.PROJECTS, {"name": "P", "customer": guid(9), "number": "7"}, None)
    assert fake.last.json["salesStatus"] == {"salesStatusTypeGuid": expected}
    assert fake.last.json["projectOwner"] == {"guid": guid(50)}
    assert cast(Project, written.record).won


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=8) | st.just(guid(1)),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["guid", "code", "amount"]), inner),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_no_row_of_severa_can_do_more_than_become_a_problem(data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(TABLES))
    names = sorted({str(each.vendor).partition(".")[0] for each in table.fields if each.vendor})
    row = {"guid": guid(1), "name": "x"} | data.draw(st.dictionaries(st.sampled_from(names), JSON))
    items, problems = gather([row], table.read, title=table.title, key="guid")
    assert len(items) + len(problems) == 1
    for build in (invoice_of, row_of, status_of):
        gather([row], build, title="Invoice", key="guid")
