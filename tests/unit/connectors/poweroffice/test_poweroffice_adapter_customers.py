"""Customers written: body, delivery address, payment term, way of delivery (PO-03 to PO-06)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from go_server import EMPTY, Asked, Go, Reply, refusal
from rows_of_go import CUSTOMER, TERMS

from connectors.poweroffice.adapter import PowerOfficeAdapter
from core.errors import (
    AlreadyExistsError,
    BadDataError,
    GoneError,
    MissingDependencyError,
    OutcomeUnknownError,
    SyncError,
)
from core.records import Address, Registry

GUID = "e0a4d7f2-91c6-4b7e-8a15-5c3f0c9b2d84"
ADDRESS_GUID = "0b9f7d0a-7f1e-4a57-9d0c-4c1c1f6a2b33"
ADDRESS = Address(line1="Västra Hamngatan 12", line2="Plan 3", postal_code="411 17", city="Göteborg", country="SE")
WIRE_ADDRESS = {
    "AddressLine1": "Västra Hamngatan 12",
    "AddressLine2": "Plan 3",
    "ZipCode": "411 17",
    "City": "Göteborg",
    "CountryCode": "SE",
}
VALUES: dict[str, Any] = {
    "number": "10057",
    "name": "Sjöberg & Åkesson Teknik AB",
    "vat_number": "556123-4567",
    "email": "info@sjobergakesson.example",
    "active": True,
    "address": ADDRESS,
    "address_id": ADDRESS_GUID,
    "currency": "SEK",
    "is_person": False,
    "payment_term": 30,
    "website": None,
    "internal": False,
}
LIST, ITEM = "/v2/Customers", "/v2/Customers/418207"
DELIVERY, DELIVERIES = "/v2/ContactDeliveryAddresses/418207", "/v2/ContactDeliveryAddresses"
HELD = {"Id": 884410, "ContactId": 418207, "ExternalCode": ADDRESS_GUID.upper(), **WIRE_ADDRESS}


@pytest.fixture
def ready(go: Go) -> Go:
    go.on("GET", "/v2/PaymentTerms", Reply(200, TERMS))
    go.on("POST", LIST, Reply(201, CUSTOMER))
    go.on("POST", DELIVERY, Reply(201, HELD))
    go.on("GET", ITEM, Reply(200, CUSTOMER))
    go.on("PATCH", ITEM, Reply(200, CUSTOMER))
    go.on("GET", DELIVERIES, Reply(200, [HELD]))
    return go


def operations(asked: Asked) -> list[tuple[Any, ...]]:
    return [(each["op"], each["path"], *([each["value"]] if "value" in each else [])) for each in asked.json]


async def test_a_customer_goes_out_with_all_its_fields(ready: Go, adapter: PowerOfficeAdapter) -> None:
    """PO-03, PO-06: mail address and delivery address are Severa's headquarter address."""
    written = await adapter.create(Registry.CUSTOMERS, VALUES, GUID)
    assert ready.only("POST", LIST).json == {
        "Number": 10057,
        "Name": "Sjöberg & Åkesson Teknik AB",
        "OrganizationNumber": "556123-4567",
        "EmailAddress": "info@sjobergakesson.example",
        "InvoiceDeliveryType": "PdfByEmail",
        "IsArchived": False,
        "IsPerson": False,
        "CurrencyCode": "SEK",
        "PaymentTerm": 30,
        "ExternalImportReference": GUID,
        "MailAddress": WIRE_ADDRESS,
    }
    assert ready.only("POST", DELIVERY).json == WIRE_ADDRESS | {"ExternalCode": ADDRESS_GUID}
    assert written.record.id == "418207"
    assert written.missing == frozenset()
    assert written.error is None


@pytest.mark.parametrize(("email", "expected"), [("a@b.example", "PdfByEmail"), (None, "Print")])
async def test_the_way_of_delivery_follows_the_e_mail_address(
    ready: Go, adapter: PowerOfficeAdapter, email: str | None, expected: str
) -> None:
    """PO-06."""
    await adapter.create(Registry.CUSTOMERS, VALUES | {"email": email}, GUID)
    assert ready.only("POST", LIST).json["InvoiceDeliveryType"] == expected


async def test_a_person_goes_with_first_and_last_name(ready: Go, adapter: PowerOfficeAdapter) -> None:
    values = VALUES | {"name": "Kari Anne Nordmann", "is_person": True}
    await adapter.create(Registry.CUSTOMERS, values, GUID)
    body = ready.only("POST", LIST).json
    assert (body["IsPerson"], body["FirstName"], body["LastName"]) == (True, "Kari Anne", "Nordmann")


