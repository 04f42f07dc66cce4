"""When runs transfer, hour by hour and over both daylight-saving switches (PO-01, NX-01, ALL-01)."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.timetable import Cron, Every, asleep, minutes_of, offset, plan

HELSINKI = ZoneInfo("Europe/Helsinki")
SLOT = timedelta(minutes=10)
SPRING, AUTUMN, ORDINARY = date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 15)


def slots(day: date, zone: ZoneInfo) -> list[datetime]:
    """Every ten minutes of a local day, counted in real time; UTC."""
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return [start + SLOT * n for n in range(int((end - start) / SLOT))]


@pytest.mark.parametrize(
    ("local", "sleeps"),
    [
        ("00:00:00", True),
        ("00:00:01", True),
        ("03:30:00", True),
        ("07:59:59.999999", True),
        ("08:00:00", False),
        ("12:00:00", False),
        ("18:59:00", False),
        ("19:00:00", False),
        ("23:59:59", False),
    ],
)
@pytest.mark.parametrize("day", [ORDINARY, date(2026, 1, 15)])
def test_the_staggered_timetable_sleeps_from_midnight_to_eight(day: date, local: str, *, sleeps: bool) -> None:
    """PO-01, NX-01: Finnish time, summer and winter."""
    now = datetime.combine(day, time.fromisoformat(local), HELSINKI)
    assert asleep("staggered", now, HELSINKI) is sleeps
    assert asleep("staggered", now.astimezone(UTC), HELSINKI) is sleeps


@pytest.mark.parametrize(
    ("day", "night", "hours"),
    [(ORDINARY, 8, 24), (SPRING, 7, 23), (AUTUMN, 9, 25)],
    ids=["ordinary", "spring", "autumn"],
)
def test_each_night_is_one_piece_and_each_day_has_its_sixteen_hours(day: date, night: int, hours: int) -> None:
    """ALL-01: a switch makes the night shorter or longer; no window of the day is skipped or doubled."""
    found = [asleep("staggered", slot, HELSINKI) for slot in slots(day, HELSINKI)]
    pieces = [(sleeps, len(list(group))) for sleeps, group in groupby(found)]
    assert pieces == [(True, night * 6), (False, 16 * 6)]
    assert len(found) == hours * 6


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # 03:30 for the first time
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # 03:30 again
        datetime(2026, 3, 29, 0, 59, tzinfo=UTC),  # 02:59, a minute before 04:00
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),  # 04:00
    ],
)
def test_the_switch_itself_lies_in_the_night(instant: datetime) -> None:
    """ALL-01: the doubled and the missing hour transfer nothing, both times."""
    assert asleep("staggered", instant, HELSINKI)


@pytest.mark.parametrize(
    ("now", "sleeps"),
    [
        (datetime(2026, 3, 28, 5, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 28, 6, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 29, 4, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 5, 0, tzinfo=UTC), False),
        (datetime(2026, 10, 24, 5, 0, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 5, 0, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 6, 0, tzinfo=UTC), False),
    ],
)
def test_the_morning_moves_with_the_clock(now: datetime, *, sleeps: bool) -> None:
    """ALL-01: 08:00 in Helsinki is 06:00 UTC in winter and 05:00 UTC in summer, from the day of the switch."""
    assert asleep("staggered", now, HELSINKI) is sleeps


def test_a_run_that_starts_late_inside_the_night_sleeps() -> None:
    """ALL-01: started for 23:50, begun at 00:01."""
    late = datetime(2026, 6, 16, 0, 1, tzinfo=HELSINKI)
    assert not asleep("staggered", late - timedelta(minutes=11), HELSINKI)
    assert asleep("staggered", late, HELSINKI)


@settings(max_examples=100, deadline=None)
@given(now=st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)))  # noqa: DTZ001 - made aware in the test
def test_the_other_timetable_never_sleeps(now: datetime) -> None:
    """VN-01, PC-01: round the clock; and a night is one whatever zone the instant is written in."""
    aware = now.replace(tzinfo=UTC)
    assert not asleep("always", aware, HELSINKI)
    assert asleep("staggered", aware, HELSINKI) == asleep(
        "staggered", aware.astimezone(ZoneInfo("Asia/Tokyo")), HELSINKI
    )
    assert asleep("staggered", aware, HELSINKI) == (aware.astimezone(HELSINKI).hour < 8)


@pytest.mark.parametrize("name", ["", "nightly", "STAGGERED"])
def test_an_unknown_timetable_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="is no timetable"):
        asleep(name, datetime(2026, 6, 15, 12, tzinfo=UTC), HELSINKI)


# when runs start ----------------------------------------------------------------------------------------------------


TENANTS = [f"tenant-{number}" for number in range(300)]


def test_the_staggered_timetable_is_ten_minutes_by_day_and_an_hour_in_the_evening() -> None:
    """PO-01 NX-01 VB-01: the first run in the ten minutes from 08:00, the last in those from 23:00, none at night."""
    day, evening = plan("staggered", "acme")
    assert isinstance(day, Cron)
    assert isinstance(evening, Cron)
    first = min(minutes_of(day.cron))
    assert minutes_of(day.cron) == {first + ten for ten in range(0, 60, 10)}
    assert first < 10
    assert minutes_of(evening.cron) == {first}
    assert (day.cron.split()[1:], evening.cron.split()[1:]) == (["8-18", "*", "*", "*"], ["19-23", "*", "*", "*"])


@pytest.mark.parametrize(("word", "minutes"), [("every_5_minutes", 5), ("every_10_minutes", 10)])
def test_a_timetable_round_the_clock_is_an_interval(word: str, minutes: int) -> None:
    """VN-01 PC-01 ALL-01: an interval keeps the hour that comes twice in autumn; a cron would not."""
    (rhythm,) = plan(word, "acme")
    assert isinstance(rhythm, Every)
    assert rhythm.interval == timedelta(minutes=minutes)
    assert timedelta(0) <= rhythm.offset < rhythm.interval


def test_a_tenant_keeps_its_place_in_the_interval() -> None:
    """ALL-01: the same on every machine: it depends on the name alone."""
    assert offset("acme", timedelta(minutes=10)) == timedelta(seconds=72)


def test_three_hundred_tenants_do_not_start_in_the_same_second() -> None:
    """ALL-01: over an interval they are spread to the second, over a cron to the minute, evenly either way."""
    seconds = Counter(offset(name, timedelta(minutes=10)) for name in TENANTS)
    assert max(seconds.values()) <= 5
    assert len(seconds) > 200
    firsts = (
        min(minutes_of(day.cron)) for day, _ in (plan("staggered", name) for name in TENANTS) if type(day) is Cron
    )
    minutes = Counter(firsts)
    assert set(minutes) == set(range(10))
    assert max(minutes.values()) <= 45


def test_always_has_no_schedule() -> None:
    assert plan("always", "acme") == ()


def test_a_persons_own_crons_are_taken_at_their_word() -> None:
    """ALL-01: no offset, in the order written."""
    assert plan(["*/15 6-20 * * 1-5", "0 9 * * sat"], "acme") == (
        Cron("cron-1", "*/15 6-20 * * 1-5"),
        Cron("cron-2", "0 9 * * sat"),
    )


@pytest.mark.parametrize(
    ("cron", "rhythms"),
    [
        ("*/5 * * * *", [Every("cron-1", timedelta(minutes=5))]),
        ("* * * * *", [Every("cron-1", timedelta(minutes=1))]),
        ("3-59/10 */1 * * *", [Every("cron-1", timedelta(minutes=10), timedelta(minutes=3))]),
        ("17 * * * *", [Every("cron-1", timedelta(hours=1), timedelta(minutes=17))]),
        ("15,45 * * * *", [Every("cron-1", timedelta(minutes=30), timedelta(minutes=15))]),
        (
            "0,10 * * * *",
            [
                Every("cron-1-0", timedelta(hours=1)),
                Every("cron-1-10", timedelta(hours=1), timedelta(minutes=10)),
            ],
        ),
    ],
)
def test_a_cron_round_the_clock_becomes_intervals(cron: str, rhythms: list[Every]) -> None:
    """ALL-01: the hour that comes twice in autumn is not lost."""
    assert list(plan([cron], "acme")) == rhythms


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("*/5 * * *", "has not five fields"),
        ("60 * * * *", "has '60' as its minute: that is a number from 0 to 59"),
        ("*/0 * * * *", "a number from 1 to 59"),
        ("0 24 * * *", "has '24' as its hour"),
        ("0 9-8 * * *", "it ends before it begins"),
        ("0 8 * * funday", "has 'funday' as its day of the week"),
        ("0 8 0 * *", "has '0' as its day of the month"),
        ("@hourly", "has not five fields"),
    ],
)
def test_a_wrong_cron_says_what_is_wrong(cron: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        plan([cron], "acme")


def test_an_unknown_word_has_no_plan() -> None:
    with pytest.raises(ValueError, match="is no timetable"):
        plan("nightly", "acme")


def test_crons_have_no_night() -> None:
    """ALL-01: who writes crons has said when."""
    assert not asleep(("0 3 * * *",), datetime(2026, 6, 15, 0, 30, tzinfo=UTC), HELSINKI)
