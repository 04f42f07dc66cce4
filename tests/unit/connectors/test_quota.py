"""An allowance of calls, as the vendor's answers tell it."""

from __future__ import annotations

import httpx
import pytest

from connectors.quota import Quota
from core.errors import RateLimitedError

FEW = httpx.Headers({"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "9", "X-RateLimit-Reset": "60"})


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_new_work_waits_for_the_next_window_and_work_under_way_goes_on() -> None:
    clock = Clock()
    quota = Quota("X", clock=clock)
    quota.heed(200, FEW)
    quota.require(new_work=False)
    with pytest.raises(RateLimitedError, match="9 of 100"):
        quota.require(new_work=True)
    clock.now = 60.0
    quota.require(new_work=True)


def test_a_refusal_longer_than_a_run_waits_closes_the_window() -> None:
    clock = Clock()
    quota = Quota("X", clock=clock)
    quota.heed(429, httpx.Headers({"Retry-After": "60"}))
    quota.require(new_work=True)
    quota.heed(429, httpx.Headers({"Retry-After": "61"}))
    with pytest.raises(RateLimitedError, match="no more calls"):
        quota.require(new_work=False)
    clock.now = 61.0
    quota.require(new_work=True)


@pytest.mark.parametrize("value", ["", "many", "-1", "9" * 40])
def test_what_is_no_number_is_not_believed(value: str) -> None:
    quota = Quota("X", clock=Clock())
    quota.heed(200, httpx.Headers({"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": value}))
    quota.require(new_work=True)