async def test_a_person_of_one_name_is_bad_data_before_anything_is_sent(ready: Go, adapter: PowerOfficeAdapter) -> None:
    with pytest.raises(BadDataError, match="first and a last name"):
        await adapter.create(Registry.CUSTOMERS, VALUES | {"name": "Kari", "is_person": True}, GUID)
    assert ready.story == []


async def test_a_number_that_is_no_number_is_bad_data_before_anything_is_sent(
    ready: Go, adapter: PowerOfficeAdapter
) -> None:
    with pytest.raises(BadDataError, match="number"):
        await adapter.create(Registry.CUSTOMERS, VALUES | {"number": "A-17"}, GUID)
    assert ready.story == []


@pytest.mark.parametrize("gap", [{"city": None}, {"postal_code": None}, {"country": None}])
async def test_an_incomplete_address_is_left_out_and_reported(
    ready: Go, adapter: PowerOfficeAdapter, gap: dict[str, None]
) -> None:
    values = VALUES | {"address": replace(ADDRESS, **gap)}
    written = await adapter.create(Registry.CUSTOMERS, values, GUID)
    assert "MailAddress" not in ready.only("POST", LIST).json
    assert ready.calls("POST", DELIVERY) == []
    assert written.missing == {"address"}
    assert isinstance(written.error, BadDataError)


@pytest.mark.parametrize("days", [45, 21], ids=["inactive term", "no such term"])
async def test_a_payment_term_that_is_not_there_is_left_out_and_reported(
    ready: Go, adapter: PowerOfficeAdapter, days: int
) -> None:
    written = await adapter.create(Registry.CUSTOMERS, VALUES | {"payment_term": days}, GUID)
    assert "PaymentTerm" not in ready.only("POST", LIST).json
    assert written.missing == {"payment_term"}
    assert isinstance(written.error, MissingDependencyError)
    assert written.error.needs == f"payment_terms:{days}"


async def test_payment_terms_are_read_once(ready: Go, adapter: PowerOfficeAdapter) -> None:
    for _ in range(3):
        await adapter.create(Registry.CUSTOMERS, VALUES, GUID)
    assert len(ready.calls("GET", "/v2/PaymentTerms")) == 1


@pytest.mark.parametrize("answer", [Reply(500), Reply(cut=True), refusal(400, "City is too long")])
async def test_a_delivery_address_that_fails_is_reported_and_the_customer_stands(
    ready: Go, adapter: PowerOfficeAdapter, answer: Reply
) -> None:
    ready.on("POST", DELIVERY, answer)
    written = await adapter.create(Registry.CUSTOMERS, VALUES, GUID)
    assert written.record.id == "418207"
    assert written.missing == {"address"}
    assert isinstance(written.error, SyncError)
    assert len(ready.calls("POST", DELIVERY)) == 1


async def test_an_address_without_id_is_reported(ready: Go, adapter: PowerOfficeAdapter) -> None:
    values = {name: value for name, value in VALUES.items() if name != "address_id"}
    written = await adapter.create(Registry.CUSTOMERS, values, GUID)
    assert written.missing == {"address"}
    assert ready.calls("POST", DELIVERY) == []


async def test_a_reference_in_use_names_its_owner(ready: Go, adapter: PowerOfficeAdapter) -> None:
    detail = f"ExternalImportReference is already in use. '{GUID}' is used on (contact) Id = 4711."
    ready.on("POST", LIST, refusal(400, detail))
    with pytest.raises(AlreadyExistsError) as caught:
        await adapter.create(Registry.CUSTOMERS, VALUES, GUID)
    assert caught.value.owner_id == "4711"


@pytest.mark.parametrize(
    "answer",
    [
        Reply(cut=True),
        Reply(502),
        Reply(201, b"{broken"),
        Reply(201),
        Reply(201, []),
        Reply(201, CUSTOMER | {"Id": "x y", "Name": 7}),
    ],
)
async def test_a_create_without_readable_answer_is_never_repeated(
    ready: Go, adapter: PowerOfficeAdapter, answer: Reply
) -> None:
    """Law 1."""
    ready.on("POST", LIST, answer)
    with pytest.raises(OutcomeUnknownError):
        await adapter.create(Registry.CUSTOMERS, VALUES, GUID)
    assert len(ready.calls("POST", LIST)) == 1


