"""Invoices from the trigger status to paid, as Severa and PowerOffice show them (PO-13, ALL-04 to ALL-07)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ConfigurationError
from core.transfers import Stage, TransferState
from tests.support.company import STATUSES, Company
from tests.support.scenes import assert_kept_back, assert_transferred, correct_total, wrong_total


def send(company: Company, guid: str) -> int:
    """A person sends the draft; PowerOffice's invoice number."""
    (sent,) = company.sandbox.act("poweroffice", "send_invoice", reference=guid)["sent"]
    return int(sent["invoice_no"])


def test_an_invoice_goes_all_the_way_to_paid(settled: Company) -> None:
    """ALL-04 ALL-06 PO-13: transferred without number, sent with PowerOffice's number, paid with the date."""
    guid = settled.bill()
    settled.good()
    assert_transferred(settled, guid)
    assert settled.invoice(guid)["number"] is None
    number = send(settled, guid)
    settled.good()
    assert (settled.status(guid), settled.invoice(guid)["number"]) == (STATUSES["sent"], number)
    assert settled.transfer(guid).stage is Stage.SENT
    settled.sandbox.act("poweroffice", "register_payment", reference=guid)
    settled.good()
    invoice = settled.invoice(guid)
    assert (invoice["status"]["name"], invoice["number"]) == (STATUSES["paid"], number)
    changed = settled.order(guid)["BalanceLastChangedDateTimeOffset"]
    assert abs(int(invoice["paymentDate"][8:10]) - int(changed[8:10])) in {0, 1, 27, 28, 29, 30}
    transfer = settled.transfer(guid)
    assert (transfer.state, transfer.erp_number) == (TransferState.DONE, str(number))
    mark = settled.sandbox.mark()
    settled.good()
    assert settled.sandbox.writes(mark) == []


def test_sent_and_paid_between_two_runs_come_back_at_once(settled: Company) -> None:
    """PO-13: nobody looked while it was only sent; the number is not forgotten."""
    guid = settled.bill()
    settled.good("invoice_export")
    number = send(settled, guid)
    settled.sandbox.act("poweroffice", "register_payment", reference=guid)
    settled.good("invoice_status")
    assert (settled.status(guid), settled.invoice(guid)["number"]) == (STATUSES["paid"], number)


def test_a_part_payment_changes_nothing_until_the_rest_is_paid(settled: Company) -> None:
    """PO-13: PowerOffice's guide has no status for it."""
    guid = settled.bill()
    settled.good("invoice_export")
    send(settled, guid)
    settled.sandbox.act("poweroffice", "register_payment", reference=guid, amount=100)
    settled.good("invoice_status")
    assert settled.status(guid) == STATUSES["sent"]
    mark = settled.sandbox.mark()
    settled.good("invoice_status")
    assert settled.sandbox.writes(mark) == []
    settled.sandbox.act("poweroffice", "register_payment", reference=guid)
    settled.good("invoice_status")
    assert settled.status(guid) == STATUSES["paid"]


def test_a_payment_that_is_taken_back_is_reported_and_paid_stays(settled: Company) -> None:
    """PO-13: statuses only move forward."""
    guid = settled.bill()
    settled.good("invoice_export")
    send(settled, guid)
    settled.sandbox.act("poweroffice", "register_payment", reference=guid)
    settled.good("invoice_status")
    settled.sandbox.act("poweroffice", "reverse_payment", reference=guid)
    settled.good("invoice_status")
    assert settled.status(guid) == STATUSES["paid"]
    (issue,) = settled.issues(guid=guid)
    assert issue.cause == "reopened"


def test_a_credit_note_goes_out_and_names_the_invoice_that_it_credits(settled: Company) -> None:
    """PO-13: quantities negative, total negative."""
    guid = settled.bill({"code": "STD", "quantity": -1, "unit_price": 400, "vat_rate": 25})
    settled.good("invoice_export")
    order = assert_transferred(settled, guid)
    assert order["TotalAmount"] == -500
    number = send(settled, guid)
    settled.sandbox.act("poweroffice", "register_payment", reference=guid)
    settled.good("invoice_status")
    assert (settled.status(guid), settled.invoice(guid)["number"]) == (STATUSES["paid"], number)


