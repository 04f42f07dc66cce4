"""A process with everything imported that forks itself for each run of the command line, until its input ends.

Starting Python and importing Prefect takes seconds; a test that kills dozens of runs cannot wait for that. Every line
of input is an order `{"arguments", "environment", "output"}`; it answers with the child's process number at once and
with its exit code at its end (negative: the signal that killed it).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import fastapi.encoders  # noqa: F401 - Prefect imports it in its first run

import cli.main
import cli.running
import flows.cycle
from connectors.settings import SETTINGS
from expectations.totals import TotalRow, validate_totals
from state.store import Store
from tenants.model import tenant_model


def become(arguments: list[str], environment: dict[str, str], output: str) -> None:
    """The child: run the command line with its output in a file."""
    os.environ.update(environment)
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.argv = ["severa-sync", *arguments]
    code = 1
    try:
        cli.main.main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def warm_up() -> None:
    """What is made at its first use: the model of a tenant file, the database, Great Expectations' machinery."""
    assert flows.cycle.cycle.name == "cycle"
    tenant_model(SETTINGS)
    row = TotalRow("warm-up", "warm-up", 0, 0, "NOK", "NOK", passed=True)
    with tempfile.TemporaryDirectory() as folder:
        Store.open(f"sqlite:///{folder}/state.db").close()
        validate_totals([row], tenant="warm", run="warm", docs=Path(folder))


def main() -> None:
    """Carry out the orders one after another."""
    warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            become(order["arguments"], order["environment"], order["output"])
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
