"""What the worker and its template process say to each other: one line of JSON each, over a pair of sockets.

The worker orders a fork; the template answers with the number of the child's process, and later with its exit code.
A child begins only after that answer has been sent, so that an order without an answer was certainly not begun.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

REFUSED = 70
"""Exit code of a child that never began, because its template died while it was being forked."""


@dataclass(frozen=True, slots=True)
class Order:
    """One process to be forked. `environment` is the whole environment of the child, `folder` where it works.

    With `hook` (`cancellation` or `crashed`) it runs a flow's hooks for `flow_run` and `state`, both as Prefect's
    JSON; without, it runs the flow run that the environment names.
    """

    id: int
    environment: dict[str, str] = field(repr=False)
    folder: str
    quiet: bool = False
    hook: str | None = None
    flow_run: str | None = field(default=None, repr=False)
    state: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Ready:
    """The template has imported everything. `memory` is its resident memory in bytes."""

    modules: int
    memory: int


@dataclass(frozen=True, slots=True)
class Forked:
    """The child of an order: its process number, and the system's own mark of when it began."""

    order: int
    pid: int
    began: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """An order that cannot be carried out, and why."""

    order: int
    why: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A child's exit code; negative is the signal that ended it."""

    pid: int
    code: int


Message = Order | Ready | Forked | Refused | Ended
_KINDS: dict[str, type[Message]] = {kind.__name__: kind for kind in (Order, Ready, Forked, Refused, Ended)}


def written(message: Message) -> bytes:
    """The line of a message."""
    fields: dict[str, Any] = {name: getattr(message, name) for name in message.__dataclass_fields__}
    return json.dumps({"kind": type(message).__name__, **fields}).encode() + b"\n"


def read(line: bytes) -> Message:
    """The message of a line. KeyError, TypeError or ValueError for anything else."""
    fields = json.loads(line)
    return _KINDS[fields.pop("kind")](**fields)
