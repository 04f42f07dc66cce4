"""`severa-sync demo`: the whole integration on the simulated systems, in three cycles, with people in between."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rich.panel import Panel
from rich.rule import Rule

from cli import server
from cli.demo_people import SCENES, Screens
from cli.init import init
from cli.output import Exit, err, out, table, text
from connectors.settings import ERP_SETTINGS, SETTINGS, SEVERA
from connectors.severa.settings import SeveraSettings
from core.errors import ConfigurationError
from tasks import places
from tenants.load import load
from tenants.mistakes import one_of

EVERY_ERP = "all"
FOLDER = ".demo"
START_SECONDS = 60.0


def demo(*, erp: str, keep: bool, scale: str, seed: int) -> Exit:
    """Run the demo of one ERP, or of all of them one after the other; the exit code says whether all went well.

    It has a folder of its own (`.demo`), made anew each time. ConfigurationError for an ERP that has no demo.
    """
    known = (*SCENES, EVERY_ERP)
    if erp not in known:
        raise ConfigurationError(f"There is no demo of '{erp}'.", todo=f"{one_of(known).capitalize()}.")
    folder = Path(FOLDER).absolute()
    _clear(folder)
    os.environ["SEVERA_SYNC_HOME"] = str(folder / "home")
    os.environ["SEVERA_SYNC_TENANTS"] = str(folder / "tenants")
    for name in ("PREFECT_API_URL", "SEVERA_SYNC_DATABASE_URL"):
        os.environ.pop(name, None)
    good = True
    try:
        for each in SCENES if erp == EVERY_ERP else (erp,):
            with _simulated_systems(folder, each, scale, seed, keep=keep) as ready:
                good = _play(each, ready, keep=keep) and good
    finally:
        if not keep:
            _send_what_prefect_keeps()
            server.stop(places.home())
    return Exit.COMPLETED if good else Exit.FAILED


def _play(erp: str, ready: Mapping[str, Any], *, keep: bool) -> bool:
    """One company: its tenant file, three cycles with people after the first, and the ledger. Whether all went well."""
    scene, title = SCENES[erp], ERP_SETTINGS[erp].title
    out.print(
        Panel(
            f"{scene.setting}\n"
            "Both are simulated here over real HTTP, with awkward data and the vendors' own refusals.",
            title=f"severa-sync demo: Severa and {title}",
            border_style="cyan",
        )
    )
    with err.status("starting the Prefect server"):
        ui = server.start(places.home()).ui_url
    tenants = places.tenants_folder()
    path = init(scene.tenant, erp, folder=tenants, home=places.home(), from_sandbox=ready["path"])
    statuses = load(path, SETTINGS).section(SeveraSettings).statuses.model_dump(exclude_none=True)
    out.print(f"Simulated Severa and {title} answer; the tenant [bold]{scene.tenant}[/bold] is written.")
    out.print(f"Prefect UI: {ui}\n")
    first, second, third = (f"Cycle {number}: {words}" for number, words in enumerate(scene.cycles, 1))
    states = [_cycle(scene.tenant, first)]
    scene.act(Screens(ready["control_url"]), statuses)
    states.append(_cycle(scene.tenant, second))
    states.append(_cycle(scene.tenant, third, quiet=True))
    _ledger(scene.tenant, title)
    if keep:
        _say_how_to_go_on(scene.tenant, ui, ready)
    return all(code in (Exit.COMPLETED, Exit.WITH_ISSUES) for code in states)


def _cycle(tenant: str, title: str, *, quiet: bool = False) -> Exit:
    from cli.running import run_flow, show  # noqa: PLC0415 - Prefect reads its settings when it is imported

    out.print(Rule(f"[bold]{title}[/bold]", align="left", style="cyan"))
    started = time.monotonic()
    outcome = run_flow("cycle", tenant, {}, quiet=False)
    code = show(outcome, as_json=False)
    wrote = sum(report.counts.wrote for report in outcome.reports.values())
    took = f"[dim]{time.monotonic() - started:.1f} s[/dim]"
    if quiet and not wrote and outcome.error is None:
        out.print(f"[green]Nothing was written in either system.[/green] {took}\n")
    elif quiet:
        out.print(f"[red]{wrote} records were written, which should not be.[/red] {took}\n")
        return Exit.FAILED
    else:
        out.print(f"{took}\n")
    return code


def _ledger(tenant: str, erp_title: str) -> None:
    """The ledger's story: what went, with both totals, and what was kept back and why."""
    from state.store import Store  # noqa: PLC0415 - only now is there something to show

    store = Store.open(places.database_url())
    found = store.tenant(tenant).transfers.all()
    store.close()
    went = sorted((t for t in found if t.erp_number), key=lambda t: t.erp_number or "")
    rows = [
        [
            t.erp_number,
            t.stage.value.replace("_", " "),
            t.severa_total,
            t.erp_total,
            t.difference,
            t.currency,
            t.attempts,
        ]
        for t in went
    ]
    columns = ["no.", "stands at", "Severa", erp_title, "difference", "", "tries"]
    figures = ("Severa", erp_title, "difference", "tries")
    cells = [[text(cell) for cell in row] for row in rows]
    out.print(table("The ledger: every invoice once", columns, cells, right=figures, whole=columns))
    out.print(f"\n[bold]Kept back, nothing left of them in {erp_title}[/bold]")
    for transfer in found:
        if transfer.reason and not transfer.erp_id:
            out.print(f"  {transfer.severa_total} {transfer.currency}  [dim]{text(transfer.reason)}[/dim]")
    out.print()


