"""Registries read: fields, paging, changes, broken rows (contract sections 3, 4 and 8)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from go_server import EMPTY, Asked, Go, Reply
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rows_of_go import CONTACT, CUSTOMER, DEPARTMENT, EMPLOYEE, GROUP, PRODUCT, PROJECT

from connectors.fields import gather, members_of
from connectors.poweroffice import mapping, rows
from connectors.poweroffice.adapter import PowerOfficeAdapter
from connectors.poweroffice.costs import cost, is_cost
from connectors.poweroffice.invoices import draft
from core.errors import BadDataError, TransientError
from core.records import (
    Address,
    BusinessUnit,
    Contact,
    Customer,
    Product,
    ProductCategory,
    ProductType,
    Project,
    Record,
    Registry,
    User,
    business_fields,
)

PATHS = {
    Registry.BUSINESS_UNITS: "/v2/Departments",
    Registry.USERS: "/v2/Employees",
    Registry.CUSTOMERS: "/v2/Customers",
    Registry.CONTACTS: "/v2/ContactPersons",
    Registry.PRODUCT_CATEGORIES: "/v2/ProductGroups",
    Registry.PRODUCTS: "/v2/Products",
    Registry.PROJECTS: "/v2/Projects",
}
ADDRESS = Address(line1="Østre Kanalgate 7", postal_code="7010", city="Trondheim", country="NO")
CREATED = datetime(2026, 1, 8, 7, 30, 0, 551200, tzinfo=UTC)
CHANGED = datetime(2026, 1, 20, 10, 1, 11, 900100, tzinfo=UTC)

EXPECTED: dict[Registry, tuple[dict[str, Any], Record]] = {
    Registry.CUSTOMERS: (
        CUSTOMER,
        Customer(
            id="418207",
            number="10042",
            name="Blåfjell Rør & Varme AS",
            vat_number="912345670",
            email="post@blafjell.example",
            address=ADDRESS,
            address_id="771001",
            currency="NOK",
            payment_term=14,
            website="www.blafjell.example",
            reference="6b1f9c1e-3a52-4c0f-9a77-0d5be2c4f310",
            created_at=datetime(2026, 1, 12, 9, 15, 2, 120033, tzinfo=UTC),
            changed_at=datetime(2026, 2, 3, 12, 44, 51, 4417, tzinfo=UTC),
        ),
    ),
    Registry.CONTACTS: (
        CONTACT,
        Contact(
            id="418207/660184",
            code="a9d3c5b4-0f1e-4d2a-b6c7-8e9f00112233",
            reference="a9d3c5b4-0f1e-4d2a-b6c7-8e9f00112233",
            customer="418207",
            first_name="Åse Märta",
            last_name="Kjærstad",
            email="ase@blafjell.example",
            phone="+4791234567",
            title="Økonomisjef",
            address=ADDRESS,
            created_at=CREATED,
            changed_at=CHANGED,
        ),
    ),
    Registry.PRODUCT_CATEGORIES: (
        GROUP,
        ProductCategory(id="812", code="TJ", name="Tjenester", created_at=CREATED, changed_at=CHANGED),
    ),
    Registry.PRODUCTS: (
        PRODUCT,
        Product(
            id="55012",
            code="KONS01",
            name="Rådgivning, seniorkonsulent",
            type=ProductType.SERVICE,
            category="812",
            description="Timearbeid etter avtale",
            unit_price=Decimal("1450.5"),
            unit="h",
            created_at=CREATED,
            changed_at=CHANGED,
        ),
    ),
    Registry.PROJECTS: (
        PROJECT,
        Project(
            id="30118",
            number="1187",
            name="Varmepumper Nidarø",
            customer="418207",
            start_date=date(2026, 2, 1),
            end_date=date(2026, 11, 30),
            business_unit="20",
            owner="14",
            order_number="PO-7741",
            joinable=True,
            contact="418207/660184",
            created_at=CREATED,
            changed_at=CHANGED,
        ),
    ),
    Registry.BUSINESS_UNITS: (
        DEPARTMENT,
        BusinessUnit(id="20", code="20", name="Trondheim", created_at=CREATED, changed_at=CHANGED),
    ),
    Registry.USERS: (
        EMPLOYEE,
        User(
            id="14",
            code="114",
            first_name="Bjørn",
            last_name="Håkonsen",
            email="bjorn@example.com",
            phone="+4790000000",
            business_unit="20",
            superior="15",
            created_at=datetime(2026, 1, 12, 9, 15, 2, tzinfo=UTC),
            changed_at=datetime(2026, 2, 3, 12, 44, 51, tzinfo=UTC),
        ),
    ),
}


@pytest.mark.parametrize("registry", list(Registry))
async def test_every_field_of_the_guide_arrives(go: Go, adapter: PowerOfficeAdapter, registry: Registry) -> None:
    """PO-03, PO-07, PO-08, PO-10, PO-11, PO-12: the field tables, read."""
    row, record = EXPECTED[registry]
    go.on("GET", PATHS[registry], Reply(200, [row]))
    found = await adapter.read(registry, None)
    assert found.problems == ()
    assert found.items == (record,)
    assert found.full
    assert found.started == datetime(2026, 11, 20, 12, tzinfo=UTC)


OF_OTHERS: dict[Registry, set[str]] = {
    Registry.BUSINESS_UNITS: {"vat_number"},
    Registry.CUSTOMERS: {"notes", "customer_class", "billing_address", "postal_address"},
    Registry.CONTACTS: {"salutation", "mobile", "do_not_email"},
    Registry.PRODUCTS: {"item_class"},
}
"""Fields that are in step with other ERPs only."""


@pytest.mark.parametrize("table", mapping.TABLES[:7], ids=lambda table: table.title)
def test_every_field_that_is_synchronised_stands_in_the_table(table: Any) -> None:
    elsewhere = {"kind", "internal", "prospect", "won"} if table.record is not Project else {"won", "lost"}
    elsewhere |= OF_OTHERS.get(table.record.registry, set())
    assert set(business_fields(table.record)) - members_of(table.record, table) <= elsewhere


async def test_the_filter_for_changes_is_exclusive_and_ours_is_not(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", "/v2/Projects", EMPTY)
    since = datetime(2026, 1, 15, 9, 0, tzinfo=timezone(timedelta(hours=1)))
    found = await adapter.read(Registry.PROJECTS, since)
    assert go.only("GET", "/v2/Projects").query == {
        "lastChangedDateTimeOffsetGreaterThan": "2026-01-15T07:59:59.999999+00:00",
        "PageNumber": "1",
        "PageSize": "5000",
    }
    assert not found.full


async def test_a_quiet_cycle_costs_one_call_per_registry(go: Go, adapter: PowerOfficeAdapter) -> None:
    """Seven calls and a token: the delivery addresses are not read."""
    for path in PATHS.values():
        go.on("GET", path, EMPTY)
    for registry in Registry:
        assert (await adapter.read(registry, CREATED)).items == ()
    assert sorted(go.story) == sorted(f"GET {path}" for path in PATHS.values())
    assert adapter.calls.total() == 8


def pages(*content: list[dict[str, Any]]) -> Callable[[Asked], Reply]:
    def page(asked: Asked) -> Reply:
        number = int(asked.query["PageNumber"])
        return Reply(200, content[number - 1]) if number <= len(content) else EMPTY

    return page


def groups(*ids: int) -> list[dict[str, Any]]:
    return [GROUP | {"Id": each} for each in ids]


async def test_pages_are_read_until_one_is_short(go: Go, open_adapter: Callable[..., PowerOfficeAdapter]) -> None:
    go.on("GET", "/v2/ProductGroups", pages(groups(1, 2), groups(3, 4), groups(5)))
    found = await open_adapter(page_size=2).read(Registry.PRODUCT_CATEGORIES, None)
    assert [item.id for item in found.items] == ["1", "2", "3", "4", "5"]
    assert len(go.asked) == 4


async def test_a_full_last_page_is_followed_by_an_empty_answer(
    go: Go, open_adapter: Callable[..., PowerOfficeAdapter]
) -> None:
    go.on("GET", "/v2/ProductGroups", pages(groups(1, 2)))
    found = await open_adapter(page_size=2).read(Registry.PRODUCT_CATEGORIES, None)
    assert len(found.items) == 2


async def test_a_list_that_shifts_while_it_is_read_is_read_again(
    go: Go, open_adapter: Callable[..., PowerOfficeAdapter]
) -> None:
    answers = [groups(1, 2), groups(2), groups(1, 2), groups(3)]
    go.on("GET", "/v2/ProductGroups", *(Reply(200, answer) for answer in answers))
    found = await open_adapter(page_size=2).read(Registry.PRODUCT_CATEGORIES, None)
    assert [item.id for item in found.items] == ["1", "2", "3"]


async def test_a_list_that_never_stands_still_is_left_for_the_next_cycle(
    go: Go, open_adapter: Callable[..., PowerOfficeAdapter]
) -> None:
    go.on("GET", "/v2/ProductGroups", pages(groups(1, 2), groups(2)))
    with pytest.raises(TransientError, match="changed each time"):
        await open_adapter(page_size=2).read(Registry.PRODUCT_CATEGORIES, None)
    assert len(go.calls("GET", "/v2/ProductGroups")) == 6


@pytest.mark.parametrize(
    ("body", "says"),
    [({"value": []}, "an object"), ("rows", '"rows"'), (7, "7"), (b"", "nothing"), (b"null", "nothing")],
)
async def test_an_answer_that_is_no_list_is_tried_later(
    go: Go, adapter: PowerOfficeAdapter, body: object, says: str
) -> None:
    """Contract section 1: 204 and [] are empty lists, nothing else is; a 200 without body is not."""
    go.on("GET", "/v2/Customers", Reply(200, body))
    with pytest.raises(TransientError, match=rf"\(200\) is {says}, where a list was expected"):
        await adapter.read(Registry.CUSTOMERS, None)


@pytest.mark.parametrize("reply", [Reply(204), Reply(200, [])], ids=["204", "[]"])
async def test_an_empty_list_comes_in_two_forms(go: Go, adapter: PowerOfficeAdapter, reply: Reply) -> None:
    """Contract section 1."""
    go.on("GET", "/v2/Customers", reply)
    found = await adapter.read(Registry.CUSTOMERS, None)
    assert (found.items, found.problems) == ((), ())


@pytest.mark.parametrize(
    ("broken", "member"),
    [
        ({"Name": ["a", "list"]}, "Name"),
        ({"Name": None}, "Name"),
        ({"Number": 1.5}, "Number"),
        ({"IsArchived": "no"}, "IsArchived"),
        ({"MailAddress": "Oslo"}, "MailAddress.AddressLine1"),
        ({"MailAddress": {"CountryCode": "Norway"}}, "MailAddress.CountryCode"),
        ({"LastChangedDateTimeOffset": "yesterday"}, "LastChangedDateTimeOffset"),
        ({"Name": "two\x00names"}, "Name"),
        ({"Id": None}, "Id"),
    ],
)
async def test_a_row_that_breaks_the_contract_is_a_problem_and_the_others_go_on(
    go: Go, adapter: PowerOfficeAdapter, broken: dict[str, Any], member: str
) -> None:
    go.on("GET", "/v2/Customers", Reply(200, [CUSTOMER | broken, CUSTOMER | {"Id": 2, "Number": 10043}]))
    found = await adapter.read(Registry.CUSTOMERS, None)
    assert [item.number for item in found.items if isinstance(item, Customer)] == ["10043"]
    (problem,) = found.problems
    assert isinstance(problem.error, BadDataError)
    assert problem.error.field == member


@pytest.mark.parametrize(
    ("archived", "active", "expected"), [(True, True, False), (False, False, False), (None, None, True)]
)
def test_a_customer_is_inactive_by_either_mark(archived: object, active: object, expected: bool) -> None:
    """PO-04."""
    assert rows.customer(CUSTOMER | {"IsArchived": archived, "IsActive": active}).active is expected


def test_a_person_without_name_is_called_by_both_names() -> None:
    row = CUSTOMER | {"Name": None, "IsPerson": True, "FirstName": "Kari", "LastName": "Nordmann"}
    assert rows.customer(row).name == "Kari Nordmann"


@pytest.mark.parametrize(
    ("row", "active"),
    [({"IsActive": False}, False), ({"ProjectStatus": "Archived"}, False), ({"ProjectStatus": "Complete"}, True)],
)
def test_a_project_is_closed_when_it_is_inactive_or_archived(row: dict[str, Any], active: bool) -> None:
    """PO-11."""
    assert rows.project(PROJECT | row).active is active


@pytest.mark.parametrize("row", [{"Code": "1187.1"}, {"ParentProjectId": 30118}])
async def test_sub_projects_are_left_alone_and_reported(
    go: Go, adapter: PowerOfficeAdapter, row: dict[str, Any]
) -> None:
    go.on("GET", "/v2/Projects", Reply(200, [PROJECT, PROJECT | {"Id": 30119} | row]))
    found = await adapter.read(Registry.PROJECTS, None)
    assert len(found.items) == 1
    (problem,) = found.problems
    assert problem.id == "30119"
    assert "left alone" in problem.error.what


def test_a_contact_of_a_project_needs_the_customer() -> None:
    assert rows.project(PROJECT | {"CustomerId": None}).contact is None


async def test_a_unit_that_is_in_no_table_stays_as_it_is(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", "/v2/Products", Reply(200, [PRODUCT | {"UnitOfMeasureCode": "XPK"}]))
    (item,) = (await adapter.read(Registry.PRODUCTS, None)).items
    assert isinstance(item, Product)
    assert item.unit == "XPK"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def parsed(row: Any) -> Any:
    return json.loads(json.dumps(row), parse_float=Decimal, parse_constant=Decimal)


@given(st.data())
@hypothesis_settings(max_examples=150, deadline=None)
def test_no_row_whatever_it_holds_does_more_than_become_a_problem(data: st.DataObject) -> None:
    """Nothing from a vendor is trusted: any member of any row may hold anything."""
    row, build = data.draw(
        st.sampled_from(
            [
                (CUSTOMER, rows.customer),
                (CONTACT, rows.contact),
                (PROJECT, rows.project),
                (EMPLOYEE, mapping.EMPLOYEES.build),
                ({"Id": "0d9f6b2e-8b7f-4c52-9f0a-2f4c1b7e6a90"}, lambda each: draft(each, "NOK")),
                (LEDGER_ROW, lambda each: cost(each) if is_cost(each) else None),
            ]
        )
    )
    members = st.sampled_from(sorted({*row, "SalesOrderLines", "TotalAmount", "Quantity"}))
    changed = dict(row) | data.draw(st.dictionaries(members, JSON, max_size=4))
    whole = data.draw(st.one_of(st.just(changed), JSON))
    items, problems = gather([parsed(whole)], build, title="Row", key="Id")
    assert len(items) + len(problems) == 1
    assert all(len(problem.error.what) < 400 for problem in problems)


LEDGER_ROW = {
    "Id": 476023749,
    "VoucherId": "4c2e9a71-6a0d-4f7b-9d2e-8f0a1b2c3d4e",
    "VoucherNo": 15602,
    "VoucherType": "IncomingInvoice",
    "ProjectCode": "1187",
    "Quantity": 40.0,
    "CurrencyAmount": 8000.0,
    "Amount": 8000.0,
    "CurrencyCode": "NOK",
    "VoucherDate": "2026-03-03",
}
