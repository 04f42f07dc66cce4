"""Runs in processes of their own, behind one subscription key, against PowerOffice with its limit on.

Ten calls a second are admitted for all of them together (PowerOffice's contract, section 3; issue 3, section 8).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cli.init import init
from connectors.budgets import key_of
from state.schema import budgets
from state.store import Store
from tasks.opening import OPENERS, load_tenant
from tests.support.postgresql import create_database, postgresql_server
from tests.support.prepared import Prepared, prepared
from tests.support.sandbox import Sandbox, serving

RATE = 8


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The simulated systems with their rate limits on."""
    with serving(tmp_path_factory.mktemp("limited"), limits_on=True) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a state of either kind, with its tables."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'state.db'}"
        if request.param == "postgresql":
            server = stack.enter_context(postgresql_server())
            create_database(server, "shared")
            url = server.format("shared")
        Store.open(url).close()
        yield url


def run(database: str, sandbox: Sandbox, tenant: str, calls: int) -> AbstractContextManager[Prepared]:
    """A process of `tests.support.sharing`, ready to go."""
    return prepared("tests.support.sharing", database, str(sandbox.ready), tenant, str(calls), str(RATE))


def refused(sandbox: Sandbox, mark: int) -> int:
    return sum(one["status"] == 429 for one in sandbox.exchanges(mark, "poweroffice"))


def test_two_runs_keep_one_limit_and_both_get_on(limited: Sandbox, database: str) -> None:
    """Each by its own pace they would make sixteen calls a second, and be refused for as long as they work."""
    mark = limited.mark()
    with run(database, limited, "fjord", 16) as first, run(database, limited, "berg", 16) as second:
        began = time.monotonic()
        for one in (first, second):
            one.go()
        both = [first.told(), second.told()]
        seconds = time.monotonic() - began
    # Each also asks for its token. A process that is late brings two calls together at the edge of a window.
    assert refused(limited, mark) <= 2
    assert seconds >= 33 / RATE - 0.5
    assert max(one["seconds"] for one in both) <= 1.5 * min(one["seconds"] for one in both) + 3


@pytest.mark.thorough
def test_a_run_alone_is_not_slowed(limited: Sandbox, database: str) -> None:
    """One call after the other at the pace of the setting, and no statement for each."""
    mark = limited.mark()
    with run(database, limited, "fjord", 24) as only:
        only.go()
        found = only.told()
    assert refused(limited, mark) == 0
    assert found["seconds"] <= 24 / RATE + 3  # a busy machine's share
    assert found["statements"] <= 18


@pytest.mark.thorough
def test_what_a_killed_run_took_comes_back(limited: Sandbox, database: str) -> None:
    """After a second or so the other one has the whole limit."""
    mark = limited.mark()
    with run(database, limited, "fjord", 400) as first, run(database, limited, "berg", 16) as second:
        first.go()
        time.sleep(1.5)
        second.go()
        time.sleep(0.5)
        first.kill()
        found = second.told()
    assert found["seconds"] <= 16 / RATE + 4
    assert refused(limited, mark) <= 2


def rows(store: Store) -> list[Any]:
    assert store._database is not None
    with store._database.reading() as connection:
        return list(connection.execute(sa.select(budgets)).all())


@pytest.mark.parametrize("preview", [False, True])
async def test_a_run_that_is_opened_shares_its_limit_and_a_preview_writes_nothing(
    limited: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, preview: bool
) -> None:
    """Under a digest of the subscription key, which is a secret (law 9)."""
    home, folder = tmp_path / "home", tmp_path / "tenants"
    monkeypatch.setenv("SEVERA_SYNC_HOME", str(home))
    monkeypatch.setenv("SEVERA_SYNC_TENANTS", str(folder))
    init("fjord", "poweroffice", folder=folder, home=home, from_sandbox=limited.ready)
    store = Store.open(f"sqlite:///{tmp_path / 'state.db'}")
    try:
        erp = OPENERS["poweroffice"](load_tenant("fjord"), store.tenant("fjord", preview=preview), None)
        try:
            await erp.check_access()
        finally:
            await erp.close()
        key = limited.access["poweroffice"]["subscription_key"]
        assert [row.key for row in rows(store)] == ([] if preview else [key_of("poweroffice", key)])
        assert key not in str(rows(store))
    finally:
        store.close()
