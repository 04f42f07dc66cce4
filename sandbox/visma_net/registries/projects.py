"""Projects: in planning until activated, their tasks taken from a template (contract, section 10)."""

from urllib.parse import quote

from sandbox.store import Row
from sandbox.visma_net.calls import Answer, Call, Listing, created
from sandbox.visma_net.company import VERSION, Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.registries import customers, tasks
from sandbox.visma_net.search import Search
from sandbox.visma_net.versions import check_if_asked

NOUN = "Project"
NON_PROJECT = "X"
PLAIN = ("description", "startDate", "endDate", "billingPeriod", "autoAllocate")
SPELT = {"automaticReleaseArDoc": "automaticReleaseAr", "restricEmployees": "restrictEmployees",
         "restricEquipment": "restrictEquipment"}  # fmt: skip
"""Members of a write with the vendor's spellings, and what a read calls them."""
BASIC = (
    "internalID", "projectID", "customer", "hold", "status", "description", "startDate", "endDate", "autoAllocate",
    "automaticReleaseAr", "lastModifiedDateTime", "publicId", "timeStamp", "visibility",
)  # fmt: skip


def shown(company: Company, row: Row) -> Row:
    """A project as a read shows it, with its tasks."""
    made = {name: value for name, value in row.items() if not name.startswith("_") and name != "createdDateTime"}
    template = of_id(company, row["template"]) if row.get("template") else None
    branch = company.branches.get(row.get("branch") or "")
    made.update(
        customer=customers.reference(company, row["customer"]),
        template=template
        and {"status": template["status"], "number": template["projectID"], "description": template["description"]},
        branch=branch and {"number": branch["number"], "name": branch["name"]},
        tasks=[tasks.shown_in_project(task) for task in tasks.of_project(company, row)],
        employees=[],
        attributes=[],
    )
    return made


def basic(company: Company, row: Row) -> Row:
    """A project as ``/v1/projectbasic`` shows it."""
    made = {name: row.get(name) for name in BASIC}
    made["customer"] = customers.reference(company, row["customer"])
    return made


def reference(row: Row | None) -> Row | None:
    """``{internalId, id, description}``."""
    if row is None:
        return None
    return {"internalId": row["internalID"], "id": row["projectID"], "description": row["description"]}


def of_id(company: Company, project_id: str) -> Row | None:
    """The project with this number."""
    return next(iter(company.projects.find("projectID", project_id)), None)


def _existing(company: Company, call: Call) -> Row:
    if "internalID" in call.path:
        row, key = company.projects.get(call.path["internalID"]), call.path["internalID"]
    else:
        key = call.path["projectID"]
        row = of_id(company, key)
    if row is None:
        raise RefusedError.missing(NOUN, key)
    return row


def _search(company: Company, call: Call) -> Search:
    """Plain projects, or with ``systemTemplate``/``nonProject`` the templates or the non-project code."""
    search = Search(company.projects, call.asked, key="internalID")
    search.equal("publicId")
    search.member("status")
    search.member("startDate", lambda row: row["startDate"])
    search.stamped()
    kind = "template" if call.asked.get("systemTemplate") else "none" if call.asked.get("nonProject") else "project"
    search.where(lambda row: row["_kind"] == kind)
    return search


def listed(company: Company, call: Call) -> Listing:
    """``GET /v1/project``."""
    search = _search(company, call)
    search.member("branch")
    search.member("onHold", lambda row: row["hold"])
    return Listing(search.rows(), lambda row: shown(company, row), 500)


def listed_basic(company: Company, call: Call) -> Listing:
    """``GET /v1/projectbasic``."""
    search = _search(company, call)
    search.equal("projectId", "projectID")
    search.member("description")
    search.member("projectIdDesc", lambda row: row["description"])
    return Listing(search.rows(), lambda row: basic(company, row), 1000)


def one(company: Company, call: Call) -> Answer:
    """``GET /v1/project/{projectID}`` and ``/internal/{internalID}``."""
    row = _existing(company, call)
    return Answer(200, {**shown(company, row), "note": row.get("_note")}, row[VERSION])


