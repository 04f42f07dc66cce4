"""A forked child: becomes the process that a process worker would have started, runs, and ends."""

from __future__ import annotations

import asyncio
import atexit
import gc
import os
import runpy
import signal
import sys
import threading
import traceback
import warnings
from typing import Any, NoReturn

from prefect import context
from prefect.client.schemas.objects import FlowRun, State
from prefect.flows import load_flow_from_flow_run
from prefect.logging.configuration import setup_logging
from prefect.runner._hook_runner import HookRunner  # the process worker's own

from workers.orders import REFUSED, Order

_FIRST_FREE = 3


def become(order: Order, waits: int) -> NoReturn:
    """Never returns. `waits` is read until the template says that its worker knows of this child."""
    code = 1
    try:
        if not os.read(waits, 1):
            os._exit(REFUSED)
        _plain_process(order)
        if order.hook is None:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "'prefect.engine' found in sys.modules", RuntimeWarning)
                runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)
        else:
            asyncio.run(_run_hooks(order))
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - what an interpreter does with it: show it, end with 1
        traceback.print_exc()
    finally:
        _end(code)


def _plain_process(order: Order) -> None:
    """Undo what makes the template a template: its signals, its files, its environment, its folder."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.closerange(_FIRST_FREE, _highest_file() + 1)
    if order.quiet:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
    before = _settings()
    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.folder)
    sys.argv = ["prefect.engine"]
    if _settings() != before:  # such as a log level that a deployment sets
        context.refresh_global_settings_context()
        setup_logging(incremental=False)
    gc.enable()


def _settings() -> dict[str, str]:
    """Prefect's settings in the environment; names with two underscores are about one run and read when needed."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PREFECT_") and not name.startswith("PREFECT__")
    }


def _highest_file() -> int:
    return max((int(name) for name in os.listdir("/proc/self/fd")), default=_FIRST_FREE)  # noqa: PTH208 - numbers


async def _run_hooks(order: Order) -> None:
    flow_run = FlowRun.model_validate_json(order.flow_run or "")
    state: State[Any] = State.model_validate_json(order.state or "")
    hooks = HookRunner(resolve_flow=load_flow_from_flow_run)
    await (hooks.run_cancellation_hooks if order.hook == "cancellation" else hooks.run_crashed_hooks)(flow_run, state)


def _end(code: int) -> NoReturn:
    """End as an interpreter does, but leave the memory to the system: tearing it down would only copy it first."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - what the interpreter itself calls
        atexit._run_exitfuncs()  # noqa: SLF001 - the same
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 - as an interpreter does at its end
        traceback.print_exc()
    finally:
        os._exit(code)
