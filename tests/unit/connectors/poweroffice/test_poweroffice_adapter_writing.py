"""The other registries written and looked up (PO-07 to PO-12, contract sections 5, 6 and 8)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from go_server import EMPTY, Asked, Go, Reply, refusal
from rows_of_go import CONTACT, CUSTOMER, DEPARTMENT, EMPLOYEE, GROUP, PRODUCT, PROJECT

from connectors.poweroffice.adapter import PowerOfficeAdapter
from core.errors import BadDataError, BugError, GoneError, MissingDependencyError
from core.records import Address, ProductKind, ProductType, Registry

GUID = "a9d3c5b4-0f1e-4d2a-b6c7-8e9f00112233"
ADDRESS = Address(line1="Gata 1", postal_code="7010", city="Trondheim", country="NO")
WIRE_ADDRESS = {"AddressLine1": "Gata 1", "ZipCode": "7010", "City": "Trondheim", "CountryCode": "NO"}

CREATES: dict[Registry, tuple[str, dict[str, Any], dict[str, Any], Reply]] = {
    Registry.BUSINESS_UNITS: (
        "/v2/Departments",
        {"code": "20", "name": "Trondheim", "active": True},
        {"Code": "20", "Name": "Trondheim", "IsActive": True},
        Reply(201, DEPARTMENT),
    ),
    Registry.USERS: (
        "/v2/Employees",
        {
            "code": "114",
            "first_name": "Bjørn",
            "last_name": "Håkonsen",
            "email": None,
            "phone": "+4790000000",
            "business_unit": "20",
            "superior": "15",
            "address": ADDRESS,
            "active": True,
        },
        {
            "Number": 114,
            "FirstName": "Bjørn",
            "LastName": "Håkonsen",
            "PhoneNumber": "+4790000000",
            "DepartmentId": 20,
            "ManagerEmployeeId": 15,
            "MailAddress": WIRE_ADDRESS,
            "IsArchived": False,
            "ExternalImportReference": GUID,
        },
        Reply(201, EMPLOYEE),
    ),
    Registry.CONTACTS: (
        "/v2/ContactPersons/418207",
        {
            "code": GUID,
            "customer": "418207",
            "first_name": "Åse Märta",
            "last_name": "Kjærstad",
            "email": "ase@blafjell.example",
            "phone": None,
            "title": "Økonomisjef",
            "active": True,
            "address": ADDRESS,
        },
        {
            "ExternalCode": GUID,
            "FirstName": "Åse Märta",
            "LastName": "Kjærstad",
            "EmailAddress": "ase@blafjell.example",
            "Title": "Økonomisjef",
            "IsActive": True,
            "MailAddress": WIRE_ADDRESS,
        },
        Reply(201, CONTACT),
    ),
    Registry.PRODUCT_CATEGORIES: (
        "/v2/ProductGroups",
        {"code": "TJ", "name": "Tjenester", "active": True},
        {"Code": "TJ", "Name": "Tjenester", "IsArchived": False},
        Reply(201, GROUP),
    ),
    Registry.PRODUCTS: (
        "/v2/Products",
        {
            "code": "KONS01",
            "name": "Rådgivning",
            "kind": ProductKind.WORK_TYPE,
            "type": ProductType.SERVICE,
            "category": "812",
            "description": None,
            "unit_price": Decimal("1450.50"),
            "unit": "Timer",
            "active": True,
        },
        {
            "Code": "KONS01",
            "Name": "Rådgivning",
            "ProductType": "Service",
            "ProductGroupId": 812,
            "UnitPrice": 1450.5,
            "UnitOfMeasureCode": "HUR",
            "IsArchived": False,
        },
        Reply(200, PRODUCT),
    ),
    Registry.PROJECTS: (
        "/v2/Projects",
        {
            "number": "1187",
            "name": "Varmepumper",
            "customer": "418207",
            "active": True,
            "internal": False,
            "start_date": date(2026, 2, 1),
            "end_date": None,
            "business_unit": "20",
            "owner": "14",
            "order_number": "PO-7741",
            "joinable": True,
            "contact": "418207/660184",
        },
        {
            "Code": "1187",
            "Name": "Varmepumper",
            "CustomerId": 418207,
            "IsActive": True,
            "IsInternal": False,
            "StartDate": "2026-02-01",
            "DepartmentId": 20,
            "ProjectManagerEmployeeId": 14,
            "PurchaseOrderNo": "PO-7741",
            "AllowAllEmployees": True,
            "ContactPersonId": 660184,
            "ProjectStatus": "Active",
        },
        Reply(201, PROJECT),
    ),
}


@pytest.mark.parametrize("registry", list(CREATES))
async def test_a_new_item_goes_out_by_the_field_table(go: Go, adapter: PowerOfficeAdapter, registry: Registry) -> None:
    """PO-07, PO-08, PO-10, PO-11, PO-12."""
    path, values, body, reply = CREATES[registry]
    go.on("POST", path, reply)
    written = await adapter.create(registry, values, GUID)
    assert go.only("POST", path).json == body
    assert written.missing == frozenset()
    assert written.record.registry is registry
    assert go.story == [f"POST {path}"]


async def test_an_empty_unit_or_one_without_code_is_left_out(go: Go, adapter: PowerOfficeAdapter) -> None:
    path, values, _, reply = CREATES[Registry.PRODUCTS]
    go.on("POST", path, reply)
    for unit in (None, "esker"):
        await adapter.create(Registry.PRODUCTS, values | {"unit": unit}, GUID)
    assert ["UnitOfMeasureCode" in asked.json for asked in go.calls("POST", path)] == [False, False]


async def test_units_of_the_tenant_s_own_are_known(go: Go, open_adapter: Callable[..., PowerOfficeAdapter]) -> None:
    path, values, _, reply = CREATES[Registry.PRODUCTS]
    go.on("POST", path, reply)
    await open_adapter(units={"Eske": "BX"}).create(Registry.PRODUCTS, values | {"unit": "eske"}, GUID)
    assert go.only("POST", path).json["UnitOfMeasureCode"] == "BX"


@pytest.mark.parametrize(
    ("registry", "wrong", "word"),
    [
        (Registry.USERS, {"code": "EXT-1"}, "whole number"),
        (Registry.USERS, {"first_name": None}, "FirstName"),
        (Registry.CONTACTS, {"last_name": None}, "LastName"),
        (Registry.CONTACTS, {"customer": None}, "no customer"),
        (Registry.PROJECTS, {"number": "1187.1"}, "dot"),
    ],
)
async def test_what_poweroffice_would_refuse_is_bad_data_before_the_call(
    go: Go, adapter: PowerOfficeAdapter, registry: Registry, wrong: dict[str, Any], word: str
) -> None:
    """PO-07, PO-11, PO-12."""
    with pytest.raises(BadDataError) as caught:
        await adapter.create(registry, CREATES[registry][1] | wrong, GUID)
    assert word.casefold() in str(caught.value).casefold()
    assert go.asked == []


async def test_a_contact_of_another_customer_is_left_off_the_project(go: Go, adapter: PowerOfficeAdapter) -> None:
    path, values, _, reply = CREATES[Registry.PROJECTS]
    go.on("POST", path, reply)
    written = await adapter.create(Registry.PROJECTS, values | {"contact": "9/660184"}, GUID)
    assert "ContactPersonId" not in go.only("POST", path).json
    assert written.missing == {"contact"}


async def test_a_reference_that_is_not_there_is_a_missing_dependency(go: Go, adapter: PowerOfficeAdapter) -> None:
    path, values, _, _ = CREATES[Registry.USERS]
    go.on("POST", path, refusal(404, "Department with id = '20' not found."))
    with pytest.raises(MissingDependencyError) as caught:
        await adapter.create(Registry.USERS, values, GUID)
    assert caught.value.needs == "business_units:20"


UPDATES: dict[Registry, tuple[str, str, dict[str, Any], list[tuple[Any, ...]], Any]] = {
    Registry.BUSINESS_UNITS: (
        "20",
        "/v2/Departments/20",
        {"name": "Oslo", "active": False},
        [("replace", "/Name", "Oslo"), ("replace", "/IsActive", False)],
        DEPARTMENT,
    ),
    Registry.USERS: (
        "14",
        "/v2/Employees/14",
        {"superior": None, "business_unit": "21"},
        [("replace", "/DepartmentId", 21), ("remove", "/ManagerEmployeeId")],
        EMPLOYEE,
    ),
    Registry.CONTACTS: (
        "418207/660184",
        "/v2/ContactPersons/418207/660184",
        {"customer": "418207", "title": None, "active": False},
        [("remove", "/Title"), ("replace", "/IsActive", False)],
        CONTACT,
    ),
    Registry.PRODUCT_CATEGORIES: (
        "812",
        "/v2/ProductGroups/812",
        {"active": False},
        [("replace", "/IsArchived", True)],
        GROUP,
    ),
    Registry.PRODUCTS: (
        "55012",
        "/v2/Products/55012",
        {"unit": "km", "unit_price": None, "category": "813"},
        [("replace", "/ProductGroupId", 813), ("remove", "/UnitPrice"), ("replace", "/UnitOfMeasureCode", "KMT")],
        PRODUCT,
    ),
    Registry.PROJECTS: (
        "30118",
        "/v2/Projects/30118",
        {"active": False, "end_date": date(2026, 12, 31), "contact": "418207/660185"},
        [
            ("replace", "/IsActive", False),
            ("replace", "/EndDate", "2026-12-31"),
            ("replace", "/ContactPersonId", 660185),
        ],
        PROJECT,
    ),
}


def operations(asked: Asked) -> list[tuple[Any, ...]]:
    return [(each["op"], each["path"], *([each["value"]] if "value" in each else [])) for each in asked.json]


@pytest.mark.parametrize("registry", list(UPDATES))
async def test_a_change_is_one_patch_in_ids(go: Go, adapter: PowerOfficeAdapter, registry: Registry) -> None:
    record_id, path, changes, patch, row = UPDATES[registry]
    go.on("PATCH", path, Reply(200, row))
    written = await adapter.update(registry, record_id, changes)
    assert operations(go.only("PATCH", path)) == patch
    assert written.record.id == record_id
    assert go.story == [f"PATCH {path}"]


async def test_a_patch_answered_without_the_object_is_followed_by_a_read(go: Go, adapter: PowerOfficeAdapter) -> None:
    """The specification names no body for projects and departments."""
    go.on("PATCH", "/v2/Projects/30118", Reply(200))
    go.on("GET", "/v2/Projects/30118", Reply(200, PROJECT))
    written = await adapter.update(Registry.PROJECTS, "30118", {"name": "Nytt"})
    assert written.record.id == "30118"


async def test_a_unit_without_code_alone_writes_nothing(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", "/v2/Products/55012", Reply(200, PRODUCT))
    written = await adapter.update(Registry.PRODUCTS, "55012", {"unit": "esker"})
    assert go.story == ["GET /v2/Products/55012"]
    assert written.missing == frozenset()


async def test_a_contact_without_a_customer_says_why_and_what_to_do(adapter: PowerOfficeAdapter) -> None:
    """PO-07, law 4."""
    with pytest.raises(BadDataError, match="has no customer in PowerOffice") as raised:
        await adapter.create(Registry.CONTACTS, {"first_name": "Kari", "last_name": "Moe", "customer": None}, GUID)
    assert "under their customer" in raised.value.why
    assert "Choose a customer" in raised.value.todo


async def test_a_contact_cannot_move_to_another_customer(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", "/v2/ContactPersons/418207/660184", Reply(200, CONTACT))
    written = await adapter.update(Registry.CONTACTS, "418207/660184", {"customer": "9"})
    assert written.missing == {"customer"}


@pytest.mark.parametrize(("held", "first"), [(None, "add"), (WIRE_ADDRESS, "replace")])
async def test_a_contact_address_is_added_or_changed(
    go: Go, adapter: PowerOfficeAdapter, held: Any, first: str
) -> None:
    """PO-07."""
    path = "/v2/ContactPersons/418207/660184"
    go.on("GET", path, Reply(200, CONTACT | {"MailAddress": held}))
    go.on("PATCH", path, Reply(200, CONTACT))
    await adapter.update(Registry.CONTACTS, "418207/660184", {"address": ADDRESS})
    assert operations(go.only("PATCH", path))[0][0] == first


async def test_an_item_that_was_deleted_is_gone(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("PATCH", "/v2/Projects/30118", refusal(404, "Project with id = 30118 not found."))
    go.on("GET", "/v2/Employees/14", Reply(404))
    with pytest.raises(GoneError):
        await adapter.update(Registry.PROJECTS, "30118", {"name": "x"})
    with pytest.raises(GoneError):
        await adapter.update(Registry.USERS, "14", {"address": ADDRESS})
    assert await adapter.get(Registry.USERS, "14") is None


async def test_a_patch_that_refers_to_something_missing_waits_for_it(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("PATCH", "/v2/Projects/30118", refusal(404, "Department with id = 77 not found."))
    with pytest.raises(MissingDependencyError) as caught:
        await adapter.update(Registry.PROJECTS, "30118", {"business_unit": "77"})
    assert caught.value.needs == "business_units:77"


async def test_items_are_found_by_their_codes_in_one_call(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", "/v2/Products", Reply(200, [PRODUCT, PRODUCT | {"Id": 2, "Code": "KONS02"}]))
    found = await adapter.find(Registry.PRODUCTS, ["KONS01", " kons02 ", "KONS01", ""])
    assert [item.key for item in found.items] == ["KONS01", "KONS02"]
    assert go.only("GET", "/v2/Products").query["codes"] == "KONS01,kons02"
    assert not found.full


@pytest.mark.parametrize("code", ["KONS-01", "A,B"])
async def test_codes_that_the_filter_cannot_take_are_matched_here(
    go: Go, adapter: PowerOfficeAdapter, code: str
) -> None:
    go.on(
        "GET", "/v2/Products", Reply(200, [PRODUCT | {"Code": code}, PRODUCT | {"Id": 2}, {"Id": 3, "Code": "other"}])
    )
    found = await adapter.find(Registry.PRODUCTS, [code])
    assert [item.key for item in found.items] == [code]
    assert found.problems == ()
    assert "codes" not in go.only("GET", "/v2/Products").query


async def test_a_broken_row_that_was_looked_for_is_a_problem(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", "/v2/Products", Reply(200, [PRODUCT | {"Code": "KONS-01", "UnitPrice": "much"}]))
    found = await adapter.find(Registry.PRODUCTS, ["KONS-01"])
    assert len(found.problems) == 1
    with pytest.raises(BadDataError):
        await adapter.find_by_reference(Registry.PRODUCTS, GUID, {"code": "KONS-01"})


async def test_numbers_that_are_none_are_not_asked_for(go: Go, adapter: PowerOfficeAdapter) -> None:
    found = await adapter.find(Registry.CUSTOMERS, ["", "A-1", "1" * 30])
    assert found.items == ()
    assert go.asked == []


async def test_many_keys_are_asked_for_in_several_calls(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", "/v2/Customers", EMPTY)
    await adapter.find(Registry.CUSTOMERS, [str(number) for number in range(10000, 10250)])
    assert [len(asked.query["customerNos"].split(",")) for asked in go.calls("GET", "/v2/Customers")] == [100, 100, 50]


async def test_contacts_are_found_by_their_guid(go: Go, adapter: PowerOfficeAdapter) -> None:
    """PO-07."""
    go.on("GET", "/v2/ContactPersons", Reply(200, [CONTACT]))
    assert len((await adapter.find(Registry.CONTACTS, [GUID])).items) == 1
    found = await adapter.find_by_reference(Registry.CONTACTS, GUID, {})
    assert found is not None
    assert {asked.query["externalCodes"] for asked in go.calls("GET", "/v2/ContactPersons")} == {GUID}


async def test_several_that_could_be_ours_are_bad_data(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", "/v2/Departments", Reply(200, [DEPARTMENT, DEPARTMENT | {"Id": 21}]))
    with pytest.raises(BadDataError, match="2 in PowerOffice"):
        await adapter.find_by_reference(Registry.BUSINESS_UNITS, GUID, {"code": "20"})


async def test_what_was_never_made_is_not_found(go: Go, adapter: PowerOfficeAdapter) -> None:
    for path in ("/v2/Departments", "/v2/Employees", "/v2/ContactPersons"):
        go.on("GET", path, EMPTY)
    assert await adapter.find_by_reference(Registry.BUSINESS_UNITS, GUID, {"code": "20"}) is None
    assert await adapter.find_by_reference(Registry.BUSINESS_UNITS, GUID, {"code": None}) is None
    assert await adapter.find_by_reference(Registry.USERS, GUID, {"code": "114"}) is None
    assert await adapter.find_by_reference(Registry.CONTACTS, GUID, {"code": GUID}) is None


async def test_the_contacts_of_a_customer(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", "/v2/ContactPersons", Reply(200, [CONTACT]))
    found = await adapter.children(Registry.CONTACTS, "418207")
    assert [item.id for item in found.items] == ["418207/660184"]
    assert go.only("GET", "/v2/ContactPersons").query["contactIds"] == "418207"
    with pytest.raises(BugError):
        await adapter.children(Registry.PROJECTS, "418207")


async def test_one_item_by_its_id(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", "/v2/Customers/418207", Reply(200, CUSTOMER))
    go.on("GET", "/v2/ContactPersons/418207/660184", Reply(200, CONTACT))
    customer = await adapter.get(Registry.CUSTOMERS, "418207")
    contact = await adapter.get(Registry.CONTACTS, "418207/660184")
    assert customer is not None
    assert contact is not None
    assert await adapter.get(Registry.CONTACTS, "660184") is None


async def test_our_reference_is_written_onto_a_linked_contact_in_one_call(go: Go, adapter: PowerOfficeAdapter) -> None:
    """PO-07: whoever links has just read that none stands there."""
    path = "/v2/ContactPersons/418207/660184"
    go.on("PATCH", path, Reply(200, CONTACT))
    await adapter.set_reference(Registry.CONTACTS, "418207/660184", GUID)
    assert go.story == [f"PATCH {path}"]
    assert json.loads(go.only("PATCH", path).body) == [{"op": "replace", "path": "/ExternalCode", "value": GUID}]
