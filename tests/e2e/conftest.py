"""Simulated systems and a tenant per module; everything is done by calls of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.commandline import COMPLETED, WITH_ISSUES, CommandLine, Said
from tests.support.company import NAME, Company
from tests.support.sandbox import Sandbox, serving


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Fresh simulated systems; at the end of the module all that was said is compared with the specifications."""
    with serving(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def company(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A tenant of these systems that `severa-sync init` has written and that never ran."""
    folder = tmp_path_factory.mktemp("company")
    CommandLine(folder)("init", NAME, "--erp", "poweroffice", "--from-sandbox", sandbox.ready).expect(COMPLETED)
    return Company(folder, sandbox)


@pytest.fixture(scope="module")
def cli(company: Company) -> CommandLine:
    """The command line in that tenant's home."""
    return CommandLine(company.folder)


@pytest.fixture(scope="module")
def first(cli: CommandLine, prefect_api: str) -> Said:
    """That tenant's first cycle; calls find the session's Prefect server by PREFECT_API_URL."""
    return cli("run", NAME, "--json")


@pytest.fixture
def settled(first: Said, cli: CommandLine) -> CommandLine:
    """The command line of the tenant after its first cycle."""
    first.expect(WITH_ISSUES)
    return cli


@pytest.fixture
def empty(tmp_path: Path) -> CommandLine:
    """The command line in a home where nothing is."""
    return CommandLine(tmp_path)
