"""Calls, and how long they waited, are added up in the state for the metrics (ALL-11)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from connectors.http import Exchange
from core.errors import RateLimitedError
from state.store import Store, TenantState
from tasks.meter import FACT, Meter, Traffic


def called(meter: Meter, system: str, *exchanges: Exchange) -> list[Exchange]:
    """What whoever else watches is told of these exchanges."""
    told: list[Exchange] = []
    observe = meter.observer(system, told.append)
    for exchange in exchanges:
        observe(exchange)
    return told


def test_runs_add_to_what_stands_there(state: TenantState) -> None:
    """Reads and writes, good ones and refused ones, of each system by itself."""
    good = Exchange("GET", "/v1/customers", 200, 12.0, waited=0.25)
    refused = Exchange("POST", "/Orders", 429, 3.0, writes=True, error=RateLimitedError("Too many."), waited=1.5)
    for _ in range(2):
        meter = Meter()
        assert called(meter, "severa", good, good) == [good, good]
        called(meter, "poweroffice", refused, good)
        meter.keep(state)
    fact = state.facts.get(FACT, max_age=timedelta.max)
    assert fact is not None
    found = Traffic.of(fact)
    assert found.calls == {("severa", "done"): 4, ("poweroffice", "done"): 2, ("poweroffice", "rate limited"): 2}
    assert found.waited == {"severa": 1.0, "poweroffice": 3.5}


def test_a_run_without_calls_writes_nothing(state: TenantState) -> None:
    Meter().keep(state)
    assert state.facts.get(FACT, max_age=timedelta.max) is None


def test_a_database_that_refuses_them_ends_no_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'state.db'}")
    state = store.tenant("fjord")
    meter = Meter()
    called(meter, "severa", Exchange("GET", "/v1/customers", 200, 12.0))
    assert store._database is not None
    with store._database.writing("fjord") as connection:
        connection.execute(text("DROP TABLE facts"))
    meter.keep(state)
    assert "the calls of this run are not counted" in caplog.text
    store.close()
