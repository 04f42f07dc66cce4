"""A database of any earlier version is brought up to date with every row in it (ALL-10)."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from core.cursors import Cursor
from core.records import Registry, Side
from core.transfers import Stage, TransferState
from state.costs import CostState
from state.schema import REVISION, installation
from state.store import Store, TenantState
from tests.support.revisions import made_at, revisions
from tests.support.tables import all_tables

AT = datetime(2026, 3, 2, 8, 30, 0, 123456, tzinfo=UTC)
TENANTS = ("fjord", "berg")
JSON = '{"name":"Ærø \\"1\\""}'
VALUES: dict[str, Any] = {
    "registry": "customers",
    "state": "pending",
    "costs.state": "done",
    "issues.state": "open",
    "leases.host": "elsewhere",
    "tokens.salt": "00ff",
    "tokens.sealed": "gAAAA",
    "cursors.value": AT,
    "stage": "none",
    "severa_total": "1250.10",
    "erp_total": "1250.10",
    "error_class": "bad data",
    "details": JSON,
    "severa_state": JSON,
    "erp_state": JSON,
    "drift": "{}",
    "value": JSON,
    "counts": "{}",
    "sent": "{}",
    "changes": "{}",
    "before": None,
    "after": "pending",
    "holder_id": "9d1f",
    "holder": "9d1f",
}
"""What stands in columns whose values have a meaning; the others are filled by their types."""


def filled_at(url: str, revision: str) -> sa.Engine:
    """A database as the version of that revision left it, with three rows of two tenants in every table."""
    made_at(url, revision).dispose()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for table in tables(connection).sorted_tables:
            rows = [row(table, tenant, number) for tenant in TENANTS for number in (1, 2, 3)]
            connection.execute(table.insert(), rows)
    return engine


def tables(connection: sa.Connection) -> sa.MetaData:
    """The tables as the database has them."""
    found = sa.MetaData()
    found.reflect(connection)
    found.remove(found.tables["alembic_version"])
    return found


def row(table: sa.Table, tenant: str, number: int) -> dict[str, Any]:
    """A row with a value in every column; keys differ by number."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name == "tenant":
            values[column.name] = tenant
        elif column.name == "id" and isinstance(column.type, sa.Integer):
            continue  # the database counts them
        elif (known := VALUES.get(f"{table.name}.{column.name}")) is not None:
            values[column.name] = known
        elif column.name in VALUES and not (column.primary_key and column.name != "registry"):
            values[column.name] = VALUES[column.name]
        elif isinstance(column.type, sa.DateTime):
            values[column.name] = AT
        elif isinstance(column.type, sa.Integer):
            values[column.name] = number
        else:
            values[column.name] = f"{column.name} {number}"
    if table.name == "leases":
        values["tenant"] = f"{tenant} {number}"
    if table.name in installation.tables:
        values["key"] = f"{tenant} {number}"
    return values


