"""A scripted Visma.net on the loopback: each test says what it answers, and sees what it was asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from scripted import Raw, Reply, Request, ScriptedServer

TOKEN = {"access_token": "token-1", "token_type": "Bearer", "expires_in": 3600, "scope": "read"}
DATE = "Fri, 20 Nov 2026 12:00:00 GMT"
Answering = Reply | Raw | Callable[[Request], Reply | Raw]


class Erp:
    """Serves scripted answers. Several answers for one call are given in turn, the last one again and again."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.unexpected: list[str] = []
        self._answers: dict[tuple[str, str], list[Answering]] = defaultdict(list)
        server.script = self._reply
        self.on("POST", "/connect/token", Reply(200, TOKEN))

    @property
    def url(self) -> str:
        return self.server.url

    def on(self, method: str, path: str, *answers: Answering) -> None:
        """What a call is answered with; replaces what was said before."""
        self._answers[method, path] = list(answers)

    def calls(self, method: str, path: str) -> list[Request]:
        """The requests of one call so far."""
        return [asked for asked in self.server.requests if (asked.method, asked.path) == (method, path)]

    def only(self, method: str, path: str) -> Request:
        """The single request of one call."""
        (asked,) = self.calls(method, path)
        return asked

    @property
    def story(self) -> list[str]:
        """All requests but those for tokens, as `GET /v1/customer`."""
        asked = [each for each in self.server.requests if each.path != "/connect/token"]
        return [f"{each.method} {each.path}" for each in asked]

    def exchanges(self) -> list[dict[str, Any]]:
        """The requests as the specification's checker takes them."""
        return [
            {
                "method": asked.method,
                "path": asked.path,
                "query": urlsplit(asked.target).query,
                "request_headers": dict(asked.headers),
                "request_body": asked.json
                if "json" in asked.headers.get("content-type", "")
                else asked.body.decode("utf-8", "replace") or None,
            }
            for asked in self.server.requests
        ]

    def _reply(self, request: Request) -> Reply | Raw:
        answers = self._answers[request.method, request.path]
        if not answers:
            self.unexpected.append(f"{request.method} {request.path}")
            return Reply(418)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        made = answer(request) if callable(answer) else answer
        if isinstance(made, Raw):
            return made
        return Reply(made.status, made.body, {"Date": DATE, **made.headers}, made.seconds)


def page(rows: Sequence[Any], *, total: int | None = None, largest: int = 500) -> Reply:
    """A page of a list: every row says how many there are in all, and how large a page may be."""
    metadata = {"totalCount": len(rows) if total is None else total, "maxPageSize": largest}
    return Reply(200, [{**row, "metadata": metadata} for row in rows])


def made(location: str) -> Reply:
    """201 with nothing but the place of what was made."""
    return Reply(201, b"", {"Location": location})


def refusal(status: int, why: str) -> Reply:
    """A business refusal in the usual form."""
    text = f"VismaId: 3b5f9e0a-1f3c-4f5e-9d52-1c2d3e4f5a6b. Error creating document. Error: {why}"
    return Reply(status, {"message": text})


EMPTY = Reply(200, [])
CHANGED = Reply(204)
