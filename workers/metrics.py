"""Prometheus metrics: what the state knows of all tenants, and what a worker knows of itself, served over HTTP.

The server is a thread of the worker's own process. The template, which must have a single thread, is another process
that was started as a program of its own and inherits neither the thread nor the port.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from core.errors import ConfigurationError
from tasks.metrics import LENGTHS, LONGER, OUTCOMES, Books, Figures, Tally

if TYPE_CHECKING:
    from workers.warm import WarmWorker

FRESH_SECONDS = 10.0
"""The state is read anew when what was read is older than this."""
SHARE = 20
"""It is read more seldom where reading takes long: at most a twentieth of the time is spent on it."""
LOOPBACK = "127.0.0.1"
PREFIX = "severa_sync_"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric as Prometheus knows it; its name follows the prefix `severa_sync_`."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    about: str


CYCLES = Metric("cycles_total", "counter", ("tenant", "outcome"), "Cycles that have ended since the counting began.")
LENGTH = Metric("cycle_duration_seconds", "histogram", (), "How long cycles took that have ended since then.")
LAST_SUCCESS = Metric(
    "last_success_timestamp_seconds", "gauge", ("tenant",), "When a tenant's last cycle ended that went through."
)
LAST_LENGTH = Metric("last_success_duration_seconds", "gauge", ("tenant",), "How long that cycle took.")
UNDER_WAY = Metric("runs_under_way", "gauge", (), "Tenants that are being worked on now, on any machine.")
CALLS = Metric(
    "vendor_calls_total", "counter", ("tenant", "system", "outcome"), "Calls to the systems, repeats included."
)
WAITED = Metric(
    "limit_wait_seconds_total", "counter", ("tenant", "system"), "Seconds that calls waited under the systems' limits."
)
TRANSFERS = Metric("transfers", "gauge", ("tenant", "state"), "Invoices on the ledger, by where their journey stands.")
ISSUES = Metric("open_issues", "gauge", ("tenant", "class"), "Open issues on the error desk.")
TENANTS = Metric("tenants", "gauge", (), "Tenant files on this machine.")
STATE_UP = Metric("state_up", "gauge", (), "1 when the state database was read, 0 when it could not be.")
STATE_SECONDS = Metric("state_read_seconds", "gauge", (), "How long the last reading of the state database took.")
OF_STATE = (
    CYCLES, LENGTH, LAST_SUCCESS, LAST_LENGTH, UNDER_WAY, CALLS, WAITED, TRANSFERS, ISSUES, TENANTS,
    STATE_UP, STATE_SECONDS,
)  # fmt: skip
"""What every worker and `severa-sync metrics` say: the same of all machines that share the state."""

WORKER = Metric("worker_info", "gauge", ("worker", "pool"), "Always 1; says which worker this is.")
POLL = Metric(
    "worker_last_poll_timestamp_seconds", "gauge", (), "When the worker last asked Prefect for work and was answered."
)
WORKER_RUNS = Metric("worker_runs_under_way", "gauge", (), "Processes of runs, and of their hooks, under this worker.")
WORKER_LIMIT = Metric("worker_run_limit", "gauge", (), "Runs that this worker does at once, at most.")
TEMPLATE = Metric("worker_template_up", "gauge", (), "1 while the process that runs are forked from is up.")
OF_WORKER = (WORKER, POLL, WORKER_RUNS, WORKER_LIMIT, TEMPLATE)
"""What a worker says of itself, beside the usual `process_...` of its own process."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str
    port: int


def address(given: str) -> Address:
    """`PORT` on the loopback address, `HOST:PORT` or `[HOST]:PORT`. ConfigurationError for anything else."""
    found = re.fullmatch(r"(?:(?P<host>[\w.-]+|\[[0-9a-fA-F:.]+\]):)?(?P<port>\d{1,5})", given, re.ASCII)
    if found is None or int(found["port"]) > 65535:
        raise ConfigurationError(
            f"'{given}' is no address for metrics.", todo="Write a port such as 9464, or 0.0.0.0:9464 for all machines."
        )
    return Address((found["host"] or LOOPBACK).strip("[]"), int(found["port"]))


def text_of(registry: CollectorRegistry) -> str:
    """Everything in Prometheus' text format."""
    from prometheus_client import generate_latest  # noqa: PLC0415 - only the command that prints needs it

    return generate_latest(registry).decode()


