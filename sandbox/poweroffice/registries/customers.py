"""Customers (contract, section 8)."""

from typing import Any

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.forms import customers as forms
from sandbox.poweroffice.patching import patched
from sandbox.poweroffice.registries import references
from sandbox.poweroffice.registries.contacts import (
    filled,
    mail_address,
    next_number,
    patched_mail_address,
    refuse_if_open,
    refuse_number,
    refuse_reference,
)
from sandbox.poweroffice.search import Search
from sandbox.store import Row

NOUN = "Customer"
NEVER_SET = {"AvtaleGiro", "Efaktura"}
NEEDS_INTEGRATION = {"External", "Factoring"}


def shown(company: Company, row: Row) -> Row:
    """A customer as Go shows it: codes, days and numbers beside the ids."""
    found = filled(answers.CUSTOMER, row)
    found["DepartmentCode"] = company.code(company.departments, row.get("DepartmentId"))
    found["PaymentTerm"] = company.code(company.terms, row.get("PaymentTermId"), "CreditDays")
    found["SalesPersonEmployeeNumber"] = company.code(company.employees, row.get("SalesPersonEmployeeId"), "Number")
    return found


def listed(company: Company, call: Call) -> Listing:
    """``GET /Customers``."""
    asked, search = call.asked, Search(company.customers)
    search.numbers("Number", asked.get("customerNos"))
    search.equal("ExternalImportReference", asked.get("externalImportReference"))
    search.numbers("ExternalNumber", asked.get("externalNos"))
    search.among("OrganizationNumber", asked.get("organizationNumbers"))
    search.changed_after(asked.get("lastChangedDateTimeOffsetGreaterThan"))
    search.created_after(asked.get("customerCreatedDateTimeOffsetGreaterThan"))
    groups = asked.get("contactGroupIds")
    if groups is not None:
        search.where(lambda row: not set(groups).isdisjoint(row.get("ContactGroupIds") or ()))
    return Listing(search.rows(), lambda row: shown(company, row))


def existing(company: Company, call: Call) -> Row:
    """The customer of the path. Refused (404) when there is none."""
    row = company.customers.get(call.path[0])
    if row is None:
        raise RefusedError.missing(NOUN, call.path[0])
    return row


def one(company: Company, call: Call) -> Answer:
    """``GET /Customers/{id}``."""
    return Answer(200, shown(company, existing(company, call)))


def created(company: Company, call: Call) -> Answer:
    """``POST /Customers``."""
    return Answer(201, shown(company, create(company, dict(call.body))))


def create(company: Company, members: Row) -> Row:
    """Stores a customer from a checked POST body."""
    references.refuse_unkept(members, NOUN)
    references.settle_department(company, members, NOUN)
    references.settle_term(company, members, NOUN)
    references.settle_employee(company, members, NOUN, "SalesPersonEmployeeId", "SalesPersonEmployeeNumber")
    series_id = members.pop("SubLedgerNumberSeriesId", None)
    if members.get("IsPerson") and not members.get("Name"):
        members["Name"] = " ".join(filter(None, (members.get("FirstName"), members.get("LastName"))))
    _refuse(company, members, None)
    if members.get("Number") is None:
        members["Number"] = next_number(company, company.customers, NOUN, series_id)
    natural = members.get("ExternalImportReference") or members["Number"]
    row_id = company.number("contact", NOUN, natural)
    address = members.get("MailAddress")
    row: Row = {
        "IsPerson": False,
        "IsVatFree": False,
        "UseInvoiceFee": False,
        "IsArchived": False,
        "ContactGroupIds": [],
        "InvoiceDeliveryType": "PdfByEmail" if members.get("EmailAddress") else "Print",
        "CurrencyCode": "NOK",
        "PaymentTermId": next((term["Id"] for term in company.terms if term["IsDefault"]), None),
        **{name: value for name, value in members.items() if value is not None},
        "Id": row_id,
        "IsActive": True,
        "SubledgerAccountId": company.number("subledger account", NOUN, natural),
        "ContactCreatedDateTimeOffset": company.now(),
    }
    if address is not None:
        row["MailAddress"] = mail_address(company, row_id, address, NOUN)
    return company.customers.insert(row)


