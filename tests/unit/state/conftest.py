"""Stores on SQLite and on a real PostgreSQL server, which is started where one is installed."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from state.schema import installation, metadata
from state.store import Store, TenantState
from tests.support.postgresql import create_database, postgresql_server


class SettableClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> datetime:
        """Go on by a timedelta's arguments; the time then."""
        self.at += timedelta(**delta)
        return self.at


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, with `{}` for the database's name."""
    with postgresql_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_with_tables(postgresql: str) -> str:
    """The URL of a database with the tables in it, to be emptied: making one takes longer than a test."""
    create_database(postgresql, "ready")
    url = postgresql.format("ready")
    Store.open(url).close()
    return url


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the tables in it, to be copied."""
    file = tmp_path_factory.mktemp("ready") / "state.db"
    Store.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a file that is not there yet, in a folder that is not there yet."""
    return f"sqlite:///{tmp_path / 'home' / 'state.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    """The URL of an empty database, of either kind."""
    if request.param == "sqlite":
        return sqlite_url
    server: str = request.getfixturevalue("postgresql")
    name = f"t{uuid.uuid4().hex}"
    create_database(server, name)
    return server.format(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: SettableClock) -> Iterator[Store]:
    """An empty store of either kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_with_tables"), tmp_path / "store.db")
        url = f"sqlite:///{tmp_path / 'store.db'}"
    else:
        url = request.getfixturevalue("postgresql_with_tables")
        engine = create_engine(url)
        with engine.begin() as connection:
            for table in (*reversed(metadata.sorted_tables), *installation.sorted_tables):
                connection.execute(table.delete())
        engine.dispose()
    opened = Store.open(url, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def state(store: Store) -> TenantState:
    """The state of a tenant without rows."""
    return store.tenant("fjord")
