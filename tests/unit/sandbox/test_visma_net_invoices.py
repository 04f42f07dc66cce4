"""Invoices and credit notes of the simulated Visma.net: hold, totals, release, payments, attachments."""

from typing import Any

import pytest

from sandbox.system import ActionError
from tests.unit.sandbox.visma_net_office import GUID, Office

NOTE = f"severa:invoice:{GUID}#1"
LINE: dict[str, Any] = {"quantity": 12.5, "unitPriceInCurrency": 1450.0}
TOTAL = 22_656.25


@pytest.fixture
def office() -> Office:
    made = Office()
    made.item()
    made.project()
    return made


def test_a_draft_has_a_number_and_a_balance_but_no_amount(office: Office) -> None:
    """VN-11: created on hold, with an empty answer and a place."""
    customer = office.customer()
    number = office.invoice(customer, {**LINE, "taskId": "10"}, project="4711", note=NOTE, invoiceText="Takk\nfor alt")
    row = office.get(f"/v1/customerinvoice/{number}")
    assert (row["status"], row["hold"], row["amountInCurrency"], row["balanceInCurrency"]) == ("Hold", True, 0.0, TOTAL)
    assert (row["note"], row["invoiceText"], row["paymentReference"]) == (NOTE, "Takk\nfor alt", None)
    assert (row["documentDueDate"], row["project"]["id"]) == ("2026-03-19T00:00:00", "4711")
    (tax,) = row["taxDetails"]
    assert (tax["vatRate"], tax["taxableAmount"], tax["vatAmount"]) == (25.0, 18_125.0, 4_531.25)
    assert row["invoiceLines"][0]["projectTask"]["id"] == "10"


def test_the_way_from_hold_to_closed(office: Office) -> None:
    """VN-11, VN-15, ALL-06: balanced, open, partly paid, closed; number and payment reference come back."""
    number = office.invoice(office.customer(), LINE)
    path = f"/v1/customerinvoice/{number}"
    assert "status is invalid" in office.refusal("POST", f"{path}/action/release", {})
    office.put(path, {"hold": False})
    assert office.get(path)["status"] == "Balanced"
    answer = office.send("POST", f"{path}/action/release", json={}).json()
    assert answer["actionResult"] == "Done"
    row = office.get(path)
    assert (row["status"], row["amountInCurrency"], row["balanceInCurrency"]) == ("Open", TOTAL, TOTAL)
    assert row["paymentReference"].startswith(f"{row['customer']['number']}{number}")
    office.act("register_payment", number=number, amount=10_000, date="2026-03-17")
    row = office.get(path)
    assert (row["status"], row["balanceInCurrency"]) == ("Open", 12_656.25)
    (paid,) = row["applications"]
    assert (paid["amountPaid"], paid["released"], paid["applicationDate"]) == (10_000.0, True, "2026-03-17T00:00:00")
    with pytest.raises(ActionError, match="at most the balance"):
        office.act("register_payment", number=number, amount=20_000)
    office.act("register_payment", number=number)
    row = office.get(path)
    assert (row["status"], row["balanceInCurrency"]) == ("Closed", 0.0)
    office.act("void_payment", number=number)
    assert office.get(path)["balanceInCurrency"] == TOTAL


def test_a_void_document_stays_and_nothing_is_to_pay(office: Office) -> None:
    """VN-15: a draft or a released one, but none with payments; it is neither released nor deleted any more."""
    draft, number, paid = (office.invoice(office.customer(), LINE) for _ in range(3))
    for each in (number, paid):
        office.released(each)
    office.act("register_payment", number=paid, amount=1)
    with pytest.raises(ActionError, match="cannot be voided"):
        office.act("void_document", number=paid)
    for each in (draft, number):
        office.act("void_document", number=each)
        path = f"/v1/customerinvoice/{each}"
        row = office.get(path)
        assert (row["status"], row["amountInCurrency"], row["balanceInCurrency"]) == ("Voided", TOTAL, 0.0)
        assert "invalid" in office.refusal("POST", f"{path}/action/release", {})
        assert "cannot be deleted" in office.refusal("DELETE", path, {})


