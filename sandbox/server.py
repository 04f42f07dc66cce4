"""Serves the simulated systems until SIGTERM."""

import asyncio
import gc
import os
import socket
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType

import orjson
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox import control
from sandbox.clock import Clock
from sandbox.exchanges import Exchanges
from sandbox.faults import Faults
from sandbox.gateway import TRANSPORT, Gateway
from sandbox.system import System
from sandbox.world import World

SYSTEMS = ("severa", "poweroffice", "visma_net")
"""The systems that can be served; each is a package here with `build(world, clock, limits_on)`."""


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 with the transport within reach of the application, so that a connection can be cut unanswered."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn itself
        """Puts the transport into the state that every request's scope gets a copy of."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class _Server(uvicorn.Server):
    """Writes the ready file once it listens."""

    def __init__(self, config: uvicorn.Config, ready: Path, content: dict[str, object]) -> None:
        super().__init__(config)
        self._ready = ready
        self._content = content

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens, then says so."""
        await super().startup(sockets=sockets)
        if self.started:
            _write(self._ready, self._content)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  # the base's signature
        """Ends cleanly: the base would raise the signal again afterwards, and the exit code would tell of it."""
        self.should_exit = True


def _write(path: Path, content: dict[str, object]) -> None:
    """Whole or not at all: a reader never sees half a file. Readable by its owner alone, for it holds credentials."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
    draft.replace(path)


def erp_of(systems: Sequence[str]) -> str:
    """The ERP that Severa is set up for: the first one among the systems."""
    return next((name for name in systems if name != "severa"), "poweroffice")


def build_systems(names: Sequence[str], world: World, clock: Clock, *, limits_on: bool) -> dict[str, System]:
    """The named systems over one world. Raises ValueError for an unknown or repeated name."""
    if not names or len(set(names)) != len(names) or not set(names) <= set(SYSTEMS):
        raise ValueError(f"systems {', '.join(names) or '(none)'}: some of {', '.join(SYSTEMS)}, each once")
    return {name: import_module(f"sandbox.{name}").build(world, clock, limits_on) for name in names}


def access(base: str, system: System) -> dict[str, object]:
    """How a system is reached below `base`, and what to set for it, as the ready file says it."""
    addresses = dict.fromkeys(system.addresses, f"{base}/{system.name}")
    return {**addresses, **system.credentials, **({"settings": dict(system.settings)} if system.settings else {})}


def build_app(systems: dict[str, System], world: World, clock: Clock, *, limits_on: bool) -> Gateway:
    """The whole ASGI application."""
    exchanges, faults = Exchanges(), Faults()
    controls = control.build(systems, world, clock, exchanges, faults, limits_on=limits_on)
    return Gateway(systems, controls, clock=clock, exchanges=exchanges, faults=faults)


def serve(
    systems: Sequence[str],
    scale: str,
    seed: int,
    port: int,
    ready: Path,
    *,
    rate_limits: bool,
) -> None:
    """Serves on the loopback address until SIGTERM or SIGINT. Port 0 takes any free one.

    Raises ValueError for a wrong system or scale, OSError when the port is taken.
    """
    clock = Clock()
    gc.disable()  # nothing made here is garbage: looking for it would double the time at scale large
    world = World.generate(seed, scale, erp_of(systems))
    built = build_systems(systems, world, clock, limits_on=rate_limits)
    gc.freeze()
    gc.enable()
    app = build_app(built, world, clock, limits_on=rate_limits)
    del world
    # said to be TCP, for asyncio sends without delay only then
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        content: dict[str, object] = {
            **{name: access(base, system) for name, system in built.items()},
            "control_url": f"{base}{control.PREFIX}",
            "rate_limits": "on" if rate_limits else "off",
            "pid": os.getpid(),
        }
        config = uvicorn.Config(
            app,
            http=CuttableProtocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=5,
        )
        try:
            asyncio.run(_Server(config, ready, content).serve(sockets=[listener]))
        except KeyboardInterrupt:
            return
        finally:
            ready.unlink(missing_ok=True)


def main(  # the signature that the command line calls
    systems: list[str],
    scale: str,
    seed: int,
    port: int,
    ready: Path,
    rate_limits: bool,  # noqa: FBT001  # likewise
) -> None:
    """Serves until SIGTERM and returns: see `serve`."""
    serve(systems, scale, seed, port, ready, rate_limits=rate_limits)
