"""The worker's side of the template process: starts it, orders forks, sees children end, replaces it when it dies.

The worker is the one that inherits orphans below it (a subreaper): when the template dies, its children become the
worker's own, and how they end is seen all the same.
"""

from __future__ import annotations

import asyncio
import ctypes
import itertools
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from logging import Logger, LoggerAdapter
from typing import Any

from workers.orders import Ended, Forked, Message, Order, Ready, Refused, read, written

WARM_UP_SECONDS = 180.0
_LINE = 1 << 20
_PR_SET_CHILD_SUBREAPER = 36


class TemplateError(RuntimeError):
    """No child can be forked: the template does not start, or refuses."""


@dataclass(slots=True)
class Child:
    """A forked process. `returncode` is None while it runs; 1 when it ended and nobody can say how."""

    pid: int
    began: str | None
    returncode: int | None = None
    _over: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    async def wait(self) -> int:
        """Its exit code, once it has ended; negative is the signal that ended it."""
        await self._over.wait()
        assert self.returncode is not None  # noqa: S101 - set before the event
        return self.returncode

    def ended(self, code: int) -> None:
        """It has ended."""
        if self.returncode is None:
            self.returncode = code
            self._over.set()

    async def end(self, seconds: float) -> None:
        """Ask it to end, and end it if it has not after this time."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.send(number)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.wait(), seconds)
                return

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


@dataclass(slots=True)
class _Template:
    process: subprocess.Popen[bytes]
    writer: asyncio.StreamWriter
    ready: asyncio.Future[Ready]
    orders: dict[int, asyncio.Future[Forked]] = field(default_factory=dict)
    alive: bool = True


class ForkServer:
    """One template at a time, and all children that were ever forked and still run."""

    def __init__(self, logger: Logger | LoggerAdapter[Any]) -> None:
        self.children: dict[int, Child] = {}
        self._logger = logger
        self._numbers = itertools.count(1)
        self._template: _Template | None = None
        self._starting = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def pid(self) -> int | None:
        """The process number of the template that is up."""
        return self._template.process.pid if self._template is not None and self._template.alive else None

    async def start(self) -> Ready:
        """Start the template, unless it is up. TemplateError when it does not become ready."""
        async with self._starting:
            if self._template is None or not self._template.alive:
                self._template = await self._launch()
            return self._template.ready.result()

    async def fork(self, order: Order) -> Child:
        """Fork a child. An order that a dying template has not answered was not begun: it goes to the next one."""
        order = replace(order, id=next(self._numbers))
        for _ in range(2):
            await self.start()
            template = self._template
            assert template is not None  # noqa: S101 - started above
            answer = template.orders[order.id] = asyncio.get_running_loop().create_future()
            try:
                template.writer.write(written(order))
                forked = await answer
            except ConnectionError:
                continue
            finally:
                template.orders.pop(order.id, None)
            return self.children[forked.pid]
        raise TemplateError("The template process died twice while a run was to be forked.")

    async def end_children(self, seconds: float) -> None:
        """Ask all children to end, and end those that have not after this time."""
        await asyncio.gather(*(child.end(seconds) for child in list(self.children.values())))

    async def close(self) -> None:
        """End the template; children go on."""
        self._closing = True
        template, self._template = self._template, None
        if template is not None:
            template.writer.close()
            await asyncio.to_thread(_bury, template.process)
        for task in list(self._tasks):
            task.cancel()

    async def _launch(self) -> _Template:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603, ASYNC220 - this program itself; it returns at once
                [sys.executable, "-m", "workers.template", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # Threads of the mathematics libraries would make the template one that cannot be forked.
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
            )
        reader, writer = await asyncio.open_connection(sock=ours, limit=_LINE)
        template = _Template(process, writer, asyncio.get_running_loop().create_future())
        self._background(self._listen(template, reader))
        try:
            await asyncio.wait_for(asyncio.shield(template.ready), WARM_UP_SECONDS)
        except (TimeoutError, ConnectionError):
            process.kill()
            raise TemplateError("The template process did not become ready; what it said stands above.") from None
        return template

    async def _listen(self, template: _Template, reader: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):
            while line := await reader.readline():
                self._take(template, read(line))
        template.alive = False
        gone = ConnectionResetError("the template is gone")
        if not template.ready.done():
            template.ready.set_exception(gone)
        for answer in template.orders.values():
            if not answer.done():
                answer.set_exception(gone)
        code = await asyncio.to_thread(_bury, template.process)
        for child in list(self.children.values()):
            self._background(self._adopt(child))
        if not self._closing and template.ready.exception() is None:
            self._logger.warning("The template process ended with %s; a new one is started.", code)
            with suppress(TemplateError):  # told again by the run that needs it
                await self.start()

    def _take(self, template: _Template, message: Message) -> None:
        match message:
            case Ready():
                template.ready.set_result(message)
            case Forked(order, pid, began):
                self.children[pid] = Child(pid, began)
                if (answer := template.orders.get(order)) is not None and not answer.done():
                    answer.set_result(message)
            case Refused(order, why):
                if (answer := template.orders.get(order)) is not None and not answer.done():
                    answer.set_exception(TemplateError(f"No process was forked: {why}."))
            case Ended(pid, code):
                self._over(pid, code)

    def _over(self, pid: int, code: int) -> None:
        child = self.children.pop(pid, None)
        if child is not None:
            child.ended(code)

    async def _adopt(self, child: Child) -> None:
        """Wait for a child of a template that is gone."""
        code = 1
        try:
            watch = os.pidfd_open(child.pid)
        except ProcessLookupError:
            pass
        else:
            try:
                await _readable(watch)
            finally:
                os.close(watch)
            with suppress(ChildProcessError):
                code = os.waitstatus_to_exitcode(os.waitpid(child.pid, os.WNOHANG)[1])  # noqa: ASYNC222 - it does not
        self._over(child.pid, code)

    def _background(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _readable(descriptor: int) -> None:
    loop, seen = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, seen.set)
    try:
        await seen.wait()
    finally:
        loop.remove_reader(descriptor)


def _bury(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def inherit_orphans() -> None:
    """Make this process the parent of every process below it whose own parent dies. OSError where it cannot be."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def bury_strays(known: Callable[[int], bool]) -> None:
    """Bury inherited processes that have ended and that nobody waits for."""
    with suppress(ChildProcessError):
        while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
            if known(ended.si_pid):
                return
            os.waitpid(ended.si_pid, os.WNOHANG)
