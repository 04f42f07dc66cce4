"""Projects: made on hold from the template, given their task, taken out of planning (VN-09, contract section 10).

Projects and tasks in planning cannot be chosen on documents. Every step looks first at what stands there, so that a
create that was interrupted is taken up where it stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.fields import Use
from connectors.gaps import Gaps
from connectors.ports import Written
from connectors.visma_net.bodies import Bodies
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.reading import Reading
from connectors.visma_net.refusals import ChangedMeanwhileError, InDoubtError
from connectors.visma_net.resources import RESOURCES
from connectors.visma_net.rows import version_of
from connectors.visma_net.settings import VismaNetSettings
from connectors.visma_net.writing import ATTEMPTS, Writing, changed_meanwhile, outcome
from core.errors import BadDataError, ConfigurationError, OutcomeUnknownError, SyncError
from core.records import Registry

TABLE = RESOURCES[Registry.PROJECTS].table
PATH = RESOURCES[Registry.PROJECTS].path
WRITTEN = ("name", "customer", "start_date", "active", "lost")
"""Fields of a project that Visma.net has a place for."""


class Projects:
    """Writes projects of one company. They go one way only: Severa numbers them."""

    def __init__(
        self, client: VismaNetClient, settings: VismaNetSettings, reading: Reading, writing: Writing, bodies: Bodies
    ) -> None:
        self._client = client
        self._settings = settings
        self._reading = reading
        self._writing = writing
        self._bodies = bodies

    async def create(self, values: Mapping[str, Any]) -> Written:
        """Make the project, or go on with one of the number: the number is our own key."""
        number = str(values.get("number") or "").strip()
        if not number:
            raise BadDataError(
                "The project has no number.", todo="Give the project a number in Severa.", field="projectID"
            )
        row = await self._reading.row_by_key(Registry.PROJECTS, number)
        if row is None:
            try:
                row = await self._new(values)
            except InDoubtError as doubt:
                row = await self._reading.row_by_key(Registry.PROJECTS, number)
                if row is None:
                    todo = "Correct the project; it is tried again then."
                    raise _explained(values, BadDataError(doubt.what, why=doubt.why, todo=todo)) from doubt
        record = await self._reading.record(Registry.PROJECTS, row)
        wanted = {name: values[name] for name in WRITTEN if values.get(name) is not None}
        try:
            return await self._bring(record.id, row, wanted)
        except ConfigurationError:
            raise
        except SyncError as error:  # it exists: its id must not be lost
            return Written(record, frozenset({"active"}), error)

    async def update(self, record_id: str, changes: Mapping[str, Any]) -> Written:
        """Change the named fields; closing completes a project, losing cancels it, reopening activates it."""
        row = await self._writing.present(Registry.PROJECTS, record_id)
        return await self._bring(record_id, row, changes)

    async def _new(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """POST the project in planning."""
        members = await self._bodies.members(Registry.PROJECTS, values, Use.POST, Gaps())
        members |= await self._bodies.of_new(Registry.PROJECTS, values)
        try:
            key = await self._client.create(PATH, {name: value for name, value in members.items() if value is not None})
        except BadDataError as refused:
            raise _explained(values, refused) from refused
        row = await self._reading.row_by_key(Registry.PROJECTS, key)
        if row is None:
            raise OutcomeUnknownError(
                f"Project {key} was made in Visma.net, and could not be read.",
                todo="It is looked up before anything else.",
            )
        return row

    async def _bring(self, record_id: str, row: Mapping[str, Any], changes: Mapping[str, Any]) -> Written:
        """Bring a project to the wanted values. Somebody else's change, or our own that got through, is met once."""
        gaps = Gaps()
        members = await self._bodies.members(Registry.PROJECTS, changes, Use.PATCH, gaps)
        for attempt in range(1, ATTEMPTS + 1):
            before = await self._reading.record(Registry.PROJECTS, row)
            wanted = self._bodies.different(Registry.PROJECTS, members, changes, before, row)
            status = self._status(row, changes)
            if status is not None:
                # Its task must be there before it leaves planning.
                row = await self._ready(record_id, row) if status == "Active" else row
                wanted |= {"hold": False, "status": status}
            if not wanted:
                break
            try:
                row = await self._writing.put(Registry.PROJECTS, record_id, row, wanted)
                break
            except ChangedMeanwhileError as refused:
                if attempt == ATTEMPTS:
                    raise changed_meanwhile(refused) from refused
                row = await self._reading.row(Registry.PROJECTS, record_id) or row
        return outcome(await self._reading.record(Registry.PROJECTS, row), changes, gaps)

    def _status(self, row: Mapping[str, Any], changes: Mapping[str, Any]) -> str | None:
        """The status to write; None when it stays. A person's OnHold and PendingApproval are left alone."""
        if "active" not in changes and "lost" not in changes:
            return None
        values = TABLE.read(row)
        lost = bool(changes.get("lost", values["status"] == "Cancelled" and not changes.get("active")))
        if lost:
            wanted = "Cancelled"
        elif changes.get("active", values["status"] not in ("Completed", "Cancelled")):
            if self._settings.project_activation == "never" and values["status"] in (None, "Planned"):
                return None
            left = values["status"] in ("OnHold", "PendingApproval")
            wanted = values["status"] if left else "Active"
        else:
            wanted = "Completed"
        return None if wanted == values["status"] else wanted

    async def _ready(self, record_id: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Check what the template gave, and see to the task; the project as it is then."""
        values = TABLE.read(row)
        hidden = [name for name, shown in (("AR", "in_ar"), ("AP", "in_ap"), ("GL", "in_gl")) if not values[shown]]
        if hidden:
            raise ConfigurationError(
                f"Projects of template {self._settings.template} are not visible in {', '.join(hidden)}.",
                why=f"Project {values['number']} could not be chosen on documents.",
                todo=f"Make the template {self._settings.template} visible there in Visma.net (PM208000).",
                field="visibility",
            )
        task = self._task_of(row)
        if task is None:
            await self._add_task(record_id, values["number"])
        elif task.get("status") != "Active":
            await self._activate_task(values["number"])
        else:
            return row
        return await self._reading.row(Registry.PROJECTS, record_id) or row

    def _task_of(self, row: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        tasks = row.get("tasks") if row else None
        for task in tasks if isinstance(tasks, list) else ():
            if isinstance(task, Mapping) and str(task.get("taskId") or "").strip() == self._settings.task:
                return task
        return None

    async def _add_task(self, record_id: str, number: str) -> None:
        """POST the task; looked up when the answer was lost: a number of ours makes it certain."""
        body = {"taskId": self._settings.task, "description": self._settings.task_description, "status": "Active"}
        try:
            await self._client.create("/v1/projecttask/{internalId}", body, {"internalId": record_id})
        except OutcomeUnknownError:
            if self._task_of(await self._reading.row_by_key(Registry.PROJECTS, number)) is None:
                raise

    async def _activate_task(self, number: str) -> None:
        listed = await self._client.rows("/v1/projecttask", projectId=number)
        for task in listed.rows:
            if isinstance(task, Mapping) and str(task.get("taskId") or "").strip() == self._settings.task:
                path = "/v1/projecttask/{internalId}"
                await self._client.change(
                    path, {"status": "Active"}, {"internalId": task.get("internalId")}, version_of(task)
                )
                return
        raise BadDataError(
            f"Task {self._settings.task} of project {number} could not be made active.",
            why="Visma.net's list of tasks does not have it.",
            todo="Make it active in Visma.net (PM302000).",
            field="taskId",
        )


def _explained(values: Mapping[str, Any], refused: BadDataError) -> BadDataError:
    """The refusal of a new project, which may be for want of a start date: nobody says that Visma.net needs one."""
    if values.get("start_date") is not None:
        return refused
    return BadDataError(
        f"Visma.net refused project {values['number']}, which has no start date in Severa.",
        why=refused.why or refused.what,
        todo="Enter the project's start date in Severa; it goes by itself then.",
        field="startDate",
        request_id=refused.request_id,
    )
