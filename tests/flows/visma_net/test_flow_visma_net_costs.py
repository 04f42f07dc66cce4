"""Supplier invoices and other transactions of Visma.net as project costs, with their files (VN-16 to VN-18, ALL-08)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.support.sandbox import Row, Sandbox
from tests.support.visma_net_company import VismaNetCompany, found_visma_net_company

KEY_FIELD = "invoiceRowComment"
UPLOAD = "/v1/projects/{projectGuid}/files"
NOTE = {"name": "Følgeseddel.pdf", "text": "hele dokumentet"}


@pytest.fixture(scope="module")
def settled(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> VismaNetCompany:
    company = found_visma_net_company(tmp_path_factory.mktemp("company"), sandbox)
    company.good("registry_sync")
    company.good("cost_import")
    return company


@pytest.fixture(autouse=True)
def _as_ever(settled: VismaNetCompany) -> Iterator[None]:
    """What a test sets is as before for the next one."""
    yield
    settled.set(visma_net__cost_billable=None, visma_net__cost_multiplier=None, visma_net__file_tries=None)
    settled.visma("set_behaviour", line_attachments_in_lists=True)


def post(company: VismaNetCompany, *lines: Row, **more: object) -> str:
    """A supplier's invoice with these lines; its number."""
    posted = company.visma("post_supplier_invoice", lines=list(lines), **more)
    return str(posted["invoice"]["referenceNumber"])


def fees(company: VismaNetCompany, number: str) -> list[Row]:
    """Severa's project costs of a document, by the key that they carry; in the order of its rows."""
    found = [fee for fee in company.sandbox.objects("severa", "projectfees") if f"/{number}/" in (fee[KEY_FIELD] or "")]
    return sorted(found, key=lambda fee: str(fee[KEY_FIELD]))


def projects(company: VismaNetCompany) -> tuple[str, str]:
    """Numbers of two open projects that stand in both systems."""
    first, second, *_ = company.billables()
    return str(first), str(second)


def files(company: VismaNetCompany, number: str) -> Counter[tuple[str, str]]:
    """(project's number, name) of the files that came with costs of a document -> how often each is there."""
    numbers = {row["guid"]: str(row["number"]) for row in company.sandbox.objects("severa", "projects")}
    return Counter(
        (numbers[row["projectGuid"]], row["name"])
        for row in company.sandbox.objects("severa", "projectfiles")
        if number in (row["description"] or "")
    )


def test_released_rows_with_a_project_become_costs_once(settled: VismaNetCompany) -> None:
    """VN-16 ALL-08: quantity 1, the text of the row's four parts, Severa's own logic for the product."""
    first, second = projects(settled)
    number = post(
        settled,
        {"cost": 8200, "project": first, "text": "Grunnboring"},
        {"cost": 3150.5, "project": second, "text": "Prøvetaking"},
        {"cost": 600, "text": "Gebyr"},
    )
    for _ in range(2):
        settled.good("cost_import")
    one, other = fees(settled, number)
    numbers = {row["guid"]: str(row["number"]) for row in settled.sandbox.objects("severa", "projects")}
    assert [numbers[fee["project"]["guid"]] for fee in (one, other)] == [first, second]
    assert [fee["unitCost"]["amount"] for fee in (one, other)] == [8200, 3150.5]
    assert (one["quantity"], one["unitPrice"]["amount"], one["isBillable"]) == (1, 0, False)
    supplier = next(row["supplier"] for row in settled.objects("SupplierInvoices") if row["referenceNumber"] == number)
    assert one["description"] == f"Grunnboring, {number}, {supplier['number']}, {supplier['name']}"
    mark = settled.sandbox.mark()
    settled.good("cost_import")
    assert settled.sandbox.writes(mark) == []


def test_a_document_counts_once_it_is_released(settled: VismaNetCompany) -> None:
    """VN-16."""
    first, _ = projects(settled)
    number = post(settled, {"cost": 100, "project": first, "text": "Kabel"}, status="Balanced")
    settled.good("cost_import")
    assert fees(settled, number) == []
    settled.visma("release_supplier_invoice", number=number)
    settled.good("cost_import")
    assert len(fees(settled, number)) == 1


def test_other_transactions_become_costs_too(settled: VismaNetCompany) -> None:
    """VN-16: the debit of a row with a project; its reference and party in the text."""
    first, _ = projects(settled)
    supplier = settled.objects("Suppliers")[0]
    rows = [
        {"account": "6540", "amount": 2400, "project": first, "text": "Leie", "reference": "LEIE-10",
         "party": supplier["number"]},
        {"account": "1920", "amount": -2400},
    ]  # fmt: skip
    posted = settled.visma("post_journal", rows=rows)
    settled.good("cost_import")
    settled.good("cost_import")
    (fee,) = fees(settled, str(posted["journal"]["batchNumber"]))
    assert fee["unitCost"]["amount"] == 2400
    assert fee["description"] == f"Leie, LEIE-10, {supplier['number']}, {supplier['name']}"


@pytest.mark.parametrize(("percent", "price"), [(150, "1500"), (100, "1000"), (33, "330")])
def test_billable_costs_have_a_price_by_the_multiplier(settled: VismaNetCompany, percent: int, price: str) -> None:
    """VN-17: 150 % makes the price one and a half times the cost."""
    settled.set(visma_net__cost_billable=True, visma_net__cost_multiplier=percent)
    first, _ = projects(settled)
    number = post(settled, {"cost": 1000, "project": first, "text": "Rør"})
    settled.good("cost_import")
    (fee,) = fees(settled, number)
    assert fee["isBillable"] is True
    assert Decimal(str(fee["unitPrice"]["amount"])) == Decimal(price)
    assert fee["unitCost"]["amount"] == 1000


