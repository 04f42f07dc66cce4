"""Faults that tests order for coming requests."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

PLAIN = ("drop_before", "drop_after", "cut_body", "cut_json", "garbled", "expire_token")
COUNTED = ("status", "html", "limit", "delay", "stall", "late")
KINDS = "status:NNN, html:NNN, limit:SECONDS, delay:MS, stall:MS, late:MS, " + ", ".join(PLAIN)
REFUSALS = ("status", "html", "limit", "drop_before", "late")
"""Kinds whose request is not carried out, or not before the caller has given up."""


@dataclass(slots=True)
class Fault:
    """One ordered fault; `times` counts down. `path` is exact, a prefix ending in ``*``, or a ``{…}`` template.

    The first `after` requests that match pass unharmed. With `query`, only requests match whose query string has a
    parameter of that name: ``pageToken`` means every page but the first.
    """

    system: str
    method: str
    path: str
    kind: str
    times: int
    after: int = 0
    query: str | None = None

    def __post_init__(self) -> None:
        word, _, value = self.kind.partition(":")
        known = word in PLAIN and not value
        counted = word in COUNTED and value.isdecimal()
        if not (known or counted) or (word in {"status", "html"} and not 100 <= int(value) <= 599):
            raise ValueError(f"fault kind {self.kind!r}: one of {KINDS}")
        if self.times < 1:
            raise ValueError("times: at least 1")
        if self.after < 0:
            raise ValueError("after: 0 or more")

    @property
    def word(self) -> str:
        """The kind without its number."""
        return self.kind.partition(":")[0]

    @property
    def number(self) -> int:
        """The status, the seconds or the milliseconds of the kind."""
        return int(self.kind.partition(":")[2])

    def matches(self, method: str, path: str, query: bytes = b"") -> bool:
        """True for a request below the base URL of the system."""
        if self.method not in {method, "*"}:
            return False
        if self.query is not None and self.query not in dict(parse_qsl(query.decode("latin-1"))):
            return False
        if "{" in self.path:
            wanted, given = self.path.split("/"), path.split("/")
            return len(wanted) == len(given) and all(
                (w.startswith("{") and w.endswith("}") and g) or w == g for w, g in zip(wanted, given, strict=True)
            )
        if self.path.endswith("*"):
            return path.startswith(self.path[:-1])
        return path == self.path

    def shown(self) -> dict[str, Any]:
        """As a JSON object; `after` and `query` only when they say something."""
        more = {"after": self.after or None, "query": self.query}
        return {
            "system": self.system,
            "method": self.method,
            "path": self.path,
            "kind": self.kind,
            "times": self.times,
            **{name: value for name, value in more.items() if value is not None},
        }


class Faults:
    """The open faults, oldest first."""

    def __init__(self) -> None:
        self._open: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Opens a fault."""
        self._open.append(fault)

    def take(self, system: str, method: str, path: str, query: bytes = b"") -> Fault | None:
        """The oldest open fault that is due for a request, counted down; None when there is none.

        A request that a fault lets pass may still meet a later one.
        """
        for fault in self._open:
            if fault.system == system and fault.matches(method, path, query):
                if fault.after:
                    fault.after -= 1
                    continue
                fault.times -= 1
                if fault.times == 0:
                    self._open.remove(fault)
                return fault
        return None

    def shown(self) -> list[dict[str, Any]]:
        """The open faults as JSON objects."""
        return [fault.shown() for fault in self._open]

    def clear(self) -> None:
        """Forgets all of them."""
        self._open.clear()
