"""Employees (contract, section 8)."""

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.forms.staff import EMPLOYEE_PATCH
from sandbox.poweroffice.patching import patched
from sandbox.poweroffice.registries import references
from sandbox.poweroffice.registries.contacts import (
    filled,
    mail_address,
    next_number,
    patched_mail_address,
    refuse_number,
    refuse_reference,
)
from sandbox.poweroffice.search import Search
from sandbox.store import Row

NOUN = "Employee"


def shown(company: Company, row: Row) -> Row:
    """An employee as Go shows it."""
    found = filled(answers.EMPLOYEE, row)
    found["DepartmentCode"] = company.code(company.departments, row.get("DepartmentId"))
    found["ManagerEmployeeNo"] = company.code(company.employees, row.get("ManagerEmployeeId"), "Number")
    return found


def listed(company: Company, call: Call) -> Listing:
    """``GET /Employees``."""
    asked, search = call.asked, Search(company.employees)
    search.numbers("Number", asked.get("employeeNos"))
    search.equal("ExternalImportReference", asked.get("externalImportReference"))
    search.numbers("ExternalNumber", asked.get("externalNos"))
    search.changed_after(asked.get("lastChangedDateTimeOffsetGreaterThan"))
    search.created_after(asked.get("employeeCreatedDateTimeOffsetGreaterThan"))
    groups = asked.get("contactGroupIds")
    if groups is not None:
        search.where(lambda row: not set(groups).isdisjoint(row.get("ContactGroupIds") or ()))
    return Listing(search.rows(), lambda row: shown(company, row))


def existing(company: Company, call: Call) -> Row:
    """The employee of the path. Refused (404) when there is none."""
    row = company.employees.get(call.path[0])
    if row is None:
        raise RefusedError.missing(NOUN, call.path[0])
    return row


def one(company: Company, call: Call) -> Answer:
    """``GET /Employees/{employeeId}``."""
    return Answer(200, shown(company, existing(company, call)))


def created(company: Company, call: Call) -> Answer:
    """``POST /Employees``."""
    return Answer(201, shown(company, create(company, dict(call.body))))


def create(company: Company, members: Row) -> Row:
    """Stores an employee from a checked POST body."""
    _settle(company, members)
    series_id = members.pop("SubLedgerNumberSeriesId", None)
    _refuse(company, members, None)
    if members.get("Number") is None:
        members["Number"] = next_number(company, company.employees, NOUN, series_id)
    natural = members.get("ExternalImportReference") or members["Number"]
    row_id = company.number("contact", NOUN, natural)
    address = members.get("MailAddress")
    row: Row = {
        "IsArchived": False,
        "ContactGroupIds": [],
        **{name: value for name, value in members.items() if value is not None},
        "Id": row_id,
        "SubledgerAccountId": company.number("subledger account", NOUN, natural),
        "ContactCreatedDateTimeOffset": company.now(),
    }
    if address is not None:
        row["MailAddress"] = mail_address(company, row_id, address, NOUN)
    return company.employees.insert(row)


def changed(company: Company, call: Call) -> Answer:
    """``PATCH /Employees/{employeeId}``."""
    row = existing(company, call)
    return Answer(200, shown(company, change(company, row, patched(EMPLOYEE_PATCH, row, call.operations))))


def change(company: Company, row: Row, members: Row) -> Row:
    """Stores changed members. A change of the mail address alone does not move the employee's last change."""
    _settle(company, members)
    if "MailAddress" in members:
        members["MailAddress"] = patched_mail_address(company, row, members["MailAddress"], NOUN)
    _refuse(company, members, row)
    if members.get("ManagerEmployeeId") == row["Id"]:
        raise RefusedError.invalid(NOUN, "An employee cannot be the own manager.")
    real = {name: value for name, value in members.items() if row.get(name) != value}
    return company.employees.update(row["Id"], real, touch=bool(real.keys() - {"MailAddress"}))


def _settle(company: Company, members: Row) -> None:
    references.refuse_unkept(members, NOUN)
    references.settle_department(company, members, NOUN)
    references.settle_employee(company, members, NOUN, "ManagerEmployeeId", "ManagerEmployeeNo")


def _refuse(company: Company, members: Row, row: Row | None) -> None:
    after: Row = {**(row or {}), **members}
    for name in ("FirstName", "LastName"):
        if not after.get(name):
            raise RefusedError.invalid(NOUN, f"'{name}' must not be empty.")
    if row is not None and "Number" in members and members["Number"] is None:
        raise RefusedError.invalid(NOUN, "'Number' must not be empty.")
    refuse_number(company, company.employees, NOUN, members.get("Number"), row)
    refuse_reference(company, NOUN, members.get("ExternalImportReference"), row)
