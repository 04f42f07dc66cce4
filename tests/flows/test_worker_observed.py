"""What a worker says of its runs: JSON lines and Prometheus metrics, of a tenant's real cycle."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from flows.logs import FIELDS, VARIABLES
from tests.support.company import NAME, Company
from tests.support.workers import KINDS, ROOT, Floor, Worker, eventually, floor, worker

pytestmark = pytest.mark.timeout(400)
Json = dict[str, Any]


@dataclass
class Place:
    """A worker after a tenant's first cycle and a run that failed."""

    kind: str
    floor: Floor
    worker: Worker
    cycle: str
    failed: str
    began: datetime

    @property
    def lines(self) -> list[str]:
        return self.worker.log.read_text(encoding="utf-8").splitlines()

    def of(self, run: str) -> list[Json]:
        """The lines of a run."""
        return [line for line in map(_json, self.lines) if line is not None and line.get("run") == run]


def _json(line: str) -> Json | None:
    found: Json | None = json.loads(line) if line.startswith("{") else None
    return found


@pytest.fixture(scope="module", params=KINDS)
def place(
    request: pytest.FixtureRequest, company: Company, tmp_path_factory: pytest.TempPathFactory, prefect_api: str
) -> Iterator[Place]:
    kind = request.param
    variables = {**company.environment, "SEVERA_SYNC_LOGS": "json", "SEVERA_SYNC_METRICS": "0"}
    if kind == "process":  # Prefect's own worker knows nothing of our setting
        variables = {**company.environment, **VARIABLES}
    began = datetime.now(UTC)
    with (
        floor(prefect_api, tmp_path_factory.mktemp("observed"), kind) as here,
        worker(here, prefect_api, kind, variables=variables) as running,
    ):
        flow = here.api.post("/flows/", json={"name": "cycle"}).json()["id"]
        body = {
            "name": here.pool, "flow_id": flow, "work_pool_name": here.pool, "entrypoint": "flows.cycle.cycle",
            "parameters": {"tenant": NAME},
        }  # fmt: skip
        deployment = here.api.post("/deployments/", json=body).json()["id"]
        cycle = here.api.post(f"/deployments/{deployment}/create_flow_run", json={}).json()["id"]
        failed = here.start("fails")
        assert here.ends(cycle, 120)["type"] == "COMPLETED"
        assert here.ends(failed)["type"] == "FAILED"
        yield Place(kind, here, running, cycle, failed, began)


def test_every_line_of_a_log_is_one_object(place: Place) -> None:
    """ALL-11: what else is printed are the worker's own words to whoever started it."""
    objects = [line for line in map(_json, place.lines) if line is not None]
    assert len(objects) > 50
    for line in objects:
        assert set(line) <= set(FIELDS)
        assert {"time", "level", "message", "logger"} <= set(line)
        at = datetime.fromisoformat(line["time"])
        assert at.utcoffset() == timedelta(0)
        assert place.began - timedelta(seconds=1) <= at <= datetime.now(UTC)
    others = [line for line in place.lines if not line.startswith("{")]
    assert not [line for line in others if " | " in line or "Traceback" in line], others


def test_lines_say_tenant_run_job_and_step(place: Place) -> None:
    """ALL-11: of the cycle, and of each job in it."""
    ending = eventually(
        lambda: next((line for line in place.of(place.cycle) if "Finished in state" in line["message"]), None),
        "the last line of the cycle",
    )
    lines = place.of(place.cycle)
    assert {line.get("job", "cycle") for line in lines} == {"cycle"}
    assert "Completed with issues" in ending["message"]
    assert (ending["tenant"], ending["erp"]) == (NAME, "poweroffice")
    said = [line for line in map(_json, place.lines) if line is not None and line.get("cycle") == place.cycle]
    assert {line["job"] for line in said} == {"registry_sync", "invoice_export", "invoice_status", "cost_import"}
    assert {(line["tenant"], line["erp"]) for line in said} == {(NAME, "poweroffice")}
    assert {"send invoices", "report"} <= {line.get("task") for line in said}
    assert any(line["level"] == "WARNING" and "differ by" in line["message"] for line in said)


def test_an_error_stands_in_one_line(place: Place) -> None:
    error = next(line for line in place.of(place.failed) if "error" in line)
    assert error["level"] == "ERROR"
    assert error["error"]["type"] == "ValueError"
    assert error["error"]["message"] == "as it was meant to"
    assert error["error"]["traceback"].startswith("Traceback")


def test_prefect_has_the_log_as_before(place: Place) -> None:
    """ALL-01: in words, in the UI."""
    eventually(lambda: any("Finished in state" in line for line in place.floor.logs(place.cycle)), "the log's end")
    assert not [line for line in place.floor.logs(place.cycle) if line.startswith("{")]


def test_the_worker_serves_metrics_of_the_tenants_and_of_itself(place: Place) -> None:
    """ALL-11: in Prometheus' format, from the state and from the worker's own process."""
    if place.kind == "process":
        pytest.skip("Prefect's own worker serves none: severa-sync metrics does")
    (address,) = re.findall(r"Metrics: (http://127.0.0.1:\d+/metrics)", place.worker.log.read_text())

    def scraped() -> dict[str, Any]:
        answer = httpx.get(address)
        assert answer.headers["content-type"].startswith("text/plain")
        return {family.name: family.samples for family in text_string_to_metric_families(answer.text)}

    def cycles(found: dict[str, Any]) -> dict[str, float]:
        return {one.labels["outcome"]: one.value for one in found["severa_sync_cycles"]}

    found = eventually(lambda: (now := scraped()) and sum(cycles(now).values()) and now, "the cycle to be counted")
    assert {outcome for outcome, number in cycles(found).items() if number} == {"completed with issues"}
    assert {one.labels["tenant"] for one in found["severa_sync_cycles"]} == {NAME}
    states = {one.labels["state"]: one.value for one in found["severa_sync_transfers"]}
    assert states["reported"] > 0
    assert sum(one.value for one in found["severa_sync_open_issues"]) > 0
    calls = {(one.labels["system"], one.labels["outcome"]): one.value for one in found["severa_sync_vendor_calls"]}
    assert calls["severa", "done"] > 20
    assert calls["poweroffice", "done"] > 50
    waited = {one.labels["system"]: one.value for one in found["severa_sync_limit_wait_seconds"]}
    assert set(waited) == {"severa", "poweroffice"}
    assert waited["poweroffice"] > 0
    (last,) = found["severa_sync_last_success_timestamp_seconds"]
    assert place.began.timestamp() < last.value
    (up,) = found["severa_sync_worker_template_up"]
    assert up.value == 1
    (worker,) = found["severa_sync_worker_info"]
    assert worker.labels["pool"] == place.floor.pool
    (poll,) = found["severa_sync_worker_last_poll_timestamp_seconds"]
    assert datetime.now(UTC).timestamp() - poll.value < 60
    assert found["process_resident_memory_bytes"][0].value > 1e7


@pytest.mark.thorough
def test_a_run_on_the_command_line_says_the_same(place: Place, company: Company) -> None:
    """ALL-11: on the error channel; the result stays on standard output."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_LOGGING")}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "run", NAME, "--json"],
        cwd=ROOT,
        env={**environment, **company.environment, "SEVERA_SYNC_LOGS": "json"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert json.loads(done.stdout)["tenant"] == NAME, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {line.get("tenant") for line in lines[1:]} == {NAME}
