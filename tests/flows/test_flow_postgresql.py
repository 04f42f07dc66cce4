"""The same promises with the state on PostgreSQL: first cycle, lost answers, kills, two runs at a time, backup."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from core.transfers import TransferState
from state.leases import Lease
from tests.support.company import Company, figures, found_company
from tests.support.killing import AT_EVERY_MOMENT, KILLED, Killer, Warm, run_killed, shape_of, warm
from tests.support.postgresql import binary, create_database, postgresql_server
from tests.support.sandbox import Moment, Sandbox
from tests.support.scenes import assert_transferred, fees, post_costs

ORDER = "/poweroffice/v2/SalesOrders/Complete"
KINDS = ("drop_before", "drop_after", "status:500")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture(scope="module")
def company(sandbox: Sandbox, server: str, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Company:
    """A tenant whose state stands on PostgreSQL."""
    create_database(server, "state")
    found = found_company(tmp_path_factory.mktemp("company"), sandbox)
    found.database = server.format("state")
    return found


@pytest.fixture(scope="module")
def starter(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with warm(tmp_path_factory.mktemp("warm")) as running:
        yield running


def test_nothing_is_left_in_the_home_but_secrets_and_pages(settled: Company) -> None:
    """The settings are obeyed: otherwise every test here would be about SQLite."""
    assert not list(settled.home.rglob("*.db"))
    assert settled.ledger()


def test_the_cycle_after_the_first_one_writes_nothing(settled: Company) -> None:
    """Law 7."""
    mark = settled.sandbox.mark()
    outcome = settled.good()
    assert settled.sandbox.writes(mark) == []
    assert len(settled.sandbox.exchanges(mark)) <= 25
    assert figures(outcome, "registry_sync")["created"] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_orders_and_costs_whose_answers_were_lost_are_made_once(settled: Company, kind: str) -> None:
    """ALL-05 ALL-08."""
    guids, rows = [settled.bill() for _ in range(3)], post_costs(settled, 3)
    settled.sandbox.fault("poweroffice", "POST", "/v2/SalesOrders/Complete", kind, times=2)
    settled.sandbox.fault("severa", "POST", "/v1/projectfees", kind)
    for _ in range(3):
        settled.good()
    for guid in guids:
        assert_transferred(settled, guid)
    assert {row: len(fees(settled, row)) for row in rows} == dict.fromkeys(rows, 1)


@pytest.mark.thorough
@pytest.mark.parametrize("when", AT_EVERY_MOMENT)
def test_a_kill_at_any_request_of_the_export_leaves_one_order_per_invoice(
    settled: Company, starter: Warm, when: str
) -> None:
    """ALL-05: the transaction of a killed process is rolled back, its lease taken over."""
    settled.bill(), settled.bill()
    mark = settled.sandbox.mark()
    settled.good("invoice_export")
    asked = [shape_of(one["method"], f"/{one['system']}{one['path']}") for one in settled.sandbox.exchanges(mark)]
    killed = 0
    for shape in sorted(set(asked)):
        guids = [settled.bill(), settled.bill()]
        arguments = ("run", settled.name, "--job", "invoice_export", "--json")
        child = run_killed(settled, starter, Killer(0, when, shape=shape), *arguments)
        assert child.code in {KILLED, 0, 3}, child.output.read_text()
        killed += child.code == KILLED
        settled.good("invoice_export")
        for guid in guids:
            assert_transferred(settled, guid)
    assert killed > 4


@pytest.mark.thorough
def test_the_second_of_two_runs_at_once_is_skipped(settled: Company, starter: Warm) -> None:
    """ALL-05: in two processes."""
    guid = settled.bill()
    reached = threading.Event()

    def watch(moment: Moment) -> bool:
        if moment == ("before", "POST", ORDER):
            reached.set()
        return False

    settled.sandbox.fault("poweroffice", "POST", "/v2/SalesOrders/Complete", "delay:2000")
    settled.sandbox.tap.watch = watch
    child = starter.start(settled, "run", settled.name, "--job", "invoice_export", "--json")
    assert reached.wait(60)
    second = settled.run()
    assert child.wait() in {0, 3}, child.output.read_text()
    settled.sandbox.tap.watch = None
    assert (second.state, second.error) == ("skipped", None)
    assert "already running" in second.note
    assert_transferred(settled, guid)


def test_a_dump_taken_amid_a_run_is_put_back_without_a_double(settled: Company, server: str, tmp_path: Path) -> None:
    """docs/operating.md: pg_dump, while the run writes; what went out after it is found again."""
    dump, guids, rows = tmp_path / "state.sql", [settled.bill() for _ in range(4)], post_costs(settled, 2)
    host = parse_qs(urlsplit(server).query)["host"][0]

    def watch(moment: Moment) -> bool:
        if moment == ("after", "POST", ORDER) and not dump.exists():
            command: list[str | Path] = [binary("pg_dump"), "-h", host, "-U", "owner", "-d", "state", "-f", dump]
            subprocess.run(command, check=True, timeout=60)
        return False

    settled.sandbox.tap.watch = watch
    settled.good()
    settled.sandbox.tap.watch = None
    later = settled.bill()
    rows += post_costs(settled, 2)
    settled.good()

    create_database(server, "restored")
    restore: list[str | Path] = [
        binary("psql"),
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        host,
        "-U",
        "owner",
        "-d",
        "restored",
        "-f",
        dump,
    ]
    subprocess.run(restore, check=True, timeout=60, stdout=subprocess.DEVNULL)
    settled.database = server.format("restored")
    with settled.state() as state:  # the run that held it was one of this process, which lives on
        held = state.lease.current()
        assert held is not None
        state.lease.release(Lease(held.holder, held.acquired_at, timedelta(seconds=120)))
    mark = settled.sandbox.mark()
    settled.good()
    assert "POST /v2/SalesOrders/Complete" not in settled.sandbox.writes(mark)
    for guid in [*guids, later]:
        assert len(settled.orders(guid)) == 1
    assert {row: len(fees(settled, row)) for row in rows} == dict.fromkeys(rows, 1)
    states = {settled.transfer(guid).state for guid in guids if guid in settled.ledger()}
    assert states == {TransferState.REPORTED}
