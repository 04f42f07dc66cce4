"""What all tests share: the libraries stay out of the user's home, and one Prefect server serves a whole session."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli import server

ROOT = Path(__file__).parent.parent
LIGHT = {
    f"PREFECT_SERVER_SERVICES_{service}_ENABLED": "false"
    for service in ("EVENT_PERSISTER", "TRIGGERS", "TASK_RUN_RECORDER", "SCHEDULER", "LATE_RUNS", "FOREMAN")
}
"""Services of the server that no test asks for: on SQLite they get in the way of the runs, which wait for seconds."""

LONG_FIRST = ("e2e", "flows", "faults", "conformance")
"""Folders of tests, those whose files take longest first."""


def pytest_configure() -> None:
    """Before anything is imported: no telemetry, and nothing in the user's own Prefect home."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # the process that began the session has done it
    os.environ.update(server.QUIET)
    os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="severa-sync-prefect-")
    os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"
    os.environ["PREFECT_LOGGING_LEVEL"] = "CRITICAL"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The process that began the session ends its Prefect server."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]  # no public way
    server.stop(factory.getbasetemp() / "prefect-server")
    shutil.rmtree(os.environ["PREFECT_HOME"], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Prefect leaves connections to its own server open: no fault of the test that meets the collected remains.

    Its threads leave some after the module that used it has ended. The connectors' own tests watch over ours.
    """
    leaky = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
    for item in items:
        if "unit/connectors" not in item.path.as_posix():
            item.add_marker(leaky)
    # Those that take longest begin first, so that no process has a long one left when the others have ended.
    items.sort(
        key=lambda item: next((n for n, part in enumerate(LONG_FIRST) if part in item.path.parts), len(LONG_FIRST))
    )


@pytest.fixture(autouse=True, scope="module")
def _leave_nothing_to_others() -> Iterator[None]:
    """What Prefect leaves is collected before the tests of another module begin."""
    yield
    if "prefect" in sys.modules:
        gc.collect()


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API of the session's Prefect server; whoever asks first starts it, all workers use the same one."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prefect-server"
    variables = {**os.environ, **LIGHT, "SEVERA_SYNC_HOME": str(home)}
    del variables["PREFECT_HOME"]
    command = [sys.executable, "-m", "cli.main", "server", "start"]
    subprocess.run(command, cwd=ROOT, env=variables, check=True, stdout=subprocess.DEVNULL, timeout=120)
    running = server.status(home)
    assert running is not None, "the session's Prefect server is down"
    os.environ["PREFECT_API_URL"] = running.api_url
    if "prefect" in sys.modules:  # it read its settings already
        from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415

        with temporary_settings({PREFECT_API_URL: running.api_url}):
            yield running.api_url
    else:
        yield running.api_url
    del os.environ["PREFECT_API_URL"]
