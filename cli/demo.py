"""`severa-sync demo`: the whole integration on the simulated systems, in three cycles, with people in between."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from rich.panel import Panel
from rich.rule import Rule

from cli import server
from cli.init import init
from cli.output import Exit, err, out, table, text
from core.errors import ConfigurationError
from tasks import places

TENANT = "fjordkonsult"
START_SECONDS = 60.0


def demo(*, keep: bool, scale: str, seed: int) -> Exit:
    """Run the demo in a folder of its own (`.demo`), made anew each time; the exit code says whether all went well."""
    folder = Path(".demo").absolute()
    _clear(folder)
    os.environ["SEVERA_SYNC_HOME"] = str(folder / "home")
    os.environ["SEVERA_SYNC_TENANTS"] = str(folder / "tenants")
    for name in ("PREFECT_API_URL", "SEVERA_SYNC_DATABASE_URL"):
        os.environ.pop(name, None)
    out.print(
        Panel(
            "A consultancy in Norway runs its projects in Severa and its books in PowerOffice Go.\n"
            "Both are simulated here over real HTTP, with awkward data and the vendors' own refusals.",
            title="severa-sync demo",
            border_style="cyan",
        )
    )
    with _simulated_systems(folder, scale, seed, keep=keep) as ready:
        with err.status("starting the Prefect server"):
            ui = server.start(places.home()).ui_url
        init(
            TENANT,
            "poweroffice",
            folder=places.tenants_folder(),
            home=places.home(),
            from_sandbox=folder / "ready.json",
        )
        out.print(f"Simulated Severa and PowerOffice answer; the tenant [bold]{TENANT}[/bold] is written.")
        out.print(f"Prefect UI: {ui}\n")
        try:
            good = _three_cycles(ready)
        finally:
            if not keep:
                _send_what_prefect_keeps()
                server.stop(places.home())
        if keep:
            _say_how_to_go_on(folder, ui, ready)
    return Exit.COMPLETED if good else Exit.FAILED


def _three_cycles(ready: dict[str, Any]) -> bool:
    people = People(ready["control_url"])
    states = [_cycle("Cycle 1: the first night. Registries meet, invoices go out as drafts.")]
    people.act()
    states.append(_cycle("Cycle 2: what people did in PowerOffice comes back to Severa."))
    states.append(_cycle("Cycle 3: nothing is left to do.", quiet=True))
    _ledger()
    return all(code in (Exit.COMPLETED, Exit.WITH_ISSUES) for code in states)


def _cycle(title: str, *, quiet: bool = False) -> Exit:
    from cli.running import run_flow, show  # noqa: PLC0415 - Prefect reads its settings when it is imported

    out.print(Rule(f"[bold]{title}[/bold]", align="left", style="cyan"))
    started = time.monotonic()
    outcome = run_flow("cycle", TENANT, {}, quiet=False)
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


class People:
    """Simulated people who act in PowerOffice's own screens."""

    def __init__(self, control_url: str) -> None:
        self._control_url = control_url.rstrip("/")

    def act(self) -> None:
        """Send every draft, register payments for the first few, and post a supplier's invoice on projects."""
        out.print(Rule("[bold]In PowerOffice[/bold]", align="left", style="magenta"))
        sent = self._do("send_invoice", {"all": True})["sent"]
        out.print(f"A person sent {len(sent)} invoices to customers.")
        for invoice in sent[: max(1, len(sent) // 3)]:
            self._do("register_payment", {"id": invoice["id"]})
        out.print(f"{max(1, len(sent) // 3)} of them were paid.")
        voucher = self._do("post_purchase_invoice", {})
        out.print(f"A supplier's invoice with {len(voucher['rows'])} rows was posted on projects.\n")

    def _do(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = httpx.post(f"{self._control_url}/poweroffice/{action}", json=body, timeout=30)
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()
        return result


def _ledger() -> None:
    """The ledger's story: what went, with both totals, and what was kept back and why."""
    from state.store import Store  # noqa: PLC0415 - only now is there something to show

    store = Store.open(places.database_url())
    found = store.tenant(TENANT).transfers.all()
    store.close()
    went = sorted((t for t in found if t.erp_number), key=lambda t: t.erp_number or "")
    rows = [
        [t.erp_number, t.stage.value, t.severa_total, t.erp_total, t.difference, t.currency, t.attempts] for t in went
    ]
    columns = ["no.", "stands at", "Severa", "PowerOffice", "difference", "", "tries"]
    figures = ("Severa", "PowerOffice", "difference", "tries")
    cells = [[text(cell) for cell in row] for row in rows]
    out.print(table("The ledger: every invoice once", columns, cells, right=figures, whole=columns))
    out.print("\n[bold]Kept back, nothing left of them in PowerOffice[/bold]")
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


def _say_how_to_go_on(folder: Path, ui: str, ready: dict[str, Any]) -> None:
    out.print(
        Panel(
            f"Prefect UI   {ui}\nControl API  {ready['control_url']}\n\n"
            f"To go on by hand:\n  export SEVERA_SYNC_HOME={folder / 'home'}\n"
            f"  export SEVERA_SYNC_TENANTS={folder / 'tenants'}\n"
            f"  severa-sync run {TENANT}\n  severa-sync issues {TENANT}\n\n"
            f"To stop:\n  severa-sync server stop\n  kill {ready['pid']}",
            title="The servers stay up",
            border_style="cyan",
        )
    )


def _clear(folder: Path) -> None:
    """Stop what an earlier demo left up and remove its folder."""
    if folder.exists():
        server.stop(folder / "home")
        with suppress(FileNotFoundError, ValueError, KeyError, ProcessLookupError):
            os.kill(int(json.loads((folder / "ready.json").read_text())["pid"]), signal.SIGTERM)
        shutil.rmtree(folder)
    folder.mkdir()


@contextmanager
def _simulated_systems(folder: Path, scale: str, seed: int, *, keep: bool) -> Iterator[dict[str, Any]]:
    """The simulated systems in a process of their own; ended at the end unless they are to stay."""
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "cli.main", "sandbox", "--ready", str(ready), "--scale", scale]
    command += ["--seed", str(seed), "--rate-limits", "off"]
    with (folder / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter with fixed arguments
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        with err.status("starting the simulated systems"):
            end = time.monotonic() + START_SECONDS
            while not ready.exists():
                if process.poll() is not None or time.monotonic() > end:
                    raise ConfigurationError(
                        "The simulated systems did not start.", why=f"See {folder / 'sandbox.log'}."
                    )
                time.sleep(0.1)
        yield {"pid": process.pid, **json.loads(ready.read_text())}
    finally:
        if not keep:
            process.terminate()
            process.wait(timeout=15)
