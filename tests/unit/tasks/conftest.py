"""Steps of the runs by themselves, on a state of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from state.store import Store, TenantState


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[TenantState]:
    """The state of a tenant without rows, on SQLite."""
    store = Store.open(f"sqlite:///{tmp_path / 'state.db'}")
    yield store.tenant("fjord")
    store.close()
