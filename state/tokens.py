"""Access tokens, kept between runs: sealed with a key that only the holder of the credential can make (law 9)."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from state.processes import Holder
from state.rows import TenantRows
from state.schema import renewals
from state.schema import tokens as table

RENEWAL_SECONDS = 120.0
"""Whoever renews a token and is not heard of for so long has given up."""


@dataclass(frozen=True, slots=True)
class StoredToken:
    """An access token and the instant (UTC) until which it is good."""

    value: str = field(repr=False)
    expires_at: datetime


class Tokens:
    """The access tokens of one tenant's systems. The database holds no key: the caller's secret is needed each time."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def get(self, system: str, *, secret: str) -> StoredToken | None:
        """The token, expired or not; None when there is none or the secret is not the one it was sealed with."""
        query = self._rows.select(table, table.c.salt, table.c.sealed, table.c.expires_at)
        row = self._rows.first(query.where(table.c.system == system))
        if row is None:
            return None
        try:
            value = self._seal(system, secret, row.salt).decrypt(row.sealed.encode()).decode()
        except InvalidToken:
            # The credential was changed since: a new token is fetched with it.
            return None
        return StoredToken(value, row.expires_at)

    def put(self, system: str, token: StoredToken, *, secret: str) -> None:
        """Keep a token in place of the one before."""
        salt = secrets.token_hex(16)
        sealed = self._seal(system, secret, salt).encrypt(token.value.encode()).decode()
        with self._rows.transaction():
            self.drop(system)
            self._rows.insert(
                table, [{"system": system, "salt": salt, "sealed": sealed, "expires_at": token.expires_at}]
            )

    def drop(self, system: str) -> None:
        """Forget a token that the system no longer accepts."""
        self._rows.execute(self._rows.delete(table).where(table.c.system == system))

    def claim(self, system: str, holder: Holder) -> bool:
        """Take the right to renew a system's token; False while another holder has it.

        It is free again when it was released, after `RENEWAL_SECONDS`, or when its process is certainly dead.
        """
        query = self._rows.select(renewals).where(renewals.c.system == system)
        with self._rows.transaction():
            now = self._rows.now()
            row = self._rows.first(query)
            if row is not None:
                other = Holder(
                    id=row.holder_id,
                    host=row.host,
                    boot=row.boot,
                    pid=row.pid,
                    pid_started=row.pid_started,
                    what=row.what,
                )
                if other.id != holder.id and row.expires_at > now and not other.is_dead():
                    return False
                self._rows.execute(self._rows.delete(renewals).where(renewals.c.system == system))
            until = now + timedelta(seconds=RENEWAL_SECONDS)
            claimed = {"holder_id": holder.id, "host": holder.host, "boot": holder.boot, "pid": holder.pid}
            claimed |= {"pid_started": holder.pid_started, "what": holder.what}
            self._rows.insert(renewals, [{"system": system, **claimed, "expires_at": until}])
        return True

    def release(self, system: str, holder: Holder) -> None:
        """Give the right to renew back; nothing happens when another holder has it."""
        mine = (renewals.c.system == system, renewals.c.holder_id == holder.id)
        self._rows.execute(self._rows.delete(renewals).where(*mine))

    def _seal(self, system: str, secret: str, salt: str) -> Fernet:
        """A key of its own per tenant, system and token, so that a row copied elsewhere opens nothing."""
        purpose = f"severa-sync access token\0{self._rows.tenant}\0{system}".encode()
        key = HKDF(algorithm=SHA256(), length=32, salt=bytes.fromhex(salt), info=purpose).derive(secret.encode())
        return Fernet(base64.urlsafe_b64encode(key))
