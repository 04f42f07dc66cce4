"""`severa-sync sandbox`: the ready file, both systems behind it, the control API, and its end."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.commandline import COMPLETED, CONFIGURATION, CommandLine
from tests.support.sandbox import Row

SHAPE = {
    "severa": {"base_url", "client_id", "client_secret"},
    "poweroffice": {"base_url", "application_key", "client_key", "subscription_key"},
}
"""The ready file as the specification shows it (section 2)."""
MORE = {"control_url", "rate_limits", "pid"}


@dataclass(frozen=True)
class Served:
    """A sandbox in a process of its own."""

    process: subprocess.Popen[str]
    ready: Path

    @property
    def access(self) -> dict[str, Any]:
        """The ready file."""
        found: dict[str, Any] = json.loads(self.ready.read_text())
        return found

    def control(self, path: str) -> Any:
        """What the control API answers."""
        return httpx.get(f"{self.access['control_url']}{path}").raise_for_status().json()

    def severa_token(self) -> str:
        """Severa's access token for the credentials of the ready file."""
        severa = self.access["severa"]
        body = {"client_id": severa["client_id"], "client_secret": severa["client_secret"], "scope": "customers:read"}
        answer = httpx.post(f"{severa['base_url']}/v1/token", json=body).raise_for_status()
        return str(answer.json()["access_token"])

    def end(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=15)


@contextmanager
def served(cli: CommandLine, *options: str) -> Iterator[Served]:
    """`severa-sync sandbox` until the block ends."""
    ready = cli.folder / "below" / "ready.json"
    with cli.start("sandbox", "--ready", ready, *options) as process:
        try:
            end = time.monotonic() + 60
            while not ready.exists():
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < end, "no ready file"
                time.sleep(0.05)
            yield Served(process, ready)
        finally:
            process.kill()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Both systems with rate limits, as they are served without options."""
    with served(CommandLine(tmp_path_factory.mktemp("served"))) as found:
        yield found


def test_the_ready_file_says_where_both_systems_answer_and_with_which_credentials(running: Served) -> None:
    """Specification, section 2; the file holds credentials, so it is its owner's alone."""
    access = running.access
    assert set(access) == {*SHAPE, *MORE}
    for system, names in SHAPE.items():
        assert set(access[system]) == names
        assert all(isinstance(value, str) and value for value in access[system].values())
    assert access["pid"] == running.process.pid
    assert access["rate_limits"] == "on"
    assert stat.S_IMODE(running.ready.stat().st_mode) == 0o600


def test_severa_answers_right_below_its_base_url(running: Served) -> None:
    """Specification, section 2: `{base_url}/v1/customers`."""
    base, client = running.access["severa"]["base_url"], running.access["severa"]["client_id"]
    assert httpx.get(f"{base}/v1/customers").status_code == 401
    headers = {"Authorization": f"Bearer {running.severa_token()}", "Client_Id": client}
    customers = httpx.get(f"{base}/v1/customers", headers=headers, params={"rowCount": 100}).raise_for_status().json()
    assert 20 <= len(customers) <= 60
    assert {row["guid"] for row in customers} <= {row["guid"] for row in running.control("/severa/objects/customers")}


def test_poweroffice_answers_right_below_its_base_url(running: Served) -> None:
    """Specification, section 2: `{base_url}/v2/Customers`, `{base_url}/OAuth/Token`."""
    access = running.access["poweroffice"]
    key = {"Ocp-Apim-Subscription-Key": access["subscription_key"]}
    assert httpx.get(f"{access['base_url']}/v2/Customers", headers=key).status_code == 401
    token = httpx.post(
        f"{access['base_url']}/OAuth/Token",
        data={"grant_type": "client_credentials"},
        auth=(access["application_key"], access["client_key"]),
        headers=key,
    ).raise_for_status()
    bearer = {**key, "Authorization": f"Bearer {token.json()['access_token']}"}
    customers: list[Row] = httpx.get(f"{access['base_url']}/v2/Customers", headers=bearer).raise_for_status().json()
    stored = {row["Id"] for row in running.control("/poweroffice/objects/Customers")}
    assert customers
    assert {row["Id"] for row in customers} <= stored


def test_the_recording_holds_what_was_said_without_secrets(running: Served) -> None:
    """Specification, section 2: `GET /exchanges`."""
    token = running.severa_token()
    exchanges = running.control("/exchanges?system=severa")
    assert ("POST", "/v1/token", 200) in {(one["method"], one["path"], one["status"]) for one in exchanges}
    recorded = json.dumps(running.control("/exchanges"))
    assert token not in recorded
    for system, names in SHAPE.items():
        for name in names - {"base_url", "client_id"}:
            assert running.access[system][name] not in recorded, f"{system}.{name}"


def test_sigterm_ends_it_with_0_and_takes_the_ready_file_away(empty: CommandLine) -> None:
    """Specification, section 2: one system alone can be served, on a chosen seed, without rate limits."""
    with served(empty, "--systems", "severa", "--seed", "7", "--rate-limits", "off") as one:
        access = one.access
        assert set(access) == {"severa", *MORE}
        assert access["rate_limits"] == "off"
        said = empty("init", "fjord", "--erp", "poweroffice", "--from-sandbox", one.ready).expect(CONFIGURATION)
        assert "does not name poweroffice" in said.complaint
        assert one.end() == COMPLETED
        assert not one.ready.exists()
        out, err = one.process.communicate()
    assert "Traceback" not in out + err
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{access['severa']['base_url']}/v1/customers")
