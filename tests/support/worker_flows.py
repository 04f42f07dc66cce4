"""Flows that a worker is tried out with; each puts what it saw into a file."""

from __future__ import annotations

import asyncio
import json
import os
import random
import threading
import time
from pathlib import Path
from typing import Any

from prefect import Flow, flow, get_run_logger
from prefect.client.schemas.objects import FlowRun, State


def put(file: str, **facts: Any) -> None:
    """Write facts where the test reads them, whole or not at all."""
    path = Path(file)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(facts))
    new.replace(path)


def hooked(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:  # Prefect gives them by these names
    put(f"{flow_run.parameters['file']}.hook", state=state.type.value, pid=os.getpid())


def there(file: str | None) -> bool:
    """Whether a file is there that is waited for."""
    return file is None or Path(file).exists()


@flow(on_cancellation=[hooked], on_crashed=[hooked])
async def looks(file: str, seconds: float = 0, until: str | None = None) -> None:
    """Says how its process looks, and then takes its time; with `until`, until that file is there."""
    get_run_logger().info("A line of the flow")
    put(
        file,
        pid=os.getpid(),
        parent=os.getppid(),
        main=threading.current_thread() is threading.main_thread(),
        random=random.random(),
        mark=os.environ.get("WORKER_TEST_MARK"),
        folder=str(Path.cwd()),
        at=time.time(),
    )
    os.environ["WORKER_TEST_MARK"] = "left by another run"
    await asyncio.sleep(seconds)
    while not there(until):  # noqa: ASYNC110 - the test is another process
        await asyncio.sleep(0.2)
    put(f"{file}.end", pid=os.getpid())


@flow
def blocks(file: str, seconds: float) -> None:
    """The same without an event loop of its own."""
    put(file, pid=os.getpid())
    time.sleep(seconds)


@flow
def fails() -> None:
    """Does not succeed."""
    raise ValueError("as it was meant to")


@flow(timeout_seconds=1)
async def too_slow() -> None:
    """Never makes it in time."""
    await asyncio.sleep(30)


@flow(timeout_seconds=1)
def too_slow_and_blocking() -> None:
    """Never makes it in time, and has no event loop to be asked."""
    time.sleep(30)


@flow
def exits() -> None:
    """Its process ends under it."""
    os._exit(7)
