"""`severa-sync compare`: the registry comparison report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.output import EXIT_OF_STATE, Exit, complain, out, plain_counts, print_json, table, text
from cli.running import prepare, run_flow
from core.errors import ConfigurationError


def compare(
    tenant: Annotated[str, typer.Argument(help="The tenant: the name of its file in tenants/.")],
    folder: Annotated[Path | None, typer.Option("--out", help="Folder for the files; default: below the home.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - a flag
    verbose: Annotated[bool, typer.Option("--verbose", help="Show Prefect's own log.")] = False,  # noqa: FBT002
) -> None:
    """Compare both systems record by record: what the first cycle will do, and what looks wrong. Writes nothing."""
    prepare(tenant, verbose=verbose)
    from tasks.compare import WANTED, Wanted  # noqa: PLC0415 - imports Prefect

    wanted = Wanted(folder.absolute() if folder else None)
    token = WANTED.set(wanted)
    try:
        outcome = run_flow("compare", tenant, {}, quiet=as_json, verbose=verbose)
    finally:
        WANTED.reset(token)
    if outcome.error is not None:
        if as_json:
            print_json({"tenant": tenant, "state": "failed", "error": str(outcome.error)})
        complain(outcome.error)
        wrong = isinstance(outcome.error, ConfigurationError)
        raise typer.Exit(Exit.CONFIGURATION if wrong else Exit.FAILED)
    _show(tenant, wanted, outcome.state, outcome.ui, as_json=as_json)
    raise typer.Exit(EXIT_OF_STATE[outcome.state])


def _show(tenant: str, wanted: Any, state: str, ui: str | None, *, as_json: bool) -> None:
    from core.records import Side  # noqa: PLC0415
    from tasks.comparison_page.document import summary  # noqa: PLC0415
    from tasks.comparison_page.words import in_order, title_of  # noqa: PLC0415

    registries = in_order(wanted.comparison)
    if as_json:
        print_json(
            {
                "tenant": tenant, "state": state, "attention": wanted.comparison.attention,
                "registries": {each.registry.value: summary(each) for each in registries},
                "unread": list(wanted.comparison.unread),
                "files": {kind: str(path) for kind, path in wanted.files.items()},
            }
        )  # fmt: skip
        return
    erp = wanted.comparison.names[Side.ERP]
    heads = ["linked", "links", f"new in {erp}", "new in Severa", "stay", "person"]
    heads += ["likely", "look", "wrong", "lost", "double"]
    rows = [[title_of(each.registry).split(",")[0], *plain_counts(summary(each))] for each in registries]
    out.print(table("", ["registry", *heads], rows, right=heads, whole=["registry"]))
    out.print()
    number = wanted.comparison.attention
    out.print(
        f"[yellow]{number} to look at before the switch-on.[/yellow]"
        if number
        else "[green]Nothing stands in the way.[/green]"
    )
    for each in wanted.comparison.unread:
        out.print(f"[red]Could not be read: {text(each)}[/red]")
    for path in wanted.files.values():
        out.print(f"  {text(path)}", soft_wrap=True)
    if ui:
        out.print(f"[dim]In the Prefect UI: {ui}[/dim]")
