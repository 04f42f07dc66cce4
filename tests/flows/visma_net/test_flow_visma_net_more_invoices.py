"""Invoices to Visma.net off the beaten track: void, foreign, balanced, without reference, of other companies, projects.

VN-09 to VN-15, ALL-06.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from core.errors import ErrorClass
from core.transfers import Stage, TransferState
from tests.support.registry_scene import Registrar
from tests.support.sandbox import Row
from tests.support.thorough import thorough
from tests.support.visma_net_company import STATUSES, VismaNetCompany

CREATED = "/v2/customerinvoice"
VAT_NUMBER = "NO923456783MVA"
NUMBERS = count(6001)
"""Project numbers that fit the segmented key and that nobody has."""


@pytest.fixture(scope="module")
def settled(company: VismaNetCompany) -> VismaNetCompany:
    """The tenant after its first cycle; registers such as branches are read anew in every run."""
    company.set(visma_net__register_hours=0)
    company.good()
    return company


@pytest.fixture(autouse=True)
def _as_ever(settled: VismaNetCompany) -> Iterator[None]:
    """What a test turns is as before for the next one."""
    yield
    settled.visma("set_behaviour", release="done", payment_reference_at="release", refusals="400")
    settled.set(visma_net__after_transfer=None, visma_net__release_tries=None, visma_net__exchange_rate=None)


def assert_in_the_books(company: VismaNetCompany, guid: str) -> Row:
    """One released document, on the transferred status with its number and reference, and nothing on the desk."""
    document, invoice = company.document(guid), company.invoice(guid)
    assert document["status"] == "Open"
    assert invoice["status"]["name"] == STATUSES["transferred"]
    assert (str(invoice["number"]), invoice["referenceNumber"]) == (
        document["referenceNumber"],
        document["paymentReference"],
    )
    assert company.issues(guid=guid) == []
    return document


def posted(company: VismaNetCompany, mark: int) -> Row:
    """The body of the one document that was posted since."""
    (sent,) = (one for one in company.sandbox.exchanges(mark, "visma_net") if one["path"] == CREATED)
    body: Row = sent["request_body"]
    return body


def new_project(company: VismaNetCompany, name: str, **members: Any) -> Row:
    """A person makes a won project of a customer that stands in both systems."""
    project = company.sandbox.objects("severa", "projects")
    customer = next(row["customer"]["number"] for row in project if row["number"] == company.billable())
    number = next(NUMBERS)
    return company.sandbox.act("severa", "create_project", customer=customer, name=name, number=number, members=members)


# void -------------------------------------------------------------------------------------------------------------


def test_a_document_that_a_person_voided_is_told_and_nothing_else(settled: VismaNetCompany) -> None:
    """VN-15: report only; Severa's invoice stays as it is."""
    guid = settled.bill()
    settled.good("invoice_export")
    settled.visma("void_document", reference=guid)
    mark = settled.sandbox.mark()
    for _ in range(2):
        settled.good("invoice_status")
    (issue,) = settled.issues("invoice_status", guid)
    assert (issue.cause, issue.error_class) == ("voided", ErrorClass.BAD_DATA)
    assert "was voided in Visma.net" in issue.what
    assert settled.status(guid) == STATUSES["transferred"]
    settled.good("invoice_export")
    assert settled.sandbox.writes(mark) == []


@pytest.mark.parametrize("reached", [TransferState.VERIFIED, TransferState.RELEASED])
def test_a_document_that_was_voided_on_its_way_is_neither_reported_nor_made_again(
    settled: VismaNetCompany, reached: TransferState
) -> None:
    """VN-11 ALL-05: told until somebody decides; it is not deleted either, as one that cannot be released would be."""
    if reached is TransferState.VERIFIED:
        settled.visma("set_behaviour", release="failed")
    else:  # left on hold, and Severa could not be told
        settled.set(visma_net__after_transfer="hold")
        settled.sandbox.fault("severa", "PATCH", "/v1/invoices/{guid}", "status:503", times=3)
    guid = settled.bill()
    settled.good("invoice_export")
    assert settled.transfer(guid).state is reached
    settled.set(visma_net__release_tries=1)
    settled.visma("void_document", reference=guid)
    for _ in range(2):
        settled.good("invoice_export")
    assert (settled.document(guid)["status"], settled.status(guid)) == ("Voided", STATUSES["trigger"])
    assert settled.transfer(guid).state is reached
    (issue,) = settled.issues("invoice_export", guid)
    assert "was voided in Visma.net" in issue.what
    assert "ignore" in issue.todo


