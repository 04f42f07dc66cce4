"""The simulated systems in a thread of the test's own process, with what tests need to see of them.

`serving()` makes a fresh world from a seed in a quarter of a second. Everything goes over real HTTP; only the tap,
which acts at a chosen request, stands between the server and the systems.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.clock import Clock
from sandbox.control import PREFIX
from sandbox.server import SYSTEMS, access, build_app, build_systems
from sandbox.system import System
from sandbox.world import World
from tests.specs import spec, vendor_folder
from tests.support.listening import Moment, listening, watched

Row = dict[str, Any]
GET_LIKE = ("/v1/token", "/OAuth/Token", "/connect/token")
"""Paths whose POST writes nothing."""


class Tap:
    """Sees every request to a simulated system just before and just after it is carried out, unanswered then.

    `watch` is told each moment; when it is true before a request, that is cut off without being carried out.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.watch: Callable[[Moment], bool] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        watch = self.watch
        if watch is None or scope["type"] != "http" or scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
        else:
            await watched(self._app, watch, scope, receive, send)


class Sandbox:
    """A running sandbox: its ready file, what it stores, what people do in it, its faults and its recording."""

    def __init__(self, systems: Mapping[str, System], world: World, ready: Path, tap: Tap, clock: Clock) -> None:
        self.systems = systems
        self.world = world
        self.clock = clock
        self.ready = ready
        self.access: dict[str, Any] = json.loads(ready.read_text())
        self.tap = tap
        self._control = httpx.Client(base_url=self.access["control_url"], timeout=30)
        keys = (invoice.key for invoice in world.invoices)
        self.guids = dict(zip(keys, (row["guid"] for row in self.objects("severa", "invoices")), strict=True))
        """Key of an invoice of the world -> its guid in Severa."""

    def objects(self, system: str, kind: str) -> list[Row]:
        """Everything stored of a kind."""
        found: list[Row] = self._json("GET", f"/{system}/objects/{kind}")
        return found

    def act(self, system: str, action: str, **given: Any) -> Row:
        """What a person does in that system's screens."""
        done: Row = self._json("POST", f"/{system}/{action}", given)
        return done

    def fault(self, system: str, method: str, path: str, kind: str, times: int = 1, *, after: int = 0) -> None:
        """Order a fault for coming requests; the first `after` of them pass."""
        order = {"system": system, "method": method, "path": path, "kind": kind, "times": times, "after": after}
        self._json("POST", "/faults", order)

    def faults(self) -> list[Row]:
        """Those that were ordered and have not come to pass."""
        found: list[Row] = self._json("GET", "/faults")
        return found

    def clear_faults(self) -> None:
        """Forget them."""
        self._json("DELETE", "/faults")

    def advance(self, seconds: float) -> None:
        """Let time pass in the simulated systems."""
        self._json("POST", "/clock", {"advance_seconds": seconds})

    def set_back(self, seconds: float) -> None:
        """The simulated systems' clock, which ran ahead, is put right."""
        self._json("POST", "/clock", {"set_back_seconds": seconds})

    def exchanges(self, since: int = 0, system: str | None = None) -> list[Row]:
        """What was asked and answered from an index on."""
        found: list[Row] = self._json(
            "GET", "/exchanges", params={"since": since, **({"system": system} if system else {})}
        )
        return found

    def mark(self) -> int:
        """The index of the next exchange."""
        return int(self._json("GET", "/exchanges/next")["index"])

    def writes(self, since: int = 0) -> list[str]:
        """`METHOD path` of every request that could change something."""
        return [
            f"{one['method']} {one['path']}"
            for one in self.exchanges(since)
            if one["method"] != "GET" and one["path"] not in GET_LIKE
        ]

    def secrets(self) -> set[str]:
        """Every secret value that was ever given out."""
        return {secret for system in self.systems.values() for secret in system.secrets if secret}

    def close(self) -> None:
        """Close the control client."""
        self._control.close()

    def validate(self, since: int = 0) -> None:
        """Compare everything said with the vendors' specifications, where these are at hand."""
        known = [system for system in self.systems if (vendor_folder(system) / "openapi.json").exists()]
        said = self.exchanges(since) if known else []
        different = {_words(one): one for one in said if one["system"] in known and not _cut(one)}
        for exchange in different.values():
            spec(exchange["system"]).validate_exchange(exchange)

    def _json(self, method: str, path: str, body: Any = None, params: Any = None) -> Any:
        answer = self._control.request(method, path, json=body, params=params)
        assert answer.is_success, answer.text
        return answer.json()


def _words(exchange: Row) -> str:
    """What of an exchange is compared: two of the same words need one look."""
    kinds = [(exchange[f"{side}_headers"] or {}).get("content-type") for side in ("request", "response")]
    names = ("system", "method", "path", "query", "status", "fault", "request_body", "response_body")
    return json.dumps([kinds, [exchange[name] for name in names]])


def _cut(exchange: Row) -> bool:
    """Whether its body never arrived: the sender was killed between its headers and its body."""
    return exchange["request_body"] is None and exchange["request_headers"].get("content-length", "0") != "0"


@contextmanager
def serving(
    folder: Path, seed: int = 1, *, erp: str = "poweroffice", limits_on: bool = False, validated: bool = True
) -> Iterator[Sandbox]:
    """Serve a small world set up for an ERP until the block ends; then everything that was said is validated."""
    world, clock = World.generate(seed, "small", erp), Clock()
    systems = build_systems(SYSTEMS, world, clock, limits_on=limits_on)
    tap = Tap(build_app(systems, world, clock, limits_on=limits_on))
    with listening(tap) as base:
        ready = folder / "ready.json"
        ready.write_text(json.dumps(_ready(base, systems, limits_on=limits_on)))
        running = Sandbox(systems, world, ready, tap, clock)
        try:
            yield running
            if validated:
                running.validate()
        finally:
            running.close()


def _ready(base: str, systems: Mapping[str, System], *, limits_on: bool) -> dict[str, Any]:
    """The content of the ready file, as the served sandbox writes it."""
    return {
        **{name: access(base, system) for name, system in systems.items()},
        "control_url": f"{base}{PREFIX}",
        "rate_limits": "on" if limits_on else "off",
    }
