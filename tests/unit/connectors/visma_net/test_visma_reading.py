"""Registries read and looked up (VN-03, VN-06, VN-07, contract sections 4, 7, 9 and 10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from erp_server import EMPTY, Erp, page
from rows_of_visma import CONTACT, CUSTOMER, GUID, ITEM, PROJECT
from scripted import Reply, Request

from connectors.visma_net.adapter import VismaNetAdapter
from core.errors import BadDataError, BugError, TransientError
from core.records import Address, Customer, Product, ProductKind, Project, Registry

CUSTOMERS, CONTACTS, ITEMS, PROJECTS = "/v1/customer", "/v1/contact", "/v1/inventory", "/v1/project"


async def test_a_customer_is_read_with_its_term_in_days(erp: Erp, adapter: VismaNetAdapter) -> None:
    """VN-02, VN-06: the second and third line are one; OnHold is active; the link keeps the internal id."""
    erp.on("GET", CUSTOMERS, page([CUSTOMER, CUSTOMER | {"internalId": 2, "status": "OnHold"}]))
    read = await adapter.read(Registry.CUSTOMERS, None)
    first, second = read.items
    assert isinstance(first, Customer)
    assert (first.id, first.number, first.payment_term, first.active) == ("7312", "10047", 14, True)
    assert first.address == Address("Østre Strandgate 14", "Bygg B, 3. etasje", "6002", "Ålesund", "NO")
    assert (first.email, first.website) == ("post@sjovik.example", "https://sjovik.example")
    assert first.changed_at == datetime(2026, 3, 2, 10, 41, 7, 313000, UTC)
    assert getattr(second, "active") is True  # noqa: B009 - a customer's own


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("NonStockItem", ProductKind.PRODUCT),
        ("ServiceItem", ProductKind.PRODUCT),
        ("LaborItem", ProductKind.WORK_TYPE),
        ("ExpenseItem", ProductKind.TRAVEL_EXPENSE),
        ("FinishedGoodItem", None),
        ("ChargeItem", None),
    ],
)
async def test_the_type_of_an_item_says_its_registry(
    erp: Erp, adapter: VismaNetAdapter, kind: str, expected: ProductKind | None
) -> None:
    """VN-07: work types have no price; other types are left alone."""
    erp.on("GET", ITEMS, page([ITEM | {"type": kind}]))
    read = await adapter.read(Registry.PRODUCTS, None)
    assert read.problems == ()
    assert [getattr(item, "kind", None) for item in read.items] == ([] if expected is None else [expected])
    for item in read.items:
        assert isinstance(item, Product)
        assert item.unit_price == (None if expected is ProductKind.WORK_TYPE else Decimal("1450.0"))


@pytest.mark.parametrize(
    ("status", "active"),
    [("Active", True), ("NoPurchases", True), ("NoSales", False), ("MarkedForDeletion", False), ("Inactive", False)],
)
async def test_what_may_not_be_sold_is_inactive(erp: Erp, adapter: VismaNetAdapter, status: str, active: bool) -> None:
    erp.on("GET", ITEMS, page([ITEM | {"status": status}]))
    (item,) = (await adapter.read(Registry.PRODUCTS, None)).items
    assert isinstance(item, Product)
    assert item.active is active


@pytest.mark.parametrize(
    ("status", "activation", "active"),
    [
        ("Active", "after_create", True),
        ("OnHold", "after_create", True),
        ("Completed", "after_create", False),
        ("Cancelled", "after_create", False),
        ("Planned", "after_create", False),
        ("Planned", "never", True),
    ],
)
async def test_a_project_in_planning_is_not_active_unless_that_is_wanted(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter], status: str, activation: str, active: bool
) -> None:
    """VN-09."""
    erp.on("GET", PROJECTS, page([PROJECT | {"status": status}]))
    erp.on("GET", "/v1/customer/10047", Reply(200, CUSTOMER))
    (project,) = (await open_adapter(project_activation=activation).read(Registry.PROJECTS, None)).items
    assert isinstance(project, Project)
    assert (project.active, project.customer, project.start_date) == (active, "7312", date(2026, 3, 1))


async def test_templates_are_no_projects(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", PROJECTS, page([PROJECT | {"systemTemplate": True, "customer": None}]))
    assert (await adapter.read(Registry.PROJECTS, None)).items == ()


async def test_contacts_of_suppliers_are_left_alone(erp: Erp, adapter: VismaNetAdapter) -> None:
    """VN-06: a contact names a number only; each is asked for once."""
    rows = [CONTACT, CONTACT | {"contactId": 2}, CONTACT | {"contactId": 3, "businessAccount": "50012"}]
    erp.on("GET", CONTACTS, Reply(200, rows))
    erp.on("GET", "/v1/customer/10047", Reply(200, CUSTOMER))
    erp.on("GET", "/v1/customer/50012", Reply(404))
    read = await adapter.read(Registry.CONTACTS, None)
    assert [(item.id, getattr(item, "customer", None)) for item in read.items] == [("15390", "7312"), ("2", "7312")]
    assert len(erp.story) == 3
    await adapter.read(Registry.CONTACTS, None)
    assert len(erp.story) == 4


# paging and time ------------------------------------------------------------------------------------------------


async def test_pages_are_as_large_as_the_service_allows(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 4: too large a page is silently cut, so the rows say how many there are."""

    def cut(request: Request) -> Reply:
        number = int(request.query["pageNumber"][0])
        rows = [ITEM | {"inventoryId": n, "inventoryNumber": f"V{n}"} for n in range(1, 8)][2 * number - 2 : 2 * number]
        return page(rows, total=7, largest=2)

    erp.on("GET", ITEMS, cut)
    read = await adapter.read(Registry.PRODUCTS, None)
    assert [item.id for item in read.items] == [str(n) for n in range(1, 8)]
    assert len(erp.calls("GET", ITEMS)) == 4
    assert {request.query["pageSize"][0] for request in erp.calls("GET", ITEMS)} == {"500"}


