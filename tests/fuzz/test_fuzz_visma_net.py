"""Visma.net Financials' reader."""

from __future__ import annotations

from collections.abc import Mapping

from core.records import Registry
from tests.conformance.systems.visma_net import VISMA_NET
from tests.fuzz import suite
from tests.fuzz.subject import ERP_READS, Read, Subject
from tests.support.sandbox import Sandbox

GUID = "00000000-0000-4000-8000-000000000003"
READS: Mapping[str, Read] = {
    **ERP_READS,
    "customers of a name": lambda a, k: a.find_by_name(Registry.CUSTOMERS, [k.names[Registry.CUSTOMERS]]),
    "customer classes": lambda a, _: a.registers.choices(Registry.CUSTOMERS),
    "inventory classes": lambda a, _: a.registers.choices(Registry.PRODUCTS),
    "credit term": lambda a, _: a.registers.term(14),
    "currencies": lambda a, _: a.registers.has_currency("EUR"),
    "length of project numbers": lambda a, _: a.registers.check_project_number("4711"),
    "file": lambda a, k: a.file(k.others["file"]),
}


def prepare(sandbox: Sandbox) -> Mapping[str, str]:
    """A draft of ours and a released invoice, and on a project a supplier's invoice with a file and a journal row."""
    customer = next(row for row in sandbox.objects("visma_net", "Customers") if row["status"] == "Active")
    lines = [{"operation": "Insert", "inventoryNumber": "STD", "quantity": 1}]
    made = {"customerNumber": customer["number"], "invoiceLines": lines}
    draft = sandbox.act("visma_net", "create_document", **made, note=f"severa:invoice:{GUID}#1")
    sent = sandbox.act("visma_net", "create_document", **made)["document"]["referenceNumber"]
    sandbox.act("visma_net", "release_document", number=sent)
    project = next(row["projectID"] for row in sandbox.objects("visma_net", "Projects") if row["status"] == "Active")
    costs = [{"cost": 100, "project": project, "text": "Rør"}]
    sandbox.act("visma_net", "post_supplier_invoice", lines=costs, files=[{"name": "Faktura.pdf", "text": "x"}])
    rows = [{"account": "6540", "amount": 2400, "project": project}, {"account": "1920", "amount": -2400}]
    sandbox.act("visma_net", "post_journal", rows=rows)
    files = [file for row in sandbox.objects("visma_net", "SupplierInvoices") for file in row["attachments"] or ()]
    return {
        "reference": GUID,
        "draft": f"invoice:{draft['document']['referenceNumber']}",
        "sent": f"invoice:{sent}",
        "file": files[-1]["id"],
    }


SUBJECT = Subject(
    system=VISMA_NET,
    samples={
        "/v1/customer": "customer.read.json",
        "/v1/inventory": "inventory.read.json",
        "/v1/customerinvoice": "customerinvoice.read_partly_paid.json",
        "/v1/supplierInvoice": "supplierinvoice.read.json",
        "/v2/journaltransaction": "journaltransaction.read.json",
    },
    reads=READS,
    prepare=prepare,
    singly={"/v1/customer": "number"},
    left_alone={
        Registry.CONTACTS: frozenset({"businessAccount"}),
        Registry.PRODUCTS: frozenset({"type"}),
        Registry.PROJECTS: frozenset({"systemTemplate"}),
    },
)


class TestReader(suite.Reader): ...
