"""One run of one tenant: what every step needs, handed around as one opaque object.

Prefect looks into the arguments of a task, dataclasses and lists included; a plain object it leaves alone. So secrets
never reach the server and a batch of thousands of records costs nothing to hand over.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from connectors.ports import ErpPort, RegistryPort, SeveraPort
from connectors.severa.settings import SeveraSettings
from connectors.together import together
from core.counts import JobReport
from core.errors import SyncError
from core.issues import Issue, issue_from
from core.links import Link
from core.money import TotalCheck
from core.plans import record_key
from core.profiles import Profile, RegistryRule
from core.records import Registry, Side
from expectations.apart import Validation
from state.store import TenantState
from tasks.ledger import Ledger
from tasks.options import Options
from tasks.subject import SUBJECT, Subject, concerning
from tenants.model import Tenant

T = TypeVar("T")
R = TypeVar("R")

Progress = Callable[[str, int, int | None], None]
"""(what, done, of how many): told while long steps work."""


class SideSettings(Protocol):
    """What every system's settings have."""

    overlap_minutes: int
    full_read_hours: int
    concurrency: int


@dataclass(frozen=True, slots=True)
class CheckedTotal:
    """One total check as the gate decided it, for the batch's expectation and for people."""

    reference: str
    label: str
    check: TotalCheck
    passed: bool


