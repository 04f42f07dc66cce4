"""What a vendor wrote is shown harmlessly, and no secret is shown or kept anywhere but in the folder of secrets."""

from __future__ import annotations

import json
import os
import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.e2e.commandline import COMPLETED, WITH_ISSUES, CommandLine, Said, everything_below
from tests.support.company import Company
from tests.support.sandbox import Row, Sandbox

NAME = "nordlys"

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)> [red]Rød[/red] [link=http://evil.example]her[/link] [/]"
CONTROL = "\x1b[31mRØD\x1b[0m \x1b]0;title\x07 \r\nneste\tlinje \u202esnudd \u2028 \x9b31m \x00"
LOGGED = {
    "PREFECT_LOGGING_TO_API_ENABLED": "true",
    "PREFECT_LOGGING_LEVEL": "DEBUG",
    "PREFECT_LOGGING_ROOT_LEVEL": "DEBUG",
    "PREFECT_LOGGING_LOGGERS_PREFECT_FLOW_RUNS_LEVEL": "DEBUG",
}
"""The whole log goes to Prefect, as far as its libraries say anything."""


class Prefect:
    """What the Prefect server keeps of one flow run and of all below it."""

    def __init__(self, api: str, flow_run: str) -> None:
        self._api = api
        self.flow_run: Row = httpx.get(f"{api}/flow_runs/{flow_run}", timeout=30).raise_for_status().json()
        tag = {"flow_runs": {"tags": {"all_": [f"tenant:{NAME}"]}}}
        self.runs = [*self._all("flow_runs", {**tag, "sort": "START_TIME_ASC"}), *self._all("task_runs", tag)]
        self.artifacts = self._all("artifacts", {})
        self.logs = self._all("logs", {})

    def _all(self, kind: str, asked: Row) -> list[Row]:
        found: list[Row] = []
        while True:
            body = {**asked, "limit": 200, "offset": len(found)}
            page = httpx.post(f"{self._api}/{kind}/filter", json=body, timeout=30).raise_for_status().json()
            found += page
            if len(page) < 200:
                return found

    def artifact(self, key: str) -> Any:
        """The newest data under a key."""
        newest = max((row for row in self.artifacts if row["key"] == key), key=lambda row: row["created"])
        return json.loads(newest["data"]) if newest["type"] == "table" else newest["data"]


@pytest.fixture(scope="module")
def company(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A tenant with a name of its own, for other modules may use the same Prefect server at the same time."""
    folder = tmp_path_factory.mktemp("company")
    CommandLine(folder)("init", NAME, "--erp", "poweroffice", "--from-sandbox", sandbox.ready).expect(COMPLETED)
    return Company(folder, sandbox, NAME)


@pytest.fixture(scope="module")
def hostile(company: Company) -> Company:
    """People have entered markup and control characters wherever a message may repeat them."""
    act = company.sandbox.act
    customers = company.sandbox.objects("severa", "customers")
    busy = {row["customer"]["guid"] for row in company.sandbox.objects("severa", "projects") if row["customer"]}
    idle = next(row for row in customers if row["guid"] not in busy)
    act("severa", "edit_customer", guid=idle["guid"], members={"name": f"Kunde {MARKUP} {CONTROL}"})
    unnumbered = next(row for row in customers if row["number"] is None)
    act("severa", "edit_customer", guid=unnumbered["guid"], members={"name": f"Uten nummer {MARKUP}"})
    row = {"quantity": 1, "unit_price": 100, "vat_rate": 25, "description": f"Rad {MARKUP} {CONTROL}"}
    company.bill({**row, "codes": ["P1027", "STD"]})
    company.bill({**row, "code": f"FARLIG{MARKUP}"})
    company.bill({**row, "code": f"FARLIG{CONTROL}"})
    return company


@pytest.fixture(scope="module")
def shown(hostile: Company, cli: CommandLine, prefect_api: str) -> dict[str, Said]:
    """A whole first cycle with everything logged, and then every command that shows something of it."""
    calls = {
        "run": ("run", NAME, "--verbose"),
        "run again": ("run", NAME, "--json"),
        "transfers": ("transfers", NAME),
        "transfers as JSON": ("transfers", NAME, "--json"),
        "issues": ("issues", NAME, "--all"),
        "issues as JSON": ("issues", NAME, "--json"),
        "status": ("status",),
    }
    logged = CommandLine(cli.folder, {"PREFECT_API_URL": prefect_api, **LOGGED})
    found = {name: logged(*call) for name, call in calls.items()}
    for name, said in found.items():  # libraries may log tracebacks when everything is logged
        assert said.code in {COMPLETED, WITH_ISSUES}, (name, said.err[-3000:])
    return found


@pytest.fixture(scope="module")
def prefect(shown: dict[str, Said], prefect_api: str) -> Prefect:
    """What the first run left on the server."""
    (flow_run,) = re.findall(r"/runs/flow-run/([0-9a-f-]{36})", shown["run"].out)
    return Prefect(prefect_api, flow_run)


# ---------------------------------------------------------------- the vendor's text


def test_markup_of_a_vendor_is_shown_as_it_was_written(shown: dict[str, Said]) -> None:
    """Law 10: the terminal shows the brackets instead of following them."""
    for name in ("run", "issues", "transfers"):
        words = "".join(shown[name].out.split())
        assert "<script>alert(1)</script>" in words, name
        assert "[red]Rød[/red]" in words, name
        assert "[link=http://evil.example]her[/link]" in words, name
    texts = json.dumps(shown["issues as JSON"].json, ensure_ascii=False)
    assert "[red]Rød[/red]" in texts


def test_no_control_character_of_a_vendor_reaches_the_terminal(shown: dict[str, Said]) -> None:
    """Law 10."""
    for name, said in shown.items():
        strange = {c for c in said.out + said.err if not c.isprintable() and c != "\n"}
        assert not strange, (name, strange)


def test_nothing_of_a_vendor_is_markup_in_the_prefect_ui(hostile: Company, prefect: Prefect) -> None:
    """Law 10: the summary is markdown, in which HTML would be followed."""
    summary = prefect.artifact(f"{NAME}-summary")
    assert "alert(1)" in summary
    assert not re.search(r"<\s*/?\s*(script|img)", summary, re.IGNORECASE)
    table = prefect.artifact(f"{NAME}-issues")
    assert any("alert(1)" in row["what"] for row in table)
    said = [summary, *(str(value) for row in table for value in row.values())]
    said += [row["message"] for row in prefect.logs]
    for text in said:
        strange = {c for c in text if not c.isprintable() and c != "\n"}
        assert not strange, (text, strange)


# ---------------------------------------------------------------- secrets


def secrets_in_use(company: Company) -> set[str]:
    """The credentials and all tokens that were given out, also as they stand in an address."""
    access = company.sandbox.access
    known = company.sandbox.secrets() | {access["severa"]["client_secret"]}
    known |= {access["poweroffice"][name] for name in ("application_key", "client_key", "subscription_key")}
    return known | {quote(secret, safe="") for secret in known}


def holds(text: str | bytes, secrets: set[str]) -> list[str]:
    """The beginnings of the secrets that stand in a text."""
    data = text.encode() if isinstance(text, str) else text
    return [f"{secret[:6]}…" for secret in secrets if secret.encode() in data]


def test_secrets_were_used(shown: dict[str, Said], company: Company) -> None:
    """Law 9: otherwise the tests below would look for nothing."""
    stored = {content.decode().strip() for content in everything_below(company.home / "secrets").values()}
    found = secrets_in_use(company)
    assert stored <= found
    assert len(found - stored) >= 2, "no tokens"


def test_no_secret_is_printed(shown: dict[str, Said], company: Company) -> None:
    """Law 9."""
    secrets = secrets_in_use(company)
    for name, said in shown.items():
        assert not holds(said.out + said.err, secrets), name


def test_no_secret_lies_in_the_home_outside_its_folder(shown: dict[str, Said], company: Company) -> None:
    """Law 9: tokens are kept encrypted; the tenant file holds references."""
    secrets = secrets_in_use(company)
    kept = {**everything_below(company.home), **everything_below(company.tenants)}
    kept = {path: content for path, content in kept.items() if company.home / "secrets" not in path.parents}
    assert company.home / "state.db" in kept
    assert any("data-docs" in path.parts for path in kept)
    assert not {path: found for path, content in kept.items() if (found := holds(content, secrets))}


def test_no_secret_reaches_the_prefect_server(prefect: Prefect, company: Company) -> None:
    """Law 9: parameters, names, artifacts and logs."""
    assert prefect.flow_run["parameters"]["tenant"] == NAME
    assert prefect.logs
    secrets = secrets_in_use(company)
    for rows in ([prefect.flow_run], prefect.runs, prefect.artifacts, prefect.logs):
        for row in rows:
            assert not holds(json.dumps(row, ensure_ascii=False), secrets), row.get("name") or row.get("message")


def test_no_secret_lies_in_the_files_of_the_prefect_server(
    prefect: Prefect, company: Company, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Law 9: its database with all that no call shows, its log, its results."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prefect-server"
    files = everything_below(home)
    assert any(NAME.encode() in content for content in files.values()), "its database is elsewhere"
    secrets = secrets_in_use(company)
    assert not {path: found for path, content in files.items() if (found := holds(content, secrets))}


def test_no_secret_stands_in_the_recording_of_the_simulated_systems(shown: dict[str, Said], company: Company) -> None:
    """Specification, section 2."""
    recorded = json.dumps(company.sandbox.exchanges(), ensure_ascii=False)
    assert '"/OAuth/Token"' in recorded
    assert not holds(recorded, secrets_in_use(company))
