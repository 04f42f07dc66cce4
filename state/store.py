"""The store: one database for all tenants, opened for one tenant at a time (law 8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from core.errors import ConfigurationError
from state.audit import Audit
from state.budgets import SharedBudget
from state.costs import Costs
from state.cursors import Cursors
from state.database import Database
from state.engine import open_engine, parse_url, sqlite_file
from state.facts import Facts
from state.issues import Issues
from state.leases import Leases
from state.links import Links
from state.migrate import check_revision, migrate
from state.preview import copy_of_tenant
from state.remembered import Remembered
from state.rows import Clock, TenantRows, utc_now
from state.runs import Runs
from state.schema import metadata
from state.tokens import Tokens
from state.transfers import Transfers


class TenantState:
    """The state of one tenant; nothing of another tenant can be read or written through it.

    A writing method commits before it returns, unless a `batch` is open. It may be used from one event loop and its
    `asyncio.to_thread` threads. In a preview the writes go to a copy that lives as long as this object.
    """

    def __init__(self, database: Database, name: str, *, preview: bool, clock: Clock) -> None:
        self.name = name
        self.preview = preview
        self._database = database
        self._clock = clock
        self._rows = TenantRows(database, name, clock)
        self.links = Links(self._rows)
        self.cursors = Cursors(self._rows)
        self.transfers = Transfers(self._rows)
        self.costs = Costs(self._rows)
        self.issues = Issues(self._rows)
        self.audit = Audit(self._rows)
        self.facts = Facts(self._rows)
        self.remembered = Remembered(self._rows)
        self.tokens = Tokens(self._rows)
        self.runs = Runs(self._rows)
        self.lease = Leases(self._rows)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """One transaction: committed at exit, rolled back on an exception; one inside another is a part of it.

        A batch belongs to the thread that opened it and must not be held across an `await` or a vendor's call: other
        writers wait for it.
        """
        with self._rows.transaction():
            yield

    def budget(self, key: str, per_second: float) -> SharedBudget | None:
        """This run's part in a limit that a vendor counts over several tenants; `key` is the same for all of them.

        None in a preview: it writes nothing, not even which calls it takes.
        """
        return None if self.preview else SharedBudget(self._database, key, per_second, clock=self._clock)


class Store:
    """The database with the state of all tenants."""

    def __init__(self, database: Database | None, clock: Clock, *, read_only: bool) -> None:
        self._database = database
        self._clock = clock
        self._read_only = read_only
        self._previews: list[Database] = []

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, clock: Clock = utc_now) -> Store:
        """Open a database by its SQLAlchemy URL and bring its tables up to date; several processes may do so at once.

        Makes a SQLite file and its folder. With `read_only` nothing is made or migrated and only previews can be
        opened; a database that is not there yet is then an empty one. Raises ConfigurationError when the database
        cannot be reached or used.
        """
        address = parse_url(url)
        file = sqlite_file(address)
        if read_only and file is not None and not file.exists():
            return cls(None, clock, read_only=True)
        engine = open_engine(address, read_only=read_only)
        try:
            if not read_only:
                migrate(engine)
            elif not check_revision(engine):
                engine.dispose()
                return cls(None, clock, read_only=True)
        except DBAPIError as error:
            engine.dispose()
            raise ConfigurationError(
                f"The state database {address.render_as_string(hide_password=True)} cannot be opened.",
                why=str(error.orig).strip(),
                todo="Check that it runs and is meant, and its address, user and password.",
            ) from error
        except BaseException:
            engine.dispose()
            raise
        return cls(Database(engine), clock, read_only=read_only)

    def tenant(self, name: str, *, preview: bool = False) -> TenantState:
        """The state of a tenant; it need not have any rows yet."""
        if not name.strip():
            raise ValueError("a tenant has a name")
        if preview:
            copy = copy_of_tenant(self._database.engine if self._database else None, name)
            self._previews.append(copy)
            return TenantState(copy, name, preview=True, clock=self._clock)
        if self._database is None or self._read_only:
            raise RuntimeError("a store that was opened to be read gives out previews only")
        return TenantState(self._database, name, preview=False, clock=self._clock)

    def tenants(self) -> list[str]:
        """The names of the tenants that have any row, in order."""
        if self._database is None:
            return []
        names = sa.union(*(sa.select(table.c.tenant) for table in metadata.sorted_tables))
        with self._database.reading() as connection:
            return sorted(connection.execute(names).scalars())

    def close(self) -> None:
        """Close the database and every preview of it."""
        for database in (self._database, *self._previews):
            if database is not None:
                database.close()
        self._previews.clear()
