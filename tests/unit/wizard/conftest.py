"""Simulated systems for both ERPs, once per module, and a place for a tenant of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.new_tenant import SECRETS, Place
from tests.support.sandbox import Sandbox, serving


def _serving(erp: str, folder: Path) -> Iterator[Sandbox]:
    with serving(folder, erp=erp) as running:
        yield running


@pytest.fixture(scope="module")
def powering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Severa and PowerOffice; at the end all that was said is compared with the specifications."""
    yield from _serving("poweroffice", tmp_path_factory.mktemp("poweroffice"))


@pytest.fixture(scope="module")
def financing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Severa and Visma.net."""
    yield from _serving("visma_net", tmp_path_factory.mktemp("visma_net"))


def _place(root: Path, sandbox: Sandbox, erp: str, monkeypatch: pytest.MonkeyPatch) -> Place:
    for system in ("severa", erp):
        for name in SECRETS:
            if name in sandbox.access[system]:
                monkeypatch.setenv(f"{system}_{name}", sandbox.access[system][name])
    monkeypatch.setenv("SEVERA_SYNC_HOME", str(root / "home"))
    monkeypatch.setenv("SEVERA_SYNC_TENANTS", str(root / "tenants"))
    return Place(root, sandbox, erp)


@pytest.fixture
def powered(tmp_path: Path, powering: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place for a tenant of PowerOffice."""
    return _place(tmp_path, powering, "poweroffice", monkeypatch)


@pytest.fixture
def financed(tmp_path: Path, financing: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place for a tenant of Visma.net."""
    return _place(tmp_path, financing, "visma_net", monkeypatch)