def test_the_lists_have_what_they_are_asked_for(office: Office) -> None:
    """VN-15, ALL-05: equal date and customer; applications only when expanded."""
    customer, other = office.customer(), office.customer(name="En annen AS")
    number = office.invoice(customer, LINE, note=NOTE)
    office.invoice(customer, LINE, documentDate="2026-03-04")
    office.invoice(other, LINE)
    asked = {"customer": customer, "documentDate": "2026-03-05", "documentDateCondition": ">="}
    (row,) = office.get("/v1/customerinvoice", **asked)
    assert (row["referenceNumber"], row["note"], "applications" in row) == (number, NOTE, False)
    office.released(number)
    office.act("register_payment", number=number, amount=1)
    opened = office.get("/v1/customerinvoice", status="Open", customer=customer, expandApplications=True)
    assert opened[0]["applications"][0]["amountPaid"] == 1.0
    assert office.get("/v1/customerinvoice", released=1, customer=customer)[0]["referenceNumber"] == number
    kinds = {row["documentType"] for row in office.get("/v1/customerdocument", customer=customer)}
    assert kinds == {"Invoice", "Payment"}
    assert office.get("/v1/customerinvoice", customer="0") == []


@pytest.mark.parametrize(
    ("members", "line", "words"),
    [
        ({"customerNumber": "0"}, {}, "Customer ID '0' cannot be found in the system."),
        ({}, {"inventoryNumber": "NEI"}, "Inventory ID 'NEI' cannot be found in the system."),
        ({"creditTermsId": "45"}, {}, "Credit Terms ID '45' cannot be found in the system."),
        ({"branchNumber": "8"}, {}, "Branch '8' cannot be found in the system."),
        ({"branchNumber": "9"}, {}, "The branch '9' is not active."),
        ({"currencyId": "USD"}, {}, "The currency 'USD' is not used for accounting."),
        ({"contact": 1}, {}, "Contact '1' cannot be found in the system."),
        ({"project": "9999"}, {}, "Project '9999' cannot be found in the system."),
        ({"project": "4711"}, {}, "Line 1: 'Project Task' cannot be empty."),
        ({"project": "4711"}, {"taskId": "20"}, "Project Task '20' cannot be found in the system."),
        ({}, {"taskId": "10"}, "Line 1: a task needs a project."),
        ({}, {"uom": "FAVN"}, "UOM 'FAVN' cannot be found in the system."),
        ({}, {"vatCodeId": "77"}, "TaxCategoryID '77' cannot be found in the system."),
        ({"documentDate": "5.3.2026"}, {}, "'5.3.2026' is not a valid date-time for 'documentDate'."),
        ({"postPeriod": "202603"}, {}, "'202603' is no period for 'postPeriod'."),
    ],
)
def test_a_document_with_wrong_references_is_refused_and_not_kept(
    office: Office, members: dict[str, Any], line: dict[str, Any], words: str
) -> None:
    """VN-11, ALL-05: nothing is created, no number is used."""
    body = {
        "customerNumber": office.customer(),
        "invoiceLines": [{"inventoryNumber": "RÅD-10", **LINE, **line}],
        **members,
    }
    before = office.get("/v1/numberSequence/ARINVOICE")
    assert office.refusal("POST", "/v2/customerinvoice", body) == words
    assert office.get("/v1/numberSequence/ARINVOICE") == before


def test_a_refusal_can_come_as_500(office: Office) -> None:
    """VN-11: the vendor uses 500 for refused data on creation and release."""
    office.act("set_behaviour", refusals="500")
    assert "cannot be found" in office.refusal("POST", "/v2/customerinvoice", {"customerNumber": "0"}, 500)
    number = office.invoice(office.customer(), LINE)
    assert "invalid" in office.refusal("POST", f"/v1/customerinvoice/{number}/action/release", {}, 500)
    assert "cannot be found" in office.refusal("PUT", "/v1/customerinvoice/0", {}, 404)


