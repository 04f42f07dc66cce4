"""When Prefect starts the runs of a timetable: its own computation, over both daylight-saving switches (ALL-01)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule
from pydantic import TypeAdapter

from connectors.settings import SETTINGS
from core.timetable import offset
from flows.deployments import deployments
from tenants.load import parse
from tenants.model import Tenant

VALID = (Path(__file__).parents[1] / "unit" / "tenants" / "demo.yaml").read_text(encoding="utf-8")
SCHEDULE: TypeAdapter[Any] = TypeAdapter(CronSchedule | IntervalSchedule)
SPRING, AUTUMN, ORDINARY = date(2027, 3, 28), date(2027, 10, 31), date(2027, 6, 15)
DAYS = pytest.mark.parametrize("day", [ORDINARY, SPRING, AUTUMN], ids=["an ordinary day", "spring", "autumn"])
HELSINKI = "Europe/Helsinki"


def starts(tenant: Tenant, day: date, days: int = 1) -> list[datetime]:
    """Every start on local days, as Prefect's scheduler computes it; aware, in the tenant's zone."""
    begin = datetime.combine(day, time(), tenant.zone)
    end = datetime.combine(day + timedelta(days=days), time(), tenant.zone) - timedelta(microseconds=1)
    found: set[datetime] = set()
    for one in deployments(tenant)[0].schedules:
        schedule = SCHEDULE.validate_python(one["schedule"])
        found |= set(asyncio.run(schedule.get_dates(1000, begin, end)))
    return [datetime.fromtimestamp(start.timestamp(), tenant.zone) for start in sorted(found)]


def tenant(timetable: Any, zone: str = HELSINKI) -> Tenant:
    written = timetable if isinstance(timetable, str) else str(timetable)
    text = VALID.replace("timetable: staggered", f"timetable: {written}").replace("Europe/Oslo", zone)
    return parse(text, "tenants/demo.yaml", SETTINGS)


def gaps(found: list[datetime]) -> Iterator[timedelta]:
    """Real time between two starts."""
    return (later.astimezone(UTC) - earlier.astimezone(UTC) for earlier, later in pairwise(found))


@DAYS
@pytest.mark.parametrize("zone", [HELSINKI, "Europe/Oslo", "America/New_York"])
def test_the_staggered_day_has_66_runs_and_the_evening_5(day: date, zone: str) -> None:
    """PO-01 NX-01 ALL-01: every 10 minutes from 08:00, every hour from 19:00, none at night, on every day."""
    found = starts(tenant("staggered", zone), day)
    by_day = [start for start in found if start.hour < 19]
    assert (len(by_day), len(found) - len(by_day)) == (66, 5)
    assert time(8) <= found[0].time() < time(8, 10)
    assert time(23) <= found[-1].time() < time(23, 10)
    assert set(gaps(by_day)) == {timedelta(minutes=10)}
    assert set(gaps(found[66:])) == {timedelta(hours=1)}


@pytest.mark.parametrize(("timetable", "minutes"), [("every_5_minutes", 5), ("every_10_minutes", 10)])
@pytest.mark.parametrize(("day", "hours"), [(ORDINARY, 24), (SPRING, 23), (AUTUMN, 25)])
def test_round_the_clock_keeps_the_hour_that_comes_twice(timetable: str, minutes: int, day: date, hours: int) -> None:
    """VN-01 PC-01 ALL-01: as many runs as the day has minutes, and never a longer gap."""
    found = starts(tenant(timetable), day)
    assert len(found) == hours * 60 / minutes
    assert set(gaps(found)) == {timedelta(minutes=minutes)}


@pytest.mark.parametrize(("cron", "minutes"), [("*/5 * * * *", 5), ("*/30 * * * *", 30), ("7 * * * *", 60)])
@pytest.mark.parametrize(("day", "hours"), [(ORDINARY, 24), (SPRING, 23), (AUTUMN, 25)])
def test_a_persons_cron_round_the_clock_keeps_it_too(cron: str, minutes: int, day: date, hours: int) -> None:
    """ALL-01: at the minutes that were written."""
    found = starts(tenant([cron]), day)
    assert len(found) == hours * 60 / minutes
    assert {start.minute % minutes for start in found} == {7 if cron.startswith("7") else 0}


@DAYS
def test_a_persons_crons_run_at_their_local_times(day: date) -> None:
    """ALL-01: a custom list, in the tenant's zone."""
    found = starts(tenant(["30 6 * * *", "0 12,18 * * *"]), day)
    assert [start.time() for start in found] == [time(6, 30), time(12), time(18)]


def test_intervals_are_counted_from_local_midnight_with_the_tenants_offset() -> None:
    """ALL-01: to the second."""
    one = tenant("every_10_minutes")
    first = starts(one, ORDINARY)[0]
    midnight = datetime.combine(ORDINARY, time(), one.zone)
    assert first - midnight == offset("demo", timedelta(minutes=10))


def test_a_whole_week_over_the_switch_has_no_gap() -> None:
    """ALL-01: VN-01 over the autumn switch, Prefect asked once for everything."""
    one = tenant("every_10_minutes")
    found = starts(one, AUTUMN - timedelta(days=3), 6)
    assert len(found) == (6 * 24 + 1) * 6
    assert set(gaps(found)) == {timedelta(minutes=10)}


def test_always_is_never_scheduled() -> None:
    assert deployments(tenant("always"))[0].schedules == ()


def test_a_tenant_without_a_timetable_has_that_of_its_erp() -> None:
    """PO-01: the guide's."""
    text = VALID.replace("timetable: staggered\n", "")
    assert parse(text, "tenants/demo.yaml", SETTINGS).timetable == "staggered"


def test_a_tenant_that_is_switched_off_has_its_schedules_switched_off() -> None:
    """ALL-11: nothing is started that would only be skipped."""
    one = parse(VALID.replace("enabled: true", "enabled: false"), "tenants/demo.yaml", SETTINGS)
    assert [each["active"] for each in deployments(one)[0].schedules] == [False, False]


def test_the_zones_of_these_tests_have_their_switch_on_these_days() -> None:
    zone = ZoneInfo(HELSINKI)
    hours = {
        day: (datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
              - datetime.combine(day, time(), zone).astimezone(UTC)) / timedelta(hours=1)
        for day in (SPRING, AUTUMN)
    }  # fmt: skip
    assert hours == {SPRING: 23, AUTUMN: 25}
