"""Reads of a connector against answers that were good once and are spoilt now."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from connectors.http import Transport
from core.errors import SyncError
from tests.fuzz.subject import Known, Subject
from tests.specs import vendor_folder
from tests.support.sandbox import Row, Sandbox, serving
from tests.unit.connectors.scripted import Reply, Request, ScriptedServer

SECONDS = 20.0
"""A read that takes longer hangs."""
TOKEN = {"access_token": "t", "token_type": "bearer", "expires_in": 1200, "access_token_expires_in": 3600}
HEADERS = frozenset({"date", "nextpagetoken", "content-type", "etag"})

Rewrite = Callable[[str, int, Reply], Reply]
"""(path below the system's address, how many answers came before, the good answer) -> what is answered."""


def as_recorded(_path: str, _number: int, reply: Reply) -> Reply:
    """Nothing is spoilt."""
    return reply


@dataclass(frozen=True)
class Answers:
    """Good answers by path, and of one path by query; a path that was never asked has none.

    `singly` are members by the lists whose rows can also be asked for one by one, by that member.
    """

    by_path: Mapping[str, list[tuple[frozenset[tuple[str, str]], Reply]]]
    singly: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, exchanges: list[Row], token: str) -> Answers:
        """Those of a recording."""
        found: dict[str, list[tuple[frozenset[tuple[str, str]], Reply]]] = {}
        for one in exchanges:
            if one["status"] is None or one["path"] == token:
                continue
            headers = {name: value for name, value in (one["response_headers"] or {}).items() if name in HEADERS}
            body = b"" if one["response_body"] is None else one["response_body"]
            reply = Reply(one["status"], body, headers)
            found.setdefault(one["path"], []).append((frozenset(parse_qsl(one["query"])), reply))
        return cls(found)

    def with_samples(self, system: str, samples: Mapping[str, str]) -> Answers:
        """The same, with the contract's own samples in the lists that they are samples of."""
        by_path = {path: list(replies) for path, replies in self.by_path.items()}
        for path, name in samples.items():
            file = vendor_folder(system) / "samples" / name
            if file.exists():
                sample = json.loads(file.read_text())
                rows = sample if isinstance(sample, list) else [sample]
                known = by_path.get(path, [(frozenset(), Reply(200, []))])
                by_path[path] = [
                    (query, Reply(200, [*rows, *(reply.body or [])[:5]], reply.headers))
                    if isinstance(reply.body or [], list)
                    else (query, reply)
                    for query, reply in known
                ]
        return replace(self, by_path=by_path)

    def to(self, path: str, query: str) -> Reply:
        """The answer to the request that is most like this one."""
        replies = self.by_path.get(path)
        if replies is None:
            return self._row(*path.rsplit("/", 1))
        wanted = frozenset(parse_qsl(query))
        for asked, reply in replies:
            if asked == wanted:
                return reply
        first = replies[0][1]
        for name, value in wanted:
            if name == "firstRow" and isinstance(first.body, list):
                return Reply(first.status, first.body[int(value) :], first.headers)
            if name == "pageToken" or (name == "pageNumber" and value != "1"):
                return Reply(200, [])
        return first

    def _row(self, path: str, key: str) -> Reply:
        """One row of a list, or that there is none."""
        member = self.singly.get(path)
        rows = self.by_path[path][0][1].body if member is not None else ()
        return next((Reply(200, row) for row in rows if row[member] == key), Reply(404))


class Stage:
    """A server of good answers, some of them spoilt, and an event loop for the reads of one module."""

    def __init__(self, subject: Subject, access: Mapping[str, Any], addresses: tuple[str, ...]) -> None:
        self.subject = subject
        self.reads = subject.all_reads()
        self.known = Known()
        self.answers = Answers({})
        self._good: dict[str, Any] = {}
        self._access = dict(access)
        self._addresses = addresses
        self._runner = asyncio.Runner()
        self._server = ScriptedServer()
        self._runner.run(self._server.__aenter__())

    def close(self) -> None:
        """End the server and the loop."""
        self._runner.run(self._server.__aexit__())
        self._runner.close()

    def learn(self, sandbox: Sandbox) -> None:
        """Every read once against the simulated system; from then on its answers are what is spoilt."""
        system = self.subject.system
        self.known.others.update(self.subject.prepare(sandbox))
        self._runner.run(self._record())
        exchanges = sandbox.exchanges(system=system.name)
        answers = replace(Answers.of(exchanges, system.token), singly=self.subject.singly)
        self.answers = answers.with_samples(system.name, self.subject.samples)
        url = f"{self._server.url}/{system.name}"
        self._access |= dict.fromkeys(self._addresses, url)

    def read(self, name: str, rewrite: Rewrite = as_recorded) -> Any:
        """What a read brings, or the error of the closed set that it raised; anything else fails the test."""
        prefix, token, seen = f"/{self.subject.system.name}", self.subject.system.token, 0

        def answer(request: Request) -> Reply:
            nonlocal seen
            path = request.path.removeprefix(prefix)
            if path == token:
                return Reply(200, TOKEN)
            seen += 1
            return rewrite(path, seen - 1, self.answers.to(path, request.target.partition("?")[2]))

        self._server.script = answer
        began = time.monotonic()
        found = self._runner.run(self._carried_out(name))
        assert time.monotonic() - began < SECONDS
        return found

    def good(self, name: str) -> Any:
        """What a read brings of answers of which none is spoilt."""
        if name not in self._good:
            self._good[name] = self.read(name)
        return self._good[name]

    async def _carried_out(self, name: str) -> Any:
        adapter = self._open()
        try:
            async with asyncio.timeout(SECONDS):
                return await self.reads[name](adapter, self.known)
        except SyncError as error:
            return error
        finally:
            await adapter.close()

    async def _record(self) -> None:
        adapter, known = self._open(), self.known
        try:
            for registry in self.subject.system.registries:
                items = (await adapter.read(registry, None)).items
                known.ids[registry] = items[0].id
                known.keys[registry] = next((item.key for item in items if item.key), "1")
                known.names[registry] = str(getattr(items[0], "name", ""))
            for read in self.reads.values():
                await read(adapter, known)
        finally:
            await adapter.close()

    def _open(self) -> Any:
        """An adapter that does not wait before it repeats a call."""
        adapter: Any = self.subject.system.open(self._access, None, **self.subject.settings)
        for transport in vars(adapter._client).values():
            if isinstance(transport, Transport):
                at_once(transport)
        return adapter


def at_once(transport: Any) -> None:
    """Calls are repeated without waiting."""

    async def sleep(_: float) -> None:
        await asyncio.sleep(0)

    transport._sleep = sleep
    transport._pace._sleep = sleep


@contextmanager
def stage_of(subject: Subject, folder: Path) -> Iterator[Stage]:
    """A stage with the answers that the simulated system gives, and with the contract's samples."""
    name = subject.system.name
    erp = "poweroffice" if name == "severa" else name
    with serving(folder, seed=9, erp=erp, validated=False) as sandbox:
        stage = Stage(subject, sandbox.access[name], sandbox.systems[name].addresses)
        stage.learn(sandbox)
    yield stage
    stage.close()