def test_projects_and_customers_that_are_not_active_cannot_be_chosen(office: Office) -> None:
    """VN-09, VN-11."""
    customer = office.customer()
    line = {"inventoryNumber": "RÅD-10", "taskId": "10", **LINE}
    body = {"customerNumber": customer, "project": "4711", "invoiceLines": [line]}
    office.put("/v1/project/4711", {"status": "Completed"})
    assert "only an active one" in office.refusal("POST", "/v2/customerinvoice", body)
    office.put("/v1/project/4711", {"status": "Active", "visibility": {"visibleInAr": False}})
    assert "not visible" in office.refusal("POST", "/v2/customerinvoice", body)
    office.put("/v1/project/4711", {"visibility": {"visibleInAr": True}})
    office.act("edit_task", number="4711", taskId="10", status="Planned")
    assert "only an active one" in office.refusal("POST", "/v2/customerinvoice", body)
    office.act("edit_task", number="4711", taskId="10", status="Active")
    office.act("edit_item", number="RÅD-10", status="Inactive")
    assert "has the status Inactive" in office.refusal("POST", "/v2/customerinvoice", body)
    office.act("edit_item", number="RÅD-10", status="Active")
    for status in ("Inactive", "OnHold"):
        office.put(f"/v1/customer/{customer}", {"status": status})
        assert status in office.refusal("POST", "/v2/customerinvoice", body)


def test_vat_follows_the_customers_zone_and_the_items_class(office: Office) -> None:
    """ALL-07: the ERP's own VAT; a sale abroad bears none, but for the Finnish rate."""
    office.item(inventoryNumber="MAT", itemClass="VARE15")
    office.item(inventoryNumber="FI", itemClass="TJEN255")
    lines = [
        {"inventoryNumber": code, "quantity": 1.0, "unitPriceInCurrency": 100.0} for code in ("RÅD-10", "MAT", "FI")
    ]

    def rates(customer: str, **members: Any) -> dict[float, float]:
        row = office.get(f"/v1/customerinvoice/{office.invoice(customer, *lines, **members)}")
        return {tax["vatRate"]: tax["vatAmount"] for tax in row["taxDetails"]}

    home = office.customer()
    assert rates(home) == {25.0: 25.0, 15.0: 15.0, 25.5: 25.5}
    assert rates(office.customer(name="Åre AB", customerClassId="20")) == {0.0: 0.0, 25.5: 25.5}
    assert rates(home, customerVatZoneId="03") == {0.0: 0.0, 25.5: 25.5}


def test_amounts_stand_in_both_currencies(office: Office) -> None:
    """ALL-07: an invoice in euro; the rate is the company's unless it is sent."""
    customer = office.customer(currencyId="EUR")
    row = office.get(f"/v1/customerinvoice/{office.invoice(customer, {'quantity': 1.0, 'unitPriceInCurrency': 100.0})}")
    assert (row["currencyId"], row["exchangeRate"]) == ("EUR", 11.725)
    assert (row["balanceInCurrency"], row["balance"], row["detailTotal"]) == (125.0, 1465.63, 1172.5)
    number = office.invoice(customer, LINE, exchangeRate=11.0)
    assert office.get(f"/v1/customerinvoice/{number}")["exchangeRate"] == 11.0


def test_vat_rounds_per_line_or_once(office: Office) -> None:
    """ALL-07."""
    customer = office.customer()
    lines = [{"quantity": 1.0, "unitPriceInCurrency": 0.5}] * 3

    def vat() -> float:
        return float(office.get(f"/v1/customerinvoice/{office.invoice(customer, *lines)}")["vatTotalInCurrency"])

    assert vat() == 0.39
    office.act("set_behaviour", vat_rounding="document")
    assert vat() == 0.38


@pytest.mark.parametrize(
    ("switch", "amount", "balance"), [("balance", 0.0, TOTAL), ("amount", TOTAL, TOTAL), ("details", 0.0, 0.0)]
)
def test_a_drafts_totals_depend_on_the_tenant(office: Office, switch: str, amount: float, balance: float) -> None:
    """VN-11: section 15, which total is filled on hold."""
    office.act("set_behaviour", totals_on_hold=switch)
    row = office.get(f"/v1/customerinvoice/{office.invoice(office.customer(), LINE)}")
    assert (row["amountInCurrency"], row["balanceInCurrency"]) == (amount, balance)
    assert row["detailTotalInCurrency"] - row["discountTotalInCurrency"] + row["vatTotalInCurrency"] == TOTAL


