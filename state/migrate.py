"""Bringing a database's tables to the revision that this program works with."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from core.errors import ConfigurationError
from state.database import take_turn
from state.engine import WRITES
from state.schema import REVISION

_FOLDER = Path(__file__).parent / "migrations"
_alembic = threading.Lock()
"""Alembic keeps what it is doing in module globals: one migration at a time in a process."""


def revision_of(connection: Connection) -> str | None:
    """The revision that the database's tables are at; None when it has none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def check_revision(engine: Engine) -> bool:
    """Whether the tables can be read as they are; False for an empty database.

    Raises ConfigurationError for tables of another revision.
    """
    with engine.connect() as connection:
        found = revision_of(connection)
    if found not in {None, REVISION}:
        raise ConfigurationError(
            f"The state database is at revision {found}, this program works with {REVISION}.",
            todo="Run the job once without preview to bring it up to date, or update the program.",
        )
    return found is not None


def migrate(engine: Engine) -> None:
    """Bring the tables to `REVISION`, in one transaction. Of several processes one does it, the others wait for it."""
    with engine.connect() as connection:
        if revision_of(connection) == REVISION:
            return
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            take_turn(connection, "severa-sync migration")
        if revision_of(connection) != REVISION:
            with _alembic:
                _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    # Alembic takes a good part of a second to import, and is needed once in a database's life.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = revision_of(connection)
    if found is not None and found not in known:
        raise ConfigurationError(
            f"The state database was made by a newer version of this program (revision {found}, here {REVISION}).",
            todo="Update this program; a newer database cannot be used by an older one.",
        )
    command.upgrade(config, REVISION)
