"""Documents as reads show them."""

from collections.abc import Mapping
from typing import Any

from sandbox.store import Row
from sandbox.visma_net import files
from sandbox.visma_net.company import Company
from sandbox.visma_net.money import both, exact
from sandbox.visma_net.registries import blocks, contacts, customers, projects
from sandbox.visma_net.sales import documents, lines
from sandbox.visma_net.sales.kinds import Kind
from sandbox.visma_net.search import CHANGED, CREATED

HIDDEN = frozenset({"branch", "vatZone", "taxDetails"})
EXPANDED = {
    "expandApplications": "applications",
    "expandAttachments": "attachments",
    "expandTaxDetails": "taxDetails",
    "expandInvoiceAddress": "invoiceAddress",
}
"""Members that a list has only when asked."""
SHORT = (
    "documentDueDate", "branch", "customer", "documentType", "referenceNumber", "postPeriod", "financialPeriod",
    "documentDate", "origInvoiceDate", "status", "currencyId", "amount", "amountInCurrency", "balance",
    "balanceInCurrency", "cashDiscount", "cashDiscountInCurrency", "customerRefNumber", "invoiceText", CHANGED, CREATED,
    "note", "vatTotal", "vatTotalInCurrency", "location", "branchNumber", "project", "customerProject",
)  # fmt: skip


def whole(company: Company, kind: Kind, row: Row) -> Row:
    """A document with everything."""
    made = {name: value for name, value in row.items() if not name.startswith("_") and name not in HIDDEN}
    customer = company.customers.get(row["customer"]) or {}
    branch = company.branches[row["branch"]]
    person = company.contacts.get(row["contact"]) if row["contact"] is not None else None
    project = company.projects.get(row["project"]) if row["project"] is not None else None
    known = customers.shown(company, customer)
    made.update(
        customer={"number": customer["number"], "name": customer["name"]},
        creditTerms=blocks.described(company.terms, row["creditTerms"]),
        contact=None if person is None else {"id": person["contactId"], "name": contacts.name(person)},
        project=projects.reference(project),
        branchNumber={"number": branch["number"], "name": branch["name"]},
        location=known["location"],
        customerVatZone=blocks.described(company.zones, row["vatZone"]),
        invoiceAddress=_billing(company, row, known["invoiceAddress"]),
        taxDetails=row["taxDetails"],
        attachments=files.shown(company, row[files.FILES]),
        applications=row.get("_applications", []),
        **_totals(company, row),
    )
    made[kind.lines] = [lines.shown(company, row, line) for line in row["_lines"]]
    if kind.type == "CreditNote":
        made.pop("documentDueDate")
        made.pop("creditTerms")
    if not company.behaviour.note_in_answers:
        made["note"] = None
    return made


def _billing(company: Company, row: Row, usual: Row) -> Row:
    """The customer's bill-to address, or the document's own members over it."""
    own = row["_billing"]
    return {
        **blocks.address(company, usual["addressId"], own, usual),
        "overrideAddress": own.get("overrideAddress", bool(own)),
    }


def _totals(company: Company, row: Row) -> Row:
    """Amount and balance: which of them a draft shows depends on the tenant."""
    rate, total = exact(row["exchangeRate"]), exact(row["_total"])
    nothing = exact(0.0)
    on_hold = company.behaviour.totals_on_hold
    if row["status"] not in documents.DRAFT:
        amount, balance = total, total - exact(row["_paid"])
    else:
        amount = total if on_hold == "amount" else nothing
        balance = nothing if on_hold == "details" else total
    return {**both("amount", amount, rate), **both("balance", balance, rate)}


def listed(company: Company, kind: Kind, row: Row, asked: Mapping[str, Any]) -> Row:
    """A document in a list: without what was not asked for."""
    made = whole(company, kind, row)
    for name, member in EXPANDED.items():
        if not asked.get(name):
            del made[member]
    if not company.behaviour.note_in_lists:
        made["note"] = None
    return made


def short(company: Company, kind: Kind, row: Row, asked: Mapping[str, Any]) -> Row:
    """A document as ``/v1/customerdocument`` shows it."""
    made = listed(company, kind, row, asked)
    made["branch"] = made["branchNumber"]
    return {name: made.get(name) for name in SHORT}
