"""Engines: one per database, with the settings under which SQLite keeps its promises."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from core.errors import ConfigurationError

BUSY_SECONDS = 100
"""How long a writer waits for another process that is writing to the same SQLite file."""

WRITES = "state_writes"
"""Execution option of connections that are going to write: SQLite then takes the write lock at once."""

_SYNCHRONOUS = {
    "sqlite+aiosqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+asyncpg": "postgresql+psycopg",
}
"""Drivers that people copy from elsewhere -> the one that is used here."""


def parse_url(text: str) -> URL:
    """The URL with a synchronous driver; ConfigurationError when it is not one."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ConfigurationError(
            "The state database's URL is not a database URL.",
            todo="Give one like sqlite:////srv/severa-sync/state.db or postgresql://user:password@host/name.",
        ) from error
    return url.set(drivername=_SYNCHRONOUS.get(url.drivername, url.drivername))


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite URL; None for another database or one in memory."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def open_engine(url: URL, *, read_only: bool = False) -> Engine:
    """An engine for a database that stays. Creates a SQLite file and its folder, for its owner's eyes only."""
    if url.get_backend_name() == "sqlite":
        file = sqlite_file(url)
        if file is None:
            return _sqlite_in_memory(":memory:")
        return _sqlite_reader(file) if read_only else _sqlite_writer(url, file)
    try:
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise ConfigurationError(
            f"There is no driver for {url.drivername} databases here: {error}.",
            todo="Use SQLite or PostgreSQL, or install the driver that the URL names.",
        ) from error


def open_scratch() -> Engine:
    """A private SQLite database that nobody else sees and that is gone when it is closed.

    It spills to an unlinked temporary file when it grows, so that its size does not count as memory.
    """
    return _sqlite_in_memory("")


def is_serial(engine: Engine) -> bool:
    """Whether all threads share one connection and must take turns."""
    return isinstance(engine.pool, StaticPool)


def _sqlite_in_memory(name: str) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(name, check_same_thread=False),
        poolclass=StaticPool,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _no_implicit_transactions)
    event.listen(engine, "begin", _begin)
    return engine


def _sqlite_reader(file: Path) -> Engine:
    uri = f"{file.absolute().as_uri()}?mode=ro"
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False),
        poolclass=StaticPool,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _no_implicit_transactions)
    event.listen(engine, "begin", _begin)
    return engine


def _sqlite_writer(url: URL, file: Path) -> Engine:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise ConfigurationError(
            f"The state database {file} cannot be opened: {error.strerror}.",
            todo="Give a folder that this user may write to, or mend its rights.",
        ) from error
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _no_implicit_transactions)
    event.listen(engine, "connect", _durable)
    event.listen(engine, "begin", _begin)
    return engine


def _no_implicit_transactions(connection: Any, _record: Any) -> None:
    """Python's driver begins late and never before DDL; here BEGIN is said by `_begin`."""
    connection.isolation_level = None


def _durable(connection: Any, _record: Any) -> None:
    """A committed row survives a power cut; readers do not wait for the writer."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        # The switch to WAL does not wait for its lock by itself: several processes may open a new file at once.
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    """Writers take SQLite's lock when they begin: one that turns writer later fails when another was quicker."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