def test_a_project_that_severa_does_not_have_is_passed_over(settled: VismaNetCompany) -> None:
    """VN-16: counted, no issue; the other rows go."""
    numbers = {str(row["number"]) for row in settled.sandbox.objects("severa", "projects")}
    with settled.state() as state:
        from core.records import Registry, Side  # noqa: PLC0415 - only here

        ids = [str(row["internalID"]) for row in settled.objects("Projects")]
        linked = state.links.other_ids(Registry.PROJECTS, Side.ERP, ids)
    stranger = next(
        str(row["projectID"])
        for row in settled.objects("Projects")
        if row["status"] == "Active" and str(row["projectID"]) not in numbers and str(row["internalID"]) not in linked
    )
    first, _ = projects(settled)
    number = post(
        settled, {"cost": 10, "project": stranger, "text": "Ukjent"}, {"cost": 20, "project": first, "text": "Kjent"}
    )
    outcome = settled.good("cost_import")
    assert [fee["unitCost"]["amount"] for fee in fees(settled, number)] == [20]
    assert settled.issues("cost_import") == []
    assert outcome.reports["cost_import"].counts.as_dict()["skipped"] == 1


def test_files_go_to_the_projects_that_they_belong_to(settled: VismaNetCompany) -> None:
    """VN-18: a row's to its project, a document's to every project its rows name, each once."""
    first, second = projects(settled)
    number = post(
        settled,
        {"cost": 10, "project": first, "text": "A", "files": [{"name": "Rad.pdf", "text": "rad"}]},
        {"cost": 20, "project": second, "text": "B"},
        {"cost": 30, "project": second, "text": "C"},
        files=[NOTE],
    )
    settled.good("cost_import")
    wanted = {(first, "Rad.pdf"): 1, (first, NOTE["name"]): 1, (second, NOTE["name"]): 1}
    assert files(settled, number) == wanted
    mark = settled.sandbox.mark()
    settled.good("cost_import")
    assert settled.sandbox.writes(mark) == []
    (made, *_) = (
        row for row in settled.sandbox.objects("severa", "projectfiles") if number in (row["description"] or "")
    )
    assert made["contentType"] == "application/pdf"
    assert made["description"].startswith(("A, ", "B, "))


def test_files_are_found_where_the_list_does_not_show_them(settled: VismaNetCompany) -> None:
    """VN-18: rows without the member: the document by itself has it."""
    settled.visma("set_behaviour", line_attachments_in_lists=False)
    first, _ = projects(settled)
    number = post(settled, {"cost": 10, "project": first, "text": "A", "files": [{"name": "Rad.pdf", "text": "rad"}]})
    settled.good("cost_import")
    assert files(settled, number) == {(first, "Rad.pdf"): 1}


def test_a_new_revision_goes_too(settled: VismaNetCompany) -> None:
    """VN-18: each revision once."""
    first, _ = projects(settled)
    number = post(settled, {"cost": 10, "project": first, "text": "A"}, files=[NOTE])
    settled.good("cost_import")
    settled.visma("attach_to_supplier_invoice", number=number, files=[{**NOTE, "text": "rettet"}])
    settled.good("cost_import")
    settled.good("cost_import")
    assert files(settled, number) == {(first, NOTE["name"]): 2}
    assert len(fees(settled, number)) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "status:500"])
def test_a_lost_answer_to_an_upload_leaves_one_file(settled: VismaNetCompany, kind: str) -> None:
    """VN-18 ALL-08."""
    first, _ = projects(settled)
    number = post(settled, {"cost": 10, "project": first, "text": "A"}, files=[NOTE])
    settled.sandbox.fault("severa", "POST", UPLOAD, kind)
    settled.good("cost_import")
    settled.good("cost_import")
    assert files(settled, number) == {(first, NOTE["name"]): 1}
    assert len(fees(settled, number)) == 1
    assert settled.issues("cost_import") == []


@pytest.mark.thorough
def test_a_file_that_is_refused_is_tried_again_some_times(settled: VismaNetCompany) -> None:
    """VN-18: told, the cost stands all the same; after so many runs nothing waits for it."""
    settled.set(visma_net__file_tries=1)
    first, _ = projects(settled)
    number = post(settled, {"cost": 10, "project": first, "text": "A"}, files=[NOTE])
    settled.sandbox.fault("severa", "POST", UPLOAD, "status:400", times=2)
    for _ in range(3):
        settled.good("cost_import")
    assert (len(fees(settled, number)), files(settled, number)) == (1, {})
    (issue,) = settled.issues("cost_import")
    assert (issue.cause[:5], issue.count) == ("file ", 2)
    settled.good("cost_import", retry=True)
    assert files(settled, number) == {(first, NOTE["name"]): 1}
    assert settled.issues("cost_import") == []


def test_files_stay_where_the_setting_says_so(settled: VismaNetCompany) -> None:
    """VN-18."""
    settled.set(visma_net__cost_files=False)
    first, _ = projects(settled)
    number = post(settled, {"cost": 10, "project": first, "text": "A"}, files=[NOTE])
    settled.good("cost_import")
    assert (len(fees(settled, number)), files(settled, number)) == (1, {})
    settled.set(visma_net__cost_files=None)
