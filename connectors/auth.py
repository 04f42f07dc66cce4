"""Access tokens: where they are kept between processes, and how a transport gets and renews them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from core.errors import ConfigurationError

SECONDS_BETWEEN_LOOKS = 0.1
"""How often a caller looks for the token that another one is fetching."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the instant (UTC) from which it is no longer used, some time before it really ends."""

    value: str = field(repr=False)
    usable_until: datetime


class TokenStore(Protocol):
    """Keeps tokens between processes. What cannot be read is as good as absent.

    Whoever needs a new token claims the renewal first: of all callers, in whatever process, one asks the vendor and the
    others take what it saved.
    """

    def load(self, system: str) -> tuple[str, datetime] | None:
        """The token and its end (UTC), or None."""

    def save(self, system: str, value: str, expires_at: datetime) -> None:
        """Keep a token in place of the one before."""

    def drop(self, system: str) -> None:
        """Forget the token."""

    def claim(self, system: str) -> bool:
        """Take the right to ask for a new token; False while somebody else has it."""

    def release(self, system: str) -> None:
        """Give that right back."""


class MemoryTokenStore:
    """Tokens for the life of the object."""

    def __init__(self) -> None:
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self._claimed: set[str] = set()

    def load(self, system: str) -> tuple[str, datetime] | None:
        """The token and its end (UTC), or None."""
        return self._tokens.get(system)

    def save(self, system: str, value: str, expires_at: datetime) -> None:
        """Keep a token in place of the one before."""
        self._tokens[system] = (value, expires_at)

    def drop(self, system: str) -> None:
        """Forget the token."""
        self._tokens.pop(system, None)

    def claim(self, system: str) -> bool:
        """Take the right to ask for a new token; False while somebody else has it."""
        free = system not in self._claimed
        self._claimed.add(system)
        return free

    def release(self, system: str) -> None:
        """Give that right back."""
        self._claimed.discard(system)


class Authorise(Protocol):
    """What a transport needs to authorise its calls."""

    async def headers(self) -> Mapping[str, str]:
        """Headers for the next call."""

    async def renew(self, used: Mapping[str, str]) -> None:
        """The vendor refused these headers: get new ones, unless another call has done so meanwhile."""

    def secrets(self) -> tuple[str, ...]:
        """Values that must never be shown."""


class BearerAuth:
    """`Authorization: Bearer <token>`, kept in a store, fetched when there is none, renewed by one caller at a time.

    `fetch` asks the vendor for a token; `fixed` are headers that go with every call besides it. Once the vendor has
    refused the credentials they are not tried again: every later call gets the same ConfigurationError.
    """

    def __init__(
        self,
        system: str,
        *,
        fetch: Callable[[], Awaitable[Token]],
        store: TokenStore,
        fixed: Mapping[str, str] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._system = system
        self._fetch = fetch
        self._store = store
        self._fixed = dict(fixed or {})
        self._now = now
        self._lock = asyncio.Lock()
        self._token: Token | None = None
        self._headers: Mapping[str, str] = self._fixed
        self._known: tuple[str, ...] = ()
        self._refusal: ConfigurationError | None = None

    async def headers(self) -> Mapping[str, str]:
        """Headers with a token that is still usable."""
        if self._usable():
            return self._headers
        async with self._lock:
            if not self._usable():
                await self._obtain(refused=None)
            return self._headers

    async def renew(self, used: Mapping[str, str]) -> None:
        """Get a new token unless the one in `used` has been replaced already."""
        async with self._lock:
            if used.get("Authorization") == self._headers.get("Authorization"):
                refused = self._token.value if self._token else None
                self._token = None
                await self._obtain(refused=refused)

    def secrets(self) -> tuple[str, ...]:
        """Every token that was used."""
        return self._known

    def _usable(self) -> bool:
        return self._token is not None and self._now() < self._token.usable_until

    async def _obtain(self, *, refused: str | None) -> None:
        """The token that the store holds, or a new one. `refused` is the one that the vendor does not take any more."""
        if self._refusal is not None:
            raise self._refusal
        while (kept := self._kept(refused)) is None:
            if self._store.claim(self._system):
                try:
                    # Whoever had the claim until now may have saved a token just before giving it back.
                    kept = self._kept(refused) or await self._new()
                finally:
                    self._store.release(self._system)
                break
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        self._token = kept
        self._known = (*self._known, kept.value)
        self._headers = {**self._fixed, "Authorization": f"Bearer {kept.value}"}

    def _kept(self, refused: str | None) -> Token | None:
        stored = self._store.load(self._system)
        if stored is None or stored[0] == refused or self._now() >= stored[1]:
            return None
        return Token(*stored)

    async def _new(self) -> Token:
        self._store.drop(self._system)
        try:
            token = await self._fetch()
        except ConfigurationError as refusal:
            self._refusal = refusal
            raise
        self._store.save(self._system, token.value, token.usable_until)
        return token
