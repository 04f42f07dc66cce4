"""`run`, `retry` and what shows their results: exit codes, JSON shapes, and what each option may touch."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from tests.e2e.commandline import (
    COMPLETED,
    CONFIGURATION,
    FAILED,
    ROOT,
    SKIPPED,
    WITH_ISSUES,
    CommandLine,
    Said,
    rewrite,
)
from tests.support.company import NAME, Company
from tests.support.sandbox import Sandbox

JOBS = ["registry_sync", "invoice_export", "invoice_status", "cost_import"]
FIGURES = {"read", "created", "updated", "unchanged", "skipped", "rejected", "issues"}
TRANSFER: dict[str, tuple[type, ...]] = {
    "severa_id": (str,),
    "severa_number": (str, type(None)),
    "erp_id": (str, type(None)),
    "erp_number": (str, type(None)),
    "state": (str,),
    "severa_total": (float, int, type(None)),
    "erp_total": (float, int, type(None)),
    "difference": (float, int, type(None)),
    "attempts": (int,),
    "updated_at": (str,),
}
"""A row of `transfers --json`, as the specification names it (section 3)."""


ISSUE = {"scope", "record", "label", "class", "what", "why", "what_to_do", "first_seen", "last_seen", "count", "state"}


pytestmark = pytest.mark.usefixtures("prefect_api")


@contextmanager
def setting(cli: CommandLine, **values: str) -> Iterator[None]:
    """Settings in the tenant file for the time of a block."""
    file = cli.file(NAME)
    before = file.read_text()
    rewrite(file, **values)
    try:
        yield
    finally:
        file.write_text(before)


def moment(text: str) -> datetime:
    """An instant as JSON shows it; it must say its zone and be UTC."""
    found = datetime.fromisoformat(text)
    offset = found.utcoffset()
    assert offset is not None
    assert not offset
    return found


# ---------------------------------------------------------------- what is printed


def test_a_cycle_prints_one_object_with_the_figures_of_every_job(first: Said) -> None:
    """Specification, section 3: `run --json`; exit 3 for a run that completed with issues."""
    assert first.expect(WITH_ISSUES).err == ""
    found = first.json
    assert set(found) == {"tenant", "state", "jobs"}
    assert (found["tenant"], found["state"]) == (NAME, "completed with issues")
    assert list(found["jobs"]) == JOBS
    for figures in found["jobs"].values():
        assert set(figures) == FIGURES
        assert all(type(figure) is int and figure >= 0 for figure in figures.values())
    assert found["jobs"]["registry_sync"]["created"] > 0
    assert found["jobs"]["invoice_export"]["created"] > 0


def test_transfers_are_a_list_with_both_totals(settled: CommandLine, company: Company) -> None:
    """Specification, section 3: `transfers --json`."""
    found = settled("transfers", NAME, "--json").expect(COMPLETED).json
    assert {row["severa_id"] for row in found} == set(company.ledger())
    for row in found:
        assert set(TRANSFER) <= set(row)
        for name, kinds in TRANSFER.items():
            assert type(row[name]) in kinds, (name, row[name])
        moment(row["updated_at"])
        if row["severa_total"] is not None and row["erp_total"] is not None:
            assert row["difference"] == pytest.approx(row["erp_total"] - row["severa_total"], abs=1e-9)
    went = [row for row in found if row["state"] == "reported"]
    assert went
    orders = {row["Id"] for row in company.sandbox.objects("poweroffice", "SalesOrders")}
    assert {row["erp_id"] for row in went} <= orders
    plain = settled("transfers", NAME).expect(COMPLETED).words
    assert f"{len(found)} invoices" in plain
    assert all(row["severa_id"][:8] in plain for row in found if not row["severa_number"])


def test_issues_say_what_is_wrong_and_what_to_do(settled: CommandLine, company: Company) -> None:
    """ALL-10, specification section 3: `issues --json`."""
    found = settled("issues", NAME, "--json").expect(COMPLETED).json
    assert len(found) == len(company.issues())
    for row in found:
        assert {"scope", "record", "label", "class", "what", "what_to_do", "first_seen", "last_seen", "count"} <= set(
            row
        )
        assert row["state"] == "open"
        assert row["what"]
        assert row["what_to_do"]
        assert row["record"].startswith(("severa:", "erp:"))
        assert moment(row["first_seen"]) <= moment(row["last_seen"])
        assert row["count"] >= 1
    plain = settled("issues", NAME).expect(COMPLETED).words
    assert all(row["record"] in plain for row in found)


def test_status_counts_links_invoices_and_open_issues(settled: CommandLine, company: Company) -> None:
    """Specification, section 3: `status [TENANT]`, one object or a list of them."""
    one = settled("status", NAME, "--json").expect(COMPLETED).json
    assert settled("status", "--json").expect(COMPLETED).json == [one]
    assert (one["tenant"], one["erp"], one["enabled"]) == (NAME, "poweroffice", True)
    with company.state() as state:
        assert one["links"] == state.links.count() > 0
    assert one["open_issues"] == len(company.issues()) > 0
    assert sum(one["transfers"].values()) == len(company.ledger())
    last = one["last_run"]
    assert last["job"] in {"cycle", *JOBS}
    assert moment(last["started"]) <= moment(last["ended"])


# ---------------------------------------------------------------- exit codes


def test_a_job_without_issues_ends_with_0_and_leads_to_the_prefect_ui(settled: CommandLine, prefect_api: str) -> None:
    """Specification, section 3."""
    said = settled("run", NAME, "--job", "cost_import").expect(COMPLETED)
    assert "Completed." in said.out
    assert f"{prefect_api.removesuffix('/api')}/runs/flow-run/" in said.out


def test_only_the_job_that_was_asked_for_runs(settled: CommandLine) -> None:
    """Specification, section 3: `--job registry_sync`."""
    said = settled("run", NAME, "--job", "registry_sync", "--json").expect(WITH_ISSUES)
    assert list(said.json["jobs"]) == ["registry_sync"]


def night() -> str:
    """A time zone in which it is about three in the morning now. The names count westwards: Etc/GMT-2 is UTC+2."""
    east = (3 - datetime.now(UTC).hour) % 24
    east -= 24 if east > 14 else 0
    return "Etc/GMT" if east == 0 else f"Etc/GMT{-east:+d}"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("settings", "job", "why"),
    [
        ({"enabled": "false"}, "cycle", "switched off"),
        pytest.param(
            {"invoice_export": "false"},
            "invoice_export",
            "invoice_export is switched off",
        ),
        ({"timetable": "staggered", "time_zone": night()}, "cycle", "night"),
    ],
    ids=["tenant off", "job off", "night"],
)
def test_what_is_switched_off_or_asleep_transfers_nothing_and_ends_with_4(
    settings: dict[str, str], job: str, why: str, settled: CommandLine, company: Company
) -> None:
    """ALL-01, ALL-11, PO-01."""
    guid = company.bill()
    mark = company.sandbox.mark()
    with setting(settled, **settings):
        said = settled("run", NAME, "--job", job, "--json")
    assert company.sandbox.writes(mark) == []
    company.sandbox.act("severa", "delete_invoice", guid=guid)
    assert guid not in company.ledger()
    assert said.expect(SKIPPED).json["state"] == "skipped"
    assert why in said.json["note"]
    assert "error" not in said.json


def test_a_tenant_that_is_running_is_skipped_with_a_word_and_ends_with_4(
    settled: CommandLine, company: Company
) -> None:
    """Specification, section 5: the lease is held by another process."""
    mark = company.sandbox.mark()
    holder = [sys.executable, "-m", "tests.e2e.holder", f"sqlite:///{company.home / 'state.db'}", NAME]
    with subprocess.Popen(holder, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        said = settled("run", NAME).expect(SKIPPED)
        process.stdin.close()
        assert process.wait(timeout=100) == 0
    assert "Skipped." in said.out
    assert f"process {process.pid}" in said.words
    assert company.sandbox.exchanges(mark) == []


@pytest.mark.thorough
def test_a_vendor_that_does_not_answer_properly_fails_the_run_with_1(settled: CommandLine, company: Company) -> None:
    """Specification, section 3."""
    company.sandbox.fault("severa", "GET", "/v1/invoices", "status:503", times=100)
    said = settled("run", NAME, "--job", "invoice_export", "--json").expect(FAILED)
    company.sandbox.clear_faults()
    assert said.json["state"] == "failed"
    assert said.json["error"] == said.complaint
    assert "503" in said.complaint


@pytest.mark.thorough
def test_a_prefect_server_that_is_not_there_fails_the_run_with_1(settled: CommandLine, company: Company) -> None:
    """Specification, section 3: the server of `PREFECT_API_URL`."""
    mark = company.sandbox.mark()
    said = settled("run", NAME, PREFECT_API_URL="http://127.0.0.1:9/api").expect(FAILED)
    assert "http://127.0.0.1:9/api" in said.complaint
    assert company.sandbox.exchanges(mark) == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("--since yesterday", ("period", "yesterday", "2026-03-01")),
        ("--since 2026-05-01 --until 2026-04-01", ("period ends before it begins",)),
    ],
)
def test_a_period_that_is_none_is_refused_with_2(
    period: str, words: tuple[str, ...], settled: CommandLine, company: Company
) -> None:
    """ALL-08."""
    mark = company.sandbox.mark()
    said = settled("run", NAME, *period.split()).expect(CONFIGURATION)
    assert all(word in said.complaint for word in words), said.complaint
    assert company.sandbox.exchanges(mark) == []


@pytest.mark.thorough
def test_an_interrupted_run_says_so_and_the_next_one_goes_on(settled: CommandLine, company: Company) -> None:
    """Specification, section 5: Ctrl-C in the middle; the lease is given back."""
    guid, mark = company.bill(), company.sandbox.mark()
    company.sandbox.fault("severa", "GET", "/v1/invoices", "delay:30000")
    with settled.start("run", NAME, "--job", "invoice_export") as process:
        end = time.monotonic() + 60
        while company.sandbox.faults():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end, company.sandbox.exchanges(mark)
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=100)
    assert process.returncode == 130
    assert " ".join(err.split()) == "Stopped. A rerun goes on where this one ended."
    said = settled("run", NAME, "--job", "invoice_export", "--json").expect(COMPLETED, WITH_ISSUES)
    assert said.json["jobs"]["invoice_export"]["created"] == 1
    assert company.transfer(guid).erp_id == company.order(guid)["Id"]


# ---------------------------------------------------------------- one bad record


@pytest.mark.thorough
def test_a_customer_that_breaks_the_contract_is_an_issue_and_the_batch_goes_on(
    empty: CommandLine, sandbox: Sandbox
) -> None:
    """Specification, section 8, law 3: it has a project and never was transferred."""
    empty("init", NAME, "--erp", "poweroffice", "--from-sandbox", sandbox.ready).expect(COMPLETED)
    busy = next(row["customer"]["guid"] for row in sandbox.objects("severa", "projects") if not row["isClosed"])
    name = next(row["name"] for row in sandbox.objects("severa", "customers") if row["guid"] == busy)
    sandbox.act("severa", "edit_customer", guid=busy, members={"name": f"{name}\x07"})
    said = empty("run", NAME, "--job", "registry_sync", "--json")
    sandbox.act("severa", "edit_customer", guid=busy, members={"name": name})
    assert said.expect(WITH_ISSUES).json["jobs"]["registry_sync"]["unchanged"] > 0
    (issue,) = Company(empty.folder, sandbox).issues("customers", busy)
    assert issue.field == "name"