def test_the_payment_reference_comes_early_or_late(office: Office) -> None:
    """ALL-06."""
    customer = office.customer()
    office.act("set_behaviour", payment_reference_at="creation")
    early = office.invoice(customer, LINE)
    assert office.get(f"/v1/customerinvoice/{early}")["paymentReference"]
    office.act("set_behaviour", payment_reference_at="late", late_seconds=600)
    late = office.invoice(customer, LINE)
    assert office.released(late)["paymentReference"] is None
    office.clock.advance(601)
    assert office.get(f"/v1/customerinvoice/{late}")["paymentReference"]
    office.act("set_behaviour", payment_reference_at="never")
    assert office.released(office.invoice(customer, LINE))["paymentReference"] is None


def test_a_release_can_be_queued_or_fail(office: Office) -> None:
    """VN-11: poll until open; or stay balanced."""
    path = f"/v1/customerinvoice/{office.invoice(office.customer(), LINE, hold=False)}"
    office.act("set_behaviour", release="failed")
    answer = office.send("POST", f"{path}/action/release", json={}).json()
    assert answer["actionResult"] == "Failed"
    assert answer["errorInfo"]
    assert office.get(path)["status"] == "Balanced"
    office.act("set_behaviour", release="queued", release_reads=2)
    assert office.send("POST", f"{path}/action/release", json={}).json()["actionResult"] == "Queued"
    assert [office.get(path)["status"] for _ in range(2)] == ["Balanced", "Open"]


def test_printing_and_mailing_stand_between_hold_and_balanced(office: Office) -> None:
    """VN-14: `dontPrint` and `dontEmail`."""
    customer = office.customer(printInvoices=True, sendInvoicesByEmail=True)
    for members, status in (
        ({"dontPrint": False}, "PendingPrint"),
        ({"dontPrint": True, "dontEmail": False}, "PendingEmail"),
        ({}, "Balanced"),
    ):
        number = office.invoice(customer, LINE, **members)
        office.put(f"/v1/customerinvoice/{number}", {"hold": False})
        assert office.get(f"/v1/customerinvoice/{number}")["status"] == status
    office.put(f"/v1/customer/{customer}", {"status": "CreditHold"})
    number = office.invoice(customer, LINE, hold=False)
    assert office.get(f"/v1/customerinvoice/{number}")["status"] == "CreditHold"


def test_a_draft_is_deleted_and_its_number_is_lost(office: Office) -> None:
    """VN-11: a difference deletes the draft; a released document stays."""
    customer = office.customer()
    first = office.invoice(customer, LINE)
    assert office.send("DELETE", f"/v1/customerinvoice/{first}").status_code == 204
    office.get(f"/v1/customerinvoice/{first}", 404)
    assert office.send("DELETE", f"/v1/customerinvoice/{first}", valid_request=False).status_code == 404
    second = office.invoice(customer, LINE)
    assert int(second) == int(first) + 1
    office.released(second)
    answer = office.send("DELETE", f"/v1/customerinvoice/{second}")
    assert (answer.status_code, "cannot be deleted" in answer.json()["message"]) == (400, True)


def test_a_released_document_is_locked_but_for_its_due_date(office: Office) -> None:
    """VN-11."""
    number = office.invoice(office.customer(), LINE)
    office.released(number)
    path = f"/v1/customerinvoice/{number}"
    assert "locked" in office.refusal("PUT", path, {"hold": True})
    office.put(path, {"documentDueDate": "2026-05-01"})
    assert office.get(path)["documentDueDate"] == "2026-05-01T00:00:00"


def test_lines_are_written_by_their_operation(office: Office) -> None:
    """VN-14: insert, update, delete; totals follow."""
    path = f"/v1/customerinvoice/{office.invoice(office.customer(), LINE, LINE)}"
    lines = [
        {"operation": "Update", "lineNumber": 1, "quantity": 1.0, "discountPercent": 10.0},
        {"operation": "Delete", "lineNumber": 2},
        {"operation": "Insert", "inventoryNumber": "RÅD-10", "quantity": 2.0, "unitPriceInCurrency": 100.0},
    ]
    office.put(path, {"invoiceLines": lines})
    row = office.get(path)
    assert [(line["lineNumber"], line["amountInCurrency"]) for line in row["invoiceLines"]] == [(1, 1305.0), (2, 200.0)]
    assert row["balanceInCurrency"] == 1505.0 * 1.25
    assert "Line number '7'" in office.refusal(
        "PUT", path, {"invoiceLines": [{"operation": "Delete", "lineNumber": 7}]}
    )


