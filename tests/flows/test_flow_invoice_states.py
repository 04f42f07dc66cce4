"""What became of the invoices in PowerOffice, and what people do with them on either side (PO-13, ALL-04, ALL-06)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core.errors import ConfigurationError
from core.issues import Issue
from core.transfers import Stage, TransferState
from tests.support.company import STATUSES, Company
from tests.support.sandbox import Row
from tests.support.scenes import a_day_later, assert_transferred

ZONE = "UTC"
"""The zone of a tenant of simulated systems; a payment's instant becomes a date there."""


def transferred(company: Company) -> str:
    """A new invoice whose draft stands in PowerOffice."""
    guid = company.bill()
    company.good("invoice_export")
    assert_transferred(company, guid)
    return guid


def sent(company: Company) -> str:
    """A new invoice that was sent, which Severa shows."""
    guid = transferred(company)
    company.sandbox.act("poweroffice", "send_invoice", reference=guid)
    company.good("invoice_status")
    assert_sent(company, guid)
    return guid


def paid(company: Company) -> str:
    """A new invoice that was sent and paid, which Severa shows."""
    guid = sent(company)
    company.sandbox.act("poweroffice", "register_payment", reference=guid)
    company.good("invoice_status")
    assert_paid(company, guid)
    return guid


def assert_sent(company: Company, guid: str) -> Row:
    """PowerOffice's number and the sent status stand in Severa, no payment date; the ledger says the same."""
    order, invoice, transfer = company.order(guid), company.invoice(guid), company.transfer(guid)
    assert order["InvoiceNo"]
    assert (invoice["number"], invoice["status"]["name"]) == (order["InvoiceNo"], STATUSES["sent"])
    assert invoice["paymentDate"] is None
    assert (transfer.state, transfer.stage) == (TransferState.REPORTED, Stage.SENT)
    assert transfer.erp_number == str(order["InvoiceNo"])
    return order


def day_of_payment(order: Row, zone: str) -> str:
    """The date in a zone of the instant at which the balance changed last."""
    instant = datetime.fromisoformat(order["BalanceLastChangedDateTimeOffset"])
    return instant.astimezone(ZoneInfo(zone)).date().isoformat()


def assert_paid(company: Company, guid: str) -> Row:
    """Number, paid status and the day of the payment stand in Severa; the journey is over."""
    order, invoice, transfer = company.order(guid), company.invoice(guid), company.transfer(guid)
    assert order["Balance"] == 0
    assert (invoice["number"], invoice["status"]["name"]) == (order["InvoiceNo"], STATUSES["paid"])
    assert (invoice["paymentDate"] or "")[:10] == day_of_payment(order, ZONE)
    assert (transfer.state, transfer.stage) == (TransferState.DONE, Stage.PAID)
    return order


def the_issue(company: Company, guid: str) -> Issue:
    """The one open issue of an invoice; it has a to-do."""
    (issue,) = company.issues(guid=guid)
    assert issue.todo
    return issue


