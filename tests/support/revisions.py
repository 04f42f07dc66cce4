"""State databases as earlier versions of the program left them."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

import state
from state.engine import WRITES, open_engine, parse_url


def revisions() -> list[str]:
    """From the first to the last."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def made_at(url: str, revision: str) -> sa.Engine:
    """A database with the tables of that revision, and nothing in them."""
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite":
        Path(address.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = open_engine(parse_url(url))
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return engine


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(state.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
