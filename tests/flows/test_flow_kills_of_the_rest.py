"""Other runs that are killed at any point, and a rerun: nothing lost, nothing twice (ALL-05 to ALL-08, law 1)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from random import Random

import pytest

from core.transfers import Stage, TransferState
from tests.support.company import STATUSES, Company, found_company, wrote
from tests.support.killing import AT_EVERY_MOMENT, KILLED, MOMENTS, Killer, Warm, kill_everywhere, run_killed, warm
from tests.support.sandbox import serving
from tests.support.scenes import (
    assert_kept_back,
    assert_transferred,
    correct_total,
    fees,
    post_costs,
    wrong_total,
)
from tests.support.thorough import thorough


@pytest.fixture(scope="module")
def starter(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with warm(tmp_path_factory.mktemp("warm")) as running:
        yield running


@pytest.fixture
def without_failed_status(settled: Company) -> Iterator[Company]:
    settled.set(severa__statuses__failed=None)
    yield settled
    settled.set(severa__statuses__failed=STATUSES["failed"])


@pytest.mark.thorough
def test_a_kill_while_a_draft_with_a_wrong_total_is_removed_never_leaves_it(
    without_failed_status: Company, starter: Warm
) -> None:
    """ALL-07: whatever was lost, the draft is gone, the invoice is rejected with an issue, and goes once corrected."""
    remove_wrong_drafts(without_failed_status, starter, "trigger")


@pytest.mark.thorough
def test_a_kill_while_a_draft_with_a_wrong_total_is_removed_still_brings_the_failed_status(
    settled: Company, starter: Warm
) -> None:
    """ALL-07: the configured failed status stands in Severa after the rerun."""
    remove_wrong_drafts(settled, starter, "failed")


def remove_wrong_drafts(company: Company, starter: Warm, status: str) -> None:
    guids: list[str] = []

    def check() -> None:
        assert_kept_back(company, guids[-1], status=status)

    met = kill_everywhere(
        company, starter, "unanswered", "invoice_export", scene=lambda: guids.append(wrong_total(company)), check=check
    )
    assert any(request.startswith("DELETE /poweroffice/v2/SalesOrders/") for request in met), met
    for guid in guids:
        correct_total(company, guid)
    company.good("invoice_export")
    for guid in guids:
        assert_transferred(company, guid, attempt=company.transfer(guid).generation)


@pytest.mark.thorough
def test_a_kill_right_after_the_rejection_still_tells_why(settled: Company, starter: Warm) -> None:
    """ALL-07: one order per invoice, or none and an issue that says why."""
    for _ in range(4):
        guid = wrong_total(settled)
        child = starter.start(settled, "run", settled.name, "--job", "invoice_export", "--json")
        with closing(sqlite3.connect(settled.home / "state.db", isolation_level=None)) as database:
            query = "SELECT 1 FROM transfers WHERE severa_id = ? AND state = ?"
            while database.execute(query, (guid, TransferState.REJECTED.value)).fetchone() is None:
                pass
        child.kill()
        child.wait()
        settled.good("invoice_export")
        assert settled.issues(guid=guid), "rejected, and nobody was told"


def test_a_kill_while_states_are_written_back_loses_none(settled: Company, starter: Warm) -> None:
    """ALL-06 PO-13: number, status and payment date stand in Severa after one rerun."""
    paid: list[tuple[str, int]] = []

    def scene() -> None:
        guid = settled.bill()
        settled.good("invoice_export")
        settled.sandbox.act("poweroffice", "send_invoice", reference=guid)
        settled.sandbox.act("poweroffice", "register_payment", reference=guid)
        paid.append((guid, settled.order(guid)["InvoiceNo"]))

    def check() -> None:
        guid, number = paid[-1]
        invoice = settled.invoice(guid)
        assert (invoice["status"]["name"], invoice["number"]) == (STATUSES["paid"], number)
        assert invoice["paymentDate"]
        transfer = settled.transfer(guid)
        assert (transfer.state, transfer.stage) == (TransferState.DONE, Stage.PAID)

    met = kill_everywhere(settled, starter, "unanswered", "invoice_status", scene=scene, check=check)
    assert any(request.startswith("PATCH /severa/v1/invoices/") for request in met), met


@pytest.mark.parametrize("when", AT_EVERY_MOMENT)
def test_a_kill_at_any_request_of_the_cost_import_leaves_one_cost_per_row(
    settled: Company, starter: Warm, when: str
) -> None:
    """ALL-08."""
    rows: list[str] = []

    def check() -> None:
        assert {row: len(fees(settled, row)) for row in rows} == dict.fromkeys(rows, 1)

    met = kill_everywhere(
        settled, starter, when, "cost_import", scene=lambda: rows.extend(post_costs(settled, 3)), check=check
    )
    assert "POST /severa/v1/projectfees" in met, met


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [0, *thorough([1])])
def test_a_first_cycle_that_is_killed_again_and_again_makes_nothing_twice(
    starter: Warm, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """ALL-05 ALL-08 PO-02: registries, invoices and costs of a new tenant, killed three times at random requests."""
    chance = Random(f"first cycle {seed}")
    with serving(tmp_path_factory.mktemp("sandbox"), seed=seed + 2) as sandbox:
        company = found_company(tmp_path_factory.mktemp("company"), sandbox)
        sandbox.act("poweroffice", "post_purchase_invoice")
        killed = 0
        for _ in range(3):
            killer = Killer(chance.randrange(0, 260), chance.choice(MOMENTS), pause=chance.uniform(0, 0.05))
            child = run_killed(company, starter, killer, "run", company.name, "--json")
            assert child.code in {KILLED, 0, 3}, child.output.read_text()
            killed += child.code == KILLED
        assert killed, "no run was killed"
        company.good()
        assert_nothing_double(company)
        assert wrote(company.good()) == 0


def assert_nothing_double(company: Company) -> None:
    """Numbers, codes, references and keys stand once, but where the world itself has them twice."""
    objects, world = company.sandbox.objects, company.sandbox.world

    def doubles(system: str, kind: str, member: str) -> set[object]:
        count = Counter(row.get(member) for row in objects(system, kind))
        return {value for value, times in count.items() if times > 1 and value is not None}

    twice = Counter(product.code for product in world.products if product.in_severa)
    allowed = {code for code, times in twice.items() if times > 1}
    for kind, member in (
        ("Customers", "Number"),
        ("ContactPersons", "ExternalCode"),
        ("ContactDeliveryAddresses", "ExternalCode"),
        ("Departments", "Code"),
        ("Employees", "Number"),
        ("ProductGroups", "Code"),
        ("Projects", "Code"),
        ("SalesOrders", "ExternalImportReference"),
    ):
        assert doubles("poweroffice", kind, member) == set(), kind
    assert doubles("poweroffice", "Products", "Code") <= allowed
    for kind, member in (("customers", "number"), ("customers", "name"), ("projects", "number"), ("users", "code")):
        assert doubles("severa", kind, member) == set(), kind
    assert doubles("severa", "products", "code") <= allowed
    assert doubles("severa", "projectfees", "invoiceRowComment") == set()
    kept = {guid for guid, transfer in company.ledger().items() if transfer.state is TransferState.REPORTED}
    assert {guid for guid in kept if len(company.orders(guid)) != 1} == set()
