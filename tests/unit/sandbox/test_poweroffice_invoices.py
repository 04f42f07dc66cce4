"""Sent invoices of the simulated PowerOffice: numbers, balances, payments, credits (contract, section 7)."""

from typing import Any

import pytest

from sandbox.system import ActionError
from tests.unit.sandbox.poweroffice_office import GUID, Office


@pytest.fixture
def office() -> Office:
    """A fresh company."""
    return Office()


def draft(office: Office, *, reference: str = GUID, **members: Any) -> dict[str, Any]:
    """A draft of 100 with VAT."""
    customer = office.customer(Name=f"Kunde {reference}", PaymentTerm=30)
    item = office.product(Code=f"V{reference[:4]}")
    line = {"ProductId": item["Id"], "Quantity": 1, "ProductUnitPrice": 100.0}
    return office.order(customer, {**line, **members.pop("line", {})}, ExternalImportReference=reference, **members)


def test_a_sent_order_becomes_an_invoice_with_the_same_id_and_a_new_number(office: Office) -> None:
    """ALL-06: gone from the orders, there with number, voucher, due date, payment reference and balance."""
    order = draft(office, ProjectCode="1187.1", PurchaseOrderReference="PO-1")
    before = office.system.company.now()
    (told,) = office.act("send_invoice", reference=GUID)["sent"]
    office.get(f"/SalesOrders/{order['Id']}", 404)
    office.delete(f"/SalesOrders/{order['Id']}", 404)
    assert office.get("/SalesOrders", 204) is None
    row = office.get(f"/OutgoingInvoices/{order['Id']}")
    assert told == {
        "id": order["Id"],
        "reference": GUID,
        "order_no": order["SalesOrderNo"],
        "invoice_no": row["InvoiceNo"],
        "total": 125.0,
        "balance": 125.0,
    }
    assert (row["OrderNo"], row["ExternalImportReference"]) == (order["SalesOrderNo"], GUID)
    assert row["InvoiceNo"] != row["OrderNo"]
    assert (row["VoucherType"], row["PaymentTerm"], row["CurrencyExchangeRate"]) == ("OutgoingInvoice", 30, 1.0)
    assert (row["NetAmount"], row["TotalAmount"], row["TotalPostedAmount"], row["Balance"]) == (100, 125, 125, 125)
    assert row["Cid"] == f"{order['CustomerNo']:06d}{row['InvoiceNo']:07d}"
    assert row["IsCreatedByCurrentIntegration"] is False
    assert row["SentDateTimeOffset"] > before
    assert (row["ProjectCode"], row["PurchaseOrderReference"]) == ("1187.1", "PO-1")
    assert (row["VoucherDate"] < row["DueDate"], row["CreatedDateTimeOffset"]) == (True, order["CreatedDateTimeOffset"])
    (line,) = office.get(f"/OutgoingInvoices/{order['Id']}/Lines")
    assert (line["AccountNo"], line["VatRate"], line["TotalAmount"], line["LineType"]) == (3000, 0.25, 125.0, "Normal")
    for name, value in (
        ("sentDateTimeOffsetGreaterThan", before),
        ("balanceLastChangedDateTimeOffsetGreaterThan", before),
        ("invoiceIds", order["Id"]),
        ("invoiceNos", str(row["InvoiceNo"])),
        ("voucherNos", f"{row['VoucherNo']}-"),
        ("externalImportReferences", GUID),
        ("orderNos", str(order["SalesOrderNo"])),
    ):
        assert office.get("/OutgoingInvoices", **{name: value}) == [row], name
    assert office.get("/OutgoingInvoices", 204, onlyCreatedByCurrentIntegration="true") is None


def test_the_filters_do_not_find_what_came_before(office: Office) -> None:
    """ALL-05: balance and sending filters are exclusive, ids unknown give 204."""
    draft(office)
    office.act("send_invoice")
    now = office.system.company.now()
    for name in ("sentDateTimeOffsetGreaterThan", "balanceLastChangedDateTimeOffsetGreaterThan"):
        assert office.get("/OutgoingInvoices", 204, **{name: now}) is None
    assert office.get("/OutgoingInvoices", 204, invoiceIds=GUID) is None


