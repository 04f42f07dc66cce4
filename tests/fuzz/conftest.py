"""Every module has a stage of its own; `SUBJECT` in the module says which connector it is about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

for name in ("checking", "reading", "suite"):
    pytest.register_assert_rewrite(f"tests.fuzz.{name}")

from tests.fuzz.reading import Stage, stage_of  # noqa: E402 - assertions are rewritten at import
from tests.fuzz.subject import Subject  # noqa: E402


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`read` is the name of each read of the connector, `registry` each of its registries."""
    subject: Subject = metafunc.module.SUBJECT
    if "read" in metafunc.fixturenames:
        metafunc.parametrize("read", list(subject.all_reads()))
    if "registry" in metafunc.fixturenames:
        metafunc.parametrize("registry", list(subject.system.registries), ids=str)


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Good answers of the module's system, to be spoilt."""
    with stage_of(request.module.SUBJECT, tmp_path_factory.mktemp("fuzz")) as running:
        yield running
