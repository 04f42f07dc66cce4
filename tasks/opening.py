"""Opening a run: tenant file, secrets, state and both systems, and closing them again whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from connectors.dry import writing_nothing
from connectors.ports import ErpPort, SeveraPort
from connectors.poweroffice.adapter import PowerOfficeAdapter
from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.profiles import PROFILES
from connectors.settings import SETTINGS
from connectors.severa.adapter import SeveraAdapter
from connectors.severa.settings import SeveraSettings
from connectors.visma_net.adapter import VismaNetAdapter
from connectors.visma_net.settings import VismaNetSettings
from state.processes import Holder
from state.store import TenantState
from state.tokens import StoredToken
from tasks import places
from tasks.audit import Observer, Trail
from tasks.meter import Meter
from tasks.options import Options
from tasks.run import Progress, Run
from tasks.secrets import secret
from tasks.winding_up import wind_up
from tenants.load import load
from tenants.model import Tenant


class StoredTokens:
    """Access tokens of a tenant's systems, kept encrypted in the state under a key made from the credential itself."""

    def __init__(self, state: TenantState, secret: SecretStr) -> None:
        self._tokens = state.tokens
        self._secret = secret.get_secret_value()
        self._holder = Holder.this_process("token renewal")

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

    def claim(self, system: str) -> bool:
        """Take the right to ask for a new token; False while another process has it."""
        return self._tokens.claim(system, self._holder)

    def release(self, system: str) -> None:
        """Give that right back."""
        self._tokens.release(system, self._holder)


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


def open_severa(tenant: Tenant, state: TenantState, observer: Observer | None = None) -> SeveraPort:
    """Severa as this tenant's credentials see it; the observer is told of every call."""
    settings = tenant.section(SeveraSettings)
    scopes = tuple(dict.fromkeys((*settings.scopes, *PROFILES[tenant.erp].severa_scopes)))
    settings = settings.model_copy(update={"scopes": scopes})
    value = secret(settings.client_secret)
    kept = StoredRegisters(state, timedelta(hours=settings.full_read_hours))
    return SeveraAdapter.open(settings, value, StoredTokens(state, value), kept=kept, observer=observer)


def _open_poweroffice(tenant: Tenant, state: TenantState, observer: Observer | None) -> ErpPort:
    settings = tenant.section(PowerOfficeSettings)
    keys = {name: secret(getattr(settings, name)) for name in ("application_key", "client_key", "subscription_key")}
    tokens = StoredTokens(state, keys["client_key"])
    return PowerOfficeAdapter.open(
        settings, keys, tokens, observer=observer, budget=state.budget, time_zone=tenant.time_zone
    )


def _open_visma_net(tenant: Tenant, state: TenantState, observer: Observer | None) -> ErpPort:
    settings = tenant.section(VismaNetSettings)
    value = secret(settings.client_secret)
    kept = StoredRegisters(state, timedelta(hours=settings.register_hours))
    return VismaNetAdapter.open(settings, value, StoredTokens(state, value), kept=kept, observer=observer)


OPENERS: Mapping[str, Callable[[Tenant, TenantState, Observer | None], ErpPort]] = {
    "poweroffice": _open_poweroffice,
    "visma_net": _open_visma_net,
}
"""The explicit table: ERP -> how its adapter is opened."""


@asynccontextmanager
async def opened(
    tenant: Tenant, state: TenantState, options: Options, progress: Progress | None = None
) -> AsyncIterator[Run]:
    """A run with both systems open; they are closed at the end, the desk knows how it ended, and people are told.

    What is written to the systems leaves its trail in the state. A preview has no writer: no call that writes leaves
    the transports (law 2). It tells nobody.
    """
    run: Run | None = None
    meter = None if state.preview else Meter()
    trail = None if state.preview else Trail(state.audit, lambda: (run.flow_run_id or run.id) if run else "")
    error: BaseException | None = None
    try:
        async with _systems(tenant, state, trail, meter) as (severa, erp):
            profile = PROFILES[tenant.erp]
            run = Run(tenant, profile, state, severa=severa, erp=erp, options=options, progress=progress)
            with writing_nothing() if options.preview or state.preview else nullcontext():
                yield run
    except BaseException as ended_by:
        error = ended_by
        raise
    finally:
        if meter is not None:
            await asyncio.to_thread(meter.keep, state)
        if trail is not None:
            await wind_up(tenant, state, trail, run, error)


@asynccontextmanager
async def _systems(
    tenant: Tenant, state: TenantState, trail: Trail | None, meter: Meter | None
) -> AsyncIterator[tuple[SeveraPort, ErpPort]]:
    def observer(system: str) -> Observer | None:
        """Whoever watches the calls of a system; nobody in a preview."""
        return None if trail is None or meter is None else meter.observer(system, trail.observer(system))

    severa = open_severa(tenant, state, observer(SeveraAdapter.system))
    try:
        erp = OPENERS[tenant.erp](tenant, state, observer(tenant.erp))
        try:
            yield severa, erp
        finally:
            await erp.close()
    finally:
        await severa.close()
