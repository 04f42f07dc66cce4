"""Two hosts with a warm worker and a home each on one pool: work queues, and what becomes of a killed one (ALL-01).

Hosts are processes here, and know that they are on one machine: what is left of a killed one is seen at once.
test_two_machines.py has the others.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import create_engine, func, select

from state import schema
from tests.support.company import Company, found_company
from tests.support.hosts import Blackout, Host, heir_of, hosts, started, worker_of
from tests.support.postgresql import binary, create_database, postgresql_server
from tests.support.sandbox import Sandbox
from tests.support.scenes import fees, post_costs
from tests.support.workers import ROOT, Floor, floor

pytestmark = pytest.mark.timeout(400)
FEE = ("after", "POST", "/severa/v1/projectfees")


@dataclass
class Site:
    """A pool with two hosts: the mainland serves the default queue, the island that and its own. One run at a time."""

    here: Floor
    mainland: Host
    island: Host

    def occupied(self, name: str) -> tuple[str, Path]:
        """A run that keeps the island busy until a file is there: the run and the file."""
        go_on, file = self.here.folder / f"{name}-go-on", self.here.file(name)
        run = started(self.here, self.here.deployment("looks"), "island", file=file, until=str(go_on))
        self.here.seen(file)
        return run, go_on


@contextmanager
def site(folder: Path, api_url: str, companies: Sequence[Company] = (), **variables: str) -> Iterator[Site]:
    """Both hosts, at work."""
    with floor(api_url, folder / "floor", "warm") as here, hosts(folder, "mainland", "island") as (first, second):
        options = ("--limit", "1", "--no-heavy", "--queue", "default")
        for host, more in ((first, ()), (second, ("--queue", "island"))):
            host.furnish(companies)
            alive = ("--alive", str(host.folder / "alive"))
            host.start(here.pool, {"PREFECT_API_URL": api_url, **variables}, *options, *more, *alive)
        for host in (first, second):
            host.ready()
        yield Site(here, first, second)


# in make test ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Iterator[Site]:
    """Hosts without a tenant."""
    with site(tmp_path_factory.mktemp("plain"), prefect_api) as found:
        yield found


def test_a_worker_of_some_queues_gets_their_runs_and_no_others(plain: Site) -> None:
    """ALL-01: what is in the island's queue waits for the island, however idle the mainland is.

    The queue was made by the worker: as long as one of its queues is missing, Prefect gives a worker nothing at all.
    """
    at, here = plain, plain.here
    first, go_on = at.occupied("first")
    second = started(here, here.deployment("looks"), "island", file=here.file("second"))
    other = started(here, here.deployment("looks"), file=here.file("other"))
    assert here.ends(other)["type"] == "COMPLETED"
    assert worker_of(here, other) == "mainland"
    assert here.state(second)[0] == "SCHEDULED"
    go_on.touch()
    assert {here.ends(run)["type"] for run in (first, second)} == {"COMPLETED"}
    assert {worker_of(here, run) for run in (first, second)} == {"island"}
    assert all((host.folder / "alive").exists() for host in (at.mainland, at.island))


def test_the_run_of_a_killed_host_is_finished_by_the_other(plain: Site) -> None:
    """ALL-01: it is seen to have crashed, and runs again over there. Last here: the mainland is gone then."""
    at, here = plain, plain.here
    busy, go_on = at.occupied("busy")
    file, until = here.file("begun"), here.folder / "begun-go-on"
    run = started(here, here.deployment("looks"), file=file, until=str(until))
    begun = here.seen(file)["pid"]
    here.becomes(run, "RUNNING")
    assert worker_of(here, run) == "mainland"
    at.mainland.dies()
    until.touch()
    go_on.touch()
    assert here.ends(run)["type"] == "CRASHED"
    again = heir_of(here, run)
    assert here.ends(again)["type"] == "COMPLETED"
    assert worker_of(here, again) == worker_of(here, busy) == "island"
    assert here.seen(f"{file}.end")["pid"] != begun


# in make thorough -----------------------------------------------------------------------------------------------------


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


@pytest.mark.thorough
def test_a_database_that_was_copied_for_one_tenant_keeps_its_rows_alone(
    settled: Company, server: str, tmp_path: Path
) -> None:
    """docs/operating.md, moving a tenant: its SQL, on a copy."""
    found = re.search(r"```sql\n(.*?)```", (ROOT / "docs" / "operating.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found
    create_database(server, "moved")
    socket = parse_qs(urlsplit(server).query)["host"][0]
    to = ["-h", socket, "-U", "owner", "-d"]
    dump = tmp_path / "state.sql"
    subprocess.run([binary("pg_dump"), *to, "state", "-f", dump], check=True, timeout=60)
    put_in: list[str | Path] = [binary("psql"), "-q", "-v", "ON_ERROR_STOP=1", *to, "moved", "-f"]
    subprocess.run([*put_in, dump], check=True, timeout=60, stdout=subprocess.DEVNULL)

    def left(tenant: str) -> Counter[str]:
        """Rows by table, once only this tenant is to be left."""
        script = tmp_path / "script.sql"
        script.write_text(found[1].replace("'acme'", f"'{tenant}'"))
        subprocess.run([*put_in, script], check=True, timeout=60)
        engine = create_engine(server.format("moved"))
        with engine.connect() as connection:
            counted = {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in schema.metadata.tables.values()
                if "tenant" in table.columns
            }
        engine.dispose()
        return Counter(counted)

    kept = left(settled.name)
    assert kept["links"] > 10
    assert kept["transfers"] > 5
    assert kept["transfer_events"] > 5
    assert left("nobody").total() == 0


@pytest.mark.thorough
def test_the_cycle_of_a_killed_host_is_finished_by_the_other_and_nothing_is_twice(
    settled: Company, server: str, tmp_path: Path, prefect_api: str
) -> None:
    """ALL-01 ALL-05 ALL-08: killed with the answer to a write on its way."""
    with site(tmp_path, prefect_api, [settled], SEVERA_SYNC_DATABASE_URL=server.format("state")) as at:
        killed_and_finished(at, settled)
    mark = settled.sandbox.mark()
    settled.good()
    assert settled.sandbox.writes(mark) == []


def killed_and_finished(at: Site, company: Company) -> None:
    """The mainland dies at a cost's way to Severa; the island does the rest."""
    here = at.here
    rows = post_costs(company, 3)
    body = {"name": here.pool, "work_pool_name": here.pool, "entrypoint": "flows.cycle.cycle"}
    body["flow_id"] = here.api.post("/flows/", json={"name": "cycle"}).json()["id"]
    cycle = here.api.post("/deployments/", json=body).json()["id"]
    busy, go_on = at.occupied("busy")
    company.sandbox.tap.watch = blackout = Blackout(FEE)
    run = started(here, cycle, tenant=company.name)
    try:
        assert blackout.reached.wait(120), at.mainland.lines.read_text()
        assert worker_of(here, run) == "mainland"
        at.mainland.dies()
    finally:
        blackout.over()
        company.sandbox.tap.watch = None
    assert sum(len(fees(company, row)) for row in rows) >= 1
    go_on.touch()
    assert here.ends(run)["type"] == "CRASHED"
    again = heir_of(here, run)
    assert here.ends(again)["type"] == "COMPLETED"
    assert here.state(again)[1] != "Skipped"
    assert worker_of(here, again) == worker_of(here, busy) == "island"
    assert {row: len(fees(company, row)) for row in rows} == dict.fromkeys(rows, 1)
