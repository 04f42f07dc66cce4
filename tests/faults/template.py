"""A process with everything imported that forks itself for each run of a job, until its input ends.

Every line of input is an order. `{"start": {...}}` forks a run and answers with its process number; `{"wait": pid}`
answers with its exit code, negative when a signal killed it. An order to start names `job`, `tenant`, `environment` and
`output`; `clients` are settings of both clients, `database` says how the state database fails, `totals` brings Great
Expectations in.

A run is the job's flow without Prefect around it: exactly-once lives in the ledger, not in the orchestrator (law 1),
and a server would cost more than the job. Waiting is shortened, never left out: pauses between tries pass hundreds of
times as fast.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

import sqlalchemy.exc
from prefect import Task

import connectors.severa.client
import flows.cost_import
import flows.cycle
import flows.invoice_export
import flows.invoice_status
import flows.registry_sync
import flows.running
import state.engine
import tasks.gate
import tasks.reporting
from connectors.http import Transport
from connectors.pace import Pace
from connectors.poweroffice.client import PowerOfficeClient
from connectors.settings import SETTINGS
from connectors.severa.client import SeveraClient
from connectors.visma_net.adapter import VismaNetAdapter
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.release import Release
from core.errors import SyncError
from flows.running import OUTCOME, Outcome
from state.database import Database
from state.store import Store
from tenants.model import tenant_model

FASTER = 300.0
"""How many times as fast pauses pass."""
BUSY_SECONDS = 0.4
"""How long a run waits for a locked database: less than the longest lock, so that both ends are met."""
JOBS: dict[str, Any] = {"cycle": flows.cycle.cycle, **flows.cycle.JOBS}


# ---------------------------------------------------------------- what stands around a run


def put(owner: object, name: str, value: object) -> None:
    """Put something in the place of what stands there; this process lives for runs of this kind only."""
    setattr(owner, name, value)


def plain(job: Any) -> Callable[..., Coroutine[Any, Any, Any]]:
    """The function that a flow was made of."""
    made: Callable[..., Coroutine[Any, Any, Any]] = getattr(job, "fn", job)
    return made


async def _nothing(*_: object, **__: object) -> None:
    """In place of what only Prefect's pages show."""


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(seconds / FASTER)


def _clock() -> float:
    return time.monotonic() * FASTER


def without_prefect() -> None:
    """Tasks and flows become the functions that they were made of; the log and the artifacts go nowhere."""
    log = logging.getLogger("tests.faults")
    for module in (
        flows.registry_sync,
        flows.invoice_export,
        flows.invoice_status,
        flows.cost_import,
        tasks.reporting,
    ):
        for name, value in list(vars(module).items()):
            if isinstance(value, Task):
                put(module, name, value.fn)
    flows.cycle.JOBS.update({job: plain(flow) for job, flow in flows.cycle.JOBS.items()})
    for name in ("acreate_markdown_artifact", "acreate_table_artifact"):
        put(tasks.reporting, name, _nothing)
    for logging_module in (tasks.reporting, flows.running):
        put(logging_module, "get_run_logger", lambda: log)


def in_haste() -> None:
    """Pauses of transport, pace and release pass faster; a locked database is waited for a short while."""
    for maker, given in (
        (Transport.__init__, {"sleep": _sleep}),
        (Pace.__init__, {"sleep": _sleep, "clock": _clock}),
        (VismaNetAdapter.__init__, {"sleep": _sleep}),
        (Release.__init__, {"clock": _clock}),
    ):
        assert maker.__kwdefaults__ is not None
        maker.__kwdefaults__.update(given)
    put(state.engine, "BUSY_SECONDS", BUSY_SECONDS)


def _with(opened: Callable[..., None], settings: Mapping[str, Any]) -> Callable[..., None]:
    """A client's constructor that gets these settings, as far as its system has them."""

    def init(client: object, given: Any, *args: Any, **more: Any) -> None:
        known = {name: value for name, value in settings.items() if name in type(given).model_fields}
        opened(client, given.model_copy(update=known), *args, **more)

    return init


