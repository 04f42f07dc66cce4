"""`severa-sync worker`: runs the jobs of a work pool, forked from a process that has everything imported."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import server
from cli.output import err, out, text
from core.errors import ConfigurationError
from tasks import places
from tenants.load import names

if TYPE_CHECKING:
    from workers.warm import WarmWorker

POLL_SECONDS = 1.0
"""Prefect's own worker asks every ten seconds, and a run waits as long for its start."""


def worker(
    pool: Annotated[str, typer.Option(help="The work pool; made when there is none.")] = "severa-sync",
    queue: Annotated[
        list[str] | None,
        typer.Option("--queue", "--work-queue", "-q", help="Only this work queue; may be given again."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Runs at once. Default: twice the processors.")] = None,
    name: Annotated[str | None, typer.Option(help="What the worker is called in the Prefect UI.")] = None,
    poll: Annotated[float, typer.Option(min=0.2, help="Seconds between two looks for work.")] = POLL_SECONDS,
    heavy: Annotated[bool, typer.Option(help="Keep Great Expectations imported.")] = True,  # noqa: FBT002 - a flag
    alive: Annotated[Path | None, typer.Option(help="A file to touch after each look, for health checks.")] = None,
    once: Annotated[bool, typer.Option(help="Look once, run what is due, end.")] = False,  # noqa: FBT002 - a flag
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the log of the runs.")] = False,  # noqa: FBT002
    metrics: Annotated[
        str | None,
        typer.Option(envvar="SEVERA_SYNC_METRICS", metavar="[HOST:]PORT", help="Serve Prometheus metrics here."),
    ] = None,
) -> None:
    """Run what is due in a work pool, each run in a fresh process forked from a warm one, until SIGTERM."""
    if not hasattr(os, "pidfd_open"):
        raise ConfigurationError(
            f"This worker needs Linux; this is {sys.platform}.", todo="Use prefect worker start --type process."
        )
    url = server.ensure(places.home())
    # Runs work in folders of their own: what is relative belongs to the folder in which the worker is started.
    os.environ["SEVERA_SYNC_HOME"] = str(places.home())
    os.environ["SEVERA_SYNC_TENANTS"] = str(places.tenants_folder())
    os.environ["SEVERA_SYNC_WORKER_HEAVY"] = "on" if heavy else "off"
    os.environ.setdefault("PREFECT_WORKER_QUERY_SECONDS", str(poll))
    if not verbose:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "WARNING")
    served = f", work queue {text(', '.join(queue))}" if queue else ""
    out.print(f"Worker for the pool {text(pool)}{served} on {text(url)}. Ctrl-C or SIGTERM ends it.")
    from workers.warm import WarmWorker  # noqa: PLC0415 - Prefect reads its settings when it is imported
    from workers.warming import know_zones  # noqa: PLC0415

    know_zones()
    warm = WarmWorker(
        work_pool_name=pool,
        work_queues=queue or None,
        name=name,
        limit=limit or 2 * (os.cpu_count() or 1),
        prefetch_seconds=0,
        alive=alive,
    )
    with _metrics(metrics, warm, pool=pool, limit=limit or 2 * (os.cpu_count() or 1)):
        asyncio.run(_until_signalled(warm, once=once))


@contextmanager
def _metrics(given: str | None, warm: WarmWorker, *, pool: str, limit: int) -> Iterator[None]:
    """Serves them while the worker works, where that is asked for."""
    if given is None:
        yield
        return
    from tasks.metrics import Books  # noqa: PLC0415 - only who asks for metrics pays for it
    from workers.metrics import address, serving, since_now  # noqa: PLC0415

    books = Books(places.database_url(), lambda: names(places.tenants_folder()), since_now())
    with serving(address(given), books, warm, pool=pool, limit=limit) as url:
        out.print(f"Metrics: {text(url)}")
        yield


async def _until_signalled(warm: WarmWorker, *, once: bool) -> None:
    """Work until SIGTERM or Ctrl-C: the first ends the runs and then the worker, the second ends it at once."""
    loop = asyncio.get_running_loop()
    work = asyncio.create_task(warm.start(run_once=once, printer=_say))

    def stop() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        _say("The worker is asked to end; its runs are ended first.")
        work.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await work
    _say(f"Worker {warm.name!r} stopped.")


def _say(*words: Any, **_style: Any) -> None:
    err.print(*(text(str(word)) for word in words))
