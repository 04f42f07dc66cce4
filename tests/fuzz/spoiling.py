"""Answers of a vendor, spoilt in one or a few places: what no system should send, in the midst of what it does send."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.unit.connectors.scripted import Reply

LITERALS = {"@NaN@": "NaN", "@inf@": "-Infinity", "@1e400@": "1e400", "@-1e400@": "-1e400", "@digits@": "9" * 5000}
"""Markers in a document -> what stands in the JSON in their place, which no library would write."""
LONG = 1_000_000
"""Characters of a text that is far too long."""

VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    0.1,
    10**40,
    *LITERALS,
    "",
    " ",
    "\x00",
    "\x1b[31m\x9b0m",
    "\ud800",
    "\u202e\u2028",
    "<script>alert(1)</script>",
    '=cmd|" /C calc"!A0',
    "../../../etc/passwd",
    "{{7*7}} %s {0} ${x}",
    "@long@",
    "0000-01-01",
    "0000-00-00T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.9999999-23:59",
    "10000-01-01",
    "2026-02-30",
    "3b8e0f52-6c1d-4d0b-9a3e-51b2f6e7c001",
    [],
    [None],
    [[]],
    {},
    {"guid": []},
    {"value": {"value": {"value": 1}}},
)
"""What a member may hold when the vendor breaks its contract."""
BODIES: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b"7",
    b'"rows"',
    b"[null, 1, [], {}]",
    b"NaN",
    b"[1e400, -Infinity]",
    b"{",
    b'[{"guid": "3b8e0f52',
    b"\xff\xfe[]",
    b"\xef\xbb\xbf[]",
    b"[" * 100_000,
    b"<html><script>alert(1)</script></html>",
    b"\x00" * 1000,
    b'["' + b"x" * LONG + b'"]',
    b'{"a": ' + b"9" * 6000 + b"}",
)
HEADERS: tuple[dict[str, str], ...] = (
    {"Date": "yesterday"},
    {"Date": "Mon, 02 Mar 0000 06:00:00 GMT"},
    {"Date": "Fri, 31 Dec 9999 23:59:59 -2359"},
    {"Date": "Mon, 02 Mar 2026 06:00:00 +9999"},
    {"NextPageToken": "\xe9\xff"},
    {"NextPageToken": "x" * 5000},
    {"X-Pagination": "{"},
    {"Content-Type": "text/html; charset=nonsense"},
    {"Content-Encoding": "gzip"},
    {"Retry-After": "-1e400"},
    {"ETag": "\xe9\xff"},
    {"X-RateLimit-Limit": "NaN", "X-RateLimit-Remaining": "-1", "X-RateLimit-Reset": "1e400"},
    {"X-RateLimit-Limit": "15000", "X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "999999999"},
)
STATUSES = (200, 201, 204, 206, 302, 400, 403, 404, 409, 418, 422, 500, 503)


@dataclass(frozen=True)
class Spoil:
    """What happens to an answer: members replaced or taken out by their place, and the rest of it where it is given.

    `kept` is the share of the body's bytes that arrives.
    """

    members: tuple[tuple[int, Any], ...] = ()
    dropped: tuple[int, ...] = ()
    doubled: bool = False
    body: bytes | None = None
    kept: float = 1.0
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, reply: Reply) -> Reply:
        """The answer, spoilt."""
        body = reply.body if self.body is None else self.body
        if self.body is None and isinstance(body, (list, dict)):
            body = written(self._members(body))
        if self.kept < 1 and isinstance(body, bytes):
            body = body[: int(len(body) * self.kept)]
        headers = {**reply.headers, **self.headers}
        status = self.status or reply.status
        return Reply(status, b"" if status == 204 else body, headers)

    def _members(self, document: Any) -> Any:
        changed = {"": deepcopy(document)}
        if self.doubled and isinstance(changed[""], list):
            changed[""] += deepcopy(changed[""])
        for place, value in self.members:
            found = list(places(changed))
            holder, key = found[place % len(found)]
            holder[key] = deepcopy(value)
        for place in self.dropped:
            found = list(places(changed))
            holder, key = found[place % len(found)]
            if isinstance(holder, dict) and holder is not changed:
                del holder[key]
        return changed[""]


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every place that holds a value, outer ones first: (what holds it, its key or index)."""
    waiting = [document]
    while waiting:
        holder = waiting.pop(0)
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            yield holder, key
            if isinstance(holder[key], (dict, list)):
                waiting.append(holder[key])


def written(document: Any) -> bytes:
    """The document as JSON, with what JSON has no words for."""
    text = json.dumps(document)
    for marker, literal in LITERALS.items():
        text = text.replace(f'"{marker}"', literal)
    return text.replace("@long@", "x" * LONG).encode()


def rows_spoilt(rows: Sequence[Mapping[str, Any]]) -> st.SearchStrategy[dict[int, tuple[str, Any]]]:
    """Some rows of a list by their place: (a member of the row, what it holds then)."""
    numbers = st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=max(1, len(rows) // 2), unique=True)
    return numbers.flatmap(
        lambda chosen: st.fixed_dictionaries(
            {number: st.tuples(st.sampled_from(sorted(rows[number])), st.sampled_from(VALUES)) for number in chosen}
        )
    )


spoils = st.one_of(
    st.builds(
        Spoil,
        members=st.lists(st.tuples(st.integers(0, 400), st.sampled_from(VALUES)), min_size=1, max_size=4).map(tuple),
        dropped=st.lists(st.integers(0, 400), max_size=2).map(tuple),
        doubled=st.booleans(),
    ),
    st.builds(Spoil, members=st.tuples(st.tuples(st.integers(0, 30), st.sampled_from(VALUES)))),
    st.builds(Spoil, body=st.sampled_from(BODIES), status=st.none() | st.sampled_from(STATUSES)),
    st.builds(Spoil, headers=st.sampled_from(HEADERS)),
    st.builds(Spoil, kept=st.floats(0, 0.99)),
    st.builds(Spoil, status=st.sampled_from(STATUSES)),
)
"""Ways to spoil an answer; those that spoil members are the most likely."""
