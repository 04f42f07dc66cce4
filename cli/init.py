"""`severa-sync init` without questions: a file to be filled in, or a complete one for the simulated systems."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli.ready import Ready, read_ready
from cli.severa_choices import look
from cli.wizard.finishing import exists, write
from connectors.profiles import PROFILES
from connectors.settings import ERP_SETTINGS, SETTINGS, SEVERA
from connectors.severa.offers import scopes_for
from connectors.severa.settings import SCOPES, SeveraStatuses
from core.errors import ConfigurationError
from tenants.files import NewFile
from tenants.load import SUFFIX
from tenants.mistakes import did_you_mean, one_of
from tenants.model import NAME_PATTERN
from tenants.secrets import reference_for, secret_file
from tenants.section import secret_fields
from tenants.template import render

SAYS_ITS_RATES: Mapping[str, str] = {"currency_rates": "own_per_unit"}
"""What the rates of the simulated Severa mean."""
UNPACED: Mapping[str, float] = {"calls_per_second": 0}
"""What a simulated system without rate limits allows."""
READS_ITS_WRITES: Mapping[str, float] = {"lookup_delay_seconds": 0}
"""A simulated system shows a write at once."""

OPTIONAL_ROLES = tuple(name for name, info in SeveraStatuses.model_fields.items() if not info.is_required())
"""Statuses that not every ERP needs."""


def init(
    tenant: str, erp: str, *, folder: Path, home: Path, from_sandbox: Path | None = None, force: bool = False
) -> Path:
    """Writes `folder`/TENANT.yaml and the secrets under `home`/secrets; the path of the tenant file.

    With `from_sandbox` (the ready file of running simulated systems) the file is complete; without it, what only the
    user knows is marked `<fill in>`. Raises ConfigurationError, and then neither the file nor a secret is left.
    """
    check_names(tenant, erp)
    path = folder / f"{tenant}{SUFFIX}"
    if path.exists() and not force:
        raise exists(path)
    values, secrets = _values(tenant, erp, from_sandbox, home)
    write(path, render(SETTINGS, erp, values), secrets, force=force, proved=from_sandbox is not None)
    return path


def check_names(tenant: str, erp: str | None) -> None:
    """ConfigurationError for a name that no tenant can have, or an ERP that is not known; None is no ERP yet."""
    if not re.fullmatch(NAME_PATTERN, tenant):
        what = "A tenant's name has small letters, digits, '-' and '_', at most 63, and begins with a letter or digit."
        raise ConfigurationError(what)
    known = tuple(ERP_SETTINGS)
    if erp is not None and erp not in known:
        raise ConfigurationError(
            f"There is no ERP of this name; {one_of(known)}.", todo=did_you_mean(erp, known).capitalize()
        )


def _values(tenant: str, erp: str, from_sandbox: Path | None, home: Path) -> tuple[dict[str, Any], list[NewFile]]:
    """What is known about the new tenant, and the files that keep its secrets."""
    systems = (SEVERA, erp)
    values: dict[str, Any] = {"tenant": tenant, "switched_on": datetime.now(UTC).replace(microsecond=0)}
    for system in systems:
        names = secret_fields(SETTINGS[system])
        values[system] = {name: reference_for(tenant, f"{system}.{name}") for name in names}
    scopes = scopes_for(PROFILES[erp])
    if scopes != SCOPES:
        values[SEVERA] |= {"scopes": list(scopes)}
    if from_sandbox is None:
        return values, []
    ready = read_ready(from_sandbox, SETTINGS, systems)
    secrets = [
        secret_file(home, tenant, f"{system}.{name}", value)
        for system, access in ready.access.items()
        for name, value in access.secrets.items()
    ]
    values["timetable"] = "always"  # simulated people work at night, too
    values["time_zone"] = "UTC"  # their days are UTC's: what is posted today is not from before the switch-on
    for system in systems:
        values[system] |= _simulated(ready, system)
    _choose(values, ready, systems)
    return values, secrets


def _simulated(ready: Ready, system: str) -> dict[str, Any]:
    """The plain access settings of a simulated system, what fits its company, and the pace that it allows."""
    known = {**SAYS_ITS_RATES, **READS_ITS_WRITES, **({} if ready.rate_limits else UNPACED)}
    fields = SETTINGS[system].model_fields
    access = ready.access[system]
    return {**access.choices, **access.settings, **{name: value for name, value in known.items() if name in fields}}


def _choose(values: dict[str, Any], ready: Ready, systems: Sequence[str]) -> None:
    """Adds what the simulated Severa offers: statuses, an owner for projects, a product for costs."""
    severa, erp = systems
    access = ready.access[severa]
    choices = look(
        access.settings["base_url"].rstrip("/"),
        access.settings["client_id"],
        access.secrets["client_secret"].get_secret_value(),
        scopes_for(PROFILES[erp]),
        ERP_SETTINGS[erp].title,
    )
    roles = {path[-1] for path in ERP_SETTINGS[erp].requires} | {"failed"}
    statuses = {role: name for role, name in choices.statuses.items() if role not in OPTIONAL_ROLES or role in roles}
    values[severa] |= {"statuses": statuses}
    if choices.project_owner:
        values[severa] |= {"project_owner": choices.project_owner}
    if choices.product and "cost_product" in ERP_SETTINGS[erp].model_fields:
        values[erp] |= {"cost_product": choices.product}
