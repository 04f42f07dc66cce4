"""Each module has simulated systems and a tenant of its own."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterator

import pytest

import connectors.http
from expectations.loading import great_expectations
from tests.support.company import Company, found_company
from tests.support.registry_scene import Registrar, Scene
from tests.support.sandbox import Row, Sandbox, serving


@pytest.fixture(scope="session", autouse=True)
def _totals_are_validated_here() -> None:
    """Great Expectations is imported once: runs of this process need no other one, which would take seconds each.

    Runs in processes of their own have one on the side: the command line's tests see to that.
    """
    with great_expectations():
        import expectations.validation  # noqa: F401, PLC0415 - the rest of what a validation needs


@pytest.fixture(scope="module", autouse=True)
def _runs_are_not_patient() -> Iterator[None]:
    """Runs of these modules try again what failed as often as ever, and sooner."""
    before, connectors.http.FIRST_WAIT = connectors.http.FIRST_WAIT, 0.02
    yield
    connectors.http.FIRST_WAIT = before


@pytest.fixture(scope="module", autouse=True)
def _certificates_are_read_once() -> Iterator[None]:
    """Prefect reads all authorities for each of its clients, three a run, though its server here is plain HTTP."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


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


@pytest.fixture(scope="module")
def registrar(sandbox: Sandbox) -> Iterator[Registrar]:
    registrar = Registrar(sandbox)
    yield registrar
    registrar.close()


@pytest.fixture(scope="module")
def scene(company: Company, registrar: Registrar) -> Scene:
    company.good("registry_sync")
    return Scene(company, registrar)


@pytest.fixture(scope="module")
def linked(scene: Scene) -> Iterator[Row]:
    """Customers that one run took over, as in Severa; every test that spoils its customer takes one of its own."""
    made = [scene.customer() for _ in range(7)]
    scene.sync()
    return iter(made)


@pytest.fixture(scope="module")
def pair(scene: Scene, linked: Iterator[Row]) -> tuple[Row, Row]:
    """A customer that stands in both systems: as in Severa and as in PowerOffice."""
    row = next(linked)
    return row, scene.erp("Customers", "Number", row["number"])


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A fault that a test ordered must have come to pass."""
    yield
    if "sandbox" in request.fixturenames:
        running: Sandbox = request.getfixturevalue("sandbox")
        left = running.faults()
        running.clear_faults()
        assert not left, f"ordered, but never met: {left}"