async def test_a_row_that_moved_between_pages_comes_once(erp: Erp, adapter: VismaNetAdapter) -> None:
    other = ITEM | {"inventoryId": 2, "inventoryNumber": "B"}
    erp.on(
        "GET", ITEMS, page([ITEM, other], total=3, largest=2), page([other | {"description": "Ny"}], total=3, largest=2)
    )
    read = await adapter.read(Registry.PRODUCTS, None)
    assert [(item.id, getattr(item, "name", None)) for item in read.items][-1] == ("2", "Ny")
    assert len(read.items) == 2


async def test_a_list_that_does_not_end_is_told(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", ITEMS, page([ITEM], total=10_000, largest=1))
    with pytest.raises(TransientError, match="does not end"):
        await adapter.read(Registry.PRODUCTS, None)


async def test_changes_are_asked_for_in_the_vendor_s_own_times(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter]
) -> None:
    """Section 7: no offset, to the millisecond, inclusive; where it goes on is the latest time that came."""
    since = datetime(2026, 3, 2, 9, 41, 7, 313000, UTC)
    erp.on(
        "GET", CUSTOMERS, page([CUSTOMER, CUSTOMER | {"internalId": 2, "lastModifiedDateTime": "2026-03-02T12:00:00"}])
    )
    read = await open_adapter(stamp_zone="Europe/Oslo").read(Registry.CUSTOMERS, since)
    query = erp.only("GET", CUSTOMERS).query
    assert query["lastModifiedDateTime"] == ["2026-03-02T10:41:07.313"]
    assert query["lastModifiedDateTimeCondition"] == [">="]
    assert read.started == datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    assert not read.full


async def test_a_quiet_read_goes_on_where_it_began_and_a_time_from_the_future_does_not_count(
    erp: Erp, adapter: VismaNetAdapter
) -> None:
    """Section 7: our clock never decides; nor does a row that nobody can have changed yet."""
    since = datetime(2026, 3, 2, 9, 41, tzinfo=UTC)
    erp.on("GET", CUSTOMERS, EMPTY)
    assert (await adapter.read(Registry.CUSTOMERS, since)).started == since
    erp.on("GET", CUSTOMERS, page([CUSTOMER | {"lastModifiedDateTime": "9999-12-31T00:00:00"}]))
    assert (await adapter.read(Registry.CUSTOMERS, since)).started == since


