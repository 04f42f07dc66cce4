"""Where things live on this machine: state, secrets, tenant files, Data Docs. Environment variables move them."""

from __future__ import annotations

import os
from pathlib import Path

from core.errors import ConfigurationError

AUDIT_DAYS = 400
"""Days for which the audit trail is kept: a whole year, and the month in which its books are closed and looked at."""


def home() -> Path:
    """`SEVERA_SYNC_HOME`, default `./.severa-sync`: state, secrets, the local server's files, Data Docs."""
    return Path(os.environ.get("SEVERA_SYNC_HOME") or ".severa-sync").absolute()


def tenants_folder() -> Path:
    """`SEVERA_SYNC_TENANTS`, default `./tenants`: one YAML file per tenant."""
    return Path(os.environ.get("SEVERA_SYNC_TENANTS") or "tenants").absolute()


def database_url() -> str:
    """`SEVERA_SYNC_DATABASE_URL` (any SQLAlchemy URL), default a SQLite file in the home."""
    return os.environ.get("SEVERA_SYNC_DATABASE_URL") or f"sqlite:///{home() / 'state.db'}"


def docs_folder() -> Path:
    """Data Docs, one folder per tenant in it."""
    return home() / "data-docs"


def audit_days() -> int:
    """`SEVERA_SYNC_AUDIT_DAYS`, default 400: how long the audit trail is kept. ConfigurationError for anything else."""
    given = os.environ.get("SEVERA_SYNC_AUDIT_DAYS") or str(AUDIT_DAYS)
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= 36500):
        raise ConfigurationError(
            f"SEVERA_SYNC_AUDIT_DAYS '{given}' is not a number of days.", todo=f"Write a number such as {AUDIT_DAYS}."
        )
    return int(given)