def otherwise(settings: Mapping[str, Any]) -> None:
    """The clients get these settings, although a tenant's file refuses some of them.

    `page_size` 4 gives a tiny world pages (Severa may shorten its pages at any time); a `timeout_seconds` of a fraction
    makes a late answer a time-out.
    """
    for kind in (SeveraClient, PowerOfficeClient, VismaNetClient):
        put(kind, "__init__", _with(kind.__init__, settings))
    connectors.severa.client.SHORTEST_PAGE = min(connectors.severa.client.SHORTEST_PAGE, settings.get("page_size", 100))


# ---------------------------------------------------------------- the database


class Weak:
    """The state database of one run, as it fails: `{"die": [commit, "before" | "after"], "gone": [from, times]}`.

    Commits are counted from 0. A database that is gone raises what SQLite raises for a disk that does not answer.
    """

    def __init__(self, orders: Mapping[str, Any]) -> None:
        self._die: list[Any] | None = orders.get("die")
        self._gone: list[int] | None = orders.get("gone")
        self._number = count()
        self._writing = Database.writing

    def install(self) -> None:
        """Every write of this process goes through it."""
        weak = self

        @contextmanager
        def writing(database: Database, tenant: str) -> Iterator[Any]:
            number = next(weak._number)
            if weak._gone is not None and weak._gone[0] <= number < sum(weak._gone):
                raise sqlalchemy.exc.OperationalError("BEGIN", {}, sqlite3.OperationalError("disk I/O error"))
            with weak._writing(database, tenant) as connection:
                yield connection
                weak._die_at(number, "before")
            weak._die_at(number, "after")

        put(Database, "writing", writing)

    def _die_at(self, number: int, when: str) -> None:
        if self._die == [number, when]:
            os.kill(os.getpid(), signal.SIGKILL)


# ---------------------------------------------------------------- a run


class _NoValidation:
    """Stands for Great Expectations in runs that do not ask for it."""

    def give_up(self) -> None:
        """There is nothing to end."""


def become(order: Mapping[str, Any]) -> None:
    """The child: one run, its outcome in a file."""
    os.environ.update(order["environment"])
    if order.get("database"):
        Weak(order["database"]).install()
    if order.get("clients"):
        otherwise(order["clients"])
    if not order.get("totals"):
        put(flows.invoice_export, "check_totals", _nothing)  # see `warm_up`
        put(tasks.gate, "Validation", _NoValidation)  # begun with the first total
    outcome = Outcome(order["tenant"])
    OUTCOME.set(outcome)
    told: dict[str, Any] = {}
    try:
        asyncio.run(plain(JOBS[order["job"]])(order["tenant"], **order.get("options", {})))
    except Exception as error:  # noqa: BLE001 - told to whoever ordered the run
        told = {"error": type(error).__name__, "kind": _kind(error), "text": _shortly(error)}
        outcome.state = "failed"
    told |= {"state": outcome.state, "note": outcome.note}
    with open(order["output"], "w", encoding="utf-8") as file:  # noqa: PTH123 - the lightest way
        json.dump(told, file)
    os._exit(0)


def _kind(error: BaseException) -> str:
    """`known`: an error of core.errors; `database`: the state database; `bug`: everything else."""
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, sqlalchemy.exc.DBAPIError):
            return "database"
        chain = chain.__cause__ or chain.__context__
    known = isinstance(error, SyncError) and type(error).__name__ != "BugError"
    return "known" if known else "bug"


def _shortly(error: BaseException) -> str:
    """The last lines of its traceback."""
    return "".join(traceback.format_exception(error)[-6:])


def warm_up() -> None:
    """What is made at its first use: the model of a tenant file, the database.

    Great Expectations restates the totals for people and writes no record: a second for its import, so that only runs
    that ask for it (`totals`) pay for it.
    """
    tenant_model(SETTINGS)
    with tempfile.TemporaryDirectory() as folder:
        Store.open(f"sqlite:///{folder}/state.db").close()


def main() -> None:
    """Carry out the orders one after another."""
    logging.disable(logging.CRITICAL)
    without_prefect()
    in_haste()
    warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                become(order["start"])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
