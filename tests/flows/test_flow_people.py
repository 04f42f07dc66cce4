"""What people do between two steps of an invoice's journey is seen, respected and reported, never overwritten."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from core.transfers import Stage, TransferState
from tests.support.company import STATUSES, Company
from tests.support.sandbox import Moment
from tests.support.scenes import a_day_later, assert_kept_back, assert_transferred, correct_total, wrong_total


def meanwhile(company: Company, method: str, ending: str, act: Callable[[], None], *, stage: str = "after") -> None:
    """At the first such request of the coming run a person acts, before (or after) it is carried out."""
    done: list[Moment] = []

    def watch(moment: Moment) -> bool:
        if not done and moment[0] == stage and moment[1] == method and ending in moment[2]:
            done.append(moment)
            act()
        return False

    company.sandbox.tap.watch = watch


@pytest.fixture
def company_at_work(settled: Company) -> Company:
    """The settled company; nobody acts in the middle of its runs any more afterwards."""
    settled.sandbox.tap.watch = None
    return settled


def in_company(company: Company, system: str, action: str, **given: object) -> Callable[[], None]:
    """An action of a person, done inside the server's own thread."""

    def act() -> None:
        company.sandbox.systems[system].actions[action](given)

    return act


# ---------------------------------------------------------------- in PowerOffice, after the transfer


def test_a_draft_that_was_deleted_before_a_run_knew_of_it_is_told_once_severa_says_that_it_went(
    company_at_work: Company,
) -> None:
    """ALL-05: the answer was lost, the invoice taken back meanwhile, and at last put on the transferred status."""
    company = company_at_work
    guid = company.bill()
    company.sandbox.fault("poweroffice", "POST", "/v2/SalesOrders/Complete", "drop_after")

    def act() -> None:
        in_company(company, "poweroffice", "delete_order", reference=guid)()
        in_company(company, "severa", "set_invoice_status", guid=guid, status="Draft")()

    def look_up_next() -> None:
        meanwhile(company, "GET", "/SalesOrders", act, stage="before")

    meanwhile(company, "POST", "/SalesOrders/Complete", look_up_next, stage="before")
    for _ in range(3):  # lost, looked up, and the desk forgets the try
        company.run("invoice_export")
    assert (company.orders(guid), company.transfer(guid).state) == ([], TransferState.PENDING)
    company.move(guid, "transferred")
    a_day_later(company)
    company.good("invoice_status")
    (issue,) = company.issues(guid=guid)
    assert issue.what == "It stands on the transferred status in Severa and is not in PowerOffice."
    company.move(guid, "trigger")
    company.good("invoice_export")
    company.good("invoice_status")
    assert_transferred(company, guid)


def test_a_draft_that_a_person_deleted_is_reported_and_never_made_again_by_itself(settled: Company) -> None:
    """ALL-05 PO-13."""
    guid = settled.bill()
    settled.good("invoice_export")
    settled.sandbox.act("poweroffice", "delete_order", reference=guid)
    for _ in range(2):
        settled.good()
    settled.good("invoice_status", retry=True)
    assert settled.orders(guid) == []
    settled.move(guid, "trigger")
    settled.good("invoice_export")
    assert settled.orders(guid) == []
    assert settled.issues(guid=guid), "nobody was told"


@pytest.mark.thorough
def test_a_draft_that_a_person_deleted_goes_again_when_it_is_asked_for(settled: Company) -> None:
    """ALL-05: with the next reference, after the trigger status and a retry."""
    guid = settled.bill()
    settled.good("invoice_export")
    settled.sandbox.act("poweroffice", "delete_order", reference=guid)
    settled.move(guid, "trigger")
    settled.good("invoice_export")
    settled.good(record=guid, retry=True)
    assert_transferred(settled, guid, attempt=2)


@pytest.mark.thorough
def test_a_draft_that_a_person_edited_is_sent_and_the_difference_reported(settled: Company) -> None:
    """ALL-07: checked again at sent; nothing is undone."""
    guid = settled.bill()
    settled.good("invoice_export")
    settled.sandbox.act("poweroffice", "edit_order", reference=guid, line=0, quantity=3)
    settled.sandbox.act("poweroffice", "send_invoice", reference=guid)
    settled.good("invoice_status")
    assert settled.status(guid) == STATUSES["sent"]
    (issue,) = settled.issues(guid=guid)
    assert issue.cause == "edited"
    assert "5" in issue.what
    assert "3 750" in issue.what or "3750" in issue.what


@pytest.mark.thorough
def test_a_confirmed_draft_with_a_wrong_total_is_opened_and_removed(company_at_work: Company) -> None:
    """ALL-07: contract section 7, the answer 409."""
    company = company_at_work
    guid = wrong_total(company)
    confirm = in_company(company, "poweroffice", "confirm_order", reference=guid)
    meanwhile(company, "DELETE", "/SalesOrders/", confirm, stage="before")
    company.good("invoice_export")
    company.sandbox.tap.watch = None
    assert_kept_back(company, guid)


