"""Severa's invoices: statuses, numbers, totals, and what can be changed when (contract, section 10)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from served import Served, operation

from sandbox.severa.rules.invoices import reference_number
from sandbox.world import World

WORLD = World.generate(7, "small")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        running.sign_in()
        yield running
        running.validate_recorded()


@pytest.fixture(scope="module")
def statuses(served: Served) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in served.get("/v1/invoicestatuses")}


def refused(answer: httpx.Response, kind: str = "InvalidParameter") -> str:
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["type"] == kind, error
    return str(error["details"][0]["message"])


def new_invoice(served: Served, **more: Any) -> dict[str, Any]:
    project = next(one for one in WORLD.projects if one.in_severa and one.state == "Won" and not one.is_closed)
    rows = [{"code": "STD", "quantity": "2", "unit_price": "100.10"}, {"code": "UE", "quantity": 1, "unit_price": "10"}]
    return served.act("create_invoice", **{"project": project.number, "rows": rows, **more})


def path(invoice: dict[str, Any]) -> str:
    return f"/v1/invoices/{invoice['guid']}"


def test_the_status_register_is_that_of_a_poweroffice_tenant(statuses: dict[str, dict[str, Any]]) -> None:
    """ALL-04: order and flags."""
    order = sorted(statuses.values(), key=lambda row: row["sortOrder"])
    assert [row["name"] for row in order] == [
        "Failed invoices", "Draft", "Send to PowerOffice", "In PowerOffice", "Sent", "Partially paid", "Paid",
    ]  # fmt: skip
    assert [row["hasInvoiceNumber"] for row in order] == [False, False, False, False, True, True, True]
    assert [row["isSent"] for row in order] == [False, False, False, False, True, True, True]
    assert [row["name"] for row in order if row["isPaid"]] == ["Paid"]
    assert [row["name"] for row in order if row["isDefault"]] == ["Draft"]
    assert [row["name"] for row in order if row["isDefaultForCreditNote"]] == ["Send to PowerOffice"]


def test_stored_totals_are_those_of_the_world(served: Served) -> None:
    """ALL-07: Severa's total is a stored figure; 0.05 and 0.06 stand in it."""
    listed = {row["guid"]: row for row in served.everything("/v1/invoices")}
    totals = sorted(Decimal(str(row["totalIncludingTax"]["amount"])) for row in listed.values())
    assert totals == sorted(one.total_including_tax for one in WORLD.invoices)
    for row in listed.values():
        single = served.get(path(row))
        assert single == row
        lines = served.get(f"{path(row)}/invoicerows", {"rowCount": 100})
        parts = [
            Decimal(str(line["quantity"]))
            * Decimal(str(line["unitPrice"]["amount"]))
            * (1 + Decimal(str(line["vatRate"])) / 100)
            for line in lines
        ]
        difference = Decimal(str(row["totalIncludingTax"]["amount"])) - sum(round(part, 2) for part in parts)
        assert abs(difference) <= Decimal("0.08")


def test_drafts_and_waiting_invoices_have_no_number(served: Served) -> None:
    for row in served.everything("/v1/invoices"):
        assert (row["number"] is not None) == (row["status"]["name"] == "Paid")
        assert row["canBeDeleted"] == (row["number"] is None)


def test_number_reference_and_status_are_written_in_one_patch(
    served: Served, statuses: dict[str, dict[str, Any]]
) -> None:
    """ALL-06: in that order, with the trigger status not editable."""
    invoice = new_invoice(served, status="Send to PowerOffice")
    body = [
        operation("/number", 50017),
        operation("/referenceNumber", "500171"),
        operation("/status/guid", statuses["In PowerOffice"]["guid"]),
    ]
    answer = served.severa.patch(path(invoice), json=body)
    assert answer.status_code == 200, answer.text
    (done,) = answer.json()
    assert (done["number"], done["referenceNumber"], done["status"]["name"]) == (50017, "500171", "In PowerOffice")
    assert served.get(path(invoice)) == done
    assert [row["guid"] for row in served.get("/v1/invoices", {"numbers": 50017})] == [invoice["guid"]]
    assert [row["guid"] for row in served.get("/v1/invoices", {"referenceNumbers": "500171"})] == [invoice["guid"]]


