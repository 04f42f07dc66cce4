"""A bar in the Prefect UI for steps that take long; a quick run makes no call for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.logging import get_logger

Tell = Callable[[str, int, int | None], None]
"""(what, done, of how many): as `tasks.run.Progress`."""
LONG = 5.0
"""Seconds after which a step is long, and between two calls for its bar."""


@dataclass(slots=True)
class Bar:
    """One step's artifact: its id once it is made, and when the last word of it was sent (monotonic seconds)."""

    sent: float
    id: UUID | None = None


class LongSteps:
    """Hears how far the steps of one run are; for the long ones it keeps a progress artifact up to date.

    The calls are made one after the other beside the step, which never waits for them. Where the server does not
    answer there is no bar, and the run goes on.
    """

    def __init__(self, tell: Tell | None = None, *, long: float = LONG) -> None:
        self._tell = tell
        self._long = long
        self._what = ""
        self._began = self._heard = time.monotonic()
        self._bar: Bar | None = None
        self._call: asyncio.Task[None] | None = None
        self._off = False

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """A step is so far; `total` is None where nobody knows how much there is, and such a step has no bar."""
        if self._tell is not None:
            self._tell(what, done, total)
        now = time.monotonic()
        if what != self._what:
            # A step tells of itself for the first time when some of it is done: it began when the last one was heard.
            self._what, self._began, self._bar = what, self._heard, None
        self._heard = now
        if not total or self._off:
            return
        ended = done >= total
        if self._bar is None:
            if ended or now - self._began < self._long:
                return
            self._bar = Bar(now)
        elif not ended and now - self._bar.sent < self._long:
            return
        self._bar.sent = now
        words = f"{what.replace('_', ' ')}: {done} of {total}"
        sending = self._send(self._bar, words, 100 * min(done / total, 1), self._call)
        self._call = asyncio.get_running_loop().create_task(sending)

    async def _send(self, bar: Bar, words: str, percent: float, before: asyncio.Task[None] | None) -> None:
        """In the context of the step, so that the artifact is its own; after the word before."""
        if before is not None:
            await before
        if self._off:
            return
        try:
            if bar.id is None:
                bar.id = await acreate_progress_artifact(percent, description=words)
            else:
                await aupdate_progress_artifact(bar.id, percent, description=words)
        except Exception as error:  # noqa: BLE001 - whatever Prefect raises: a bar is not worth a run
            self._off = True
            get_logger("severa_sync").warning("The progress of steps cannot be shown: %s", type(error).__name__)

    async def end(self) -> None:
        """The run has ended: the last word is sent, unless the server takes too long for it."""
        if self._call is not None:
            await asyncio.wait({self._call}, timeout=LONG)
            self._call.cancel()


@asynccontextmanager
async def long_steps(tell: Tell | None) -> AsyncIterator[Tell]:
    """What a run tells of its progress goes to `tell`, and into the Prefect UI where a step is long."""
    steps = LongSteps(tell)
    try:
        yield steps
    finally:
        await steps.end()
