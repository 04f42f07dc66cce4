"""Many simulated companies in one process: `crowd.py FOLDER COUNT SHARED`, until SIGTERM.

Each has a Severa and a PowerOffice of its own, with their rate limits on. SHARED is `yes` when all PowerOffice
companies are behind one subscription key, which the vendor limits as one. Writes `FOLDER/ready-NN.json` for each, then
`pid`.
`GET /counts` tells, per system and second, how many requests came and how many were refused for the limit.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections import Counter
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


class Counting:
    """Counts the requests of each system by the second, and those that were refused with 429."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.came: Counter[tuple[str, int]] = Counter()
        self.refused: Counter[tuple[str, int]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"].split("/", 2)[1]
        if name == "counts":
            await self._tell(send)
            return
        now = int(time.time())

        async def seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.came[name, now] += 1
                self.refused[name, now] += message["status"] == 429
            await send(message)

        await self._app(scope, receive, seen)

    async def _tell(self, send: Send) -> None:
        said = [[name, second, number, self.refused[name, second]] for (name, second), number in self.came.items()]
        self.came.clear()
        self.refused.clear()
        body = json.dumps(said).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def main(folder: Path, count: int, *, shared: bool) -> None:
    """Build and serve."""
    clock, window = Clock(), Window(PER_SECOND, 1.0)
    systems: dict[str, System] = {}
    for number in range(count):
        world = World.generate(number + 1, "small")
        for name, system in build_systems(SYSTEMS[:2], world, clock, limits_on=True).items():
            systems[f"{name}-{number:02}"] = system
            if shared and name == "poweroffice":
                app: Any = system.app
                app._window = window
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
            Counting(app),
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
