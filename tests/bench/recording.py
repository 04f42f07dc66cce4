"""What a run said to the simulated systems, made ready to be said again by a bare script."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Exchange = dict[str, Any]

TOKEN_PATHS = ("/v1/token", "/v1/refreshtoken", "/OAuth/Token", "/connect/token")
"""Calls for access tokens; who replays has tokens of its own."""
READS = ("GET", "HEAD")
PHASES = ("registries", "invoices", "rest")
_ID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\d+")


def is_token(exchange: Exchange) -> bool:
    """Whether it asked for an access token."""
    return exchange["path"] in TOKEN_PATHS


def is_write(exchange: Exchange) -> bool:
    """Whether it could change something in the vendor's system."""
    return exchange["method"] not in READS and not is_token(exchange)


def template(exchange: Exchange) -> str:
    """Method and path with `{}` for every id."""
    return f"{exchange['method']} {_ID.sub('{}', exchange['path'].removeprefix('/v1').removeprefix('/v2'))}"


def began(exchange: Exchange) -> float:
    """Seconds of the simulated systems' clock."""
    return datetime.fromisoformat(exchange["at"]).timestamp()


def ended(exchange: Exchange) -> float:
    """Seconds of the simulated systems' clock."""
    return began(exchange) + float(exchange["milliseconds"]) / 1000


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a run: its exchanges and the seconds from the first request to the last answer."""

    name: str
    exchanges: list[Exchange]

    @property
    def seconds(self) -> float:
        """From the first request to the last answer."""
        if not self.exchanges:
            return 0.0
        return max(map(ended, self.exchanges)) - began(self.exchanges[0])

    @property
    def templates(self) -> Counter[str]:
        """How often each method and path was called."""
        return Counter(map(template, self.exchanges))


def phases(exchanges: Sequence[Exchange]) -> dict[str, Phase]:
    """A first cycle in its stretches: registries; invoices, from the list of those to send to the last write; rest."""
    first = next(
        (i for i, e in enumerate(exchanges) if e["path"] == "/v1/invoices" and "invoiceStatusGuids=" in e["query"]),
        len(exchanges),
    )
    end = max((i for i, e in enumerate(exchanges) if is_write(e)), default=first - 1) + 1
    parts = (exchanges[:first], exchanges[first:end], exchanges[max(first, end) :])
    return {name: Phase(name, list(part)) for name, part in zip(PHASES, parts, strict=True)}


def to_replay(exchanges: Sequence[Exchange], concurrency: dict[str, int], scope: str) -> dict[str, Any]:
    """The recording that `replay.py` plays. `scope` is what Severa's token is asked for."""
    steps: list[dict[str, Any]] = []
    touched: dict[tuple[str, str], int] = {}
    for phase in phases(exchanges).values():
        for exchange in phase.exchanges:
            if is_token(exchange):
                continue
            if exchange["fault"] or exchange["status"] is None:
                raise ValueError(f"cannot be replayed: {exchange['method']} {exchange['path']}")
            system, body = exchange["system"], exchange["request_body"]
            named = {text for text in (*_of_path(exchange), *_scalars(body)) if (system, text) in touched}
            steps.append(
                {
                    "system": system,
                    "method": exchange["method"],
                    "path": exchange["path"],
                    "query": exchange["query"],
                    "body": None if body is None else json.dumps(body),
                    "content_type": exchange["request_headers"].get("content-type"),
                    "status": exchange["status"],
                    "phase": phase.name,
                    "after": sorted({touched[system, text] for text in named}),
                }
            )
            if is_write(exchange):
                for text in (*_made(exchange), *_of_path(exchange)):
                    touched[system, text] = len(steps) - 1
    return {"steps": steps, "phases": list(PHASES), "concurrency": concurrency, "scope": scope}


def _made(exchange: Exchange) -> Iterator[str]:
    """The id of what a request made, in the answer's body or in its header."""
    if place := (exchange["response_headers"] or {}).get("location"):
        yield str(place).rpartition("/")[2]
    answer = exchange["response_body"]
    row = answer[0] if isinstance(answer, list) and answer else answer
    if isinstance(row, dict):
        for name in ("guid", "Id"):
            if name in row:
                yield str(row[name])


def _of_path(exchange: Exchange) -> list[str]:
    """The ids in a request's path and query."""
    return _ID.findall(exchange["path"].removeprefix("/v1").removeprefix("/v2")) + _ID.findall(exchange["query"])


def _scalars(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _scalars(one)
    elif isinstance(value, list):
        for one in value:
            yield from _scalars(one)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)
