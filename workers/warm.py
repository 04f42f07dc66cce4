"""The worker: Prefect's own worker base, with runs that are forked from a warm template instead of started anew.

Everything around a run (cancellation, crashes, hooks, the state at its end) is done by the same parts of Prefect that
the process worker uses; only how the process comes to be is different.
"""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from contextlib import AsyncExitStack, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast
from uuid import UUID

import anyio
import anyio.abc
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import (
    InfrastructureNotAvailable,
    InfrastructureNotFound,
    ObjectAlreadyExists,
    ObjectNotFound,
)
from prefect.runner._flow_run_executor import FlowRunExecutionResult, FlowRunExecutorContext
from prefect.runner._process_manager import ProcessHandle
from prefect.settings import get_current_settings
from prefect.utilities.processutils import sanitize_subprocess_env
from prefect.utilities.services import critical_service_loop
from prefect.workers.base import BaseWorker, BaseWorkerResult
from prefect.workers.process import ProcessJobConfiguration, ProcessVariables

from workers import orphans
from workers.forking import Child, ForkServer, bury_strays, inherit_orphans
from workers.orders import Order
from workers.place import Place

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun, State
    from prefect.runner._control_channel import ControlChannel

POOL_TYPE = "severa-sync"
ENDING_SECONDS = 30.0
"""How long a run may take to end after SIGTERM when the worker is stopped; the process worker gives as much."""
REMEMBERED = 200
"""Runs whose hooks can be called."""
LOOKING_SECONDS = 20.0
"""How often the worker looks for runs whose worker is gone, at least."""
POLLS_PER_LOOK = 20
"""It looks for them once in so many looks for work, if that is more often."""


class WarmResult(BaseWorkerResult):
    """How the process of a run ended."""


