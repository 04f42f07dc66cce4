"""`severa-sync deploy`: what the Prefect server holds after it, on a real server (ALL-01, ALL-11, PO-01)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from cli.main import app
from core.errors import ConfigurationError
from tests.support.company import variables
from tests.support.workers import Patient

DEMO = (Path(__file__).parents[1] / "unit" / "tenants" / "demo.yaml").read_text(encoding="utf-8")
JOBS = ("cycle", "registry-sync", "invoice-export", "invoice-status", "cost-import", "check", "compare")
BY_HAND = tuple(job for job in JOBS if job not in {"cycle", "check"})
Json = dict[str, Any]


@dataclass
class Office:
    """Tenant files in a folder, and the server that they are deployed to."""

    folder: Path
    api: httpx.Client
    pool: str

    def write(self, name: str, **settings: Any) -> None:
        """A tenant's file; settings replace those of the example."""
        path, yaml = self.folder / "tenants" / f"{name}.yaml", YAML()
        document = yaml.load(DEMO)
        document.update({"tenant": name, **settings})
        path.parent.mkdir(exist_ok=True)
        with path.open("w") as stream:
            yaml.dump(document, stream)

    def say(self, *arguments: str) -> Result:
        """What the command prints, with its exit code."""
        with variables({"SEVERA_SYNC_TENANTS": str(self.folder / "tenants"), "SEVERA_SYNC_HOME": str(self.folder)}):
            return CliRunner().invoke(app, ["deploy", *arguments, "--pool", self.pool])

    def deploy(self, *arguments: str, code: int = 0) -> dict[str, str]:
        """Deployment -> what became of it."""
        done = self.say(*arguments, "--json")
        assert done.exit_code == code, done.output
        return {one["deployment"]: one["action"] for one in json.loads(done.stdout)["deployments"]}

    def held(self, name: str) -> Json:
        """A deployment as the server holds it."""
        answer = self.api.get(f"/deployments/name/{name}")
        assert answer.is_success, answer.text
        found: Json = answer.json()
        return found

    def names(self) -> set[str]:
        """The tenants that have deployments."""
        wanted = {"deployments": {"tags": {"all_": ["severa-sync"]}}}
        return {one["name"] for one in self.api.post("/deployments/filter", json=wanted).json()}

    def change(self, name: str, slug: str, **values: Any) -> None:
        """A person changes a schedule in the UI, which sends the whole of it."""
        held = self.held(name)
        schedule = next(one for one in held["schedules"] if one["slug"] == slug)
        path = f"/deployments/{held['id']}/schedules/{schedule['id']}"
        assert self.api.patch(path, json=values).is_success

    def schedules(self, name: str) -> dict[str, tuple[Any, bool]]:
        """Slug -> its cron or interval, and whether it is on."""
        return {
            one["slug"]: (one["schedule"].get("cron") or one["schedule"]["interval"], one["active"])
            for one in sorted(self.held(name)["schedules"], key=lambda one: str(one["slug"]))
        }


@pytest.fixture
def office(tmp_path: Path, prefect_api: str) -> Iterator[Office]:
    """A folder of its own and a pool of its own; what was deployed is removed at the end."""
    with httpx.Client(base_url=prefect_api, timeout=60, transport=Patient()) as api:
        office = Office(tmp_path, api, f"pool-{tmp_path.name}")
        yield office
        made = {"deployments": {"tags": {"all_": ["severa-sync"]}}}  # those of other files have no tags
        for one in api.post("/deployments/filter", json=made).json():
            api.delete(f"/deployments/{one['id']}")


def test_a_tenant_gets_a_cycle_on_its_timetable_and_a_deployment_per_job(office: Office) -> None:
    """PO-01 ALL-01 ALL-10: the cycle and the daily check are scheduled, the others are started by hand."""
    office.write("acme")
    assert office.deploy() == {f"{job}/acme": "created" for job in JOBS}
    assert list(office.schedules("cycle/acme")) == ["day", "evening"]
    assert all(office.schedules(f"{job}/acme") == {} for job in BY_HAND)
    ((slug, (cron, on)),) = office.schedules("check/acme").items()
    assert (slug, cron.split()[1:], on) == ("daily", ["5", "*", "*", "*"], True)
    held = office.held("invoice-export/acme")
    assert held["entrypoint"] == "flows.invoice_export.invoice_export"
    assert set(held["tags"]) == {"severa-sync", "tenant:acme", "erp:poweroffice"}
    assert held["work_pool_name"] == office.pool


