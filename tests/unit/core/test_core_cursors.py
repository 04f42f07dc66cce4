"""Cursors read every row, whenever it shows (law 5), and a run right after another does not read it all again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.cursors import Cursor

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
OVERLAP = timedelta(minutes=5)
seconds = st.integers(0, 3600).map(lambda n: timedelta(seconds=n))


def moved(cursor: Cursor, begin: datetime | None, started: datetime) -> Cursor:
    """The cursor after a good read."""
    looked = cursor.looks_back(begin)
    return Cursor(name=cursor.name, value=started, looked_at=started if looked else cursor.looked_at)


@given(
    rows=st.lists(st.tuples(seconds, st.integers(0, 300).map(lambda n: timedelta(seconds=n))), max_size=12),
    gaps=st.lists(st.integers(1, 900), min_size=1, max_size=30),
    skew=st.integers(-4000, 4000).map(lambda n: timedelta(seconds=n)),
)
def test_every_row_is_read_however_late_it_shows_and_whatever_our_clock_says(
    rows: list[tuple[timedelta, timedelta]], gaps: list[int], skew: timedelta
) -> None:
    """Rows are stamped at an instant and show up to the overlap later; our clock is off by `skew`."""
    at, cursor = START, Cursor(name="x", value=START, looked_at=START)
    waiting = {(START + stamp, START + stamp + delay) for stamp, delay in rows}
    # Two more reads, an overlap apart each, after everything has shown.
    ends = [*gaps, 4000, 400, 400]
    for gap in ends:
        at += timedelta(seconds=gap)
        begin = cursor.begin(at + skew, OVERLAP)
        waiting = {(stamp, shows) for stamp, shows in waiting if not (begin <= stamp <= at and shows <= at)}
        cursor = moved(cursor, begin, at)
    assert not waiting


@given(gap=st.integers(0, 299))
def test_a_read_within_the_overlap_begins_where_the_last_one_did(gap: int) -> None:
    """What the last read brought does not come again at once."""
    cursor = Cursor(name="x", value=START, looked_at=START)
    begin = cursor.begin(START + timedelta(seconds=gap), OVERLAP)
    assert begin == START
    assert not cursor.looks_back(begin)


def test_many_reads_close_together_still_look_back_once_an_overlap() -> None:
    """Every four minutes with an overlap of five: the second read looks back."""
    cursor, looks = Cursor(name="x", value=START, looked_at=START), 0
    for number in range(1, 11):
        at = START + timedelta(minutes=4 * number)
        begin = cursor.begin(at, OVERLAP)
        looks += cursor.looks_back(begin)
        cursor = moved(cursor, begin, at)
    assert looks == 5


def test_a_cursor_of_an_older_database_looks_back() -> None:
    """It does not know when it looked last."""
    cursor = Cursor(name="x", value=START)
    assert cursor.begin(START, OVERLAP) == START - OVERLAP


def test_without_overlap_a_read_begins_at_the_cursor() -> None:
    """A tenant may set the overlap to nothing."""
    cursor = Cursor(name="x", value=START + OVERLAP, looked_at=START)
    assert cursor.begin(START + 2 * OVERLAP, timedelta(0)) >= START


def test_a_cursor_in_the_future_is_read_from_its_look_back() -> None:
    """A vendor's clock that ran ahead: reading goes on there, behind its overlap."""
    cursor = Cursor(name="x", value=START + timedelta(days=1), looked_at=START + timedelta(days=1))
    assert cursor.begin(START, OVERLAP) == START + timedelta(days=1) - OVERLAP