class WarmWorker(BaseWorker[ProcessJobConfiguration, ProcessVariables, WarmResult]):
    """Runs each flow run in a fresh process, forked from a template that has everything imported.

    It takes the same job variables as the process worker, `command` aside, and so serves pools of the type `process`
    as well. Linux only.
    """

    type = POOL_TYPE
    job_configuration = ProcessJobConfiguration
    job_configuration_variables = ProcessVariables
    _display_name = "severa-sync"
    _description = "Forks flow runs from a process that has severa-sync and Prefect imported already."
    _documentation_url = ""
    _logo_url = ""

    def __init__(self, *args: Any, alive: Path | None = None, **options: Any) -> None:
        """`alive` is a file that is touched each time the server has answered what work there is."""
        super().__init__(*args, **options)
        self._alive = alive
        self.forks = ForkServer(self._logger)
        self._parts = AsyncExitStack()
        self._executors = FlowRunExecutorContext()
        self._here: set[UUID] = set()
        """Runs that this worker is busy with."""
        self._hooks = _ForkedHooks(self.forks)

    async def __aenter__(self) -> Self:
        inherit_orphans()
        ready = await self.forks.start()
        self._logger.info("The template is ready: %s modules, %.0f MB.", ready.modules, ready.memory / 1e6)
        try:
            await self._parts.enter_async_context(self._executors)
            await super().__aenter__()
        except BaseException:
            await self._parts.aclose()
            await self.forks.close()
            raise
        self._looking = asyncio.create_task(self._look_for_orphans())
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._looking.cancel()
        try:
            await super().__aexit__(*exc_info)
        finally:
            await self.forks.end_children(ENDING_SECONDS)
            await self._parts.aclose()
            await self.forks.close()

    async def sync_with_backend(self) -> None:
        """Tell the server that this worker lives; at the start, and with each heartbeat."""
        await self._make_queues()
        await super().sync_with_backend()

    async def _make_queues(self) -> None:
        """Make the work queues that it is to serve: while one of them is missing, Prefect gives it no work at all."""
        pool = self._work_pool_name
        for name in sorted(self._work_queues):
            try:
                await self.client.read_work_queue_by_name(name, work_pool_name=pool)
            except ObjectNotFound:
                await self._make_pool()
                with suppress(ObjectAlreadyExists):  # another worker was quicker
                    await self.client.create_work_queue(name, work_pool_name=pool)
                self._logger.warning("The work queue %r is new: no deployment is in it yet.", name)

    async def _make_pool(self) -> None:
        try:
            await self.client.read_work_pool(self._work_pool_name)
        except ObjectNotFound:
            template = self.get_default_base_job_template()
            made = WorkPoolCreate(name=self._work_pool_name, type=self.type, base_job_template=template)
            with suppress(ObjectAlreadyExists):
                await self.client.create_work_pool(made)

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        """Look for work once, and leave a mark that this worker and the server are well."""
        found = await super().get_and_submit_flow_runs()
        if self._alive is not None and self._has_successfully_synced:
            await asyncio.to_thread(self._alive.touch)
        return found

    # runs ---------------------------------------------------------------------------------------------------------

    async def run(
        self,
        flow_run: FlowRun,
        configuration: ProcessJobConfiguration,
        task_status: anyio.abc.TaskStatus[Any] | None = None,
    ) -> WarmResult:
        """Run a flow run in a child to its end."""
        if configuration._command_configured:  # noqa: SLF001 - the base class says nowhere else where it comes from
            raise InfrastructureNotAvailable(
                "This worker forks runs and starts no command: take `command` out of the work pool or the deployment, "
                "or use the process worker."
            )
        given = configuration.working_dir
        with nullcontext(str(given)) if given else tempfile.TemporaryDirectory(suffix="prefect") as folder:
            work = _Work(environment_of(configuration), folder, not configuration.stream_output)
            self._here.add(flow_run.id)
            self._hooks.remember(flow_run.id, work)
            try:
                return await self._run(flow_run, work, task_status or anyio.TASK_STATUS_IGNORED)
            finally:
                self._here.discard(flow_run.id)

    async def _run(self, flow_run: FlowRun, work: _Work, task_status: anyio.abc.TaskStatus[Any]) -> WarmResult:
        starter = _Forking(self.forks, self._executors.control_channel, work)
        executor = self._executors.create_executor(flow_run, starter, propose_submitting=False, hook_runner=self._hooks)
        execution: FlowRunExecutionResult | None = None

        async def execute(*, task_status: anyio.abc.TaskStatus[ProcessHandle]) -> None:
            nonlocal execution
            execution = await executor.submit(task_status=task_status)

        async with anyio.create_task_group() as group:
            handle: ProcessHandle = await group.start(execute)
            child = cast(Child, handle.raw_process)
            task_status.started(Place.here(child.pid, child.began).written)
        if execution is None or execution.status_code is None:
            raise RuntimeError("The run's process ended without saying how.")
        return WarmResult(status_code=execution.status_code, identifier=str(execution.handle.pid))

    async def kill_infrastructure(
        self, infrastructure_pid: str, configuration: ProcessJobConfiguration, grace_seconds: int = 30
    ) -> None:
        """End the process of a run that was cancelled before it began."""
        del configuration
        place = Place.read(infrastructure_pid)
        if place is None or not place.is_here:
            raise InfrastructureNotAvailable(f"{infrastructure_pid} is not a process on {socket.gethostname()}.")
        child = self.forks.children.get(place.pid)
        if child is None or child.began != place.began:
            raise InfrastructureNotFound(f"{infrastructure_pid} has ended.")
        await child.end(grace_seconds)

    # orphans --------------------------------------------------------------------------------------------------------

    async def _look_for_orphans(self) -> None:
        often = POLLS_PER_LOOK * get_current_settings().worker.query_seconds
        interval = min(LOOKING_SECONDS, often)
        await critical_service_loop(
            workload=self._rescue, interval=interval, memory=10, consecutive=5, jitter_range=0.3, backoff=4
        )

    async def _rescue(self) -> None:
        bury_strays(lambda pid: pid in self.forks.children or pid == self.forks.pid)
        pool, heartbeat = self._work_pool_name, self.heartbeat_interval_seconds
        for found in await orphans.find(self.client, pool, self.name, heartbeat):
            if found.id not in self._here and found.id not in self._submitting_flow_run_ids:
                await orphans.end(self.client, found, self._logger)


