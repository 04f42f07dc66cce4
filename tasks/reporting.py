"""What a run leaves for people: its state, a summary artifact, a table of open issues."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from prefect import task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed

from core.counts import Counts, JobReport
from core.issues import Issue
from core.records import Registry
from core.transfers import TransferState
from tasks import places
from tasks.foreseeing import sum_up
from tasks.previewed import previewed
from tasks.run import Run

SCOPES = {
    "registry_sync": tuple(registry.value for registry in Registry),
    "invoice_export": ("invoice_export",),
    "invoice_status": ("invoice_status",),
    "cost_import": ("cost_import",),
}
"""Job -> the scopes of the error desk that are its own."""
MAX_ROWS = 200


@task(name="report", cache_policy=NO_CACHE)
async def report_job(run: Run, job: str) -> None:
    """Close a job's figures: issues still open, and whether it completed with or without them; move the cursors."""
    report = run.report(job)
    if report.parts:
        report.sum_parts()
    open_issues = [issue for scope in SCOPES[job] for issue in run.state.issues.open(scope)]
    report.counts.issues = len(open_issues)
    report.state = "completed with issues" if open_issues else "completed"
    if run.preview:
        sum_up(run, job, SCOPES[job])
    run.settle()
    log = get_run_logger()
    log.info("%s: %s", job, ", ".join(f"{name} {number}" for name, number in report.as_dict().items()))
    for reason, number in report.counts.reasons.items():
        log.info("%s: %s stay on their own side: %s", job, number, reason)
    for label, reason in report.rejected[:MAX_ROWS]:
        log.warning("%s: %s: %s", job, flat(label), flat(reason))


async def report(run: Run, job: str) -> State[None]:
    """The end of a job's flow: figures, artifacts, state."""
    await report_job(run, job)
    if run.outermost == job:
        await artifacts(run)
    return ending(run.report(job).state, in_words(run.report(job).counts))


def ending(state: str, message: str | None = None) -> State[None]:
    """The named state of a flow run: `Completed`, `Completed with issues` or `Skipped`, with a word to it."""
    return Completed(name=state.capitalize(), message=message)


def in_words(counts: Counts) -> str:
    """The figures that are not zero, in one line."""
    return ", ".join(f"{number} {name}" for name, number in counts.as_dict().items() if number) or "nothing to do"


async def artifacts(run: Run) -> None:
    """The markdown summary and the table of open issues. All vendor texts are escaped.

    A preview has keys of its own: the page of the last real run stays the latest under its key.
    """
    key = re.sub(r"[^a-z0-9-]", "-", run.tenant.name.lower()).strip("-")
    mode = "-preview" if run.preview else ""
    issues = issues_of(run)
    await acreate_markdown_artifact(
        key=f"{key}-summary{mode}", markdown=summary(run, issues), description=f"{run.tenant.name}: what the run did"
    )
    rows = [_issue_row(issue, word) for word, found in issues.items() for issue in found]
    if rows:
        await acreate_table_artifact(
            key=f"{key}-issues{mode}",
            table=rows[:MAX_ROWS],
            description=f"{run.tenant.name}: issues, new, still open and resolved",
        )


def issues_of(run: Run) -> dict[str, list[Issue]]:
    """The issues of the run's jobs: `new` came or came back in it, `still open` were there, `resolved` went in it."""
    scopes = {scope for job in run.reports for scope in SCOPES.get(job, ())}
    changed = run.state.issues.changed_since(run.started)
    words = {"new": "new", "still open": "open", "resolved": "resolved"}
    return {word: [issue for issue in changed[name] if issue.scope in scopes] for word, name in words.items()}


def summary(run: Run, issues: Mapping[str, Sequence[Issue]]) -> str:
    """The run in words and numbers, as markdown."""
    lines = [
        f"# {safe(run.tenant.name)}: {run.outermost.replace('_', ' ')} ({run.options.mode})",
        "",
        f"{in_words(total_of(list(run.reports.values()))).capitalize()}.",
        "",
        "| job | " + " | ".join(Counts.NAMES) + " |",
        "|---|" + "---:|" * len(Counts.NAMES),
    ]
    for report in run.reports.values():
        lines.append(
            _row(f"**{report.job}**", report.counts) if not report.note else f"| **{report.job}** | {report.note} |"
        )
        lines += [_row(name.replace("_", " "), counts) for name, counts in report.parts.items() if counts.read]
    if run.preview:
        lines += previewed(run.reports.values(), safe)
    lines += _differences(run, issues)
    rejected = [one for report in run.reports.values() for one in report.rejected]
    named = frozenset(rejected)
    if rejected:
        advice = {(i.label, i.what): i.advice for word in ("new", "still open") for i in issues[word]}
        lines += ["", "## Rejected in this run", "", *_told(rejected, advice)]
    lines += ["", f"## Open issues: {len(issues['new']) + len(issues['still open'])}"]
    for word in ("new", "still open"):
        if issues[word]:
            lines += [
                "",
                f"### {word.capitalize()}: {len(issues[word])}",
                "",
                *_listed(issues[word], named),
            ]
    if issues["resolved"]:
        lines += ["", f"## Resolved in this run: {len(issues['resolved'])}", ""]
        lines += [f"- {safe(issue.label)}: {safe(issue.what)}" for issue in issues["resolved"][:MAX_ROWS]]
    if run.docs_index is not None:
        lines += ["", f"Total check: {docs_link(run.docs_index)}."]
    return "\n".join(lines)


