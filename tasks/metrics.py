"""What the state knows in figures, over the tenants of this machine's tenant files: what metrics are made of.

Counters begin when whoever counts begins, as a monitoring system expects it, and go on from there: each reading looks
only at cycles that began since the earliest one that may still end. Rows are read in one snapshot, through an engine
that lives as long as one reading, so that nothing is held open between two of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Row, func, select
from sqlalchemy.exc import DBAPIError

from core.errors import ConfigurationError
from core.issues import IssueState
from state.database import Database
from state.engine import open_engine, parse_url, sqlite_file
from state.migrate import check_revision
from state.rows import Clock, chunks, utc_now
from state.schema import facts, issues, leases, runs, transfers
from tasks.meter import FACT, Traffic

CYCLE = "cycle"
CRASHED = "crashed"
GOOD = ("completed", "completed with issues")
OUTCOMES = (*GOOD, "failed", "skipped", CRASHED)
"""How a cycle ends: `state` of its row in the history; crashed when its process is gone and the row still runs."""
LENGTHS = (1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
"""Upper bounds, in seconds, of the classes that lengths of cycles are counted in; what is longer has one of its own."""
LONGER = float("inf")
SETTLED = timedelta(minutes=10)
"""After this time no cycle turns up that began before it, whatever other machines' clocks say; and one whose tenant is
not held any more has crashed."""


@dataclass(slots=True)
class Tally:
    """Cycles that have ended, counted. What began at `since` (UTC) or later is not in it yet.

    `outcomes` counts by (tenant, outcome), `lengths` by the class's upper bound in seconds; `seconds` is their sum.
    """

    since: datetime
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    lengths: Counter[float] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, tenant: str, outcome: str, seconds: float | None) -> None:
        """Count a cycle; one that crashed has no length."""
        self.outcomes[tenant, outcome] += 1
        if seconds is not None:
            self.lengths[next((bound for bound in LENGTHS if seconds <= bound), LONGER)] += 1
            self.seconds += seconds

    def copy(self) -> Tally:
        """Another one with the same figures."""
        return Tally(self.since, self.outcomes.copy(), self.lengths.copy(), self.seconds)

    def as_json(self) -> dict[str, Any]:
        """For a file."""
        return {
            "since": self.since.isoformat(),
            "outcomes": [[*key, number] for key, number in self.outcomes.items()],
            "lengths": [[str(bound), number] for bound, number in self.lengths.items()],
            "seconds": self.seconds,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Tally:
        """What `as_json` gave. KeyError, TypeError or ValueError for anything else."""
        since = datetime.fromisoformat(value["since"])
        if since.tzinfo is None:
            raise ValueError("an instant must say its time zone")
        outcomes = Counter({(str(tenant), str(outcome)): int(number) for tenant, outcome, number in value["outcomes"]})
        lengths = Counter({float(bound): int(number) for bound, number in value["lengths"]})
        return cls(since, outcomes, lengths, float(value["seconds"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One reading. Instants are UTC, lengths seconds; pairs are (tenant, outcome, state or class).

    `last_success` and `last_seconds` are of the last cycle of a tenant that went through, with issues or without.
    `under_way` counts tenants that are being worked on now, anywhere. `traffic` is what all runs of a tenant called.
    """

    tenants: tuple[str, ...] = ()
    cycles: Tally
    last_success: Mapping[str, datetime] = field(default_factory=dict)
    last_seconds: Mapping[str, float] = field(default_factory=dict)
    under_way: int = 0
    traffic: Mapping[str, Traffic] = field(default_factory=dict)
    transfers: Mapping[tuple[str, str], int] = field(default_factory=dict)
    open_issues: Mapping[tuple[str, str], int] = field(default_factory=dict)


