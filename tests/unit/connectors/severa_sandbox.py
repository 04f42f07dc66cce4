"""The simulated Severa on loopback, in a thread of its own, for tests of the adapter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from pydantic import SecretStr

from connectors.severa.adapter import SeveraAdapter
from connectors.severa.settings import SeveraSettings
from sandbox.clock import Clock
from sandbox.control import PREFIX
from sandbox.server import build_app, build_systems
from sandbox.system import System
from sandbox.world import World
from tests.specs import spec, vendor_folder
from tests.support.listening import listening


class Sandbox:
    """The simulated Severa: its address, its own view of what it stores, and adapters for it."""

    def __init__(self, url: str, system: System) -> None:
        self.url = url
        self.system = system

    def objects(self, kind: str) -> list[dict[str, Any]]:
        """Everything stored of a kind."""
        return self.system.objects(kind)

    def stored(self, kind: str, guid: str) -> dict[str, Any]:
        """One stored row."""
        return next(row for row in self.objects(kind) if row["guid"] == guid.rpartition(":")[2])

    def validate(self) -> None:
        """Compare everything said so far with the vendor's specification, where that is at hand."""
        if (vendor_folder("severa") / "openapi.json").exists():
            for exchange in httpx.get(f"{self.url}{PREFIX}/exchanges").json():
                spec("severa").validate_exchange(exchange)

    def adapter(self, **settings: Any) -> SeveraAdapter:
        """An adapter for a tenant of this Severa."""
        known = SeveraSettings.model_validate(
            {
                "base_url": f"{self.url}/severa",
                "client_id": self.system.credentials["client_id"],
                "client_secret": "env:X",
                "statuses": {
                    "trigger": "Send to PowerOffice",
                    "transferred": "In PowerOffice",
                    "sent": "S",
                    "paid": "P",
                },
                "calls_per_second": 0,
                **settings,
            },
            strict=False,
        )
        return SeveraAdapter.open(known, SecretStr(self.system.credentials["client_secret"]))


@contextmanager
def serving(seed: int = 7) -> Iterator[Sandbox]:
    """Serve a small world until the block ends."""
    world, clock = World.generate(seed, "small"), Clock()
    systems = build_systems(["severa"], world, clock, limits_on=False)
    app = build_app(systems, world, clock, limits_on=False)
    with listening(app) as base:
        running = Sandbox(base, systems["severa"])
        yield running
        running.validate()
