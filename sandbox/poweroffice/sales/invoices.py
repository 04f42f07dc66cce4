"""Sent invoices and credit notes, read only (contract, section 7)."""

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.registries import projects
from sandbox.poweroffice.search import Search
from sandbox.store import Row

NOUN = "OutgoingInvoice"


def shown(company: Company, row: Row) -> Row:
    """A sent invoice as Go shows it."""
    found = {**answers.OUTGOING_INVOICE, **row}
    found["CustomerNo"] = company.code(company.customers, row.get("CustomerId"), "Number")
    found["ProjectCode"] = company.code(company.projects, row.get("ProjectId"))
    found["DepartmentCode"] = company.code(company.departments, row.get("DepartmentId"))
    return found


def listed(company: Company, call: Call) -> Listing:
    """``GET /OutgoingInvoices``."""
    asked, search = call.asked, Search(company.invoices)
    search.among("ExternalImportReference", asked.get("externalImportReferences"))
    search.among("ImportedOrderNo", asked.get("importedOrderNos"))
    search.among("OrderNo", asked.get("orderNos"))
    search.numbers("InvoiceNo", asked.get("invoiceNos"))
    search.numbers("VoucherNo", asked.get("voucherNos"))
    ids, since = asked.get("invoiceIds"), asked.get("balanceLastChangedDateTimeOffsetGreaterThan")
    if ids is not None:
        search.keep([row for row in map(company.invoices.get, ids) if row is not None])
    if since is not None:
        moved = company.balances.since(since, inclusive=False)
        search.keep([row for row in map(company.invoices.get, moved) if row is not None])
    customers = asked.get("customerNos")
    if customers is not None:
        clients = Search(company.customers)
        clients.numbers("Number", customers)
        search.among("CustomerId", [row["Id"] for row in clients.rows()])
    sent = asked.get("sentDateTimeOffsetGreaterThan")
    if sent is not None:
        search.created_after(sent)  # an invoice comes into being when it is sent
        search.where(lambda row: row["SentDateTimeOffset"] is not None)
    _narrow_further(company, search, call)
    return Listing(search.rows(), lambda row: shown(company, row))


def _narrow_further(company: Company, search: Search, call: Call) -> None:
    asked = call.asked
    start, end, matching = asked.get("fromDate"), asked.get("toDate"), asked.get("customMatchingReferences")
    if start is not None:
        search.where(lambda row: row["VoucherDate"] >= start.isoformat())
    if end is not None:
        search.where(lambda row: row["VoucherDate"] <= end.isoformat())
    if matching is not None:
        search.where(lambda row: row.get("CustomMatchingReference") in matching)
    if asked.get("onlyCreatedByCurrentIntegration"):
        search.where(lambda row: bool(row["IsCreatedByCurrentIntegration"]))
    if asked.get("onlyUnpaidInvoices"):
        search.where(lambda row: row["Balance"] != 0)
    projects.narrow(company, search, asked)


def existing(company: Company, invoice_id: str) -> Row:
    """The sent invoice with this id. Refused (404) when there is none."""
    row = company.invoices.get(invoice_id)
    if row is None:
        raise RefusedError.missing(NOUN, invoice_id)
    return row


def one(company: Company, call: Call) -> Answer:
    """``GET /OutgoingInvoices/{id}``."""
    return Answer(200, shown(company, existing(company, call.path[0])))


def line_shown(company: Company, row: Row) -> Row:
    """A line of a sent invoice as Go shows it."""
    found = {**answers.OUTGOING_INVOICE_LINE, **row}
    found["ProductCode"] = company.code(company.products, row.get("ProductId"))
    found["ProjectCode"] = company.code(company.projects, row.get("ProjectId"))
    found["DepartmentCode"] = company.code(company.departments, row.get("DepartmentId"))
    return found


def lines_listed(company: Company, call: Call) -> Listing:
    """``GET /OutgoingInvoices/{id}/Lines``."""
    row = existing(company, call.path[0])
    return Listing(company.invoice_lines[row["Id"]], lambda line: line_shown(company, line))
