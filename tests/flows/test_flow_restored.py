"""An older copy of the state is put back: nothing is made twice, and everything goes on (ALL-05, ALL-08, law 1)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.transfers import Stage, TransferState
from tests.support.company import STATUSES, Company, found_company
from tests.support.registry_scene import Registrar, Scene
from tests.support.sandbox import Moment, serving
from tests.support.scenes import assert_transferred, correct_total, fees, post_costs, wrong_total
from tests.support.thorough import thorough

ORDER = "/poweroffice/v2/SalesOrders/Complete"


@pytest.fixture
def scene(tmp_path: Path, prefect_api: str) -> Iterator[Scene]:
    """Systems and a tenant of the test's own, after its first cycle."""
    with serving(tmp_path) as sandbox:
        registrar = Registrar(sandbox)
        company = found_company(tmp_path / "company", sandbox)
        company.good()
        yield Scene(company, registrar)
        registrar.close()


def back_up(company: Company, copy: Path) -> None:
    """As docs/operating.md says: `sqlite3 state.db ".backup copy"`, which may be done while a run writes."""
    with closing(sqlite3.connect(company.home / "state.db")) as live, closing(sqlite3.connect(copy)) as kept:
        live.backup(kept)


def restore(company: Company, copy: Path) -> None:
    """The copy takes the place of the database, whose log and index of it are gone with it.

    A copy that was taken amid a run holds its lease. That run is over when the copy is put back; here it was one of
    this very process, which lives on, so its time is over in the copy.
    """
    for ending in ("", "-wal", "-shm"):
        (company.home / f"state.db{ending}").unlink(missing_ok=True)
    (company.home / "state.db").write_bytes(copy.read_bytes())
    with closing(sqlite3.connect(company.home / "state.db")) as database, database:
        database.execute("UPDATE leases SET expires_at = '2020-01-01 00:00:00.000000'")


def send(company: Company, guid: str) -> int:
    """A person sends the draft; its invoice number."""
    (sent,) = company.sandbox.act("poweroffice", "send_invoice", reference=guid)["sent"]
    return int(sent["invoice_no"])


def pay(company: Company, guid: str) -> None:
    """The customer pays."""
    company.sandbox.act("poweroffice", "register_payment", reference=guid)


def doubles(scene: Scene) -> dict[str, list[object]]:
    """What stands in a registry more than once by what it is known by."""
    known_by = {
        ("severa", "customers"): "number",
        ("severa", "projects"): "number",
        ("severa", "users"): "code",
        ("poweroffice", "Customers"): "Number",
        ("poweroffice", "Projects"): "Code",
        ("poweroffice", "Products"): "Code",
        ("poweroffice", "Employees"): "Number",
        ("poweroffice", "ContactPersons"): "ExternalCode",
    }
    found = {}
    for (system, kind), member in known_by.items():
        counted = Counter(row.get(member) for row in scene.sandbox.objects(system, kind))
        found[f"{system} {kind}"] = [key for key, number in counted.items() if number > 1 and key not in {None, ""}]
    return found


@pytest.mark.thorough
@pytest.mark.parametrize("moment", ["amid", *thorough(["before"])])
def test_a_copy_taken_before_or_amid_a_run_goes_on_without_a_double(scene: Scene, tmp_path: Path, moment: str) -> None:
    """Issue 3, section 9: invoices of all stages, costs and registries of the time after the copy was taken."""
    company, copy = scene.company, tmp_path / "copy.db"
    early = company.bill()
    company.good()
    doubled_before = doubles(scene)
    bills = [company.bill() for _ in range(4)]
    new = scene.customer()
    rows = post_costs(company, 3)
    if moment == "before":
        back_up(company, copy)

    def watch(seen: Moment) -> bool:
        if moment == "amid" and seen == ("after", "POST", ORDER) and not copy.exists():
            back_up(company, copy)
        return False

    company.sandbox.tap.watch = watch
    company.good()
    company.sandbox.tap.watch = None
    draft, sent, paid, _ = bills
    numbers = {guid: send(company, guid) for guid in (early, sent, paid)}
    pay(company, paid)
    company.good()
    late = company.bill()
    rows += post_costs(company, 2)
    newer = scene.customer()
    in_go = company.sandbox.act("poweroffice", "create_customer", Name="Laget i Go AS")["customer"]
    company.good()

    restore(company, copy)
    mark = company.sandbox.mark()
    company.good()
    assert [
        write for write in company.sandbox.writes(mark) if write == f"POST {ORDER.removeprefix('/poweroffice')}"
    ] == []
    assert {row: len(fees(company, row)) for row in rows} == dict.fromkeys(rows, 1)
    for customer in (new, newer):
        assert len(scene.all_erp("Customers", "Number", customer["number"])) == 1
    assert len(scene.all_severa("customers", "number", in_go["Number"])) == 1
    assert doubles(scene) == doubled_before
    for guid in (draft, late):
        assert (len(company.orders(guid)), company.status(guid)) == (1, STATUSES["transferred"])
    for guid, number in numbers.items():
        stage = "paid" if guid == paid else "sent"
        assert len(company.orders(guid)) == 1
        assert (company.status(guid), company.invoice(guid)["number"]) == (STATUSES[stage], number)
        assert company.transfer(guid).stage is Stage(stage)
        assert company.issues(guid=guid) == []

    # and it goes on for those that the copy did not know of
    numbers |= {guid: send(company, guid) for guid in (draft, late)}
    for guid in (early, sent, draft, late):
        pay(company, guid)
    company.good()
    for guid, number in numbers.items():
        assert (company.status(guid), company.invoice(guid)["number"]) == (STATUSES["paid"], number)
        assert company.transfer(guid).state is TransferState.DONE
    mark = company.sandbox.mark()
    company.good()
    assert company.sandbox.writes(mark) == []


