"""`severa-sync metrics`: the figures of the state once, in Prometheus' text format or as JSON."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Exit, print_json
from tasks import places
from tenants.load import names

if TYPE_CHECKING:
    from tasks.metrics import Tally

FILE = "metrics.json"
"""In the home: what was counted up to the last time, so that counters go on from there."""
AT_FIRST = timedelta(days=1)
"""How far back counting begins when there is no such file."""


def metrics(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Print what the state knows as Prometheus metrics, once: for a node exporter's text file collector.

    A worker serves the same and its own: severa-sync worker --metrics 9464.
    """
    from tasks.metrics import Books  # noqa: PLC0415 - no other command needs these
    from workers.metrics import StateMetrics, registry_of, text_of  # noqa: PLC0415

    file = places.home() / FILE
    books = Books(places.database_url(), lambda: names(places.tenants_folder()), _counted(file))
    registry = registry_of(StateMetrics(books.read))
    if as_json:
        families = list(registry.collect())
        print_json(
            [
                {
                    "name": sample.name,
                    "type": family.type,
                    "labels": dict(sorted(sample.labels.items())),
                    "value": sample.value,
                }
                for family in families
                for sample in family.samples
            ]
        )
    else:
        sys.stdout.write(text_of(registry))
    _keep(file, books.tally)
    raise typer.Exit(Exit.COMPLETED)


def _counted(file: Path) -> Tally:
    from tasks.metrics import Tally  # noqa: PLC0415 - as above

    try:
        return Tally.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # begun anew: a counter may start again at any time
        return Tally(datetime.now(UTC) - AT_FIRST)


def _keep(file: Path, tally: Tally) -> None:
    """The next one goes on from here; of two at once the last one stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(tally.as_json()), encoding="utf-8")
    temporary.replace(file)
