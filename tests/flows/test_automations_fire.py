"""Automations tell people: on a server whose triggers are at work, with a webhook and a mail server (ALL-13)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from cli import server
from tests.conftest import LIGHT
from tests.support.listening import listening
from tests.support.mail import Mailbox, serving_mail
from tests.support.workers import Patient, eventually

ROOT = Path(__file__).parents[2]
DEMO = (Path(__file__).parents[1] / "unit" / "tenants" / "demo.yaml").read_text(encoding="utf-8")
TENANTS = ("acme", "bolt")
Json = dict[str, Any]
pytestmark = pytest.mark.thorough  # a server of its own takes too long to start


@dataclass
class Hook:
    """A webhook that keeps what it is told."""

    told: list[Json] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one call."""
        assert scope["type"] == "http"
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.told.append(json.loads(body))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@dataclass
class Office:
    """A server of its own with the deployments and automations of two tenants, and those who are told."""

    api: httpx.Client
    hook: Hook
    mailbox: Mailbox

    def run(self, deployment: str, kind: str, name: str, message: str | None = None) -> str:
        """A run that comes into a state; its name."""
        held = self.api.get(f"/deployments/name/{deployment}").json()
        run = self.api.post(f"/deployments/{held['id']}/create_flow_run", json={}).json()
        state = {"type": kind, "name": name, "message": message}
        answer = self.api.post(f"/flow_runs/{run['id']}/set_state", json={"state": state, "force": True})
        assert answer.is_success, answer.text
        return str(run["name"])

    def job_of_a_cycle(self, kind: str, name: str) -> None:
        """A run that has our tag and no deployment, as the jobs inside a cycle have."""
        flow = self.api.post("/flows/", json={"name": "invoice-export"}).json()["id"]
        run = self.api.post("/flow_runs/", json={"flow_id": flow, "tags": ["severa-sync", "tenant:bolt"]}).json()
        state = {"state": {"type": kind, "name": name}, "force": True}
        assert self.api.post(f"/flow_runs/{run['id']}/set_state", json=state).is_success

    def told(self, number: int) -> list[Json]:
        """What the webhook was told, once it is so many."""
        eventually(lambda: len(self.hook.told) >= number, f"{number} calls of the webhook")
        return self.hook.told


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    (folder / "tenants").mkdir()
    for name in TENANTS:
        text = DEMO.replace("tenant: demo", f"tenant: {name}")
        (folder / "tenants" / f"{name}.yaml").write_text(text, encoding="utf-8")
    # All of the server's services but those that make the runs of the timetable.
    quiet = {name: value for name, value in LIGHT.items() if "TRIGGERS" not in name}
    hook = Hook()
    with serving_mail() as mailbox, listening(hook) as url:
        environment = {
            **{name: value for name, value in os.environ.items() if name not in {"PREFECT_HOME", "PREFECT_API_URL"}},
            **quiet,
            "SEVERA_SYNC_HOME": str(folder / "home"),
            "SEVERA_SYNC_TENANTS": str(folder / "tenants"),
            "SEVERA_SYNC_SMTP_URL": f"smtp+plain://127.0.0.1:{mailbox.port}",
            "SEVERA_SYNC_SMTP_FROM": "Severa sync <sync@example.com>",
            "HOOK": url,
        }
        emails = ["--email", "desk@example.com", "--email", "boss@example.com"]
        command = [sys.executable, "-m", "cli.main", "deploy", "--automations", *emails, "--webhook", "env:HOOK"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        try:
            assert done.returncode == 0, done.stdout + done.stderr
            running = server.status(folder / "home")
            assert running is not None
            with httpx.Client(base_url=running.api_url, timeout=60, transport=Patient()) as api:
                yield Office(api, hook, mailbox)
        finally:
            server.stop(folder / "home")


def test_a_failed_run_is_told_at_once_and_not_again_for_the_same_tenant(office: Office) -> None:
    """ALL-13: what is told names tenant, run and reason, as JSON however the reason is written."""
    reason = 'The "client secret" was refused.\nMend it: <a> & {{ b }}'
    run = office.run("cycle/acme", "FAILED", "Failed", reason)
    (told,) = office.told(1)
    assert told["kind"] == "failed"
    assert (told["tenant"], told["run"], told["state"]) == ("acme", run, "Failed")
    assert told["message"] == reason
    assert told["text"] == f"acme: the run '{run}' ended as Failed."
    assert told["url"].startswith("http://")
    office.run("invoice-export/acme", "CRASHED", "Crashed")
    office.job_of_a_cycle("FAILED", "Failed")
    office.run("cycle/bolt", "CRASHED", "Crashed")
    assert [one["tenant"] for one in office.told(2)] == ["acme", "bolt"]
    mails = office.mailbox.messages  # one for each address
    eventually(lambda: len(mails) >= 4, "four e-mails")
    everybody = ["boss@example.com", "desk@example.com"]
    assert sorted(office.mailbox.recipients[:2]) == [[address] for address in everybody]
    assert {mail["Subject"] for mail in mails[:2]} == {"Severa sync, acme: Failed"}
    assert 'The "client secret" was refused.' in mails[0].get_content()


def test_late_runs_and_open_issues_are_told(office: Office) -> None:
    """ALL-13: late runs once for all tenants, open issues for each."""
    before = len(office.hook.told)
    office.run("cycle/acme", "SCHEDULED", "Late")
    office.run("cycle/bolt", "SCHEDULED", "Late")
    office.run("cycle/bolt", "COMPLETED", "Completed with issues", "2 created, 1 rejected")
    office.run("cycle/acme", "COMPLETED", "Completed")
    office.run("cycle/acme", "COMPLETED", "Completed with issues")
    told = office.told(before + 3)[before:]
    assert [(one["kind"], one["tenant"]) for one in told] == [("late", "acme"), ("issues", "bolt"), ("issues", "acme")]
    assert told[1]["text"].endswith("They are listed by: severa-sync issues bolt")
