"""A step that takes long shows a bar in the Prefect UI; a quick one makes no call for it (issue 5, point 5)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import Any

import httpx
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from tasks.long_steps import LongSteps

Word = tuple[str, int, int | None]


def artifacts(api: str, run: str) -> list[dict[str, Any]]:
    """What a flow run left, in its order."""
    wanted = {"artifacts": {"flow_run_id": {"any_": [run]}}, "sort": "CREATED_DESC"}
    found: list[dict[str, Any]] = httpx.post(f"{api}/artifacts/filter", json=wanted).raise_for_status().json()
    return list(reversed(found))


def run_of(words: Sequence[Word], *, long: float) -> tuple[str, list[Word]]:
    """A flow whose one task tells these words; its id, and what the one who listens heard."""
    heard: list[Word] = []

    @task(cache_policy=NO_CACHE)
    async def work(steps: LongSteps) -> None:
        for word in words:
            steps(*word)
            await asyncio.sleep(0)

    @flow
    async def telling() -> str:
        from prefect import runtime  # noqa: PLC0415 - of this run

        steps = LongSteps(lambda *word: heard.append(word), long=long)
        await work(steps)
        await steps.end()
        return str(runtime.flow_run.id)

    return asyncio.run(telling()), heard


def test_every_long_step_has_a_bar_of_its_own_with_its_last_word(prefect_api: str) -> None:
    words: list[Word] = [
        ("create_customers", 25, 100), ("create_customers", 50, 100), ("create_customers", 100, 100),
        ("send invoices", 25, 40), ("waiting 5 s", 0, None), ("read", 3, 3),
    ]  # fmt: skip
    run, heard = run_of(words, long=0.0)
    assert heard == words
    bars = artifacts(prefect_api, run)
    assert [(bar["type"], bar["data"], bar["description"]) for bar in bars] == [
        ("progress", 100.0, "create customers: 100 of 100"),
        ("progress", 62.5, "send invoices: 25 of 40"),
    ]
    assert all(bar["task_run_id"] for bar in bars), "a bar belongs to its step"


def test_a_quick_run_makes_no_call(prefect_api: str) -> None:
    """A quiet cycle must cost what it did."""
    run, heard = run_of([("read", 25, 100), ("read", 100, 100), ("write", 1, 2), ("write", 2, 2)], long=60.0)
    assert len(heard) == 4
    assert artifacts(prefect_api, run) == []


def test_a_server_that_does_not_answer_costs_the_bar_and_not_the_run() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/api"
        heard: list[Word] = []

        async def work() -> LongSteps:
            steps = LongSteps(lambda *word: heard.append(word), long=0.0)
            for done in range(1, 5):
                steps("send", done, 4)
            await steps.end()
            return steps

        with temporary_settings({PREFECT_API_URL: address, PREFECT_CLIENT_MAX_RETRIES: 0}):
            steps = asyncio.run(work())
    assert len(heard) == 4
    assert steps._off, "it does not try again for every word"
