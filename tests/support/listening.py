"""An ASGI application on the loopback address, in a thread of the test's own process, and who watches its requests."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.gateway import TRANSPORT
from sandbox.server import CuttableProtocol

Moment = tuple[str, str, str]
"""("before" | "after" a request is carried out, method, path below the port)."""


async def watched(app: ASGIApp, watch: Callable[[Moment], bool], scope: Scope, receive: Receive, send: Send) -> None:
    """One HTTP request, of which `watch` is told each moment; when it is true before, the request is cut off undone.

    It is told in the server's own thread: what it does falls between two requests.
    """
    if watch(("before", scope["method"], scope["path"])):
        scope["state"][TRANSPORT].abort()
        for _ in range(3):  # until the server has noticed
            await asyncio.sleep(0)
        return

    async def seen(message: Message) -> None:
        if message["type"] == "http.response.start":
            watch(("after", scope["method"], scope["path"]))
        await send(message)

    await app(scope, receive, seen)


@contextmanager
def listening(app: ASGIApp, *, log_level: str = "warning") -> Iterator[str]:
    """Serve an application until the block ends; its address, such as `http://127.0.0.1:40001`.

    Its requests can be cut off unanswered, as those of the served sandbox.
    """
    config = uvicorn.Config(
        app,
        http=CuttableProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        access_log=False,
        log_level=log_level,
        date_header=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    # said to be TCP, for asyncio sends without delay only then
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server ended before it had begun"
            time.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)
