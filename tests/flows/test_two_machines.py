"""Two machines, as far as their workers can tell: Prefect and the state on PostgreSQL (ALL-01, ALL-05).

Each worker believes to be on a machine of its own: it cannot see whether a process of the other one lives.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest

from cli import server as prefect_server
from state.leases import LEASE_SECONDS
from tests.support.company import Company, found_company
from tests.support.hosts import ELSEWHERE, Blackout, heir_of, hosts, started
from tests.support.postgresql import create_database, postgresql_server
from tests.support.sandbox import serving
from tests.support.scenes import assert_transferred, fees, post_costs
from tests.support.workers import ROOT, Floor, Json, eventually
from workers.place import Place

ORDER = ("after", "POST", "/poweroffice/v2/SalesOrders/Complete")
LONG = 400.0


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@contextmanager
def server_on_postgresql(database: str, folder: Path) -> Iterator[str]:
    """A Prefect server whose database is PostgreSQL, started as the command line does; its API."""
    home = folder / "server"
    home.mkdir(parents=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    url = database.replace("+psycopg", "+asyncpg")
    variables = {**kept, "SEVERA_SYNC_HOME": str(home), "PREFECT_SERVER_DATABASE_CONNECTION_URL": url}
    variables["PYTHONTZPATH"] = ""  # docs/workers.md says why
    command = [sys.executable, "-m", "cli.main", "server", "start"]
    subprocess.run(command, cwd=ROOT, env=variables, check=True, stdout=subprocess.DEVNULL, timeout=180)
    try:
        running = prefect_server.status(home)
        assert running is not None, (home / "server.log").read_text()
        yield running.api_url
    finally:
        prefect_server.stop(home)


def finished(here: Floor, deployment: str) -> list[Json]:
    """The runs of a deployment that did their work to the end."""
    return [
        run
        for run in here.runs()
        if run["deployment_id"] == deployment
        and run["state"]["type"] == "COMPLETED"
        and run["state"]["name"] != "Skipped"
    ]


def assert_once(company: Company, rows: Sequence[str]) -> None:
    """Each invoice of the world that can go is one order, each purchase row one cost, and no number stands twice."""
    world, sandbox = company.sandbox.world, company.sandbox
    for invoice in world.invoices:
        guid = sandbox.guids[invoice.key]
        if invoice.stage != "trigger":
            assert company.orders(guid) == []
        elif invoice.trap is None:
            assert_transferred(company, guid)
    orders = [*sandbox.objects("poweroffice", "SalesOrders"), *sandbox.objects("poweroffice", "OutgoingInvoices")]
    references = Counter(row["ExternalImportReference"] for row in orders if row.get("ExternalImportReference"))
    assert references
    assert set(references.values()) == {1}
    assert {row: len(fees(company, row)) for row in rows} == dict.fromkeys(rows, 1)
    made = Counter((row["number"], row["name"]) for row in sandbox.objects("severa", "customers") if row["number"])
    assert set(made.values()) == {1}, made


@pytest.mark.thorough
@pytest.mark.timeout(900)
def test_three_tenants_on_two_machines_of_which_one_dies(server: str, tmp_path: Path, prefect_api: str) -> None:
    """ALL-01 ALL-05: first cycles; the other machine believes it dead, waits for the lease, and goes on from there."""
    for name in ("prefect", "states"):
        create_database(server, name)
    (tmp_path / "sitecustomize.py").write_text(ELSEWHERE)
    with ExitStack() as stack:
        api = stack.enter_context(server_on_postgresql(server.format("prefect"), tmp_path))
        companies, rows = {}, {}
        for number, name in enumerate(("fjord", "vidde", "skog"), 1):
            folder = tmp_path / name
            folder.mkdir()
            company = found_company(folder, stack.enter_context(serving(folder, number)), name)
            company.database = server.format("states")
            companies[name], rows[name] = company, post_costs(company, 3)
        pair = {host.name: host for host in stack.enter_context(hosts(tmp_path, "east", "west"))}
        for host in pair.values():
            host.furnish(list(companies.values()))
            variables = {
                "PREFECT_API_URL": api,
                "PREFECT_WORKER_HEARTBEAT_SECONDS": "5",
                "SEVERA_SYNC_DATABASE_URL": server.format("states"),
                "NAME_OF_THE_HOST": host.name,
                "PYTHONPATH": str(tmp_path),
            }
            host.start("severa-sync", variables, "--limit", "2", "--no-heavy")
        there = {
            **os.environ,
            "PREFECT_API_URL": api,
            "SEVERA_SYNC_HOME": str(pair["east"].folder / "home"),
            "SEVERA_SYNC_TENANTS": str(pair["east"].folder / "tenants"),
        }
        command = [sys.executable, "-m", "cli.main", "deploy", "--json"]
        subprocess.run(command, cwd=ROOT, env=there, check=True, stdout=subprocess.DEVNULL, timeout=180)
        for host in pair.values():
            host.ready()

        client = stack.enter_context(httpx.Client(base_url=api, timeout=60))
        here = Floor(client, tmp_path, "severa-sync", "severa-sync")
        victim = companies["fjord"]
        victim.sandbox.tap.watch = blackout = Blackout(ORDER, 3)
        cycles = {name: str(client.get(f"/deployments/name/cycle/{name}").json()["id"]) for name in companies}
        runs = {name: started(here, cycle, tenant=name) for name, cycle in cycles.items()}
        try:
            assert blackout.reached.wait(180), [host.lines.read_text() for host in pair.values()]
            place = Place.read(here.run(runs["fjord"])["infrastructure_pid"])
            assert place is not None
            pair[place.host].dies()
            died = datetime.now(UTC)
        finally:
            blackout.over()
            victim.sandbox.tap.watch = None

        for name, cycle in cycles.items():
            eventually(partial(finished, here, cycle), f"{name} to be finished", LONG)
        assert here.state(runs["fjord"])[0] == "CRASHED"
        heir = here.run(heir_of(here, runs["fjord"]))
        assert heir["labels"]["prefect.worker.name"] == next(name for name in pair if name != place.host)
        assert datetime.fromisoformat(heir["start_time"]) > died + timedelta(seconds=LEASE_SECONDS - 60)
        for name, company in companies.items():
            company.good()
            assert_once(company, rows[name])
            mark = company.sandbox.mark()
            company.good()
            assert company.sandbox.writes(mark) == []