class StateMetrics(Collector):
    """The figures of the state, kept for some seconds; any thread may ask."""

    def __init__(self, read: Callable[[], Figures], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._turn = threading.Lock()
        self._figures: Figures | None = None
        self._due = float("-inf")
        self._seconds = 0.0

    def collect(self) -> Iterator[Family]:
        """All of `OF_STATE`; without the state database the last two only."""
        with self._turn:
            if self._clock() >= self._due:
                self._look()
            figures, seconds = self._figures, self._seconds
        if figures is not None:
            yield from families(figures)
        yield _single(STATE_UP, figures is not None)
        yield _single(STATE_SECONDS, seconds)

    def _look(self) -> None:
        began = self._clock()
        try:
            self._figures = self._read()
        except ConfigurationError as error:
            log.warning("The metrics of the state are left out: %s", error)
            self._figures = None
        self._seconds = self._clock() - began
        self._due = began + max(FRESH_SECONDS, SHARE * self._seconds)


class WorkerMetrics(Collector):
    """What a worker knows of itself."""

    def __init__(self, worker: WarmWorker, pool: str, limit: int) -> None:
        self._worker = worker
        self._pool = pool
        self._limit = limit

    def collect(self) -> Iterator[Family]:
        """All of `OF_WORKER`."""
        forks = self._worker.forks
        # Prefect's own health check of a worker looks at the same moment, and says no more than whether it is recent.
        polled = self._worker._last_polled_time  # noqa: SLF001
        yield _gauge(WORKER, [((self._worker.name, self._pool), 1)])
        yield _single(POLL, polled.timestamp())
        yield _single(WORKER_RUNS, len(forks.children))
        yield _single(WORKER_LIMIT, self._limit)
        yield _single(TEMPLATE, forks.pid is not None)


def families(figures: Figures) -> Iterator[Family]:
    """A reading as samples. Outcomes that never came are counted as 0, so that the first one is an increase."""
    cycles = figures.cycles
    ended = [((name, each), cycles.outcomes[name, each]) for name in figures.tenants for each in OUTCOMES]
    yield _counter(CYCLES, ended)
    classes = accumulate(cycles.lengths[bound] for bound in (*LENGTHS, LONGER))
    bounds = [*(f"{bound:g}" for bound in LENGTHS), "+Inf"]
    buckets = list(zip(bounds, classes, strict=True))
    yield HistogramMetricFamily(PREFIX + LENGTH.name, LENGTH.about, buckets=buckets, sum_value=cycles.seconds)
    yield _gauge(LAST_SUCCESS, [((name,), at.timestamp()) for name, at in figures.last_success.items()])
    yield _gauge(LAST_LENGTH, [((name,), seconds) for name, seconds in figures.last_seconds.items()])
    yield _single(UNDER_WAY, figures.under_way)
    of_each = figures.traffic.items()
    yield _counter(CALLS, [((name, *key), number) for name, each in of_each for key, number in each.calls.items()])
    yield _counter(WAITED, [((name, key), number) for name, each in of_each for key, number in each.waited.items()])
    yield _gauge(TRANSFERS, figures.transfers.items())
    yield _gauge(ISSUES, figures.open_issues.items())
    yield _single(TENANTS, len(figures.tenants))


def _counter(metric: Metric, values: Iterable[tuple[Sequence[str], float]]) -> CounterMetricFamily:
    family = CounterMetricFamily(PREFIX + metric.name, metric.about, labels=metric.labels)
    for labels, value in values:
        family.add_metric(labels, value)
    return family


def _gauge(metric: Metric, values: Iterable[tuple[Sequence[str], float]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + metric.name, metric.about, labels=metric.labels)
    for labels, value in values:
        family.add_metric(labels, value)
    return family


def _single(metric: Metric, value: float) -> GaugeMetricFamily:
    return _gauge(metric, [((), value)])


def registry_of(*collectors: Collector) -> CollectorRegistry:
    """A registry with these alone: nothing of what libraries put into Prometheus' own."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    return registry


@contextmanager
def serving(where: Address, books: Books, worker: WarmWorker, *, pool: str, limit: int) -> Iterator[str]:
    """Serve `/metrics` until the block ends; its URL. ConfigurationError when the port cannot be had."""
    registry = registry_of(StateMetrics(books.read), WorkerMetrics(worker, pool, limit))
    ProcessCollector(registry=registry)
    try:
        server, thread = start_http_server(where.port, where.host, registry)
    except (OSError, OverflowError) as error:
        raise ConfigurationError(
            f"Metrics cannot be served on {where.host}, port {where.port}.", why=f"{error}.", todo="Choose another one."
        ) from None
    try:
        yield f"http://{where.host}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def since_now() -> Tally:
    """A tally that begins now, as counters of a process do."""
    return Tally(datetime.now(UTC))