def test_an_invoice_that_enters_a_numbered_status_without_a_number_gets_severas_own(
    served: Served, statuses: dict[str, dict[str, Any]]
) -> None:
    """Section 10: hence number before status."""
    invoice = new_invoice(served, status="Send to PowerOffice")
    (done,) = served.severa.patch(path(invoice), json=[operation("/status/guid", statuses["Sent"]["guid"])]).json()
    assert 700_000 <= done["number"] <= 799_999
    assert done["referenceNumber"] == reference_number(done["number"])
    (again,) = served.severa.patch(path(invoice), json=[operation("/number", 50018)]).json()
    assert again["number"] == 50018


@pytest.mark.parametrize("value", [2**31, 0, "50020", 1.5])
def test_a_number_that_does_not_fit_is_refused(served: Served, value: object) -> None:
    """ALL-06: int32."""
    invoice = new_invoice(served)
    refused(served.severa.patch(path(invoice), json=[operation("/number", value)]))
    assert served.get(path(invoice))["number"] is None


def test_a_number_in_use_is_refused(served: Served) -> None:
    taken = next(one.number for one in WORLD.invoices if one.number)
    invoice = new_invoice(served)
    assert "in use" in refused(served.severa.patch(path(invoice), json=[operation("/number", taken)]))


def test_an_uneditable_status_lets_only_number_reference_payment_and_status_through(
    served: Served, statuses: dict[str, dict[str, Any]]
) -> None:
    """Section 10: Sent is not editable."""
    invoice = new_invoice(served, status="Sent")
    for member, value in (("notes", "x"), ("dueDate", "2026-01-01"), ("ourReference", "x")):
        assert "Sent" in refused(
            served.severa.patch(path(invoice), json=[operation(f"/{member}", value)]), "InvalidOperation"
        )
    row = served.get(f"{path(invoice)}/invoicerows")[0]
    refused(served.severa.patch(f"/v1/invoicerows/{row['guid']}", json=[operation("/quantity", 9)]), "InvalidOperation")
    body = [operation("/paymentDate", "2026-03-05"), operation("/status/guid", statuses["Paid"]["guid"])]
    (done,) = served.severa.patch(path(invoice), json=body).json()
    assert (done["paymentDate"], done["status"]["isPaid"]) == ("2026-03-05", True)


def test_a_refused_operation_undoes_those_before_it(served: Served, statuses: dict[str, dict[str, Any]]) -> None:
    """What a status allows is asked before each operation: after the status, notes are no more editable."""
    invoice = new_invoice(served)
    body = [
        operation("/notes", "før"),
        operation("/status/guid", statuses["Sent"]["guid"]),
        operation("/ourReference", "etter"),
    ]
    refused(served.severa.patch(path(invoice), json=body), "InvalidOperation")
    assert served.get(path(invoice)) == invoice
    (done,) = served.severa.patch(path(invoice), json=body[:2]).json()
    assert (done["notes"], done["status"]["name"]) == ("før", "Sent")


@pytest.mark.parametrize("member", ["totalIncludingTax", "customer", "projects", "invoiceStatusGuid", "isCreditNote"])
def test_members_outside_the_input_model_are_refused(served: Served, member: str) -> None:
    invoice = new_invoice(served)
    refused(served.severa.patch(path(invoice), json=[operation(f"/{member}", None)]))


def test_the_due_date_follows_date_and_term(served: Served) -> None:
    invoice = new_invoice(served)
    body = [operation("/date", "2026-03-02"), operation("/paymentTerm", 30)]
    assert served.severa.patch(path(invoice), json=body).json()[0]["dueDate"] == "2026-04-01"


def test_the_settings_hold_the_payment_date_too(served: Served) -> None:
    """Section 10: the way when the invoice refuses it. The answer is one object."""
    invoice = new_invoice(served, status="Sent")
    settings = served.get(f"{path(invoice)}/invoicesettings")
    answer = served.severa.patch(
        f"/v1/invoicesettings/{settings['guid']}", json=[operation("/paymentDate", "2026-03-06")]
    )
    assert answer.json()["paymentDate"] == "2026-03-06"
    assert served.get(path(invoice))["paymentDate"] == "2026-03-06"