@pytest.mark.thorough
def test_a_draft_with_a_wrong_total_that_a_person_sent_meanwhile_is_kept_and_reported(
    company_at_work: Company,
) -> None:
    """ALL-07: it is credited in PowerOffice; it does not go a second time, and its states still come back."""
    company = company_at_work
    guid = wrong_total(company)
    send = in_company(company, "poweroffice", "send_invoice", reference=guid)
    meanwhile(company, "DELETE", "/SalesOrders/", send, stage="before")
    company.good("invoice_export")
    company.sandbox.tap.watch = None
    assert len(company.orders(guid)) == 1
    (issue,) = company.issues("invoice_export", guid)
    assert "redit" in issue.todo
    company.good()
    company.good("invoice_export", retry=True)
    assert len(company.orders(guid)) == 1
    transfer = company.transfer(guid)
    assert (transfer.state, transfer.erp_id) == (TransferState.REPORTED, company.order(guid)["Id"])


def test_a_draft_that_is_sent_before_it_was_checked_is_reported_as_transferred_and_sent(
    company_at_work: Company,
) -> None:
    """ALL-05 ALL-06: sent between the create and Severa's status."""
    company = company_at_work
    guid = company.bill()
    send = in_company(company, "poweroffice", "send_invoice", reference=guid)
    meanwhile(company, "PATCH", f"/invoices/{guid}", send, stage="before")
    company.good("invoice_export")
    company.sandbox.tap.watch = None
    company.good("invoice_status")
    order = company.order(guid)
    assert (company.status(guid), company.invoice(guid)["number"]) == (STATUSES["sent"], order["InvoiceNo"])
    assert company.issues(guid=guid) == []


# ---------------------------------------------------------------- in Severa


def test_an_invoice_that_a_person_took_back_before_it_went_does_not_go(company_at_work: Company) -> None:
    """ALL-04: read again right before sending."""
    company = company_at_work
    guid = company.bill()
    take_back = in_company(company, "severa", "set_invoice_status", guid=guid, status="Draft")
    meanwhile(company, "GET", "/v1/invoices", take_back)
    company.good("invoice_export")
    company.sandbox.tap.watch = None
    assert company.orders(guid) == []
    assert company.status(guid) == "Draft"
    company.move(guid, "trigger")
    company.good("invoice_export")
    assert_transferred(company, guid)


def test_an_invoice_that_a_person_moved_after_it_went_is_not_moved_back(company_at_work: Company) -> None:
    """ALL-04: a status that a person chose stands; it is reported, the order stays the only one."""
    company = company_at_work
    guid = company.bill()
    take_back = in_company(company, "severa", "set_invoice_status", guid=guid, status="Draft")
    meanwhile(company, "POST", "/SalesOrders/Complete", take_back)
    company.good("invoice_export")
    company.sandbox.tap.watch = None
    assert company.status(guid) == "Draft"
    assert len(company.orders(guid)) == 1
    (issue,) = company.issues(guid=guid)
    assert "status" in issue.what
    company.move(guid, "trigger")
    company.good("invoice_export")
    assert_transferred(company, guid)


def test_an_invoice_put_back_on_the_trigger_status_is_reported_and_not_made_again(settled: Company) -> None:
    """ALL-05."""
    guid = settled.bill()
    settled.good("invoice_export")
    settled.move(guid, "trigger")
    for _ in range(2):
        settled.good("invoice_export")
    assert len(settled.orders(guid)) == 1
    (issue,) = settled.issues("invoice_export", guid)
    assert "before" in issue.what


def test_an_invoice_that_was_deleted_in_severa_while_its_draft_stands_is_reported(company_at_work: Company) -> None:
    """ALL-05: the draft is named, so that somebody can delete it."""
    company = company_at_work
    guid = company.bill()
    delete = in_company(company, "severa", "delete_invoice", guid=guid)
    meanwhile(company, "POST", "/SalesOrders/Complete", delete)
    company.good("invoice_export")
    company.sandbox.tap.watch = None
    company.good("invoice_export")
    assert len(company.orders(guid)) == 1
    issues = company.issues("invoice_export", guid)
    assert any(company.order(guid)["Id"] in issue.what or "deleted" in issue.what for issue in issues), issues


def test_an_invoice_that_was_deleted_in_severa_while_it_waits_is_forgotten(settled: Company) -> None:
    """ALL-07: rejected, then deleted: no order, no crash."""
    guid = wrong_total(settled)
    settled.good("invoice_export")
    settled.sandbox.act("severa", "delete_invoice", guid=guid)
    settled.good("invoice_export", retry=True)
    assert settled.orders(guid) == []


def test_a_corrected_invoice_goes_under_the_next_reference_each_time(settled: Company) -> None:
    """ALL-07: <guid>, then <guid>-2, then <guid>-3."""
    guid = wrong_total(settled)
    settled.good("invoice_export")
    assert_kept_back(settled, guid)
    settled.move(guid, "trigger")  # not corrected
    settled.good("invoice_export")
    assert_kept_back(settled, guid)
    correct_total(settled, guid)
    settled.good("invoice_export")
    assert_transferred(settled, guid, attempt=3)
    transfer = settled.transfer(guid)
    assert (transfer.stage, transfer.attempts, transfer.difference) == (Stage.TRANSFERRED, 3, Decimal(0))
