"""One request as the handlers see it, and what they give back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.store import Row

Asked = Mapping[str, Any]
"""A parsed query string: only the names that were sent."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed the gateway.

    `body` is the checked body without its ``{"value": …}`` wrappers; `raw` the bytes with their content type.
    `if_match` is the version that ``If-Match`` names, or None. `base_url` is ``http://host:port/visma_net``.
    """

    path: Mapping[str, Any]
    asked: Asked
    body: Row = field(default_factory=dict)
    raw: bytes = b""
    content_type: str = ""
    if_match: str | None = None
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One object or list, a file (bytes), or nothing. `version` goes into ``ETag``."""

    status: int
    body: Row | list[Any] | bytes | None = None
    version: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows found, to be paged and shown: the gateway cuts the page before `show` runs.

    `largest` is the largest page of this list; 0: the list is not paged. `counted`: each element of a page says how
    many there are (``metadata``); tasks have no such member.
    """

    rows: Sequence[Row]
    show: Callable[[Row], Row]
    largest: int = 500
    counted: bool = True


def created(call: Call, path: str, version: str | None) -> Answer:
    """201 without a body; `path` (percent-encoded) is where the new object is."""
    return Answer(201, version=version, headers={"Location": f"{call.base_url}{path}"})