def changed(company: Company, call: Call) -> Answer:
    """``PATCH /Customers/{id}``."""
    row = existing(company, call)
    members = patched(forms.CUSTOMER_PATCH, row, call.operations)
    return Answer(200, shown(company, change(company, row, members)))


def change(company: Company, row: Row, members: Row) -> Row:
    """Stores changed members. A change of the mail address alone does not move the customer's last change."""
    references.refuse_unkept(members, NOUN)
    references.settle_department(company, members, NOUN)
    references.settle_term(company, members, NOUN)
    references.settle_employee(company, members, NOUN, "SalesPersonEmployeeId", "SalesPersonEmployeeNumber")
    if "MailAddress" in members:
        members["MailAddress"] = patched_mail_address(company, row, members["MailAddress"], NOUN)
    _refuse(company, members, row)
    real = {name: value for name, value in members.items() if row.get(name) != value}
    return company.customers.update(row["Id"], real, touch=bool(real.keys() - {"MailAddress"}))


def _refuse(company: Company, members: Row, row: Row | None) -> None:
    """Refused (400, 404) when the customer would not be in order after the change."""
    after: Row = {**(row or {}), **members}
    if not after.get("Name"):
        raise RefusedError.invalid(NOUN, "'Name' must not be empty.")
    if after.get("IsPerson"):
        for name in ("FirstName", "LastName"):
            if not after.get(name):
                raise RefusedError.invalid(NOUN, f"'{name}' must not be empty for a private person.")
    if row is not None and "Number" in members and members["Number"] is None:
        raise RefusedError.invalid(NOUN, "'Number' must not be empty.")
    refuse_number(company, company.customers, NOUN, members.get("Number"), row)
    refuse_reference(company, NOUN, members.get("ExternalImportReference"), row)
    references.refuse_currency(company, members, NOUN)
    if members.get("InvoiceDeliveryType") is not None:
        _refuse_delivery(after, members["InvoiceDeliveryType"])
    if row is not None and members.get("IsArchived"):
        refuse_if_open(company, NOUN, row)


def _refuse_delivery(after: Row, delivery: Any) -> None:
    if delivery in NEVER_SET:
        raise RefusedError.invalid(NOUN, f"InvoiceDeliveryType '{delivery}' cannot be set.")
    if delivery in NEEDS_INTEGRATION:
        raise RefusedError.invalid(NOUN, f"InvoiceDeliveryType '{delivery}' needs an active integration.")
    if delivery == "PdfByEmail" and not (after.get("EmailAddress") or after.get("InvoiceEmailAddress")):
        raise RefusedError.invalid(NOUN, "InvoiceDeliveryType 'PdfByEmail' needs an e-mail address.")
    if delivery == "EHF" and not after.get("OrganizationNumber"):
        raise RefusedError.invalid(NOUN, "InvoiceDeliveryType 'EHF' needs a registered organization number.")


def deleted(company: Company, call: Call) -> Answer:
    """``DELETE /Customers/{id}``."""
    delete(company, existing(company, call)["Id"])
    return Answer(200)


def delete(company: Company, row_id: int) -> None:
    """Takes an unused customer out; its persons and addresses go with it. Refused (409) when it is in use."""
    users = (company.projects, company.orders, company.invoices, company.customer_ledger)
    if any(table.find("CustomerId", row_id) for table in users):
        raise RefusedError.conflict(NOUN, row_id)
    for table in (company.persons, company.addresses):
        for each in table.find("ContactId", row_id):
            table.delete(each["Id"])
    company.customers.delete(row_id)
