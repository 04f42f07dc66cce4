"""Supplier invoices and ledger rows of the simulated PowerOffice (contract, section 9)."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from sandbox.system import ActionError
from tests.unit.sandbox.poweroffice_office import GUID, Office

PERIOD = {"fromDate": "2020-01-01", "toDate": "2031-12-31"}
COSTS = {**PERIOD, "accountNos": "4000-7999", "voucherTypes": "IncomingInvoice,IncomingCreditNote"}


@pytest.fixture
def office() -> Office:
    """A fresh company."""
    return Office()


def rows(office: Office, voucher_id: str, **asked: str) -> list[dict[str, Any]]:
    """The ledger rows of a voucher that a query finds."""
    found = office.get("/AccountTransactions", **{**PERIOD, **asked}) or []
    return [row for row in found if row["VoucherId"] == voucher_id]


def test_the_samples_invoice_is_posted_row_by_row(office: Office) -> None:
    """PO-14: a row each, one for VAT, one in the sub-ledger, as in the sample."""
    office.post("/Projects", {"Name": "P", "Code": "9187"})
    office.product(Code="ROR")
    supplier = office.get("/Suppliers")[1]
    told = office.act(
        "post_purchase_invoice",
        project_code="9187",
        supplier=supplier["Number"],
        date="2026-03-03",
        rows=[
            {"account_no": 4300, "amount": 8000, "quantity": 40, "product_code": "ROR", "description": "Kobberrør"},
            {"account_no": 6790, "amount": 3250, "description": "Leie av løfteutstyr"},
        ],
    )
    copper, crane, vat, supplier_row = rows(office, told["voucher_id"])
    assert [copper, crane] == told["rows"]
    assert (copper["Amount"], copper["VatAmount"], copper["VatCode"]) == (8000.0, 2000.0, "1")
    assert (copper["ProductCode"], copper["Quantity"], copper["ProjectCode"]) == ("ROR", 40.0, "9187")
    assert (crane["ProductCode"], crane["Quantity"], crane["SupplierAccountNo"]) == (None, None, None)
    assert (vat["AccountNo"], vat["Amount"], vat["ProjectCode"]) == (2710, 2812.5, None)
    assert (supplier_row["AccountNo"], supplier_row["Amount"]) == (2400, -14062.5)
    assert (supplier_row["IsNoteMainEntry"], supplier_row["SupplierAccountNo"]) == (True, supplier["Number"])
    assert rows(office, told["voucher_id"], accountNos="4000-7999") == [copper, crane]
    header = office.get(f"/IncomingInvoices/{told['voucher_id']}")
    assert (header["TotalAmount"], header["SupplierNo"], header["VoucherNo"]) == (
        14062.5,
        supplier["Number"],
        told["voucher_no"],
    )
    assert office.get("/IncomingInvoices", voucherNos=str(told["voucher_no"]), projectCodes="9187") == [header]
    assert office.get("/IncomingInvoices", supplierNos=str(supplier["Number"])) == [header]
    office.get(f"/IncomingInvoices/{GUID}", 404)


def test_an_empty_order_makes_a_plain_invoice_on_two_projects(office: Office) -> None:
    """PO-14: with a product, without one, and without a project."""
    told = office.act("post_purchase_invoice")
    first, second, third = told["rows"]
    assert first["ProjectCode"] != second["ProjectCode"]
    assert None not in (first["ProjectCode"], second["ProjectCode"], first["ProductCode"])
    assert (second["ProductCode"], third["ProjectCode"]) == (None, None)
    severa = {project.code for project in office.world.projects if project.in_severa}
    assert {first["ProjectCode"], second["ProjectCode"]} <= severa


def test_credit_notes_and_currencies_keep_their_signs_and_amounts(office: Office) -> None:
    """PO-14: negative rows on a credit note; CurrencyAmount in its currency, Amount in NOK."""
    told = office.act(
        "post_purchase_invoice",
        voucher_type="IncomingCreditNote",
        currency="EUR",
        rows=[{"account_no": 4000, "amount": 100, "quantity": 2}],
    )
    (row,) = told["rows"]
    assert (row["CurrencyAmount"], row["Amount"], row["CurrencyCode"]) == (-100.0, -1172.5, "EUR")
    assert (row["Quantity"], row["VoucherType"]) == (-2.0, "IncomingCreditNote")
    assert office.get(f"/IncomingInvoices/{told['voucher_id']}")["TotalAmount"] == -125.0
    assert round(sum(each["Amount"] for each in rows(office, told["voucher_id"])), 2) == 0


def test_the_ledger_is_read_by_posting_date_and_change(office: Office) -> None:
    """PO-14: both dates required and inclusive; last changed brings new rows and later edits."""
    assert "required" in office.get("/AccountTransactions", 400, fromDate="2026-01-01")["detail"]
    assert "before" in office.get("/AccountTransactions", 400, fromDate="2026-01-02", toDate="2026-01-01")["detail"]
    before = office.system.company.now()
    told = office.act("post_purchase_invoice", date="2027-05-05", rows=[{"amount": 10, "project_code": "1187.1"}])
    day = {"fromDate": "2027-05-05", "toDate": "2027-05-05"}
    assert len(office.get("/AccountTransactions", **day)) == 3
    assert office.get("/AccountTransactions", 204, fromDate="2027-05-06", toDate="2028-01-01") is None
    (row,) = office.get("/AccountTransactions", **COSTS, lastChangedDateTimeOffsetGreaterThan=before)
    assert row == told["rows"][0]
    now = office.system.company.now()
    office.clock.advance(1)
    office.act("edit_ledger_row", id=row["Id"], project_code=None)
    (edited,) = office.get("/AccountTransactions", **COSTS, lastChangedDateTimeOffsetGreaterThan=now)
    assert (edited["Id"], edited["ProjectCode"]) == (row["Id"], None)
    assert office.get("/AccountTransactions", 204, **COSTS, createdDateTimeOffsetGreaterThan=now) is None
    assert [each["Id"] for each in office.get("/AccountTransactions", **day, projectCodes="-1", accountNos="4300")]
    assert office.get("/AccountTransactions", **day, productCodes="-1", vatCodes="1")[0]["Id"] == row["Id"]


def test_a_reversal_comes_as_rows_of_opposite_sign(office: Office) -> None:
    """PO-14: the old rows are marked and changed, the new ones name the voucher."""
    told = office.act("post_purchase_invoice")
    before = office.system.company.now()
    office.clock.advance(1)
    reversal = office.act("reverse_voucher", voucher_id=told["voucher_id"])
    changed = office.get("/AccountTransactions", **PERIOD, lastChangedDateTimeOffsetGreaterThan=before)
    old = [row for row in changed if row["VoucherId"] == told["voucher_id"]]
    new = [row for row in changed if row["VoucherId"] == reversal["voucher_id"]]
    assert [row["Amount"] for row in new] == [-row["Amount"] for row in old]
    assert {row["IsReversed"] for row in old} == {True}
    assert {(row["VoucherType"], row["ReversedVoucherId"]) for row in new} == {("ReversalVoucher", told["voucher_id"])}
    assert [row["ProjectCode"] for row in new] == [row["ProjectCode"] for row in old]
    assert office.get(f"/IncomingInvoices/{told['voucher_id']}")["IsReversed"] is True
    with pytest.raises(ActionError, match="reversed already"):
        office.act("reverse_voucher", voucher_no=told["voucher_no"])


def test_a_correction_moves_a_cost_to_another_project(office: Office) -> None:
    """PO-14: two rows that name the corrected voucher."""
    told = office.act("post_purchase_invoice")
    moved = office.act("correct_voucher", id=told["rows"][0]["Id"], project_code="1187.1")
    away, there = moved["rows"]
    assert (away["Amount"], there["Amount"], there["ProjectCode"]) == (-8000.0, 8000.0, "1187.1")
    assert away["ProjectCode"] == told["rows"][0]["ProjectCode"]
    assert {(row["VoucherType"], row["CorrectionOfVoucherId"]) for row in moved["rows"]} == {
        ("CorrectionVoucher", told["voucher_id"])
    }


def test_documents_come_as_one_zip(office: Office) -> None:
    """PO-14: the kinds, the zip, 204 for none."""
    told = office.act("post_purchase_invoice", invoice_no="88123")
    (row,) = office.get("/VoucherDocumentation", id=told["voucher_id"])
    assert (row["VoucherNo"], row["HasPdf"], row["HasEhf"]) == (told["voucher_no"], True, False)
    assert office.get("/VoucherDocumentation", voucherNo=told["voucher_no"]) == [row]
    path = "/VoucherDocumentation/Download"
    answer = office.send("GET", path, params={"id": told["voucher_id"], "documentationType": "All"})
    assert answer.headers["content-type"] == "application/zip"
    assert ZipFile(BytesIO(answer.content)).namelist() == ["88123.pdf"]
    assert office.send("GET", path, params={"id": told["voucher_id"], "documentationType": "Ehf"}).status_code == 204
    assert office.send("GET", path, params={"id": GUID}).status_code == 204
    assert office.send("GET", path, valid_request=False).status_code == 400


def test_wrong_arguments_of_a_person_are_told(office: Office) -> None:
    """PO-14: a clear word instead of a half posted voucher."""
    before = len(office.system.objects("AccountTransactions"))
    for arguments, words in (
        ({"rows": []}, "at least one"),
        ({"rows": [{"account_no": 4300}]}, "needs an amount"),
        ({"rows": [{"amount": 1, "account_no": 9999}]}, "no account 9999"),
        ({"rows": [{"amount": 1, "product_code": "NEI"}]}, "no product 'NEI'"),
        ({"rows": [{"amount": 1, "project_code": "NEI"}]}, "no project 'NEI'"),
        ({"rows": [{"amount": "ti"}]}, "amount: a number"),
        ({"supplier": 1}, "no supplier 1"),
        ({"currency": "XXX"}, "currency: one of"),
        ({"date": "i dag"}, "date: YYYY-MM-DD"),
        ({"voucher_type": "Expense"}, "voucher_type"),
        ({"project": "1"}, "unknown: project"),
    ):
        with pytest.raises(ActionError, match=words):
            office.act("post_purchase_invoice", **arguments)
    assert len(office.system.objects("AccountTransactions")) == before
