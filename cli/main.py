"""The command line: `severa-sync`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import desk, server
from cli.audit import audit, prune
from cli.check import check
from cli.compare import compare
from cli.connect import connect
from cli.deploy import deploy
from cli.issues import issues
from cli.metrics import metrics
from cli.output import Exit, complain, err, out, print_json, text
from cli.running import JOBS, run_flow, show
from cli.schema import schema
from cli.worker import worker
from connectors.settings import ERP_SETTINGS, SEVERA
from core.errors import ConfigurationError, SyncError
from flows import logs
from tasks import places
from tenants.mistakes import one_of

app = typer.Typer(
    name="severa-sync",
    help="Keeps Visma Severa and a company's accounting system in step.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
servers = typer.Typer(help="The local Prefect server, for when PREFECT_API_URL is not set.", no_args_is_help=True)
app.add_typer(servers, name="server")
app.command()(schema)
app.command()(desk.transfers)
app.command()(issues)
app.command()(desk.status)
app.command()(worker)
app.command()(deploy)
app.command()(check)
app.command()(compare)
app.command()(connect)
app.command()(audit)
app.command()(prune)
app.command()(metrics)
app.callback()(logs.chosen)

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

Tenant = Annotated[str, typer.Argument(help="The tenant: the name of its file in tenants/.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show Prefect's own log.")]
Record = Annotated[str | None, typer.Option(help="Only this record: a Severa guid, a number or a code.")]


@app.command()
def init(
    tenant: Tenant,
    erp: Annotated[str | None, typer.Option(help="The ERP: " + one_of(tuple(ERP_SETTINGS), "one of") + ".")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="An answer, such as time_zone=Europe/Oslo.")
    ] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Ask nothing: mark what is to be filled in.")] = False,  # noqa: FBT002
    from_sandbox: Annotated[Path | None, typer.Option(help="Ready file of running simulated systems.")] = None,
    take: Annotated[bool, typer.Option("--yes", help="Take every suggestion.")] = False,  # noqa: FBT002 - a flag
    headless: Annotated[bool, typer.Option("--headless", help="No browser on this machine.")] = False,  # noqa: FBT002
    check: Annotated[bool, typer.Option(help="Run the checks afterwards.")] = True,  # noqa: FBT002 - a flag
    compare: Annotated[bool, typer.Option(help="Compare both systems afterwards.")] = True,  # noqa: FBT002 - a flag
    force: Annotated[bool, typer.Option(help="Replace the tenant's file.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Write tenants/TENANT.yaml and store its secrets by reference: asks, and offers what both systems have."""
    from cli.init import check_names  # noqa: PLC0415 - loads YAML and HTTP, which no other command needs
    from cli.init import init as write  # noqa: PLC0415
    from cli.wizard.finishing import short  # noqa: PLC0415

    check_names(tenant, erp)
    folder, home = places.tenants_folder(), places.home()
    if not plain and from_sandbox is None:
        given = settings or []
        if any("=block:" in each for each in given):
            server.ensure(home)
        os.environ.update(server.environment(home))
        home.mkdir(parents=True, exist_ok=True)
        from cli.wizard.wizard import Wanted, set_up  # noqa: PLC0415 - imports Prefect: after its environment is set

        after = [name for name, wished in (("check", check), ("compare", compare)) if wished]
        wanted = Wanted(tenant, erp, given, force=force, take=take, headless=headless, after=after)
        raise typer.Exit(set_up(wanted, folder=folder, home=home))
    if erp is None or settings:
        what = "--set goes with questions only." if settings else "The ERP is missing."
        raise ConfigurationError(what, todo=f"Give --erp {'|'.join(ERP_SETTINGS)}, and no --set.")
    path = write(tenant, erp, folder=folder, home=home, from_sandbox=from_sandbox, force=force)
    out.print(f"Wrote {text(short(path))}.")
    if from_sandbox is None:
        out.print("Fill in what is marked <fill in>, then: " + f"severa-sync run {text(tenant)} --preview")


