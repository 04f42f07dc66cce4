"""`severa-sync status`: how the tenants are, as a table, as JSON, and as one HTML page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.output import Exit, complain, out, print_json, table, text
from connectors.settings import SETTINGS
from core.errors import ConfigurationError
from core.status import Level, Overview, TenantStatus
from state.store import Store
from tasks import places
from tasks.status_page.document import document
from tasks.status_page.facts import gather
from tasks.status_page.words import LEVELS, STATES, ago, amounts, ended, moment
from tenants.load import SUFFIX, Loaded, load, load_all
from tenants.mistakes import TenantFileError

COLOURS = {Level.TROUBLE: "red", Level.ATTENTION: "yellow", Level.FINE: "green", Level.OFF: "dim"}
COLUMNS = ("tenant", "how", "last cycle", "next", "invoices", "waiting", "issues", "oldest")


def status(
    tenant: Annotated[list[str] | None, typer.Argument(help="Only these tenants; all when none is named.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - a flag
    html: Annotated[Path | None, typer.Option(help="Write one page for a browser into this file.")] = None,
) -> None:
    """Say how tenants are: last and next cycle, invoices and the money that waits, open issues, what is not carried."""
    folder = places.tenants_folder()
    if tenant:
        loaded = Loaded({name: load(folder / f"{name}{SUFFIX}", SETTINGS) for name in tenant})
    else:
        loaded = load_all(folder, SETTINGS)
    store = Store.open(places.database_url())
    try:
        found = gather(loaded.tenants, loaded.errors, store, datetime.now(UTC))
    finally:
        store.close()
    if html is not None:
        from tasks.status_page.page import page  # noqa: PLC0415 - loads the templates' engine

        _write(html, page(found))
    if as_json:
        documents = [document(one) for one in found.tenants]
        print_json(documents[0] if tenant and len(documents) == 1 else documents)
    elif html is not None:
        out.print(f"Wrote {text(html)}.", soft_wrap=True)
    else:
        _show(found, folder)
    _complain_of(loaded.errors)


def _show(found: Overview, folder: Path) -> None:
    """The table, those in need first, and why they are in need."""
    if not found.tenants:
        if not found.unusable:
            out.print(f"No tenants in {text(folder)}. Begin with: severa-sync init NAME --erp ERP")
        return
    rows = [_row(one, found.at) for one in found.tenants]
    out.print(table("", COLUMNS, rows, right=("waiting",), whole=("tenant", "how", "next")))
    for one in found.tenants:
        if one.reasons and one.enabled:
            out.print(f"\n[bold]{text(one.tenant)}[/bold] Severa and {text(one.erp)}, on, {one.links} items linked")
            for reason in one.reasons:
                out.print(f"  [{COLOURS[one.level]}]{text(reason)}[/{COLOURS[one.level]}]")


def _row(one: TenantStatus, now: datetime) -> list[str]:
    """Times are the tenant's own."""
    cycle, colour = one.last_cycle, COLOURS[one.level]
    last = f"{moment(cycle.started, one.zone, now)} {text(ended(cycle))}" if cycle else ended(None)
    coming = moment(one.next_cycle, one.zone, now) if one.next_cycle else "-"
    return [
        text(one.tenant),
        f"[{colour}]{LEVELS[one.level].lower()}[/{colour}]",
        last,
        coming,
        ", ".join(f"{each.number} {STATES[each.state]}" for each in one.invoices),
        "\n".join(amounts(one.money_waiting)),
        ", ".join(f"{number} {each.value}" for each, number in one.issues.items()),
        "" if one.oldest is None else f"{ago(one.oldest.since, now)}: {text(one.oldest.what)}",
    ]


def _write(path: Path, content: str) -> None:
    """Write in one piece: whoever looks meanwhile sees the page before or the page after."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            partial.write_text(content, encoding="utf-8")
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The page cannot be written to {path}.",
            why=f"{error.strerror or type(error).__name__}.",
            todo="Name a file in a folder that may be written to.",
        ) from None


def _complain_of(errors: Sequence[TenantFileError]) -> None:
    """The good tenants were shown; the mistakes in the files of the others make it a configuration error."""
    for error in errors:
        complain(error)
    if errors:
        raise typer.Exit(Exit.CONFIGURATION)