@dataclass(frozen=True, slots=True)
class _Work:
    """What the process of a run gets: its environment, its folder, and whether its output is shown."""

    environment: dict[str, str] = field(repr=False)
    folder: str
    quiet: bool


class _Forking:
    """Starts the process of a flow run, as Prefect's executor wants it: tells the process, then waits for its end."""

    def __init__(self, forks: ForkServer, control: ControlChannel, work: _Work) -> None:
        self._forks = forks
        self._control = control
        self._work = work

    async def start(
        self, flow_run: FlowRun, task_status: anyio.abc.TaskStatus[ProcessHandle] = anyio.TASK_STATUS_IGNORED
    ) -> None:
        """Fork, tell, wait. When the worker stops meanwhile, the process is asked to end first."""
        environment = {
            **self._work.environment,
            "PREFECT__FLOW_RUN_ID": str(flow_run.id),
            "PREFECT__ENABLE_CANCELLATION_AND_CRASHED_HOOKS": "false",
            **self._register(flow_run.id),
        }
        child: Child | None = None
        try:
            child = await self._forks.fork(Order(0, environment, self._work.folder, self._work.quiet))
            # It is asked for `pid` and `returncode`, which a Child has.
            task_status.started(ProcessHandle(cast(Any, child)))
            await child.wait()
        except anyio.get_cancelled_exc_class():
            if child is not None:
                with anyio.CancelScope(shield=True):
                    await child.end(ENDING_SECONDS)
            raise
        finally:
            if child is None:
                self._control.unregister(flow_run.id)

    def _register(self, run: UUID) -> dict[str, str]:
        try:
            port, token = self._control.register(run)
        except RuntimeError:  # no loopback port could be had; a cancelled run is then ended without its consent
            return {}
        return {"PREFECT__CONTROL_PORT": str(port), "PREFECT__CONTROL_TOKEN": token}


class _ForkedHooks:
    """Runs a flow's hooks in a child: the worker itself never loads a flow.

    The hooks of a cancelled run are called some seconds after its process has ended, so what it was given is kept.
    """

    def __init__(self, forks: ForkServer) -> None:
        self._forks = forks
        self._works: dict[UUID, _Work] = {}

    def remember(self, run: UUID, work: _Work) -> None:
        """Keep what a run is given, and forget what the oldest one was."""
        self._works[run] = work
        while len(self._works) > REMEMBERED:
            del self._works[next(iter(self._works))]

    async def run_cancellation_hooks(self, flow_run: FlowRun, state: State[Any]) -> None:
        """Hooks of a cancelled run."""
        await self._run("cancellation", flow_run, state)

    async def run_crashed_hooks(self, flow_run: FlowRun, state: State[Any]) -> None:
        """Hooks of a crashed run."""
        await self._run("crashed", flow_run, state)

    async def _run(self, hook: str, flow_run: FlowRun, state: State[Any]) -> None:
        work = self._works[flow_run.id]
        with tempfile.TemporaryDirectory(suffix="prefect") as folder:
            child = await self._forks.fork(
                Order(
                    0,
                    work.environment,
                    folder,
                    work.quiet,
                    hook=hook,
                    flow_run=flow_run.model_dump_json(),
                    state=state.model_dump_json(),
                )
            )
            await child.wait()


def environment_of(configuration: ProcessJobConfiguration) -> dict[str, str]:
    """The environment of a run: the worker's, the work pool's and deployment's, and Prefect's settings over it."""
    merged: dict[str, str | None] = {
        **os.environ,
        **configuration.env,
        **get_current_settings().to_environment_variables(exclude_unset=True),
    }
    cleaned: dict[str, str] = sanitize_subprocess_env(merged)
    return cleaned
