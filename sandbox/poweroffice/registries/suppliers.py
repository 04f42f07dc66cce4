"""Suppliers: read only for the product (contract, section 9)."""

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.registries.contacts import filled
from sandbox.poweroffice.search import Search
from sandbox.store import Row


def shown(row: Row) -> Row:
    """A supplier as Go shows it."""
    return filled(answers.SUPPLIER, row)


def listed(company: Company, call: Call) -> Listing:
    """``GET /Suppliers``."""
    asked, search = call.asked, Search(company.suppliers)
    search.numbers("Number", asked.get("supplierNos"))
    search.equal("ExternalImportReference", asked.get("externalImportReference"))
    search.numbers("ExternalNumber", asked.get("externalNos"))
    search.changed_after(asked.get("lastChangedDateTimeOffsetGreaterThan"))
    search.created_after(asked.get("supplierCreatedDateTimeOffsetGreaterThan"))
    groups = asked.get("contactGroupIds")
    if groups is not None:
        search.where(lambda row: not set(groups).isdisjoint(row.get("ContactGroupIds") or ()))
    return Listing(search.rows(), shown)


def one(company: Company, call: Call) -> Answer:
    """``GET /Suppliers/{id}``."""
    row = company.suppliers.get(call.path[0])
    if row is None:
        raise RefusedError.missing("Supplier", call.path[0])
    return Answer(200, shown(row))