def test_a_foreign_currency_is_posted_in_kroner(office: Office) -> None:
    """ALL-07: the total in the invoice's currency, the balance in NOK by the exchange rate."""
    order = draft(office, CurrencyCode="EUR")
    office.act("send_invoice")
    row = office.get(f"/OutgoingInvoices/{order['Id']}")
    assert (row["TotalAmount"], row["CurrencyCode"], row["CurrencyExchangeRate"]) == (125.0, "EUR", 11.725)
    assert (row["TotalPostedAmount"], row["Balance"]) == (1465.63, 1465.63)
    rows = [each for each in office.system.objects("AccountTransactions") if each["VoucherId"] == order["Id"]]
    assert round(sum(each["Amount"] for each in rows), 2) == 0
    assert sorted(each["AccountNo"] for each in rows) == [1500, 2700, 3000]


def test_payments_lower_the_balance_to_nothing(office: Office) -> None:
    """PO-13: partly paid, paid, what was matched, and paid back."""
    order = draft(office)
    office.act("send_invoice", order_no=order["SalesOrderNo"])
    path = f"/OutgoingInvoices/{order['Id']}"
    before = office.get(path)["BalanceLastChangedDateTimeOffset"]
    office.act("register_payment", reference=GUID, amount=25)
    partly = office.get(path)
    assert partly["Balance"] == 100.0
    assert partly["BalanceLastChangedDateTimeOffset"] > before
    assert office.get("/OutgoingInvoices", onlyUnpaidInvoices="true", customerNos="10000-") == [partly]
    with pytest.raises(ActionError, match="between 0 and the balance"):
        office.act("register_payment", reference=GUID, amount=101)
    office.act("register_payment", id=order["Id"])
    paid = office.get(path)
    assert paid["Balance"] == 0.0
    entries = office.get("/Customerledger/EntriesByMatchId", matchId=paid["MatchId"])
    amounts = [(each["VoucherType"], each["Amount"], each["Balance"]) for each in entries]
    assert amounts == [
        ("OutgoingInvoice", 125.0, 0.0),
        ("IncomingPayments", -25.0, 0.0),
        ("IncomingPayments", -100.0, 0.0),
    ]
    with pytest.raises(ActionError, match="no balance"):
        office.act("register_payment", id=order["Id"])
    office.act("reverse_payment", id=order["Id"])
    assert office.get(path)["Balance"] == 125.0
    assert office.get("/Customerledger/EntriesByMatchId", 204, matchId=1) is None
    assert "matchId" in office.get("/Customerledger/EntriesByMatchId", 400)["detail"]


def test_everything_is_sent_and_paid_when_nothing_is_named(office: Office) -> None:
    """PO-13: an empty body means all drafts, all open invoices."""
    other = GUID.replace("3f2a", "4f2a")
    ids = [draft(office)["Id"], draft(office, reference=other)["Id"]]
    sent = office.act("send_invoice")["sent"]
    assert [each["id"] for each in sent] == ids
    assert sent[1]["invoice_no"] == sent[0]["invoice_no"] + 1
    paid = office.act("register_payment", all=True)["paid"]
    assert ids == [each["id"] for each in paid if each["id"] in ids]
    assert office.act("register_payment") == {"paid": []}
    with pytest.raises(ActionError, match="no unsent order"):
        office.act("send_invoice", reference=GUID)
    with pytest.raises(ActionError, match="unknown: invoice"):
        office.act("send_invoice", invoice=1)


def test_a_negative_order_becomes_a_credit_note(office: Office) -> None:
    """PO-13: RelatedInvoiceNo, negative balance, settled by paying it back."""
    first = draft(office)
    number = office.act("send_invoice")["sent"][0]["invoice_no"]
    credit = draft(office, reference=GUID.replace("3f", "4f"), line={"Quantity": -1}, RelatedInvoiceNo=number)
    office.act("send_invoice")
    row = office.get(f"/OutgoingInvoices/{credit['Id']}")
    assert (row["VoucherType"], row["TotalAmount"], row["Balance"]) == ("OutgoingCreditNote", -125.0, -125.0)
    assert row["RelatedInvoiceNo"] == number
    office.act("register_payment", id=credit["Id"])
    assert office.get(f"/OutgoingInvoices/{credit['Id']}")["Balance"] == 0.0
    assert office.get(f"/OutgoingInvoices/{first['Id']}")["Balance"] == 125.0


def test_crediting_in_full_closes_the_invoice_too(office: Office) -> None:
    """PO-13: balance 0 by a matched credit note; the match shows it."""
    order = draft(office)
    office.act("send_invoice")
    told = office.act("credit_invoice", reference=GUID)
    row = office.get(f"/OutgoingInvoices/{order['Id']}")
    assert (row["Balance"], told["credit_note"]["balance"]) == (0.0, 0.0)
    entries = office.get("/Customerledger/EntriesByMatchId", matchId=row["MatchId"])
    assert {each["VoucherType"] for each in entries} == {"OutgoingInvoice", "OutgoingCreditNote"}


