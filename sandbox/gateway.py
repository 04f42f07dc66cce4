"""The ASGI application of a served sandbox: finds the system, records, plays faults, stamps the `Date` header."""

import asyncio
from collections.abc import Mapping
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.clock import Clock
from sandbox.exchanges import Exchange, Exchanges
from sandbox.faults import REFUSALS, Fault, Faults
from sandbox.system import System

TRANSPORT = "transport"
"""Key of the connection's transport in the scope's state; the server's protocol puts it there."""
PAGE = b"<!DOCTYPE html><html><head><title>Service</title></head><body><h1>Please try again</h1></body></html>"
"""What a proxy or a login wall answers in a vendor's place."""


async def _cut(scope: Scope) -> None:
    """Closes the TCP connection without an answer and waits until the server has noticed."""
    scope["state"][TRANSPORT].abort()
    for _ in range(3):
        await asyncio.sleep(0)


async def _read(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return b"".join(chunks)


def _refuse(system: System, exchange: Exchange, fault: Fault) -> None:
    """An answer in place of the system's own: of the vendor's kind, or the page of a proxy in between."""
    status = 429 if fault.word == "limit" else fault.number
    if fault.word == "html":
        body, content_type = PAGE, "text/html; charset=utf-8"
    else:
        body, content_type = system.fault_body(status)
    exchange.status = status
    exchange.response_body = body
    headers = [(b"content-length", str(len(body)).encode())] if status not in {204, 304} else []
    if fault.word == "limit":
        headers.append((b"retry-after", str(fault.number).encode()))
    exchange.response_headers = headers + ([(b"content-type", content_type.encode())] if body else [])


def _spoil(exchange: Exchange, *, whole: bool) -> None:
    """Makes JSON unreadable: half of it under a length that fits, or with a byte in it that no text has."""
    body = exchange.response_body
    exchange.response_body = b"{\xff" + body[1:] if whole else body[: len(body) // 2]
    length = str(len(exchange.response_body)).encode()
    exchange.response_headers = [
        (name, length if name.lower() == b"content-length" else value)
        for name, value in exchange.response_headers or []
    ]


class Gateway:
    """Sends ``/{system}/...`` to that system and everything else to the control application."""

    def __init__(
        self,
        systems: Mapping[str, System],
        control: ASGIApp,
        *,
        clock: Clock,
        exchanges: Exchanges,
        faults: Faults,
    ) -> None:
        self._systems = systems
        self._control = control
        self._clock = clock
        self._exchanges = exchanges
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        _, name, *rest = scope["path"].split("/", 2)
        system = self._systems.get(name)
        if system is None:
            await self._control(scope, receive, send)
            return
        path = "/" + (rest[0] if rest else "")
        started = perf_counter()
        exchange = Exchange(
            index=0,
            at=self._clock.now(),
            system=name,
            method=scope["method"],
            path=path,
            query=scope["query_string"],
            request_headers=list(scope["headers"]),
            request_body=await _read(receive),
        )
        self._exchanges.open(exchange)
        try:
            await self._play(system, exchange, scope, send)
        except Exception:
            exchange.status = 500  # the server answers so for a bug of the sandbox itself
            raise
        finally:
            exchange.milliseconds = (perf_counter() - started) * 1000

    async def _play(self, system: System, exchange: Exchange, scope: Scope, send: Send) -> None:
        """Answers the request, or does what the fault that is open for it says."""
        fault = self._faults.take(exchange.system, exchange.method, exchange.path, exchange.query)
        if fault is None:
            await self._ask(system, exchange, scope)
            await self._send(exchange, send)
            return
        exchange.fault = fault.kind
        if fault.word in {"drop_before", "late"}:
            await _cut(scope)
            if fault.word == "late":
                await asyncio.sleep(fault.number / 1000)
                await self._ask(system, exchange, scope)
                exchange.status = None
            return
        if fault.word == "delay":
            await asyncio.sleep(fault.number / 1000)
        elif fault.word == "expire_token":
            system.expire_tokens()
        if fault.word in REFUSALS:
            _refuse(system, exchange, fault)
        else:
            await self._ask(system, exchange, scope)
        if fault.word == "stall":
            await asyncio.sleep(fault.number / 1000)
        if fault.word == "drop_after":
            exchange.status = None
            await _cut(scope)
            return
        if fault.word in {"cut_json", "garbled"} and exchange.response_body:
            _spoil(exchange, whole=fault.word == "garbled")
        await self._send(exchange, send, cut=scope if fault.word == "cut_body" else None)

    async def _send(self, exchange: Exchange, send: Send, *, cut: Scope | None = None) -> None:
        """The answer; with `cut` only its first half, and then the connection breaks."""
        exchange.response_headers = [
            *(exchange.response_headers or []),
            (b"date", self._clock.http_date().encode()),
        ]
        await send({"type": "http.response.start", "status": exchange.status, "headers": exchange.response_headers})
        body = exchange.response_body
        if cut is None:
            await send({"type": "http.response.body", "body": body})
            return
        exchange.response_body = body[: len(body) // 2]
        if exchange.response_body:
            await send({"type": "http.response.body", "body": exchange.response_body, "more_body": True})
        exchange.status = None
        await asyncio.sleep(0)
        cut["state"][TRANSPORT].close()  # what was written still goes out, unlike with `abort`
        for _ in range(3):
            await asyncio.sleep(0)

    async def _ask(self, system: System, exchange: Exchange, scope: Scope) -> None:
        """Lets the system answer; the answer is held in the exchange."""
        asked = False
        chunks: list[bytes] = []

        async def receive() -> Message:
            nonlocal asked
            if asked:
                return {"type": "http.disconnect"}
            asked = True
            return {"type": "http.request", "body": exchange.request_body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                exchange.response_headers = [
                    (name, value) for name, value in message.get("headers", ()) if name.lower() != b"date"
                ]
            else:
                chunks.append(message.get("body", b""))

        inner: dict[str, Any] = dict(scope)
        inner["path"] = exchange.path
        inner["raw_path"] = exchange.path.encode()
        inner["root_path"] = ""
        inner["state"] = {}
        await system.app(inner, receive, send)
        exchange.response_body = b"".join(chunks)
