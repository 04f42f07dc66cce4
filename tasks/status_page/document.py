"""The tenants' status as JSON values; instants and amounts are left to whoever prints them."""

from __future__ import annotations

from typing import Any

from core.status import Ran, TenantStatus

Json = dict[str, Any]


def document(one: TenantStatus) -> Json:
    """One tenant."""
    return {
        "tenant": one.tenant,
        "erp": one.erp,
        "enabled": one.enabled,
        "level": one.level,
        "reasons": list(one.reasons),
        "links": one.links,
        "transfers": {each.state.value: each.number for each in one.invoices},
        "totals": {each.state.value: dict(each.money) for each in one.invoices},
        "waiting": {"invoices": one.waiting, "money": one.money_waiting},
        "open_issues": one.open_issues,
        "issues_by_class": {each.value: number for each, number in one.issues.items()},
        "last_run": _ran(one.last_run),
        "last_cycle": _ran(one.last_cycle),
        "next_cycle": one.next_cycle,
        "read_until": one.read_until,
        "oldest_waiting": None if one.oldest is None else {"since": one.oldest.since, "what": one.oldest.what},
    }


def _ran(run: Ran | None) -> Json | None:
    if run is None:
        return None
    return {
        "job": run.job, "mode": run.mode, "state": run.state, "started": run.started, "ended": run.ended,
        "error": run.error,
    }  # fmt: skip