@pytest.mark.parametrize(
    ("by", "passes"),
    [("0.05", True), ("-0.05", True), ("0.06", False), ("-0.06", False), ("0.04", True), ("100", False)],
)
def test_the_total_may_differ_by_at_most_0_05(settled: Company, by: str, passes: bool) -> None:
    """ALL-07: exactly 0.05 passes, 0.06 does not, either way; a draft that fails is deleted."""
    guid = wrong_total(settled, by)
    settled.good("invoice_export")
    if passes:
        assert_transferred(settled, guid)
    else:
        transfer = assert_kept_back(settled, guid)
        assert transfer.difference == -Decimal(by)
        correct_total(settled, guid)
        settled.good("invoice_export")
        assert_transferred(settled, guid, attempt=2)
        assert settled.transfer(guid).difference == 0


def test_without_a_failed_status_a_refused_invoice_stays_where_it_is_and_is_not_tried_until_it_changes(
    settled: Company,
) -> None:
    """ALL-07: parked on the trigger status; a change in Severa wakes it."""
    settled.set(severa__statuses__failed=None)
    try:
        guid = wrong_total(settled)
        settled.good("invoice_export")
        assert_kept_back(settled, guid, status="trigger")
        mark = settled.sandbox.mark()
        settled.good("invoice_export")
        assert settled.sandbox.writes(mark) == []
        correct_total(settled, guid)
        settled.good("invoice_export")
        assert_transferred(settled, guid, attempt=2)
    finally:
        settled.set(severa__statuses__failed=STATUSES["failed"])


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        (({"code": "NO-SUCH", "quantity": 1, "unit_price": 5},), "NO-SUCH"),
        (({"quantity": 1, "unit_price": 5},), "code"),
        (({"codes": ["STD", "UE"], "quantity": 1, "unit_price": 5},), "code"),
    ],
    ids=["unknown product", "no code", "two codes"],
)
def test_a_row_that_cannot_become_a_line_keeps_the_whole_invoice_back(
    settled: Company, rows: tuple[dict[str, object], ...], word: str
) -> None:
    """PO-13: no order is made; the issue says which code."""
    guid = settled.bill({"code": "STD", "quantity": 1, "unit_price": 10, "vat_rate": 25}, *rows)
    settled.good("invoice_export")
    assert_kept_back(settled, guid, status="trigger")
    (issue,) = settled.issues(guid=guid)
    assert word in issue.what
    settled.sandbox.act("severa", "edit_invoice_row", guid=guid, row=1, codes=["STD"])
    settled.good("invoice_export")
    assert_transferred(settled, guid)


def test_an_invoice_of_a_new_customer_and_project_goes_in_the_same_cycle(settled: Company) -> None:
    """PO-05 PO-11: registries first, then invoices."""
    made = settled.sandbox.act(
        "severa",
        "create_customer",
        members={"name": "Ny Kunde Ærlig AS", "number": 18001, "isActive": True, "paymentTerm": 14},
    )
    assert made["number"] == 18001
    project = settled.sandbox.act("severa", "create_project", customer=18001, name="Første oppdrag")
    guid = settled.bill(project=project["number"])
    settled.good()
    order = assert_transferred(settled, guid)
    customers = {row["Id"]: row for row in settled.sandbox.objects("poweroffice", "Customers")}
    assert customers[order["CustomerId"]]["Number"] == 18001
    projects = {row["Id"]: row["Code"] for row in settled.sandbox.objects("poweroffice", "Projects")}
    assert projects[order["ProjectId"]] == str(project["number"])


@pytest.mark.parametrize(
    ("role", "name", "word"),
    [
        ("sent", "No such status", "does not exist"),
        ("transferred", "Draft", "must come after"),
        ("sent", "In PowerOffice (old)", "does not exist"),
        ("paid", "Partially paid", "not marked as paid"),
        ("trigger", "Partially paid", "invoice number"),
    ],
)
def test_statuses_that_do_not_fit_stop_everything_before_anything_is_written(
    settled: Company, role: str, name: str, word: str
) -> None:
    """ALL-04: existence, order and flags are checked before anything runs."""
    guid = settled.bill()
    settled.set(**{f"severa__statuses__{role}": name})
    mark = settled.sandbox.mark()
    try:
        outcome = settled.run()
    finally:
        settled.set(**{f"severa__statuses__{role}": STATUSES[role]})
    assert isinstance(outcome.error, ConfigurationError)
    assert word in str(outcome.error)
    assert settled.sandbox.writes(mark) == []
    assert settled.orders(guid) == []
    settled.good("invoice_export")
    assert_transferred(settled, guid)
