"""A tenant of its own on simulated systems of one scale, run through the command line as a user would."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from connectors.settings import ERP_SETTINGS, SETTINGS, SEVERA
from connectors.severa.settings import SCOPES
from tests.bench.processes import ROOT, Finished, Usage, environment, measured
from tests.bench.recording import Exchange, is_token, is_write, to_replay

TENANT = "bench"
SEED = "1"
CLI = (sys.executable, "-m", "cli.main")
REPLAY = Path(__file__).with_name("replay.py")
FIRST_ERP = next(iter(ERP_SETTINGS))
START_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Cycle:
    """One run of the product: what it took, what it reported, and what it said to the systems (None: not recorded)."""

    usage: Usage
    report: dict[str, Any]
    exchanges: list[Exchange] | None
    calls: int

    @property
    def writes(self) -> int:
        """Calls that could change something in a vendor's system."""
        return sum(map(is_write, self.exchanges or ()))

    @property
    def token_calls(self) -> int:
        """Calls for access tokens, among all calls."""
        return sum(map(is_token, self.exchanges or ()))


class Company:
    """The tenant of an ERP and the folder of its files; `scale` is that of its simulated systems."""

    def __init__(self, erp: str, scale: str, folder: Path, ready: Path, variables: dict[str, str]) -> None:
        self.erp = erp
        self.scale = scale
        self.folder = folder
        self.variables = variables
        self._control = str(json.loads(ready.read_text())["control_url"])

    @property
    def words(self) -> str:
        """What the figures are of."""
        return f"scale {self.scale} with {ERP_SETTINGS[self.erp].title}"

    def run(self, job: str = "cycle", *, recorded: bool = True) -> Cycle:
        """Run a job as a command of its own. Recorded exchanges are handed over and forgotten by the systems."""
        mark = self._mark()
        self._post("exchanges/recording", {"on": recorded})
        done = cli(self.folder, self.variables, "run", TENANT, "--job", job, "--json")
        if done.code not in (0, 3):
            raise AssertionError(f"run ended with {done.code}: {done.output}\n{(self.folder / 'err.log').read_text()}")
        exchanges = self._get("exchanges", since=mark + 1) if recorded else None
        calls = self._mark() - mark - 1 if exchanges is None else len(exchanges)
        return Cycle(done.usage, json.loads(done.output), exchanges, calls)

    def advance(self, minutes: float) -> None:
        """Let time pass in the simulated systems."""
        self._post("clock", {"advance_seconds": minutes * 60})

    def _mark(self) -> int:
        """The index that the systems' record has come to: that of a call without authorisation, made for this."""
        self._post("exchanges/recording", {"on": True})
        httpx.delete(f"{self._control}/exchanges", timeout=60).raise_for_status()
        httpx.get(f"{self._control.rpartition('/')[0]}/severa/v1/users", timeout=60)
        return int(self._get("exchanges")[-1]["index"])

    def _get(self, path: str, **query: Any) -> list[Exchange]:
        answer = httpx.get(f"{self._control}/{path}", params=query, timeout=600)
        found: list[Exchange] = answer.raise_for_status().json()
        return found

    def _post(self, path: str, body: dict[str, Any]) -> None:
        httpx.post(f"{self._control}/{path}", json=body, timeout=60).raise_for_status()


def cli(folder: Path, variables: dict[str, str], *arguments: str) -> Finished:
    """A command of the product."""
    return measured([*CLI, *arguments], folder, variables)


@contextmanager
def prefect_server(folder: Path) -> Iterator[str]:
    """A Prefect server as the command line starts it; its API URL."""
    variables = {"SEVERA_SYNC_HOME": str(folder / "home")}
    folder.mkdir(parents=True, exist_ok=True)
    assert cli(folder, variables, "server", "start").code == 0, (folder / "err.log").read_text()
    try:
        yield f"http://127.0.0.1:{json.loads((folder / 'home' / 'server.json').read_text())['port']}/api"
    finally:
        cli(folder, variables, "server", "stop")


@contextmanager
def simulated_systems(folder: Path, scale: str, erp: str = FIRST_ERP) -> Iterator[Path]:
    """A fresh Severa and ERP in a process of their own, without rate limits; their ready file."""
    folder.mkdir(parents=True, exist_ok=True)
    ready = folder / "ready.json"
    command = [*CLI, "sandbox", "--ready", str(ready), "--scale", scale, "--seed", SEED, "--rate-limits", "off"]
    command += ["--systems", f"{SEVERA},{erp}"]
    with (folder / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=ROOT, env=environment({})
        )
    try:
        end = time.monotonic() + START_SECONDS
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > end:
                raise AssertionError((folder / "sandbox.log").read_text())
            time.sleep(0.05)
        yield ready
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def company(folder: Path, scale: str, api_url: str, erp: str = FIRST_ERP) -> Iterator[Company]:
    """A new tenant on fresh simulated systems, never synchronised."""
    with simulated_systems(folder, scale, erp) as ready:
        variables = {
            "SEVERA_SYNC_HOME": str(folder / "home"),
            "SEVERA_SYNC_TENANTS": str(folder / "tenants"),
            "PREFECT_API_URL": api_url,
        }
        done = cli(folder, variables, "init", TENANT, "--erp", erp, "--from-sandbox", str(ready))
        assert done.code == 0, done.output + (folder / "err.log").read_text()
        yield Company(erp, scale, folder, ready, variables)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the bare script took for the same calls; `phases` are seconds by the phases of `recording.PHASES`."""

    usage: Usage
    seconds: float
    phases: dict[str, float]
    calls: int
    others: list[list[Any]]


def replayed(folder: Path, company: Company, exchanges: list[Exchange]) -> Replayed:
    """Replay a company's first cycle against fresh simulated systems with the same seed.

    As many calls of a system are under way at a time as the product has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    recording, result = folder / "recording.json", folder / "result.json"
    concurrency = {name: int(SETTINGS[name].model_fields["concurrency"].default) for name in (SEVERA, company.erp)}
    recording.write_text(json.dumps(to_replay(exchanges, concurrency, ",".join(SCOPES))))
    with simulated_systems(folder, company.scale, company.erp) as ready:
        done = measured([sys.executable, str(REPLAY), str(ready), str(recording), str(result)], folder, {})
    assert done.code == 0, (folder / "err.log").read_text()
    came = json.loads(result.read_text())
    return Replayed(done.usage, came["seconds"], came["phases"], came["calls"], came["others"])
