"""Files of costs to Severa's projects: a row's to its project, a document's to every project its rows name (VN-18).

Each goes once per file, revision and project. The intent is committed before the call (law 1), and the project's own
files are looked at before anything is sent: they carry our key.
"""

from __future__ import annotations

import mimetypes
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from connectors.severa.files import ANY
from connectors.together import Once
from core.costs import file_key
from core.errors import ConfigurationError, OutcomeUnknownError, SyncError
from core.foreseen import is_stand_in
from core.invoices import CostRow, FileRef, InvoiceFile
from core.issues import IssueState
from core.plans import record_key
from core.records import Project, Side
from state.costs import CostState
from tasks.cost_foreseen import would_attach
from tasks.cost_projects import CostProjects
from tasks.cost_read import JOB, OF_A_FILE
from tasks.run import Run, issue_of
from tasks.subject import Subject


@dataclass(frozen=True, slots=True)
class Errand:
    """A file that has to go to a project. `row` is the first one that brings it there; `key` is Severa's copy of it."""

    row: CostRow
    file: FileRef
    key: str

    @property
    def once(self) -> str:
        """The key under which it is on record: file, revision and project."""
        return f"{self.key}:{self.row.project_id or self.row.project_code}"

    @property
    def cause(self) -> str:
        """The cause of its issue."""
        return f"{OF_A_FILE}{self.file.id}:{self.file.revision}"


class CostFiles:
    """Carries the files of one run's rows."""

    def __init__(self, run: Run, projects: CostProjects) -> None:
        self._run = run
        self._projects = projects
        self._wanted = bool(getattr(run.tenant.erp_section, "cost_files", False))
        self._tries: int = getattr(run.tenant.erp_section, "file_tries", 0)
        self._counts = run.report(JOB).counts
        self._present: dict[str, Once] = {}
        self._contents: dict[str, Once] = {}
        self._left: Counter[str] = Counter()

    def pending(self, rows: Iterable[CostRow]) -> list[Errand]:
        """What has not gone yet, each once."""
        if not self._wanted:
            return []
        system = self._run.profile.system
        errands: dict[str, Errand] = {}
        for row in rows:
            for file in row.files:
                errand = Errand(row, file, file_key(system, file))
                errands.setdefault(errand.once, errand)
        on_record = self._run.state.costs.many(errands)
        return [
            errand
            for once, errand in errands.items()
            if once not in on_record or on_record[once].state is CostState.INTENT
        ]

    async def carry(self, errands: Sequence[Errand]) -> None:
        """Send them. What cannot go is tried again as often as the setting says; the cursor waits for that."""
        if not errands:
            return
        issues = self._run.state.issues.standing(JOB)
        failed = {(issue.record, issue.cause): issue for issue in issues if issue.state is IssueState.OPEN}
        retry = self._run.options.retry
        self._left = Counter(errand.file.id for errand in errands)

        async def one(errand: Errand) -> None:
            issue = failed.get((record_key(Side.ERP, errand.row.id), errand.cause))
            if issue is not None and issue.count > self._tries and not retry:
                self._counts.skip("file failed too often")
            else:
                await self._one(errand, told=issue is not None)
            self._left[errand.file.id] -= 1
            if not self._left[errand.file.id]:
                self._contents.pop(errand.file.id, None)

        limit = self._run.settings(Side.SEVERA).concurrency
        await self._run.each(errands, one, limit=limit, about=_about)

    async def _one(self, errand: Errand, *, told: bool) -> None:
        record = record_key(Side.ERP, errand.row.id)
        try:
            await self._send(errand, await self._projects.of(errand.row))
        except ConfigurationError:
            raise
        except SyncError as error:
            label = f"{errand.file.name} of voucher {errand.row.voucher_number or errand.row.voucher_id}"
            issue = issue_of(error, scope=JOB, side=Side.ERP, record_id=errand.row.id, label=label, cause=errand.cause)
            self._run.complain(JOB, [issue])
            self._run.forget_later()
            return
        self._counts.updated += 1
        if told:
            self._run.state.issues.resolve(JOB, [record], cause=errand.cause)

    async def _send(self, errand: Errand, project: Project) -> None:
        costs, severa = self._run.state.costs, self._run.severa
        asked = self._present.setdefault(project.id, Once(partial(severa.project_files, project.id)))
        present: frozenset[str] = frozenset() if is_stand_in(project.id) else await asked.get()
        details = {"project": project.id, "file": errand.file.name}
        costs.forget_intent(errand.once)
        if errand.key in present:
            self._done(errand, "found in Severa", details)
            return
        if self._run.preview:
            would_attach(self._run, errand.row, errand.file.name, project.id)
            self._done(errand, "would go", details)
            return
        content: bytes = await self._contents.setdefault(
            errand.file.id, Once(partial(self._run.erp.file, errand.file.id))
        ).get()
        kind = mimetypes.guess_type(errand.file.name)[0] or ANY
        file = InvoiceFile(errand.file.name, content, kind)
        costs.intend(errand.once, at=datetime.now(UTC), details=details, voucher_id=None)
        try:
            made = await severa.add_project_file(
                project.id, file, description=errand.row.description or errand.file.name, key=errand.key
            )
        except OutcomeUnknownError:
            if errand.key not in await severa.project_files(project.id):
                raise
            made = "found in Severa"
        except SyncError:
            costs.forget_intent(errand.once)
            raise
        costs.done(errand.once, made, "")

    def _done(self, errand: Errand, severa_id: str, details: dict[str, str]) -> None:
        with self._run.state.batch():
            costs = self._run.state.costs
            costs.intend(errand.once, at=datetime.now(UTC), details=details, voucher_id=None)
            costs.done(errand.once, severa_id, "")


def _about(errand: Errand) -> Subject:
    return Subject("costs", record_key(Side.ERP, errand.row.id))
