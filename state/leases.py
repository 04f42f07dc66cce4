"""The lease: of two runs of one tenant at the same time the second is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from state.processes import Holder
from state.rows import TenantRows
from state.schema import leases as table

LEASE_SECONDS = 120.0
"""A run renews its lease three times in this time; a holder that died elsewhere is believed dead after it."""
_COLUMNS = [column for column in table.columns if column.name != "tenant"]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run a tenant, until it is released or not renewed for `ttl`. Instants are UTC."""

    holder: Holder
    acquired_at: datetime
    ttl: timedelta


@dataclass(frozen=True, slots=True)
class HeldBy:
    """Who runs the tenant, since when, and until when at the latest if it does not renew. Instants are UTC."""

    holder: Holder
    acquired_at: datetime
    expires_at: datetime

    def __str__(self) -> str:
        return (
            f"{self.holder.what} on {self.holder.host} (process {self.holder.pid}) "
            f"since {self.acquired_at:%Y-%m-%d %H:%M:%S} UTC"
        )


class Leases:
    """The one lease of a tenant. It is taken over when it has run out or its process is certainly dead."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def acquire(self, holder: Holder, ttl_seconds: float) -> Lease | HeldBy:
        """The lease for `ttl_seconds` from now, or who holds it. Its holder gets it again."""
        ttl = timedelta(seconds=ttl_seconds)
        with self._rows.transaction():
            now = self._rows.now()
            held = self.current()
            if held is not None and not self._is_free(held, holder, now):
                return held
            self._rows.execute(self._rows.delete(table))
            self._rows.insert(table, [_row(holder, now, now + ttl)])
        return Lease(holder, now, ttl)

    def renew(self, lease: Lease) -> bool:
        """Hold on for another `ttl` from now; False when somebody else has taken it: stop writing."""
        mine = self._rows.update(table).where(table.c.holder_id == lease.holder.id)
        return self._rows.execute(mine.values(expires_at=self._rows.now() + lease.ttl)) == 1

    def release(self, lease: Lease) -> None:
        """Give the lease back; nothing happens when somebody else has taken it."""
        self._rows.execute(self._rows.delete(table).where(table.c.holder_id == lease.holder.id))

    def current(self) -> HeldBy | None:
        """Who holds the lease, or held it and never gave it back; None when nobody does."""
        row = self._rows.first(self._rows.select(table, *_COLUMNS))
        return None if row is None else _held(row)

    def _is_free(self, held: HeldBy, holder: Holder, now: datetime) -> bool:
        return held.holder.id == holder.id or held.expires_at <= now or held.holder.is_dead()


def _held(row: Row[Any]) -> HeldBy:
    holder = Holder(
        id=row.holder_id, host=row.host, boot=row.boot, pid=row.pid, pid_started=row.pid_started, what=row.what
    )
    return HeldBy(holder, row.acquired_at, row.expires_at)


def _row(holder: Holder, acquired_at: datetime, expires_at: datetime) -> dict[str, Any]:
    return {
        "holder_id": holder.id,
        "host": holder.host,
        "boot": holder.boot,
        "pid": holder.pid,
        "pid_started": holder.pid_started,
        "what": holder.what,
        "acquired_at": acquired_at,
        "expires_at": expires_at,
    }