def _send_what_prefect_keeps() -> None:
    """Logs and events leave in the background; once the server is gone, this process would wait a minute for it."""
    if "prefect" in sys.modules:
        from prefect.events.worker import EventsWorker  # noqa: PLC0415 - Prefect reads its settings when it is imported
        from prefect.logging.handlers import APILogHandler  # noqa: PLC0415

        APILogHandler().flush()  # waits for 5 s at most
        EventsWorker.drain_all(timeout=5)


def _say_how_to_go_on(tenant: str, ui: str, ready: Mapping[str, Any]) -> None:
    out.print(
        Panel(
            f"Prefect UI   {ui}\nControl API  {ready['control_url']}\n\n"
            f"To go on by hand:\n  export SEVERA_SYNC_HOME={places.home()}\n"
            f"  export SEVERA_SYNC_TENANTS={places.tenants_folder()}\n"
            f"  severa-sync run {tenant}\n  severa-sync issues {tenant}\n\n"
            f"To stop:\n  severa-sync server stop\n  kill {ready['pid']}",
            title="The servers stay up",
            border_style="cyan",
        )
    )


def _clear(folder: Path) -> None:
    """Stop what an earlier demo left up and remove its folder."""
    if folder.exists():
        server.stop(folder / "home")
        for ready in folder.glob("*.ready.json"):
            with suppress(FileNotFoundError, ValueError, KeyError, ProcessLookupError):
                os.kill(int(json.loads(ready.read_text())["pid"]), signal.SIGTERM)
        shutil.rmtree(folder)
    folder.mkdir()


@contextmanager
def _simulated_systems(folder: Path, erp: str, scale: str, seed: int, *, keep: bool) -> Iterator[dict[str, Any]]:
    """Severa and an ERP in a process of their own, ended at the end unless they are to stay.

    Gives the content of their ready file; `path` is the file, `pid` the process.
    """
    ready, log_file = folder / f"{erp}.ready.json", folder / f"{erp}.log"
    command = [sys.executable, "-m", "cli.main", "sandbox", "--ready", str(ready), "--scale", scale]
    command += ["--seed", str(seed), "--rate-limits", "off", "--systems", f"{SEVERA},{erp}"]
    with log_file.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter with fixed arguments
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        with err.status("starting the simulated systems"):
            end = time.monotonic() + START_SECONDS
            while not ready.exists():
                if process.poll() is not None or time.monotonic() > end:
                    raise ConfigurationError("The simulated systems did not start.", why=f"See {log_file}.")
                time.sleep(0.1)
        yield {**json.loads(ready.read_text()), "pid": process.pid, "path": ready}
    finally:
        if not keep:
            process.terminate()
            process.wait(timeout=15)
