"""What all tests share: the libraries stay out of the user's home, and one Prefect server serves a whole session."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli import server

SCRATCH = Path(tempfile.gettempdir()) / f"severa-sync-tests-{os.getuid()}"
LIGHT = {
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
}
"""Services that no test asks for: on SQLite they get in the way of the runs, which then wait for seconds."""


def pytest_configure() -> None:
    """Before anything is imported: no telemetry, and nothing in the user's own Prefect home."""
    os.environ.update(server.QUIET)
    os.environ["PREFECT_HOME"] = str(SCRATCH / "prefect")
    os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"
    os.environ["PREFECT_LOGGING_LEVEL"] = "CRITICAL"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The process that began the session ends its Prefect server."""
    factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]
    if not hasattr(session.config, "workerinput"):
        server.stop(factory.getbasetemp() / "prefect-server")


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API of the session's Prefect server; whoever asks first starts it, all workers use the same one."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prefect-server"
    patch = pytest.MonkeyPatch()
    for name, value in LIGHT.items():
        patch.setenv(name, value)
    patch.delenv("PREFECT_HOME")
    url = server.start(home).api_url
    patch.undo()
    os.environ["PREFECT_API_URL"] = url
    if "prefect" in sys.modules:  # it read its settings already
        from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415

        with temporary_settings({PREFECT_API_URL: url}):
            yield url
    else:
        yield url
    os.environ.pop("PREFECT_API_URL", None)
