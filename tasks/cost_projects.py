"""Severa's projects of cost rows: by link, else by number (PO-14, VN-16)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import cast

from connectors.together import Once
from core.errors import MissingDependencyError
from core.foreseen import is_stand_in
from core.invoices import CostRow
from core.records import Project, Registry, Side
from tasks.run import Run


class CostProjects:
    """The projects of one run's rows. Those that were found by number are asked for in one call."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._by_number: dict[str, Project] = {}
        self._by_id: dict[str, Project] = {}
        self._linked: dict[str, str] = {}
        self._asked: dict[str, Once] = {}

    async def find(self, rows: Iterable[CostRow]) -> None:
        """Look for the projects of these rows."""
        wanted = list(rows)
        numbers = sorted({row.project_code for row in wanted})
        if numbers:
            found = await self._run.severa.find(Registry.PROJECTS, numbers)
            self._by_number = {record.key or "": cast(Project, record) for record in found.items}
            self._by_id = {record.id: cast(Project, record) for record in found.items}
            ids = {row.project_id for row in wanted if row.project_id is not None}
            self._linked = self._run.state.links.other_ids(Registry.PROJECTS, Side.ERP, ids)

    async def known(self, row: CostRow) -> Project | None:
        """The project of a row: the linked one, whatever its number is now, else the one with the row's number."""
        linked = self._linked.get(row.project_id or "")
        if linked is not None and is_stand_in(linked):
            return Project(id=linked, number=row.project_code, name=row.project_code)
        if linked is not None and linked not in self._by_id:
            asked = self._asked.setdefault(linked, Once(partial(self._run.severa.get, Registry.PROJECTS, linked)))
            found = await asked.get()
            if found is not None:
                return cast(Project, found)
        return self._by_id.get(linked or "") or self._by_number.get(row.project_code)

    async def of(self, row: CostRow) -> Project:
        """The project of a row that takes costs. MissingDependencyError says why there is none."""
        project = await self.known(row)
        title = self._run.erp_title
        if project is None:
            raise MissingDependencyError(
                f"Project {row.project_code} does not exist in Severa.",
                todo=f"Create it, or correct the project on the row in {title}.",
                field="project",
            )
        if not project.active or project.internal:
            word = "is internal" if project.internal else "is closed"
            raise MissingDependencyError(
                f"Project {row.project_code} {word} in Severa: no costs are added to it.",
                todo=f"Open it in Severa, or correct the project on the row in {title}.",
                field="project",
            )
        return project
