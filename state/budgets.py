"""What a vendor admits for all tenants of this installation together, shared between processes.

The one thing here that belongs to no tenant: a row holds the digest under which a limit is counted, instants, and the
number of the run that took last. The rule is `core.budgets`.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from core.budgets import Line, Slice, held, hold, take
from state.database import Database
from state.rows import Clock, utc_now
from state.schema import budgets as table


class SharedBudget:
    """One run's part in a limit. Each method is one short transaction; it blocks for as long as that takes.

    Instants are those of PostgreSQL's own clock, so that machines whose clocks differ share one; a SQLite file is on
    one machine, whose clock is taken. `ticks` is the clock in which moments are told, `time.monotonic` by default.
    """

    def __init__(
        self,
        database: Database,
        key: str,
        per_second: float,
        *,
        clock: Clock = utc_now,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._key = key
        self._per_second = per_second
        self._clock = clock
        self._ticks = ticks
        self._holder = str(uuid.uuid4())

    def take(self, *, waiting: int, ahead: int) -> Slice:
        """Moments for the calls that are `waiting`, perhaps fewer; for up to `ahead` while nobody else takes any."""
        with self._database.writing(f"budget {self._key}") as connection:
            now, tick = self._now(connection)
            before = self._line(connection)
            share, after = take(
                before, now, holder=self._holder, per_second=self._per_second, waiting=waiting, ahead=ahead
            )
            self._save(connection, before, after)
        first = tick + (share.first - now).total_seconds()
        return Slice(tuple(first + i * share.gap.total_seconds() for i in range(share.calls)), share.alone)

    def hold(self, seconds: float) -> None:
        """Nobody makes a call under this limit for so long."""
        with self._database.writing(f"budget {self._key}") as connection:
            now, _ = self._now(connection)
            before = self._line(connection)
            self._save(connection, before, hold(before, now, holder=self._holder, seconds=seconds))

    def held_until(self) -> float | None:
        """Until when nobody makes a call, by `ticks`; None while calls may be made."""
        with self._database.reading() as connection:
            now, tick = self._now(connection)
            until = held(self._line(connection), now)
        return None if until is None else tick + (until - now).total_seconds()

    def _now(self, connection: Connection) -> tuple[datetime, float]:
        """The instant, and the clock of this process at it."""
        if self._clock is utc_now and connection.dialect.name == "postgresql":
            asked: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
            return asked, self._ticks()
        return self._clock(), self._ticks()

    def _line(self, connection: Connection) -> Line | None:
        row = connection.execute(select(table).where(table.c.key == self._key)).first()
        return None if row is None else Line(row.next_at, row.held_until, row.holder)

    def _save(self, connection: Connection, before: Line | None, after: Line) -> None:
        row = {"next_at": after.next_at, "held_until": after.held_until, "holder": after.holder}
        if before is None:
            connection.execute(insert(table), [{"key": self._key, **row}])
        elif after != before:
            connection.execute(update(table).where(table.c.key == self._key).values(**row))