# looking up -----------------------------------------------------------------------------------------------------


async def test_a_code_is_asked_for_by_its_path_and_one_that_would_break_it_by_the_list(
    erp: Erp, adapter: VismaNetAdapter
) -> None:
    erp.on("GET", "/v1/inventory/RÅD-10", Reply(200, ITEM))
    erp.on("GET", ITEMS, page([ITEM | {"inventoryId": 9, "inventoryNumber": "A/B"}]))
    found = await adapter.find(Registry.PRODUCTS, ["RÅD-10", "A/B"])
    assert sorted(item.id for item in found.items) == ["10233", "9"]
    assert erp.only("GET", "/v1/inventory/RÅD-10").target == "/v1/inventory/R%C3%85D-10"


async def test_customers_are_found_by_name(erp: Erp, adapter: VismaNetAdapter) -> None:
    """VN-03: they are matched by it before they share a number."""
    erp.on("GET", CUSTOMERS, page([CUSTOMER]))
    found = await adapter.find_by_name(Registry.CUSTOMERS, ["Sjøvik & Ålgård Rådgivning AS"])
    assert [item.id for item in found.items] == ["7312"]
    assert erp.only("GET", CUSTOMERS).query["name"] == ["Sjøvik & Ålgård Rådgivning AS"]


NOTE = "/v1/customer/10047/note"


@pytest.mark.parametrize(
    ("note", "vat_number", "found"),
    [
        (f"severa:customer:{GUID}#1", None, True),
        (f"Ring først. severa:customer:{GUID}#1", "other", True),
        ("severa:customer:11111111-8f0b-4f0b-a0f3-6a4b5f1b7c21#1", "NO900000017MVA", False),
        (None, "NO900000017MVA", True),
        (None, "NO911111111MVA", False),
        (None, None, False),
    ],
)
async def test_a_customer_that_we_made_is_found_by_its_note_else_by_its_vat_number(
    erp: Erp, adapter: VismaNetAdapter, note: str | None, vat_number: str | None, found: bool
) -> None:
    """Section 9."""
    erp.on("GET", CUSTOMERS, page([CUSTOMER]))
    erp.on("GET", NOTE, Reply(200, {"note": note}))
    values = {"name": "Sjøvik & Ålgård Rådgivning AS", "vat_number": vat_number}
    record = await adapter.find_by_reference(Registry.CUSTOMERS, GUID, values)
    assert (record is not None) is found


async def test_two_that_could_be_ours_are_for_a_person(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", CUSTOMERS, page([CUSTOMER, CUSTOMER | {"internalId": 2, "number": "10048"}]))
    for number in ("10047", "10048"):
        erp.on("GET", f"/v1/customer/{number}/note", Reply(200, {"note": f"severa:customer:{GUID}#1"}))
    with pytest.raises(BadDataError, match=r"2 in Visma\.net"):
        await adapter.find_by_reference(Registry.CUSTOMERS, GUID, {"name": "Sjøvik & Ålgård Rådgivning AS"})


async def test_a_contact_that_we_made_is_found_among_its_customer_s(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", "/v1/customer/internal/7312", Reply(200, CUSTOMER))
    erp.on("GET", "/v1/customer/10047/contact", Reply(200, [CONTACT, CONTACT | {"contactId": 2, "email": None}]))
    values = {"customer": "7312", "first_name": "Bjørn", "last_name": "Ødegård", "email": None}
    record = await adapter.find_by_reference(Registry.CONTACTS, GUID, values)
    assert record is not None
    assert record.id == "2"


async def test_what_visma_net_does_not_keep_is_nobody_s_to_ask(adapter: VismaNetAdapter) -> None:
    with pytest.raises(BugError):
        await adapter.read(Registry.USERS, None)
