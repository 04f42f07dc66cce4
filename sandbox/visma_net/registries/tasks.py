"""Project tasks: only an active one can stand on a document."""

from collections.abc import Iterable, Sequence

from sandbox.store import Row
from sandbox.visma_net.calls import Answer, Call, Listing, created
from sandbox.visma_net.company import VERSION, Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.search import Search
from sandbox.visma_net.versions import check_if_asked

NOUN = "Project task"
VISIBLE: Row = dict.fromkeys(
    ("visibleInGl", "visibleInAp", "visibleInAr", "visibleInSo", "visibleInPo", "visibleInEa", "visibleInTa",
     "visibleInIn", "visibleInCa", "visibleInCr"), True,
)  # fmt: skip
PLAIN = ("description", "plannedStart", "plannedEnd", "startDate", "status", "restrictEmployees")
IN_PROJECT = ("taskId", *PLAIN, "endDate", "visibility", VERSION)


def shown(row: Row) -> Row:
    """A task as ``/v1/projecttask`` shows it."""
    made = {name: value for name, value in row.items() if not name.startswith("_")}
    return {**made, "employees": [], "attributes": []}


def shown_in_project(row: Row) -> Row:
    """A task as its project shows it: without its internal id."""
    return {**{name: row.get(name) for name in IN_PROJECT}, "employees": []}


def reference(row: Row | None) -> Row:
    """``{internalId, id, description}``, each null without a task."""
    if row is None:
        return {"internalId": None, "id": None, "description": None}
    return {"internalId": row["internalId"], "id": row["taskId"], "description": row["description"]}


def of_project(company: Company, project: Row) -> Sequence[Row]:
    """The tasks of a project."""
    return company.tasks.find("projectInternalId", project["internalID"])


def of_id(company: Company, project: Row, task_id: str) -> Row | None:
    """The task of a project with this id."""
    return next((row for row in of_project(company, project) if row["taskId"] == task_id), None)


def _existing(company: Company, call: Call) -> Row:
    row = company.tasks.get(call.path["internalId"])
    if row is None:
        raise RefusedError.missing(NOUN, call.path["internalId"])
    return row


def listed(company: Company, call: Call) -> Listing:
    """``GET /v1/projecttask``."""
    search = Search(company.tasks, call.asked, key="internalId")
    search.equal("projectInternalId")
    search.equal("projectId", "projectInternalId", to=lambda number: _project_id(company, number))
    search.member("taskCd", lambda row: row["taskId"])
    search.member("taskCdDesc", lambda row: row["description"])
    search.member("description")
    search.member("status")
    search.stamped()
    public = call.asked.get("publicId")
    if public is not None:
        projects = {row["internalID"] for row in company.projects.find("publicId", public)}
        search.where(lambda row: row["projectInternalId"] in projects)
    return Listing(search.rows(), shown, 500, counted=False)


def _project_id(company: Company, number: str) -> int | None:
    rows = company.projects.find("projectID", number)
    return int(rows[0]["internalID"]) if rows else None


def one(company: Company, call: Call) -> Answer:
    """``GET /v1/projecttask/{internalId}``."""
    row = _existing(company, call)
    return Answer(200, shown(row), row[VERSION])


def posted(company: Company, call: Call) -> Answer:
    """``POST /v1/projecttask/{internalId}``: here the id is the project's."""
    project = company.projects.get(call.path["internalId"])
    if project is None:
        raise RefusedError.missing("Project", call.path["internalId"])
    row = create(company, project, call.body)
    return created(call, f"/v1/projecttask/{row['internalId']}", row[VERSION])


def put(company: Company, call: Call) -> Answer:
    """``PUT /v1/projecttask/{internalId}``: here the id is the task's."""
    row = _existing(company, call)
    check_if_asked(company, call, row)
    return Answer(204, version=change(company, row, call.body)[VERSION])


def create(company: Company, project: Row, body: Row) -> Row:
    """A new task of a project, in planning unless its status says otherwise."""
    task_id = body.get("taskId")
    if not task_id or not body.get("description"):
        raise RefusedError.business("'Task ID' and 'Description' cannot be empty.")
    company.keys["PROTASK"].check(task_id)
    if of_id(company, project, task_id) is not None:
        raise RefusedError.business(f"Task '{task_id}' already exists in the project.")
    row: Row = {
        "internalId": company.number("task", project["projectID"], task_id),
        "projectInternalId": project["internalID"],
        "taskId": task_id,
        "description": "",
        "status": "Planned",
        "plannedStart": None,
        "plannedEnd": None,
        "startDate": None,
        "endDate": None,
        "restrictEmployees": False,
        "visibility": dict(VISIBLE),
    }
    row.update(_members(row, body))
    return company.add(company.tasks, row)


def change(company: Company, row: Row, body: Row) -> Row:
    """Changes a task. Its id stays."""
    if body.get("taskId", row["taskId"]) != row["taskId"]:
        raise RefusedError.business("Task ID cannot be changed by an update.")
    return company.change(company.tasks, row["internalId"], _members(row, body))


def write(company: Company, project: Row, lines: Iterable[Row]) -> None:
    """The task lines of a project's body, by their operation."""
    for line in lines:
        row = of_id(company, project, line.get("taskId", ""))
        operation = line.get("operation", "Insert")
        if operation == "Insert":
            create(company, project, line)
        elif row is None:
            raise RefusedError.unknown("Task", line.get("taskId"))
        elif operation == "Update":
            change(company, row, line)
        else:
            company.tasks.delete(row["internalId"])


def _members(row: Row, body: Row) -> Row:
    made: Row = {name: body[name] for name in PLAIN if name in body}
    if made.get("status") == "Canceled":
        made["status"] = "Cancelled"
    if "visibility" in body:
        made["visibility"] = {**row["visibility"], **body["visibility"]}
    return made
