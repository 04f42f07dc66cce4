"""What a run needs, imported and made before it is known which run it will be."""

from __future__ import annotations

import os
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType
from zoneinfo import reset_tzpath

from pydantic import BaseModel

MODULES = (
    "anyio._backends._asyncio",  # what a run would import first
    "encodings.utf_8_sig",
    "fastapi.encoders",
    "prefect.client.orchestration",
    "prefect.deployments.steps.core",
    "prefect.deployments.steps.pull",
    "prefect.engine",
    "prefect.events.clients",
    "prefect.events.worker",
    "prefect.flow_engine",
    "prefect.logging.handlers",
    "prefect.main",
    "prefect.runner._hook_runner",
    "prefect.task_engine",
    "prefect.utilities.visualization",
    "rich._emoji_codes",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "websockets.asyncio.client",
    "workers.child",
    "flows.cycle",
)
SCHEMAS = (
    "prefect.artifacts",
    "prefect.client.schemas.actions",
    "prefect.client.schemas.filters",
    "prefect.client.schemas.objects",
    "prefect.client.schemas.responses",
    "prefect.events.filters",
    "prefect.events.schemas.events",
)
"""Modules whose models put off making their validators until they are first used."""
HEAVY = "SEVERA_SYNC_WORKER_HEAVY"
"""Environment variable: `off` keeps Great Expectations and pandas out of the template."""


def know_zones() -> None:
    """Take time zones from the package tzdata: Prefect lists them all for every schedule that it reads.

    From the folder of the system that takes 20 ms and more, several times per run.
    """
    reset_tzpath(())


def warm_up() -> None:
    """Import everything and make what is made at its first use. Leaves no thread and no connection behind."""
    know_zones()
    for name in MODULES:
        import_module(name)
    for name in SCHEMAS:
        _complete(import_module(name))
    from connectors.settings import SETTINGS  # noqa: PLC0415 - after the modules above
    from state.store import Store  # noqa: PLC0415
    from tenants.model import tenant_model  # noqa: PLC0415

    tenant_model(SETTINGS)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/state.db")
        store.tenant("warm-up")
        store.close()
    if os.environ.get(HEAVY) != "off":
        _validate()


def _complete(module: ModuleType) -> None:
    for kind in vars(module).values():
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__module__ == module.__name__:
            kind.model_rebuild(raise_errors=False)  # one that needs types of a run is made in the run, as ever


def _validate() -> None:
    """One validation: all of Great Expectations that a run may use."""
    from tqdm import tqdm  # type: ignore[import-untyped]  # it has no types  # noqa: PLC0415

    from expectations.totals import TotalRow, validate_totals  # noqa: PLC0415

    tqdm.monitor_interval = 0  # its progress bars would start a thread
    row = TotalRow("warm-up", "warm-up", 0, 0, "NOK", "NOK", passed=True)
    with tempfile.TemporaryDirectory() as folder:
        validate_totals([row], tenant="warm", run="warm", docs=Path(folder))
