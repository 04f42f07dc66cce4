"""PowerOffice Go's reader."""

from __future__ import annotations

from collections.abc import Mapping

from core.records import Registry
from tests.conformance.systems.poweroffice import POWEROFFICE
from tests.fuzz import suite
from tests.fuzz.subject import ERP_READS, Subject
from tests.support.sandbox import Sandbox


def prepare(sandbox: Sandbox) -> Mapping[str, str]:
    """A supplier's invoice on a project, besides the drafts and sent invoices that are there."""
    sent = sandbox.objects("poweroffice", "OutgoingInvoices")
    drafts = sandbox.objects("poweroffice", "SalesOrders")
    codes = [row["Code"] for row in sandbox.objects("poweroffice", "Projects") if row["IsActive"]]
    rows = [{"amount": 100, "quantity": 2, "project_code": codes[0], "description": "Rør"}]
    sandbox.act("poweroffice", "post_purchase_invoice", rows=rows)
    known = sent[0]["Id"] if sent else "00000000-0000-4000-8000-000000000001"
    return {
        "sent": known,
        "draft": drafts[0]["Id"] if drafts else known,
        "reference": "00000000-0000-4000-8000-000000000002",
    }


SUBJECT = Subject(
    system=POWEROFFICE,
    samples={
        "/v2/Customers": "customer_read.json",
        "/v2/Products": "product_read.json",
        "/v2/OutgoingInvoices": "outgoing_invoices_read.json",
        "/v2/AccountTransactions": "account_transactions_read.json",
    },
    reads=ERP_READS,
    prepare=prepare,
    left_alone={Registry.PROJECTS: frozenset({"ParentProjectId"})},
)


class TestReader(suite.Reader): ...
