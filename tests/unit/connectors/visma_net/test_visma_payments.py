"""Partly paid and paid come back (VN-15, contract section 12)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from erp_server import EMPTY, Erp, page
from rows_of_visma import INVOICE, OPEN
from scripted import Reply

from connectors.visma_net.adapter import VismaNetAdapter
from connectors.visma_net.documents import Document
from core.invoices import ErpInvoiceState

LIST, NOTES = "/v1/customerinvoice", "/v1/customerCreditNote"
SINCE = datetime(2026, 3, 17, 6, 0, tzinfo=UTC)
PAID = {"applicationDate": "2026-03-17T00:00:00", "released": True, "voided": False}
LATER = {"applicationDate": "2026-03-20T00:00:00", "released": True, "voided": False}
VOIDED = {"applicationDate": "2026-03-25T00:00:00", "released": True, "voided": True}
PENDING = {"applicationDate": "2026-03-26T00:00:00", "released": False, "voided": False}


@pytest.fixture(autouse=True)
def notes(erp: Erp) -> None:
    erp.on("GET", NOTES, EMPTY)


@pytest.mark.parametrize(
    ("members", "state", "paid_on"),
    [
        ({}, ErpInvoiceState.SENT, None),
        ({"balanceInCurrency": 13734.25}, ErpInvoiceState.PARTLY_PAID, None),
        (
            {"balanceInCurrency": 0.0, "applications": [PAID, LATER, VOIDED, PENDING]},
            ErpInvoiceState.PAID,
            date(2026, 3, 20),
        ),
        (
            {"status": "Closed", "balanceInCurrency": 0.0, "applications": [PAID]},
            ErpInvoiceState.PAID,
            date(2026, 3, 17),
        ),
        (
            {"status": "Closed", "balanceInCurrency": 0.0, "applications": [VOIDED]},
            ErpInvoiceState.PAID,
            date(2026, 3, 17),
        ),
        ({"balanceInCurrency": 0.004}, ErpInvoiceState.PAID, date(2026, 3, 17)),
    ],
)
async def test_the_balance_says_what_was_paid(
    erp: Erp, adapter: VismaNetAdapter, members: dict[str, Any], state: ErpInvoiceState, paid_on: date | None
) -> None:
    """The date is that of the latest payment that counts, else of the last change."""
    erp.on("GET", LIST, page([OPEN | members]))
    (document,) = (await adapter.invoices_changed(SINCE)).items
    assert isinstance(document, Document)
    assert (document.state, document.paid_on, document.number) == (state, paid_on, "20260100")
    assert erp.only("GET", LIST).query["expandApplications"] == ["true"]


@pytest.mark.parametrize("status", ["Hold", "Balanced", "PendingPrint", "CreditHold", "Reserved", "NewWord"])
async def test_what_is_not_in_the_books_says_nothing(erp: Erp, adapter: VismaNetAdapter, status: str) -> None:
    erp.on("GET", LIST, page([OPEN | {"status": status}]))
    read = await adapter.invoices_changed(SINCE)
    assert (read.items, read.problems) == ((), ())


async def test_a_voided_document_of_ours_is_told_and_a_stranger_s_is_not(erp: Erp, adapter: VismaNetAdapter) -> None:
    voided = OPEN | {"status": "Voided"}
    erp.on("GET", LIST, page([voided, voided | {"note": "Feil kunde", "referenceNumber": "20260199"}]))
    read = await adapter.invoices_changed(None)
    assert [(item.id, item.state) for item in read.items] == [("invoice:20260100", ErpInvoiceState.VOIDED)]
    assert read.problems == ()


async def test_both_kinds_are_read_and_the_latest_change_is_where_it_goes_on(
    erp: Erp, adapter: VismaNetAdapter
) -> None:
    credit = OPEN | {"referenceNumber": "20260101", "lastModifiedDateTime": "2026-03-18T07:00:00"}
    erp.on("GET", LIST, page([OPEN]))
    erp.on("GET", NOTES, page([credit]))
    read = await adapter.invoices_changed(SINCE)
    assert [item.id for item in read.items] == ["invoice:20260100", "credit_note:20260101"]
    assert read.started == datetime(2026, 3, 18, 7, 0, tzinfo=UTC)
    assert [str(item.total) for item in read.items] == ["23734.25 NOK", "-23734.25 NOK"]


async def test_few_are_asked_for_singly_and_many_by_the_list_of_open_ones(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 12: once a day; what is not open any more is read by itself."""
    erp.on("GET", f"{LIST}/20260100", Reply(200, OPEN))
    erp.on("GET", f"{LIST}/1", Reply(200, INVOICE | {"referenceNumber": "1"}))
    erp.on("GET", f"{LIST}/2", Reply(404))
    few = await adapter.invoices_by_id(["invoice:20260100", "invoice:1", "invoice:2", "nonsense"])
    assert [item.id for item in few.items] == ["invoice:20260100"]
    many = [f"invoice:{number}" for number in range(3, 24)]
    rows = [OPEN | {"referenceNumber": str(number)} for number in range(3, 23)]
    erp.on("GET", LIST, page([*rows, OPEN | {"referenceNumber": "stranger"}]))
    erp.on("GET", f"{LIST}/23", Reply(200, OPEN | {"referenceNumber": "23", "status": "Closed"}))
    read = await adapter.invoices_by_id(many)
    assert sorted(item.id for item in read.items) == sorted(many)
    assert erp.only("GET", LIST).query["status"] == ["Open"]
