"""Each module has a simulated Severa and Visma.net of its own, and a tenant of theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.registry_scene import Registrar
from tests.support.sandbox import Sandbox, serving
from tests.support.visma_net_company import VismaNetCompany, found_visma_net_company
from tests.support.visma_net_scene import VismaNetScene


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Fresh simulated systems; at the end of the module all that was said is compared with the specifications."""
    with serving(tmp_path_factory.mktemp("sandbox"), erp="visma_net") as running:
        yield running


@pytest.fixture(scope="module")
def company(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> VismaNetCompany:
    """A tenant of these systems that never ran."""
    return found_visma_net_company(tmp_path_factory.mktemp("company"), sandbox)


@pytest.fixture(scope="module")
def scene(company: VismaNetCompany, registrar: Registrar) -> VismaNetScene:
    """The tenant after its first run of the registries."""
    company.good("registry_sync")
    return VismaNetScene(company, registrar)
