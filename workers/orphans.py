"""Runs whose worker or host is gone: they are marked as crashed, and run again as a new run.

A run is an orphan when its process is seen to be gone on this host, or when its worker has not been heard of for some
time and its process cannot be looked at. Should such a process live all the same, no harm is done: the new run finds
the lease of the tenant taken, and is skipped.

A run that died on this host leaves a lease that the next one takes over at once. One that died elsewhere is believed
dead by the state only when its lease has run out: the new run is due then, or it would be skipped.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from logging import Logger, LoggerAdapter
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import Abort, ObjectNotFound
from prefect.states import Cancelled, Crashed, Scheduled
from prefect.utilities.engine import propose_state

from state.leases import LEASE_SECONDS
from workers.place import Place

AGAIN = "again-"
"""How the idempotency key of a run begins that takes the place of a crashed one: two workers that see it make one."""
TIMES = 3
"""How often a run is started again; what ends its process every time is then left to people."""
MISSED_HEARTBEATS = 4
PENDING_SECONDS = 300.0
"""After this long, a run that a worker has taken but never started counts as dropped."""
LEASE_MARGIN = 5.0
"""Seconds that the clocks of two hosts may differ by, and that a run may take to be ended by what ended its worker."""
_UNDER_WAY = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Orphan:
    """A run that nobody looks after, and how that is known.

    `free_at` is the instant (UTC) from which its lease is certainly over; None when it can be taken over at once.
    """

    run: FlowRun
    why: str
    free_at: datetime | None = None

    @property
    def id(self) -> UUID:
        """The run's id."""
        return self.run.id


async def find(client: PrefectClient, pool: str, worker: str, heartbeat_seconds: float) -> list[Orphan]:
    """The orphans of a work pool, as its worker of this name sees them.

    Heartbeats of its workers are expected every `heartbeat_seconds`.
    """
    runs = await _under_way(client, pool)
    if not runs:
        return []
    heard = {worker.name: worker.last_heartbeat_time for worker in await client.read_workers_for_work_pool(pool)}
    watch = Watch(worker, heard, datetime.now(UTC), timedelta(seconds=heartbeat_seconds))
    return [orphan for run in runs if (orphan := watch.orphan(run)) is not None]


@dataclass(frozen=True, slots=True)
class Watch:
    """One look at the pool: who looks, when each of its workers was last heard of, and how often that should be."""

    worker: str
    heard: Mapping[str, datetime | None]
    now: datetime
    heartbeat: timedelta

    def orphan(self, run: FlowRun) -> Orphan | None:
        """The run, if it is an orphan; None when it is not, or when another kind of worker has it."""
        place = Place.read(run.infrastructure_pid)
        if place is None:
            if run.infrastructure_pid or run.state is None or run.state.type is not StateType.PENDING:
                return None
            dropped = self.now - run.state.timestamp > timedelta(seconds=PENDING_SECONDS)
            return Orphan(run, "A worker took it and never started it.") if dropped else None
        if place.is_here:
            return Orphan(run, f"Its process {place.pid} on {place.host} is gone.") if place.is_over else None
        worker = str(run.labels.get("prefect.worker.name", ""))
        last = self.heard.get(worker)
        lease = timedelta(seconds=LEASE_SECONDS + LEASE_MARGIN)
        if worker == self.worker and place.host == socket.gethostname():
            # Its name is heard of, but it is this worker that says it: the host or the container was started again.
            why = f"{place.host} was started again, and its worker {worker} with it."
            return Orphan(run, why, self.now + lease)
        if last is not None and self.now - last < self.heartbeat * MISSED_HEARTBEATS:
            return None
        since = last.isoformat() if last else "long"
        why = f"Its worker {worker} on {place.host} has not been heard of since {since}."
        # It lived on until its next heartbeat at the latest, and may have renewed the lease just then.
        return Orphan(run, why, (last or self.now) + self.heartbeat + lease)


async def end(client: PrefectClient, orphan: Orphan, logger: Logger | LoggerAdapter[Any]) -> None:
    """Mark a run as crashed and start it again; one that was to be cancelled is marked as cancelled."""
    run = await client.read_flow_run(orphan.id)
    if run.state is None or run.state.type not in _UNDER_WAY or run.infrastructure_pid != orphan.run.infrastructure_pid:
        return
    if run.state.type is StateType.CANCELLING:
        await client.set_flow_run_state(run.id, Cancelled(message=f"Cancelled. {orphan.why}"), force=True)
        return
    if run.infrastructure_pid is None:  # it never began
        await client.set_flow_run_state(run.id, Scheduled(message=orphan.why), force=True)
        logger.warning("Flow run %s is scheduled again: %s", run.name, orphan.why)
        return
    try:
        state = await propose_state(client, Crashed(message=orphan.why), flow_run_id=run.id)
    except (Abort, ObjectNotFound):  # it ended by itself meanwhile, or somebody deleted it
        return
    if not state.is_crashed():
        return
    await _end_below(client, run.id, orphan.why)
    logger.warning("Flow run %s has crashed: %s", run.name, orphan.why)
    await _again(client, run, orphan.free_at, logger)


async def _again(
    client: PrefectClient, run: FlowRun, not_before: datetime | None, logger: Logger | LoggerAdapter[Any]
) -> None:
    times, original = 1, str(run.id)
    key = run.idempotency_key or ""
    if key.startswith(AGAIN):
        before, _, original = key.removeprefix(AGAIN).partition("-")
        times = int(before) + 1
    if run.deployment_id is None or times > TIMES:
        logger.warning("Flow run %s is not started again.", run.name)
        return
    due = max(datetime.now(UTC), not_before or datetime.now(UTC))
    new = await client.create_flow_run_from_deployment(
        run.deployment_id,
        state=Scheduled(scheduled_time=due, message=f"It takes the place of {run.name}."),
        parameters=run.parameters,
        tags=run.tags,
        job_variables=run.job_variables,
        work_queue_name=run.work_queue_name,
        idempotency_key=f"{AGAIN}{times}-{original}",
    )
    logger.warning("It runs again as %s, from %s on.", new.name, due.isoformat(timespec="seconds"))


async def _end_below(client: PrefectClient, parent: UUID, why: str) -> None:
    """The flows that it had called are crashed, too."""
    for run in await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[parent]), state=_states(_UNDER_WAY)
        )
    ):
        await client.set_flow_run_state(run.id, Crashed(message=why), force=True)
        await _end_below(client, run.id, why)


async def _under_way(client: PrefectClient, pool: str) -> list[FlowRun]:
    runs: list[FlowRun] = []
    while True:
        page = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(state=_states(_UNDER_WAY)),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[pool])),
            limit=_PAGE,
            offset=len(runs),
        )
        runs += page
        if len(page) < _PAGE:
            return runs


def _states(types: Sequence[StateType]) -> FlowRunFilterState:
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))
