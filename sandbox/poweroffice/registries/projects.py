"""Projects and sub-projects (contract, section 8). Codes are not promised to be unique."""

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.forms.items import PROJECT_PATCH
from sandbox.poweroffice.patching import patched
from sandbox.poweroffice.queries import Asked
from sandbox.poweroffice.registries import references
from sandbox.poweroffice.search import Search, coded, within
from sandbox.store import Row, Table

NOUN = "Project"


def shown(company: Company, row: Row) -> Row:
    """A project as Go shows it: numbers and codes beside the ids."""
    found = {**answers.PROJECT, **row}
    found["CustomerNo"] = company.code(company.customers, row.get("CustomerId"), "Number")
    found["DepartmentCode"] = company.code(company.departments, row.get("DepartmentId"))
    found["ParentProjectCode"] = company.code(company.projects, row.get("ParentProjectId"))
    found["PaymentTerms"] = company.code(company.terms, row.get("PaymentTermId"), "CreditDays")
    manager = row.get("ProjectManagerEmployeeId")
    found["ProjectManagerEmployeeNo"] = company.code(company.employees, manager, "Number")
    return found


def wanted_ids(company: Company, asked: Asked, sub_projects: str = "includeSubProject") -> set[int | None] | None:
    """Ids of the projects that ``projectCodes`` asks for (None stands for no project); None when it was not sent."""
    codes = asked.get("projectCodes")
    if codes is None:
        return None
    search = Search(company.projects)
    search.codes("Code", codes)
    found: set[int | None] = {row["Id"] for row in search.rows()}
    if asked.get(sub_projects):
        found |= {row["Id"] for row in company.projects.find_any("ParentProjectId", found)}
    if coded(codes, None):
        found.add(None)
    return found


def narrow(company: Company, search: Search, asked: Asked) -> None:
    """The filters ``projectCodes`` and ``departmentCodes`` that documents and ledger rows share."""
    projects = wanted_ids(company, asked)
    if projects is not None:
        search.where(lambda row: row.get("ProjectId") in projects)
    departments = asked.get("departmentCodes")
    if departments is not None:
        search.where(lambda row: coded(departments, company.code(company.departments, row.get("DepartmentId"))))


def listed(company: Company, call: Call) -> Listing:
    """``GET /Projects``."""
    asked, search = call.asked, Search(company.projects)
    ids = wanted_ids(company, asked, "includeSubProjects")
    if ids is not None:
        search.keep([row for row in map(company.projects.get, ids) if row is not None])
    customers = asked.get("customerNos")
    if customers is not None:
        clients = Search(company.customers)
        clients.numbers("Number", customers)
        search.among("CustomerId", [row["Id"] for row in clients.rows()])
    search.changed_after(asked.get("lastChangedDateTimeOffsetGreaterThan"))
    search.created_after(asked.get("createdDateTimeOffsetGreaterThan"))
    search.member("ProjectStatus", asked.get("status"))
    search.member("ProjectBillingMethod", asked.get("projectBillingMethod"))
    _narrow_further(company, search, asked)
    return Listing(search.rows(), lambda row: shown(company, row))


def _narrow_further(company: Company, search: Search, asked: Asked) -> None:
    name, managers = asked.get("name"), asked.get("projectManagerEmployeeNos")
    departments = asked.get("departmentCodes")
    if name is not None:
        search.where(lambda row: name.casefold() in row["Name"].casefold())
    if asked.get("excludeArchivedProject"):
        search.where(lambda row: row.get("ProjectStatus") != "Archived")
    if departments is not None:
        search.where(lambda row: coded(departments, company.code(company.departments, row.get("DepartmentId"))))
    if managers is not None:
        search.where(
            lambda row: within(managers, company.code(company.employees, row.get("ProjectManagerEmployeeId"), "Number"))
        )


def existing(company: Company, call: Call) -> Row:
    """The project of the path. Refused (404) when there is none."""
    row = company.projects.get(call.path[0])
    if row is None:
        raise RefusedError.missing(NOUN, call.path[0])
    return row


def one(company: Company, call: Call) -> Answer:
    """``GET /Projects/{id}``."""
    return Answer(200, shown(company, existing(company, call)))


def created(company: Company, call: Call) -> Answer:
    """``POST /Projects``."""
    return Answer(201, shown(company, create(company, dict(call.body))))


def create(company: Company, members: Row) -> Row:
    """Stores a project from a checked POST body. A sub-project's code reads back as ``main.sub``."""
    references.settle(
        members, NOUN, NOUN, company.projects, id_member="ParentProjectId", other="ParentProjectCode", index="Code"
    )
    _settle(company, members)
    members = {name: value for name, value in members.items() if value is not None}
    _refuse(company, members, None)
    code = members.get("Code") or _next_code(company.projects)
    parent = members.get("ParentProjectId")
    members["Code"] = code if parent is None else f"{company.code(company.projects, parent)}.{code}"
    defaults = {"IsActive": True, "IsInternal": False, "IsBillable": True, "ProjectStatus": "Active"}
    row_id = company.number("project", members["Code"])
    return company.projects.insert({**defaults, **members, "Id": row_id})


def changed(company: Company, call: Call) -> Answer:
    """``PATCH /Projects/{id}``."""
    row = existing(company, call)
    return Answer(200, shown(company, change(company, row, patched(PROJECT_PATCH, row, call.operations))))


def change(company: Company, row: Row, members: Row) -> Row:
    """Stores changed members."""
    parent = members.get("ParentProjectId")
    if parent is not None and (parent not in company.projects or parent == row["Id"]):
        raise RefusedError.unknown(NOUN, NOUN, "id", parent)
    if members.get("Code") == row["Code"]:
        del members["Code"]
    _settle(company, members)
    _refuse(company, members, row)
    if members.get("Code") and row.get("ParentProjectId") is not None:
        members["Code"] = f"{company.code(company.projects, row['ParentProjectId'])}.{members['Code']}"
    real = {name: value for name, value in members.items() if row.get(name) != value}
    return company.projects.update(row["Id"], real, touch=bool(real))


def _settle(company: Company, members: Row) -> None:
    references.refuse_unkept(members, NOUN)
    references.settle_department(company, members, NOUN)
    references.settle_term(company, members, NOUN, "PaymentTerms")
    references.settle_employee(company, members, NOUN, "ProjectManagerEmployeeId", "ProjectManagerEmployeeNo")
    references.settle(
        members, NOUN, "Customer", company.customers, id_member="CustomerId", other="CustomerNo", index="Number"
    )


def _refuse(company: Company, members: Row, row: Row | None) -> None:
    after: Row = {**(row or {}), **members}
    if not after.get("Name"):
        raise RefusedError.invalid(NOUN, "'Name' must not be empty.")
    if "." in (members.get("Code") or ""):
        raise RefusedError.invalid(NOUN, "'Code' must not hold a dot: it is reserved for sub-projects.")
    start, end = after.get("StartDate"), after.get("EndDate")
    if start and end and end < start:
        raise RefusedError.invalid(NOUN, "'EndDate' must not be before 'StartDate'.")
    person_id = members.get("ContactPersonId")
    if person_id is not None:
        person = company.persons.get(person_id)
        if person is None:
            raise RefusedError.unknown(NOUN, "ContactPerson", "id", person_id)
        if person["ContactId"] != after.get("CustomerId"):
            raise RefusedError.invalid(NOUN, f"ContactPerson with id = {person_id} is not a contact of the customer.")


def _next_code(projects: Table) -> str:
    numbers = [int(row["Code"]) for row in projects if row["Code"].isdecimal()]
    return str(max(numbers, default=1000) + 1)