def test_parameters_are_plain_options_that_the_flow_takes(office: Office) -> None:
    """ALL-11: nothing of the tenant's settings, and above all no secret, stands in them."""
    office.write("acme")
    office.deploy()
    held = office.held("cycle/acme")
    assert held["parameters"] == {
        "tenant": "acme", "preview": False, "record": None, "since": None, "until": None, "retry": False
    }  # fmt: skip
    assert set(held["parameter_openapi_schema"]["properties"]) == set(held["parameters"])
    assert office.held("check/acme")["parameters"] == office.held("compare/acme")["parameters"] == {"tenant": "acme"}
    assert held["enforce_parameter_schema"]
    assert "secret" not in json.dumps(held).lower().replace("infrastructure_secret", "")


def test_a_second_time_changes_nothing(office: Office) -> None:
    """ALL-01: not even runs that are scheduled already."""
    office.write("acme")
    office.write("bolt", timetable="every_5_minutes")
    office.deploy()
    before = [office.held(f"{job}/{name}") for job in JOBS for name in ("acme", "bolt")]
    assert set(office.deploy().values()) == {"unchanged"}
    for one in before:
        one.pop("last_polled"), one.pop("status")
        assert office.held(f"{flow_of(one)}/{one['name']}").items() >= one.items()


def flow_of(held: Json) -> str:
    return str(held["entrypoint"]).rpartition(".")[2].replace("_", "-")


def test_all_deployments_of_a_tenant_share_one_place_and_later_runs_wait(office: Office) -> None:
    """ALL-01: a rerun by hand waits for the cycle, whichever deployment it is of."""
    office.write("acme")
    office.write("bolt")
    office.deploy()
    limits = {name: [office.held(f"{job}/{name}") for job in JOBS] for name in ("acme", "bolt")}
    for held in limits.values():
        assert len({one["global_concurrency_limit"]["id"] for one in held}) == 1
        assert held[0]["global_concurrency_limit"]["limit"] == 1
        assert {one["concurrency_options"]["collision_strategy"] for one in held} == {"ENQUEUE"}
    assert len({held[0]["global_concurrency_limit"]["id"] for held in limits.values()}) == 2


def test_the_second_run_of_a_tenant_waits_for_its_place(office: Office) -> None:
    """ALL-01: what the server says to a worker that wants to start it."""
    office.write("acme")
    office.deploy()
    runs = []
    for job in ("cycle", "invoice-export"):
        path = f"/deployments/{office.held(f'{job}/acme')['id']}/create_flow_run"
        runs.append(office.api.post(path, json={}).json()["id"])
    answers = [
        office.api.post(f"/flow_runs/{run}/set_state", json={"state": {"type": "PENDING"}}).json() for run in runs
    ]
    assert [answer["status"] for answer in answers] == ["ACCEPT", "REJECT"]
    assert answers[1]["state"]["name"] == "AwaitingConcurrencySlot"
    office.api.post(f"/flow_runs/{runs[0]}/set_state", json={"state": {"type": "CRASHED"}})
    again = office.api.post(f"/flow_runs/{runs[1]}/set_state", json={"state": {"type": "PENDING"}}).json()
    assert again["status"] == "ACCEPT"


def test_a_slot_that_nobody_holds_is_freed(office: Office) -> None:
    """ALL-01: otherwise the runs of the tenant would wait for ever."""
    office.write("delta")
    office.deploy()
    limit = office.held("cycle/delta")["global_concurrency_limit"]["id"]
    office.api.patch(f"/v2/concurrency_limits/{limit}", json={"active_slots": 1})
    office.deploy()
    assert office.api.get(f"/v2/concurrency_limits/{limit}").json()["active_slots"] == 0


