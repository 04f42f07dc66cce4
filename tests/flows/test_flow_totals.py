"""The total check of whole runs: what PowerOffice adds up otherwise is not left there (ALL-07, VN-11)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from tests.support.company import STATUSES, Company, figures, found_company
from tests.support.sandbox import Row, Sandbox
from tests.support.scenes import assert_kept_back, assert_transferred, correct_total, wrong_total

REJECTED_BY_TOTAL = {"difference_0.06": "0.06", "vat_rate": "AVVIK15"}
"""Trap of the world -> what its issue must name: the difference, or the row."""
NEVER_SENT = {
    "missing_product": "GAMMEL1",
    "several_codes": "STD",
    "in_house_customer": "ustomer",
    "payment_term": "45",
    "no_customer_number": "ustomer",
}
"""Trap -> a word of its issue; these are kept back before an order is made."""


@pytest.fixture(scope="module")
def company(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Company:
    """A tenant of a name of its own: the latest page of that name is of these runs."""
    return found_company(tmp_path_factory.mktemp("company"), sandbox, "totals")


def trapped(company: Company, trap: str) -> str:
    """Guid of the world's invoice with a trap."""
    (invoice,) = (one for one in company.sandbox.world.invoices if one.trap == trap)
    return str(company.sandbox.guids[invoice.key])


def asked_about(company: Company, guid: str, since: int) -> list[str]:
    """Requests that name an invoice in their path, query or body."""
    return [
        f"{one['method']} {one['path']}"
        for one in company.sandbox.exchanges(since)
        if guid in f"{one['path']} {one.get('query')} {one['request_body']}"
    ]


def orders_made(company: Company, guid: str) -> list[str]:
    """References under which PowerOffice was asked to make an order of an invoice."""
    return [
        str(one["request_body"]["ExternalImportReference"])
        for one in company.sandbox.exchanges(system="poweroffice")
        if one["method"] == "POST"
        and one["path"].endswith("/SalesOrders/Complete")
        and guid in str(one["request_body"])
    ]


def total(row: Row) -> Decimal:
    """PowerOffice's total including VAT of an order or invoice."""
    return Decimal(str(row["TotalAmount"]))


def test_every_good_invoice_stands_once_in_poweroffice_with_its_total(settled: Company) -> None:
    """ALL-05 ALL-07: without a trap, or off by exactly 0.05: one draft each, in its currency, at most 0.05 apart."""
    good = [
        one
        for one in settled.sandbox.world.invoices
        if one.stage == "trigger" and one.trap in {None, "difference_0.05"}
    ]
    assert len(good) >= 15
    for invoice in good:
        order = assert_transferred(settled, settled.sandbox.guids[invoice.key])
        assert order["CurrencyCode"] == invoice.currency, invoice.key
        assert abs(total(order) - invoice.total_including_tax) <= Decimal("0.05"), invoice.key
    assert len(settled.sandbox.objects("poweroffice", "SalesOrders")) == len(good)


def test_a_difference_of_exactly_0_05_passes(settled: Company) -> None:
    """ALL-07: the ledger keeps both totals."""
    guid = trapped(settled, "difference_0.05")
    order = assert_transferred(settled, guid)
    transfer = settled.transfer(guid)
    assert transfer.difference == Decimal("-0.05")
    assert transfer.erp_total == total(order)


@pytest.mark.parametrize("trap", REJECTED_BY_TOTAL)
def test_a_wrong_total_is_not_left_in_poweroffice(settled: Company, trap: str) -> None:
    """VN-11 ALL-07: the draft was made and deleted, Severa shows the failed status, the issue names what differs."""
    guid = trapped(settled, trap)
    transfer = assert_kept_back(settled, guid)
    assert orders_made(settled, guid) == [guid]
    assert transfer.generation == 2
    assert transfer.reference == f"{guid}-2"
    assert transfer.difference is not None
    assert abs(transfer.difference) > Decimal("0.05")
    (issue,) = settled.issues(guid=guid)
    assert REJECTED_BY_TOTAL[trap] in f"{issue.what} {issue.why}"


@pytest.mark.parametrize("trap", NEVER_SENT)
def test_an_invoice_that_cannot_go_stays_on_the_trigger_status(settled: Company, trap: str) -> None:
    """PO-13 ALL-05: nothing was made in PowerOffice; the issue says which part is wrong."""
    guid = trapped(settled, trap)
    assert_kept_back(settled, guid, status="trigger")
    assert orders_made(settled, guid) == []
    (issue,) = settled.issues(guid=guid)
    assert NEVER_SENT[trap] in f"{issue.what} {issue.why} {issue.todo}"


