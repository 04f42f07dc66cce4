"""A PostgreSQL server of the tests' own, where one is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The URL of a server until the block ends, with `{}` for the database's name. Skips where none is installed."""
    if not BINARIES:
        pytest.skip("no PostgreSQL server is installed")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    drop: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        drop = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    data = folder / "data"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **drop}
    made: list[str | Path] = [
        BINARIES[-1] / "initdb",
        "-D",
        data,
        "-U",
        "owner",
        "--auth=trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    subprocess.run(made, check=True, **quiet)
    command: list[str | Path] = [
        BINARIES[-1] / "postgres",
        "-D",
        data,
        "-k",
        folder,
        "-c",
        "listen_addresses=",
        "-c",
        "fsync=off",
    ]
    server = subprocess.Popen(command, **quiet)
    try:
        url = f"postgresql+psycopg://owner@/{{}}?host={folder}"
        _wait_for(url.format("postgres"))
        yield url
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)
        shutil.rmtree(folder)


def _wait_for(url: str) -> None:
    engine = create_engine(url)
    deadline = time.monotonic() + 20
    while True:
        try:
            engine.connect().close()
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            engine.dispose()
            return


def create_database(server: str, name: str) -> None:
    """A new database on the server."""
    engine = create_engine(server.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()


def binary(name: str) -> Path:
    """A program of the server's own version, such as pg_dump. Skips where it is not installed."""
    found = BINARIES[-1] / name if BINARIES else Path(name)
    if not found.exists():
        pytest.skip(f"no {name} is installed")
    return found
