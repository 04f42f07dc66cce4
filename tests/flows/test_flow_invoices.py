"""Invoices from the trigger status to paid, as Severa and PowerOffice show them (PO-13, ALL-04 to ALL-07)."""

from __future__ import annotations

import pytest

from core.transfers import Stage, TransferState
from tests.support.company import STATUSES, Company
from tests.support.scenes import assert_kept_back, assert_transferred


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