def test_a_broken_file_hides_no_other_tenant_and_makes_the_command_fail(office: Office) -> None:
    """ALL-01: every mistake is told."""
    office.write("acme")
    office.write("broken", timetable="stagered", erp="powroffice")
    office.write("charlie")
    done = office.say()
    assert done.exit_code == 2
    assert office.names() == {"acme", "charlie"}
    assert "stagered" in done.stderr
    assert "powroffice" in done.stderr


def test_a_tenant_by_name_leaves_the_others_alone(office: Office) -> None:
    office.write("acme")
    office.write("bolt")
    assert office.deploy("bolt") == {f"{job}/bolt": "created" for job in JOBS}
    assert office.names() == {"bolt"}
    done = office.say("nobody", "bolt")
    assert done.exit_code == 2
    assert "nobody" in done.stderr


def test_a_dry_run_writes_nothing(office: Office) -> None:
    office.write("acme")
    assert office.deploy("--dry-run") == {f"{job}/acme": "created" for job in JOBS}
    assert office.names() == set()
    assert office.api.get(f"/work_pools/{office.pool}").status_code == 404


# schedules of people --------------------------------------------------------------------------------------------------


def test_a_new_timetable_in_the_file_replaces_the_schedules(office: Office) -> None:
    """VN-01: what nobody touched follows the file."""
    office.write("acme")
    office.deploy()
    office.write("acme", timetable="every_5_minutes")
    assert office.deploy()["cycle/acme"] == "updated"
    assert office.schedules("cycle/acme") == {"every-5-minutes": (300, True)}


def test_the_main_switch_switches_the_schedules_off_and_on(office: Office) -> None:
    """ALL-11: switched off in the file, nothing is started; on again, everything is as it was."""
    for enabled in (True, False, True):
        office.write("acme", enabled=enabled)
        office.deploy()
        assert {on for _, on in office.schedules("cycle/acme").values()} == {enabled}


@pytest.mark.parametrize(
    "edit",
    [
        {"active": False},
        {"schedule": {"cron": "0 9 * * *", "timezone": "Europe/Helsinki"}},
    ],
    ids=["paused", "edited"],
)
def test_a_schedule_that_a_person_changed_is_kept_until_it_is_reset(office: Office, edit: Json) -> None:
    """ALL-01: by a repeated deploy and by one with another timetable; it says so each time."""
    office.write("acme")
    office.deploy()
    before = office.schedules("cycle/acme")
    office.change("cycle/acme", "day", **edit)
    changed = office.schedules("cycle/acme")
    assert changed != before
    assert office.deploy()["cycle/acme"] == "unchanged"
    office.write("acme", timetable="every_10_minutes")
    office.deploy()
    assert office.schedules("cycle/acme") == changed
    assert "changed by a person" in office.say().stdout
    office.write("acme")
    assert office.deploy("--reset-schedules")["cycle/acme"] == "updated"
    assert office.schedules("cycle/acme") == before
    assert set(office.deploy("--reset-schedules").values()) == {"unchanged"}


def test_a_change_that_a_person_took_back_is_no_change(office: Office) -> None:
    office.write("acme")
    office.deploy()
    office.change("cycle/acme", "evening", active=False)
    office.change("cycle/acme", "evening", active=True)
    office.write("acme", timetable="every_10_minutes")
    office.deploy()
    assert list(office.schedules("cycle/acme")) == ["every-10-minutes"]


@pytest.mark.thorough
def test_a_schedule_that_a_person_added_to_a_job_is_kept(office: Office) -> None:
    """ALL-01: also while the rest of the deployment is written anew."""
    office.write("acme")
    office.deploy()
    held = office.held("cost-import/acme")
    own = {"schedule": {"cron": "0 6 * * 1", "timezone": "Europe/Helsinki"}, "active": True, "slug": "mondays"}
    office.api.post(f"/deployments/{held['id']}/schedules", json=[own])
    office.api.patch(f"/deployments/{held['id']}", json={"description": "spoiled"})
    assert office.deploy()["cost-import/acme"] == "updated"
    assert office.schedules("cost-import/acme") == {"mondays": ("0 6 * * 1", True)}
    assert office.held("cost-import/acme")["description"] != "spoiled"


