"""What stands around a run: switches, night, the lease, and what Prefect shows (ALL-01, ALL-11)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from core.errors import TransientError
from state.leases import Lease
from state.processes import Holder
from tests.support.company import STATUSES, Company
from tests.support.killing import warm
from tests.support.sandbox import Moment
from tests.support.scenes import assert_transferred

if TYPE_CHECKING:
    from flows.running import Outcome


@pytest.fixture
def tenant_file(settled: Company) -> Iterator[Company]:
    """The company, whose tenant file is put back afterwards."""
    path = settled.tenants / f"{settled.name}.yaml"
    before = path.read_text()
    yield settled
    path.write_text(before)


def zone_where_it_is(hour: int) -> str:
    """A zone in which it is now about that hour. The sign of these names is the other way round."""
    offset = (hour - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-offset:+d}"


def elsewhere() -> Holder:
    """A run on another machine, which nobody here can look at."""
    return replace(Holder.this_process("cycle"), host="another.example", boot="another")


# ---------------------------------------------------------------- timetable and switches


@pytest.mark.parametrize(("hour", "asleep"), [(3, True), (13, False), (21, False)])
def test_nothing_is_transferred_at_night(tenant_file: Company, hour: int, asleep: bool) -> None:
    """PO-01 ALL-01: the run says so, and the morning's first one does it all."""
    guid = tenant_file.bill()
    tenant_file.set(timetable="staggered", time_zone=zone_where_it_is(hour))
    mark = tenant_file.sandbox.mark()
    outcome = tenant_file.run("invoice_export")
    if asleep:
        assert (outcome.state, outcome.error) == ("skipped", None)
        assert "night" in outcome.note
        assert tenant_file.sandbox.exchanges(mark) == []
        tenant_file.set(timetable="always")
        tenant_file.good("invoice_export")
    assert_transferred(tenant_file, guid)


def test_a_tenant_that_is_switched_off_is_not_touched(tenant_file: Company) -> None:
    """ALL-11."""
    tenant_file.set(enabled=False)
    mark = tenant_file.sandbox.mark()
    for job in ("cycle", "registry_sync", "invoice_export", "invoice_status", "cost_import"):
        outcome = tenant_file.run(job)
        assert (outcome.state, outcome.error) == ("skipped", None), job
        assert "switched off" in outcome.note
    assert tenant_file.sandbox.exchanges(mark) == []


def test_a_job_that_is_switched_off_is_left_out_of_the_cycle(tenant_file: Company) -> None:
    """ALL-11: the others run."""
    guid = tenant_file.bill()
    tenant_file.set(jobs__invoice_export=False)
    outcome = tenant_file.good()
    report = outcome.reports["invoice_export"]
    assert (report.state, report.note, report.counts.as_dict()["read"]) == ("skipped", "switched off", 0)
    assert outcome.reports["registry_sync"].counts.read > 0
    assert tenant_file.orders(guid) == []
    assert tenant_file.run("invoice_export").state == "skipped"
    tenant_file.set(jobs__invoice_export=True)
    tenant_file.good("invoice_export")
    assert_transferred(tenant_file, guid)


# ---------------------------------------------------------------- the lease


def test_the_second_of_two_runs_at_once_is_skipped(settled: Company, tmp_path: Path, prefect_api: str) -> None:
    """ALL-05: a run in another process is under way; this one says so and writes nothing."""
    guid = settled.bill()
    reached, go_on = threading.Event(), threading.Event()

    def watch(moment: Moment) -> bool:
        if moment == ("before", "POST", "/poweroffice/v2/SalesOrders/Complete"):
            reached.set()
        return False

    settled.sandbox.fault("poweroffice", "POST", "/v2/SalesOrders/Complete", "delay:2500")
    settled.sandbox.tap.watch = watch
    with warm(tmp_path) as starter:
        child = starter.start(settled, "run", settled.name, "--job", "invoice_export", "--json")
        assert reached.wait(60)
        second = settled.run()
        go_on.set()
        assert child.wait() in {0, 3}, child.output.read_text()
    settled.sandbox.tap.watch = None
    assert (second.state, second.error) == ("skipped", None)
    assert "already running" in second.note
    assert_transferred(settled, guid)


def test_a_run_elsewhere_is_believed_alive_until_its_lease_runs_out(settled: Company) -> None:
    """ALL-05: a holder on another machine cannot be looked at; its lease ends by itself."""
    with settled.state() as state:
        assert isinstance(state.lease.acquire(elsewhere(), 5), Lease)
    assert settled.run("invoice_export").state == "skipped"
    with settled.state() as state:
        held = state.lease.current()
    assert held is not None
    rest = held.expires_at - datetime.now(UTC)
    assert rest < timedelta(seconds=5.1)
    threading.Event().wait(max(0.0, rest.total_seconds()) + 0.05)
    settled.good("invoice_export")


