"""`severa-sync deploy --automations`: Prefect tells people of failed and late runs and of open issues (ALL-13)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

import cli.automations
import cli.deploying
import flows.deployments
from cli.main import app
from core.errors import ConfigurationError
from tests.support.company import variables
from tests.support.workers import Patient

DEMO = (Path(__file__).parents[1] / "unit" / "tenants" / "demo.yaml").read_text(encoding="utf-8")
NAMES = {"severa-sync: failed runs", "severa-sync: late runs", "severa-sync: open issues"}
HOOK = "https://chat.example.com/hooks/a-secret-of-the-chat"
MAIL = {
    "SEVERA_SYNC_SMTP_URL": "smtp://sender@mail.example.com:2525",
    "SEVERA_SYNC_SMTP_PASSWORD": "env:MAIL_PASSWORD",
    "SEVERA_SYNC_SMTP_FROM": "Severa sync <sync@example.com>",
    "MAIL_PASSWORD": "p&ss/word",
}
Json = dict[str, Any]


@dataclass
class Office:
    """One tenant's file, and the server that it is deployed to."""

    folder: Path
    api: httpx.Client
    pool: str

    def say(self, *arguments: str) -> Result:
        """What `deploy` says, with its exit code."""
        here = {"SEVERA_SYNC_TENANTS": str(self.folder / "tenants"), "SEVERA_SYNC_HOME": str(self.folder), **MAIL}
        with variables(here):
            return CliRunner().invoke(app, ["deploy", *arguments, "--pool", self.pool])

    def deploy(self, *arguments: str) -> dict[str, str]:
        """Automation -> what became of it."""
        done = self.say("--automations", *arguments, "--json")
        assert done.exit_code == 0, done.output
        return {one["automation"]: one["action"] for one in json.loads(done.stdout)["automations"]}

    def held(self) -> dict[str, Json]:
        """All automations of the server, by name."""
        return {one["name"]: one for one in self.api.post("/automations/filter", json={}).json()}

    def blocks(self) -> dict[str, Json]:
        """Name -> data of the blocks that are ours."""
        found = self.api.post("/block_documents/filter", json={"include_secrets": True}).json()
        return {one["name"]: one["data"] for one in found if one["name"].startswith("severa-sync-")}