# a foreign currency ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("direction", ["reciprocal", *thorough(["send", "omit"])])
def test_the_rate_of_a_foreign_currency_goes_as_the_setting_says(settled: VismaNetCompany, direction: str) -> None:
    """VN-14: which way Visma.net reads it is not documented; the total in the currency itself is what counts."""
    settled.set(visma_net__exchange_rate=direction)
    mark, guid = settled.sandbox.mark(), settled.bill(*abroad(), project=foreign_project(settled))
    settled.good("invoice_export")
    document = assert_in_the_books(settled, guid)
    rate = Decimal(str(settled.invoice(guid)["currencyRate"]))
    assert rate > 2
    sent = posted(settled, mark).get("exchangeRate", {}).get("value")
    wanted = {"send": rate, "omit": None, "reciprocal": round(1 / rate, 8)}[direction]
    assert (None if sent is None else Decimal(str(sent))) == wanted
    assert (document["currencyId"], document["amountInCurrency"]) == ("EUR", 300)
    assert settled.transfer(guid).erp_total == Decimal(300)


def test_an_invoice_in_the_companys_own_currency_has_no_rate(settled: VismaNetCompany) -> None:
    """VN-14."""
    mark, guid = settled.sandbox.mark(), settled.bill()
    settled.good("invoice_export")
    assert_in_the_books(settled, guid)
    assert "exchangeRate" not in posted(settled, mark)


def abroad() -> tuple[Row]:
    """A row without VAT: the customer's class says so in Visma.net."""
    return ({"code": "STD", "quantity": 2, "unit_price": 150, "vat_rate": 0},)


def foreign_project(company: VismaNetCompany) -> int:
    """Number of an open project in euros, of a customer abroad, that stands in both systems."""
    active = {row["projectID"] for row in company.objects("Projects") if row["status"] == "Active"}
    zones = {row["name"]: row["vatZone"]["id"] for row in company.objects("Customers")}
    return next(
        int(row["number"])
        for row in company.sandbox.objects("severa", "projects")
        if row["currency"]["code"] == "EUR" and str(row["number"]) in active and not row["isClosed"]
        and zones.get(row["customer"]["name"], "01") != "01"
    )  # fmt: skip


# how far it goes --------------------------------------------------------------------------------------------------


def test_a_document_may_wait_off_hold_for_a_person_to_release_it(settled: VismaNetCompany) -> None:
    """VN-11 VN-15 ALL-06: reported with its number; its reference and its payments follow when they are there."""
    settled.set(visma_net__after_transfer="balanced")
    mark, guid = settled.sandbox.mark(), settled.bill()
    settled.good("invoice_export")
    document = settled.document(guid)
    assert (document["status"], settled.status(guid)) == ("Balanced", STATUSES["transferred"])
    assert (str(settled.invoice(guid)["number"]), settled.issues(guid=guid)) == (document["referenceNumber"], [])
    assert not [write for write in settled.sandbox.writes(mark) if write.endswith("/action/release")]
    mark = settled.sandbox.mark()
    settled.good("invoice_export")
    settled.good("invoice_status")
    assert settled.sandbox.writes(mark) == []
    settled.visma("release_document", reference=guid)
    settled.good("invoice_status")
    assert_in_the_books(settled, guid)
    settled.visma("register_payment", reference=guid)
    settled.good("invoice_status")
    assert (settled.status(guid), settled.transfer(guid).state) == (STATUSES["paid"], TransferState.DONE)


