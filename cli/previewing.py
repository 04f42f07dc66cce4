"""What a preview foresees, on the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from cli.output import out, table, text
from core.counts import JobReport
from core.foreseen import Foreseen

MOST = 40
"""Rows of a table on the terminal; --json has all of them."""
WORDS = 6
"""Fields of an entry, and other words about it."""
LONGEST = 60
"""Characters of a record's name."""


def show_preview(reports: Mapping[str, JobReport]) -> None:
    """Per job what would be written, what would be refused by cause, and what mappings and registers lack."""
    for report in reports.values():
        job = report.job.replace("_", " ")
        writes = [one for one in report.foreseen if one.writes]
        changes = [_change(one) for one in writes[:MOST]]
        columns = ["", "in", "what", "record", "fields"]
        _show(f"What {job} would write", columns, changes, len(writes), whole=("", "in", "what"))
        if links := len(report.foreseen) - len(writes):
            out.print(f"{links} pairs of items would be linked: --json names them.\n")
        refused = [
            [str(len(one.labels)), one.scope.replace("_", " "), text(one.what), text(one.todo)]
            for one in report.refusals[:MOST]
        ]
        columns = ["records", "kind", "what", "what to do"]
        _show(f"What {job} would refuse, by cause", columns, refused, len(report.refusals), right=("records",))
        missing = [[str(one.records), text(one.what), text(one.todo)] for one in report.missing[:MOST]]
        columns = ["records", "missing", "what to do"]
        _show(f"What is missing for {job}", columns, missing, len(report.missing), right=("records",))


def _change(one: Foreseen) -> list[str]:
    what, said = one.scope.replace("_", " "), one.words()
    left = [f"and {len(said) - WORDS} more"] if len(said) > WORDS else []
    label = one.label if len(one.label) <= LONGEST else one.label[: LONGEST - 1] + "…"
    return [one.act.value, text(one.system), what, text(label), text("; ".join([*said[:WORDS], *left]))]


def _show(
    title: str,
    columns: list[str],
    rows: list[list[str]],
    number: int,
    *,
    right: tuple[str, ...] = (),
    whole: tuple[str, ...] = (),
) -> None:
    if not rows:
        return
    out.print(table(title, columns, rows, right=right, whole=whole))
    if number > len(rows):
        out.print(f"[dim]and {number - len(rows)} more: --json has all of them[/dim]")
    out.print()