def test_a_run_that_loses_its_lease_says_so(settled: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """ALL-05: one clear sentence."""
    outcome = lose_the_lease(settled, monkeypatch)
    assert isinstance(outcome.error, TransientError), outcome.error
    assert "lease" in str(outcome.error)


def test_a_run_that_loses_its_lease_stops_and_the_next_one_goes_on(
    settled: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ALL-05: it could not renew in time and another run took over; what it began is finished once."""
    guids = [settled.bill() for _ in range(3)]
    assert lose_the_lease(settled, monkeypatch).state == "failed"
    settled.good("invoice_export")
    for guid in guids:
        assert_transferred(settled, guid)


def lose_the_lease(company: Company, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """An export from which another run takes the lease at its first order; Severa is slow then."""
    company.bill()
    monkeypatch.setattr("flows.running.LEASE_SECONDS", 0.9)
    taken: list[object] = []

    def take_over(moment: Moment) -> bool:
        if not taken and moment == ("after", "POST", "/poweroffice/v2/SalesOrders/Complete"):
            with company.state() as state:
                held = state.lease.current()
                assert held is not None
                state.lease.release(Lease(held.holder, held.acquired_at, timedelta(seconds=1)))
                taken.append(state.lease.acquire(elsewhere(), 0.1))
        return False

    company.sandbox.fault("severa", "PATCH", "/v1/invoices/{guid}", "delay:1500", times=4)
    company.sandbox.tap.watch = take_over
    outcome = company.run("invoice_export")
    company.sandbox.tap.watch = None
    company.sandbox.clear_faults()
    monkeypatch.undo()
    return outcome


# ---------------------------------------------------------------- what Prefect shows


def ask(api: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """An answer of the Prefect server."""
    method = "GET" if body is None else "POST"
    answer = httpx.request(method, f"{api}{path}", json=body, timeout=30)
    assert answer.is_success, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("job", "options", "name"),
    [
        ("cycle", {}, "cycle sync"),
        ("invoice_export", {"preview": True}, "invoice-export preview"),
        ("cost_import", {"since": "2026-01-01"}, "cost-import period"),
    ],
)
def test_a_flow_run_says_who_what_and_how_it_ended(
    settled: Company, prefect_api: str, job: str, options: dict[str, Any], name: str
) -> None:
    """Issue 2, section 7: names, tags and named states."""
    outcome = settled.good(job, **options)
    run = ask(prefect_api, f"/flow_runs/{outcome.flow_run_id}")
    assert run["name"] == f"{settled.name} {name}"
    assert {f"tenant:{settled.name}", "erp:poweroffice"} <= set(run["tags"])
    state = {"completed": "Completed", "completed with issues": "Completed with issues"}[outcome.state]
    assert (run["state"]["type"], run["state"]["name"]) == ("COMPLETED", state)


def test_a_cycle_leaves_its_summary_and_its_open_issues(settled: Company, prefect_api: str) -> None:
    """Issue 2, section 7: counts, rejected invoices with reasons, open issues."""
    guid = settled.bill({"code": "UKJENT", "quantity": 1, "unit_price": 5, "vat_rate": 25})
    outcome = settled.good()
    wanted = {"artifacts": {"flow_run_id": {"any_": [outcome.flow_run_id]}}}
    artifacts = {one["type"]: one for one in ask(prefect_api, "/artifacts/filter", wanted)}
    assert set(artifacts) == {"markdown", "table"}
    markdown = artifacts["markdown"]["data"]
    assert "Rejected in this run" in markdown
    assert "UKJENT" in markdown
    for job, report in outcome.reports.items():
        assert f"**{job}**" in markdown
        assert report.counts.issues == len(
            [issue for issue in settled.issues() if job in (issue.scope, "registry_sync")]
        ) - (len(settled.issues("invoice_export")) if job == "registry_sync" else 0)
    assert "UKJENT" in str(artifacts["table"]["data"])
    assert settled.status(guid) == STATUSES["trigger"]


def test_a_failed_run_is_failed_in_prefect_too(settled: Company, prefect_api: str) -> None:
    """Issue 2, section 7: and its retry in the UI is safe, for the ledger decides."""
    settled.sandbox.fault("severa", "GET", "/v1/invoices", "status:500", times=3)
    outcome = settled.run("invoice_export")
    run = ask(prefect_api, f"/flow_runs/{outcome.flow_run_id}")
    assert run["state"]["type"] == "FAILED"
    with settled.state() as state:
        last = state.runs.last()
    assert last is not None
    assert last.state.casefold() == "failed"
    settled.good("invoice_export")
