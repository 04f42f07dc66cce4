"""What is measured once and told several times: a first synchronisation per scale, on one Prefect server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.settings import ERP_SETTINGS
from tests.bench.company import FIRST_ERP, Company, Cycle, Replayed, company, prefect_server, replayed
from tests.bench.figures import Figures

SCALES = "SEVERA_SYNC_BENCH_SCALES"
"""Environment variable: two scales, the smaller first; `small,small` tries the benchmark itself out."""
ERP = "SEVERA_SYNC_BENCH_ERP"
"""Environment variable: the ERPs to measure, with commas between, or `all`; the first one when it is not set."""
FIGURES = pytest.StashKey[Figures]()


@dataclass(frozen=True, slots=True)
class First:
    """A company and its first cycle."""

    company: Company
    cycle: Cycle


def pytest_configure(config: pytest.Config) -> None:
    """The session's figures."""
    config.stash[FIGURES] = Figures()


def erps() -> list[str]:
    """The ERPs to measure."""
    given = os.environ.get(ERP, FIRST_ERP)
    return list(ERP_SETTINGS) if given == "all" else given.split(",")


def pytest_terminal_summary(config: pytest.Config) -> None:
    """The table, after everything else."""
    config.stash[FIGURES].show()
    config.stash[FIGURES].write()


@pytest.fixture
def figures(pytestconfig: pytest.Config) -> Figures:
    """Where measured figures go."""
    return pytestconfig.stash[FIGURES]


@pytest.fixture(scope="session")
def scales() -> tuple[str, str]:
    """The two scales that are compared, the smaller first."""
    smaller, larger = os.environ.get(SCALES, "medium,large").split(",")
    return smaller, larger


@pytest.fixture(scope="session", params=erps())
def erp(request: pytest.FixtureRequest) -> str:
    """Each ERP in turn."""
    found: str = request.param
    return found


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything of the session is kept."""
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="session")
def api_url(folder: Path) -> Iterator[str]:
    """A Prefect server, started beforehand."""
    with prefect_server(folder / "prefect") as url:
        yield url


@pytest.fixture(scope="session")
def smaller(scales: tuple[str, str], folder: Path, api_url: str, erp: str) -> Iterator[First]:
    """A company at the smaller scale after its recorded first cycle."""
    with company(folder / f"smaller-{erp}", scales[0], api_url, erp) as one:
        yield First(one, one.run())


@pytest.fixture(scope="session")
def larger(scales: tuple[str, str], folder: Path, api_url: str, erp: str) -> Iterator[First]:
    """A company at the larger scale after its first cycle, which is not recorded: it would fill the memory."""
    with company(folder / f"larger-{erp}", scales[1], api_url, erp) as one:
        yield First(one, one.run(recorded=False))


@pytest.fixture(scope="session")
def bare(smaller: First, folder: Path) -> Replayed:
    """The first cycle of the smaller scale, said again by the bare script."""
    assert smaller.cycle.exchanges is not None
    return replayed(folder / f"replay-{smaller.company.erp}", smaller.company, smaller.cycle.exchanges)