def severa_writes(company: Company, guid: str, since: int) -> list[Row]:
    """Bodies that were written to an invoice in Severa."""
    return [
        one["request_body"]
        for one in company.sandbox.exchanges(since, "severa")
        if one["method"] != "GET" and guid in one["path"]
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


# sent and paid ---------------------------------------------------------------------------------------------------


def test_number_and_sent_status_come_back(settled: Company) -> None:
    """PO-13 ALL-06: a second run has nothing to write."""
    guid = sent(settled)
    assert settled.issues(guid=guid) == []
    mark = settled.sandbox.mark()
    settled.good("invoice_status")
    assert severa_writes(settled, guid, mark) == []


def test_a_draft_that_was_not_sent_changes_nothing(settled: Company) -> None:
    """PO-13: also not when it was confirmed."""
    guid = transferred(settled)
    settled.sandbox.act("poweroffice", "confirm_order", reference=guid)
    mark = settled.sandbox.mark()
    settled.good("invoice_status")
    assert settled.sandbox.writes(mark) == []
    assert_transferred(settled, guid)


def test_a_part_payment_changes_nothing(settled: Company) -> None:
    """PO-13: only a balance of zero is paid; the rest then comes through."""
    guid = sent(settled)
    settled.sandbox.act("poweroffice", "register_payment", reference=guid, amount=1000)
    mark = settled.sandbox.mark()
    settled.good("invoice_status")
    assert settled.sandbox.writes(mark) == []
    assert_sent(settled, guid)
    settled.sandbox.act("poweroffice", "register_payment", reference=guid)
    settled.good("invoice_status")
    assert_paid(settled, guid)


def test_paid_status_and_payment_date_come_back(settled: Company) -> None:
    """PO-13."""
    guid = paid(settled)
    assert settled.issues(guid=guid) == []
    mark = settled.sandbox.mark()
    settled.good("invoice_status")
    assert severa_writes(settled, guid, mark) == []


def test_the_payment_date_is_a_date_in_the_tenants_zone(settled: Company) -> None:
    """PO-13: law 6; of two zones 25 hours apart at least one has another date than UTC at any time."""
    guid = sent(settled)
    settled.sandbox.act("poweroffice", "register_payment", reference=guid)
    order = settled.order(guid)
    zones = ("Pacific/Kiritimati", "Pacific/Pago_Pago")
    zone = next(one for one in zones if day_of_payment(order, one) != day_of_payment(order, ZONE))
    settled.set(time_zone=zone)
    try:
        settled.good("invoice_status")
    finally:
        settled.set(time_zone=ZONE)
    assert settled.status(guid) == STATUSES["paid"]
    assert settled.invoice(guid)["paymentDate"][:10] == day_of_payment(order, zone)


def test_sent_and_paid_between_two_cycles_is_one_step(settled: Company) -> None:
    """PO-13 ALL-06: number, payment date and paid status in one write; the sent status is never shown."""
    guid = transferred(settled)
    settled.sandbox.act("poweroffice", "send_invoice", reference=guid)
    settled.sandbox.act("poweroffice", "register_payment", reference=guid)
    mark = settled.sandbox.mark()
    settled.good("invoice_status")
    order = assert_paid(settled, guid)
    (body,) = severa_writes(settled, guid, mark)
    assert str(order["InvoiceNo"]) in str(body)
    assert settled.issues(guid=guid) == []


@pytest.mark.parametrize("key", ["INV-00006", "INV-00004", "INV-00010", "INV-00018"])
def test_credit_notes_and_foreign_currencies_go_the_same_way(settled: Company, key: str) -> None:
    """PO-13 ALL-06: the sign and the currency stay; matched or paid in full is paid."""
    (told,) = (one for one in settled.sandbox.world.invoices if one.key == key)
    assert told.is_credit_note or told.currency != "NOK"
    guid = settled.sandbox.guids[key]
    assert_transferred(settled, guid)
    settled.sandbox.act("poweroffice", "send_invoice", reference=guid)
    settled.good("invoice_status")
    order = assert_sent(settled, guid)
    assert order["CurrencyCode"] == told.currency
    assert (order["TotalAmount"] < 0) is told.is_credit_note
    settled.sandbox.act("poweroffice", "register_payment", reference=guid)
    settled.good("invoice_status")
    assert_paid(settled, guid)
    assert settled.issues(guid=guid) == []


def test_an_invoice_credited_in_poweroffice_is_settled(settled: Company) -> None:
    """PO-13: matched with its credit note its balance is zero; PowerOffice's own note is no business of Severa."""
    guid = sent(settled)
    before = len(settled.sandbox.objects("severa", "invoices"))
    settled.sandbox.act("poweroffice", "credit_invoice", reference=guid)
    settled.good("invoice_status")
    assert_paid(settled, guid)
    assert len(settled.sandbox.objects("severa", "invoices")) == before


def test_a_reopened_payment_is_reported_once_and_not_taken_back(settled: Company) -> None:
    """PO-13."""
    open_one = transferred(settled)
    guid = paid(settled)
    settled.sandbox.act("poweroffice", "reverse_payment", reference=guid)
    mark = settled.sandbox.mark()
    for _ in range(3):
        settled.good("invoice_status")
        assert "open again" in the_issue(settled, guid).what
    assert severa_writes(settled, guid, mark) == []
    assert settled.status(guid) == STATUSES["paid"]
    assert settled.transfer(guid).state is TransferState.DONE
    assert_transferred(settled, open_one)


# people in PowerOffice -----------------------------------------------------------------------------------------------


def test_an_edited_draft_that_was_sent_is_reported(settled: Company) -> None:
    """ALL-06 ALL-07: number and status come back, nothing is undone, the issue has both totals."""
    guid = transferred(settled)
    settled.sandbox.act("poweroffice", "edit_order", reference=guid, line=0, quantity=3)
    settled.sandbox.act("poweroffice", "send_invoice", reference=guid)
    settled.good("invoice_status")
    order = assert_sent(settled, guid)
    assert order["TotalAmount"] == 5625
    words = the_issue(settled, guid).what.replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", "")
    assert "5625" in words
    assert "3750" in words


def test_a_deleted_draft_is_reported_by_the_daily_read_and_never_made_again(settled: Company) -> None:
    """ALL-05 PO-13: whatever runs, until a person asks for it."""
    guid, kept = transferred(settled), transferred(settled)
    settled.good("invoice_status")
    settled.sandbox.act("poweroffice", "delete_order", reference=guid)
    a_day_later(settled)
    settled.good("invoice_status")
    assert "deleted" in the_issue(settled, guid).what
    assert settled.issues(guid=kept) == []
    settled.good()
    settled.good("invoice_export", retry=True)
    assert settled.orders(guid) == []
    assert orders_made(settled, guid) == [guid]
    assert settled.status(guid) == STATUSES["transferred"]
    assert_transferred(settled, kept)


def test_a_deleted_draft_goes_again_on_request(settled: Company) -> None:
    """ALL-05: put on the trigger status it waits for `retry` of that one record, then has the next reference."""
    guid = transferred(settled)
    settled.good("invoice_status")
    settled.sandbox.act("poweroffice", "delete_order", reference=guid)
    a_day_later(settled)
    settled.good("invoice_status")
    assert the_issue(settled, guid).cause == "deleted"
    settled.move(guid, "trigger")
    settled.good("invoice_export")
    settled.good("invoice_export", retry=True)
    assert settled.orders(guid) == []
    settled.good("invoice_export", retry=True, record=guid)
    order = settled.order(guid)
    assert order["ExternalImportReference"] == f"{guid}-2"
    settled.good("invoice_status")
    assert_transferred(settled, guid, attempt=2)
    settled.sandbox.act("poweroffice", "send_invoice", reference=f"{guid}-2")
    settled.good("invoice_status")
    assert_sent(settled, guid)
    assert orders_made(settled, guid) == [guid, f"{guid}-2"]
    assert settled.issues(guid=guid) == []


def test_a_draft_that_stands_is_not_sent_again_on_request(settled: Company) -> None:
    """ALL-05: `retry` of one record looks into PowerOffice first; sent invoices count, too."""
    draft, gone = transferred(settled), sent(settled)
    for guid in (draft, gone):
        settled.move(guid, "trigger")
        settled.good("invoice_export", retry=True, record=guid)
        assert len(settled.orders(guid)) == 1
        assert orders_made(settled, guid) == [guid]
        assert "before" in the_issue(settled, guid).what


# people in Severa ------------------------------------------------------------------------------------------------


def test_a_status_that_a_person_chose_is_not_overwritten(settled: Company) -> None:
    """ALL-04: reported; on the sent status the number follows by itself."""
    guid = transferred(settled)
    settled.sandbox.act("severa", "set_invoice_status", guid=guid, status="Draft")
    settled.sandbox.act("poweroffice", "send_invoice", reference=guid)
    mark = settled.sandbox.mark()
    settled.good("invoice_status")
    assert settled.status(guid) == "Draft"
    assert severa_writes(settled, guid, mark) == []
    assert the_issue(settled, guid).cause == "moved"
    settled.move(guid, "transferred")
    settled.good("invoice_status")
    assert_sent(settled, guid)
    assert settled.issues(guid=guid) == []


def test_an_invoice_moved_back_to_the_trigger_is_reported_not_sent_again(settled: Company) -> None:
    """ALL-05: exactly once; moved on again the issue is over."""
    guid = transferred(settled)
    settled.move(guid, "trigger")
    for _ in range(2):
        settled.good("invoice_export")
        assert "before" in the_issue(settled, guid).what
    assert len(settled.orders(guid)) == 1
    assert orders_made(settled, guid) == [guid]
    assert settled.status(guid) == STATUSES["trigger"]


def test_an_invoice_moved_back_and_sent_in_poweroffice_is_shown_as_sent(settled: Company) -> None:
    """PO-13 ALL-06."""
    guid = transferred(settled)
    settled.move(guid, "trigger")
    settled.good("invoice_export")
    settled.sandbox.act("poweroffice", "send_invoice", reference=guid)
    settled.good("invoice_export")
    settled.good("invoice_status")
    assert_sent(settled, guid)
    assert orders_made(settled, guid) == [guid]


def test_an_invoice_deleted_in_severa_after_the_transfer_is_reported_when_it_is_sent(settled: Company) -> None:
    """ALL-05 ALL-06: its draft is left alone."""
    guid = transferred(settled)
    settled.sandbox.act("severa", "delete_invoice", guid=guid)
    settled.good("invoice_export")
    settled.sandbox.act("poweroffice", "send_invoice", reference=guid)
    settled.good("invoice_status")
    (issue,) = settled.issues(guid=guid)
    assert "deleted in Severa" in issue.what
    assert len(settled.orders(guid)) == 1


def test_the_issue_of_an_invoice_deleted_in_severa_says_what_to_do(settled: Company) -> None:
    """ALL-05 ALL-06."""
    guid = transferred(settled)
    settled.sandbox.act("severa", "delete_invoice", guid=guid)
    settled.sandbox.act("poweroffice", "send_invoice", reference=guid)
    settled.good("invoice_status")
    (issue,) = settled.issues(guid=guid)
    assert issue.todo


def test_an_invoice_deleted_in_severa_in_mid_journey_is_reported(settled: Company) -> None:
    """ALL-05: its draft stands, Severa never learnt of it; nothing is made or deleted."""
    guid = settled.bill()
    settled.sandbox.fault("severa", "PATCH", "/v1/invoices/{guid}", "status:500", times=3)
    settled.good("invoice_export")
    assert settled.transfer(guid).state is TransferState.VERIFIED
    settled.sandbox.act("severa", "delete_invoice", guid=guid)
    for _ in range(2):
        settled.good("invoice_export")
        issues = settled.issues(guid=guid)
        assert any("deleted in Severa" in issue.what for issue in issues)
        assert len(settled.orders(guid)) == 1
    with settled.state() as state:  # a person took it off, so that the other tests are not told of it
        state.transfers.step(guid, TransferState.IGNORED, expect=TransferState.VERIFIED)


# wrong statuses in the tenant file -----------------------------------------------------------------------------------


@contextmanager
def settings(company: Company, **statuses: str | None) -> Iterator[None]:
    """Other statuses in the tenant file for the time of a block."""
    company.set(**{f"severa__statuses__{role}": name for role, name in statuses.items()})
    try:
        yield
    finally:
        company.set(**{f"severa__statuses__{role}": STATUSES[role] for role in statuses})


def refused(company: Company, job: str = "cycle") -> str:
    """A run that must end with the statuses' mistakes before anything is written; what it said."""
    guid, mark = company.bill(), company.sandbox.mark()
    outcome = company.run(job)
    assert outcome.state == "failed"
    assert isinstance(outcome.error, ConfigurationError)
    assert company.sandbox.writes(mark) == []
    assert company.orders(guid) == []
    assert company.status(guid) == STATUSES["trigger"]
    company.sandbox.act("severa", "delete_invoice", guid=guid)
    return str(outcome.error)


@pytest.mark.parametrize("job", ["cycle", "registry_sync", "invoice_export", "invoice_status", "cost_import"])
def test_unknown_statuses_stop_every_job_before_it_writes(settled: Company, job: str) -> None:
    """ALL-04: every mistake is named, with what there is."""
    with settings(settled, trigger="Send to Powerofice", paid="Betalt"):
        words = refused(settled, job)
    assert "Send to Powerofice" in words
    assert "Betalt" in words
    assert "Partially paid" in words, "what there is"


def test_statuses_in_the_wrong_order_or_with_the_wrong_flags_are_refused(settled: Company) -> None:
    """ALL-04: order, the number flag, sent and paid; each mistake by its role."""
    with settings(
        settled, trigger="Sent", transferred="In PowerOffice", sent="Paid", paid="Partially paid", failed="Draft"
    ):
        words = refused(settled)
    for mistake in (
        "transferred: 'In PowerOffice' must come after 'Sent'",
        "paid: 'Partially paid' must come after 'Paid'",
        "trigger: 'Sent' must not give an invoice number",
        "sent: 'Paid' is marked as paid",
        "paid: 'Partially paid' is not marked as paid",
        "failed: 'Draft' must not be the default status",
    ):
        assert mistake in words


def test_an_inactive_status_is_refused(settled: Company) -> None:
    """ALL-04: together with an unknown one."""
    (stored,) = (
        row for row in settled.sandbox.systems["severa"].objects("invoicestatuses") if row["name"] == "Partially paid"
    )
    stored["isActive"] = False
    try:
        with settings(settled, sent="Partially paid", failed="Nope"):
            words = refused(settled)
    finally:
        stored["isActive"] = True
    assert "sent: 'Partially paid' is not active" in words
    assert "failed: 'Nope' does not exist" in words


def test_after_the_correction_of_the_statuses_the_next_run_goes(settled: Company) -> None:
    """ALL-04: statuses by guid are as good as names."""
    guids = {row["name"]: row["guid"] for row in settled.sandbox.objects("severa", "invoicestatuses")}
    with settings(settled, trigger="Nope"):
        refused(settled)
    with settings(settled, **{role: guids[name] for role, name in STATUSES.items()}):
        transferred(settled)
