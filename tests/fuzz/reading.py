"""Reads of a connector against answers that were good once and are spoilt now."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from connectors.ports import Problem
from core.errors import SyncError
from tests.fuzz.spoiling import Spoil, spoils
from tests.specs import vendor_folder
from tests.support.sandbox import Row
from tests.unit.connectors.scripted import Reply, Request, ScriptedServer

SECONDS = 20.0
"""A read that takes longer hangs."""
LONGEST_WORDS = 2000
ANSWERS = 5
"""The place of a spoilt answer is drawn among so many; the place after them stands for all answers."""

Read = Callable[[Any], Awaitable[Any]]


@dataclass(frozen=True)
class Answers:
    """Good answers by path, and of one path by query; a path that was never asked has none."""

    by_path: Mapping[str, list[tuple[frozenset[tuple[str, str]], Reply]]]

    @classmethod
    def of(cls, exchanges: list[Row]) -> Answers:
        """Those of a recording."""
        found: dict[str, list[tuple[frozenset[tuple[str, str]], Reply]]] = {}
        for one in exchanges:
            if one["status"] is None or one["path"] in {"/v1/token", "/OAuth/Token"}:
                continue
            headers = {
                name: value
                for name, value in (one["response_headers"] or {}).items()
                if name in {"date", "nextpagetoken", "content-type"}
            }
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
        return Answers(by_path)

    def to(self, path: str, query: str) -> Reply:
        """The answer to the request that is most like this one."""
        replies = self.by_path.get(path)
        if replies is None:
            return Reply(404)
        wanted = frozenset(parse_qsl(query))
        for asked, reply in replies:
            if asked == wanted:
                return reply
        later = any(name == "pageToken" or (name == "firstRow" and value != "0") for name, value in wanted)
        return Reply(200, []) if later else replies[0][1]


class Stage:
    """A server of good answers, some of them spoilt, and an event loop for the reads of one module."""

    def __init__(self, answers: Answers, prefix: str) -> None:
        self._answers = answers
        self._prefix = prefix
        self._runner = asyncio.Runner()
        self.server = ScriptedServer()
        self._runner.run(self.server.__aenter__())

    def close(self) -> None:
        """End the server and the loop."""
        self._runner.run(self.server.__aexit__())
        self._runner.close()

    @property
    def url(self) -> str:
        """The base URL of the system."""
        return self.server.url + self._prefix

    def read(self, open_adapter: Callable[[str], Any], read: Read, spoil: Spoil, place: int) -> Any:
        """What the read brings, or the error of the closed set that it raised; anything else fails the test."""
        seen = 0

        def answer(request: Request) -> Reply:
            nonlocal seen
            path = request.path.removeprefix(self._prefix)
            if path == "/v1/token":
                return Reply(200, {"access_token": "t", "access_token_expires_in": 3600})
            if path == "/OAuth/Token":
                return Reply(200, {"access_token": "t", "token_type": "bearer", "expires_in": 1200})
            reply = self._answers.to(path, request.target.partition("?")[2])
            seen += 1
            return spoil(reply) if place in {seen - 1, ANSWERS} else reply

        self.server.script = answer

        async def carry_out() -> Any:
            adapter = open_adapter(self.url)
            try:
                async with asyncio.timeout(SECONDS):
                    return await read(adapter)
            except SyncError as error:
                return error
            finally:
                await adapter.close()

        began = time.monotonic()
        found = self._runner.run(carry_out())
        assert time.monotonic() - began < SECONDS
        return found


def check(found: Any) -> None:
    """What a read brought can be worked with: no text, number or instant in it that something later would choke on."""
    if isinstance(found, SyncError):
        readable(found)
    elif isinstance(found, Problem):
        readable(found.error)
        assert found.id.isprintable()
        assert found.label.isprintable()
        assert len(found.label) < 300
    elif isinstance(found, str):
        assert "\x00" not in found
        found.encode()
    elif isinstance(found, Decimal):
        assert found.is_finite()
    elif isinstance(found, datetime):
        assert found.tzinfo is not None
        found.isoformat()
    elif is_dataclass(found):
        for one in fields(found):
            check(getattr(found, one.name))
    elif isinstance(found, Mapping):
        for key, value in found.items():
            check(key)
            check(value)
    elif isinstance(found, (list, tuple, set, frozenset)):
        for one in found:
            check(one)
    else:
        assert found is None or isinstance(found, (bool, int, date, Enum)), type(found)


def readable(error: SyncError) -> None:
    """Its words are for people: one line each, printable, not endless."""
    for words in (error.what, error.why, error.todo):
        assert words.isprintable(), words
        assert len(words) < LONGEST_WORDS, words[:200]
    assert error.what


def at_once(transport: Any) -> None:
    """Calls are repeated without waiting."""

    async def sleep(_: float) -> None:
        await asyncio.sleep(0)

    transport._sleep = sleep
    transport._pace._sleep = sleep


@contextmanager
def stage_of(folder: Path, system: str, record: Callable[[Any], None], samples: Mapping[str, str]) -> Iterator[Stage]:
    """A stage with the answers that `record` gets from the simulated systems, and with the contract's samples."""
    from tests.support.sandbox import serving  # noqa: PLC0415 - uvicorn and all the systems, once a module

    with serving(folder, seed=9, validated=False) as sandbox:
        record(sandbox)
        answers = Answers.of(sandbox.exchanges(system=system)).with_samples(system, samples)
    stage = Stage(answers, f"/{system}")
    yield stage
    stage.close()


EXAMPLES = int(os.environ.get("SEVERA_SYNC_FUZZ", "400"))
"""How many examples are tried; with more than the usual number they are other ones each time."""
HURRY = settings(
    max_examples=EXAMPLES, derandomize=EXAMPLES == 400, deadline=None, suppress_health_check=list(HealthCheck)
)

cases = st.tuples(spoils, st.integers(0, ANSWERS))
"""(how an answer is spoilt, which one)."""