def test_credit_notes_have_numbers_of_the_same_series(office: Office) -> None:
    """VN-12: quantities are positive; terms and due dates are not theirs."""
    customer = office.customer()
    body = {"customerNumber": customer, "hold": True, "dontPrint": True, "dontEmail": True, "note": NOTE}
    line = {"operation": "Insert", "inventoryNumber": "RÅD-10", **LINE}
    number = office.create("/v2/customerCreditNote", {**body, "lines": [line]})
    path = f"/v1/customerCreditNote/{number}"
    row = office.get(path)
    assert (row["documentType"], row["balanceInCurrency"], row["lines"][0]["quantity"]) == ("CreditNote", TOTAL, 12.5)
    assert "documentDueDate" not in row
    assert "creditTermsId" in office.refusal("POST", "/v2/customerCreditNote", {**body, "creditTermsId": "14"})
    office.put(path, {"hold": False})
    assert office.send("POST", f"{path}/action/release", json={}).json()["actionResult"] == "Done"
    assert office.get("/v1/customerCreditNote", status="Open")[0]["referenceNumber"] == number
    negative = office.create("/v2/customerCreditNote", {**body, "lines": [{**line, "quantity": -1.0}]})
    assert "negative" in office.refusal("PUT", f"/v1/customerCreditNote/{negative}", {"hold": False})
    assert office.send("DELETE", f"/v1/customerCreditNote/{negative}").status_code == 204


def test_an_invoice_is_credited_by_a_person_or_reversed(office: Office) -> None:
    """VN-15: a credit note settles the invoice."""
    customer = office.customer()
    number = office.invoice(customer, LINE)
    office.released(number)
    office.act("credit_document", number=number)
    row = office.get(f"/v1/customerinvoice/{number}")
    assert (row["status"], row["applications"][0]["docType"]) == ("Closed", "CreditNote")
    other = office.invoice(customer, LINE)
    office.released(other)
    answer = office.send("POST", f"/v1/customerinvoice/{other}/action/reverse", json={"returnCreditNote": True})
    assert answer.json()["actionResult"] == "Done"
    assert office.get("/v1/customerCreditNote", status="Hold", customer=customer)


def test_a_credit_note_settles_what_it_names(office: Office) -> None:
    """VN-12: application lines; one that does not fit leaves the credit note unreleased."""
    customer = office.customer()
    number = office.invoice(customer, LINE)
    office.released(number)
    line = {"operation": "Insert", "inventoryNumber": "RÅD-10", "quantity": 1.0, "unitPriceInCurrency": 100.0}
    body = {"customerNumber": customer, "hold": False, "dontPrint": True, "dontEmail": True, "lines": [line]}

    def release(amount: float) -> tuple[str, int, dict[str, Any]]:
        applied = [{"operation": "Insert", "documentType": "Invoice", "refNbr": number, "amountPaid": amount}]
        note = office.create("/v2/customerCreditNote", {**body, "applicationLines": applied})
        answer = office.send("POST", f"/v1/customerCreditNote/{note}/action/release", json={})
        return note, answer.status_code, office.get(f"/v1/customerCreditNote/{note}")

    assert release(99_999.0)[1:2] == (400,)
    _, status, note = release(125.0)
    assert (status, note["status"], note["balanceInCurrency"]) == (200, "Closed", 0.0)
    assert office.get(f"/v1/customerinvoice/{number}")["balanceInCurrency"] == TOTAL - 125


