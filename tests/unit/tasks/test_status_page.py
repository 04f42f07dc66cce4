"""`severa-sync status`: gathered from the state and the tenant files, shown three ways (issue 5, point 6)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from cli.output import Exit
from connectors.settings import SETTINGS
from core.errors import ErrorClass
from core.issues import Issue
from core.status import Facts, Level
from core.transfers import Transfer
from state.processes import Holder
from state.store import Store, TenantState
from tasks.status_page.facts import facts_of, gather
from tasks.status_page.words import ago, amounts, moment
from tenants.load import load_all
from tests.support.company import variables

DEMO = (Path(__file__).parents[1] / "tenants" / "demo.yaml").read_text(encoding="utf-8")
EVIL = "<script>alert(1)</script>[red]&{{7*7}}"
NOW = datetime(2026, 11, 20, 10, 3, tzinfo=UTC)


class Office:
    """Tenant files and a state whose clock stands where a test puts it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOW
        self.store = Store.open(f"sqlite:///{folder / 'state.db'}", clock=lambda: self.now)
        (folder / "tenants").mkdir()

    def write(self, name: str, old: str = "", new: str = "") -> TenantState:
        """A tenant's file, with one change; its state."""
        text = DEMO.replace("tenant: demo", f"tenant: {name}").replace(old, new)
        (self.folder / "tenants" / f"{name}.yaml").write_text(text, encoding="utf-8")
        return self.store.tenant(name)

    def facts(self, name: str) -> Facts:
        """What is written down about a tenant."""
        tenant = load_all(self.folder / "tenants", SETTINGS).tenants[name]
        return facts_of(tenant, self.store.tenant(name), self.now)

    def say(self, *arguments: str | Path) -> Result:
        """What the command prints."""
        places = {"SEVERA_SYNC_TENANTS": str(self.folder / "tenants"), "SEVERA_SYNC_HOME": str(self.folder)}
        with variables(places):
            return CliRunner().invoke(app, ["status", *map(str, arguments)])


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.store.close()


def ran(office: Office, state: TenantState, *, job: str = "cycle", mode: str = "sync", ended: str | None) -> None:
    row = state.runs.start(job, mode)
    if ended is not None:
        state.runs.finish(row, ended, counts={}, error=f"Refused: {EVIL}" if ended == "failed" else None)
    office.now += timedelta(minutes=1)


def test_the_last_cycle_is_one_over_everything_and_not_of_one_record(office: Office) -> None:
    state = office.write("demo")
    ran(office, state, ended="completed with issues")
    ran(office, state, mode="record", ended="failed")
    ran(office, state, job="invoice_export", ended="failed")
    found = office.facts("demo")
    assert found.last_cycle is not None
    assert (found.last_cycle.state, found.last_cycle.started) == ("completed with issues", NOW)
    assert found.last_run is not None
    assert (found.last_run.job, found.last_run.state) == ("invoice_export", "failed")


def test_a_run_without_an_end_runs_while_its_lease_is_held_and_is_cut_off_after_it(office: Office) -> None:
    state = office.write("demo")
    ran(office, state, ended=None)
    found = office.facts("demo")
    assert found.last_cycle is not None
    assert found.last_cycle.state == "stopped"
    state.lease.acquire(Holder.this_process("cycle"), 120)
    found = office.facts("demo")
    assert found.last_cycle is not None
    assert found.last_cycle.state == "running"
    office.now += timedelta(minutes=3)
    found = office.facts("demo")
    assert found.last_cycle is not None
    assert found.last_cycle.state == "stopped"


def test_what_was_read_is_as_old_as_the_source_that_was_read_least_lately(office: Office) -> None:
    """Law 5: a source whose read failed stays behind; that of a job that is switched off is not asked for."""
    state = office.write("demo")
    assert office.facts("demo").read_until is None
    behind = NOW - timedelta(hours=3)
    state.cursors.set("erp.invoices", NOW, full=False, ours_at=NOW)
    state.cursors.set("severa.customers", behind, full=False, ours_at=behind + timedelta(minutes=2))
    state.cursors.set("erp.orders", NOW - timedelta(days=9), full=False, ours_at=NOW - timedelta(days=9))
    state.cursors.set("erp.costs", NOW - timedelta(days=9), full=False, ours_at=NOW - timedelta(days=9))
    assert office.facts("demo").read_until == behind + timedelta(minutes=2)
    office.write("demo", "registry_sync: true", "registry_sync: false")
    assert office.facts("demo").read_until == NOW
    office.write("demo", "cost_import: false", "cost_import: true")
    assert office.facts("demo").read_until == NOW - timedelta(days=9)


