"""Nothing of one tenant is read or written through another (law 8): every method of every repository is walked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.errors import ErrorClass
from core.issues import Issue
from core.links import Link
from core.records import Registry, Side
from core.transfers import Stage, Transfer, TransferState
from state.audit import AuditEntry
from state.leases import Lease
from state.processes import Holder
from state.schema import metadata
from state.store import Store, TenantState
from state.tokens import StoredToken
from state.transfers import Move

C = Registry.CUSTOMERS
T = TransferState
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOLDER = Holder.this_process("cycle")
LEASE = Lease(HOLDER, AT, timedelta(seconds=60))
LINK = Link(registry=C, severa_id="s1", erp_id="e1", key="1")
ISSUE = Issue(
    scope="customers", record="severa:s1", label="x", cause="y", error_class=ErrorClass.BAD_DATA, what="z", needs="n"
)
ENTRY = AuditEntry(
    at=AT,
    run="r1",
    system="severa",
    method="PATCH",
    template="/v1/customers/{guid}",
    path="/v1/customers/s1",
    outcome="done",
)
TOKEN = StoredToken("token", AT)
TRANSFER = Transfer(severa_id="i1", reference="i1")

READS: dict[tuple[str, str], Callable[[TenantState], Any]] = {
    ("links", "by_id"): lambda s: s.links.by_id(C, Side.SEVERA, ["s1", "s2"]),
    ("links", "other_id"): lambda s: s.links.other_id(C, Side.SEVERA, "s1"),
    ("links", "other_ids"): lambda s: s.links.other_ids(C, Side.ERP, ["e1", "e2"]),
    ("links", "linked"): lambda s: s.links.linked(C, Side.ERP, ["e1", "e2"]),
    ("links", "all"): lambda s: list(s.links.all(C)),
    ("links", "linked_since"): lambda s: s.links.linked_since(C, AT - timedelta(days=3650)),
    ("links", "count"): lambda s: s.links.count(),
    ("cursors", "get"): lambda s: s.cursors.get("a"),
    ("transfers", "get"): lambda s: s.transfers.get("i1"),
    ("transfers", "many"): lambda s: s.transfers.many(["i1", "i2"]),
    ("transfers", "by_erp_ids"): lambda s: s.transfers.by_erp_ids(["e1", "e2"]),
    ("transfers", "open"): lambda s: s.transfers.open(),
    ("transfers", "in_states"): lambda s: s.transfers.in_states(list(T), Stage.NONE),
    ("transfers", "all"): lambda s: s.transfers.all(),
    ("transfers", "history"): lambda s: s.transfers.history("i1"),
    ("costs", "get"): lambda s: s.costs.get("k1"),
    ("costs", "many"): lambda s: s.costs.many(["k1", "k2", "k3"]),
    ("costs", "unsettled"): lambda s: s.costs.unsettled(),
    ("costs", "vouchers"): lambda s: s.costs.vouchers(),
    ("costs", "has_voucher"): lambda s: s.costs.has_voucher(["v1", "v2"]),
    ("issues", "open"): lambda s: s.issues.open(),
    ("issues", "all"): lambda s: s.issues.all(),
    ("issues", "count_open"): lambda s: s.issues.count_open(),
    ("issues", "needing"): lambda s: s.issues.needing(["n"]),
    ("issues", "waiting"): lambda s: s.issues.waiting("customers", list(ErrorClass)),
    ("issues", "standing"): lambda s: s.issues.standing("customers"),
    ("issues", "untold"): lambda s: s.issues.untold(),
    ("audit", "entries"): lambda s: s.audit.entries(),
    ("issues", "changed_since"): lambda s: any(s.issues.changed_since(AT).values()),
    ("remembered", "known"): lambda s: s.remembered.known(C, ["s1", "s2"]),
    ("tokens", "get"): lambda s: s.tokens.get("severa", secret="x"),
    ("runs", "last"): lambda s: s.runs.last(),
    ("runs", "recent"): lambda s: s.runs.recent(9),
    ("facts", "get"): lambda s: s.facts.get("statuses", max_age=timedelta(1)),
    ("lease", "current"): lambda s: s.lease.current(),
}


def intend_two(state: TenantState) -> None:
    """Intend a cost with a key that the other tenant has, and another."""
    state.costs.intend("k1", at=AT, details={})
    state.costs.intend("k2", at=AT, details={})


WRITES: dict[tuple[str, str], Callable[[TenantState], Any]] = {
    ("links", "save"): lambda s: s.links.save([LINK, Link(registry=C, severa_id="s2", erp_id="e2", key="2")]),
    ("links", "remove"): lambda s: s.links.remove(C, "s1"),
    ("cursors", "set"): lambda s: s.cursors.set("a", AT + timedelta(1), full=True),
    ("cursors", "clear"): lambda s: s.cursors.clear(),
    ("transfers", "add"): lambda s: s.transfers.add(TRANSFER),
    ("transfers", "step"): lambda s: s.transfers.step("i1", T.CREATING, expect=T.PENDING, attempts=5),
    ("transfers", "steps"): lambda s: s.transfers.steps([Move("i1", T.CREATED, T.CREATING, {"erp_id": "e9"})]),
    ("costs", "intend"): intend_two,
    ("costs", "forget_intent"): lambda s: s.costs.forget_intent("k2"),
    ("costs", "done"): lambda s: s.costs.done("k1", "other", "other"),
    ("costs", "drop"): lambda s: s.costs.drop("k1"),
    ("issues", "report"): lambda s: s.issues.report([ISSUE]),
    ("issues", "tell"): lambda s: s.issues.tell([ISSUE]),
    ("audit", "add"): lambda s: s.audit.add([ENTRY]),
    ("audit", "prune"): lambda s: s.audit.prune(AT + timedelta(1)),
    ("issues", "ignore"): lambda s: s.issues.ignore("customers", "severa:s1"),
    ("issues", "reopen"): lambda s: s.issues.reopen("customers", "severa:s1"),
    ("issues", "resolve"): lambda s: s.issues.resolve("customers", ["severa:s1"]),
    ("remembered", "add"): lambda s: s.remembered.add(C, {"s1": "other", "s2": "other"}),
    ("tokens", "put"): lambda s: s.tokens.put("severa", StoredToken("other", AT), secret="x"),
    ("tokens", "drop"): lambda s: s.tokens.drop("severa"),
    ("tokens", "claim"): lambda s: s.tokens.claim("severa", HOLDER),
    ("tokens", "release"): lambda s: s.tokens.release("severa", HOLDER),
    ("runs", "start"): lambda s: s.runs.start("job", "run"),
    ("runs", "finish"): lambda s: s.runs.finish(s.runs.start("job", "run"), "Failed", counts={}),
    ("facts", "put"): lambda s: s.facts.put("statuses", {"sent": "other"}),
    ("lease", "acquire"): lambda s: s.lease.acquire(HOLDER, 30),
    ("lease", "renew"): lambda s: s.lease.renew(LEASE),
    ("lease", "release"): lambda s: s.lease.release(LEASE),
}

FOREIGN: list[Callable[[TenantState], Any]] = [
    lambda s: s.links.remove(C, "s1"),
    lambda s: s.cursors.clear(),
    lambda s: s.costs.forget_intent("k1"),
    lambda s: s.issues.ignore("customers", "severa:s1"),
    lambda s: s.issues.resolve("customers", ["severa:s1"]),
    lambda s: s.issues.tell([ISSUE]),
    lambda s: s.audit.prune(AT + timedelta(1)),
    lambda s: s.tokens.drop("severa"),
    lambda s: s.tokens.release("severa", HOLDER),
    lambda s: s.lease.renew(LEASE),
    lambda s: s.lease.release(LEASE),
]
"""Writes that a tenant without any rows can ask for."""


@pytest.fixture
def filled(state: TenantState) -> TenantState:
    """A tenant that has rows for every read."""
    state.links.save([LINK])
    state.cursors.set("a", AT, full=True)
    state.transfers.add(TRANSFER)
    state.transfers.step("i1", T.CREATING, expect=T.PENDING, erp_id="e1")
    state.costs.intend("k1", at=AT, details={}, voucher_id="v1")
    state.costs.done("k1", "severa-cost", "print")
    state.costs.intend("k3", at=AT, details={}, voucher_id="v2")
    state.issues.report([ISSUE])
    state.audit.add([ENTRY])
    state.remembered.add(C, {"s1": "invoice"})
    state.tokens.put("severa", TOKEN, secret="x")
    assert state.tokens.claim("severa", HOLDER)
    state.runs.start("job", "run")
    state.facts.put("statuses", {"sent": "guid"})
    assert isinstance(state.lease.acquire(HOLDER, 60), Lease)
    return state


def seen(state: TenantState) -> dict[tuple[str, str], Any]:
    return {name: read(state) for name, read in READS.items()}


def rows_of(store: Store, tenant: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a tenant as it stands in the tables, whatever repository reads it."""
    assert store._database is not None
    with store._database.engine.connect() as connection:
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(sa.select(table).where(table.c.tenant == tenant))), key=str
            )
            for table in metadata.sorted_tables
        }


