"""Each module has simulated systems and a tenant of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.company import Company, found_company
from tests.support.sandbox import Sandbox, serving


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Fresh simulated systems; at the end of the module all that was said is compared with the specifications."""
    with serving(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def company(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Company:
    """A tenant of these systems that never ran."""
    return found_company(tmp_path_factory.mktemp("company"), sandbox)


@pytest.fixture(scope="module")
def settled(company: Company) -> Company:
    """The same after its first cycle."""
    company.good()
    return company


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A fault that a test ordered must have come to pass."""
    yield
    if "sandbox" in request.fixturenames:
        running: Sandbox = request.getfixturevalue("sandbox")
        left = running.faults()
        running.clear_faults()
        assert not left, f"ordered, but never met: {left}"
