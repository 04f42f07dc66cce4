"""The registry comparison report of one tenant: the run's own steps in preview, looked at record by record (law 2)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from prefect import task
from prefect.cache_policies import NO_CACHE

from core.comparing import Translate
from core.comparison.compare import compare_registry
from core.comparison.report import Comparison, RegistryComparison
from core.inputs import Inputs
from core.issues import Issue
from core.links import Link
from core.plans import Plan, record_key
from core.records import RECORD_TYPES, Project, Record, Registry, Side
from tasks import places
from tasks.registry_apply import Applied
from tasks.registry_plan import Planned, known_erp_customers
from tasks.registry_read import Extract
from tasks.run import Run

Records = Mapping[Side, tuple[Record, ...]]


@dataclass(slots=True)
class Wanted:
    """Where the report goes, and what became of it, for who started the flow in this process."""

    folder: Path | None = None
    comparison: Comparison | None = None
    files: dict[str, Path] = field(default_factory=dict)


WANTED: ContextVar[Wanted | None] = ContextVar("severa_sync_comparison", default=None)
"""Set by the command line; on a worker the report goes where `folder_of` says."""


def folder_of(tenant: str) -> Path:
    """Where a tenant's latest report lies: below the home, a folder per tenant."""
    return places.home() / "comparisons" / tenant


class Comparing:
    """What is compared, registry by registry. A plain object: Prefect does not look into it.

    For each registry `look` before it is planned, `noted` between plan and apply, `compare` after.
    """

    def __init__(self, run: Run, extract: Extract) -> None:
        self._run = run
        self._extract = extract
        self._labels: dict[tuple[Registry, Side, str], str] = {}
        self._found: Records = {}
        self._links: dict[Side, dict[str, Link]] = {}
        self._inputs: Inputs | None = None
        self._plan: Plan | None = None
        self._done: list[RegistryComparison] = []
        self._problems: list[tuple[str, str]] = []

    def look(self, registry: Registry) -> None:
        """Take hold of what was read, before planning lets go of it."""
        run, found = self._run, {}
        for side in Side:
            read = self._extract.reads[side][registry]
            found[side] = read.items
            self._labels |= {(registry, side, record.id): record.label for record in read.items}
            self._problems += [
                (f"{problem.label} in {run.names[side]}", str(problem.error)) for problem in read.problems
            ]
        self._found = found
        self._links = {side: run.state.links.by_id(registry, side, [r.id for r in found[side]]) for side in Side}

    def noted(self, registry: Registry, planned: Planned) -> Planned:
        """Keep the plan and what it was made of; the plan goes on to be carried out."""
        self._plan = planned.take()
        self._inputs = self._inputs_of(registry)
        return Planned(self._plan)

    def compare(self, registry: Registry, applied: Applied) -> None:
        """Say what the plan does with every record; `applied` knows which creates wait."""
        assert self._inputs is not None  # noqa: S101 - noted before
        assert self._plan is not None  # noqa: S101
        held = self._held(registry, applied, self._plan)
        self._done.append(compare_registry(self._inputs, self._plan, held=held, label=self._label))
        self._inputs = self._plan = None

    def result(self) -> Comparison:
        """The whole report."""
        run = self._run
        missing = [rule.registry for rule in run.profile.registries if rule.registry not in self._extract.whole()]
        unread = []
        for registry in missing:
            issues = [issue for issue in run.state.issues.open(registry.value) if issue.record.endswith(":*")]
            unread.append(" ".join([f"{registry.value.replace('_', ' ')}:", *(issue.what for issue in issues)]))
        return Comparison(
            tenant=run.tenant.name,
            names=run.names,
            at=datetime.now(UTC),
            registries=tuple(self._done),
            unread=tuple(unread),
            problems=tuple(self._problems),
        )

    def _label(self, registry: Registry, side: Side, record_id: str) -> str:
        return self._labels.get((registry, side, record_id), record_id)

    def _inputs_of(self, registry: Registry) -> Inputs:
        """What the planner saw: everything was read in full, so nothing was fetched beside it."""
        run, rule, found = self._run, self._run.rule(registry), self._found
        active: dict[Side, Collection[str] | None] = {}
        wanted: set[str] = set()
        if rule.needs_activity:
            remembered = run.state.remembered.known(registry, {record.id for record in found[Side.SEVERA]})
            with_project = None if run.all_erp_customers else known_erp_customers(run, self._extract)
            active = {Side.SEVERA: remembered, Side.ERP: with_project}
            projects = self._extract.read(Side.ERP, Registry.PROJECTS)
            held = [cast(Project, record) for record in (projects.items if projects else ())]
            wanted = {project.customer for project in held if project.active and project.customer}
        return Inputs(
            rule=rule,
            master=run.tenant.master(registry, run.profile.masters[registry]),
            severa=found[Side.SEVERA],
            erp=found[Side.ERP],
            links=self._links,
            translate=self._translate(registry),
            switched_on=run.tenant.switched_on,
            active=active,
            wanted=wanted,
            names=run.names,
        )

    def _translate(self, registry: Registry) -> Translate:
        """Ids of the other side as they were linked when the registry was planned."""
        known: dict[tuple[Registry, Side], dict[str, str]] = {}
        for name, target in RECORD_TYPES[registry].REFERENCES.items():
            for side in Side:
                ids = {value for record in self._found[side] if (value := getattr(record, name)) is not None}
                known.setdefault((target, side), {}).update(self._run.state.links.other_ids(target, side, ids))
        return lambda target, side, record_id: known.get((target, side), {}).get(record_id)

    def _held(self, registry: Registry, applied: Applied, planned: Plan) -> dict[str, tuple[str, str]]:
        """Creates that do not go: what they refer to is missing, with its issue, or stays on its side, without one."""
        waiting: set[str] = set()
        for side in Side:
            ids = {create.source.id for create in planned.creates if create.target.other is side}
            stayed = ids - self._run.state.links.linked(registry, side, ids)  # others go, if not with every field
            waiting |= {record_key(side, record_id) for record_id in stayed} & applied.explained
        if not waiting:
            return {}
        said: dict[str, Issue] = {
            issue.record: issue
            for issue in self._run.state.issues.all()
            if issue.scope == registry.value and issue.of_a_try and issue.record in waiting
            and issue.last_seen is not None and issue.last_seen >= self._run.started
        }  # fmt: skip
        stays = ("what it belongs to stays on its own side", "")
        return {key: (said[key].what, said[key].todo) if key in said else stays for key in waiting}


@task(name="compare", task_run_name="compare {registry}", cache_policy=NO_CACHE)
async def compare_one(comparing: Comparing, applied: Applied, registry: str) -> None:
    """Score and search; minutes of nothing but computing do not hold up the event loop."""
    await asyncio.to_thread(comparing.compare, Registry(registry), applied)
