"""Counts the calls of a run, and the seconds that they waited under the vendors' limits, for the metrics.

The sums stand with the tenant's facts and only grow: a run adds its own at its end, while it still holds the tenant.
Those of a run that is killed are lost.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import DBAPIError

from connectors.http import Exchange
from state.store import TenantState
from tasks.audit import DONE, Observer

FACT = "traffic"
"""{"calls": {system: {outcome: calls}}, "waited": {system: seconds}}"""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Traffic:
    """`calls` by (system, outcome): done, or the class of the error that came of it; `waited` seconds by system."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    waited: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, fact: Mapping[str, Any]) -> Traffic:
        """What stands in the fact."""
        calls = {(system, outcome): n for system, each in fact["calls"].items() for outcome, n in each.items()}
        return cls(Counter(calls), dict(fact["waited"]))

    def wait(self, system: str, seconds: float) -> None:
        """Add seconds that were waited."""
        self.waited[system] = self.waited.get(system, 0.0) + seconds

    def as_fact(self) -> dict[str, Any]:
        """The same as JSON."""
        calls: dict[str, dict[str, int]] = {}
        for (system, outcome), number in sorted(self.calls.items()):
            calls.setdefault(system, {})[outcome] = number
        return {"calls": calls, "waited": dict(sorted(self.waited.items()))}


class Meter:
    """Counts what the transports of one run tell; they are told of every exchange, repeats and token calls included."""

    def __init__(self) -> None:
        self.traffic = Traffic()

    def observer(self, system: str, then: Observer) -> Observer:
        """What a system's transport tells its exchanges to; `then` is told as well."""

        def observe(exchange: Exchange) -> None:
            outcome = DONE if exchange.error is None else exchange.error.error_class.value
            self.traffic.calls[system, outcome] += 1
            self.traffic.wait(system, exchange.waited)
            then(exchange)

        return observe

    def keep(self, state: TenantState) -> None:
        """Add this run's sums to the tenant's. A database that does not take them is no reason for a run to fail."""
        if not self.traffic.calls:
            return
        try:
            with state.batch():
                fact = state.facts.get(FACT, max_age=timedelta.max)
                sums = Traffic.of(fact) if fact is not None else Traffic()
                sums.calls.update(self.traffic.calls)
                for system, seconds in self.traffic.waited.items():
                    sums.wait(system, seconds)
                state.facts.put(FACT, sums.as_fact())
        except DBAPIError as error:
            kind = type(error.orig or error).__name__
            log.warning("%s: the calls of this run are not counted: %s.", state.name, kind)
