"""Opening a database: made, migrated, shared by several processes, or refused in words (ALL-10)."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import state
from core.errors import ConfigurationError
from core.records import Registry
from state.engine import parse_url
from state.schema import REVISION
from state.store import Store
from tests.support.tables import all_tables


def test_the_migrations_make_the_tables_that_the_code_works_with(url: str) -> None:
    Store.open(url).close()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, all_tables()) == []
        assert context.get_current_revision() == REVISION
    engine.dispose()


def test_the_last_migration_is_the_one_that_the_code_names() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(state.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_several_may_open_a_new_database_at_once(url: str) -> None:
    together = threading.Barrier(4)
    failures: list[BaseException] = []

    def open_and_write(name: str) -> None:
        try:
            together.wait()
            store = Store.open(url)
            store.tenant(name).remembered.add(Registry.CUSTOMERS, {"s1": "invoice"})
            store.close()
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=open_and_write, args=(f"tenant {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    store = Store.open(url)
    assert store.tenants() == [f"tenant {number}" for number in range(4)]
    store.close()


def test_a_sqlite_file_is_made_for_its_owner_only_and_keeps_its_promises(sqlite_url: str, tmp_path: Path) -> None:
    store = Store.open(sqlite_url)
    assert (tmp_path / "home" / "state.db").stat().st_mode & 0o777 == 0o600
    with store._database.engine.connect() as connection:  # type: ignore[union-attr]
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    store.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 100_000, "foreign_keys": 1}


def test_a_newer_database_is_not_touched(url: str) -> None:
    Store.open(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for read_only in (False, True):
        with pytest.raises(ConfigurationError, match="revision 9999"):
            Store.open(url, read_only=read_only)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("not a url", "not a database URL"),
        ("sqlite:////proc/nowhere/state.db", "/proc/nowhere/state.db cannot be opened"),
        ("oracle+nothing://host/name", "no driver for oracle"),
        ("postgresql://someone:hunter2@/db?host=/nonexistent", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        Store.open(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.todo


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    file.write_text("this is a letter, not a database\n" * 100)
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        Store.open(f"sqlite:///{file}")
    assert file.read_text().startswith("this is a letter")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql+asyncpg://u:p@h/d", "postgresql+psycopg"),
        ("postgresql://u:p@h/d", "postgresql+psycopg"),
        ("sqlite+aiosqlite:///x.db", "sqlite"),
        ("mysql+pymysql://u:p@h/d", "mysql+pymysql"),
    ],
)
def test_drivers_of_other_tools_are_replaced_by_the_synchronous_one(given: str, used: str) -> None:
    assert parse_url(given).drivername == used


def test_tenants_are_those_that_have_any_row(store: Store) -> None:
    assert store.tenants() == []
    store.tenant("empty")
    store.tenant("fjord").runs.start("cycle", "run")
    store.tenant("berg").remembered.add(Registry.CUSTOMERS, {"s1": "invoice"})
    assert store.tenants() == ["berg", "fjord"]
    with pytest.raises(ValueError, match="has a name"):
        store.tenant(" ")


def test_importing_the_state_brings_neither_prefect_nor_pandas() -> None:
    code = (
        "import sys, state.store\n"
        "print(sorted({'prefect', 'pandas', 'great_expectations', 'alembic', 'httpx'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout == "[]\n"
