"""Cursors: no change is missed, whatever the clocks say and whenever it happens (law 5); the echo of a run (law 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.transfers import Stage, TransferState
from state.schema import cursors
from tests.support.company import STATUSES, Company, found_company
from tests.support.registry_scene import Registrar, Scene
from tests.support.sandbox import Moment, Row, serving
from tests.support.scenes import assert_transferred, fees, post_costs
from tests.support.thorough import thorough

HOUR = 3600
ECHO = 25
"""Writes to a registry from which on a run hears its own echo."""
QUIET_CALLS = 25
NEW = count(1)
CUSTOMERS = "/poweroffice/v2/Customers"


@pytest.fixture
def scene(tmp_path: Path, prefect_api: str) -> Iterator[Scene]:
    """Systems and a tenant of the test's own: it turns their clock."""
    with serving(tmp_path, seed=5) as sandbox:
        registrar = Registrar(sandbox)
        yield Scene(found_company(tmp_path / "company", sandbox), registrar)
        registrar.close()


def act(scene: Scene, system: str, action: str, **given: Any) -> Any:
    """What a person does, from within a request that is being answered: the control API would wait for its end."""
    return scene.sandbox.systems[system].actions[action](given)


def customers(scene: Scene) -> list[tuple[Row, Row]]:
    """Those that stand in both systems with the same number: as in Severa and as in PowerOffice."""
    ours = {row["ExternalImportReference"]: row for row in scene.sandbox.objects("poweroffice", "Customers")}
    rows = scene.sandbox.objects("severa", "customers")
    return [(row, ours[row["guid"]]) for row in rows if row["guid"] in ours]


def rename(scene: Scene, row: Row) -> str:
    """A person renames a customer in Severa."""
    name = f"Nytt navn {next(NEW)} AS"
    scene.sandbox.act("severa", "edit_customer", guid=row["guid"], members={"name": name})
    return name


def person_in_poweroffice(scene: Scene) -> str:
    """A person makes a customer in PowerOffice; its name."""
    name = f"Kunde i Go {next(NEW)} AS"
    scene.sandbox.act("poweroffice", "create_customer", Name=name)
    return name


def in_severa(scene: Scene, name: str) -> list[Row]:
    return scene.all_severa("customers", "name", name)


# ---------------------------------------------------------------- the echo


def many_customers(scene: Scene) -> None:
    """More than a run writes without hearing its echo, on either side."""
    for _ in range(ECHO + 5):
        scene.customer()
    for _ in range(ECHO + 5):
        person_in_poweroffice(scene)


def test_the_cycle_after_a_large_one_is_a_quiet_one(scene: Scene) -> None:
    """Law 7: what the first cycle wrote itself does not come back in the second."""
    many_customers(scene)
    scene.company.good()
    mark = scene.sandbox.mark()
    scene.company.good()
    asked = scene.sandbox.exchanges(mark)
    assert scene.sandbox.writes(mark) == []
    calls = "\n".join(f"{one['method']} {one['path']} {one['query']}" for one in asked)
    assert len(asked) <= QUIET_CALLS, calls


@pytest.mark.parametrize("side", ["severa", "poweroffice"])
def test_a_change_between_apply_and_echo_goes_over_in_the_next_cycle(scene: Scene, side: str) -> None:
    """Law 5: the echo holds something that is not ours, or was read before it: the next read brings it."""
    many_customers(scene)
    mine = scene.customer()
    done: list[str] = []
    reads = 0

    def watch(moment: Moment) -> bool:
        nonlocal reads
        if moment == ("before", "GET", CUSTOMERS):
            reads += 1
            if reads == 2:  # the first one was the read, the second one listens to the echo
                if side == "severa":
                    act(scene, "severa", "edit_customer", guid=mine["guid"], members={"name": "Endret underveis AS"})
                else:
                    act(scene, "poweroffice", "create_customer", Name="Laget underveis AS")
                done.append(side)
        return False

    scene.sandbox.tap.watch = watch
    scene.company.good("registry_sync")
    scene.sandbox.tap.watch = None
    assert done, "no echo was heard"
    scene.company.good("registry_sync")
    if side == "severa":
        assert scene.erp("Customers", "Number", mine["number"])["Name"] == "Endret underveis AS"
    else:
        assert len(in_severa(scene, "Laget underveis AS")) == 1
    mark = scene.sandbox.mark()
    scene.company.good("registry_sync")
    assert scene.sandbox.writes(mark) == []


# ---------------------------------------------------------------- clocks


