"""Runs that share a limit: together never more calls than admitted, alone as fast as ever (issue 3, section 8)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from pydantic import SecretStr
from scripted import Reply, ScriptedServer

from connectors.auth import MemoryTokenStore
from connectors.budgets import LATE, SharedPace, key_of
from connectors.http import Transport
from connectors.poweroffice.client import Keys, PowerOfficeClient
from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.visma_net.client import Unauthorised
from connectors.visma_net.refusals import classify
from core.budgets import Line, Slice, held, hold, take

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Time:
    """A clock that goes on when everybody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers = 0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            await asyncio.sleep(0.002)
            # Small steps: whoever wakes earlier acts earlier.
            self.now += 0.02


class Limit:
    """The line of moments, kept in memory."""

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self.per_second = per_second
        self.clock = clock
        self.line: Line | None = None
        self.transactions = 0
        self.looks = 0

    def instant(self) -> datetime:
        return NOON + timedelta(seconds=self.clock())


class Part:
    """One run's part in it."""

    def __init__(self, limit: Limit, holder: str) -> None:
        self._limit = limit
        self._holder = holder

    def take(self, *, waiting: int, ahead: int) -> Slice:
        limit = self._limit
        limit.transactions += 1
        share, limit.line = take(
            limit.line,
            limit.instant(),
            holder=self._holder,
            per_second=limit.per_second,
            waiting=waiting,
            ahead=ahead,
        )
        first, gap = (share.first - NOON).total_seconds(), share.gap.total_seconds()
        return Slice(tuple(first + i * gap for i in range(share.calls)), share.alone)

    def hold(self, seconds: float) -> None:
        self._limit.line = hold(self._limit.line, self._limit.instant(), holder=self._holder, seconds=seconds)

    def held_until(self) -> float | None:
        self._limit.looks += 1
        until = held(self._limit.line, self._limit.instant())
        return None if until is None else (until - NOON).total_seconds()


def run_of(limit: Limit, name: str, time: Time) -> SharedPace:
    return SharedPace(Part(limit, name), clock=time, sleep=time.sleep)


class Stepping:
    """A clock of one sleeper, which jumps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


def alone(per_second: float) -> tuple[SharedPace, Limit, Stepping]:
    time = Stepping()
    limit = Limit(per_second, time)
    return SharedPace(Part(limit, "a"), clock=time, sleep=time.sleep), limit, time


async def test_a_run_alone_makes_its_calls_as_fast_as_the_limit_with_few_transactions() -> None:
    """One in five, and a look once a second: no statement per call."""
    pace, limit, time = alone(5)
    moments = [await pace.turn() for _ in range(100)]
    assert moments[-1] == pytest.approx(99 / 5, abs=0.01)
    assert all(later - before == pytest.approx(0.2) for before, later in pairwise(moments))
    assert limit.transactions <= 100 / 5 + 4
    assert limit.transactions + limit.looks <= 45
    assert time.now == moments[-1]


async def test_many_callers_of_one_run_get_a_moment_each() -> None:
    pace, _, _ = alone(10)
    moments = await asyncio.gather(*(pace.turn() for _ in range(25)))
    assert len(set(moments)) == 25
    assert max(moments) == pytest.approx(2.4, abs=0.01)


async def test_runs_together_keep_the_limit_and_share_it() -> None:
    time = Time()
    limit = Limit(20, time)
    made: list[tuple[float, str]] = []

    async def work(name: str) -> None:
        pace = run_of(limit, name, time)

        async def call() -> None:
            made.append((await pace.turn(), name))

        for _ in range(5):
            await asyncio.gather(*(call() for _ in range(4)))

    await asyncio.gather(*(work(name) for name in ("a", "b", "c")))
    moments = sorted(moment for moment, _ in made)
    assert len(moments) == 60
    # A moment may come a step of the clock late, never early.
    assert max(sum(begin <= moment < begin + 0.9 for moment in moments) for begin in moments) <= 20
    last = {name: max(moment for moment, whose in made if whose == name) for name in ("a", "b", "c")}
    assert max(last.values()) <= 2 * min(last.values())


async def test_a_run_that_stood_still_does_not_make_up_for_it_all_at_once() -> None:
    pace, _, time = alone(5)
    for _ in range(12):
        await pace.turn()
    time.now += 0.45
    stood_until = time.now
    moments = [await pace.turn() for _ in range(8)]
    assert moments[0] == stood_until
    assert sum(moment < stood_until + 0.15 for moment in moments) <= 2
    assert sum(moment < stood_until + 1 for moment in moments) <= 5 * (1 + LATE)


async def test_a_call_is_made_on_a_machine_that_is_always_late() -> None:
    class Slow(Stepping):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds + 3 * LATE)

    time = Slow()
    pace = SharedPace(Part(Limit(5, time), "a"), clock=time, sleep=time.sleep)
    assert [await pace.turn() for _ in range(5)]


async def test_a_refusal_of_one_run_holds_the_others_back() -> None:
    time = Time()
    limit = Limit(10, time)
    a, b = run_of(limit, "a", time), run_of(limit, "b", time)
    await b.turn()
    sent = await a.turn()
    await a.refused(sent, 3)
    refused_at = time.now
    assert await b.turn() >= refused_at + 3 - 0.01


async def test_a_run_that_has_moments_left_looks_for_a_hold_of_others() -> None:
    """It was alone and took a second's calls; what it took more than a second ago is looked at again."""
    pace, limit, time = alone(2)
    for _ in range(4):
        await pace.turn()
    Part(limit, "b").hold(20)
    asked = time.now
    await pace.turn()
    await pace.turn()
    await pace.turn()
    assert time.now >= asked + 20


