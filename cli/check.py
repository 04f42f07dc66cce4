"""`severa-sync check`: what must be so before the switch-on, and whether it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Exit, complain, out, print_json, text
from cli.running import prepare, run_flow
from core.errors import ConfigurationError

if TYPE_CHECKING:
    from core.checks import Finding, Report
    from tasks.check_report import Wanted


def check(
    tenant: Annotated[str, typer.Argument(help="The tenant: the name of its file in tenants/.")],
    html: Annotated[Path | None, typer.Option(help="File for the page; default: below the home.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - a flag
    verbose: Annotated[bool, typer.Option("--verbose", help="Show Prefect's own log.")] = False,  # noqa: FBT002
) -> None:
    """Check everything that must be so before a tenant is switched on. Writes nothing in either system."""
    prepare(tenant, verbose=verbose)
    from tasks.check_report import WANTED, Wanted  # noqa: PLC0415 - imports Prefect

    wanted = Wanted(html.absolute() if html else None)
    token = WANTED.set(wanted)
    try:
        outcome = run_flow("check", tenant, {}, quiet=as_json, verbose=verbose)
    finally:
        WANTED.reset(token)
    if outcome.error is not None:
        if as_json:
            print_json({"tenant": tenant, "state": "failed", "error": str(outcome.error)})
        complain(outcome.error)
        wrong = isinstance(outcome.error, ConfigurationError)
        raise typer.Exit(Exit.CONFIGURATION if wrong else Exit.FAILED)
    assert wanted.report is not None  # noqa: S101 - a flow that did not fail made one
    _show(wanted.report, wanted, outcome.ui, as_json=as_json)
    raise typer.Exit(exit_of(wanted.report))


def exit_of(report: Report) -> Exit:
    """2: something must be mended; 3: something is to be looked at; 0: neither."""
    if report.hard:
        return Exit.CONFIGURATION
    return Exit.WITH_ISSUES if report.soft or report.unread else Exit.COMPLETED


def _show(report: Report, wanted: Wanted, ui: str | None, *, as_json: bool) -> None:
    from tasks.check_page.page import document, verdict  # noqa: PLC0415

    if as_json:
        files = {kind: str(path) for kind, path in wanted.files.items()}
        print_json({**document(report), "files": files})
        return
    for mark, findings in (("[red]✘[/red]", report.hard), ("[yellow]![/yellow]", report.soft)):
        for finding in findings:
            _print(mark, finding)
    for unread in report.unread:
        out.print(f"[yellow]?[/yellow] [bold]{text(unread.check.title)}[/bold]")
        out.print(f"  Could not be looked at: {text(unread.error)}")
    for finding in report.accepted:
        words = f"let be by {finding.accepted_by}: {finding.accepted_why}"
        out.print(f"[dim]- {text(finding.check.title)}: {text(finding.what)} ({text(words)})[/dim]")
    out.print()
    out.print(f"[green]{len(report.passed)} as they must be.[/green] To be checked by a person:")
    for each in report.by_hand:
        out.print(f"  ☐ {text(each.title)} [dim]({text(each.where)})[/dim]")
    out.print()
    tone = "red" if report.hard else "yellow" if report.state != "completed" else "green"
    out.print(f"[{tone}]{text(verdict(report))}[/{tone}]")
    for path in (*wanted.files.values(), *filter(None, [report.docs])):
        out.print(f"  {text(path)}", soft_wrap=True)
    if ui:
        out.print(f"[dim]In the Prefect UI: {ui}[/dim]")


def _print(mark: str, finding: Finding) -> None:
    out.print(f"{mark} [bold]{text(finding.check.title)}[/bold]")
    out.print(f"  {text(finding.what)}")
    for words in filter(None, (finding.why, *finding.records)):
        out.print(f"  [dim]{text(words)}[/dim]")
    if finding.count > len(finding.records) > 0:
        out.print(f"  [dim]and {finding.count - len(finding.records)} more[/dim]")
    out.print(f"  {text(finding.advice)} [dim]{text(finding.check.where)}[/dim]")