async def test_what_an_earlier_create_made_is_found_by_our_reference(ready: Go, adapter: PowerOfficeAdapter) -> None:
    ready.on("GET", LIST, Reply(200, [CUSTOMER | {"ExternalImportReference": GUID}]))
    found = await adapter.find_by_reference(Registry.CUSTOMERS, GUID, VALUES)
    assert found is not None
    assert ready.only("GET", LIST).query["externalImportReference"] == GUID


@pytest.mark.parametrize("reference", [None, "5f0c0000-0000-4000-8000-000000000000"])
async def test_a_number_held_by_another_reference_is_not_ours(
    ready: Go, adapter: PowerOfficeAdapter, reference: str | None
) -> None:
    row = CUSTOMER | {"Number": 10057, "ExternalImportReference": reference}
    ready.on("GET", LIST, lambda asked: Reply(200, [row]) if "customerNos" in asked.query else EMPTY)
    if reference is None:
        found = await adapter.find_by_reference(Registry.CUSTOMERS, GUID, VALUES)
        assert found is not None
        return
    with pytest.raises(BadDataError, match="another reference"):
        await adapter.find_by_reference(Registry.CUSTOMERS, GUID, VALUES)


async def test_an_update_writes_absolute_values_and_clears_with_remove(ready: Go, adapter: PowerOfficeAdapter) -> None:
    changes = {"website": None, "vat_number": "NO912345670MVA", "payment_term": 30, "active": False}
    await adapter.update(Registry.CUSTOMERS, "418207", changes)
    asked = ready.only("PATCH", ITEM)
    assert asked.headers["content-type"] == "application/json-patch+json"
    assert sorted(operations(asked), key=str) == [
        ("remove", "/WebsiteUrl"),
        ("replace", "/IsArchived", True),
        ("replace", "/OrganizationNumber", "NO912345670MVA"),
        ("replace", "/PaymentTermId", 3302),
    ]
    assert asked.json[-1]["path"] == "/IsArchived"
    assert ready.calls("GET", ITEM) == []


@pytest.mark.parametrize(
    ("held", "email", "expected"),
    [
        ("PdfByEmail", None, "Print"),
        ("Print", "a@b.example", "PdfByEmail"),
        (None, "a@b.example", "PdfByEmail"),
        ("EHF", "a@b.example", None),
        ("AvtaleGiro", None, None),
        ("Efaktura", None, None),
        ("External", None, None),
        ("Factoring", None, None),
        ("SomethingNew", None, None),
    ],
)
async def test_ways_of_delivery_set_in_poweroffice_are_kept(
    ready: Go, adapter: PowerOfficeAdapter, held: str | None, email: str | None, expected: str | None
) -> None:
    """PO-06: the e-mail address comes first in the patch."""
    ready.on("GET", ITEM, Reply(200, CUSTOMER | {"InvoiceDeliveryType": held}))
    await adapter.update(Registry.CUSTOMERS, "418207", {"email": email})
    written = operations(ready.only("PATCH", ITEM))
    assert written[0][1] == "/EmailAddress"
    assert [each[2] for each in written if each[1] == "/InvoiceDeliveryType"] == ([expected] if expected else [])


async def test_a_changed_address_goes_to_both_places(ready: Go, adapter: PowerOfficeAdapter) -> None:
    """PO-06: the delivery address is found by the guid of Severa's address, whatever its case."""
    ready.on("GET", DELIVERIES, Reply(200, [HELD | {"City": "Mölndal", "AddressLine2": None}]))
    ready.on("PATCH", f"{DELIVERY}/884410", Reply(200, HELD))
    changes = {"address": replace(ADDRESS, line2=None), "address_id": ADDRESS_GUID}
    written = await adapter.update(Registry.CUSTOMERS, "418207", changes)
    assert operations(ready.only("PATCH", ITEM)) == [
        ("replace", "/MailAddress/AddressLine1", "Västra Hamngatan 12"),
        ("remove", "/MailAddress/AddressLine2"),
        ("replace", "/MailAddress/ZipCode", "411 17"),
        ("replace", "/MailAddress/City", "Göteborg"),
        ("replace", "/MailAddress/CountryCode", "SE"),
    ]
    assert ready.only("GET", DELIVERIES).query["externalCodes"] == ADDRESS_GUID
    assert operations(ready.only("PATCH", f"{DELIVERY}/884410")) == [("replace", "/City", "Göteborg")]
    assert written.missing == frozenset()


