"""Removing what need not be kept any longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from state.store import Store


def prune_all(store: Store, days: int, tenant: str | None = None) -> dict[str, int]:
    """Tenant -> entries removed from its audit trail, all that are older than so many days; of one tenant or all."""
    before = datetime.now(UTC) - timedelta(days=days)
    names = store.tenants() if tenant is None else [tenant]
    return {name: store.tenant(name).audit.prune(before) for name in names}
