"""Invoices and costs with Visma.net in runs that are killed at any point, and one rerun: each once (law 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from core.transfers import TransferState
from tests.support.killing import AT_EVERY_MOMENT, Warm, kill_everywhere, warm
from tests.support.sandbox import Sandbox
from tests.support.visma_net_company import STATUSES, VismaNetCompany, found_visma_net_company


@pytest.fixture(scope="module")
def settled(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> VismaNetCompany:
    company = found_visma_net_company(tmp_path_factory.mktemp("company"), sandbox)
    company.set(visma_net__invoice_files="both")
    company.good()
    return company


@pytest.fixture(scope="module")
def starter(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with warm(tmp_path_factory.mktemp("warm")) as running:
        yield running


@pytest.mark.timeout(600)  # a dozen runs, each killed and repeated
@pytest.mark.parametrize("when", AT_EVERY_MOMENT)
def test_a_kill_at_any_request_of_the_export_leaves_one_document(
    settled: VismaNetCompany, starter: Warm, when: str
) -> None:
    """ALL-05 ALL-06 VN-11 VN-14: at create, attach, release and report."""
    guids: list[str] = []

    def scene() -> None:
        guid = settled.bill(trigger=False)
        settled.sandbox.act("severa", "attach_to_invoice", guid=guid, name="Timer.pdf", text="timer")
        settled.move(guid, "trigger")
        guids[:] = [guid]

    def check() -> None:
        (guid,) = guids
        document, invoice = settled.document(guid), settled.invoice(guid)
        assert (document["status"], document["note"][-2:]) == ("Open", "#1")
        files = sorted((file["name"], file["revision"]) for file in document["attachments"])
        assert files == [("Invoice.pdf", 1), ("Timer.pdf", 1)]
        assert invoice["status"]["name"] == STATUSES["transferred"]
        assert str(invoice["number"]) == document["referenceNumber"]
        assert invoice["referenceNumber"] == document["paymentReference"]
        assert settled.transfer(guid).state is TransferState.REPORTED
        assert settled.issues(guid=guid) == []

    met = kill_everywhere(settled, starter, when, "invoice_export", scene=scene, check=check)
    for part in ("/v2/customerinvoice", "/attachment", "/action/release"):
        assert any(request.startswith("POST") and request.endswith(part) for request in met), met
    assert any(request.startswith("PATCH /severa/v1/invoices/") for request in met), met
    before = settled.sandbox.mark()
    settled.good("invoice_export")
    assert settled.sandbox.writes(before) == []


@pytest.mark.thorough
@pytest.mark.timeout(600)  # a dozen runs, each killed and repeated
@pytest.mark.parametrize("when", AT_EVERY_MOMENT)
def test_a_kill_while_a_document_with_another_total_is_removed_leaves_none(
    settled: VismaNetCompany, starter: Warm, when: str
) -> None:
    """ALL-07 VN-11 VN-13: no document, the failed status, and an issue that says why."""
    guids: list[str] = []

    def scene() -> None:
        guids[:] = [settled.bill(total_including_tax="3999")]

    def check() -> None:
        (guid,) = guids
        assert (settled.documents(guid), settled.status(guid)) == ([], STATUSES["failed"])
        assert settled.transfer(guid).state is TransferState.REJECTED
        assert len(settled.issues(guid=guid)) == 1

    met = kill_everywhere(settled, starter, when, "invoice_export", scene=scene, check=check)
    assert any(request.startswith("DELETE ") for request in met), met


@pytest.mark.thorough
@pytest.mark.timeout(600)  # a dozen runs, each killed and repeated
@pytest.mark.parametrize("when", AT_EVERY_MOMENT)
def test_a_kill_at_any_request_of_the_cost_import_leaves_each_cost_and_file_once(
    settled: VismaNetCompany, starter: Warm, when: str
) -> None:
    """ALL-08 VN-16 VN-18."""
    numbers: list[str] = []
    first, second, *_ = map(str, settled.billables())
    lines = [{"cost": 10, "project": first, "text": "A"}, {"cost": 20, "project": second, "text": "B"}]
    note = {"name": "Følgeseddel.pdf", "text": "hele dokumentet"}

    def scene() -> None:
        posted = settled.visma("post_supplier_invoice", lines=lines, files=[note])
        numbers[:] = [str(posted["invoice"]["referenceNumber"])]

    def check() -> None:
        (number,) = numbers
        keys = Counter(fee["invoiceRowComment"] for fee in settled.sandbox.objects("severa", "projectfees"))
        assert [count for key, count in keys.items() if f"/{number}/" in (key or "")] == [1, 1]
        placed = Counter(
            row["projectGuid"]
            for row in settled.sandbox.objects("severa", "projectfiles")
            if number in (row["description"] or "")
        )
        assert sorted(placed.values()) == [1, 1]
        assert settled.issues("cost_import") == []

    met = kill_everywhere(settled, starter, when, "cost_import", scene=scene, check=check)
    assert any(request.startswith("POST") and request.endswith("/files") for request in met), met
