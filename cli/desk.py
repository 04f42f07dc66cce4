"""Looking at a tenant's state: the ledger of invoices."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.output import out, print_json, table, text
from cli.status import status as status  # noqa: PLC0414 - one of the commands that look at the state
from connectors.settings import SETTINGS
from core.transfers import Transfer
from state.store import Store, TenantState
from tasks import places
from tenants.load import load

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


def state_of(tenant: str) -> TenantState:
    """The state of a tenant that has a file."""
    load(places.tenants_folder() / f"{tenant}.yaml", SETTINGS)
    return Store.open(places.database_url()).tenant(tenant)
