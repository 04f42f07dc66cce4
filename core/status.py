"""How the tenants are, for people who read no logs: last and next cycle, invoices, money, issues, freshness.

Everything here is made of what stands in the state and in the tenant file; no system and no orchestrator is asked.
Instants are UTC; money includes VAT, in major units of its currency.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.errors import ErrorClass
from core.issues import BY_ITSELF, Issue
from core.masking import without_codes
from core.starts import next_start
from core.timetable import Timetable
from core.transfers import UNSETTLED, Transfer, TransferState

GRACE = timedelta(minutes=15)
"""A cycle that has not begun so long after its time is late."""
S = TransferState
WAITING = frozenset({S.PENDING, S.CREATING, S.UNCERTAIN, S.CREATED, S.REJECTED})
"""Invoices that are not in the ERP yet, or whose totals were not compared there yet: their money waits."""
UNDER_WAY = WAITING | {S.VERIFIED, S.RELEASED}
"""The same, and those of which Severa does not know yet that they went."""
OURS = (ErrorClass.CONFIGURATION, ErrorClass.BUG)
"""Classes of issues that are trouble: they keep back more than one record. Others are to be looked at, unless they go
by themselves."""


class Level(StrEnum):
    """How much a tenant needs somebody, the worst first."""

    TROUBLE = "trouble"
    ATTENTION = "attention"
    FINE = "fine"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run: `state` is how it ended (`completed`, `completed with issues`, `skipped`, `failed`), or how it is:
    `running`, or `stopped` when its process is gone. `error` says in words what made it fail.
    """

    job: str
    mode: str
    state: str
    started: datetime
    ended: datetime | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The invoices in one state: how many, and their totals by currency where they are known."""

    state: TransferState
    number: int
    money: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Oldest:
    """The oldest thing that was not carried over: since when it waits, and what it is called."""

    since: datetime
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantStatus:
    """One tenant. `read_until`: up to here everything that changed on both sides was read and dealt with.

    `next_cycle` is by the timetable of the tenant file; None when that has no next one, or the tenant is off.
    `reasons` say in sentences why it is not fine, beside its open issues.
    """

    tenant: str
    erp: str
    erp_title: str
    enabled: bool
    zone: ZoneInfo
    links: int
    last_run: Ran | None
    last_cycle: Ran | None
    next_cycle: datetime | None
    invoices: tuple[Standing, ...]
    issues: Mapping[ErrorClass, int]
    read_until: datetime | None
    oldest: Oldest | None
    level: Level
    reasons: tuple[str, ...]

    @property
    def open_issues(self) -> int:
        """All open issues."""
        return sum(self.issues.values())

    @property
    def waiting(self) -> int:
        """Invoices that wait."""
        return sum(one.number for one in self.invoices if one.state in WAITING)

    @property
    def money_waiting(self) -> dict[str, Decimal]:
        """The totals of the invoices that wait, by currency in order."""
        return added(one.money for one in self.invoices if one.state in WAITING)


@dataclass(frozen=True, slots=True)
class Unusable:
    """A tenant whose file has mistakes: nothing of it runs until they are mended."""

    tenant: str
    words: str


@dataclass(frozen=True, slots=True)
class Overview:
    """All tenants at one instant, those that need somebody first."""

    at: datetime
    tenants: tuple[TenantStatus, ...]
    unusable: tuple[Unusable, ...] = ()

    def number(self, level: Level) -> int:
        """How many tenants are so; files with mistakes are trouble."""
        found = sum(one.level is level for one in self.tenants)
        return found + len(self.unusable) if level is Level.TROUBLE else found

    @property
    def money_waiting(self) -> dict[str, Decimal]:
        """The totals of all invoices that wait, by currency."""
        return added(one.money_waiting for one in self.tenants)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the state and the file of one tenant say. `last_cycle` is the last one over everything, not of one record.

    `transfers` is the whole ledger, `issues` are the open ones.
    """

    tenant: str
    erp: str
    erp_title: str
    enabled: bool
    zone: ZoneInfo
    timetable: Timetable
    links: int
    last_run: Ran | None
    last_cycle: Ran | None
    transfers: Sequence[Transfer]
    issues: Sequence[Issue]
    read_until: datetime | None


