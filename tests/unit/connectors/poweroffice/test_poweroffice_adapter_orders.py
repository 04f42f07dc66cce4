"""Draft orders out: body, VAT, what is found before the call, lost and refused answers (PO-13, ALL-05, ALL-07)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from go_server import EMPTY, SECRETS, Asked, Go, Reply, refusal
from rows_of_go import PRODUCT, TERMS

from connectors.auth import MemoryTokenStore
from connectors.ports import Lookup, OutgoingInvoice
from connectors.poweroffice.adapter import PowerOfficeAdapter
from connectors.poweroffice.client import Keys, PowerOfficeClient
from connectors.poweroffice.settings import PowerOfficeSettings
from core.errors import (
    AlreadyExistsError,
    BadDataError,
    ConfigurationError,
    MissingDependencyError,
    OutcomeUnknownError,
    RateLimitedError,
    SyncError,
)
from core.invoices import ErpInvoiceState, Invoice, InvoiceRow, RowType
from core.money import Money
from core.records import ProductType, Registry

GUID = "3f2a8d10-5b6e-4a9f-8c1d-77e0b4a91c55"
ORDER_ID = "0d9f6b2e-8b7f-4c52-9f0a-2f4c1b7e6a90"
COMPLETE, FULL = "/v2/SalesOrders/Complete", f"/v2/SalesOrders/{ORDER_ID}/Complete"

HOURS = InvoiceRow(
    id="c1b7b7c0-1111-4222-8333-9a0b0c0d0e01",
    code="KONS01",
    codes=("KONS01",),
    description="Prosjektering, uke 6–8",
    quantity=Decimal("12.5"),
    unit_price=Decimal(1450),
    unit="h",
    vat_percent=Decimal(25),
    row_type=RowType.HOURS,
)
KILOMETRES = replace(
    HOURS, id="c1b7b7c0-1111-4222-8333-9a0b0c0d0e02", code="KM", description=None, unit="esker", vat_percent=Decimal(0)
)
TEXT = InvoiceRow(
    id="c1b7b7c0-1111-4222-8333-9a0b0c0d0e03",
    code=None,
    description="Ettersendes: målerapport",
    quantity=Decimal(0),
    unit_price=Decimal(0),
    row_type=RowType.FLAT_RATE,
)
INVOICE = Invoice(
    id=GUID,
    number=None,
    status_id="s",
    customer_id="c",
    customer_number="10042",
    customer_name="Blåfjell",
    project_ids=("p",),
    invoice_date=date(2026, 2, 27),
    due_date=None,
    payment_term=14,
    currency="NOK",
    total=Money(Decimal("23451.25"), "NOK"),
    totals={},
    order_number="PO-7741",
    version="1",
    rows=(HOURS, KILOMETRES, TEXT),
)
OUTGOING = OutgoingInvoice(
    invoice=INVOICE, reference=GUID, customer_id="418207", project_id="30118", contact_id="418207/660184"
)
CREATED = {
    "Id": ORDER_ID,
    "SalesOrderNo": 6065,
    "ExternalImportReference": GUID,
    "CurrencyCode": "NOK",
    "TotalAmount": 23451.25,
    "SalesOrderLines": [
        {"ExternalImportReference": HOURS.id, "TotalAmount": 22656.25},
        {"ExternalImportReference": KILOMETRES.id, "TotalAmount": 795.0},
        {"ExternalImportReference": None, "TotalAmount": 0.0},
    ],
}
PRODUCTS = [
    PRODUCT,
    PRODUCT | {"Id": 2, "Code": "KM", "StandardSalesAccount": 3000, "OptionalSalesAccount": 3100},
    PRODUCT | {"Id": 3, "Code": "ARKIV", "IsArchived": True},
    PRODUCT | {"Id": 4, "Code": "DOBBEL"},
    PRODUCT | {"Id": 5, "Code": "DOBBEL"},
    PRODUCT | {"Id": 6, "Code": "MAT", "StandardSalesAccount": 3030, "OptionalSalesAccount": None},
    PRODUCT | {"Id": 7, "Code": "ARVET", "StandardSalesAccount": None, "OptionalSalesAccount": 3100},
]
ACCOUNTS = [
    {"AccountNo": 3000, "VatCode": "3"},
    {"AccountNo": 3100, "VatCode": "5"},
    {"AccountNo": 3030, "VatCode": "31"},
]
VAT_CODES = [
    {"Code": "3", "Rate": 0.24, "ValidFrom": "2000-01-01", "ValidTo": "2005-12-31"},
    {"Code": "3", "Rate": 0.25, "ValidFrom": "2006-01-01", "ValidTo": None},
    {"Code": "5", "Rate": 0.0, "ValidFrom": "2000-01-01"},
    {"Code": "31", "Rate": 0.15},
]


def products(asked: Asked) -> Reply:
    wanted = asked.query.get("codes", "").split(",")
    return Reply(200, [row for row in PRODUCTS if row["Code"] in wanted or "codes" not in asked.query] or None)


@pytest.fixture
def ready(go: Go) -> Go:
    go.on("GET", "/v2/PaymentTerms", Reply(200, TERMS))
    go.on("GET", "/v2/Products", lambda asked: products(asked) if products(asked).body else EMPTY)
    go.on("GET", "/v2/GeneralLedgerAccounts", Reply(200, ACCOUNTS))
    go.on("GET", "/v2/VatCodes", Reply(200, VAT_CODES))
    go.on("POST", COMPLETE, Reply(201, CREATED))
    return go


def sending(*rows: InvoiceRow, **changes: Any) -> OutgoingInvoice:
    return replace(OUTGOING, invoice=replace(INVOICE, rows=rows or INVOICE.rows, **changes))


async def test_an_invoice_becomes_a_draft_order(ready: Go, adapter: PowerOfficeAdapter) -> None:
    """PO-13: rows with code, quantity, price before VAT, description, type; references are ids."""
    made = await adapter.create_invoice(OUTGOING)
    assert ready.only("POST", COMPLETE).json == {
        "ExternalImportReference": GUID,
        "SalesOrderStatus": "Draft",
        "CustomerId": 418207,
        "CustomerReferenceContactPersonId": 660184,
        "SalesOrderDate": "2026-02-27",
        "PaymentTermId": 3301,
        "CurrencyCode": "NOK",
        "ProjectId": 30118,
        "PurchaseOrderReference": "PO-7741",
        "SalesOrderLines": [
            {
                "LineType": "Normal",
                "ProductCode": "KONS01",
                "Description": "Prosjektering, uke 6–8",
                "Quantity": 12.5,
                "ProductUnitPrice": 1450,
                "Allowance": 0,
                "UseStandardSalesAccount": True,
                "UnitOfMeasureCode": "HUR",
                "SortOrder": 0,
                "ExternalImportReference": HOURS.id,
            },
            {
                "LineType": "Normal",
                "ProductCode": "KM",
                "Quantity": 12.5,
                "ProductUnitPrice": 1450,
                "Allowance": 0,
                "UseStandardSalesAccount": False,
                "SortOrder": 1,
                "ExternalImportReference": KILOMETRES.id,
            },
            {
                "LineType": "Text",
                "Description": "Ettersendes: målerapport",
                "SortOrder": 2,
                "ExternalImportReference": TEXT.id,
            },
        ],
    }
    assert made.id == ORDER_ID
    assert made.state is ErpInvoiceState.DRAFT
    assert made.total == Money(Decimal("23451.25"), "NOK")
    assert (made.order_number, made.number, made.reference) == ("6065", None, GUID)
    assert made.line_totals == {HOURS.id: Decimal("22656.25"), KILOMETRES.id: Decimal("795.0")}


async def test_several_projects_stand_on_the_rows(ready: Go, adapter: PowerOfficeAdapter) -> None:
    outgoing = replace(OUTGOING, project_id=None, project_ids_by_row={HOURS.id: "30118", KILOMETRES.id: "30119"})
    await adapter.create_invoice(outgoing)
    body = ready.only("POST", COMPLETE).json
    assert "ProjectId" not in body
    assert [line.get("ProjectId") for line in body["SalesOrderLines"]] == [30118, 30119, None]


@pytest.mark.parametrize(
    ("total", "number", "expected"),
    [
        (Decimal(-100), "20310", 20310),
        (Decimal(100), "20310", None),
        (Decimal(-100), "K-7", None),
        (Decimal(-1), None, None),
    ],
)
async def test_the_credited_invoice_is_named_on_negative_totals_only(
    ready: Go, adapter: PowerOfficeAdapter, total: Decimal, number: str | None, expected: int | None
) -> None:
    outgoing = replace(sending(total=Money(total, "NOK"), is_credit_note=True), credited_number=number)
    await adapter.create_invoice(outgoing)
    assert ready.only("POST", COMPLETE).json.get("RelatedInvoiceNo") == expected


@pytest.mark.parametrize(
    ("code", "vat", "standard"),
    [
        ("KONS01", Decimal(25), True),
        ("KONS01", Decimal(0), False),
        ("KONS01", Decimal("25.5"), True),
        ("KONS01", None, True),
        ("MAT", Decimal(15), True),
        ("MAT", Decimal(25), True),
        ("ARVET", Decimal(25), True),
        ("ARVET", Decimal(0), False),
    ],
)
async def test_the_sales_account_with_the_row_s_vat_is_chosen(
    ready: Go, adapter: PowerOfficeAdapter, code: str, vat: Decimal | None, standard: bool
) -> None:
    """VAT cannot be sent; where no account fits, the standard one goes and the totals decide (ALL-07)."""
    await adapter.create_invoice(sending(replace(HOURS, code=code, vat_percent=vat)))
    (line,) = ready.only("POST", COMPLETE).json["SalesOrderLines"]
    assert line["UseStandardSalesAccount"] is standard


async def test_amounts_go_as_the_very_numbers_they_are(ready: Go, adapter: PowerOfficeAdapter) -> None:
    row = replace(HOURS, quantity=Decimal("0.1"), unit_price=Decimal("1234567.123450001"))
    await adapter.create_invoice(sending(row))
    body = ready.only("POST", COMPLETE).body
    assert b'"Quantity":0.1,' in body
    assert b'"ProductUnitPrice":1234567.1235,' in body


async def test_the_registers_are_read_once_for_many_invoices(ready: Go, adapter: PowerOfficeAdapter) -> None:
    """One call per invoice: the minimum."""
    assert await adapter.missing_products(["KONS01", "KM"]) == frozenset()
    await asyncio.gather(*(adapter.create_invoice(OUTGOING) for _ in range(20)))
    counts = {path: len(ready.calls("GET", f"/v2/{path}")) for path in ("Products", "PaymentTerms", "VatCodes")}
    assert counts == {"Products": 1, "PaymentTerms": 1, "VatCodes": 1}
    assert len(ready.calls("GET", "/v2/GeneralLedgerAccounts")) == 1
    assert ready.calls("GET", "/v2/GeneralLedgerAccounts")[0].query["accountNos"] == "3000,3100"
    assert len(ready.calls("POST", COMPLETE)) == 20


async def test_a_register_that_fails_is_read_again_next_time(ready: Go, adapter: PowerOfficeAdapter) -> None:
    """A VAT choice is never made on half a register."""
    ready.on("GET", "/v2/GeneralLedgerAccounts", Reply(403), Reply(200, ACCOUNTS))
    with pytest.raises(ConfigurationError):
        await adapter.create_invoice(OUTGOING)
    await adapter.create_invoice(OUTGOING)
    lines = ready.only("POST", COMPLETE).json["SalesOrderLines"]
    assert [line.get("UseStandardSalesAccount") for line in lines] == [True, False, None]


async def test_products_that_are_missing_or_archived_are_named(ready: Go, adapter: PowerOfficeAdapter) -> None:
    assert await adapter.missing_products(["KONS01", "FINNES IKKE", "ARKIV", "DOBBEL"]) == {"FINNES IKKE", "ARKIV"}


async def test_codes_with_a_hyphen_are_matched_here(ready: Go, adapter: PowerOfficeAdapter) -> None:
    assert await adapter.missing_products(["KONS-01", "KONS01"]) == {"KONS-01"}
    assert await adapter.missing_products(["KM", "NOE"]) == {"NOE"}
    assert "codes" not in ready.only("GET", "/v2/Products").query


async def test_a_product_created_meanwhile_is_known(ready: Go, adapter: PowerOfficeAdapter) -> None:
    assert await adapter.missing_products(["NY"]) == {"NY"}
    new = PRODUCT | {"Id": 99, "Code": "NY"}
    ready.on("POST", "/v2/Products", Reply(200, new))
    ready.on("GET", "/v2/Products", Reply(200, [new]))
    values = {"code": "NY", "name": "Ny", "type": ProductType.GOODS}
    await adapter.create(Registry.PRODUCTS, values, None)
    assert await adapter.missing_products(["NY"]) == frozenset()


@pytest.mark.parametrize(
    ("outgoing", "error", "words"),
    [
        (sending(replace(HOURS, code="FINNES IKKE")), MissingDependencyError, "no product FINNES IKKE"),
        (sending(replace(HOURS, code="ARKIV")), MissingDependencyError, "no product ARKIV"),
        (sending(replace(HOURS, code="DOBBEL")), BadDataError, "2 products with the code DOBBEL"),
        (sending(replace(HOURS, code=None, codes=("A", "B"))), BadDataError, "several product codes: A, B"),
        (sending(replace(HOURS, code=None, codes=())), BadDataError, "an amount and no product code"),
        (sending(payment_term=45), MissingDependencyError, "no payment term of 45 days"),
        (replace(OUTGOING, customer_id="not a number"), BadDataError, "CustomerId"),
    ],
)
async def test_what_cannot_go_is_found_before_anything_is_sent(
    ready: Go, adapter: PowerOfficeAdapter, outgoing: OutgoingInvoice, error: type[SyncError], words: str
) -> None:
    """PO-13: a missing product, a missing term, a row that is no order line."""
    with pytest.raises(error, match=words) as caught:
        await adapter.create_invoice(outgoing)
    assert ready.calls("POST", COMPLETE) == []
    if isinstance(caught.value, MissingDependencyError):
        assert caught.value.needs is not None
        assert caught.value.needs.partition(":")[0] in {"products", "payment_terms"}


async def test_without_a_payment_term_the_customer_s_own_is_inherited(ready: Go, adapter: PowerOfficeAdapter) -> None:
    await adapter.create_invoice(sending(payment_term=None))
    assert "PaymentTermId" not in ready.only("POST", COMPLETE).json


@pytest.mark.parametrize("gap", [{"TotalAmount": None}, {"TotalAmount": "?"}])
async def test_a_total_that_is_missing_is_read_again(
    ready: Go, adapter: PowerOfficeAdapter, gap: dict[str, Any]
) -> None:
    """ALL-07: inherited values are what sending uses."""
    ready.on("POST", COMPLETE, Reply(201, CREATED | gap))
    ready.on("GET", FULL, Reply(200, CREATED))
    if gap["TotalAmount"] is not None:
        with pytest.raises(OutcomeUnknownError):  # an answer that cannot be read leaves open what was made
            await adapter.create_invoice(OUTGOING)
        return
    made = await adapter.create_invoice(OUTGOING)
    assert made.total == Money(Decimal("23451.25"), "NOK")
    assert ready.only("GET", FULL).query == {"showInherited": "true"}


@pytest.mark.parametrize("answer", [Reply(500), Reply(404), Reply(403)])
async def test_an_order_stands_even_when_its_total_cannot_be_read(
    ready: Go, adapter: PowerOfficeAdapter, answer: Reply
) -> None:
    """ALL-05: whatever happens after the create, its id is not lost."""
    ready.on("POST", COMPLETE, Reply(201, CREATED | {"TotalAmount": None}))
    ready.on("GET", FULL, answer)
    made = await adapter.create_invoice(OUTGOING)
    assert (made.id, made.total) == (ORDER_ID, None)


@pytest.mark.parametrize(
    "answer",
    [
        Reply(cut=True),
        Reply(500),
        Reply(503),
        Reply(201),
        Reply(201, b"<html>"),
        Reply(201, {"Id": None}),
        Reply(201, []),
    ],
)
async def test_a_lost_answer_is_never_a_second_order(ready: Go, adapter: PowerOfficeAdapter, answer: Reply) -> None:
    """ALL-05, law 1."""
    ready.on("POST", COMPLETE, answer)
    with pytest.raises(OutcomeUnknownError):
        await adapter.create_invoice(OUTGOING)
    assert len(ready.calls("POST", COMPLETE)) == 1


async def test_a_look_up_after_a_lost_answer_waits_for_poweroffice(
    ready: Go, settings: Callable[..., PowerOfficeSettings]
) -> None:
    """ALL-05: the delay counts from the attempt that was lost, not from the first one."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    ready.on("POST", COMPLETE, Reply(cut=True))
    ready.on("GET", "/v2/SalesOrders", EMPTY)
    ready.on("GET", "/v2/OutgoingInvoices", EMPTY)
    chosen = settings(lookup_delay_seconds=60.0)
    adapter = PowerOfficeAdapter(PowerOfficeClient(chosen, Keys(**SECRETS), MemoryTokenStore()), chosen, sleep=sleep)
    with pytest.raises(OutcomeUnknownError):
        await adapter.create_invoice(OUTGOING)
    assert await adapter.find_invoices([GUID], datetime.now(UTC) - timedelta(hours=1)) == Lookup({})
    await adapter.close()
    assert sum(slept) == pytest.approx(60, abs=5)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(400, f"Sales order with external reference {GUID.upper()} exists."), AlreadyExistsError),
        (refusal(409, "The order has already been imported."), AlreadyExistsError),
        (refusal(400, "SalesOrderDate is not valid."), BadDataError),
        (refusal(404, "Product with code = 'KONS01' not found."), MissingDependencyError),
        (Reply(403), ConfigurationError),
    ],
)
async def test_refusals_have_their_class(
    ready: Go, adapter: PowerOfficeAdapter, answer: Reply, error: type[SyncError]
) -> None:
    """Contract sections 3 and 6: one that names the reference is looked up, never sent with a fresh one."""
    ready.on("POST", COMPLETE, answer)
    with pytest.raises(error) as caught:
        await adapter.create_invoice(OUTGOING)
    assert type(caught.value) is error
    assert len(ready.calls("POST", COMPLETE)) == 1


async def test_too_many_calls_are_held_back_and_repeated(
    ready: Go, open_adapter: Callable[..., PowerOfficeAdapter]
) -> None:
    """429: the request was not processed, so even a create is repeated."""
    limited = Reply(429, {"statusCode": "429", "message": "Rate limit is exceeded."}, {"Retry-After": "0"})
    ready.on("POST", COMPLETE, limited, limited, Reply(201, CREATED))
    made = await open_adapter().create_invoice(OUTGOING)
    assert made.id == ORDER_ID
    ready.on("POST", COMPLETE, limited)
    with pytest.raises(RateLimitedError):
        await open_adapter().create_invoice(OUTGOING)