def test_a_person_edits_deletes_and_reopens_drafts(office: Office) -> None:
    """ALL-07: what the re-check at "sent" must notice."""
    order = draft(office)
    edited = office.act("edit_order", reference=GUID, line=0, quantity=2)["order"]
    assert (edited["TotalAmount"], edited["LastChangedDateTimeOffset"] > order["LastChangedDateTimeOffset"]) == (
        250,
        True,
    )
    assert office.act("edit_order", reference=GUID, line=0, unit_price=50.5)["order"]["TotalAmount"] == 126.25
    fee = {"ProductId": edited["SalesOrderLines"][0]["ProductId"], "Quantity": 1, "ProductUnitPrice": 60.0}
    with_fee = office.act("edit_order", reference=GUID, add={**fee, "Description": "Gebyr", "Allowance": 0})["order"]
    assert (with_fee["LineCount"], with_fee["TotalAmount"]) == (2, 201.25)
    office.act("confirm_order", reference=GUID)
    with pytest.raises(ActionError, match="confirmed"):
        office.act("edit_order", reference=GUID, line=0, quantity=1)
    office.act("reopen_order", reference=GUID)
    with pytest.raises(ActionError, match="line: 0 to 1"):
        office.act("edit_order", reference=GUID, line=2, quantity=1)
    office.act("delete_order", reference=GUID)
    assert office.get("/SalesOrders", 204) is None
    assert office.get(f"/OutgoingInvoices/{order['Id']}", 404)["detail"].startswith("OutgoingInvoice with id")


def test_orders_of_people_are_not_the_integrations(office: Office) -> None:
    """ALL-05: onlyCreatedByCurrentIntegration leaves them out."""
    office.act("create_order", CustomerId=office.customer()["Id"])
    assert office.get("/SalesOrders", 204, onlyCreatedByCurrentIntegration="true") is None
    assert office.get("/SalesOrders")[0]["IsCreatedByCurrentIntegration"] is False


def test_sending_by_api_needs_its_privilege_and_takes_a_moment(office: Office) -> None:
    """PO-13: 403 without, then 202 with a Location, queued, sent by the integration."""
    order = draft(office)
    path = f"/SalesOrders/{order['Id']}/createAndSendInvoice"
    assert office.send("POST", path, json={}).status_code == 403
    office.act("set_privileges", add=["goAllowSendInvoice"])
    office.token()
    assert "EmailAddress" in office.refusal(path, {"DeliveryType": "PdfByEmail"})
    answer = office.send("POST", path, json={"VoucherDate": "2026-03-01", "OverrideDueDate": "2026-03-20"})
    assert answer.status_code == 202
    location = answer.headers["location"]
    assert location == f"http://sandbox.example/poweroffice/v2/SalesOrders/sentState?id={order['Id']}"
    (state,) = office.get("/SalesOrders/sentState", id=order["Id"])
    assert (state["IsInvoiceBeingProcessed"], state["InvoiceNo"]) == (True, None)
    assert "already" in office.refusal(path, {})
    office.clock.advance(3)
    (state,) = office.get("/SalesOrders/sentState")
    row = office.get(f"/OutgoingInvoices/{order['Id']}")
    assert (state["InvoiceNo"], state["IsInvoiceBeingProcessed"]) == (row["InvoiceNo"], False)
    assert (row["VoucherDate"], row["DueDate"]) == ("2026-03-01", "2026-03-20")
    assert row["IsCreatedByCurrentIntegration"] is True
    assert office.get("/SalesOrders/sentState", 204, id=GUID) is None


def test_a_failed_sending_by_api_leaves_its_message(office: Office) -> None:
    """PO-13: an archived customer cannot be invoiced."""
    order = draft(office)
    office.act("set_privileges", add=["goAllowSendInvoice"])
    office.token()
    office.patch(f"/Customers/{order['CustomerId']}", ("replace", "/IsArchived", True))
    office.post(f"/SalesOrders/{order['Id']}/createAndSendInvoice", {}, 202)
    office.clock.advance(3)
    (state,) = office.get("/SalesOrders/sentState", id=order["Id"])
    assert (state["LastErrorMessage"], state["InvoiceNo"]) == ("The customer is archived.", None)
    office.get(f"/SalesOrders/{order['Id']}")
