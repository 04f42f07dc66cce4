"""A preview writes nothing, and goes on with what it would have written (law 2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.errors import ErrorClass
from core.issues import Issue
from core.links import Link
from core.records import Registry, Side
from core.transfers import Transfer, TransferState
from state.leases import Lease
from state.processes import Holder
from state.schema import metadata
from state.store import Store, TenantState
from state.tokens import StoredToken

C = Registry.CUSTOMERS
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ISSUE = Issue(scope="customers", record="severa:s1", label="x", cause="y", error_class=ErrorClass.BAD_DATA, what="z")


def fill(state: TenantState, prefix: str) -> None:
    """Write with every repository."""
    state.links.save([Link(registry=C, severa_id=f"{prefix}1", erp_id=f"{prefix}2", key="1", severa_state={"n": "Å"})])
    state.cursors.set(f"{prefix}.customers", AT, full=True)
    state.transfers.add(Transfer(severa_id=f"{prefix}i", reference="r", severa_total=Decimal("1.10")))
    state.transfers.step(f"{prefix}i", TransferState.CREATING, expect=TransferState.PENDING, attempt_at=AT)
    state.costs.intend(f"{prefix}c", at=AT, details={"a": 1}, voucher_id="v")
    state.issues.report([ISSUE])
    state.facts.put("statuses", {"of": prefix})
    state.remembered.add(C, {f"{prefix}1": "invoice"})
    state.tokens.put("severa", StoredToken(f"{prefix} token", AT), secret="s")
    state.runs.finish(state.runs.start(f"{prefix} job", "run"), "Completed", counts={"read": 1})


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with store._database.reading() as connection:  # type: ignore[union-attr]
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }


def test_a_preview_begins_with_the_real_state_and_finds_its_own_writes(store: Store, state: TenantState) -> None:
    fill(state, "real")
    fill(store.tenant("berg"), "other")
    preview = store.tenant("fjord", preview=True)
    assert preview.preview
    assert not state.preview
    assert list(preview.links.all(C)) == list(state.links.all(C))
    assert preview.transfers.all() == state.transfers.all()
    assert preview.transfers.history("reali") == state.transfers.history("reali")
    assert preview.costs.unsettled() == state.costs.unsettled()
    assert preview.issues.all() == state.issues.all()
    assert preview.tokens.get("severa", secret="s") == state.tokens.get("severa", secret="s")
    assert preview.runs.recent(9) == state.runs.recent(9)
    fill(preview, "dream")
    assert preview.links.other_id(C, Side.SEVERA, "dream1") == "dream2"
    assert preview.links.by_id(C, Side.ERP, ["dream2"]).keys() == {"dream2"}
    assert [row.state for row in preview.transfers.all()] == [TransferState.CREATING, TransferState.CREATING]


def test_a_preview_leaves_every_row_as_it_was(store: Store, state: TenantState) -> None:
    fill(state, "real")
    before = contents(store)
    preview = store.tenant("fjord", preview=True)
    fill(preview, "dream")
    preview.links.remove(C, "real1")
    preview.cursors.clear()
    preview.issues.ignore("customers", "severa:s1")
    assert contents(store) == before


def test_a_batch_of_a_preview_is_taken_back_too(store: Store) -> None:
    preview = store.tenant("fjord", preview=True)

    def write_and_fail() -> None:
        with preview.batch():
            preview.cursors.set("x", AT, full=True)
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    assert preview.cursors.get("x") is None


def test_a_preview_runs_beside_the_holder_of_the_lease(store: Store, state: TenantState) -> None:
    assert isinstance(state.lease.acquire(Holder.this_process("cycle"), 60), Lease)
    preview = store.tenant("fjord", preview=True)
    assert isinstance(preview.lease.acquire(Holder.this_process("preview"), 60), Lease)
    held = state.lease.current()
    assert held is not None
    assert held.holder.what == "cycle"


def test_a_preview_runs_while_somebody_writes(store: Store, state: TenantState) -> None:
    """The copy takes no lock: an open batch does not keep it waiting, and it does not see what is not committed."""
    fill(state, "real")
    with store._database.writing("fjord"):  # type: ignore[union-attr]
        preview = store.tenant("fjord", preview=True)
        fill(preview, "dream")
    assert preview.links.count() == 2


def test_a_store_that_is_only_read_makes_no_file(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'home' / 'state.db'}", read_only=True)
    preview = store.tenant("fjord", preview=True)
    fill(preview, "dream")
    assert preview.links.count() == 1
    assert store.tenants() == []
    store.close()
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_only_read_leaves_the_file_byte_for_byte(sqlite_url: str, tmp_path: Path) -> None:
    real = Store.open(sqlite_url)
    fill(real.tenant("fjord"), "real")
    real.close()
    file = tmp_path / "home" / "state.db"
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    store = Store.open(sqlite_url, read_only=True)
    preview = store.tenant("fjord", preview=True)
    fill(preview, "dream")
    assert store.tenants() == ["fjord"]
    assert preview.links.count() == 2
    with pytest.raises(RuntimeError, match="previews only"):
        store.tenant("fjord")
    store.close()
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


def test_a_store_that_is_only_read_migrates_nothing(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir()
        Path(url.removeprefix("sqlite:///")).touch()
    store = Store.open(url, read_only=True)
    fill(store.tenant("fjord", preview=True), "dream")
    store.close()
    engine = sa.create_engine(url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_store_that_is_only_read_works_beside_a_writer(url: str, clock: Callable[[], datetime]) -> None:
    writer = Store.open(url, clock=clock)
    state = writer.tenant("fjord")
    fill(state, "real")
    reader = Store.open(url, read_only=True)
    assert reader.tenant("fjord", preview=True).links.count() == 1
    fill(state, "more")
    assert reader.tenant("fjord", preview=True).links.count() == 2
    reader.close()
    writer.close()
