"""Where things live on this machine: state, secrets, tenant files, Data Docs. Environment variables move them."""

from __future__ import annotations

import os
from pathlib import Path


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
