"""Connector tests run on asyncio, against servers on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from scripted import ScriptedServer


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """A server on loopback that answers as the test scripts it."""
    async with ScriptedServer() as running:
        yield running
