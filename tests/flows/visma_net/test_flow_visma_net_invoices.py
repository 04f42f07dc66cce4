"""Invoices and credit notes to Visma.net: on hold, compared, released, reported, paid (VN-11 to VN-15, ALL-06)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from core.errors import ErrorClass
from core.transfers import Stage, TransferState
from tests.support.sandbox import Row, Sandbox
from tests.support.visma_net_company import STATUSES, VismaNetCompany, found_visma_net_company

CREATED = "/v2/customerinvoice"
RELEASED = "/v1/customerinvoice/{invoiceNumber}/action/release"
ATTACHED = "/v1/customerinvoice/{invoiceNumber}/attachment"


@pytest.fixture(scope="module")
def settled(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> VismaNetCompany:
    company = found_visma_net_company(tmp_path_factory.mktemp("company"), sandbox)
    company.good()
    return company


@pytest.fixture(autouse=True)
def _as_ever(settled: VismaNetCompany) -> Iterator[None]:
    """What a test turns is as before for the next one."""
    yield
    settled.visma(
        "set_behaviour",
        release="done", payment_reference_at="release", note_in_lists=True, note_in_answers=True,
    )  # fmt: skip
    settled.set(
        visma_net__invoice_files=None, visma_net__release_tries=None, visma_net__lookup_delay_seconds=0,
        visma_net__file_tries=None, visma_net__after_transfer=None,
    )  # fmt: skip


def assert_transferred(company: VismaNetCompany, guid: str, *, attempt: int = 1) -> Row:
    """One released document of that attempt; Severa shows its number and reference, the ledger agrees."""
    document = company.document(guid)
    assert document["note"].endswith(f"#{attempt}")
    assert document["status"] in {"Open", "Closed"}
    invoice, transfer = company.invoice(guid), company.transfer(guid)
    assert invoice["status"]["name"] == STATUSES["transferred"]
    assert str(invoice["number"]) == document["referenceNumber"]
    assert invoice["referenceNumber"] == document["paymentReference"]
    assert (transfer.state, transfer.stage) == (TransferState.REPORTED, Stage.TRANSFERRED)
    assert (transfer.erp_number, transfer.erp_reference) == (
        document["referenceNumber"],
        document["paymentReference"],
    )
    assert company.issues(guid=guid) == []
    return document


def test_an_invoice_goes_all_the_way_to_paid(settled: VismaNetCompany) -> None:
    """VN-11 VN-15 ALL-06: number and reference at once, sent by Severa, then partially paid and paid."""
    guid = settled.bill()
    settled.good("invoice_export")
    document = assert_transferred(settled, guid)
    settled.good("invoice_status")
    assert settled.status(guid) == STATUSES["transferred"], "the ERP does not send"
    settled.move(guid, "sent")
    settled.visma("register_payment", reference=guid, amount=1000)
    settled.good("invoice_status")
    assert (settled.status(guid), settled.transfer(guid).stage) == (STATUSES["partially_paid"], Stage.PARTIALLY_PAID)
    settled.visma("register_payment", reference=guid)
    settled.good("invoice_status")
    invoice, transfer = settled.invoice(guid), settled.transfer(guid)
    assert (invoice["status"]["name"], str(invoice["number"])) == (STATUSES["paid"], document["referenceNumber"])
    assert invoice["paymentDate"] is not None
    assert (transfer.state, transfer.stage) == (TransferState.DONE, Stage.PAID)
    mark = settled.sandbox.mark()
    settled.good("invoice_export")
    settled.good("invoice_status")
    assert settled.sandbox.writes(mark) == []


def test_a_payment_before_severa_sent_it_counts_too(settled: VismaNetCompany) -> None:
    """VN-15: paid at once."""
    guid = settled.bill()
    settled.good("invoice_export")
    settled.visma("register_payment", reference=guid)
    settled.good("invoice_status")
    assert settled.status(guid) == STATUSES["paid"]


def test_a_payment_that_is_taken_back_is_told(settled: VismaNetCompany) -> None:
    """VN-15: statuses only move forward."""
    guid = settled.bill()
    settled.good("invoice_export")
    settled.visma("register_payment", reference=guid, amount=1000)
    settled.good("invoice_status")
    settled.visma("void_payment", reference=guid)
    settled.good("invoice_status")
    assert settled.status(guid) == STATUSES["partially_paid"]
    (issue,) = settled.issues("invoice_status", guid)
    assert "open again" in issue.what


def test_other_totals_are_not_left_in_the_books_and_go_after_a_correction(settled: VismaNetCompany) -> None:
    """VN-11 VN-13 ALL-07: deleted, the failed status, then a second try under a reference of its own."""
    guid = settled.bill(total_including_tax="3750.06")
    settled.good("invoice_export")
    assert settled.documents(guid) == []
    assert settled.status(guid) == STATUSES["failed"]
    transfer = settled.transfer(guid)
    assert (transfer.state, transfer.erp_id, transfer.generation) == (TransferState.REJECTED, None, 2)
    (issue,) = settled.issues("invoice_export", guid)
    assert "3750.06" in issue.what
    assert "25 % VAT in the ERP" in issue.why
    settled.sandbox.act("severa", "edit_invoice_row", guid=guid, row=0, unit_price="1500", description="Rettet")
    settled.good("invoice_export")
    assert settled.documents(guid) == [], "it waits for the trigger status"
    settled.move(guid, "trigger")
    settled.good("invoice_export")
    assert_transferred(settled, guid, attempt=2)


def test_five_hundredths_pass(settled: VismaNetCompany) -> None:
    """VN-11 ALL-07: exactly 0.05."""
    guid = settled.bill(total_including_tax="3750.05")
    settled.good("invoice_export")
    assert_transferred(settled, guid)


def test_an_invoice_that_visma_net_would_refuse_is_shown_as_failed(settled: VismaNetCompany) -> None:
    """VN-13: the failed status is for what fails to go over."""
    guid = settled.bill({"codes": ["STD", "UE"], "quantity": 1, "unit_price": 5})
    settled.good("invoice_export")
    assert (settled.documents(guid), settled.status(guid)) == ([], STATUSES["failed"])
    settled.sandbox.act("severa", "edit_invoice_row", guid=guid, row=0, codes=["STD"])
    settled.move(guid, "trigger")
    settled.good("invoice_export")
    assert_transferred(settled, guid)


def test_a_credit_note_gets_visma_nets_number(settled: VismaNetCompany) -> None:
    """VN-12: made on the trigger status without a number of its own."""
    first = settled.bill()
    settled.good("invoice_export")
    credit = str(settled.sandbox.act("severa", "credit_invoice", guid=first)["guid"])
    assert (settled.status(credit), settled.invoice(credit)["number"]) == (STATUSES["trigger"], None)
    settled.good("invoice_export")
    document = assert_transferred(settled, credit)
    assert document["documentType"] == "CreditNote"
    assert settled.transfer(credit).erp_total == Decimal(-3750)
    settled.visma("register_payment", reference=credit)
    settled.good("invoice_status")
    assert settled.status(credit) == STATUSES["paid"]


def test_texts_stand_together_and_nobody_sends_it_twice(settled: VismaNetCompany) -> None:
    """VN-14: the texts in Invoice text, in the table's order; not to AutoInvoice; task 10 on every row."""
    guid = settled.bill(trigger=False)
    settled.sandbox.act(
        "severa", "edit_invoice", guid=guid, our_reference="Vår Åse", billing_contact="Kari Ødegård",
        notes="Merk: prosjekt 7", free_text_above="Takk for oppdraget", free_text_below="Velkommen igjen",
        your_reference="Deres 42", order_number="PO-77",
    )  # fmt: skip
    settled.move(guid, "trigger")
    settled.good("invoice_export")
    document = assert_transferred(settled, guid)
    assert document["invoiceText"].splitlines() == [
        "Vår Åse", "Kari Ødegård", "Merk: prosjekt 7", "Takk for oppdraget", "Velkommen igjen",
    ]  # fmt: skip
    assert (document["externalReference"], document["customerRefNumber"]) == ("Deres 42", "PO-77")
    assert document["sendToAutoInvoice"] is False
    assert {line["projectTask"]["id"] for line in document["invoiceLines"]} == {"10"}


