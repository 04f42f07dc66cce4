"""Runs: what was run when, how it ended and what it did."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from core.errors import BugError
from state.rows import TenantRows
from state.schema import runs as table

RUNNING = "Running"
"""The state of a run that has not ended."""

_COLUMNS = [column for column in table.columns if column.name != "tenant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a job. `state` is Prefect's name of how it ended; `counts` are JSON values; instants are UTC."""

    id: str
    job: str
    mode: str
    state: str
    started: datetime
    ended: datetime | None
    flow_run_id: str | None
    counts: Mapping[str, Any]
    error: str | None


class Runs:
    """The runs of one tenant."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def start(self, job: str, mode: str, *, flow_run_id: str | None = None) -> str:
        """Write down that a run begins; its id."""
        run_id = str(uuid.uuid4())
        row = {"id": run_id, "job": job, "mode": mode, "state": RUNNING, "started": self._rows.now(), "ended": None}
        self._rows.insert(table, [row | {"flow_run_id": flow_run_id, "counts": {}, "error": None}])
        return run_id

    def finish(self, run_id: str, state: str, *, counts: Mapping[str, Any], error: str | None = None) -> None:
        """Write down how a run ended; BugError when it never began."""
        values = {"state": state, "ended": self._rows.now(), "counts": dict(counts), "error": error}
        if self._rows.execute(self._rows.update(table).where(table.c.id == run_id).values(values)) != 1:
            raise BugError(f"Run {run_id} ends without having begun.")

    def last(self, job: str | None = None) -> Run | None:
        """The run that began last, of one job or any."""
        found = self._recent(1) if job is None else self._recent(1, table.c.job == job)
        return found[0] if found else None

    def recent(self, n: int) -> list[Run]:
        """The last `n` runs, the latest first."""
        return self._recent(n)

    def _recent(self, n: int, *conditions: Any) -> list[Run]:
        query = self._rows.select(table, *_COLUMNS).where(*conditions)
        return [_run(row) for row in self._rows.all(query.order_by(table.c.started.desc(), table.c.id).limit(n))]


def _run(row: Row[Any]) -> Run:
    return Run(**row._asdict())
