"""Cursors read every row, whenever it shows (law 5), and a run right after another does not read it all again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cursors import Cursor

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
OVERLAP = timedelta(minutes=5)
seconds = st.integers(0, 3600).map(lambda n: timedelta(seconds=n))


HOURS = timedelta(hours=24)
steps = st.integers(-4 * 3600, 4 * 3600).map(lambda n: timedelta(seconds=n))


@dataclass
class Vendor:
    """A system whose rows show up to the overlap after their stamp, and a reader with a clock of its own.

    `true` is the real time, `ahead` how far the vendor's clock runs before it, `ours` how far ours does.
    """

    ours: timedelta
    true: datetime = START
    ahead: timedelta = timedelta(0)
    cursor: Cursor = field(default_factory=lambda: Cursor(name="x", value=START, looked_at=START))
    waiting: set[tuple[int, datetime, datetime]] = field(default_factory=set)
    made: int = 0
    full_reads: int = 0

    def __post_init__(self) -> None:
        self.cursor = replace(self.cursor, ours_at=START + self.ours, full_at=START + self.ours)

    @property
    def now(self) -> datetime:
        """The time by the vendor's clock."""
        return self.true + self.ahead

    def change(self, late: timedelta) -> None:
        """A row changes now and shows later."""
        self.made += 1
        self.waiting.add((self.made, self.now, self.true + late))

    def read(self) -> None:
        """A run, as the tasks do it: all of it when the vendor's clock was put back."""
        ours = self.true + self.ours
        begin: datetime | None = self.cursor.begin(ours, OVERLAP)
        if self.cursor.was_set_back(self.now, ours, OVERLAP):
            begin = None
            self.full_reads += 1
        self.waiting = {
            (number, stamp, shows)
            for number, stamp, shows in self.waiting
            if shows > self.true or (begin is not None and stamp < begin)
        }
        looked = self.now if self.cursor.looks_back(begin) else self.cursor.looked_at
        self.cursor = replace(self.cursor, value=self.now, looked_at=looked, ours_at=ours)


@given(
    changes=st.lists(st.tuples(seconds, st.integers(0, 300).map(lambda n: timedelta(seconds=n))), max_size=12),
    gaps=st.lists(st.integers(1, 900), min_size=1, max_size=30),
    skew=st.integers(-4000, 4000).map(lambda n: timedelta(seconds=n)),
)
def test_every_row_is_read_however_late_it_shows_and_whatever_our_clock_says(
    changes: list[tuple[timedelta, timedelta]], gaps: list[int], skew: timedelta
) -> None:
    """Rows are stamped at an instant and show up to the overlap later; our clock is off by `skew`."""
    vendor = Vendor(ours=skew)
    play(vendor, changes, gaps, [])
    assert not vendor.waiting
    assert vendor.full_reads == 0, "clocks that only disagree cost no full read"


@given(
    changes=st.lists(seconds, max_size=12),
    gaps=st.lists(st.integers(1, 900), min_size=1, max_size=30),
    jumps=st.lists(st.tuples(seconds, steps), max_size=3),
    skew=st.integers(-4000, 4000).map(lambda n: timedelta(seconds=n)),
)
def test_every_row_is_read_when_the_vendors_clock_jumps_and_is_put_right(
    changes: list[timedelta], gaps: list[int], jumps: list[tuple[timedelta, timedelta]], skew: timedelta
) -> None:
    """A cursor in the future: rows that changed since are stamped before it. At most one jump between two reads.

    Rows show at once here: one that shows late while the clock is put forward is left to the daily full read.
    """
    vendor = Vendor(ours=skew)
    play(vendor, [(at, timedelta(0)) for at in changes], gaps, jumps)
    assert not vendor.waiting


def play(
    vendor: Vendor,
    changes: list[tuple[timedelta, timedelta]],
    gaps: list[int],
    jumps: list[tuple[timedelta, timedelta]],
) -> None:
    """Runs after gaps, with rows that change and clocks that jump in between; then quiet runs until all has shown."""
    events: list[tuple[timedelta, str, timedelta]] = [(at, "change", late) for at, late in changes]
    events += [(at, "jump", step) for at, step in jumps]
    left = sorted(events)
    for gap in [*gaps, 4000, 400, 400, 400]:
        until = vendor.true + timedelta(seconds=gap)
        jumped = False
        while left and START + left[0][0] <= until:
            at, what, value = left.pop(0)
            vendor.true = max(vendor.true, START + at)
            if what == "change":
                vendor.change(value)
            elif not jumped:
                vendor.ahead += value
                jumped = True
        vendor.true = until
        vendor.read()


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
        cursor = replace(cursor, value=at, looked_at=at if cursor.looks_back(begin) else cursor.looked_at)
    assert looks == 5


def test_a_cursor_of_an_older_database_looks_back() -> None:
    """It does not know when it looked last."""
    cursor = Cursor(name="x", value=START)
    assert cursor.begin(START, OVERLAP) == START - OVERLAP


def test_without_overlap_a_read_begins_at_the_cursor() -> None:
    """A tenant may set the overlap to nothing."""
    cursor = Cursor(name="x", value=START + OVERLAP, looked_at=START)
    assert cursor.begin(START + 2 * OVERLAP, timedelta(0)) >= START


def test_a_cursor_in_the_future_is_seen_by_the_first_read_after_the_clock_was_put_right() -> None:
    """The vendor's clock ran a day ahead: an hour later it stands a day before the cursor."""
    ahead = START + timedelta(days=1)
    cursor = Cursor(name="x", value=ahead, looked_at=ahead, ours_at=START)
    now = START + timedelta(hours=1)
    assert cursor.was_set_back(now, now, OVERLAP)
    assert not cursor.was_set_back(ahead + timedelta(hours=1), now, OVERLAP)
    assert cursor.begin_anew(now, now, OVERLAP) == START - timedelta(days=1)


def test_a_clock_that_was_put_back_is_seen_although_it_has_passed_the_cursor_again() -> None:
    """An hour ahead, put right, and read two hours later: an hour of changes is stamped before the cursor."""
    cursor = Cursor(name="x", value=START + timedelta(hours=1), ours_at=START)
    now = START + timedelta(hours=2)
    assert cursor.begin(now, OVERLAP) < now
    assert cursor.was_set_back(now, now, OVERLAP)
    assert cursor.begin_anew(now, now, OVERLAP) <= START


def test_a_cursor_of_an_older_database_goes_by_the_vendors_clock_alone() -> None:
    """It does not know our clock."""
    cursor = Cursor(name="x", value=START)
    assert cursor.was_set_back(START - timedelta(minutes=6), START, OVERLAP)
    assert not cursor.was_set_back(START, START + timedelta(days=1), OVERLAP)
    assert cursor.begin_anew(START - timedelta(hours=3), START, OVERLAP) == START - timedelta(hours=27)


@pytest.mark.parametrize(("ago", "due"), [(0, False), (23.9, False), (24, True), (-1, True), (-9000, True)])
def test_a_full_read_is_due_once_a_day_and_when_the_last_one_lies_in_the_future(ago: float, due: bool) -> None:
    """Law 7: our clock may have run ahead, too."""
    cursor = Cursor(name="x", value=START, full_at=START - timedelta(hours=ago))
    assert cursor.full_is_due(START, HOURS) is due
    assert Cursor(name="x", value=START).full_is_due(START, HOURS)