def test_people_edit_rows_and_the_totals_follow(served: Served) -> None:
    """ALL-07: after a correction the invoice goes through."""
    invoice = new_invoice(served, status="Send to PowerOffice", total_including_tax="262.81")
    assert invoice["totalIncludingTax"]["amount"] == 262.81
    before = served.get(path(invoice))
    edited = served.act("edit_invoice_row", guid=invoice["guid"], row=0, quantity="3", unit_price="99.90")
    assert edited["totalIncludingTax"]["amount"] == 387.13  # 299.70 + 74.93 and 10.00 + 2.50
    assert edited["lastUpdatedDateTime"] > before["lastUpdatedDateTime"]
    assert served.get(f"{path(invoice)}/invoicerows")[0]["quantity"] == 3


def test_people_make_invoices_that_add_up(served: Served) -> None:
    invoice = new_invoice(served)
    assert invoice["totalExcludingTax"]["amount"] == 210.2
    assert invoice["totalIncludingTax"]["amount"] == 262.75
    assert invoice["totalTax"]["amount"] == 52.55
    assert invoice["status"]["name"] == "Draft"
    credit = new_invoice(served, rows=[{"code": "STD", "quantity": -1, "unit_price": 10, "vat_rate": 0}])
    assert (credit["isCreditNote"], credit["totalIncludingTax"]["amount"]) == (True, -10)


def test_people_move_invoices_and_delete_unnumbered_ones(served: Served) -> None:
    """Section 10: where a user moved it elsewhere, report."""
    invoice = served.act(
        "set_invoice_status",
        key=next(one.key for one in WORLD.invoices if one.stage == "draft"),
        status="Failed invoices",
    )
    assert invoice["status"]["name"] == "Failed invoices"
    fees = served.everything(f"{path(invoice)}/projectfees")
    served.act("delete_invoice", guid=invoice["guid"])
    assert served.severa.get(path(invoice)).status_code == 404
    assert all(served.get(f"/v1/projectfees/{fee['guid']}")["invoice"] is None for fee in fees)
    paid = next(one for one in WORLD.invoices if one.stage == "paid")
    assert served.act("find_invoice", key=paid.key)["guid"] == served.act("find_invoice", number=paid.number)["guid"]
    sent = new_invoice(served, status="Sent")
    assert served.control.post("/severa/delete_invoice", json={"guid": sent["guid"]}).status_code == 400


def test_credit_notes_name_the_credited_invoice_and_the_other_way_round(served: Served) -> None:
    """VN-12."""
    found = [row for row in served.everything("/v1/invoices") if row["reimburseInvoice"]]
    assert found
    for row in found:
        source = served.get(f"/v1/invoices/{row['reimburseInvoice']['guid']}")
        assert source["number"] == row["reimburseInvoice"]["number"]
        assert source["creditNoteInvoice"] is not None
        assert row["totalIncludingTax"]["amount"] < 0
        lines = served.get(f"{path(row)}/invoicerows")
        sources = sum(
            len(served.get(f"{path(row)}/{kind}"))
            for kind in ("reimbursedworkhours", "reimbursedprojectfees", "reimbursedprojecttravelexpenses")
        )
        assert sources == len(lines)


def test_an_invoice_is_made_from_what_is_unbilled(served: Served) -> None:
    fee = next(row for row in served.everything("/v1/projectfees") if row["invoice"] is None)
    answer = served.severa.post("/v1/invoices", json={"projects": [{"guid": fee["project"]["guid"]}]})
    assert answer.status_code == 201
    (made,) = answer.json()
    billed = served.get(f"/v1/projectfees/{fee['guid']}")
    assert billed["invoice"]["guid"] == made["guid"]
    assert billed["invoiceRowGuid"] in {row["guid"] for row in served.get(f"{path(made)}/invoicerows")}
    again = served.severa.post("/v1/invoices", json={"projects": [{"guid": fee["project"]["guid"]}]})
    assert "nothing to bill" in refused(again, "InvalidOperation")
