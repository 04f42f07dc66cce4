"""A tenant with Visma.net whose state stands on PostgreSQL, in a database that an earlier version made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.transfers import Stage, TransferState
from tests.support.postgresql import create_database, postgresql_server
from tests.support.revisions import made_at
from tests.support.visma_net_company import STATUSES, VismaNetCompany

pytestmark = pytest.mark.thorough
BEFORE = "0005"
"""The last revision without payment references."""


@pytest.fixture(scope="module")
def settled(company: VismaNetCompany) -> Iterator[VismaNetCompany]:
    """The tenant after its first cycle, which brought the database up to date."""
    with postgresql_server() as server:
        create_database(server, "state")
        company.database = server.format("state")
        made_at(company.database, BEFORE).dispose()
        company.good()
        assert not list(company.home.rglob("*.db"))
        yield company


def test_a_late_reference_is_kept_and_a_lost_answer_leaves_one_document(settled: VismaNetCompany) -> None:
    """ALL-05 ALL-06: number first, the reference when it is there; both stand on the ledger."""
    settled.visma("set_behaviour", payment_reference_at="late", late_seconds=600)
    guid = settled.bill()
    settled.sandbox.fault("visma_net", "POST", "/v2/customerinvoice", "drop_after")
    settled.good("invoice_export")
    settled.good("invoice_export")
    document, transfer = settled.document(guid), settled.transfer(guid)
    assert (transfer.state, transfer.stage) == (TransferState.REPORTED, Stage.TRANSFERRED)
    assert (transfer.erp_number, transfer.erp_reference) == (document["referenceNumber"], None)
    settled.sandbox.advance(700)
    settled.good("invoice_status")
    reference = settled.document(guid)["paymentReference"]
    assert reference
    assert settled.transfer(guid).erp_reference == reference == settled.invoice(guid)["referenceNumber"]
    assert settled.status(guid) == STATUSES["transferred"]
    assert settled.issues(guid=guid) == []


def test_rows_of_a_suppliers_invoice_become_costs_once(settled: VismaNetCompany) -> None:
    """VN-16 ALL-08."""
    project = str(settled.billable())
    posted = settled.visma("post_supplier_invoice", lines=[{"cost": 410, "project": project, "text": "Kabel"}])
    for _ in range(2):
        settled.good("cost_import")
    number = posted["invoice"]["referenceNumber"]
    fees = settled.sandbox.objects("severa", "projectfees")
    assert [fee["unitCost"]["amount"] for fee in fees if f"/{number}/" in (fee["invoiceRowComment"] or "")] == [410]
