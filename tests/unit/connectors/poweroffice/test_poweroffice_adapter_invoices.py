"""Invoices found again, removed, and what became of them (ALL-05 to ALL-07, contract sections 6 and 7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from go_server import EMPTY, SECRETS, Go, Reply, refusal

from connectors.auth import MemoryTokenStore
from connectors.ports import Lookup
from connectors.poweroffice.adapter import PowerOfficeAdapter
from connectors.poweroffice.client import Keys, PowerOfficeClient
from connectors.poweroffice.settings import PowerOfficeSettings
from core.errors import BadDataError, TransientError
from core.invoices import Deletion, ErpInvoiceState
from core.money import Money

FIRST = "3f2a8d10-5b6e-4a9f-8c1d-77e0b4a91c55"
SECOND = "77c8f0aa-0f3d-4f6b-9b1e-3c2d1e0f9a88"
ORDER_ID = "0d9f6b2e-8b7f-4c52-9f0a-2f4c1b7e6a90"
OTHER_ID = "b64f0f7a-23c1-4d2b-8f5e-91d0a7c3e2b6"
ORDERS, SENT = "/v2/SalesOrders", "/v2/OutgoingInvoices"
ORDER, INVOICE = f"{ORDERS}/{ORDER_ID}", f"{SENT}/{ORDER_ID}"
SINCE = datetime(2026, 2, 27, 8, 0, tzinfo=UTC)

DRAFT = {
    "Id": ORDER_ID,
    "SalesOrderNo": 6065,
    "ExternalImportReference": FIRST,
    "CurrencyCode": "SEK",
    "TotalAmount": 125.5,
    "SalesOrderLines": None,
}
ROW = {
    "Id": ORDER_ID,
    "VoucherType": "OutgoingInvoice",
    "CurrencyCode": "SEK",
    "InvoiceNo": 20311,
    "OrderNo": 6065,
    "ExternalImportReference": FIRST,
    "TotalAmount": 50000.0,
    "TotalPostedAmount": 49560.0,
    "Balance": 49560.0,
    "BalanceLastChangedDateTimeOffset": "2026-03-20T23:30:00.0044001+00:00",
    "SentDateTimeOffset": "2026-03-02T07:05:12.000000+00:00",
}


async def test_an_order_whose_answer_was_lost_is_found_among_the_drafts(go: Go, adapter: PowerOfficeAdapter) -> None:
    """ALL-05: by the first 36 characters, whatever their case; everything the application made is read."""
    theirs = {"Id": OTHER_ID, "ExternalImportReference": "somebody else's"}
    go.on("GET", ORDERS, Reply(200, [theirs, {"Id": 7}, 7, DRAFT | {"ExternalImportReference": f"{FIRST.upper()}-2"}]))
    found = (await adapter.find_invoices([FIRST], SINCE)).found
    assert found[FIRST].id == ORDER_ID
    assert found[FIRST].total == Money(Decimal("125.5"), "SEK")
    assert found[FIRST].state is ErpInvoiceState.DRAFT
    assert go.only("GET", ORDERS).query["onlyCreatedByCurrentIntegration"] == "true"
    assert go.story == [f"GET {ORDERS}"]


async def test_drafts_then_sent_invoices_then_drafts_again(go: Go, adapter: PowerOfficeAdapter) -> None:
    """ALL-05: orders only move from drafts to sent invoices; one that a person sent is not marked as ours."""
    go.on("GET", ORDERS, EMPTY, Reply(200, [DRAFT | {"Id": OTHER_ID, "ExternalImportReference": SECOND}]))
    go.on("GET", SENT, Reply(200, [ROW]))
    go.on(
        "GET", f"{ORDERS}/{OTHER_ID}/Complete", Reply(200, DRAFT | {"Id": OTHER_ID, "ExternalImportReference": SECOND})
    )
    found = (await adapter.find_invoices([FIRST, SECOND], SINCE)).found
    assert (found[FIRST].state, found[FIRST].number) == (ErpInvoiceState.SENT, "20311")
    assert (found[SECOND].state, found[SECOND].id) == (ErpInvoiceState.DRAFT, OTHER_ID)
    query = go.only("GET", SENT).query
    assert query["sentDateTimeOffsetGreaterThan"] == "2026-02-26T07:59:59.999999+00:00"
    assert "onlyCreatedByCurrentIntegration" not in query
    assert go.story[:3] == [f"GET {ORDERS}", f"GET {SENT}", f"GET {ORDERS}"]


async def test_what_is_nowhere_is_not_found(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", ORDERS, EMPTY)
    go.on("GET", SENT, EMPTY)
    assert await adapter.find_invoices([FIRST], SINCE) == Lookup({})
    assert await adapter.find_invoices([], SINCE) == Lookup({})
    assert go.story == [f"GET {ORDERS}", f"GET {SENT}", f"GET {ORDERS}"]


async def test_a_later_attempt_wins_over_an_earlier_one(go: Go, adapter: PowerOfficeAdapter) -> None:
    later = DRAFT | {"Id": OTHER_ID, "ExternalImportReference": f"{FIRST}-3"}
    go.on("GET", ORDERS, Reply(200, [DRAFT | {"ExternalImportReference": f"{FIRST}-2"}, later, DRAFT]))
    go.on("GET", f"{ORDERS}/{OTHER_ID}/Complete", Reply(200, later))
    assert (await adapter.find_invoices([FIRST], SINCE)).found[FIRST].id == OTHER_ID


async def test_a_look_up_that_fails_proves_nothing(go: Go, adapter: PowerOfficeAdapter) -> None:
    """Law 1: an unreadable match is an error, never an absence."""
    go.on("GET", ORDERS, EMPTY)
    go.on("GET", SENT, Reply(200, [ROW | {"TotalAmount": []}]))
    with pytest.raises(BadDataError):
        await adapter.find_invoices([FIRST], SINCE)
    go.on("GET", ORDERS, Reply(200, [DRAFT | {"Id": 7}]))
    with pytest.raises(BadDataError):
        await adapter.find_invoices([FIRST], SINCE)
    go.on("GET", ORDERS, EMPTY)
    go.on("GET", SENT, Reply(500))
    with pytest.raises(TransientError):
        await adapter.find_invoices([FIRST], SINCE)


@pytest.mark.parametrize(
    ("age", "waited"), [(timedelta(seconds=20), 40), (timedelta(hours=1), 0), (timedelta(days=-1), 60)]
)
async def test_the_look_up_waits_until_poweroffice_shows_what_it_was_sent(
    go: Go, settings: Callable[..., PowerOfficeSettings], age: timedelta, waited: int
) -> None:
    """ALL-05: 60 seconds after the attempt began, however the clock went meanwhile."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    go.on("GET", ORDERS, EMPTY)
    go.on("GET", SENT, EMPTY)
    chosen = settings(lookup_delay_seconds=60.0)
    client = PowerOfficeClient(chosen, Keys(**SECRETS), MemoryTokenStore())
    adapter = PowerOfficeAdapter(client, chosen, sleep=sleep)
    await adapter.find_invoices([FIRST], datetime.now(UTC) - age)
    await adapter.close()
    assert adapter.lookup_delay == timedelta(seconds=60)
    assert sum(slept) == pytest.approx(waited, abs=2)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, ErpInvoiceState.SENT),
        ({"Balance": None}, ErpInvoiceState.SENT),
        ({"Balance": 0.0}, ErpInvoiceState.PAID),
        ({"Balance": 0.0000001}, ErpInvoiceState.PAID),
        ({"Balance": 24560.0}, ErpInvoiceState.PARTLY_PAID),
        ({"Balance": -24560.0, "TotalPostedAmount": -49560.0}, ErpInvoiceState.PARTLY_PAID),
        ({"Balance": 49999.0}, ErpInvoiceState.SENT),
        ({"Balance": 1.0, "TotalPostedAmount": None}, ErpInvoiceState.SENT),
        ({"SentDateTimeOffset": None}, ErpInvoiceState.SENT),
        ({"InvoiceNo": None}, ErpInvoiceState.DRAFT),
    ],
)
async def test_sent_partly_paid_and_paid(
    go: Go, adapter: PowerOfficeAdapter, changes: dict[str, Any], state: ErpInvoiceState
) -> None:
    """PO-13: by the balance against the posted total, both in NOK."""
    go.on("GET", SENT, Reply(200, [ROW | changes]))
    (item,) = (await adapter.invoices_changed(SINCE)).items
    assert item.state is state
    assert item.total == Money(Decimal("50000.0"), "SEK")
    assert item.paid_on == (date(2026, 3, 21) if state is ErpInvoiceState.PAID else None)
    assert item.order_number == "6065"