def _differences(run: Run, issues: Mapping[str, Sequence[Issue]]) -> list[str]:
    """Invoices that are kept back because the two systems add them up differently: both totals (ALL-07)."""
    labels = {i.record: i.label for word in ("new", "still open") for i in issues[word] if i.scope == "invoice_export"}
    if not labels:
        return []
    rows = [
        f"| {safe(labels[record])} | {transfer.severa_total} | {transfer.erp_total} | **{transfer.difference}** "
        f"| {safe(transfer.currency or '')} |"
        for transfer in run.state.transfers.in_states([TransferState.REJECTED])
        if transfer.difference and (record := f"severa:{transfer.severa_id}") in labels
    ]
    if not rows:
        return []
    head = f"| invoice | Severa | {safe(run.erp_title)} | difference | |"
    return ["", "## Totals that differ", "", head, "|---|---:|---:|---:|---|", *rows[:MAX_ROWS]]


def _told(rejected: Sequence[tuple[str, str]], advice: Mapping[tuple[str, str], str]) -> list[str]:
    """What did not go and why, with what to do where the error desk knows it."""
    lines = [
        f"- **{safe(label)}**: {safe(reason)} {safe(advice.get((label, reason), ''))}".rstrip()
        for label, reason in rejected[:MAX_ROWS]
    ]
    return lines if len(rejected) <= MAX_ROWS else [*lines, f"- and {len(rejected) - MAX_ROWS} more"]


def _listed(issues: Sequence[Issue], above: frozenset[tuple[str, str]]) -> list[str]:
    """Those that are not among the rejected above; how many of them are."""
    others = [issue for issue in issues if (issue.label, issue.what) not in above]
    lines = [f"- **{safe(issue.label)}**: {safe(issue.what)} {safe(issue.advice)}".rstrip() for issue in others]
    if len(others) > MAX_ROWS:
        lines[MAX_ROWS:] = [f"- and {len(others) - MAX_ROWS} more"]
    named = len(issues) - len(others)
    return [*lines, f"- {named} {'is' if named == 1 else 'are'} named above"] if named else lines


def docs_link(index: Path) -> str:
    """A link to a tenant's Data Docs where `SEVERA_SYNC_DOCS_URL` says at which address (http or https) their folder is
    served; else the file on the machine that ran it.
    """
    served = os.environ.get("SEVERA_SYNC_DOCS_URL", "")
    folder = places.docs_folder()
    if re.match(r"https?://[^\s()<>]+$", served) and index.is_relative_to(folder):
        return f"[Data Docs]({served.rstrip('/')}/{quote(index.relative_to(folder).as_posix())})"
    return f"Data Docs at `{index}`"


def _row(name: str, counts: Counts) -> str:
    return f"| {name} | " + " | ".join(str(value or "·") for value in counts.as_dict().values()) + " |"


def _issue_row(issue: Issue, word: str) -> dict[str, str | int]:
    return {
        "record": flat(issue.label),
        "state": word,
        "what": flat(issue.what),
        "what to do": flat(issue.advice),
        "why": flat(issue.why),
        "where": issue.scope.replace("_", " "),
        "class": issue.error_class.value,
        "first seen": f"{issue.first_seen:%Y-%m-%d %H:%M}" if issue.first_seen else "",
        "times": issue.count,
    }


def flat(text: str) -> str:
    """Vendor text in one line: no line breaks, no control characters, at most 300 characters."""
    line = re.sub(r"\s+", " ", "".join(c if c.isprintable() or c.isspace() else "\ufffd" for c in text)).strip()
    return line if len(line) <= 300 else line[:299] + "…"


def safe(text: str) -> str:
    """Vendor text for markdown: one line, with nothing in it that is markup."""
    return re.sub(r"([\\`*_\[\]|#~])", r"\\\1", html.escape(flat(text), quote=False))


def total_of(reports: Sequence[JobReport]) -> Counts:
    """The sum of several jobs."""
    total = Counts()
    for report in reports:
        total.add(report.counts)
    return total
