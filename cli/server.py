"""The local Prefect server: started in the background once, reused by every run, stopped on request."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from core.errors import ConfigurationError
from state.processes import started as process_started

QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}
"""Telemetry of the libraries is off unless somebody switches it on."""
BATCHED = {
    f"PREFECT_SERVER_SERVICES_{service}_{name}": value
    for service, size in (("TASK_RUN_RECORDER", "200"), ("EVENT_PERSISTER", "500"))
    for name, value in (("READ_BATCH_SIZE", "100"), ("BATCH_SIZE", size), ("FLUSH_INTERVAL", "5"))
}
"""On SQLite the server's own recorders lock out the runs, which then wait for seconds: they write in batches."""
START_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server of ours: its process, when that was started, and where it listens."""

    pid: int
    pid_started: str | None
    port: int

    @property
    def api_url(self) -> str:
        """For `PREFECT_API_URL`."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def ui_url(self) -> str:
        """For people."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether the process is still the one that was started."""
        return self.pid_started is not None and process_started(self.pid) == self.pid_started


def environment(home: Path) -> dict[str, str]:
    """Variables for Prefect of ours, where the caller has not set them."""
    ours = {**QUIET, "PREFECT_HOME": str(home / "prefect")}
    return {name: os.environ.get(name, value) for name, value in ours.items()}


def ensure(home: Path) -> str:
    """The API URL to use: `PREFECT_API_URL` when set, else the local server's, which is started when it is not up.

    Sets the environment of this process accordingly; call it before Prefect is imported.
    """
    os.environ.update(environment(home))
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        url = start(home).api_url
        os.environ["PREFECT_API_URL"] = url
    return url


def start(home: Path) -> Server:
    """The running local server, started when there is none; two callers at once start one."""
    with _only_one(home):
        running = status(home)
        if running is not None:
            return running
        return _launch(home)


def status(home: Path) -> Server | None:
    """The running local server; None when it is not up."""
    try:
        server = Server(**json.loads(_file(home).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return server if server.alive and _healthy(server) else None


def stop(home: Path) -> bool:
    """Stop the local server; False when none was running."""
    with _only_one(home):
        server = status(home)
        if server is None:
            return False
        os.kill(server.pid, signal.SIGTERM)
        end = time.monotonic() + 15
        while server.alive and time.monotonic() < end:
            time.sleep(0.1)
        if server.alive:
            os.kill(server.pid, signal.SIGKILL)
        _file(home).unlink(missing_ok=True)
        return True


def _launch(home: Path) -> Server:
    port = _free_port()
    log = home / "server.log"
    variables = {**BATCHED, **os.environ, **environment(home), "PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("ab") as stream:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter with fixed arguments
            command, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL, env=variables, start_new_session=True
        )
    server = Server(process.pid, process_started(process.pid), port)
    end = time.monotonic() + START_SECONDS
    while not _healthy(server):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise ConfigurationError(
                "The local Prefect server did not start.", why=f"Its log is {log}.", todo="Or set PREFECT_API_URL."
            )
        time.sleep(0.15)
    temporary = _file(home).with_suffix(".new")
    temporary.write_text(json.dumps(asdict(server)))
    temporary.replace(_file(home))
    return server


def _file(home: Path) -> Path:
    return home / "server.json"


def _healthy(server: Server) -> bool:
    try:
        with urlopen(f"{server.api_url}/health", timeout=2) as answer:  # noqa: S310 - http on loopback, built above
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