def held(engine: sa.Engine, columns: dict[str, list[str]] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, or of these columns of these tables."""
    with engine.connect() as connection:
        found = tables(connection)
        return {
            name: sorted(
                (tuple(each) for each in connection.execute(sa.select(*(found.tables[name].c[c] for c in wanted)))),
                key=str,
            )
            for name, wanted in (columns or columns_of(engine)).items()
        }


def columns_of(engine: sa.Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return {table.name: [column.name for column in table.columns] for table in tables(connection).sorted_tables}


@pytest.fixture(params=revisions()[:-1])
def older(request: pytest.FixtureRequest, url: str) -> Iterator[sa.Engine]:
    """A filled database of each earlier revision."""
    engine = filled_at(url, request.param)
    yield engine
    engine.dispose()


def test_no_row_and_no_value_is_lost_on_the_way(older: sa.Engine, url: str) -> None:
    columns, before = columns_of(older), held(older)
    assert all(len(rows) == 3 * len(TENANTS) for rows in before.values())
    Store.open(url).close()
    assert held(older, columns) == before
    with older.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == REVISION
        assert compare_metadata(context, all_tables()) == []


def test_what_was_written_before_is_read_after(older: sa.Engine, url: str) -> None:
    """Every repository understands the rows of the older version, and goes on with them."""
    store = Store.open(url)
    found = store.tenant("fjord")
    assert set(TENANTS) <= set(store.tenants())
    read_all(found)
    found.transfers.step("severa_id 1", TransferState.CREATING, expect=TransferState.PENDING)
    found.cursors.set("name 1", AT, full=True)
    found.issues.resolve("scope 1", ["record 1"])
    store.close()


def read_all(found: TenantState) -> None:
    """The rows of one tenant through its repositories."""
    (link,) = found.links.by_id(Registry.CUSTOMERS, Side.SEVERA, ["severa_id 1"]).values()
    assert (link.erp_id, link.severa_state) == ("erp_id 1", {"name": 'Ærø "1"'})
    transfer = found.transfers.get("severa_id 2")
    assert transfer is not None
    assert (transfer.severa_total, transfer.stage) == (Decimal("1250.10"), Stage.NONE)
    assert len(found.transfers.history("severa_id 2")) == 1
    cursor = found.cursors.get("name 3")
    assert isinstance(cursor, Cursor)
    assert (cursor.value, cursor.full_at) == (AT, AT)
    assert {issue.record for issue in found.issues.open()} == {"record 1", "record 2", "record 3"}
    assert found.remembered.known(Registry.CUSTOMERS, ["severa_id 1", "x"]) == {"severa_id 1"}
    assert len(found.runs.recent(9)) == 3
    assert found.tokens.get("system 1", secret="of another credential") is None


def test_imported_costs_stay_imported(url: str) -> None:
    """ALL-08: else they would come twice after an update."""
    engine = filled_at(url, "0001")
    engine.dispose()
    store = Store.open(url)
    cost = store.tenant("fjord").costs.get("key 1")
    assert cost is not None
    assert (cost.state, cost.severa_id, cost.fingerprint) == (CostState.DONE, "severa_id 1", "fingerprint 1")
    store.close()


def test_what_was_transferred_before_has_no_payment_reference_and_gets_one(url: str) -> None:
    """ALL-06: revision 0006 came with Visma.net, whose references are written to Severa."""
    filled_at(url, "0005").dispose()
    store = Store.open(url)
    ledger = store.tenant("fjord").transfers
    assert [row.erp_reference for row in ledger.all()] == [None] * 3
    ledger.step("severa_id 1", TransferState.PENDING, expect=TransferState.PENDING, erp_reference="10047202600017")
    store.close()
    again = Store.open(url)
    found = again.tenant("fjord").transfers.many(["severa_id 1", "severa_id 2"])
    assert {key: row.erp_reference for key, row in found.items()} == {
        "severa_id 1": "10047202600017",
        "severa_id 2": None,
    }
    again.close()


def test_several_may_open_an_older_database_at_once(url: str) -> None:
    engine = filled_at(url, "0001")
    columns, before = columns_of(engine), held(engine)
    together, failures = threading.Barrier(4), []

    def open_it() -> None:
        try:
            together.wait()
            Store.open(url).close()
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert held(engine, columns) == before
    engine.dispose()


def test_a_migration_that_fails_leaves_the_database_as_it_was(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it is one transaction, on either database."""
    engine = filled_at(url, "0001")
    before = held(engine)
    monkeypatch.setattr("state.migrate.REVISION", "0099")
    with pytest.raises(Exception, match="0099"):
        Store.open(url)
    monkeypatch.undo()
    assert held(engine) == before
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE renewals (x INTEGER)"))
    with pytest.raises(Exception, match="renewals"):
        Store.open(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE renewals"))
    assert held(engine) == before
    Store.open(url).close()
    engine.dispose()


def test_a_copy_taken_while_somebody_writes_is_whole(tmp_path: Path) -> None:
    """docs/operating.md: SQLite's own backup reads one moment, what stands in its log included."""
    file, copy = tmp_path / "state.db", tmp_path / "copy.db"
    store = Store.open(f"sqlite:///{file}")
    found = store.tenant("fjord")
    go_on = threading.Event()

    def write() -> None:
        number = 0
        while not go_on.is_set():
            number += 1
            with found.batch():
                found.remembered.add(Registry.CUSTOMERS, {f"a{number}": "invoice"})
                found.remembered.add(Registry.PROJECTS, {f"a{number}": "invoice"})

    writer = threading.Thread(target=write)
    writer.start()
    with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(copy)) as kept:
        live.backup(kept, pages=1, sleep=0.001)
    go_on.set()
    writer.join()
    store.close()
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        counted = dict(kept.execute("SELECT registry, count(*) FROM remembered GROUP BY registry").fetchall())
    assert counted.get("customers", 0) == counted.get("projects", 0)
    restored = Store.open(f"sqlite:///{copy}")
    restored.tenant("fjord").remembered.add(Registry.CUSTOMERS, {"after": "invoice"})
    restored.close()
