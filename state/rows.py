"""The only door to the tables: every statement that leaves here names the tenant (law 8)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Delete, Executable, Row, Select, Table, Update, delete, insert, select, update

from state.database import Database

CHUNK = 500
"""How many ids one IN list carries."""

Clock = Callable[[], datetime]
"""Says the time as an aware instant."""


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Open:
    """A transaction that is open, whose rows it writes, and the thread that may use it."""

    rows: TenantRows
    connection: Connection
    thread: int


_open: ContextVar[_Open | None] = ContextVar("state_open_transaction", default=None)


class TenantRows:
    """Reads and writes the rows of one tenant, inside its open transaction where there is one."""

    def __init__(self, database: Database, tenant: str, clock: Clock = utc_now) -> None:
        self._database = database
        self.tenant = tenant
        self.now = clock
        self._after_rollback: list[Callable[[], None]] = []

    def on_rollback(self, forget: Callable[[], None]) -> None:
        """Have `forget` called whenever writes were rolled back: what was remembered of them is not true."""
        self._after_rollback.append(forget)

    def select(self, table: Table, *columns: Any) -> Select[Any]:
        """SELECT of the tenant's rows: the columns, or all."""
        return select(*(columns or (table,))).where(table.c.tenant == self.tenant)

    def update(self, table: Table) -> Update:
        """UPDATE of the tenant's rows; narrow it with `where`."""
        return update(table).where(table.c.tenant == self.tenant)

    def delete(self, table: Table) -> Delete:
        """DELETE of the tenant's rows; narrow it with `where`."""
        return delete(table).where(table.c.tenant == self.tenant)

    def insert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows, all with the same columns, as the tenant's."""
        if rows:
            with self._writing() as connection:
                connection.execute(insert(table), [{**row, "tenant": self.tenant} for row in rows])

    def append(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows that nothing else depends on, in a transaction of their own, whatever else is open.

        Not to be called by a thread that has a batch open: on SQLite it would wait for itself.
        """
        if rows:
            with self._database.appending() as connection:
                connection.execute(insert(table), [{**row, "tenant": self.tenant} for row in rows])

    def execute(self, statement: Update | Delete, parameters: Sequence[Mapping[str, Any]] | None = None) -> int:
        """Carry out a statement made by `update` or `delete`; how many rows it met."""
        if parameters is not None and not parameters:
            return 0
        with self._writing() as connection:
            return connection.execute(statement, parameters).rowcount

    def all(self, statement: Executable) -> Sequence[Row[Any]]:
        """Every row of a statement made by `select`."""
        with self._reading() as connection:
            return connection.execute(statement).all()

    def first(self, statement: Executable) -> Row[Any] | None:
        """The first row, or None."""
        with self._reading() as connection:
            return connection.execute(statement).first()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing: committed at exit, rolled back on an exception; inside another one, a savepoint of it."""
        current = self._current()
        try:
            if current is not None:
                with current.connection.begin_nested():
                    yield current.connection
                return
            with self._database.writing(self.tenant) as connection:
                token = _open.set(_Open(self, connection, threading.get_ident()))
                try:
                    yield connection
                finally:
                    _open.reset(token)
        except BaseException:
            for forget in self._after_rollback:
                forget()
            raise

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """For one statement: the open transaction as it is, since a savepoint around one statement guards nothing."""
        current = self._current()
        if current is not None:
            yield current.connection
            return
        with self.transaction() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        current = self._current()
        if current is not None:
            yield current.connection
            return
        with self._database.reading() as connection:
            yield connection

    def _current(self) -> _Open | None:
        current = _open.get()
        if current is None or current.rows is not self:
            return None
        if current.thread != threading.get_ident():
            # asyncio.to_thread takes the context along; a connection is not to be used from two threads.
            raise RuntimeError("a batch belongs to the thread that opened it")
        return current


def chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids, each once, in pieces that fit an IN list."""
    distinct = list(dict.fromkeys(ids))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]