@pytest.fixture
def office(tmp_path: Path, prefect_api: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A tenant of its own, by marks of its own: other files' tests clean up by theirs on the same server."""
    monkeypatch.setattr(flows.deployments, "TAG", "automations")
    monkeypatch.setattr(cli.automations, "TAG", "automations")
    monkeypatch.setattr(cli.deploying, "OWNER", "automations.tenant")
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants" / "chatty.yaml").write_text(DEMO.replace("tenant: demo", "tenant: chatty"), encoding="utf-8")
    with httpx.Client(base_url=prefect_api, timeout=60, transport=Patient()) as api:
        yield Office(tmp_path, api, f"pool-{tmp_path.name}")
        for one in api.post("/automations/filter", json={}).json():
            api.delete(f"/automations/{one['id']}")
        for one in api.post("/block_documents/filter", json={}).json():
            if one["name"].startswith("severa-sync-"):
                api.delete(f"/block_documents/{one['id']}")
        for one in api.post("/deployments/filter", json={"deployments": {"tags": {"all_": ["automations"]}}}).json():
            api.delete(f"/deployments/{one['id']}")


def test_automations_are_made_once(office: Office) -> None:
    """ALL-13: a second time changes nothing; for our deployments only, and for the same tenant not all the time."""
    assert office.deploy("--webhook", HOOK, "--email", "a@example.com", "--email", "b@example.com") == dict.fromkeys(
        NAMES, "created"
    )
    before = office.held()
    assert set(before) == NAMES
    failed = before["severa-sync: failed runs"]
    assert set(failed["trigger"]["expect"]) == {f"prefect.flow-run.{one}" for one in ("Failed", "Crashed", "TimedOut")}
    assert {"prefect.resource.role": ["tag"], "prefect.resource.id": ["prefect.tag.automations"]} in [
        {name: each if isinstance(each, list) else [each] for name, each in one.items()}
        for one in failed["trigger"]["match_related"]
    ]
    assert failed["trigger"]["within"] == 3600
    assert [one["type"] for one in failed["actions"]] == ["send-notification", "call-webhook"]
    again = office.deploy("--webhook", HOOK, "--email", "a@example.com", "--email", "b@example.com")
    assert again == dict.fromkeys(NAMES, "unchanged")
    assert office.held() == before


def test_where_to_stands_in_blocks_and_nowhere_else(office: Office) -> None:
    """ALL-11: an automation is shown to everybody who sees the UI, and a block hides what is secret in it."""
    done = office.say("--automations", "--webhook", HOOK, "--email", "a@example.com")
    assert done.exit_code == 0, done.output
    blocks = office.blocks()
    assert blocks["severa-sync-webhook"]["url"] == HOOK
    assert blocks["severa-sync-mail"]["url"] == (
        "mailtos://sender:p%26ss%2Fword@mail.example.com:2525?from=sync%40example.com&name=Severa%20sync"
        "&to=a%40example.com&smtp=mail.example.com&mode=starttls&format=text"
    )
    for shown in (json.dumps(office.held()), done.output):
        assert "a-secret-of-the-chat" not in shown
        assert "p%26ss" not in shown
    hidden = office.api.post("/block_documents/filter", json={}).json()
    assert "a-secret-of-the-chat" not in json.dumps(hidden)


def test_another_place_to_tell_replaces_the_one_before(office: Office) -> None:
    office.deploy("--webhook", HOOK)
    assert office.deploy("--webhook", f"{HOOK}-2", "--dry-run") == dict.fromkeys(NAMES, "updated")
    assert office.blocks()["severa-sync-webhook"]["url"] == HOOK
    assert office.deploy("--webhook", f"{HOOK}-2") == dict.fromkeys(NAMES, "updated")
    assert office.blocks()["severa-sync-webhook"]["url"] == f"{HOOK}-2"
    assert office.deploy("--email", "a@example.com") == dict.fromkeys(NAMES, "updated")
    assert [one["type"] for one in office.held()["severa-sync: late runs"]["actions"]] == ["send-notification"]


def test_a_dry_run_makes_nothing(office: Office) -> None:
    assert office.deploy("--webhook", HOOK, "--dry-run") == dict.fromkeys(NAMES, "created")
    assert office.held() == {}
    assert office.blocks() == {}


def test_what_a_person_switched_off_stays_off(office: Office) -> None:
    office.deploy("--webhook", HOOK)
    late = office.held()["severa-sync: late runs"]
    assert office.api.patch(f"/automations/{late['id']}", json={"enabled": False}).is_success
    assert office.deploy("--webhook", HOOK) == dict.fromkeys(NAMES, "unchanged")
    changed = office.held()["severa-sync: open issues"] | {"description": "mine"}
    body = {name: changed[name] for name in ("name", "description", "enabled", "tags", "trigger", "actions")}
    assert office.api.put(f"/automations/{changed['id']}", json=body).is_success
    assert office.deploy("--webhook", HOOK)["severa-sync: open issues"] == "updated"
    assert not office.held()["severa-sync: late runs"]["enabled"]
    assert office.held()["severa-sync: open issues"]["description"] != "mine"


def test_pruning_removes_ours_and_nobody_elses(office: Office) -> None:
    office.deploy("--webhook", HOOK)
    ours = office.held()["severa-sync: failed runs"]
    body = {name: ours[name] for name in ("description", "enabled", "trigger")}
    others = {"actions": [{"type": "do-nothing"}], **body}
    for other in ({"name": "of the team", "tags": ["severa-sync"]}, {"name": "severa-sync: mine", "tags": []}):
        assert office.api.post("/automations/", json={**others, **other}).status_code == 201
    old = {**others, "name": "severa-sync: of an older version", "tags": ours["tags"]}
    assert office.api.post("/automations/", json=old).status_code == 201
    assert office.deploy("--webhook", HOOK, "--prune") == {
        **dict.fromkeys(NAMES, "unchanged"), "severa-sync: of an older version": "removed"
    }  # fmt: skip
    assert office.deploy("--prune") == dict.fromkeys(NAMES, "removed")
    assert set(office.held()) == {"of the team", "severa-sync: mine"}
    assert office.blocks() == {}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--automations"], "must tell somebody"),
        (["--webhook", HOOK], "are for automations"),
        (["--automations", "--webhook", "chat.example.com"], "not a URL"),
        (["--automations", "--webhook", "env:NOT_THERE"], "NOT_THERE"),
        (["--automations", "--email", "nobody"], "not an address"),
    ],
)
def test_what_cannot_be_told_to_is_refused_before_anything_is_made(
    office: Office, arguments: list[str], said: str
) -> None:
    done = office.say(*arguments)
    assert isinstance(done.exception, ConfigurationError), done.output
    assert said in str(done.exception)
    assert not office.api.post(
        "/deployments/filter", json={"deployments": {"tags": {"all_": ["tenant:chatty"]}}}
    ).json()
