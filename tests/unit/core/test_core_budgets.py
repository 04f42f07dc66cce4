"""One limit for many runs: no second holds more calls than admitted, and all get their turn (issue 3, section 8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.budgets import LONGEST_HOLD, LONGEST_LINE, Line, Share, gap_of, held, hold, take

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def moments(share: Share) -> list[datetime]:
    return [share.first + i * share.gap for i in range(share.calls)]


def most_in_a_second(given: list[datetime]) -> int:
    """The largest number in any second that begins with one of them."""
    return max((sum(start <= moment < start + SECOND for moment in given) for start in given), default=0)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d"]),
        st.integers(1, 40),
        st.integers(1, 40),
        st.floats(0, 3).map(lambda seconds: timedelta(seconds=seconds)),
        st.one_of(st.none(), st.floats(0, 5)),
    ),
    max_size=40,
)


@given(steps=STEPS, rates=st.fixed_dictionaries({name: st.floats(0.5, 10) for name in "abcd"}))
def test_whoever_asks_and_whenever_no_second_holds_more_than_the_limit(
    steps: list[tuple[str, int, int, timedelta, float | None]], rates: dict[str, float]
) -> None:
    """Any interleaving of runs that take, pause, die and are told to wait; each with its tenant's own setting."""
    line, now = None, NOON
    all_of: list[datetime] = []
    for holder, waiting, ahead, passed, pause in steps:
        now += passed
        if pause is not None:
            line = hold(line, now, holder=holder, seconds=pause)
        share, line = take(line, now, holder=holder, per_second=rates[holder], waiting=waiting, ahead=ahead)
        found = moments(share)
        assert found[0] >= (held(line, now) or now)
        assert not set(found) & set(all_of)
        assert not all_of or found[0] > all_of[-1]
        assert 1 <= share.calls <= max(1, rates[holder])
        all_of += found
    # A rate such as 9.5 admits ten calls in some seconds and nine in others.
    assert most_in_a_second(all_of) <= -(-max(rates.values()) // 1)


@given(per_second=st.floats(0.1, 1000))
def test_so_many_calls_and_not_one_more(per_second: float) -> None:
    """A gap that was rounded down would let an eleventh call into the second."""
    assert gap_of(per_second) * per_second >= SECOND - timedelta(microseconds=1)
    whole = max(1, int(per_second))
    assert whole * gap_of(whole) >= SECOND


def test_a_run_alone_takes_more_at_a_time_while_it_uses_what_it_took() -> None:
    line, sizes = None, []
    ahead = 1
    for _ in range(5):
        now = line.next_at if line else NOON
        share, line = take(line, now, holder="a", per_second=8, waiting=1, ahead=ahead)
        ahead = 2 * share.calls if share.alone else 1
        sizes.append(share.calls)
    assert sizes == [1, 1, 2, 4, 8]


def test_the_line_goes_on_without_a_break_between_slices() -> None:
    """A run alone is as fast as the limit."""
    share, line = take(None, NOON, holder="a", per_second=5, waiting=8, ahead=1)
    assert share.calls == 5
    following, _ = take(line, NOON + timedelta(seconds=0.85), holder="a", per_second=5, waiting=8, ahead=1)
    assert following.first == NOON + SECOND


def test_a_line_that_nobody_used_for_a_while_begins_now() -> None:
    """What a killed run took passed unused; nothing of it stays taken."""
    _, line = take(None, NOON, holder="killed", per_second=5, waiting=8, ahead=1)
    later = NOON + SECOND
    share, _ = take(line, later, holder="b", per_second=5, waiting=8, ahead=1)
    assert (share.first, share.calls) == (later, 5)


@pytest.mark.parametrize("waiting", [1, 8, 100])
def test_where_many_wait_each_takes_one_call_at_a_time(waiting: int) -> None:
    line, now, order = None, NOON, []
    for turn in range(150):
        holder = f"run {turn % 50}"
        share, line = take(line, now, holder=holder, per_second=5, waiting=waiting, ahead=1)
        order += [holder] * share.calls
    last = order[-100:]
    assert {last.count(f"run {number}") for number in range(50)} == {2}


def test_of_two_busy_runs_each_gets_half() -> None:
    line, calls = None, {"a": 0, "b": 0}
    ready = {"a": NOON, "b": NOON}
    for _ in range(200):
        holder = min(ready, key=lambda name: ready[name])
        share, line = take(line, ready[holder], holder=holder, per_second=5, waiting=8, ahead=1)
        ready[holder] = moments(share)[-1]
        calls[holder] += share.calls
    assert abs(calls["a"] - calls["b"]) <= 10


def test_nobody_calls_before_the_pause_is_over_that_the_vendor_asked_one_of_them_for() -> None:
    _, line = take(None, NOON, holder="a", per_second=5, waiting=1, ahead=1)
    line = hold(line, NOON, holder="a", seconds=20)
    share, line = take(line, NOON + SECOND, holder="b", per_second=5, waiting=1, ahead=1)
    assert share.first == NOON + timedelta(seconds=20)
    assert held(line, NOON + timedelta(seconds=19)) == NOON + timedelta(seconds=20)
    assert held(line, NOON + timedelta(seconds=20)) is None


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    line = hold(None, NOON, holder="a", seconds=60)
    line = hold(line, NOON, holder="b", seconds=1)
    assert held(line, NOON) == NOON + timedelta(seconds=60)


def test_a_vendor_cannot_hold_everybody_back_for_ever() -> None:
    assert held(hold(None, NOON, holder="a", seconds=10**9), NOON) == NOON + timedelta(seconds=LONGEST_HOLD)


def test_a_clock_that_was_put_back_does_not_stop_everybody() -> None:
    """Summer time is none of it, but a machine whose clock ran ahead for a day and was put right is."""
    ahead = NOON + timedelta(days=1)
    line = hold(Line(ahead, None, "a"), ahead, holder="a", seconds=60)
    share, after = take(line, NOON, holder="b", per_second=5, waiting=1, ahead=1)
    assert share.first == NOON
    assert after.held_until is None
    assert NOON + timedelta(seconds=LONGEST_LINE) > after.next_at
