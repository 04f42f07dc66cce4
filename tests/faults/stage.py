"""The simulated systems of one worker: one server, and a fresh world in it for every scenario."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.types import Receive, Scope, Send

from cli.init import init
from sandbox import control
from sandbox.clock import Clock
from sandbox.exchanges import Exchange, Exchanges
from sandbox.faults import Fault, Faults
from sandbox.gateway import Gateway
from sandbox.server import access, build_systems
from sandbox.system import System
from sandbox.world import World
from state.store import Store
from tests.support.listening import Moment, listening, watched

Row = dict[str, Any]
TENANT = "fjord"
SIGN_INS = ("/v1/token", "/OAuth/Token", "/connect/token")
"""Paths whose POST writes nothing."""


class Stage:
    """The server's application. What it serves is exchanged by `fresh`; the addresses and credentials stay.

    `watch` is told each moment of every request; when it is true before a request, that is cut off without being
    carried out. It runs in the server's thread, so what it does falls between two requests.
    """

    def __init__(self) -> None:
        self.base = ""
        self.watch: Callable[[Moment], bool] | None = None
        self.under_way = 0
        self.systems: Mapping[str, System] = {}
        self.clock = Clock()
        self.faults = Faults()
        self._gateway: Gateway | None = None
        self._exchanges = Exchanges()

    def fresh(self, world: World) -> None:
        """Severa and the world's ERP anew; nothing of those before is left."""
        self.clock, self.faults, self._exchanges, self.watch = Clock(), Faults(), Exchanges(), None
        self.systems = build_systems(("severa", world.erp), world, self.clock, limits_on=False)
        app = control.build(self.systems, world, self.clock, self._exchanges, self.faults, limits_on=False)
        self._gateway = Gateway(self.systems, app, clock=self.clock, exchanges=self._exchanges, faults=self.faults)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        gateway, watch = self._gateway, self.watch
        assert gateway is not None
        if scope["type"] != "http":
            return
        self.under_way += 1
        try:
            if watch is None:
                await gateway(scope, receive, send)
            else:
                await watched(gateway, watch, scope, receive, send)
        finally:
            self.under_way -= 1

    # what stands in the systems, and what people do there ---------------------------------------------------------

    def objects(self, system: str, kind: str) -> list[Row]:
        """Everything stored of a kind."""
        return self.systems[system].objects(kind)

    def act(self, system: str, action: str, **given: Any) -> Row:
        """What a person does in that system's screens; ActionError when it cannot be done."""
        return self.systems[system].actions[action](given)

    def order(self, fault: Fault) -> None:
        """A fault for coming requests."""
        self.faults.add(fault)

    def exchanges(self, since: int = 0) -> list[Exchange]:
        """What was asked and answered from an index on."""
        return [one for one in self._exchanges.since(since, None) if one.index >= since]

    @property
    def mark(self) -> int:
        """The index of the next exchange."""
        found = self.exchanges()
        return found[-1].index + 1 if found else 0

    def writes(self, since: int = 0) -> list[str]:
        """`METHOD path body` of every request that could change something."""
        return [
            f"{one.method} {one.path} {one.request_body[:200].decode('utf-8', 'replace')}"
            for one in self.exchanges(since)
            if one.method != "GET" and one.path not in SIGN_INS
        ]

    def settle(self) -> None:
        """Wait until every request has been carried out, those included whose caller has gone."""
        deadline = time.monotonic() + 10
        while self.under_way:
            assert time.monotonic() < deadline, "a request never ended"
            time.sleep(0.002)

    def ready(self) -> dict[str, Any]:
        """The content of a ready file."""
        systems = {name: access(self.base, each) for name, each in self.systems.items()}
        return {**systems, "control_url": f"{self.base}{control.PREFIX}", "rate_limits": "off"}


@contextmanager
def serving() -> Iterator[Stage]:
    """A stage on the loopback address, until the block ends."""
    stage = Stage()
    with listening(stage, log_level="critical") as stage.base:
        yield stage


class Homes:
    """Tenants that never ran, ready to be used: a file, secrets and an empty database, copied for each scenario."""

    def __init__(self, stage: Stage, erp: str, folder: Path) -> None:
        self._pattern = folder / "pattern"
        self._pattern.mkdir()
        ready = folder / "ready.json"
        ready.write_text(json.dumps(stage.ready()))
        file = init(TENANT, erp, folder=self._pattern / "tenants", home=self._pattern / "home", from_sandbox=ready)
        start = datetime.now(UTC).date() - timedelta(days=2)  # today here may be yesterday in the simulated ERP
        text = file.read_text().replace("  #cost_from: null\n", f"  cost_from: {start}\n")
        assert f"cost_from: {start}" in text
        file.write_text(text)
        Store.open(f"sqlite:///{self._pattern / 'home' / 'state.db'}").close()

    def new(self, folder: Path) -> Mapping[str, str]:
        """A tenant in a folder; the environment of its runs."""
        shutil.copytree(self._pattern, folder)
        return {"SEVERA_SYNC_HOME": str(folder / "home"), "SEVERA_SYNC_TENANTS": str(folder / "tenants")}