@pytest.mark.parametrize("then", ["draft", "sent"])
@pytest.mark.parametrize("attempt", [1, *thorough([2])])
def test_an_order_that_the_copy_does_not_know_and_severa_does_not_show_is_found(
    scene: Scene, tmp_path: Path, then: str, attempt: int
) -> None:
    """The run died between the order and the status; the copy is older than both."""
    company, copy = scene.company, tmp_path / "copy.db"
    back_up(company, copy)
    guid = company.bill() if attempt == 1 else wrong_total(company)
    if attempt == 2:
        company.good("invoice_export")
        correct_total(company, guid)
    company.sandbox.fault("severa", "PATCH", "/v1/invoices/{guid}", "status:500", times=3)
    company.good("invoice_export")
    assert company.status(guid) == STATUSES["trigger"]
    assert len(company.orders(guid)) == 1
    if then == "sent":
        send(company, guid)
    restore(company, copy)
    mark = company.sandbox.mark()
    company.good()
    company.good()
    assert "POST /v2/SalesOrders/Complete" not in company.sandbox.writes(mark)
    assert len(company.orders(guid)) == 1
    assert company.status(guid) == STATUSES["transferred" if then == "draft" else "sent"]
    assert company.transfer(guid).erp_id == company.order(guid)["Id"]


@pytest.mark.thorough
def test_once_a_day_the_ledger_takes_up_the_drafts_that_the_copy_does_not_know(scene: Scene, tmp_path: Path) -> None:
    """Else nobody would hear of one that a person deletes in PowerOffice."""
    company, copy = scene.company, tmp_path / "copy.db"
    back_up(company, copy)
    kept, deleted = company.bill(), company.bill()
    company.good()
    restore(company, copy)
    full(company)
    for guid in (kept, deleted):
        assert_transferred(company, guid)
    company.sandbox.act("poweroffice", "delete_order", reference=deleted)
    full(company)
    assert_transferred(company, kept)
    (issue,) = company.issues(guid=deleted)
    assert issue.cause == "deleted"


def full(company: Company) -> None:
    """A cycle that looks at everything, as once a day."""
    with closing(sqlite3.connect(company.home / "state.db")) as database, database:
        database.execute("UPDATE cursors SET full_at = '2020-01-01 00:00:00.000000'")
    company.good()


def test_an_invoice_that_severa_does_not_know_is_somebody_elses(scene: Scene) -> None:
    """Another integration may use guids, too: nothing comes onto the ledger."""
    company = scene.company
    before = company.ledger()
    guid = company.bill()
    company.good()
    with closing(sqlite3.connect(company.home / "state.db")) as database, database:
        database.execute("DELETE FROM transfer_events WHERE severa_id = ?", (guid,))
        database.execute("DELETE FROM transfers WHERE severa_id = ?", (guid,))
    send(company, guid)
    company.sandbox.fault("severa", "GET", f"/v1/invoices/{guid}", "status:404")
    company.good("invoice_status")
    assert company.ledger().keys() == before.keys()


@pytest.mark.thorough
def test_an_invoice_that_the_copy_knows_as_not_tried_yet_is_found_when_it_was_sent(scene: Scene) -> None:
    """Issue 3, section 9: the copy was taken between the first sight of it and its create."""
    company = scene.company
    guid = company.bill()
    company.good()
    send(company, guid)
    company.good()
    with closing(sqlite3.connect(company.home / "state.db")) as database, database:
        database.execute(
            "UPDATE transfers SET state = 'pending', stage = 'none', erp_id = NULL, erp_number = NULL"
            " WHERE severa_id = ?",
            (guid,),
        )
    with company.state() as state:
        state.cursors.clear()
    company.good()
    assert (company.transfer(guid).state, company.transfer(guid).stage) == (TransferState.REPORTED, Stage.SENT)
    assert len(company.orders(guid)) == 1
