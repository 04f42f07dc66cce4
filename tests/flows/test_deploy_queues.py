"""`work_queue` of a tenant file: into which queue of the pool its deployments and runs go (ALL-01)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

import cli.deploying
import flows.deployments
from cli.main import app
from tests.support.company import variables
from tests.support.workers import Patient

DEMO = (Path(__file__).parents[1] / "unit" / "tenants" / "demo.yaml").read_text(encoding="utf-8")


@pytest.fixture
def api(prefect_api: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """The session's server, which another file's tests clean up by these marks at the same time."""
    monkeypatch.setattr(flows.deployments, "TAG", "queues")
    monkeypatch.setattr(cli.deploying, "OWNER", "queues.tenant")
    with httpx.Client(base_url=prefect_api, timeout=60, transport=Patient()) as client:
        yield client
        for one in held(client):
            client.delete(f"/deployments/{one['id']}")


def held(api: httpx.Client) -> list[dict[str, Any]]:
    """The deployments of this file."""
    found: list[dict[str, Any]] = api.post(
        "/deployments/filter", json={"deployments": {"tags": {"all_": ["queues"]}}}
    ).json()
    return found


def deploy(folder: Path, pool: str, **queues: str) -> str:
    """Write tenants and their queues, and deploy them; what is said."""
    (folder / "tenants").mkdir(exist_ok=True)
    for name, queue in queues.items():
        text = DEMO.replace("tenant: demo", f"tenant: {name}\nwork_queue: {queue}")
        (folder / "tenants" / f"{name}.yaml").write_text(text, encoding="utf-8")
    with variables({"SEVERA_SYNC_TENANTS": str(folder / "tenants"), "SEVERA_SYNC_HOME": str(folder)}):
        done = CliRunner().invoke(app, ["deploy", *queues, "--pool", pool])
    assert done.exit_code == 0, done.output
    return done.stdout


def given(api: httpx.Client, queue: str, pool: str) -> set[str]:
    """The tenants whose runs a worker of this queue is given."""
    body = {"work_queue_names": [queue]}
    runs = api.post(f"/work_pools/{pool}/get_scheduled_flow_runs", json=body).json()
    return {one["flow_run"]["parameters"]["tenant"] for one in runs}


def test_all_deployments_and_runs_of_a_tenant_are_in_the_queue_that_its_file_names(
    api: httpx.Client, tmp_path: Path
) -> None:
    """ALL-01: one place for each tenant; a second time changes nothing, and a tenant may move."""
    pool = f"pool-{tmp_path.name}"
    deploy(tmp_path, pool, islander="island", townsman="default")
    queues = {one["name"]: {one["work_queue_name"]} for one in held(api)}
    assert queues == {"islander": {"island"}, "townsman": {"default"}}
    for tenant in ("islander", "townsman"):
        cycle = api.get(f"/deployments/name/cycle/{tenant}").json()
        assert api.post(f"/deployments/{cycle['id']}/create_flow_run", json={}).is_success
    assert given(api, "island", pool) == {"islander"}
    assert given(api, "default", pool) == {"townsman"}

    assert set(re.findall("created|updated", deploy(tmp_path, pool, islander="island", townsman="default"))) == set()
    assert set(re.findall("created|updated", deploy(tmp_path, pool, islander="harbour"))) == {"updated"}
    assert {one["work_queue_name"] for one in held(api) if one["name"] == "islander"} == {"harbour"}
