"""Looking at the state: the ledger of invoices, how the tenants are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cli.output import Exit, complain, out, print_json, table, text
from connectors.settings import SETTINGS
from core.transfers import Transfer
from state.store import Store, TenantState
from tasks import places
from tenants.load import Loaded, load, load_all
from tenants.mistakes import TenantFileError

Tenant = Annotated[str, typer.Argument(help="The tenant: the name of its file in tenants/.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def transfers(tenant: Tenant, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """Show the ledger: every invoice's journey, with both totals and their difference."""
    found = state_of(tenant).transfers.all()
    if as_json:
        print_json([_transfer(transfer) for transfer in found])
        return
    rows = [
        [
            transfer.erp_number or transfer.severa_number or transfer.severa_id[:8],
            transfer.state.value
            if transfer.stage.value == "none"
            else f"{transfer.state.value}, {transfer.stage.value}",
            transfer.severa_total,
            transfer.erp_total,
            transfer.difference,
            transfer.currency,
            transfer.attempts,
        ]
        for transfer in found
    ]
    columns = ["invoice", "state", "Severa", "ERP", "difference", "currency", "tries"]
    cells = [["" if cell is None else text(cell) for cell in row] for row in rows]
    figures = ("Severa", "ERP", "difference", "tries")
    out.print(table(f"{len(found)} invoices", columns, cells, right=figures, whole=columns))
    for transfer in found:
        if transfer.reason:
            out.print(f"\n[bold]{text(transfer.severa_number or transfer.severa_id)}[/bold] {text(transfer.reason)}")


def _transfer(transfer: Transfer) -> dict[str, Any]:
    return {
        "severa_id": transfer.severa_id,
        "severa_number": transfer.severa_number,
        "erp_id": transfer.erp_id,
        "erp_number": transfer.erp_number,
        "state": transfer.state,
        "stage": transfer.stage,
        "currency": transfer.currency,
        "severa_total": transfer.severa_total,
        "erp_total": transfer.erp_total,
        "difference": transfer.difference,
        "attempts": transfer.attempts,
        "reason": transfer.reason,
        "updated_at": transfer.updated_at,
    }


def status(
    tenant: Annotated[str | None, typer.Argument(help="One tenant; without it, all.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Say how tenants are: switched on or off, the last run, links, invoices by state, open issues."""
    folder = places.tenants_folder()
    if tenant is not None:
        loaded = Loaded({tenant: load(folder / f"{tenant}.yaml", SETTINGS)})
    else:
        loaded = load_all(folder, SETTINGS)
    tenants, errors = loaded.tenants, loaded.errors
    store = Store.open(places.database_url())
    found = [_status(name, store.tenant(name), file.enabled, file.erp) for name, file in tenants.items()]
    store.close()
    if as_json:
        print_json(found if tenant is None else found[0])
        _complain_of(errors)
        return
    for one in found:
        last = one["last_run"]
        out.print(
            f"[bold]{text(one['tenant'])}[/bold] Severa and {text(one['erp'])}, {'on' if one['enabled'] else 'off'}"
        )
        if last is None:
            out.print("  never run")
        else:
            out.print(f"  last run {last['started']:%Y-%m-%d %H:%M} UTC: {last['job']}, {last['state']}")
        invoices = ", ".join(f"{number} {state}" for state, number in one["transfers"].items()) or "none"
        out.print(f"  {one['links']} items linked; invoices: {invoices}; open issues: {one['open_issues']}")
    if not found and not errors:
        out.print(f"No tenants in {text(folder)}. Begin with: severa-sync init NAME --erp ERP")
    _complain_of(errors)


def _complain_of(errors: Sequence[TenantFileError]) -> None:
    """The good tenants were shown; the mistakes in the files of the others make it a configuration error."""
    for error in errors:
        complain(error)
    if errors:
        raise typer.Exit(Exit.CONFIGURATION)


def _status(name: str, state: TenantState, enabled: bool, erp: str) -> dict[str, Any]:  # noqa: FBT001 - a fact, no flag
    last = state.runs.last()
    counts: dict[str, int] = {}
    for transfer in state.transfers.all():
        counts[transfer.state.value] = counts.get(transfer.state.value, 0) + 1
    return {
        "tenant": name,
        "erp": erp,
        "enabled": enabled,
        "links": state.links.count(),
        "transfers": counts,
        "open_issues": state.issues.count_open(),
        "last_run": None
        if last is None
        else {"job": last.job, "mode": last.mode, "state": last.state, "started": last.started, "ended": last.ended},
    }


def state_of(tenant: str) -> TenantState:
    """The state of a tenant that has a file."""
    load(places.tenants_folder() / f"{tenant}.yaml", SETTINGS)
    return Store.open(places.database_url()).tenant(tenant)