def test_files_are_attached_to_documents_and_lines(office: Office) -> None:
    """VN-14, VN-18: the same name is a new revision; content is read by id."""
    number = office.invoice(office.customer(), LINE)
    path = f"/v1/customerinvoice/{number}"

    def upload(place: str, name: str, content: bytes, status: int = 201, **headers: str) -> str:
        answer = office.send("POST", place, files={"file": (name, content)}, headers=headers)
        assert answer.status_code == status, answer.text
        return str(answer.headers.get("location", "")).rpartition("/")[2]

    first = upload(f"{path}/attachment", "Faktura æøå.pdf", b"%PDF-1")
    assert upload(f"{path}/attachment", "Faktura æøå.pdf", b"%PDF-2\r\n\x00") == first
    line = upload(f"{path}/1/attachment", "timer.csv", b"a;b")
    row = office.get(path)
    assert row["attachments"] == [{"name": "Faktura æøå.pdf", "id": first, "revision": 2}]
    assert row["invoiceLines"][0]["attachments"][0]["id"] == line
    answer = office.send("GET", f"/v1/attachment/{first}")
    assert (answer.status_code, answer.content) == (200, b"%PDF-2\r\n\x00")
    upload(f"{path}/9/attachment", "a.pdf", b"x", 404)
    upload(f"{path}/attachment", "uten", b"x", 400)
    upload(f"{path}/attachment", "b.pdf", b"x", 412, **{"If-Match": '"AAAA"'})
    assert office.send("GET", f"/v1/attachment/{GUID}").status_code == 404


def test_a_place_can_be_foreign_or_missing(office: Office) -> None:
    """ALL-05: only the last segment counts; without it the outcome is unknown."""
    customer = office.customer()
    office.act("set_behaviour", location="foreign")
    answer = office.post("/v2/customerinvoice", {"customerNumber": customer})
    assert answer.headers["location"].startswith("http://integration.visma.net/")
    office.get(f"/v1/customerinvoice/{answer.headers['location'].rpartition('/')[2]}")
    office.act("set_behaviour", location="none")
    answer = office.send("POST", "/v2/customerinvoice", json={"customerNumber": {"value": customer}})
    assert (answer.status_code, "location" in answer.headers) == (201, False)


def test_a_tenant_may_not_give_the_note_back(office: Office) -> None:
    """ALL-05: section 9, the marker in single answers and in lists."""
    number = office.invoice(office.customer(), LINE, note=NOTE)
    office.act("set_behaviour", note_in_lists=False)
    assert office.get("/v1/customerinvoice", status="Hold")[-1]["note"] is None
    assert office.get(f"/v1/customerinvoice/{number}")["note"] == NOTE
    office.act("set_behaviour", note_in_answers=False)
    assert office.get(f"/v1/customerinvoice/{number}")["note"] is None


def test_a_write_can_be_carried_out_and_answered_with_an_error(office: Office) -> None:
    """ALL-05: 500 with a text, written."""
    customer = office.customer()
    office.act("fail_after_write", times=1)
    body = {"customerNumber": customer, "note": NOTE, "hold": True}
    assert "error occurred" in office.refusal("POST", "/v2/customerinvoice", body, 500)
    assert [row["note"] for row in office.get("/v1/customerinvoice", customer=customer)] == [NOTE]


def test_people_release_edit_and_delete_drafts(office: Office) -> None:
    """VN-11: a draft that a person touches in between."""
    customer = office.customer()
    office.invoice(customer, LINE, note=NOTE)
    office.act("edit_document", reference=GUID, line=1, quantity=1.0)
    told = office.act("release_document", reference=GUID)["released"][0]
    assert (told["status"], told["total"]) == ("Open", 1812.5)
    with pytest.raises(ActionError, match="is Open"):
        office.act("release_document", reference=GUID)
    number = office.invoice(customer, LINE)
    office.act("hold_document", number=number, hold=False)
    office.act("edit_document", number=number, invoiceText="Rettet")
    assert office.get(f"/v1/customerinvoice/{number}")["invoiceText"] == "Rettet"
    office.act("delete_document", number=number)
    with pytest.raises(ActionError, match="no document"):
        office.act("delete_document", number=number)
    made = office.act("create_document", customerNumber=customer, hold=False)["document"]
    assert made["status"] in {"Balanced", "PendingPrint"}


def test_a_payment_may_leave_the_time_of_change(office: Office) -> None:
    """VN-15: section 12."""
    number = office.invoice(office.customer(), LINE)
    before = office.released(number)["lastModifiedDateTime"]
    office.clock.advance(60)
    office.act("set_behaviour", payment_touches_document=False)
    office.act("register_payment", number=number, amount=1)
    assert office.get(f"/v1/customerinvoice/{number}")["lastModifiedDateTime"] == before
    office.act("set_behaviour", payment_touches_document=True)
    office.act("register_payment", number=number, amount=1)
    assert office.get(f"/v1/customerinvoice/{number}")["lastModifiedDateTime"] > before