def test_an_invoice_lands_under_the_branch_of_its_projects_company(settled: VismaNetCompany) -> None:
    """VN-10: the branch with the VAT number of the company in Severa."""
    guid = settled.bill()
    mark = settled.sandbox.mark()
    settled.good("invoice_export")
    (sent,) = (
        one for one in settled.sandbox.exchanges(mark, "visma_net") if (one["method"], one["path"]) == ("POST", CREATED)
    )
    (main,) = (row for row in settled.objects("Branches") if row["isMainBranch"])
    assert sent["request_body"]["branchNumber"] == {"value": main["number"]}
    assert settled.document(guid)["branchNumber"]["number"] == main["number"]


def test_pdf_and_attachments_go_once(settled: VismaNetCompany) -> None:
    """VN-14: by the setting; of two with one name both, internal ones not."""
    settled.set(visma_net__invoice_files="both")
    guid = settled.bill(trigger=False)
    for text, internal in (("timer 1", False), ("timer 2", False), ("internt", True)):
        name = "Internt.pdf" if internal else "Timer.pdf"
        settled.sandbox.act("severa", "attach_to_invoice", guid=guid, name=name, text=text, internal=internal)
    settled.move(guid, "trigger")
    settled.good("invoice_export")
    document = assert_transferred(settled, guid)
    assert sorted((file["name"], file["revision"]) for file in document["attachments"]) == [
        ("Invoice.pdf", 1), ("Timer (2).pdf", 1), ("Timer.pdf", 1),
    ]  # fmt: skip