@contextmanager
def statements(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """The statements of a block that read or write rows, with their parameters."""
    said: list[tuple[str, Any]] = []

    def hear(*event: Any) -> None:
        statement, parameters = event[2], event[3]
        if any(re.search(rf"\b{table.name}\b", statement) for table in metadata.sorted_tables):
            said.append((statement, parameters))

    assert store._database is not None
    sa.event.listen(store._database.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        sa.event.remove(store._database.engine, "before_cursor_execute", hear)


def test_every_table_names_the_tenant() -> None:
    """Law 8."""
    assert [table.name for table in metadata.sorted_tables if "tenant" not in table.c] == []


def test_every_statement_names_the_tenant_that_asks(store: Store, filled: TenantState) -> None:
    """Law 8: not one statement of any method reads or changes rows without saying whose."""
    other = store.tenant("berg")
    for name, method in (READS | WRITES).items():
        with statements(store) as said:
            method(other)
        assert said, f"{name} said nothing"
        for statement, parameters in said:
            whose = r"^INSERT INTO \w+ \((\w+, )*tenant\b|\b\w*\.?tenant = "
            assert re.search(whose, statement), f"{name}: {statement}"
            assert "berg" in str(parameters), f"{name}: {statement} for {parameters}"
            assert "fjord" not in str(parameters), f"{name}: {statement} for {parameters}"


def test_every_method_of_every_repository_is_walked(state: TenantState) -> None:
    repositories = {name: type(part) for name, part in vars(state).items() if not name.startswith("_")}
    methods = {
        (repository, name)
        for repository, kind in repositories.items()
        if kind.__module__.startswith("state.")
        for name in dir(kind)
        if not name.startswith("_")
    }
    assert methods == READS.keys() | WRITES.keys()
    assert not READS.keys() & WRITES.keys()


def test_a_tenant_sees_nothing_of_another(store: Store, filled: TenantState) -> None:
    own = seen(filled)
    other = seen(store.tenant("berg"))
    for name, found in own.items():
        assert found, f"{name} must find something, or the comparison says nothing"
        assert not other[name], f"{name} shows another tenant's rows"


def test_a_tenant_without_rows_changes_nothing_of_another(store: Store, filled: TenantState) -> None:
    before, rows = seen(store.tenant("fjord")), rows_of(store, "fjord")
    empty = store.tenant("berg")
    for write in FOREIGN:
        write(empty)
    assert rows_of(store, "fjord") == rows
    assert seen(store.tenant("fjord")) == before
    assert seen(filled) == before


def test_a_tenant_with_the_same_ids_changes_nothing_of_another(store: Store, filled: TenantState) -> None:
    before, rows = seen(store.tenant("fjord")), rows_of(store, "fjord")
    assert all(rows.values()), f"no rows in {[name for name, found in rows.items() if not found]}"
    other = store.tenant("berg")
    for name, write in WRITES.items():
        write(other)
        assert rows_of(store, "fjord") == rows, f"{name} reached into another tenant"
        assert seen(store.tenant("fjord")) == before, f"{name} reached into another tenant"
    assert seen(filled) == before
