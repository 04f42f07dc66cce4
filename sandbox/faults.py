"""Faults that tests order for coming requests."""

from dataclasses import dataclass
from typing import Any

KINDS = "status:NNN, drop_before, drop_after, delay:MS, expire_token"


@dataclass(slots=True)
class Fault:
    """One ordered fault; `times` counts down. `path` is exact, a prefix ending in ``*``, or a ``{…}`` template."""

    system: str
    method: str
    path: str
    kind: str
    times: int

    def __post_init__(self) -> None:
        word, _, value = self.kind.partition(":")
        known = word in {"drop_before", "drop_after", "expire_token"} and not value
        counted = word in {"status", "delay"} and value.isdecimal()
        if not (known or counted) or (word == "status" and not 100 <= int(value) <= 599):
            raise ValueError(f"fault kind {self.kind!r}: one of {KINDS}")
        if self.times < 1:
            raise ValueError("times: at least 1")

    @property
    def number(self) -> int:
        """The status or the milliseconds of the kind."""
        return int(self.kind.partition(":")[2])

    def matches(self, method: str, path: str) -> bool:
        """True for a request below the base URL of the system."""
        if self.method not in {method, "*"}:
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
        """As a JSON object."""
        return {
            "system": self.system,
            "method": self.method,
            "path": self.path,
            "kind": self.kind,
            "times": self.times,
        }


class Faults:
    """The open faults, oldest first."""

    def __init__(self) -> None:
        self._open: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Opens a fault."""
        self._open.append(fault)

    def take(self, system: str, method: str, path: str) -> Fault | None:
        """The oldest open fault that matches a request, counted down; None when there is none."""
        for fault in self._open:
            if fault.system == system and fault.matches(method, path):
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