def test_a_deployment_that_a_person_paused_stays_paused(office: Office) -> None:
    """ALL-01: the switch of the whole deployment is theirs."""
    office.write("acme")
    office.deploy()
    office.api.post(f"/deployments/{office.held('cycle/acme')['id']}/pause_deployment")
    paused = office.held("cycle/acme")["paused"], office.schedules("cycle/acme")
    office.api.patch(f"/deployments/{office.held('cycle/acme')['id']}", json={"description": "spoiled"})
    assert office.deploy()["cycle/acme"] == "updated"
    assert (office.held("cycle/acme")["paused"], office.schedules("cycle/acme")) == paused


# pruning --------------------------------------------------------------------------------------------------------------


def test_prune_shows_and_removes_what_no_tenant_asks_for(office: Office) -> None:
    office.write("acme")
    office.write("gone")
    office.deploy()
    (office.folder / "tenants" / "gone.yaml").unlink()
    assert set(office.deploy().values()) == {"unchanged"}
    shown = office.say("--prune", "--dry-run")
    assert "Would remove: check/gone, compare/gone, cost-import/gone" in shown.stdout
    assert office.names() == {"acme", "gone"}
    done = office.say("--prune")
    assert "Removing: check/gone, compare/gone, cost-import/gone, cycle/gone" in done.stdout
    assert "7 unchanged, 7 removed" in done.stdout
    assert office.names() == {"acme"}
    assert office.api.get("/v2/concurrency_limits/severa-sync tenant gone").status_code == 404


@pytest.mark.thorough
def test_prune_keeps_what_a_broken_file_asks_for_and_what_people_deployed(office: Office) -> None:
    """ALL-01: a mistake in a file is no wish to be removed; deployments of prefect.yaml have no tenant."""
    office.write("acme")
    office.write("bolt")
    office.deploy()
    flow = office.held("cycle/acme")["flow_id"]
    office.api.post("/deployments/", json={"name": "cycle", "flow_id": flow, "tags": ["severa-sync"]})
    office.write("bolt", timetable="stagered")
    assert set(office.deploy("--prune", code=2).values()) == {"unchanged"}
    assert office.names() == {"acme", "bolt", "cycle"}


@pytest.mark.thorough
def test_prune_of_named_tenants_looks_at_no_other(office: Office) -> None:
    office.write("acme")
    office.write("gone")
    office.deploy()
    (office.folder / "tenants" / "gone.yaml").unlink()
    assert set(office.deploy("acme", "--prune").values()) == {"unchanged"}
    assert office.names() == {"acme", "gone"}


@pytest.mark.thorough
def test_an_empty_folder_removes_nothing(office: Office) -> None:
    """A folder that is not the right one must not cost every deployment."""
    office.write("acme")
    office.deploy()
    (office.folder / "tenants" / "acme.yaml").unlink()
    done = office.say("--prune")
    assert isinstance(done.exception, ConfigurationError)
    assert office.names() == {"acme"}


# pools ----------------------------------------------------------------------------------------------------------------


def test_a_pool_that_is_missing_is_made_for_our_worker_and_one_that_is_there_is_used(office: Office) -> None:
    office.write("acme")
    office.deploy()
    assert office.api.get(f"/work_pools/{office.pool}").json()["type"] == "severa-sync"
    assert office.held("cycle/acme")["pull_steps"] in (None, [])


def test_runs_of_a_process_pool_work_in_this_folder(office: Office) -> None:
    """A process worker would start them in an empty one."""
    office.api.post("/work_pools/", json={"name": office.pool, "type": "process"})
    office.write("acme")
    office.deploy()
    (step,) = office.held("cycle/acme")["pull_steps"]
    assert step == {"prefect.deployments.steps.set_working_directory": {"directory": str(Path.cwd())}}
    office.deploy("--directory", "/srv/severa-sync")
    (step,) = office.held("cycle/acme")["pull_steps"]
    assert step == {"prefect.deployments.steps.set_working_directory": {"directory": "/srv/severa-sync"}}
