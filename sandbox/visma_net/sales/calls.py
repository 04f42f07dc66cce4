"""The calls on invoices and credit notes; one set of handlers for each kind."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sandbox.store import Row, Table
from sandbox.visma_net import files
from sandbox.visma_net.calls import Answer, Call, Listing, created
from sandbox.visma_net.company import VERSION, Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.registries import customers, projects
from sandbox.visma_net.sales import documents, posting, shows
from sandbox.visma_net.sales.kinds import CREDIT_NOTE, INVOICE, KINDS, Kind
from sandbox.visma_net.search import Search
from sandbox.visma_net.versions import check_if_asked


def posted(kind: Kind, company: Company, call: Call) -> Answer:
    """``POST /v2/customerinvoice`` or ``/v2/customerCreditNote``."""
    row = documents.create(company, kind, call.body)
    return created(call, documents.path(kind, row), row[VERSION])


def one(kind: Kind, company: Company, call: Call) -> Answer:
    """``GET /v1/customerinvoice/{invoiceNumber}`` and its like. Reading a queued document moves its release on."""
    row = posting.looked_at(company, kind, kind.existing(company, call))
    return Answer(200, shows.whole(company, kind, row), row[VERSION])


def put(kind: Kind, company: Company, call: Call) -> Answer:
    """``PUT``: only what is sent changes."""
    row = kind.existing(company, call)
    check_if_asked(company, call, row, background_only=True)
    return Answer(204, version=documents.change(company, kind, row, call.body)[VERSION])


def deleted(kind: Kind, company: Company, call: Call) -> Answer:
    """``DELETE`` of a draft."""
    documents.delete(company, kind, kind.existing(company, call))
    return Answer(204)


def released(kind: Kind, company: Company, call: Call) -> Answer:
    """``POST …/action/release``."""
    row = kind.existing(company, call)
    check_if_asked(company, call, row, background_only=True)
    return Answer(200, posting.asked_to_release(company, kind, row))


def reversed_(company: Company, call: Call) -> Answer:
    """``POST …/action/reverse``: a released invoice gets a draft credit note with its lines."""
    row = INVOICE.existing(company, call)
    note = posting.reverse(company, row)
    return Answer(200, posting.told("Done", row["referenceNumber"], note["referenceNumber"]))


def attached(kind: Kind, company: Company, call: Call) -> Answer:
    """``POST …/attachment`` on the document or on one line of it."""
    row = kind.existing(company, call)
    check_if_asked(company, call, row)
    name, content = files.uploaded(call)
    owner, place = row, f"{kind.type} {row['referenceNumber']}"
    if "lineNumber" in call.path:
        number = call.path["lineNumber"]
        found = next((line for line in row["_lines"] if line["lineNumber"] == number), None)
        if found is None:
            raise RefusedError.missing("Line number", number)
        owner, place = found, f"{place} {number}"
    file_id = files.attach(company, owner, place, name, content)
    version = company.change(kind.table(company), row["referenceNumber"], {})[VERSION]
    return created(call, f"/v1/attachment/{file_id}", version)


def listed(kind: Kind, company: Company, call: Call) -> Listing:
    """``GET /v1/customerinvoice`` and ``/v1/customerCreditNote``."""
    rows = _found(company, kind.table(company), call).rows()
    return Listing(rows, lambda row: shows.listed(company, kind, row, call.asked), 500)


def all_listed(company: Company, call: Call) -> Listing:
    """``GET /v1/customerdocument``: invoices, then credit notes, then payments."""
    tables = (company.invoices, company.credit_notes, company.payments)
    rows = [row for table in tables for row in _found(company, table, call).rows()]
    return Listing(rows, lambda row: _any(company, row, call), 500)


def _any(company: Company, row: Row, call: Call) -> Row:
    kind = KINDS.get(row["documentType"])
    if kind is not None:
        return shows.short(company, kind, row, call.asked)
    branch = company.branches[row["branch"]]
    named = {"number": branch["number"], "name": branch["name"]}
    known = {"customer": customers.reference(company, row["customer"]), "branch": named, "branchNumber": named}
    return {name: known.get(name, row.get(name)) for name in shows.SHORT}


def _found(company: Company, table: Table, call: Call) -> Search:
    search = Search(table, call.asked, key="referenceNumber")
    for name in ("externalReference", "paymentReference", "customerRefNumber", "status"):
        search.equal(name)
    search.equal("customer", to=lambda number: _id(customers.numbered(company, number), "internalId"))
    search.equal("project", to=lambda number: _id(projects.of_id(company, number), "internalID"))
    search.member("documentType")
    search.member("financialPeriod")
    search.member("branch")
    wanted = call.asked.get("released")
    if wanted is not None:
        search.where(lambda row: (row["status"] not in documents.DRAFT) is bool(wanted))
    search.compare("documentDate")
    search.compare("documentDueDate")
    search.stamped()
    return search


def _id(row: Row | None, name: str) -> Any:
    return None if row is None else row[name]


def of(handler: Callable[[Kind, Company, Call], Any], kind: Kind) -> Callable[[Company, Call], Any]:
    """The handler for one kind of document."""
    return partial(handler, kind)


BOTH = (INVOICE, CREDIT_NOTE)
