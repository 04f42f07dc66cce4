"""The audit trail on the terminal: what was sent to the systems, and its end when it is old enough."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from cli.desk import AsJson, Tenant, state_of
from cli.output import out, print_json, text
from core.errors import ConfigurationError
from core.records import Registry, Side
from state.audit import AuditEntry
from state.store import Store, TenantState
from tasks import places
from tasks.options import instant
from tasks.pruning import prune_all

SHOWN = 100
"""Entries on the terminal unless more are asked for."""
LONGEST_VALUE = 60


def audit(
    tenant: Tenant,
    record: Annotated[str | None, typer.Option(help="Only this record: its id in either system.")] = None,
    since: Annotated[str | None, typer.Option(help="Only from this instant on, such as 2026-03-01.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help=f"The latest so many; {SHOWN}, or all with --json.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Show every write that was sent to the systems: when, about what, with what outcome, which fields."""
    state = state_of(tenant)
    latest = limit or (None if as_json else SHOWN)
    found = state.audit.entries(records=_ids(state, record), since=_instant(since), latest=latest)
    if as_json:
        print_json([asdict(entry) | {"sent": entry.members} for entry in found])
        return
    if not found:
        out.print("Nothing was sent." if record is None and since is None else "Nothing of that was sent.")
    for entry in found:
        _show(entry)
    if len(found) == latest:
        out.print(f"[dim]These are the latest {latest}; --limit shows more.[/dim]")


def prune(
    days: Annotated[int | None, typer.Option(min=1, help="Keep so many days; else SEVERA_SYNC_AUDIT_DAYS.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Remove what is older than is to be kept from the audit trails of all tenants."""
    keep = days or places.audit_days()
    store = Store.open(places.database_url())
    try:
        removed = prune_all(store, keep)
    finally:
        store.close()
    if as_json:
        print_json({"days": keep, "removed": removed})
        return
    out.print(f"{sum(removed.values())} entries older than {keep} days removed.")


def _ids(state: TenantState, record: str | None) -> list[str]:
    """The record's own id, and that of its other side: a change is written on the other one."""
    if record is None:
        return []
    bare = record.partition(":")[2] or record
    found = {record, bare}
    for registry in Registry:
        for side in Side:
            other = state.links.other_id(registry, side, bare)
            found |= {f"{side.other.value}:{other}"} if other else set()
    transfers = {**state.transfers.many([bare]), **state.transfers.by_erp_ids([bare])}
    for transfer in transfers.values():
        found |= {f"severa:{transfer.severa_id}"} | ({transfer.erp_id} if transfer.erp_id else set())
    return sorted(found)


def _instant(since: str | None) -> datetime | None:
    try:
        return instant(since)
    except ValueError as error:
        raise ConfigurationError(
            f"--since is not understood: {error}.", todo="Write it as 2026-03-01 or 2026-03-01T08:00+02:00."
        ) from None


def _show(entry: AuditEntry) -> None:
    answer = "" if entry.status is None else f" ({entry.status})"
    colour = "green" if entry.outcome == "done" else "yellow"
    out.print(
        f"{entry.at:%Y-%m-%d %H:%M:%S} UTC [bold]{text(entry.system)}[/bold] {text(entry.method)} {text(entry.path)} "
        f"[{colour}]{text(entry.outcome)}[/{colour}]{answer}"
    )
    about = " ".join(filter(None, (entry.registry, entry.record, f"made {entry.made}" if entry.made else "")))
    request = f"request {entry.request_id}" if entry.request_id else ""
    for words in filter(None, (about, _fields(entry), request)):
        out.print(f"  [dim]{text(words)}[/dim]")


def _fields(entry: AuditEntry) -> str:
    """`field: before -> after` where that is known, else the names of what was sent."""
    if entry.changes:
        return ", ".join(
            f"{name}: {_value(before)} -> {_value(after)}" for name, (before, after) in entry.changes.items()
        )
    return ", ".join(name for name in entry.members if name)


def _value(value: Any) -> str:
    words = "(empty)" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return words if len(words) <= LONGEST_VALUE else words[: LONGEST_VALUE - 1] + "…"
