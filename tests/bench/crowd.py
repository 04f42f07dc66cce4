"""Many simulated companies in one process: `crowd.py FOLDER COUNT SHARED`, until SIGTERM.

Each has a Severa and a PowerOffice of its own, with their rate limits on. SHARED is `yes` when all PowerOffice
companies are behind one subscription key, which the vendor limits as one. Writes `FOLDER/ready-NN.json` for each, then
`pid`.
`GET /came` tells of every request the system, the time, and whether it was refused for the limit, and forgets them.
`GET /one-key` puts all PowerOffice companies behind one subscription key from now on, and tells it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.clock import Clock
from sandbox.control import PREFIX
from sandbox.limits import Window
from sandbox.server import SYSTEMS, CuttableProtocol, build_app, build_systems
from sandbox.system import System
from sandbox.world import World

PER_SECOND = 10
"""What PowerOffice allows a subscription key (contract section 3)."""
ONE_KEY = "5f0c9d1e8b7a4c6d9e2f1a3b5c7d9e0f"


class Watching:
    """Notes each system's requests and those that were refused with 429."""

    def __init__(self, app: ASGIApp, one_key: Callable[[], str]) -> None:
        self._app = app
        self._one_key = one_key
        self._came: list[tuple[str, float, bool]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"].split("/", 2)[1]
        if name == "came":
            await _tell(send, self._came)
            self._came.clear()
            return
        if name == "one-key":
            await _tell(send, self._one_key())
            return
        now = time.time()

        async def seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._came.append((name, now, message["status"] == 429))
            await send(message)

        await self._app(scope, receive, seen)


async def _tell(send: Send, what: Any) -> None:
    body = json.dumps(what).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def behind_one_key(systems: Iterable[System]) -> str:
    """One subscription key and one limit for all of these."""
    window = Window(PER_SECOND, 1.0)
    for system in systems:
        office: Any = system
        office.access.subscription_key = ONE_KEY
        office.credentials = {**office.credentials, "subscription_key": ONE_KEY}
        office.app._window = window
    return ONE_KEY


def main(folder: Path, count: int, *, shared: bool) -> None:
    """Build and serve."""
    clock = Clock()
    systems: dict[str, System] = {}
    for number in range(count):
        world = World.generate(number + 1, "small")
        for name, system in build_systems(SYSTEMS[:2], world, clock, limits_on=True).items():
            systems[f"{name}-{number:02}"] = system
    offices = [system for name, system in systems.items() if name.startswith("poweroffice-")]
    if shared:
        behind_one_key(offices)
    app = build_app(systems, world, clock, limits_on=True)
    app._exchanges.on = False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        for number in range(count):
            ready = {
                name: {"base_url": f"{base}/{name}-{number:02}", **systems[f"{name}-{number:02}"].credentials}
                for name in SYSTEMS[:2]
            }
            content = {**ready, "control_url": f"{base}{PREFIX}", "rate_limits": "on"}
            (folder / f"ready-{number:02}.json").write_text(json.dumps(content))
        config = uvicorn.Config(
            Watching(app, lambda: behind_one_key(offices)),
            http=CuttableProtocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_level="warning",
            date_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
            backlog=1024,
        )
        (folder / "pid").write_text(str(os.getpid()))
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), shared=sys.argv[3] == "yes")
