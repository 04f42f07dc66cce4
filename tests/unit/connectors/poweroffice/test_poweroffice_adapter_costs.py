"""Purchase invoice rows from the ledger (PO-14, ALL-08, contract section 9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from go_server import EMPTY, Go, Reply
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connectors.poweroffice.adapter import PowerOfficeAdapter
from connectors.poweroffice.costs import divided
from core.invoices import CostRow
from core.money import quantise

PATH = "/v2/AccountTransactions"
VOUCHER = "4c2e9a71-6a0d-4f7b-9d2e-8f0a1b2c3d4e"
ROW: dict[str, Any] = {
    "Id": 476023749,
    "VoucherId": VOUCHER,
    "VoucherNo": 15602,
    "VoucherType": "IncomingInvoice",
    "VoucherDescription": "Faktura 88123",
    "VoucherDate": "2026-03-03",
    "IsNoteMainEntry": False,
    "SupplierAccountNo": None,
    "CustomerAccountNo": None,
    "EmployeeAccountNo": None,
    "SubLedgerEntryId": None,
    "ProjectId": 30118,
    "ProjectCode": "1187",
    "ProductId": 55030,
    "ProductCode": "ROR-22",
    "Quantity": 40.0,
    "Amount": 8000.0,
    "CurrencyAmount": 700.0,
    "CurrencyCode": "EUR",
    "Description": "Kobberrør 22 mm",
    "ReversedVoucherId": None,
    "CorrectionOfVoucherId": None,
}
FROM = date(2026, 1, 1)


async def read(adapter: PowerOfficeAdapter) -> tuple[CostRow, ...]:
    return (await adapter.cost_rows(None, posted_from=FROM, posted_until=None)).items


async def test_a_purchase_row_is_a_cost(go: Go, adapter: PowerOfficeAdapter) -> None:
    """PO-14."""
    go.on("GET", PATH, Reply(200, [ROW]))
    assert await read(adapter) == (
        CostRow(
            id="476023749",
            voucher_id=VOUCHER,
            voucher_number="15602",
            voucher_type="IncomingInvoice",
            project_id="30118",
            project_code="1187",
            product_id="55030",
            product_code="ROR-22",
            quantity=Decimal("40.0"),
            unit_price=Decimal("17.5"),
            amount=Decimal("700.00"),
            currency="EUR",
            amount_company=Decimal("8000.00"),
            company_currency="NOK",
            description="Kobberrør 22 mm",
            cost_date=date(2026, 3, 3),
        ),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"ProjectCode": None},
        {"ProjectCode": ""},
        {"IsNoteMainEntry": True},
        {"SupplierAccountNo": 20015},
        {"CustomerAccountNo": 10042},
        {"EmployeeAccountNo": 1},
        {"SubLedgerEntryId": 3300127},
        {"VoucherType": "ReversalVoucher"},
        {"VoucherType": "CorrectionVoucher"},
    ],
)
async def test_rows_that_are_no_cost_are_left_out(go: Go, adapter: PowerOfficeAdapter, changes: dict[str, Any]) -> None:
    """PO-14: entries of sub-ledgers, VAT, rows without project, reversals of nothing named."""
    go.on("GET", PATH, Reply(200, [ROW | changes]))
    assert await read(adapter) == ()


@pytest.mark.parametrize("member", ["ReversedVoucherId", "CorrectionOfVoucherId"])
async def test_a_reversal_names_the_voucher_it_takes_back(go: Go, adapter: PowerOfficeAdapter, member: str) -> None:
    row = ROW | {
        "Id": 2,
        "VoucherType": "ReversalVoucher",
        member: VOUCHER,
        "Quantity": -40.0,
        "CurrencyAmount": -700.0,
    }
    go.on("GET", PATH, Reply(200, [row]))
    (item,) = await read(adapter)
    assert item.reverses == VOUCHER
    assert (item.quantity, item.unit_price, item.amount) == (Decimal(-40), Decimal("17.5"), Decimal(-700))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"CurrencyCode": None}, {"currency": "NOK", "amount": Decimal(8000)}),
        ({"Description": None}, {"description": "Faktura 88123"}),
        ({"ProductCode": None, "ProductId": None}, {"product_code": None, "product_id": None}),
        ({"Quantity": None}, {"quantity": Decimal(1), "unit_price": Decimal(700)}),
        ({"Quantity": 0}, {"quantity": Decimal(1), "unit_price": Decimal(700)}),
        ({"Quantity": 3}, {"quantity": Decimal(3), "unit_price": Decimal("233.3333")}),
        ({"Quantity": 33333}, {"quantity": Decimal(1), "unit_price": Decimal(700)}),
        ({"Quantity": 1e-20}, {"quantity": Decimal(1), "unit_price": Decimal(700)}),
    ],
)
async def test_quantity_price_and_text(
    go: Go, adapter: PowerOfficeAdapter, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    """PO-14: a price only where quantity times price gives the amount back."""
    go.on("GET", PATH, Reply(200, [ROW | changes]))
    (item,) = await read(adapter)
    assert {name: getattr(item, name) for name in expected} == expected


@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.none() | st.decimals(-(10**6), 10**6, places=4),
    st.sampled_from(["NOK", "ISK", "KWD"]),
)
@hypothesis_settings(max_examples=200, deadline=None)
def test_quantity_times_price_is_always_the_amount(amount: Decimal, quantity: Decimal | None, currency: str) -> None:
    amount = quantise(amount, currency)
    count, price = divided(amount, quantity, currency)
    assert quantise(count * price, currency) == amount


async def test_the_period_stays_and_the_change_filter_moves(
    go: Go, open_adapter: Callable[..., PowerOfficeAdapter]
) -> None:
    """ALL-08: accruals post ahead, late invoices post back; neither may be missed."""
    go.on("GET", PATH, EMPTY)
    adapter = open_adapter(cost_accounts="4000-4999, 6790", voucher_types=("IncomingInvoice",), cost_years_ahead=2)
    since = datetime(2026, 3, 1, tzinfo=UTC)
    assert not (await adapter.cost_rows(since, posted_from=FROM, posted_until=None)).full
    asked = go.only("GET", PATH).query
    assert asked["fromDate"] == "2026-01-01"
    assert int(asked["toDate"][:4]) == datetime.now(UTC).year + 2
    assert asked["accountNos"] == "4000-4999,6790"
    assert asked["voucherTypes"] == "IncomingInvoice"
    assert asked["lastChangedDateTimeOffsetGreaterThan"] == "2026-02-28T23:59:59.999999+00:00"


async def test_a_named_period_is_read_as_it_is(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", PATH, EMPTY)
    read_all = await adapter.cost_rows(None, posted_from=FROM, posted_until=date(2026, 1, 31))
    assert read_all.full
    asked = go.only("GET", PATH).query
    assert (asked["fromDate"], asked["toDate"]) == ("2026-01-01", "2026-01-31")
    assert asked["voucherTypes"] == "IncomingInvoice,IncomingCreditNote,ReversalVoucher,CorrectionVoucher"
    assert "lastChangedDateTimeOffsetGreaterThan" not in asked


async def test_a_broken_ledger_row_is_a_problem(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", PATH, Reply(200, [ROW | {"CurrencyAmount": "much"}, ROW, "row", None]))
    found = await adapter.cost_rows(None, posted_from=FROM, posted_until=None)
    assert len(found.items) == 1
    assert [problem.error.field for problem in found.problems] == ["CurrencyAmount", None, None]
