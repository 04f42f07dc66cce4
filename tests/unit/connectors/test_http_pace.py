"""Pacing: never more calls in a second than the vendor admits, and one hold-back for all."""

from __future__ import annotations

import asyncio

from connectors.pace import Pace
from core.budgets import LONGEST_HOLD


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


def pace(time: Time, per_second: float) -> Pace:
    return Pace(per_second, clock=time, sleep=time.sleep)


async def test_no_second_holds_more_calls_than_admitted() -> None:
    time = Time()
    paced = pace(time, 8)
    moments = [await paced.turn() for _ in range(40)]
    assert all(sum(start <= moment < start + 1 for moment in moments) <= 8 for start in moments)


async def test_a_process_that_stood_still_does_not_make_up_for_it_at_once() -> None:
    """Calls whose moments have passed meanwhile still keep their distance from those before and after."""
    time = Time()
    paced = pace(time, 8)
    moments: list[float] = []

    async def call() -> None:
        await paced.turn()
        moments.append(time.now)

    async with asyncio.TaskGroup() as calls:
        for _ in range(30):
            calls.create_task(call())
        await asyncio.sleep(0)
        time.now += 2.0  # all of them wait for moments of these two seconds
    assert len(moments) == 30
    assert all(sum(start <= moment < start + 1 for moment in moments) <= 8 for start in moments)


async def test_without_a_limit_calls_do_not_wait() -> None:
    time = Time()
    paced = pace(time, 0)
    assert [await paced.turn() for _ in range(100)] == [0.0] * 100


async def test_a_refusal_holds_calls_back_that_were_waiting_already() -> None:
    time = Time()
    paced = pace(time, 1)
    await paced.turn()
    waiting = asyncio.create_task(paced.turn())
    await asyncio.sleep(0)
    await paced.refused(0.0, 20)
    assert await waiting >= 20


async def test_the_hold_grows_with_refusals_in_a_row_and_starts_over_after_a_success() -> None:
    time = Time()
    paced = pace(time, 0)
    for held in (1, 2, 4):
        sent = await paced.turn()
        await paced.refused(sent, None)
        begin = time.now
        assert await paced.turn() == begin + held
    paced.accepted(await paced.turn())
    sent = await paced.turn()
    await paced.refused(sent, None)
    begin = time.now
    assert await paced.turn() == begin + 1


async def test_a_vendor_cannot_hold_us_back_for_ever() -> None:
    time = Time()
    paced = pace(time, 0)
    await paced.refused(0.0, 10**9)
    assert await paced.turn() == LONGEST_HOLD