class Books:
    """Reads the figures again and again. `names` says whose; it is asked at each reading."""

    def __init__(self, url: str, names: Callable[[], Sequence[str]], tally: Tally, *, clock: Clock = utc_now) -> None:
        self._url = url
        self._names = names
        self.tally = tally
        self._clock = clock
        self._last: dict[str, tuple[datetime, float] | None] = {}

    def read(self) -> Figures:
        """The figures now. ConfigurationError when the database cannot be reached or is of another revision."""
        address = parse_url(self._url)
        file = sqlite_file(address)
        names = tuple(self._names())
        if file is not None and not file.exists():
            return Figures(tenants=names, cycles=self.tally.copy())
        engine = open_engine(address, read_only=True)
        try:
            if not check_revision(engine):
                return Figures(tenants=names, cycles=self.tally.copy())
            with Database(engine).reading() as connection:
                return self._figures(connection, names)
        except DBAPIError as error:
            raise ConfigurationError(
                "The figures cannot be read from the state database.", why=f"{type(error.orig or error).__name__}."
            ) from error
        finally:
            engine.dispose()

    def _figures(self, connection: Connection, names: tuple[str, ...]) -> Figures:
        now = self._clock()
        # Who holds a tenant is read first: on a database without snapshots, a run that ends meanwhile has then ended.
        held = _held(connection, names, now)
        cycles = self._count(_cycles(connection, names, self.tally.since), held, now)
        for name in names:
            if name not in self._last:
                self._last[name] = _last_success(connection, name)
        last = {name: found for name in names if (found := self._last[name]) is not None}
        is_open = issues.c.state == IssueState.OPEN.value
        return Figures(
            tenants=names,
            cycles=cycles,
            last_success={name: ended for name, (ended, _) in last.items()},
            last_seconds={name: seconds for name, (_, seconds) in last.items()},
            under_way=len(held),
            traffic=_traffic(connection, names),
            transfers=_numbers(connection, names, transfers.c.tenant, transfers.c.state),
            open_issues=_numbers(connection, names, issues.c.tenant, issues.c.error_class, is_open),
        )

    def _count(self, rows: Sequence[Row[Any]], held: set[str], now: datetime) -> Tally:
        """The tally with all that has ended by now; ours takes in what nothing can come before any more."""
        settled = now - SETTLED
        border = settled
        latest = {row.tenant: row.started for row in rows}
        whole = self.tally.copy()
        ended: list[tuple[datetime, str, str, float | None]] = []
        for row in rows:
            if row.ended is not None:
                seconds = max(0.0, (row.ended - row.started).total_seconds())
                ended.append((row.started, row.tenant, row.state, seconds))
                if row.state in GOOD:
                    self._note(row.tenant, row.ended, seconds)
            elif row.started == latest[row.tenant] and (row.tenant in held or row.started >= settled):
                border = min(border, row.started)
            else:
                ended.append((row.started, row.tenant, CRASHED, None))
        border = max(border, self.tally.since)
        for started, tenant, outcome, length in ended:
            whole.add(tenant, outcome, length)
            if started < border:
                self.tally.add(tenant, outcome, length)
        self.tally.since = border
        return whole

    def _note(self, tenant: str, ended: datetime, seconds: float) -> None:
        before = self._last.get(tenant)
        if before is None or before[0] < ended:
            self._last[tenant] = ended, seconds


def _held(connection: Connection, names: Sequence[str], now: datetime) -> set[str]:
    found: set[str] = set()
    for chunk in chunks(names):
        query = select(leases.c.tenant).where(leases.c.tenant.in_(chunk), leases.c.expires_at > now)
        found.update(connection.execute(query).scalars())
    return found


def _cycles(connection: Connection, names: Sequence[str], since: datetime) -> list[Row[Any]]:
    """Cycles that began at an instant or later, the earliest first; all but the last of a tenant are over."""
    c = runs.c
    found: list[Row[Any]] = []
    for chunk in chunks(names):
        query = select(c.tenant, c.state, c.started, c.ended).where(
            c.tenant.in_(chunk), c.started >= since, c.job == CYCLE
        )
        found += connection.execute(query)
    return sorted(found, key=lambda row: row.started)


def _last_success(connection: Connection, name: str) -> tuple[datetime, float] | None:
    c = runs.c
    query = select(c.started, c.ended).where(c.tenant == name, c.job == CYCLE, c.state.in_(GOOD))
    row = connection.execute(query.order_by(c.started.desc()).limit(1)).first()
    return None if row is None else (row.ended, max(0.0, (row.ended - row.started).total_seconds()))


def _traffic(connection: Connection, names: Sequence[str]) -> dict[str, Traffic]:
    found: dict[str, Traffic] = {}
    for chunk in chunks(names):
        query = select(facts.c.tenant, facts.c.value).where(facts.c.tenant.in_(chunk), facts.c.name == FACT)
        found |= {name: Traffic.of(fact) for name, fact in connection.execute(query)}
    return found


def _numbers(
    connection: Connection, names: Sequence[str], tenant: Column[Any], kind: Column[Any], *conditions: Any
) -> dict[tuple[str, str], int]:
    """(tenant, kind) -> rows."""
    found: dict[tuple[str, str], int] = {}
    for chunk in chunks(names):
        query = select(tenant, kind, func.count()).where(tenant.in_(chunk), *conditions).group_by(tenant, kind)
        found |= {(name, each): int(number) for name, each, number in connection.execute(query)}
    return found