@pytest.fixture
def three(office: Office) -> Office:
    """One in trouble with a hostile reason and a hostile name, one that never ran, and a file with mistakes."""
    state = office.write("aurora")
    ran(office, state, ended="failed")
    kept = Transfer(
        severa_id="0f3b", reference="0f3b", currency="NOK", severa_total=Decimal("12345.50"), first_attempt_at=NOW
    )
    state.transfers.add(kept)
    state.issues.report(
        [Issue(scope="customers", record="severa:1", label=EVIL, cause="x", error_class=ErrorClass.BAD_DATA, what="x")]
    )
    office.write("bekk")
    office.write("broken", "erp: poweroffice\n", "erp: sap\n")
    return office


def test_a_file_with_mistakes_is_named_and_hides_no_other(three: Office) -> None:
    loaded = load_all(three.folder / "tenants", SETTINGS)
    found = gather(loaded.tenants, loaded.errors, three.store, three.now)
    assert [(one.tenant, one.level) for one in found.tenants] == [
        ("aurora", Level.TROUBLE), ("bekk", Level.ATTENTION),
    ]  # fmt: skip
    (broken,) = found.unusable
    assert broken.tenant == "broken"
    assert re.search(r"mistake in line \d+: erp: 'sap'", broken.words)


def test_json_is_one_object_for_one_tenant_and_a_list_for_several(three: Office) -> None:
    done = three.say("aurora", "--json")
    assert done.exit_code == Exit.COMPLETED, done.output
    one: dict[str, Any] = json.loads(done.stdout)
    assert (one["tenant"], one["erp"], one["enabled"], one["level"]) == ("aurora", "poweroffice", True, "trouble")
    assert one["transfers"] == {"pending": 1}
    assert one["waiting"] == {"invoices": 1, "money": {"NOK": 12345.5}}
    assert one["issues_by_class"] == {"bad data": 1}
    assert one["last_cycle"]["state"] == "failed"
    assert EVIL in one["last_cycle"]["error"]
    assert datetime.fromisoformat(one["next_cycle"]) > datetime.now(UTC)
    assert [each["tenant"] for each in json.loads(three.say("aurora", "bekk", "--json").stdout)] == ["aurora", "bekk"]
    every = three.say("--json")
    assert every.exit_code == Exit.CONFIGURATION
    assert "broken.yaml" in every.stderr
    assert [each["tenant"] for each in json.loads(every.stdout)] == ["aurora", "bekk"]


def test_the_table_names_those_in_need_first_and_why(three: Office) -> None:
    said = three.say("aurora", "bekk")
    assert said.exit_code == Exit.COMPLETED, said.output
    words = " ".join(said.output.split())
    assert words.index("aurora trouble") < words.index("bekk to look at")
    assert "12 345.50 NOK" in words
    assert "The last cycle failed: Refused: <script>alert(1)</script>[red]&{{7*7}}" in words
    assert "No cycle has run yet." in words


def test_the_page_is_one_file_in_which_every_text_is_text(three: Office, tmp_path: Path) -> None:
    """Law 10. How it looks and works is tested in a browser."""
    file = tmp_path / "status.html"
    done = three.say("--html", file)
    assert done.exit_code == Exit.CONFIGURATION
    assert done.stdout.split() == ["Wrote", f"{file}."]
    page = file.read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;[red]&amp;{{7*7}}" in page
    assert page.count("<script>") == 1
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=\"(?!#)|url\(|@import|https?://", page)
    assert "Files with mistakes" in page
    assert [path.name for path in tmp_path.glob("*status.html*")] == ["status.html"]


def test_a_page_that_cannot_be_written_is_a_mistake_of_who_called(three: Office, tmp_path: Path) -> None:
    done = three.say("bekk", "--html", tmp_path / "nowhere" / "status.html")
    assert done.exit_code != 0
    assert "cannot be written" in str(done.exception)


def test_times_and_amounts_are_said_as_people_say_them() -> None:
    """Issue 5, point 6: for people who do not read logs."""
    helsinki = ZoneInfo("Europe/Helsinki")
    assert [ago(NOW - timedelta(seconds=s), NOW) for s in (0, 59, 60, 7199, 7200, 172_799, 172_800)] == [
        "now", "now", "1 min ago", "119 min ago", "2 h ago", "47 h ago", "2 days ago",
    ]  # fmt: skip
    assert ago(NOW + timedelta(minutes=5), NOW) == "in 5 min"
    assert moment(NOW, helsinki, NOW) == "12:03"
    assert moment(NOW - timedelta(days=1), helsinki, NOW) == "19 Nov 12:03"
    assert moment(NOW - timedelta(days=365), helsinki, NOW) == "20 Nov 2025 12:03"
    assert amounts({"ISK": Decimal(1234567), "NOK": Decimal("0.5")}) == ["1 234 567 ISK", "0.50 NOK"]
