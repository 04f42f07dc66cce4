"""The secrets that a tenant's file and the environment name."""

from __future__ import annotations

from typing import cast

from pydantic import SecretStr

from tasks import places
from tenants.secrets import resolve


def secret(reference: str) -> SecretStr:
    """The secret that a reference names: `env:`, `file:` (below the home) or `block:` (a Prefect Secret block)."""
    return resolve(reference, places.home(), {"block": _from_block})


def _from_block(name: str) -> str:
    from prefect.blocks.system import Secret  # noqa: PLC0415 - only tenants that keep secrets in blocks pay for it

    return str(cast(Secret[str], Secret.load(name)).get())