def posted(company: Company, call: Call) -> Answer:
    """``POST /v1/project``."""
    row = create(company, call.body)
    return created(call, f"/v1/project/{quote(row['projectID'], safe='')}", row[VERSION])


def put(company: Company, call: Call) -> Answer:
    """``PUT`` by number or by internal id."""
    row = _existing(company, call)
    check_if_asked(company, call, row)
    return Answer(204, version=change(company, row, call.body)[VERSION])


def create(company: Company, body: Row) -> Row:
    """A new project, in planning unless it is not on hold, with the tasks and visibility of its template."""
    number: str = body["projectID"]
    company.keys["PROJECT"].check(number)
    if of_id(company, number) is not None:
        raise RefusedError.business(f"Project '{number}' already exists.")
    template = _template(company, body.get("template"))
    hold = body.get("hold", True)
    row: Row = {
        "internalID": company.number("project", number),
        "projectID": number,
        "_kind": "project",
        "customer": None,
        "template": None if template is None else template["projectID"],
        "hold": hold,
        "status": "Planned" if hold else "Active",
        "description": "",
        "startDate": None,
        "endDate": None,
        "billingPeriod": "OnDemand" if template is None else template["billingPeriod"],
        "autoAllocate": False,
        "automaticReleaseAr": False,
        "restrictEmployees": False,
        "restrictEquipment": False,
        "publicId": company.ids.guid("project", number),
        "systemTemplate": False,
        "visibility": dict(tasks.VISIBLE if template is None else template["visibility"]),
        **dict.fromkeys(("assets", "liability", "income", "expenses"), 0.0),
    }
    row.update(_members(company, row, body))
    company.add(company.projects, row)
    for task in () if template is None else tasks.of_project(company, template):
        tasks.create(company, row, {name: task[name] for name in ("taskId", "description", "status", "visibility")})
    tasks.write(company, row, body.get("tasks", ()))
    return row


def change(company: Company, row: Row, body: Row) -> Row:
    """Changes a project. Its number stays."""
    if body.get("projectID", row["projectID"]) != row["projectID"]:
        raise RefusedError.business("Project ID cannot be changed by an update.")
    made = company.change(company.projects, row["internalID"], _members(company, row, body))
    tasks.write(company, row, body.get("tasks", ()))
    return made


def _template(company: Company, number: str | None) -> Row | None:
    if number is None:
        return None
    row = of_id(company, number)
    if row is None or row["_kind"] != "template":
        raise RefusedError.unknown("Template", number)
    if row["status"] != "Active":
        raise RefusedError.business(f"Template '{number}' is not active.")
    return row


def _members(company: Company, row: Row, body: Row) -> Row:
    made: Row = {name: body[name] for name in PLAIN if name in body}
    made.update({own: body[name] for name, own in SPELT.items() if name in body})
    if "customer" in body:
        customer = customers.numbered(company, body["customer"])
        if customer is None:
            raise RefusedError.unknown("Customer", body["customer"])
        made["customer"] = customer["internalId"]
    if "branch" in body and body["branch"] not in company.branches:
        raise RefusedError.unknown("Branch", body["branch"])
    for name, own in (("branch", "branch"), ("note", "_note")):
        if name in body:
            made[own] = body[name]
    if "visibility" in body:
        made["visibility"] = {**row["visibility"], **body["visibility"]}
    made.update(_state(row, body))
    return made


def _state(row: Row, body: Row) -> Row:
    """Hold and status after a write. On hold a project is in planning."""
    hold = bool(body.get("hold", row["hold"]))
    status = body.get("status", row["status"])
    if hold and status in {"Active", "Completed"} and "status" in body:
        raise RefusedError.business(f"The project is on hold and cannot be {status}.")
    if hold and not row["hold"]:
        status = "Planned"
    if not hold and status == "Planned" and "status" not in body:
        status = "Active"
    return {"hold": hold, "status": status}