def test_a_file_that_cannot_go_keeps_no_invoice_back(settled: VismaNetCompany) -> None:
    """VN-14: told, tried again in later runs, and there once."""
    settled.set(visma_net__invoice_files="pdf")
    guid = settled.bill()
    settled.sandbox.fault("visma_net", "POST", ATTACHED, "status:400")
    settled.good("invoice_export")
    assert settled.transfer(guid).state is TransferState.REPORTED
    (issue,) = settled.issues("invoice_export", guid)
    assert issue.cause == "files"
    settled.good("invoice_export")
    document = assert_transferred(settled, guid)
    assert [(file["name"], file["revision"]) for file in document["attachments"]] == [("Invoice.pdf", 1)]
    mark = settled.sandbox.mark()
    settled.good("invoice_export")
    assert settled.sandbox.writes(mark) == []


def test_a_file_is_not_tried_for_ever(settled: VismaNetCompany) -> None:
    """VN-14: in as many more runs as the setting says."""
    settled.set(visma_net__invoice_files="pdf", visma_net__file_tries=1)
    guid = settled.bill()
    settled.sandbox.fault("visma_net", "POST", ATTACHED, "status:400", times=2)
    for _ in range(3):
        settled.good("invoice_export")
    (issue,) = settled.issues("invoice_export", guid)
    assert (issue.cause, issue.count) == ("files", 2)
    assert settled.document(guid)["attachments"] in ([], None)


def test_a_document_that_cannot_be_released_is_removed_after_some_runs(settled: VismaNetCompany) -> None:
    """VN-11: the draft stays and is gone on with; then it is deleted, the invoice fails, and goes when all is well."""
    settled.set(visma_net__release_tries=2)
    settled.visma("set_behaviour", release="failed")
    guid = settled.bill()
    settled.good("invoice_export")
    assert (settled.document(guid)["status"], settled.status(guid)) == ("Balanced", STATUSES["trigger"])
    assert settled.transfer(guid).state is TransferState.VERIFIED
    assert len(settled.issues("invoice_export", guid)) == 1
    settled.good("invoice_export")
    assert (settled.documents(guid), settled.status(guid)) == ([], STATUSES["failed"])
    assert settled.transfer(guid).state is TransferState.REJECTED
    settled.visma("set_behaviour", release="done")
    settled.move(guid, "trigger")
    settled.good("invoice_export", retry=True)
    assert_transferred(settled, guid, attempt=2)


def test_a_release_that_is_refused_once_goes_on(settled: VismaNetCompany) -> None:
    """VN-11: the next run continues from the document's real state."""
    settled.visma("set_behaviour", release="failed")
    guid = settled.bill()
    settled.good("invoice_export")
    settled.visma("set_behaviour", release="done")
    settled.good("invoice_export")
    assert_transferred(settled, guid)


def test_a_draft_that_a_person_released_is_reported_all_the_same(settled: VismaNetCompany) -> None:
    """VN-11: whoever released it, it counts."""
    settled.visma("set_behaviour", release="failed")
    guid = settled.bill()
    settled.good("invoice_export")
    settled.visma("set_behaviour", release="done")
    settled.visma("release_document", reference=guid)
    settled.good("invoice_export")
    assert_transferred(settled, guid)


def test_a_draft_that_a_person_edited_and_released_is_an_alarm(settled: VismaNetCompany) -> None:
    """VN-11: what is in the books counts and is reported; the other total is told, nothing is undone."""
    settled.visma("set_behaviour", release="failed")
    guid = settled.bill()
    settled.good("invoice_export")
    settled.visma("set_behaviour", release="done")
    settled.visma("edit_document", reference=guid, line=1, quantity=3)
    settled.visma("release_document", reference=guid)
    settled.good("invoice_export")
    assert (settled.status(guid), settled.document(guid)["status"]) == (STATUSES["transferred"], "Open")
    (issue,) = settled.issues("invoice_export", guid)
    assert "another total" in issue.what


