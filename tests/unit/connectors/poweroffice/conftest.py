from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from go_server import SECRETS, Go

from connectors.auth import MemoryTokenStore
from connectors.poweroffice.adapter import PowerOfficeAdapter
from connectors.poweroffice.settings import PowerOfficeSettings
from tests.specs import spec, vendor_folder


@pytest.fixture
async def go() -> AsyncIterator[Go]:
    """A scripted server; afterwards every request that it got is checked against the vendor's specification."""
    server = Go()
    await server.start()
    yield server
    await server.stop()
    if (vendor_folder("poweroffice") / "openapi.json").exists():
        for asked in server.asked:
            spec("poweroffice").validate_request(asked.exchange)


@pytest.fixture
def store() -> MemoryTokenStore:
    return MemoryTokenStore()


@pytest.fixture
def settings(go: Go) -> Callable[..., PowerOfficeSettings]:
    def make(**more: Any) -> PowerOfficeSettings:
        values = {
            "base_url": go.base_url,
            "application_key": "env:A",
            "client_key": "env:C",
            "subscription_key": "env:S",
            "calls_per_second": 0.0,
            "lookup_delay_seconds": 0.0,
        }
        return PowerOfficeSettings.model_validate(values | more)

    return make


@pytest.fixture
async def open_adapter(
    settings: Callable[..., PowerOfficeSettings], store: MemoryTokenStore
) -> AsyncIterator[Callable[..., PowerOfficeAdapter]]:
    opened: list[PowerOfficeAdapter] = []

    def make(**more: Any) -> PowerOfficeAdapter:
        opened.append(PowerOfficeAdapter.open(settings(**more), SECRETS, store))
        return opened[-1]

    yield make
    for adapter in opened:
        await adapter.close()


@pytest.fixture
def adapter(open_adapter: Callable[..., PowerOfficeAdapter]) -> PowerOfficeAdapter:
    return open_adapter()