async def test_the_back_off_without_a_word_of_the_vendor_is_shared_too() -> None:
    pace, limit, time = alone(0.5)
    for wait in (1, 2, 4):
        await pace.refused(await pace.turn(), None)
        until = held(limit.line, limit.instant())
        assert until is not None
        assert (until - limit.instant()).total_seconds() == pytest.approx(wait, abs=0.01)
        time.now += wait


async def test_a_caller_that_gives_up_keeps_nobody_waiting() -> None:
    pace, _, _ = alone(0.01)
    await pace.turn()
    waiting = asyncio.create_task(pace.turn())
    other = asyncio.create_task(pace.turn())
    await asyncio.sleep(0.05)
    waiting.cancel()
    assert await asyncio.wait_for(other, 5) >= 99


async def test_a_refused_call_tells_the_others_before_it_is_repeated(server: ScriptedServer) -> None:
    """429 with Retry-After, on the wire."""
    time = Stepping()
    limit = Limit(10, time)
    server.answers(Reply(429, headers={"Retry-After": "30"}), Reply(200, []))
    transport = Transport(
        system="Test",
        base_url=server.url,
        auth=Unauthorised(),
        classify=classify,
        pace=SharedPace(Part(limit, "a"), clock=time, sleep=time.sleep),
    )
    server.clients.append(transport.close)
    await transport.call("GET", "/x")
    assert time.now >= 30
    assert limit.line is not None
    assert limit.line.next_at >= NOON + timedelta(seconds=30)


def test_the_key_of_a_limit_does_not_show_what_it_is_counted_by() -> None:
    key = key_of("poweroffice", "the-subscription-key")
    assert "the-subscription-key" not in key
    assert len(key) == 64
    assert key == key_of("poweroffice", "the-subscription-key")
    assert key not in {key_of("poweroffice", "another"), key_of("severa", "the-subscription-key")}


@pytest.mark.parametrize(("per_second", "shared"), [(5, True), (0, False)])
def test_poweroffice_counts_by_subscription_key(per_second: float, shared: bool) -> None:
    """Contract section 3: all tenants of one key together; simulated systems without a limit need none."""
    asked: list[tuple[str, float]] = []

    def budget(key: str, rate: float) -> Part:
        asked.append((key, rate))
        return Part(Limit(rate, Stepping()), "a")

    settings = PowerOfficeSettings.model_validate(
        {
            "base_url": "http://127.0.0.1:1",
            "application_key": "env:A",
            "client_key": "env:B",
            "subscription_key": "env:C",
            "calls_per_second": per_second,
        }
    )
    keys = Keys(SecretStr("app"), SecretStr("client"), SecretStr("subscription"))
    PowerOfficeClient(settings, keys, MemoryTokenStore(), budget=budget)
    assert asked == ([(key_of("poweroffice", "subscription"), 5.0)] if shared else [])