def test_a_rejected_invoice_goes_after_its_correction(settled: Company) -> None:
    """VN-11 ALL-07: the trigger status again gives the reference a suffix; every further deletion counts on."""
    guid = wrong_total(settled)
    settled.good("invoice_export")
    assert_kept_back(settled, guid)
    settled.good("invoice_export")
    assert orders_made(settled, guid) == [guid], "not tried again by itself"
    correct_total(settled, guid)
    settled.good("invoice_export")
    order = assert_transferred(settled, guid, attempt=2)
    assert total(order) == Decimal(3750)
    assert orders_made(settled, guid) == [guid, f"{guid}-2"]


def test_a_second_rejection_counts_on(settled: Company) -> None:
    """ALL-07: a row that PowerOffice taxes otherwise is rejected twice, then corrected."""
    guid = settled.bill({"code": "AVVIK15", "quantity": 1, "unit_price": 1000, "vat_rate": 25})
    settled.good("invoice_export")
    assert_kept_back(settled, guid)
    correct_total(settled, guid, unit_price="2000")
    settled.good("invoice_export")
    assert_kept_back(settled, guid)
    correct_total(settled, guid, vat_rate="15")
    settled.good("invoice_export")
    assert_transferred(settled, guid, attempt=3)
    assert orders_made(settled, guid) == [guid, f"{guid}-2", f"{guid}-3"]


@pytest.mark.parametrize(("by", "passes"), [("0.05", True), ("-0.05", True), ("0.06", False), ("-0.06", False)])
def test_the_limit_holds_on_both_sides(settled: Company, by: str, passes: bool) -> None:
    """ALL-07."""
    guid = wrong_total(settled, by)
    settled.good("invoice_export")
    if passes:
        assert_transferred(settled, guid)
    else:
        assert_kept_back(settled, guid)


def test_without_a_failed_status_a_rejected_invoice_is_parked_on_the_trigger(settled: Company) -> None:
    """VN-11 ALL-07: from the second cycle on nothing is asked about it, until a person corrects it."""
    settled.set(severa__statuses__failed=None)
    try:
        guid = wrong_total(settled)
        settled.good()
        assert_kept_back(settled, guid, status="trigger")
        settled.good()
        mark = settled.sandbox.mark()
        third = settled.good()
        assert asked_about(settled, guid, mark) == []
        assert figures(third, "invoice_export")["skipped"] >= 1
        assert orders_made(settled, guid) == [guid]
        settled.sandbox.act("severa", "set_invoice_status", guid=guid, status="Draft")
        correct_total(settled, guid)
        settled.good()
        assert_transferred(settled, guid, attempt=2)
    finally:
        settled.set(severa__statuses__failed=STATUSES["failed"])


def test_totals_in_different_currencies_are_not_compared(settled: Company) -> None:
    """ALL-07: the same figure in another currency keeps the invoice back; nothing of it goes through the gate."""
    guid = settled.bill()
    stored = next(row for row in settled.sandbox.systems["severa"].objects("invoices") if row["guid"] == guid)
    stored["totalIncludingTax"]["currencyCode"] = "EUR"
    assert settled.invoice(guid)["totalIncludingTax"]["currencyCode"] == "EUR"
    outcome = settled.good("invoice_export")
    assert_kept_back(settled, guid)
    (issue,) = settled.issues(guid=guid)
    assert "NOK" in issue.what
    assert "EUR" in issue.what
    assert "differ by" not in issue.what
    assert outcome.docs_index is None


def test_a_run_with_totals_leaves_data_docs_and_a_summary(settled: Company, prefect_api: str) -> None:
    """ALL-07: both name the rejected invoice and the good one's check."""
    wrong, right = wrong_total(settled), settled.bill()
    outcome = settled.good("invoice_export")
    assert outcome.docs_index is not None
    index = Path(outcome.docs_index)
    assert index.is_relative_to(settled.home)
    pages = "".join(page.read_text() for page in index.parent.rglob("*.html"))
    assert wrong in pages
    assert "3\N{NO-BREAK SPACE}750.06 NOK" in pages
    artifact = httpx.get(f"{prefect_api}/artifacts/{settled.name}-summary/latest").raise_for_status().json()
    assert artifact["flow_run_id"] == outcome.flow_run_id
    assert "Rejected in this run" in artifact["data"]
    assert "differ by" in artifact["data"]
    assert outcome.docs_index.replace("_", r"\_") in artifact["data"] or outcome.docs_index in artifact["data"]
    assert_kept_back(settled, wrong)
    assert_transferred(settled, right)


def test_a_run_without_totals_builds_no_data_docs(settled: Company) -> None:
    """ALL-07."""
    assert settled.good("invoice_export").docs_index is None
