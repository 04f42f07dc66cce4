"""A scripted PowerOffice Go on the loopback: each test says what it answers, and sees what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

SECRETS = {
    "application_key": SecretStr("the-application-key"),
    "client_key": SecretStr("the-client-key"),
    "subscription_key": SecretStr("the-subscription-key"),
}
TOKEN = {"access_token": "token-1", "token_type": "bearer", "expires_in": 1200}
DATE = "Fri, 20 Nov 2026 12:00:00 GMT"


@dataclass(frozen=True)
class Reply:
    """An answer. `body` is JSON unless it is bytes; `cut` closes the connection instead, after `sent` bytes."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    target: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def exchange(self) -> dict[str, Any]:
        """The request as the specification's checker takes it."""
        body = self.json if "json" in self.headers.get("content-type", "") else self.body.decode() or None
        return {
            "method": self.method,
            "path": self.path,
            "query": urlsplit(self.target).query,
            "request_headers": self.headers,
            "request_body": body,
        }


Answering = Reply | Callable[[Asked], Reply]


class Go:
    """Serves scripted answers. Several answers for one call are given in turn, the last one again and again."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.unexpected: list[str] = []
        self.tokens = 0
        self._answers: dict[tuple[str, str], list[Answering]] = defaultdict(list)
        self._server: asyncio.Server | None = None
        self.base_url = ""
        self.on("POST", "/OAuth/Token", Reply(200, TOKEN))

    def on(self, method: str, path: str, *answers: Answering) -> None:
        """What a call is answered with; replaces what was said before."""
        self._answers[method, path] = list(answers)

    def calls(self, method: str, path: str) -> list[Asked]:
        """The requests of one call so far."""
        return [asked for asked in self.asked if (asked.method, asked.path) == (method, path)]

    def only(self, method: str, path: str) -> Asked:
        """The single request of one call."""
        (asked,) = self.calls(method, path)
        return asked

    @property
    def story(self) -> list[str]:
        """All requests but those for tokens, as `GET /v2/Customers`."""
        return [f"{asked.method} {asked.path}" for asked in self.asked if asked.path != "/OAuth/Token"]

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()
        assert self.unexpected == []

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await self._request(reader):
                self.asked.append(request)
                reply = self._reply(request)
                if reply.cut:
                    break
                writer.write(_bytes(reply))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> Asked | None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        url = urlsplit(target)
        return Asked(method, url.path, dict(parse_qsl(url.query)), headers, body, target)

    def _reply(self, request: Asked) -> Reply:
        answers = self._answers[request.method, request.path]
        if not answers:
            self.unexpected.append(f"{request.method} {request.path}")
            return Reply(418)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer(request) if callable(answer) else answer


def _bytes(reply: Reply) -> bytes:
    body = (
        b"" if reply.body is None else reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    )
    headers = {"Date": DATE, "Content-Type": "application/json", **reply.headers}
    if reply.status != 204:
        headers["Content-Length"] = str(len(body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {reply.status} X\r\n{lines}\r\n".encode() + body


def refusal(status: int, detail: str) -> Reply:
    """An error body as PowerOffice writes it."""
    return Reply(status, {"title": "Validation error(s)", "detail": detail})


EMPTY = Reply(204)