def overview(facts: Iterable[Facts], unusable: Iterable[Unusable], at: datetime) -> Overview:
    """How all of them are at an instant: trouble first, then by the number of open issues, then by name."""
    found = [status(each, at) for each in facts]
    levels = list(Level)
    found.sort(key=lambda one: (levels.index(one.level), -one.open_issues, one.tenant))
    return Overview(at, tuple(found), tuple(unusable))


def status(facts: Facts, at: datetime) -> TenantStatus:
    """How one tenant is at an instant."""
    trouble, attention, issues = _trouble(facts, at), _attention(facts), _by_class(facts.issues)
    level = Level.FINE
    if attention or any(each not in BY_ITSELF for each in issues):
        level = Level.ATTENTION
    if trouble or any(each in OURS for each in issues):
        level = Level.TROUBLE
    return TenantStatus(
        tenant=facts.tenant,
        erp=facts.erp,
        erp_title=facts.erp_title,
        enabled=facts.enabled,
        zone=facts.zone,
        links=facts.links,
        last_run=facts.last_run,
        last_cycle=facts.last_cycle,
        next_cycle=next_start(facts.timetable, facts.tenant, facts.zone, at) if facts.enabled else None,
        invoices=_standings(facts.transfers),
        issues=issues,
        read_until=facts.read_until,
        oldest=_oldest(facts),
        level=level if facts.enabled else Level.OFF,
        reasons=(*trouble, *attention) if facts.enabled else ("Switched off in its tenant file.",),
    )


def _trouble(facts: Facts, at: datetime) -> list[str]:
    """What keeps a whole tenant from being carried over."""
    cycle, said = facts.last_cycle, list[str]()
    if cycle is not None and cycle.state == "failed":
        said.append(f"The last cycle failed: {without_codes(cycle.error or 'no reason was written down')}")
    if cycle is not None and cycle.state == "stopped":
        said.append("The last cycle was cut off; the next one goes on where it stopped.")
    if cycle is not None and cycle.state != "running":
        due = next_start(facts.timetable, facts.tenant, facts.zone, cycle.started)
        if due is not None and due + GRACE < at:
            said.append(f"No cycle has begun since, though one was due at {_local(due, facts.zone)}. Is a worker up?")
    return said


def _attention(facts: Facts) -> list[str]:
    """What will have to be looked at if it stays so."""
    said = ["No cycle has run yet."] if facts.last_cycle is None else []
    if facts.last_run is None or facts.last_run.state != "running":
        lost = sum(transfer.state in UNSETTLED for transfer in facts.transfers)
        if lost:
            said.append(f"{lost} {'invoice' if lost == 1 else 'invoices'} with an unknown outcome: looked up next.")
    return said


def _standings(transfers: Sequence[Transfer]) -> tuple[Standing, ...]:
    """The states that occur, in the order of an invoice's journey."""
    return tuple(
        Standing(state, len(found), added(_money(transfer) for transfer in found))
        for state in TransferState
        if (found := [transfer for transfer in transfers if transfer.state is state])
    )


def _money(transfer: Transfer) -> Mapping[str, Decimal]:
    if transfer.currency is None or transfer.severa_total is None:
        return {}
    return {transfer.currency: transfer.severa_total}


def added(several: Iterable[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """Amounts by currency, currencies in order."""
    sums: dict[str, Decimal] = {}
    for money in several:
        for currency, amount in money.items():
            sums[currency] = sums.get(currency, Decimal(0)) + amount
    return dict(sorted(sums.items()))


def _by_class(issues: Sequence[Issue]) -> dict[ErrorClass, int]:
    counted = Counter(issue.error_class for issue in issues)
    return {each: counted[each] for each in ErrorClass if counted[each]}


def _oldest(facts: Facts) -> Oldest | None:
    waiting = [
        Oldest(since, f"invoice {transfer.severa_number or transfer.erp_number or transfer.severa_id[:8]}")
        for transfer in facts.transfers
        if transfer.state in UNDER_WAY and (since := transfer.first_attempt_at or transfer.updated_at) is not None
    ]
    waiting += [
        Oldest(since, without_codes(issue.label))
        for issue in facts.issues
        if (since := issue.opened_at or issue.first_seen) is not None
    ]
    return min(waiting, key=lambda one: one.since, default=None)


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
