"""What a preview foresees, as the markdown of its page. All vendor texts are escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from core.counts import JobReport

MOST = 200
"""Rows of a table on the page; `run --preview --json` has all of them."""


def previewed(reports: Iterable[JobReport], safe: Callable[[str], str]) -> list[str]:
    """The chapters of every job, in order. `safe` makes a vendor's text fit for markdown."""
    lines = ["", "Nothing was written. This is what a run would do now; what a system refuses only shows when it runs."]
    for report in reports:
        lines += _job(report, safe)
    return lines


def _job(report: JobReport, safe: Callable[[str], str]) -> list[str]:
    job = report.job.replace("_", " ")
    lines: list[str] = []
    if report.foreseen:
        lines += ["", f"## What {job} would write: {sum(one.writes for one in report.foreseen)}", ""]
        lines += ["| | in | what | record | fields |", "|---|---|---|---|---|"]
        lines += [
            f"| {one.act.value} | {safe(one.system)} | {one.scope.replace('_', ' ')} | {safe(one.label)} "
            f"| {'<br>'.join(map(safe, one.words()))} |"
            for one in report.foreseen[:MOST]
        ]
        lines += _more(len(report.foreseen))
    if report.refusals:
        lines += ["", f"## What {job} would refuse, by cause", "", "| records | kind | what | what to do | which |"]
        lines += ["|---:|---|---|---|---|"]
        lines += [
            f"| {len(one.labels)} | {one.scope.replace('_', ' ')} | {safe(one.what)} | {safe(one.todo)} "
            f"| {safe(', '.join(one.labels[:5]))}{' …' if len(one.labels) > 5 else ''} |"
            for one in report.refusals[:MOST]
        ]
        lines += _more(len(report.refusals))
    if report.missing:
        lines += ["", f"## What is missing for {job}", "", "| records | missing | what to do |", "|---:|---|---|"]
        lines += [f"| {one.records} | {safe(one.what)} | {safe(one.todo)} |" for one in report.missing[:MOST]]
        lines += _more(len(report.missing))
    return lines


def _more(number: int) -> list[str]:
    return [] if number <= MOST else ["", f"and {number - MOST} more"]
