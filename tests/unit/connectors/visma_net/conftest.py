from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from erp_server import Erp, page
from pydantic import SecretStr
from rows_of_visma import ACCOUNTS, BRANCHES, CLASSES, CURRENCIES, LEDGERS, TERMS
from scripted import Reply, ScriptedServer

from connectors.auth import MemoryTokenStore
from connectors.visma_net.adapter import VismaNetAdapter
from connectors.visma_net.settings import VismaNetSettings
from tests.specs import spec, vendor_folder


@pytest.fixture
async def erp(server: ScriptedServer) -> AsyncIterator[Erp]:
    """A scripted server with the small registers; every request is checked against the vendor's specification."""
    running = Erp(server)
    running.on("GET", "/v1/creditTerm", Reply(200, TERMS))
    running.on("GET", "/v1/currency", Reply(200, CURRENCIES))
    running.on("GET", "/v1/inventory/itemClass", page(CLASSES))
    running.on("GET", "/v1/branch", Reply(200, BRANCHES))
    running.on("GET", "/v1/ledger", Reply(200, LEDGERS))
    running.on("GET", "/v1/account", Reply(200, ACCOUNTS))
    yield running
    assert running.unexpected == []
    if (vendor_folder("visma_net") / "openapi.json").exists():
        for exchange in running.exchanges():
            spec("visma_net").validate_request(exchange)


@pytest.fixture
def store() -> MemoryTokenStore:
    return MemoryTokenStore()


@pytest.fixture
def settings(erp: Erp) -> Callable[..., VismaNetSettings]:
    def make(**more: Any) -> VismaNetSettings:
        values = {
            "base_url": erp.url,
            "connect_url": erp.url,
            "client_id": "isv_demo",
            "client_secret": "env:S",
            "tenant_id": "5b0c1c0e-2d4f-4c58-9d2b-0f5b6a1f7a11",
            "non_project": "X",
            "poll_seconds": 0.0,
            "release_seconds": 0.0,
        }
        return VismaNetSettings.model_validate(values | more)

    return make


@pytest.fixture
async def open_adapter(
    settings: Callable[..., VismaNetSettings], store: MemoryTokenStore
) -> AsyncIterator[Callable[..., VismaNetAdapter]]:
    opened: list[VismaNetAdapter] = []

    def make(kept: Any = None, **more: Any) -> VismaNetAdapter:
        opened.append(VismaNetAdapter.open(settings(**more), SecretStr("the-secret"), store, kept=kept))
        return opened[-1]

    yield make
    for adapter in opened:
        await adapter.close()


@pytest.fixture
def adapter(open_adapter: Callable[..., VismaNetAdapter]) -> VismaNetAdapter:
    return open_adapter()
