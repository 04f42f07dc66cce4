"""Simulated systems that all tests of connecting share, and a folder for each of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.specs import spec_if_any
from tests.support.company import variables
from tests.support.connecting import PAGES, Office
from tests.support.sandbox import Sandbox, serving

GUID = "3f2a8d10-5b6e-4a9f-8c1d-77e0b4a91c55"
"""Stands for a key that the recording leaves out."""


@pytest.fixture(scope="session")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Severa, PowerOffice and Visma.net of one company; what was said is compared with the specifications."""
    with serving(tmp_path_factory.mktemp("connecting"), validated=False) as running:
        yield running
        for exchange in running.exchanges():
            spec = spec_if_any(exchange["system"])
            if spec is not None and not exchange["path"].startswith(PAGES):
                spec.validate_exchange(json.loads(json.dumps(exchange).replace('"[removed]"', f'"{GUID}"')))


@pytest.fixture
def office(systems: Sandbox, tmp_path: Path) -> Iterator[Office]:
    """An empty folder, which the environment names."""
    where = {"SEVERA_SYNC_HOME": str(tmp_path / "home"), "SEVERA_SYNC_TENANTS": str(tmp_path / "tenants")}
    with variables(where):
        yield Office(tmp_path, systems)
