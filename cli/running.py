"""Runs a flow in this process against the Prefect server, with progress, and says what came of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli import server
from cli.output import EXIT_OF_STATE, Exit, complain, err, out, plain_counts, print_json, table, text
from cli.previewing import show_preview
from connectors.settings import SETTINGS
from core.errors import ConfigurationError
from tasks import places
from tenants.load import SUFFIX, load

if TYPE_CHECKING:
    from flows.running import Outcome

JOBS = ("cycle", "registry_sync", "invoice_export", "invoice_status", "cost_import")


def prepare(tenant: str, *, verbose: bool = False) -> str:
    """The address of the Prefect server's API, which is up then; whatever imports Prefect is imported after this.

    The tenant file is read first, so that its mistakes cost no server start. Prefect takes the address from the
    environment, once, when it is imported.
    """
    load(places.tenants_folder() / f"{tenant}{SUFFIX}", SETTINGS)
    url = server.ensure(places.home())
    if not verbose:
        # The log goes to the server; the terminal shows progress and the outcome.
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    return url


def run_flow(job: str, tenant: str, options: dict[str, Any], *, quiet: bool, verbose: bool = False) -> Outcome:
    """Run one job's flow for a tenant and return what it came to; errors are in the outcome, not raised."""
    url = prepare(tenant, verbose=verbose)
    from flows.cycle import JOBS as FLOWS  # noqa: PLC0415 - Prefect reads its settings when it is imported
    from flows.cycle import cycle  # noqa: PLC0415
    from flows.running import OUTCOME, Outcome  # noqa: PLC0415

    outcome = Outcome(tenant)
    flow: Any = cycle if job == "cycle" else FLOWS.get(job)
    if job == "compare":
        from flows.compare import compare as flow  # noqa: PLC0415 - only this one scores records
    if job == "check":
        from flows.check import check as flow  # noqa: PLC0415 - only this one looks at settings

    async def work() -> None:
        token = OUTCOME.set(outcome)
        try:
            await flow(tenant, **options)
        finally:
            OUTCOME.reset(token)

    with _progress(outcome, quiet=quiet):
        try:
            asyncio.run(work())
        except Exception as error:  # noqa: BLE001 - reported to the person, with the exit code that belongs to it
            outcome.error = outcome.error or error
            outcome.state = "failed"
    outcome.ui = f"{url.removesuffix('/api')}/runs/flow-run/{outcome.flow_run_id}" if outcome.flow_run_id else None
    return outcome


@contextmanager
def _progress(outcome: Outcome, *, quiet: bool) -> Iterator[None]:
    """Shows what is going on while it works, on the error channel; nothing with --json."""
    if quiet:
        yield
        return
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )
    shown = bar.add_task(f"{outcome.tenant}: starting", total=None)

    def tell(what: str, done: int, total: int | None = None) -> None:
        bar.update(shown, description=f"{outcome.tenant}: {what.replace('_', ' ')}", completed=done, total=total)

    outcome.progress = tell
    with bar:
        yield


def show(outcome: Outcome, *, as_json: bool, preview: bool = False) -> Exit:
    """Print what a run came to; the exit code."""
    failed = outcome.error is not None
    if as_json:
        value: dict[str, Any] = {
            "tenant": outcome.tenant,
            "state": outcome.state,
            "jobs": {job: report.as_dict() for job, report in outcome.reports.items()},
        }
        if preview:
            value["preview"] = {job: report.previewed() for job, report in outcome.reports.items()}
        if outcome.note:
            value["note"] = outcome.note
        if failed:
            value["error"] = str(outcome.error)
        print_json(value)
    elif outcome.reports and not isinstance(outcome.error, ConfigurationError):
        _table(outcome, preview=preview)
    if failed:
        complain(outcome.error)
        return Exit.CONFIGURATION if isinstance(outcome.error, ConfigurationError) else Exit.FAILED
    if not as_json:
        words = {"completed": "[green]Completed.[/green]", "skipped": f"Skipped. {text(outcome.note)}"}
        out.print(words.get(outcome.state, f"[yellow]{outcome.state.capitalize()}.[/yellow]"))
        if outcome.ui:
            out.print(f"[dim]In the Prefect UI: {outcome.ui}[/dim]")
        if preview:
            out.print("[dim]This was a preview: nothing was written.[/dim]")
        elif outcome.state == "completed with issues":
            out.print(f"[dim]What is open and what to do: severa-sync issues {outcome.tenant}[/dim]")
    return EXIT_OF_STATE[outcome.state]


def _table(outcome: Outcome, *, preview: bool) -> None:
    """Per job, and per registry where there is something to say, what was read and done."""
    figures = ("read", "created", "updated", "unchanged", "skipped", "rejected", "issues")
    rows: list[list[str]] = []
    for report in outcome.reports.values():
        rows.append([f"[bold]{report.job.replace('_', ' ')}[/bold]", *plain_counts(report.as_dict())])
        if report.note:
            rows[-1][0] += f" [dim]({text(report.note)})[/dim]"
        for name, counts in report.parts.items():
            if counts.read:
                cells = plain_counts(counts.as_dict())
                rows.append([f"  [dim]{name.replace('_', ' ')}[/dim]", *cells[:-1], ""])
    out.print(table("", ["job", *figures], rows, right=figures, whole=["job"]))
    if preview:
        out.print()
        show_preview(outcome.reports)
        return
    rejected = [(report.job, label, reason) for report in outcome.reports.values() for label, reason in report.rejected]
    if rejected:
        out.print()
        shown = rejected[:30]
        reasons = [[text(job.replace("_", " ")), text(label), text(reason)] for job, label, reason in shown]
        out.print(table("Rejected, and why", ["job", "record", "why"], reasons, whole=["job"]))
        if len(rejected) > len(shown):
            out.print(f"[dim]and {len(rejected) - len(shown)} more[/dim]")
    out.print()
