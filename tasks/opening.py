"""Opening a run: tenant file, secrets, state and both systems, and closing them again whatever happens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, cast

from pydantic import SecretStr

from connectors.ports import ErpPort, SeveraPort
from connectors.poweroffice.adapter import PowerOfficeAdapter
from connectors.poweroffice.profile import PROFILE as POWEROFFICE
from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.settings import SETTINGS
from connectors.severa.adapter import SeveraAdapter
from connectors.severa.settings import SeveraSettings
from core.profiles import Profile
from state.store import TenantState
from state.tokens import StoredToken
from tasks import places
from tasks.options import Options
from tasks.run import Progress, Run
from tenants.load import load
from tenants.model import Tenant
from tenants.secrets import resolve

PROFILES: Mapping[str, Profile] = {POWEROFFICE.system: POWEROFFICE}
"""The explicit table: ERP -> its rules."""


class StoredTokens:
    """Access tokens of a tenant's systems, kept encrypted in the state under a key made from the credential itself."""

    def __init__(self, state: TenantState, secret: SecretStr) -> None:
        self._tokens = state.tokens
        self._secret = secret.get_secret_value()

    def load(self, system: str) -> tuple[str, datetime] | None:
        """The token and its end, or None."""
        token = self._tokens.get(system, secret=self._secret)
        return (token.value, token.expires_at) if token is not None else None

    def save(self, system: str, value: str, expires_at: datetime) -> None:
        """Keep a token."""
        self._tokens.put(system, StoredToken(value, expires_at), secret=self._secret)

    def drop(self, system: str) -> None:
        """Forget the token."""
        self._tokens.drop(system)


class StoredRegisters:
    """A vendor's registers that hardly ever change, kept in the state."""

    def __init__(self, state: TenantState, max_age: timedelta) -> None:
        self._facts = state.facts
        self._max_age = max_age

    def load(self, name: str) -> list[Any] | None:
        """Its rows; None when there are none or they are old."""
        fact = self._facts.get(name, max_age=self._max_age)
        return None if fact is None else list(fact["rows"])

    def save(self, name: str, rows: list[Any]) -> None:
        """Keep its rows."""
        self._facts.put(name, {"rows": rows})


def load_tenant(name: str) -> Tenant:
    """The tenant file of this name. Raises TenantFileError with every mistake in it."""
    return load(places.tenants_folder() / f"{name}.yaml", SETTINGS)


def secret(reference: str) -> SecretStr:
    """The secret that a reference names: `env:`, `file:` (below the home) or `block:` (a Prefect Secret block)."""
    return resolve(reference, places.home(), {"block": _from_block})


def _from_block(name: str) -> str:
    from prefect.blocks.system import Secret  # noqa: PLC0415 - only tenants that keep secrets in blocks pay for it

    return str(cast(Secret[str], Secret.load(name)).get())


def open_severa(tenant: Tenant, state: TenantState) -> SeveraPort:
    """Severa as this tenant's credentials see it."""
    settings = tenant.section(SeveraSettings)
    value = secret(settings.client_secret)
    kept = StoredRegisters(state, timedelta(hours=settings.full_read_hours))
    return SeveraAdapter.open(settings, value, StoredTokens(state, value), kept=kept)


def _open_poweroffice(tenant: Tenant, state: TenantState) -> ErpPort:
    settings = tenant.section(PowerOfficeSettings)
    keys = {name: secret(getattr(settings, name)) for name in ("application_key", "client_key", "subscription_key")}
    return PowerOfficeAdapter.open(settings, keys, StoredTokens(state, keys["client_key"]), time_zone=tenant.time_zone)


OPENERS: Mapping[str, Callable[[Tenant, TenantState], ErpPort]] = {"poweroffice": _open_poweroffice}
"""The explicit table: ERP -> how its adapter is opened."""


@asynccontextmanager
async def opened(
    tenant: Tenant, state: TenantState, options: Options, progress: Progress | None = None
) -> AsyncIterator[Run]:
    """A run with both systems open; they are closed at the end."""
    severa = open_severa(tenant, state)
    try:
        erp = OPENERS[tenant.erp](tenant, state)
        try:
            yield Run(
                tenant,
                PROFILES[tenant.erp],
                state,
                severa=severa,
                erp=erp,
                options=options,
                progress=progress,
            )
        finally:
            await erp.close()
    finally:
        await severa.close()
