"""The figures of one measurement: printed as one table at the end, written as JSON where the environment says so."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

JSON_FILE = "SEVERA_SYNC_BENCH_JSON"
"""Environment variable: the file that the figures are written to; none when it is not set."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `aim` is the most it should be; None where it is only told."""

    group: str
    name: str
    value: float
    unit: str = ""
    aim: float | None = None
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether the aim was missed."""
        return self.aim is not None and self.value > self.aim


@dataclass(slots=True)
class Figures:
    """All figures of a session, in the order in which they were measured."""

    all: list[Figure] = field(default_factory=list)

    def of(self, group: str) -> Callable[..., Figure]:
        """Takes figures of a group: `take(name, value, unit, aim=…, note=…)`."""

        def take(name: str, value: float, unit: str = "", *, aim: float | None = None, note: str = "") -> Figure:
            figure = Figure(group, name, value, unit, aim, note)
            self.all.append(figure)
            return figure

        return take

    def write(self) -> None:
        """Write them as JSON to the file that the environment names."""
        file = os.environ.get(JSON_FILE)
        if file and self.all:
            Path(file).write_text(json.dumps([asdict(f) | {"missed": f.missed} for f in self.all], indent=2) + "\n")

    def show(self) -> None:
        """Print them as one table."""
        if self.all:
            Console(width=130).print(table(self.all))


def table(figures: list[Figure]) -> Table:
    """The table: a section per group, misses of an aim marked."""
    shown = Table("", "", "", "aim", "", title="Speed and memory", box=box.SIMPLE_HEAD, title_justify="left")
    shown.columns[1].justify = shown.columns[3].justify = "right"
    group = None
    for figure in figures:
        if figure.group != group:
            if group is not None:
                shown.add_section()
            shown.add_row(f"[bold cyan]{figure.group}[/]")
            group = figure.group
        aim = "" if figure.aim is None else f"≤ {number(figure.aim)}"
        colour = "" if figure.aim is None else "[bold red]" if figure.missed else "[green]"
        value = f"{colour}{number(figure.value)}" + ("[/]" if colour else "")
        verdict = "[bold red]missed[/] " if figure.missed else ""
        shown.add_row(f"  {figure.name}", value, figure.unit, aim, f"{verdict}[dim]{figure.note}[/]")
    return shown


def number(value: float) -> str:
    """Whole from 100 on and where it is whole, else two or three digits that count."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