class Run:
    """A run of one tenant: settings, both systems, the state, and what is being counted.

    `statuses` are Severa's invoice statuses by role, as ids, once they were checked. `seen_codes` are the ERP's product
    codes that this run read: an invoice that waits for one of them is tried again. `written` counts this run's own
    writes to a registry of a side.
    """

    def __init__(
        self,
        tenant: Tenant,
        profile: Profile,
        state: TenantState,
        *,
        severa: SeveraPort,
        erp: ErpPort,
        options: Options,
        progress: Progress | None = None,
    ) -> None:
        self.id = str(uuid.uuid4())
        self.tenant = tenant
        self.profile = profile
        self.state = state
        self.severa = severa
        self.erp = erp
        self.options = options
        self.started = datetime.now(UTC)
        self.reports: dict[str, JobReport] = {}
        self.statuses: dict[str, str] = {}
        self.seen_codes: set[str] = set()
        self.ledger = Ledger(state.transfers)
        self.totals: list[CheckedTotal] = []
        self.validation: Validation | None = None
        self.written: Counter[tuple[Side, Registry]] = Counter()
        self.flow_run_id: str | None = None
        self.outermost = ""
        self.docs_index: Path | None = None
        self._before: dict[str, list[Issue]] = {}
        self._at_end: list[Callable[[], None]] = []
        self._new_links: dict[tuple[Registry, Side], dict[str, None]] = {}
        self._progress = progress

    @property
    def preview(self) -> bool:
        """Whether nothing may be written anywhere (law 2)."""
        return self.options.preview

    @property
    def erp_title(self) -> str:
        """The ERP as people call it."""
        return self.profile.title

    @property
    def names(self) -> dict[Side, str]:
        """The two systems as people call them."""
        return {Side.SEVERA: "Severa", Side.ERP: self.profile.title}

    def port(self, side: Side) -> RegistryPort:
        """The registries of a side."""
        return self.severa if side is Side.SEVERA else self.erp

    def settings(self, side: Side) -> SideSettings:
        """Pace and intervals of a side."""
        section = self.tenant.section(SeveraSettings) if side is Side.SEVERA else self.tenant.erp_section
        return cast(SideSettings, section)

    def rule(self, registry: Registry) -> RegistryRule:
        """The profile's rule of a registry as this tenant's settings have it."""
        rule = self.profile.rule(registry)
        if registry is Registry.USERS and not getattr(self.tenant.erp_section, "create_users", True):
            rule = replace(rule, created_on=tuple(side for side in rule.created_on if side is not Side.SEVERA))
        return rule

    @property
    def all_erp_customers(self) -> bool:
        """Whether every active customer of the ERP is created in Severa (the setting `customers_from_erp`)."""
        return getattr(self.tenant.erp_section, "customers_from_erp", "all") == "all"

    def later(self, work: Callable[[], None]) -> None:
        """Do something when the job has ended well: cursors move only after a good read and apply (law 5)."""
        self._at_end.append(work)

    def forget_later(self) -> None:
        """Something waits that only the same read brings again: the cursors of this job stay where they are."""
        self._at_end.clear()

    def settle(self) -> None:
        """The job ended well: do what waited for that."""
        work, self._at_end = self._at_end, []
        if not self.preview and not self.options.manual:
            for step in work:
                step()

    def note_link(self, registry: Registry, link: Link) -> None:
        """Remember that this run linked an item: what belongs to it has its turn now."""
        for side in Side:
            self._new_links.setdefault((registry, side), {})[link.id_on(side)] = None

    def newly_linked(self, registry: Registry, side: Side) -> Collection[str]:
        """Ids on a side of the items that this run linked, in that order."""
        return self._new_links.get((registry, side), {})

    @property
    def linked_anything(self) -> bool:
        """Whether this run linked any item."""
        return bool(self._new_links)

    def close(self) -> None:
        """The run has ended, however it did."""
        if self.validation is not None:
            self.validation.give_up()
            self.validation = None

    def report(self, job: str) -> JobReport:
        """The figures of a job of this run."""
        return self.reports.setdefault(job, JobReport(job))

    def progress(self, what: str, done: int, total: int | None = None) -> None:
        """Tell how far a long step is."""
        if self._progress is not None:
            self._progress(what, done, total)

    def complain(self, job: str, issues: Iterable[Issue]) -> None:
        """Put issues on the error desk and into the run's report."""
        found = list(issues)
        if found:
            self.state.issues.report(found)
            for issue in found:
                self._supersede(issue)
            self.report(job).rejected += [(issue.label, issue.what) for issue in found]

    def _supersede(self, issue: Issue) -> None:
        """A try that failed for another reason than the one before: only the latest reason stays on the desk."""
        if issue.scope not in self._before:
            self._before[issue.scope] = self.state.issues.open(issue.scope)
        if not issue.of_a_try:
            return
        for earlier in self._before[issue.scope]:
            if earlier.record == issue.record and earlier.of_a_try and earlier.cause != issue.cause:
                self.state.issues.resolve(issue.scope, [issue.record], cause=earlier.cause)

    async def each(
        self,
        items: Iterable[T],
        work: Callable[[T], Awaitable[R]],
        *,
        limit: int,
        what: str = "",
        about: Callable[[T], Subject] | None = None,
    ) -> list[R]:
        """Do `work` on every item, at most `limit` at a time; the first unexpected error stops the rest.

        `about` says of an item which record it is about, for the audit trail.
        """
        waiting = list(items)
        results: list[Any] = [None] * len(waiting)
        queue = iter(range(len(waiting)))
        done = 0

        async def worker() -> None:
            nonlocal done
            for index in queue:
                with concerning(about(waiting[index]) if about else SUBJECT.get()):
                    results[index] = await work(waiting[index])
                done += 1
                if what and (done % 25 == 0 or done == len(waiting)):
                    self.progress(what, done, len(waiting))

        await together([worker() for _ in range(min(limit, len(waiting)))])
        return results


def issue_of(
    error: SyncError, *, scope: str, side: Side, record_id: str, label: str, cause: str | None = None
) -> Issue:
    """The issue for an error that one record met."""
    return issue_from(error, scope=scope, record=record_key(side, record_id), label=label, cause=cause)


CURRENT: ContextVar[Run | None] = ContextVar("severa_sync_run", default=None)
"""The run that the enclosing cycle opened; a job's flow started by itself opens its own."""
