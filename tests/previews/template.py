"""The warm process of the fault campaign (`tests.faults.template`), whose runs tell what they foresaw and counted.

`previewed` and `told` are jobs beside the real ones: they carry out the job that `TOLD_JOB` names, one as a preview,
and write what its outcome holds into the file that `TOLD_FILE` names.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from flows.running import OUTCOME
from tests.faults import template


async def _carry_out(tenant: str, **options: Any) -> None:
    await template.plain(template.JOBS[os.environ["TOLD_JOB"]])(tenant, **options)
    outcome = OUTCOME.get()
    assert outcome is not None
    value = {
        "state": outcome.state,
        "jobs": {job: report.as_dict() for job, report in outcome.reports.items()},
        "parts": {
            f"{job}.{name}": counts.as_dict()
            for job, report in outcome.reports.items()
            for name, counts in report.parts.items()
        },
        "preview": {job: report.previewed() for job, report in outcome.reports.items()},
        "foreseen": [
            {**asdict(change), "job": job} for job, report in outcome.reports.items() for change in report.foreseen
        ],
    }
    with open(os.environ["TOLD_FILE"], "w", encoding="utf-8") as file:  # noqa: ASYNC230, PTH123 - nothing else runs by now
        json.dump(value, file, default=_plain)


def _plain(value: object) -> str:
    assert isinstance(value, Decimal), value
    return str(value)


async def told(tenant: str, **options: Any) -> None:
    """A run."""
    await _carry_out(tenant, **options)


async def previewed(tenant: str, **options: Any) -> None:
    """A preview."""
    await _carry_out(tenant, preview=True, **options)


if __name__ == "__main__":
    template.JOBS.update(told=told, previewed=previewed)
    template.main()
