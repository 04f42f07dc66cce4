"""A go-between before a simulated system: passes requests on and rewrites what a test wants rewritten.

With it a connector meets answers that no system should give, in the midst of good ones.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from connectors.auth import MemoryTokenStore, TokenStore
from tests.conformance.stage import Stage, matcher
from tests.conformance.system import Connector, Sample, System
from tests.unit.connectors.scripted import Reply, Request, ScriptedServer

KEPT = ("content-type", "date", "nextpagetoken", "x-pagination")
"""Headers of an answer that are passed on."""
HOSTILE: tuple[Any, ...] = (
    {},
    [],
    [None],
    {"value": {"value": []}},
    True,
    -1,
    0.1,
    10**40,
    "",
    "\x00\x07",
    "\ud800",
    "9999-99-99T99:99:99Z",
    "=1+1",
    "<b>x</b>",
    "x" * 5000,
)
"""Values that a member of a row may have when the vendor breaks its contract."""
NO_ROWS: tuple[Any, ...] = (None, 1, "row", [], True)
"""What stands in a list in place of an object."""
Rewrite = Callable[[Any], Any]


@dataclass
class Relay:
    """Passes on to `origin`. `rewrite` takes a call and a function from the answer's JSON to another answer."""

    system: System
    origin: str
    path: str
    server: ScriptedServer
    client: httpx.Client
    rewrites: list[tuple[str, str, Rewrite]] = field(default_factory=list)
    adapters: list[Connector] = field(default_factory=list)
    access: dict[str, Any] = field(default_factory=dict)
    tokens: TokenStore = field(default_factory=MemoryTokenStore)

    @classmethod
    @asynccontextmanager
    async def to(cls, stage: Stage) -> AsyncIterator[Relay]:
        """A relay to the system of a stage."""
        base = urlsplit(stage.access["base_url"])
        async with ScriptedServer() as server:
            with httpx.Client() as client:
                relay = cls(stage.system, f"{base.scheme}://{base.netloc}", base.path, server, client)
                relay.access = {**stage.access, "base_url": server.url + base.path}
                relay.tokens = stage.session.tokens
                server.script = relay.answer
                yield relay
                for adapter in relay.adapters:
                    await adapter.close()

    def open(self, **settings: Any) -> Connector:
        """An adapter that calls through this relay."""
        self.adapters.append(self.system.open(self.access, self.tokens, **settings))
        return self.adapters[-1]

    def rewrite(self, method: str, template: str, change: Rewrite) -> None:
        """Change the answers of a call. A `Reply` takes the answer's place, anything else its JSON; the same
        object leaves it as it is."""
        self.rewrites.insert(0, (method, template, change))

    def count(self, method: str, template: str) -> int:
        """How often a call was made."""
        wanted = matcher(template)
        paths = [request.path.removeprefix(self.path) for request in self.server.requests if request.method == method]
        return sum(wanted.fullmatch(path) is not None for path in paths)

    def answer(self, request: Request) -> Reply:
        """The system's answer, perhaps changed."""
        headers = {name: value for name, value in request.headers.items() if name not in {"host", "content-length"}}
        got = self.client.request(request.method, self.origin + request.target, headers=headers, content=request.body)
        kept = {name: got.headers[name] for name in KEPT if name in got.headers}
        reply = Reply(got.status_code, got.content, kept)
        path = request.path.removeprefix(self.path)
        for method, template, change in self.rewrites:
            if method == request.method and matcher(template).fullmatch(path):
                data = got.json() if got.content else None
                changed = change(data)
                if changed is data:
                    return reply
                if isinstance(changed, Reply):
                    return changed
                status = 200 if got.status_code == 204 else got.status_code
                kept.pop("nextpagetoken", None)
                return Reply(status, json.dumps(changed).encode(), {**kept, "content-type": "application/json"})
        return reply


def hostile_rows(good: dict[str, Any], system: System, sample: Sample | None = None) -> list[Any]:
    """A good row's members one after another with every hostile value, each row under an id of its own."""
    name, make = (sample and sample.row_id) or system.row_id
    rows = list(_mutants(good))
    for number, row in enumerate(rows):
        if row.get(name) == good[name]:
            row[name] = make(number + 1)
    lacking = {member: value for member, value in good.items() if member != name}
    return [*rows, lacking, {}, *NO_ROWS]


def _mutants(good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for member, held in good.items():
        for value in (None, *HOSTILE):
            yield {**deepcopy(good), member: value}
        if isinstance(held, dict):
            for inner in held:
                for value in HOSTILE:
                    yield {**deepcopy(good), member: {**held, inner: value}}


def first_page(rows: list[Any]) -> Rewrite:
    """Rewrites a list: these rows on its first page, nothing on later ones."""
    pages = [rows]

    def change(_: Any) -> list[Any]:
        return pages.pop() if pages else []

    return change