async def test_a_credit_note_has_a_negative_total_whatever_its_sign(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on(
        "GET",
        SENT,
        Reply(200, [ROW | {"VoucherType": "OutgoingCreditNote", "TotalAmount": amount} for amount in (5, -5)]),
    )
    read = await adapter.invoices_changed(None)
    assert {item.total for item in read.items} == {Money(Decimal(-5), "SEK")}
    assert read.full


async def test_changes_are_asked_for_from_the_cursor_on(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", SENT, Reply(200, [ROW, ROW | {"Id": "no guid"}]))
    read = await adapter.invoices_changed(SINCE)
    assert len(read.items) == 1
    assert len(read.problems) == 1
    assert not read.full
    assert (
        go.only("GET", SENT).query["balanceLastChangedDateTimeOffsetGreaterThan"] == "2026-02-27T07:59:59.999999+00:00"
    )


async def test_invoices_by_id_are_asked_for_fifty_at_a_time(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", SENT, EMPTY)
    ids = [f"00000000-0000-4000-8000-{number:012d}" for number in range(120)]
    assert (await adapter.invoices_by_id(ids)).items == ()
    assert sorted(len(asked.query["invoiceIds"].split(",")) for asked in go.calls("GET", SENT)) == [20, 50, 50]
    assert (await adapter.invoices_by_id([])).items == ()


@pytest.mark.parametrize(
    ("order", "invoice", "state"),
    [
        (Reply(200, DRAFT), Reply(404), ErpInvoiceState.DRAFT),
        (Reply(404), Reply(200, ROW), ErpInvoiceState.SENT),
        (Reply(200, DRAFT), Reply(200, ROW), ErpInvoiceState.SENT),
        (Reply(404), Reply(404), None),
    ],
)
async def test_one_invoice_is_where_the_sent_invoices_say(
    go: Go, adapter: PowerOfficeAdapter, order: Reply, invoice: Reply, state: ErpInvoiceState | None
) -> None:
    go.on("GET", f"{ORDER}/Complete", order)
    go.on("GET", INVOICE, invoice)
    found = await adapter.invoice(ORDER_ID)
    assert (found.state if found else None) is state


IN_USE = refusal(409, "SalesOrder is in use and cannot be deleted.")


@pytest.mark.parametrize(
    ("deletes", "patch", "invoice", "outcome"),
    [
        ([Reply(200)], None, None, Deletion.GONE),
        ([Reply(404)], None, Reply(404), Deletion.GONE),
        ([Reply(404)], None, Reply(200, ROW), Deletion.SENT_MEANWHILE),
        ([Reply(cut=True), Reply(404)], None, Reply(404), Deletion.GONE),
        ([IN_USE, Reply(200)], Reply(200, DRAFT), None, Deletion.GONE),
        ([refusal(400, "Order is confirmed."), Reply(404)], Reply(200), Reply(200, ROW), Deletion.SENT_MEANWHILE),
        ([IN_USE], Reply(200, DRAFT), None, Deletion.REFUSED),
        ([IN_USE], refusal(400, "Sent"), Reply(404), Deletion.REFUSED),
        ([IN_USE], refusal(400, "Sent"), Reply(200, ROW), Deletion.SENT_MEANWHILE),
        ([IN_USE], Reply(404), Reply(404), Deletion.GONE),
        ([IN_USE], Reply(404), Reply(200, ROW), Deletion.SENT_MEANWHILE),
    ],
)
async def test_how_the_removal_of_a_draft_ends(
    go: Go,
    adapter: PowerOfficeAdapter,
    deletes: list[Reply],
    patch: Reply | None,
    invoice: Reply | None,
    outcome: Deletion,
) -> None:
    """ALL-07: gone only when the contract says so; a confirmed order is made a draft first."""
    go.on("DELETE", ORDER, *deletes)
    if patch:
        go.on("PATCH", ORDER, patch)
    if invoice:
        go.on("GET", INVOICE, invoice)
    ended, why = await adapter.delete_invoice(ORDER_ID)
    assert ended is outcome
    assert bool(why) is (outcome is not Deletion.GONE)
    if outcome is Deletion.SENT_MEANWHILE:
        assert "20311" in why
        assert "credit it" in why
    if patch:
        assert go.only("PATCH", ORDER).json == [{"op": "replace", "path": "/SalesOrderStatus", "value": "Draft"}]


async def test_a_removal_without_answer_says_nothing_about_the_order(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("DELETE", ORDER, Reply(500))
    with pytest.raises(TransientError):
        await adapter.delete_invoice(ORDER_ID)