@pytest.mark.thorough
@pytest.mark.parametrize(
    "later", [10 * 60, *thorough([5 * HOUR])], ids=["soon", "when the clock has passed the cursor again"]
)
def test_a_clock_that_ran_ahead_and_was_put_right_hides_no_change(scene: Scene, later: int) -> None:
    """Cursors in the future: of every registry, of invoices' states and of costs."""
    company = scene.company
    scene.sandbox.advance(4 * HOUR)
    company.good()
    pending = company.bill()
    company.good()
    scene.sandbox.set_back(4 * HOUR)
    (renamed, _), *_ = customers(scene)
    name, theirs = rename(scene, renamed), person_in_poweroffice(scene)
    new = scene.customer()
    number = scene.sandbox.act("poweroffice", "send_invoice", reference=pending)["sent"][0]["invoice_no"]
    rows = post_costs(company)
    go_on(company, later)
    company.good()
    assert scene.erp("Customers", "ExternalImportReference", renamed["guid"])["Name"] == name
    assert len(in_severa(scene, theirs)) == 1
    assert scene.erp("Customers", "Number", new["number"])["ExternalImportReference"] == new["guid"]
    assert (company.status(pending), company.invoice(pending)["number"]) == (STATUSES["sent"], number)
    assert {row: len(fees(company, row)) for row in rows} == dict.fromkeys(rows, 1)
    mark = scene.sandbox.mark()
    company.good()
    assert scene.sandbox.writes(mark) == []
    assert len(scene.sandbox.exchanges(mark)) <= 2 * QUIET_CALLS, "everything is read again and again"


def go_on(company: Company, seconds: float) -> None:
    """Time passes for both: the systems' clock goes on, and our own did, too, since the cursors were written."""
    company.sandbox.advance(seconds)
    engine = sa.create_engine(f"sqlite:///{company.home / 'state.db'}")
    with engine.begin() as connection:
        for row in connection.execute(sa.select(cursors.c.name, cursors.c.ours_at)).all():
            before = row.ours_at - timedelta(seconds=seconds)
            connection.execute(sa.update(cursors).where(cursors.c.name == row.name).values(ours_at=before))
    engine.dispose()


@pytest.mark.parametrize("hours", [5, *thorough([-5])])
def test_a_vendors_clock_that_is_hours_off_changes_nothing(scene: Scene, hours: int) -> None:
    """Lost answers are found, changes come over, and a quiet cycle is a quiet one."""
    company, sandbox = scene.company, scene.sandbox
    turn: Callable[[float], None] = sandbox.advance if hours > 0 else sandbox.set_back
    turn(abs(hours) * HOUR)
    company.good()
    lost, sent = company.bill(), company.bill()
    sandbox.fault("poweroffice", "POST", "/v2/SalesOrders/Complete", "drop_after", times=2)
    sandbox.fault("poweroffice", "GET", "/v2/SalesOrders", "status:500", times=3, after=2)
    company.run("invoice_export")
    sandbox.clear_faults()
    assert {company.transfer(guid).state for guid in (lost, sent)} == {TransferState.UNCERTAIN}
    sandbox.act("poweroffice", "send_invoice", reference=sent)
    company.good("invoice_export")
    company.good("invoice_status")
    for guid in (lost, sent):
        assert len(company.orders(guid)) == 1
        assert company.transfer(guid).state is TransferState.REPORTED
    assert_transferred(company, lost)
    assert (company.transfer(sent).stage, company.status(sent)) == (Stage.SENT, STATUSES["sent"])
    rows = post_costs(company, 3)
    sandbox.fault("severa", "POST", "/v1/projectfees", "drop_after", times=2)
    for _ in range(2):
        company.good("cost_import")
    assert {row: len(fees(company, row)) for row in rows} == dict.fromkeys(rows, 1)
    (renamed, _), *_ = customers(scene)
    name, theirs = rename(scene, renamed), person_in_poweroffice(scene)
    company.good()
    assert scene.erp("Customers", "ExternalImportReference", renamed["guid"])["Name"] == name
    assert len(in_severa(scene, theirs)) == 1
    mark = sandbox.mark()
    company.good()
    assert sandbox.writes(mark) == []
    assert len(sandbox.exchanges(mark)) <= 2 * QUIET_CALLS


# ---------------------------------------------------------------- changes while pages are read


@pytest.mark.thorough
def test_records_that_change_between_the_pages_of_a_read_all_go_over(scene: Scene) -> None:
    """Law 5: small pages, and after every page of customers somebody renames one on each page."""
    company = scene.company
    company.set(severa__page_size=20, poweroffice__page_size=20)
    for _ in range(35):
        scene.customer()
    company.good("registry_sync")
    pairs = customers(scene)
    assert len(pairs) > 40
    with company.state() as state:
        state.cursors.clear()
    pages = 0

    def watch(moment: Moment) -> bool:
        nonlocal pages
        if moment == ("after", "GET", "/severa/v1/customers") and pages < 12:
            pages += 1
            for row, _ in pairs[pages::8]:
                name = f"Mellom sidene {next(NEW)} AS"
                act(scene, "severa", "edit_customer", guid=row["guid"], members={"name": name})
        return False

    scene.sandbox.tap.watch = watch
    company.good("registry_sync")
    scene.sandbox.tap.watch = None
    assert pages > 3
    for _ in range(2):
        company.good("registry_sync")
    wrong = [(row["name"], erp["Name"]) for row, erp in customers(scene) if row["name"] != erp["Name"]]
    assert wrong == []
    mark = scene.sandbox.mark()
    company.good("registry_sync")
    assert scene.sandbox.writes(mark) == []
