"""What a run of the registries begins and may not live to end, written down before it begins (law 1).

An item may take several calls to make, and one that was made may have no link yet when a run is killed. The next run
finds it by its number or code, as it would find an item of somebody else's: this says that it is ours, from which item
it was made, and so which of the two is to be trusted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from core.plans import Create
from core.records import Registry, Side
from state.facts import Facts

FOR_GOOD = timedelta(days=36_500)


class Unfinished:
    """One registry of one tenant.

    `since` is when the first run began whose new links may not have had their consequences yet (UTC); None when there
    is none. The sources of a side are the items of which a copy was begun on the other side.
    """

    def __init__(self, facts: Facts, registry: Registry) -> None:
        self._facts = facts
        self._name = f"unfinished.{registry.value}"
        self._value: Mapping[str, Any] = facts.get(self._name, max_age=FOR_GOOD) or {}

    @property
    def since(self) -> datetime | None:
        """When the first run began that may not have ended."""
        since = self._value.get("since")
        return None if since is None else datetime.fromisoformat(since).astimezone(UTC)

    def sources(self, side: Side) -> set[str]:
        """Ids on a side of which a copy was begun."""
        return set(self._value.get(side.value, ()))

    def begin(self, at: datetime, creates: Iterable[Create]) -> None:
        """A run that began at `at` is going to link items, and to make these. Committed before the first call."""
        begun = {side: self.sources(side) for side in Side}
        for create in creates:
            begun[create.target.other].add(create.source.id)
        self._put(self.since or at, begun)

    def end(self, lost: Mapping[Side, Collection[str]], *, settled: bool) -> None:
        """Everything that was begun has a link or an issue now, but for those whose answer was lost.

        `settled`: nothing has to follow from the new links in a later step.
        """
        self._put(None if settled else self.since, {side: set(ids) for side, ids in lost.items()})

    def settle(self) -> None:
        """What follows from the new links was done."""
        self._put(None, {side: self.sources(side) for side in Side})

    def _put(self, since: datetime | None, begun: Mapping[Side, Collection[str]]) -> None:
        value: dict[str, Any] = {side.value: sorted(ids) for side, ids in begun.items() if ids}
        if since is not None:
            value["since"] = since.isoformat()
        if value != self._value:
            self._facts.put(self._name, value)
            self._value = value
