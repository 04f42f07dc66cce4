"""One database: its engine, its migration, and how its writers take turns."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from state.engine import WRITES, is_serial


class Database:
    """Gives out connections: for reading any number at once, for writing one at a time in this process.

    Writers of other processes wait for each other too: on SQLite by its file lock, on PostgreSQL by an advisory
    lock per tenant that lives as long as the transaction.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._turn = threading.RLock()
        self._writing = False
        self._serial = is_serial(engine)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees what is committed; closed at exit."""
        if not self._serial:
            with self.engine.connect() as connection:
                yield connection
            return
        with self._turn:
            self._check_free()
            with self.engine.connect() as connection:
                yield connection

    @contextmanager
    def writing(self, tenant: str) -> Iterator[Connection]:
        """A transaction that writes a tenant's rows: committed at exit, rolled back on an exception."""
        with self._turn:
            self._check_free()
            self._writing = True
            try:
                with self.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
                    if self.engine.dialect.name == "postgresql":
                        take_turn(connection, f"severa-sync {tenant}")
                    yield connection
            finally:
                self._writing = False

    @contextmanager
    def appending(self) -> Iterator[Connection]:
        """A transaction that only adds rows which nobody reads meanwhile: it needs no turn among other processes.

        On SQLite, where one writes at a time whatever he writes, it waits like every other.
        """
        with self._turn:
            self._check_free()
            with self.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
                yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _check_free(self) -> None:
        # The lock lets its own thread in again; a second transaction there would wait for the first for ever.
        if self._writing:
            raise RuntimeError(
                "a batch is open in this thread: it must not be held across an await or another tenant's write"
            )


def take_turn(connection: Connection, name: str) -> None:
    """Wait until no other PostgreSQL transaction holds the lock of this name; let go with the transaction."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": zlib.crc32(name.encode())})