def test_a_draft_that_a_person_deleted_fails_and_goes_again_on_request(settled: VismaNetCompany) -> None:
    """VN-11 ALL-05: never made again by itself."""
    settled.visma("set_behaviour", release="failed")
    guid = settled.bill()
    settled.good("invoice_export")
    settled.visma("delete_document", reference=guid)
    settled.visma("set_behaviour", release="done")
    settled.good("invoice_export")
    assert (settled.documents(guid), settled.status(guid)) == ([], STATUSES["failed"])
    settled.move(guid, "trigger")
    settled.good("invoice_export", retry=True)
    assert_transferred(settled, guid, attempt=2)


def test_a_payment_reference_that_comes_late_is_written_then(settled: VismaNetCompany) -> None:
    """ALL-06: the number at once, the reference as soon as it is there."""
    settled.visma("set_behaviour", payment_reference_at="late", late_seconds=600)
    guid = settled.bill()
    settled.good("invoice_export")
    document = settled.document(guid)
    assert (document["paymentReference"], str(settled.invoice(guid)["number"])) == (None, document["referenceNumber"])
    settled.good("invoice_status")
    assert settled.transfer(guid).erp_reference is None
    settled.sandbox.advance(700)
    settled.good("invoice_status")
    assert_transferred(settled, guid)
    settled.sandbox.set_back(700)


def test_a_document_left_on_hold_is_reported_with_its_number(settled: VismaNetCompany) -> None:
    """VN-11: as far as the tenant wants it."""
    settled.set(visma_net__after_transfer="hold")
    guid = settled.bill()
    settled.good("invoice_export")
    document = settled.document(guid)
    assert (document["status"], settled.status(guid)) == ("Hold", STATUSES["transferred"])
    assert str(settled.invoice(guid)["number"]) == document["referenceNumber"]


@pytest.mark.parametrize("path", [CREATED, RELEASED], ids=["create", "release"])
@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "status:503"])
def test_a_lost_answer_leaves_one_document(settled: VismaNetCompany, path: str, kind: str) -> None:
    """ALL-05 VN-11: found by its note, or proved absent and sent; a release is looked at before it is repeated."""
    guid = settled.bill()
    settled.sandbox.fault("visma_net", "POST", path, kind)
    settled.good("invoice_export")
    settled.good("invoice_export")
    assert_transferred(settled, guid)


def test_what_may_still_appear_waits_for_the_next_run(settled: VismaNetCompany) -> None:
    """ALL-05: no run sleeps for minutes; nothing is sent before the time is over."""
    settled.set(visma_net__lookup_delay_seconds=600)
    guid = settled.bill()
    settled.sandbox.fault("visma_net", "POST", CREATED, "drop_before")
    settled.good("invoice_export")
    settled.good("invoice_export")
    assert (settled.documents(guid), settled.transfer(guid).state) == ([], TransferState.UNCERTAIN)
    (issue,) = settled.issues("invoice_export", guid)
    assert issue.error_class is ErrorClass.OUTCOME_UNKNOWN
    settled.set(visma_net__lookup_delay_seconds=0)
    settled.good("invoice_export")
    assert_transferred(settled, guid)


def test_one_doubt_keeps_the_others_not_back(settled: VismaNetCompany) -> None:
    """ALL-05 VN-11: without notes nobody can say whether it is there; a person who looked asks for it again."""
    settled.set(visma_net__note_given_back="no")
    settled.visma("set_behaviour", note_in_lists=False, note_in_answers=False)
    doubtful = settled.bill()
    settled.sandbox.fault("visma_net", "POST", CREATED, "drop_before")
    settled.good("invoice_export")
    assert settled.transfer(doubtful).state is TransferState.UNCERTAIN
    other = settled.bill()
    settled.good("invoice_export")
    assert settled.transfer(doubtful).state is TransferState.UNCERTAIN
    assert settled.status(other) == STATUSES["transferred"]
    (issue,) = settled.issues("invoice_export", doubtful)
    assert "cannot be found out" in issue.what
    settled.set(visma_net__note_given_back=None)
    settled.visma("set_behaviour", note_in_lists=True, note_in_answers=True)
    settled.good("invoice_export", retry=True, record=doubtful)
    assert_transferred(settled, doubtful)
