"""Every module has simulated systems of its own; `SYSTEM` in the module says which of them it is about."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

for name in ("reading", "writing", "lost", "refusals", "hostile", "invoices", "sent", "released", "costs"):
    pytest.register_assert_rewrite(f"tests.conformance.{name}")

from tests.conformance.relay import Relay  # noqa: E402 - assertions are rewritten at import
from tests.conformance.stage import Session, Stage  # noqa: E402
from tests.conformance.system import System  # noqa: E402
from tests.support.sandbox import Sandbox, serving  # noqa: E402


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`registry` is each registry of the system; with `field` it is each of its fields that can be changed."""
    if "registry" not in metafunc.fixturenames:
        return
    system: System = metafunc.module.SYSTEM
    if "field" not in metafunc.fixturenames:
        metafunc.parametrize("registry", list(system.registries), ids=str)
        return
    pairs = [
        (registry, name)
        for registry, sample in system.registries.items()
        for name in sample.changed(0, {})
        if name not in sample.fixed
    ]
    metafunc.parametrize(("registry", "field"), pairs, ids=[f"{registry}-{name}" for registry, name in pairs])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a system's description names as a defect is expected to fail, and told when it no longer does."""
    for item in items:
        system = getattr(getattr(item, "module", None), "SYSTEM", None)
        if isinstance(system, System) and item.name in system.defects:
            item.add_marker(pytest.mark.xfail(strict=True, reason=system.defects[item.name]))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Fresh simulated systems; at the end of the module all that was said is compared with the specifications."""
    with serving(tmp_path_factory.mktemp("conformance"), seed=3) as running:
        yield running


@pytest.fixture(scope="module")
def system(request: pytest.FixtureRequest) -> System:
    """The system that the module is about."""
    found: System = request.module.SYSTEM
    return found


@pytest.fixture(scope="module")
def session() -> Session:
    """The access token that the module's tests share."""
    return Session()


@pytest.fixture
async def stage(system: System, sandbox: Sandbox, session: Session) -> AsyncIterator[Stage]:
    """An adapter of the module's system, just opened. A fault that a test ordered must have come to pass."""
    session.renew(system.name)
    adapter = system.open(sandbox.access[system.name], session.tokens)
    yield Stage(system, sandbox, adapter, session)
    await adapter.close()
    left = sandbox.faults()
    sandbox.clear_faults()
    assert not left, f"ordered, but never met: {left}"


@pytest.fixture
async def relay(stage: Stage) -> AsyncIterator[Relay]:
    """A go-between that passes everything on to the same system, but for what a test rewrites."""
    async with Relay.to(stage) as running:
        yield running