@app.command()
def run(
    tenant: Tenant,
    job: Annotated[str, typer.Option(help="One of: " + ", ".join(JOBS) + ".")] = "cycle",
    preview: Annotated[bool, typer.Option(help="Say what would be done; write nothing anywhere.")] = False,  # noqa: FBT002
    record: Record = None,
    since: Annotated[str | None, typer.Option(help="Read changes from this instant on; moves no cursor.")] = None,
    until: Annotated[str | None, typer.Option(help="Read changes up to this instant; moves no cursor.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
    verbose: Verbose = False,  # noqa: FBT002
) -> None:
    """Run a tenant's jobs now, as a Prefect flow in this process."""
    if job not in JOBS:
        raise ConfigurationError(f"There is no job '{job}'.", todo="Choose one of: " + ", ".join(JOBS) + ".")
    options: dict[str, Any] = {"preview": preview, "record": record, "since": since, "until": until}
    outcome = run_flow(job, tenant, options, quiet=as_json, verbose=verbose)
    raise typer.Exit(show(outcome, as_json=as_json, preview=preview))


@app.command()
def retry(
    tenant: Tenant,
    record: Record = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that failed or waits.")] = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    verbose: Verbose = False,  # noqa: FBT002
) -> None:
    """Try again what failed: one record, or all of them. Nothing is ever created twice by it."""
    if (record is None) == (not everything):
        raise ConfigurationError("Say what to retry.", todo="Give --record ID or --all.")
    outcome = run_flow("cycle", tenant, {"record": record, "retry": True}, quiet=as_json, verbose=verbose)
    raise typer.Exit(show(outcome, as_json=as_json))


@app.command()
def sandbox(
    ready: Annotated[Path, typer.Option(help="File to write once the systems answer.")],
    systems: Annotated[str, typer.Option(help="Which, with commas between.")] = f"{SEVERA},{next(iter(ERP_SETTINGS))}",
    scale: Annotated[str, typer.Option(help="small, medium or large.")] = "small",
    seed: Annotated[int, typer.Option(help="The same seed makes the same companies.")] = 1,
    port: Annotated[int, typer.Option(help="0 is any free port.")] = 0,
    rate_limits: Annotated[str, typer.Option(help="on or off.")] = "on",
) -> None:
    """Serve the simulated systems until SIGTERM."""
    from sandbox.server import main as serve  # noqa: PLC0415 - only this command needs the simulated systems

    if rate_limits not in {"on", "off"}:
        raise ConfigurationError(f"--rate-limits '{rate_limits}' is not allowed.", todo="Choose on or off.")
    names = [name.strip() for name in systems.split(",") if name.strip()]
    try:
        serve(names, scale, seed, port, ready, rate_limits == "on")
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    except OSError as error:  # the port is taken, or the ready file cannot be written
        why = f"{error.strerror or type(error).__name__}{f': {error.filename}' if error.filename else ''}."
        raise ConfigurationError("The simulated systems cannot be served.", why=why) from None


@app.command()
def demo(
    erp: Annotated[str, typer.Option(help="The ERP, or all.")] = next(iter(ERP_SETTINGS)),
    keep: Annotated[bool, typer.Option(help="Leave the servers up at the end.")] = False,  # noqa: FBT002 - a flag
    scale: Annotated[str, typer.Option(help="small, medium or large.")] = "small",
    seed: Annotated[int, typer.Option(help="The same seed makes the same companies.")] = 1,
) -> None:
    """Show the whole integration on the simulated systems, in three cycles."""
    from cli.demo import demo as show_demo  # noqa: PLC0415 - only this command needs it

    raise typer.Exit(show_demo(erp=erp, keep=keep, scale=scale, seed=seed))


@servers.command("start")
def server_start() -> None:
    """Start the local server in the background, unless it is up."""
    out.print(f"The Prefect server is up: {server.start(places.home()).ui_url}")


@servers.command("stop")
def server_stop() -> None:
    """Stop the local server."""
    out.print("Stopped." if server.stop(places.home()) else "It was not running.")


@servers.command("status")
def server_status(as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """Say whether the local server is up."""
    found = server.status(places.home())
    if as_json:
        print_json(
            {"up": found is not None, "url": found.ui_url if found else None, "pid": found.pid if found else None}
        )
    else:
        out.print(f"Up: {found.ui_url} (process {found.pid})" if found else "Not running.")
    raise typer.Exit(Exit.COMPLETED if found else Exit.FAILED)


def main() -> None:
    """Entry point: every error of the closed set is one clear sentence and its exit code."""
    try:
        app()
    except ConfigurationError as error:
        complain(error)
        sys.exit(Exit.CONFIGURATION)
    except SyncError as error:
        complain(error)
        sys.exit(Exit.FAILED)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # how typer ends what a person has interrupted, without a word
            err.print("Stopped. A rerun goes on where this one ended.")
        raise


if __name__ == "__main__":
    main()
