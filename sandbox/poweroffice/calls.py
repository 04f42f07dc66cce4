"""One request as the handlers see it, and what they give back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.poweroffice.queries import Asked
from sandbox.store import Row


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed the gateway: path values, checked query, checked body.

    `body` is the checked object of a POST, `operations` the JSON Patch of a PATCH, `raw` the bytes with their
    content type (form and multipart bodies are read by their handlers). `base_url` is ``http://host:port/poweroffice``,
    `privileges` are those of the token.
    """

    path: Sequence[Any]
    asked: Asked
    body: Row = field(default_factory=dict)
    operations: Sequence[Row] = ()
    raw: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    base_url: str = ""
    privileges: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """One object, a file (bytes), or nothing."""

    status: int
    body: Row | list[Row] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows found, to be paged and shown: the gateway cuts the page before `show` runs."""

    rows: Sequence[Row]
    show: Callable[[Row], Row]
