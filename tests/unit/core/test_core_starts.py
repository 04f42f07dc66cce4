"""The next start that people are told is the one that Prefect computes (ALL-01, PO-01)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule
from pydantic import TypeAdapter

from connectors.settings import SETTINGS
from core.starts import next_start
from flows.deployments import deployments
from tenants.load import parse

VALID = (Path(__file__).parents[1] / "tenants" / "demo.yaml").read_text(encoding="utf-8")
SCHEDULE: TypeAdapter[Any] = TypeAdapter(CronSchedule | IntervalSchedule)
HELSINKI = ZoneInfo("Europe/Helsinki")
MOMENTS = (
    "2026-11-21T06:40:00+00:00",
    "2026-12-31T21:59:30+00:00",
    "2027-03-27T22:30:00+00:00",
    "2027-03-28T00:30:00+00:00",
    "2027-10-30T23:59:00+00:00",
    "2027-10-31T01:10:00+00:00",
)
"""Ordinary ones, the turn of the year, before and inside both daylight-saving switches of Helsinki."""


def by_prefect(timetable: Any, after: datetime) -> datetime:
    """The first start of any of the tenant's schedules that Prefect's own computation has after an instant."""
    written = timetable if isinstance(timetable, str) else str(list(timetable))
    text = VALID.replace("timetable: staggered", f"timetable: {written}").replace("Europe/Oslo", HELSINKI.key)
    found: list[datetime] = []
    for one in deployments(parse(text, "tenants/demo.yaml", SETTINGS))[0].schedules:
        schedule = SCHEDULE.validate_python(one["schedule"])
        dates = asyncio.run(schedule.get_dates(3, after.astimezone(HELSINKI)))
        found += [each.astimezone(UTC) for each in dates if each.astimezone(UTC) > after]
    return min(found)


@pytest.mark.parametrize("after", MOMENTS)
@pytest.mark.parametrize(
    "timetable",
    [
        "staggered",
        "every_5_minutes",
        "every_10_minutes",
        ("*/30 * * * *",),
        ("30 6 * * *", "0 12,18 * * *"),
        ("*/15 6-20 * * 1-5",),
        ("0 9 * * sun",),
        ("15 7 1,15 * 1",),
        ("0 5 29 feb *",),
    ],
    ids=str,
)
def test_it_is_the_start_that_prefect_computes(timetable: str | tuple[str, ...], after: str) -> None:
    """ALL-01: word for word, at both daylight-saving switches, for a person's own expressions, too."""
    moment = datetime.fromisoformat(after)
    assert next_start(timetable, "demo", HELSINKI, moment) == by_prefect(timetable, moment)


def test_one_start_follows_the_other_and_always_has_none() -> None:
    """ALL-01."""
    moment = datetime(2026, 11, 21, 6, 40, tzinfo=UTC)
    first = next_start("every_5_minutes", "demo", HELSINKI, moment)
    assert first is not None
    assert next_start("every_5_minutes", "demo", HELSINKI, first) == first + timedelta(minutes=5)
    assert next_start("always", "demo", HELSINKI, moment) is None
    assert next_start(("0 0 30 feb *",), "demo", HELSINKI, moment) is None