async def test_a_mail_address_that_is_not_there_yet_is_added_whole(ready: Go, adapter: PowerOfficeAdapter) -> None:
    ready.on("GET", ITEM, Reply(200, CUSTOMER | {"MailAddress": None}))
    await adapter.update(Registry.CUSTOMERS, "418207", {"address": ADDRESS, "address_id": ADDRESS_GUID})
    assert operations(ready.only("PATCH", ITEM)) == [("add", "/MailAddress", WIRE_ADDRESS)]


async def test_a_linked_customer_gets_its_delivery_address(ready: Go, adapter: PowerOfficeAdapter) -> None:
    """PO-06: none of ours yet, so one is made; an address of the customer's own is left alone."""
    ready.on("GET", DELIVERIES, EMPTY)
    changes = {"address": ADDRESS, "address_id": ADDRESS_GUID}
    assert (await adapter.update(Registry.CUSTOMERS, "418207", changes)).missing == frozenset()
    assert ready.only("POST", DELIVERY).json["ExternalCode"] == ADDRESS_GUID


async def test_a_delivery_address_in_step_costs_no_write(ready: Go, adapter: PowerOfficeAdapter) -> None:
    await adapter.update(Registry.CUSTOMERS, "418207", {"address": ADDRESS, "address_id": ADDRESS_GUID})
    assert [line for line in ready.story if "Delivery" in line] == [f"GET {DELIVERIES}"]


@pytest.mark.parametrize(
    ("held", "word"),
    [
        ([HELD | {"ContactId": 9}], "another customer"),
        ([HELD, HELD | {"Id": 884411}], "several"),
    ],
)
async def test_a_delivery_address_that_cannot_be_told_is_reported(
    ready: Go, adapter: PowerOfficeAdapter, held: list[dict[str, Any]], word: str
) -> None:
    ready.on("GET", DELIVERIES, Reply(200, held))
    changes = {"address": ADDRESS, "address_id": ADDRESS_GUID}
    written = await adapter.update(Registry.CUSTOMERS, "418207", changes)
    assert written.missing == {"address"}
    assert word in str(written.error)


async def test_an_emptied_address_stays_and_is_reported(ready: Go, adapter: PowerOfficeAdapter) -> None:
    written = await adapter.update(Registry.CUSTOMERS, "418207", {"address": None, "address_id": None})
    assert ready.calls("PATCH", ITEM) == []
    assert written.missing == {"address"}
    assert written.record.id == "418207"


async def test_a_renamed_person_changes_all_its_names(ready: Go, adapter: PowerOfficeAdapter) -> None:
    ready.on("GET", ITEM, Reply(200, CUSTOMER | {"IsPerson": True}))
    await adapter.update(Registry.CUSTOMERS, "418207", {"name": "Kari Hansen"})
    assert operations(ready.only("PATCH", ITEM)) == [
        ("replace", "/Name", "Kari Hansen"),
        ("replace", "/FirstName", "Kari"),
        ("replace", "/LastName", "Hansen"),
    ]


@pytest.mark.parametrize("changes", [{"website": "x.example"}, {"name": "Nytt navn"}])
async def test_a_customer_that_was_deleted_is_gone(
    ready: Go, adapter: PowerOfficeAdapter, changes: dict[str, Any]
) -> None:
    for method in ("GET", "PATCH"):
        ready.on(method, ITEM, refusal(404, "Customer with id = 418207 not found."))
    with pytest.raises(GoneError):
        await adapter.update(Registry.CUSTOMERS, "418207", changes)


async def test_an_archiving_that_is_refused_says_why(ready: Go, adapter: PowerOfficeAdapter) -> None:
    ready.on("PATCH", ITEM, refusal(400, "The contact has balances and cannot be archived."))
    with pytest.raises(BadDataError) as caught:
        await adapter.update(Registry.CUSTOMERS, "418207", {"active": False})
    assert caught.value.why == "The contact has balances and cannot be archived."


async def test_a_patch_is_repeated_after_a_cut_connection(ready: Go, adapter: PowerOfficeAdapter) -> None:
    ready.on("PATCH", ITEM, Reply(cut=True), Reply(200, CUSTOMER))
    await adapter.update(Registry.CUSTOMERS, "418207", {"website": "x.example"})
    assert len(ready.calls("PATCH", ITEM)) == 2


async def test_a_customer_s_reference_is_only_written_on_what_we_create(
    ready: Go, open_adapter: Callable[..., PowerOfficeAdapter]
) -> None:
    await open_adapter().set_reference(Registry.CUSTOMERS, "418207", GUID)
    assert ready.story == []
