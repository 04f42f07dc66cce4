"""`severa-sync deploy`: the deployments of the tenants, from their files, and the automations that tell people."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import server
from cli.output import Exit, complain, out, print_json, table, text
from connectors.settings import SETTINGS
from core.errors import ConfigurationError
from tasks import places
from tenants.load import load, names

if TYPE_CHECKING:
    from cli.automations import Change as Automation
    from cli.deploying import Change
    from tenants.model import Tenant

_COLOURS = {"created": "green", "updated": "yellow", "removed": "red"}


def deploy(
    tenant: Annotated[list[str] | None, typer.Argument(help="Only these tenants; all when none is named.")] = None,
    prune: Annotated[bool, typer.Option(help="Remove what no tenant asks for any more.")] = False,  # noqa: FBT002
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,  # noqa: FBT002
    reset_schedules: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--reset-schedules", help="Also replace schedules that a person edited or paused.")
    ] = False,
    pool: Annotated[str, typer.Option(help="The work pool; made when there is none.")] = "severa-sync",
    directory: Annotated[
        Path | None,
        typer.Option(help="Where runs work. Default: this folder for a pool of the type process, else as the worker."),
    ] = None,
    automations: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--automations", help="Also have Prefect tell of failed and late runs and open issues.")
    ] = False,
    email: Annotated[list[str] | None, typer.Option(help="Whom it tells by e-mail; may be given again.")] = None,
    webhook: Annotated[
        str | None, typer.Option(help="The URL that it calls, or a reference to it, such as env:HOOK.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Make the deployments of the tenants: cycle/TENANT on its timetable, and one per job to be started by hand.

    A second time changes nothing. A tenant file with mistakes keeps no other tenant back, and makes the command fail.
    """
    if (email or webhook) and not automations:
        raise ConfigurationError("--email and --webhook are for automations.", todo="Give --automations, too.")
    if automations and not (email or webhook or prune):
        raise ConfigurationError(
            "Automations must tell somebody.", todo="Give --email or --webhook; --prune alone removes them."
        )
    folder = places.tenants_folder()
    there = names(folder)
    tenants, errors = _load(tenant or there, folder)
    if not tenants and not errors:
        raise ConfigurationError(f"There is no tenant file in {folder}.", todo="Make one with severa-sync init.")
    server.ensure(places.home())
    from cli.automations import install  # noqa: PLC0415 - Prefect reads its settings when it is imported
    from cli.deploying import Pruning, Wishes  # noqa: PLC0415
    from cli.deploying import deploy as bring_in_step  # noqa: PLC0415
    from cli.telling import Telling, where  # noqa: PLC0415
    from flows.deployments import deployments  # noqa: PLC0415

    told = where(Telling(tuple(email or ()), webhook))

    def tell(going: list[str]) -> None:
        if not as_json:
            out.print(f"{'Would remove' if dry_run else 'Removing'}: {text(', '.join(going))}")

    pruning = Pruning(frozenset(there), frozenset(tenant) if tenant else None, tell) if prune else None
    wishes = Wishes(pool, directory.absolute() if directory else None, dry_run=dry_run, reset_schedules=reset_schedules)
    changes = asyncio.run(bring_in_step([each for one in tenants for each in deployments(one)], wishes, pruning))
    made: list[Automation] = []
    if automations:
        made = asyncio.run(install(told, prune=prune, dry_run=dry_run))
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                "deployments": [change.as_dict() for change in changes],
                **({"automations": [change.as_dict() for change in made]} if automations else {}),
                "errors": [str(error) for error in errors],
            }
        )
    else:
        _show(changes, dry_run=dry_run)
        for each in made:
            note = f" ({text(each.note)})" if each.note else ""
            out.print(f"Automation {text(each.automation)}: {each.action}{note}")
        for error in errors:
            complain(error)
    raise typer.Exit(Exit.CONFIGURATION if errors else Exit.COMPLETED)


def _load(wanted: list[str], folder: Path) -> tuple[list[Tenant], list[ConfigurationError]]:
    tenants: list[Tenant] = []
    errors: list[ConfigurationError] = []
    for name in dict.fromkeys(wanted):
        try:
            tenants.append(load(folder / f"{name}.yaml", SETTINGS))
        except ConfigurationError as error:
            errors.append(error)
    return tenants, errors


def _show(changes: list[Change], *, dry_run: bool) -> None:
    rows = []
    for change in changes:
        colour = _COLOURS.get(change.action, "dim")
        said = change.schedules.split("; ") if change.schedules not in {"", "none"} else []
        rows.append(
            [
                text(change.deployment),
                f"[{colour}]{change.action}[/{colour}]",
                "\n".join(text(line) for line in [*said, *([f"({change.note})"] if change.note else [])]),
            ]
        )
    if rows:
        out.print(table("Deployments", ["deployment", "", "schedules"], rows, whole=["deployment"]))
    counted = {action: sum(change.action == action for change in changes) for action in
               ("created", "updated", "unchanged", "removed")}  # fmt: skip
    summary = ", ".join(f"{number} {action}" for action, number in counted.items() if number)
    out.print(f"{'A dry run, nothing was done: ' if dry_run else ''}{summary or 'nothing to do'}.")
