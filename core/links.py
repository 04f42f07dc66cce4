"""Links: the pair of ids of one item on both sides, with the fields as they were when last in step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.records import Registry, Side

State = Mapping[str, Any]
"""Business fields of a record by name, encoded as JSON values (see `core.states`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One item on both sides.

    `severa_state` and `erp_state` are each side's own fields as they were when last in step: a change is what
    differs from the own side's state, so a value that one system stores differently is not a change. A field that
    never got through is absent. `key` is the number or code when it was linked (ALL-14). `drift` holds the fields
    of the side that is not master as they were last reported (ALL-03). Instants are UTC.
    """

    registry: Registry
    severa_id: str
    erp_id: str
    key: str | None
    severa_state: State = field(default_factory=dict)
    erp_state: State = field(default_factory=dict)
    drift: State = field(default_factory=dict)
    linked_at: datetime | None = None
    updated_at: datetime | None = None

    def id_on(self, side: Side) -> str:
        """The item's id on a side."""
        return self.severa_id if side is Side.SEVERA else self.erp_id

    def state_on(self, side: Side) -> State:
        """The item's fields on a side when last in step."""
        return self.severa_state if side is Side.SEVERA else self.erp_state