def test_a_reference_that_does_not_come_in_a_day_is_told_once_and_still_written(settled: VismaNetCompany) -> None:
    """ALL-06: asked for in every run of the first 24 hours; later it follows when the invoice changes."""
    settled.visma("set_behaviour", payment_reference_at="late", late_seconds=600)
    guid = settled.bill()
    settled.good("invoice_export")
    settled.good("invoice_status")
    assert settled.issues("invoice_status", guid) == []
    with settled.state() as state:
        row = settled.transfer(guid)
        assert row.attempt_at is not None
        before = row.attempt_at - timedelta(hours=24, minutes=1)
        state.transfers.step(guid, row.state, expect=row.state, attempt_at=before)
    for _ in range(2):
        settled.good("invoice_status")
    (issue,) = settled.issues("invoice_status", guid)
    assert (issue.cause, issue.count) == ("no reference", 1)
    assert "no payment reference" in issue.what
    settled.sandbox.advance(700)
    settled.good("invoice_status")
    assert_in_the_books(settled, guid)
    assert settled.transfer(guid).stage is Stage.TRANSFERRED
    settled.sandbox.set_back(700)


# companies and projects -------------------------------------------------------------------------------------------


def test_each_company_sells_under_its_own_branch(settled: VismaNetCompany, registrar: Registrar) -> None:
    """VN-10: by the VAT number of the project's company; one invoice for projects of two companies cannot go."""
    daughter = registrar.make("businessunits", name="Fjord Datter AS", code="90", vatNumber=VAT_NUMBER)
    office = registrar.make("businessunits", name="Kontoret i Bodø", code="91", parentGuid=daughter["guid"])
    settled.visma("edit_branch", number="2", name="Fjord Datter AS", vatRegistrationId=VAT_NUMBER)
    unit = {"businessUnit": {"guid": office["guid"]}, "startDate": "2026-03-01"}
    project = new_project(settled, "Oppdrag for datteren", **unit)
    settled.good("registry_sync")
    guid, mixed = (
        settled.bill(project=project["number"]),
        settled.bill(projects=[project["number"], settled.billable()]),
    )
    settled.good("invoice_export")
    assert assert_in_the_books(settled, guid)["branchNumber"]["number"] == "2"
    assert (settled.documents(mixed), settled.status(mixed)) == ([], STATUSES["failed"])
    (issue,) = settled.issues("invoice_export", mixed)
    assert "several companies" in issue.what


def test_an_invoice_waits_for_a_project_without_start_date_and_goes_by_itself(settled: VismaNetCompany) -> None:
    """VN-09: Visma.net's refusal is told with what to do; the invoice keeps its status."""
    project = new_project(settled, "Uten startdato")
    guid = settled.bill(project=project["number"])
    settled.good("registry_sync")
    settled.good("invoice_export")
    (refused,) = (each for each in settled.issues("projects") if each.record == f"severa:{project['guid']}")
    assert "no start date" in refused.what
    assert "start date in Severa" in refused.todo
    (issue,) = settled.issues("invoice_export", guid)
    assert issue.error_class is ErrorClass.MISSING_DEPENDENCY
    assert settled.status(guid) == STATUSES["trigger"]
    settled.sandbox.act("severa", "edit_project", guid=project["guid"], members={"startDate": "2026-03-02"})
    settled.good("registry_sync")
    settled.good("invoice_export")
    assert_in_the_books(settled, guid)


@pytest.mark.parametrize("refusals", ["500", *thorough(["400"])])
def test_an_invoice_of_a_closed_project_says_so_and_goes_once_it_is_open_again(
    settled: VismaNetCompany, refusals: str
) -> None:
    """VN-09 VN-13: a closed project is completed in Visma.net; the last invoice comes before or with a reopening."""
    settled.visma("set_behaviour", refusals=refusals)
    project = new_project(settled, f"Avsluttet {refusals}", startDate="2026-03-01")
    settled.good("registry_sync")
    guid = settled.bill(project=project["number"], trigger=False)
    settled.sandbox.act("severa", "close_project", guid=project["guid"])
    settled.good("registry_sync")
    settled.move(guid, "trigger")
    settled.good("invoice_export")
    assert (settled.documents(guid), settled.status(guid)) == ([], STATUSES["failed"])
    (issue,) = settled.issues("invoice_export", guid)
    assert f"project {project['number']} is Completed" in issue.what
    assert "Reopen the project in Severa" in issue.todo
    settled.sandbox.act("severa", "edit_project", guid=project["guid"], members={"isClosed": False})
    settled.good("registry_sync")
    settled.move(guid, "trigger")
    settled.good("invoice_export")
    assert_in_the_books(settled, guid)
