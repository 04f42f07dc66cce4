"""How the command line speaks: tables and sentences for people on the terminal, JSON for programs, exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table


class Exit(IntEnum):
    """Exit codes of every command."""

    COMPLETED = 0
    FAILED = 1
    CONFIGURATION = 2
    WITH_ISSUES = 3
    SKIPPED = 4


EXIT_OF_STATE = {
    "completed": Exit.COMPLETED,
    "completed with issues": Exit.WITH_ISSUES,
    "skipped": Exit.SKIPPED,
    "failed": Exit.FAILED,
}

WIDTH_OF_A_FILE = 110
"""Columns where the output goes into a file or a pipe and not to a terminal."""

out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
err = Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """One JSON document on standard output: instants in ISO 8601, amounts as numbers, control characters escaped."""
    written = json.dumps(value, default=_plain, ensure_ascii=False, indent=2)
    shown = "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in written)
    sys.stdout.write(shown + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Enum):
        return value.value
    raise TypeError(type(value).__name__)


def text(value: Any) -> str:
    """Any text of a vendor or a person, safe for the terminal: no markup, no control characters."""
    flat = "".join(c if c.isprintable() else " " for c in str(value))
    return escape(flat)


def complain(error: object) -> None:
    """Say on the error channel what is wrong; one mistake stays in one line, however narrow the terminal is."""
    lines = "\n".join(text(line) for line in str(error).splitlines())
    err.print(f"[red]{lines}[/red]", soft_wrap=True)


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    right: Sequence[str] = (),
    whole: Sequence[str] = (),
    **options: Any,
) -> Table:
    """A table for people; `right` names the columns of figures, `whole` those whose texts are not broken."""
    made = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        **options,
    )
    for name in columns:
        figures = name in right
        made.add_column(name, justify="right" if figures else "left", overflow="fold", no_wrap=figures or name in whole)
    for row in rows:
        made.add_row(*(cell if isinstance(cell, str) else text(cell) for cell in row))
    return made


def plain_counts(counts: Mapping[str, int]) -> list[str]:
    """Figures for a table; zeros are quiet."""
    return [str(value) if value else "[dim]·[/dim]" for value in counts.values()]
