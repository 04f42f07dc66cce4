"""Departments (contract, section 8)."""

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.forms.staff import DEPARTMENT_PATCH
from sandbox.poweroffice.patching import patched
from sandbox.poweroffice.registries.references import settle_employee
from sandbox.poweroffice.search import Search
from sandbox.store import Row

NOUN = "Department"


def shown(company: Company, row: Row) -> Row:
    """A department as Go shows it."""
    found = {**answers.DEPARTMENT, **row}
    found["ManagerEmployeeNo"] = company.code(company.employees, row.get("ManagerEmployeeId"), "Number")
    return found


def listed(company: Company, call: Call) -> Listing:
    """``GET /Departments``."""
    asked, search = call.asked, Search(company.departments)
    search.codes("Code", asked.get("codes"))
    search.equal("Name", asked.get("name"))
    search.member("IsActive", asked.get("isActive"))
    search.member("CreatedFromImportJournalId", asked.get("createdFromImportJournalId"))
    search.changed_after(asked.get("lastChangedDateTimeOffsetGreaterThan"))
    search.created_after(asked.get("createdDateTimeOffsetGreaterThan"))
    manager = asked.get("managerEmployeeNo")
    if manager is not None:
        ids = [row["Id"] for row in company.employees.find("Number", manager)]
        search.among("ManagerEmployeeId", ids)
    return Listing(search.rows(), lambda row: shown(company, row))


def existing(company: Company, call: Call) -> Row:
    """The department of the path. Refused (404) when there is none."""
    row = company.departments.get(call.path[0])
    if row is None:
        raise RefusedError.missing(NOUN, call.path[0])
    return row


def one(company: Company, call: Call) -> Answer:
    """``GET /Departments/{id}``."""
    return Answer(200, shown(company, existing(company, call)))


def created(company: Company, call: Call) -> Answer:
    """``POST /Departments``. Left out, `IsActive` is false. Codes are not promised to be unique."""
    return Answer(201, shown(company, create(company, dict(call.body))))


def create(company: Company, members: Row) -> Row:
    """Stores a department from a checked POST body."""
    settle_employee(company, members, NOUN, "ManagerEmployeeId", "ManagerEmployeeNo")
    members = {name: value for name, value in members.items() if value is not None}
    row_id = company.number("department", members.get("Code") or members["Name"])
    return company.departments.insert({"IsActive": False, **members, "Id": row_id})


def changed(company: Company, call: Call) -> Answer:
    """``PATCH /Departments/{id}``."""
    row = existing(company, call)
    return Answer(200, shown(company, change(company, row, patched(DEPARTMENT_PATCH, row, call.operations))))


def change(company: Company, row: Row, members: Row) -> Row:
    """Stores changed members."""
    settle_employee(company, members, NOUN, "ManagerEmployeeId", "ManagerEmployeeNo")
    if not members.get("Name", row["Name"]):
        raise RefusedError.invalid(NOUN, "'Name' must not be empty.")
    real = {name: value for name, value in members.items() if row.get(name) != value}
    return company.departments.update(row["Id"], real, touch=bool(real))
