"""Recorded requests and answers. Recording keeps bytes; parsing and the removal of secrets happen when asked."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from urllib.parse import quote

import orjson

Headers = list[tuple[bytes, bytes]]

REMOVED = "[removed]"
_SECRET_HEADERS = {"authorization", "ocp-apim-subscription-key", "cookie", "set-cookie"}
_SECRET_MEMBERS = (
    "access_token", "refresh_token", "client_secret", "client_key", "clientkey", "application_key", "applicationkey",
    "subscription_key", "onboardingtoken", "client_assertion",
)  # fmt: skip
_NAMES = "|".join(_SECRET_MEMBERS)
_MEMBER = re.compile(rf'("(?:{_NAMES})"\s*:\s*)"(?:[^"\\]|\\.)*"', re.IGNORECASE)
_FORM = re.compile(rf"(^|&)({_NAMES})=[^&]*", re.IGNORECASE)


@dataclass(slots=True)
class Exchange:
    """One request to a simulated system and its answer. `status` is None when the connection was cut unanswered."""

    index: int
    at: datetime
    system: str
    method: str
    path: str
    query: bytes
    request_headers: Headers
    request_body: bytes
    status: int | None = None
    response_headers: Headers | None = None
    response_body: bytes = b""
    milliseconds: float = 0.0
    fault: str | None = None


class Exchanges:
    """All recorded exchanges in order of arrival."""

    def __init__(self) -> None:
        self._all: list[Exchange] = []
        self._next = 0
        self.on = True

    def open(self, exchange: Exchange) -> None:
        """Keeps a new exchange and gives it its index; nothing is kept while the recording is off."""
        exchange.index = self._next
        self._next += 1
        if self.on:
            self._all.append(exchange)

    @property
    def next_index(self) -> int:
        """The index that the next exchange will have."""
        return self._next

    def clear(self) -> None:
        """Forgets all of them; the indexes go on."""
        self._all.clear()

    def since(self, index: int, system: str | None) -> list[Exchange]:
        """The exchanges with at least this index, of one system or of all."""
        first = bisect_left(self._all, index, key=attrgetter("index"))
        return [one for one in self._all[first:] if system in {None, one.system}]


class Redaction:
    """Replaces secrets in texts and headers by ``[removed]``.

    Hundreds of tokens cost no more than one: only in runs of characters that secrets are made of, and that are long
    enough, are pieces of the secrets' lengths looked up.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._forms = {form for secret in secrets if secret for form in (secret, quote(secret, safe=""))}
        self._lengths = sorted({len(form) for form in self._forms}, reverse=True)
        used = re.escape("".join(sorted({char for form in self._forms for char in form})))
        self._runs = re.compile(f"[{used}]{{{self._lengths[-1]},}}") if self._forms else None

    def text(self, text: str) -> str:
        """The text without the known secrets."""
        return self._runs.sub(self._without, text) if self._runs else text

    def _without(self, run: re.Match[str]) -> str:
        """A run of such characters without the secrets in it; where two begin at one place, the longer one counts."""
        text, kept, at, start = run[0], [], 0, 0
        while at <= len(text) - self._lengths[-1]:
            length = next((length for length in self._lengths if text[at : at + length] in self._forms), None)
            if length is None:
                at += 1
            else:
                kept += [text[start:at], REMOVED]
                at = start = at + length
        return "".join([*kept, text[start:]])

    def headers(self, headers: Headers) -> dict[str, str]:
        """Headers by lower-case name; of a repeated one the values are joined with a comma."""
        found: dict[str, str] = {}
        for raw_name, raw_value in headers:
            name = raw_name.decode("latin-1").lower()
            value = REMOVED if name in _SECRET_HEADERS else self.text(raw_value.decode("latin-1"))
            found[name] = f"{found[name]}, {value}" if name in found else value
        return found

    def body(self, body: bytes, headers: dict[str, str]) -> Any:
        """The body as parsed JSON, as text, as a note of its size when it is neither, or None when empty."""
        if not body:
            return None
        try:
            text = self.text(body.decode())
        except UnicodeDecodeError:
            return f"[{len(body)} bytes, {headers.get('content-type', 'no type')}]"
        if "json" in headers.get("content-type", "json"):
            text = _MEMBER.sub(rf'\1"{REMOVED}"', text)
            try:
                return orjson.loads(text)
            except orjson.JSONDecodeError:
                return text
        return _FORM.sub(rf"\1\2={REMOVED}", text)


def shown(exchange: Exchange, redaction: Redaction) -> dict[str, Any]:
    """An exchange as a JSON object without secrets."""
    request_headers = redaction.headers(exchange.request_headers)
    response_headers = None if exchange.response_headers is None else redaction.headers(exchange.response_headers)
    return {
        "index": exchange.index,
        "at": exchange.at.isoformat(),
        "system": exchange.system,
        "method": exchange.method,
        "path": redaction.text(exchange.path),
        "query": _FORM.sub(rf"\1\2={REMOVED}", redaction.text(exchange.query.decode("latin-1"))),
        "request_headers": request_headers,
        "request_body": redaction.body(exchange.request_body, request_headers),
        "status": exchange.status,
        "response_headers": response_headers,
        "response_body": redaction.body(exchange.response_body, response_headers or {}),
        "milliseconds": round(exchange.milliseconds, 3),
        "fault": exchange.fault,
    }
