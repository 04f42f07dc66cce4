"""Secrets in Prefect Secret blocks: read, written, and put back when something else fails."""

from __future__ import annotations

from typing import Any, cast

import httpx
from prefect.blocks.system import Secret
from prefect.exceptions import PrefectException
from pydantic import SecretStr

from core.errors import ConfigurationError, TransientError

UNREACHABLE = (httpx.HTTPError, OSError, PrefectException, RuntimeError)
"""How Prefect says that its server does not answer, or does not answer this."""


def load(name: str) -> SecretStr | None:
    """The secret of a block; None when there is none of this name."""
    try:
        return SecretStr(str(cast(Any, Secret.load(name)).get()))
    except ValueError:  # what Prefect raises for a name that it does not know, and for one that cannot be
        return None
    except UNREACHABLE as error:
        raise _unreachable(error) from None


def save(name: str, value: SecretStr) -> None:
    """Keep a secret, in place of the one before."""
    try:
        Secret(value=value).save(name, overwrite=True)
    except ValueError:
        raise ConfigurationError(f"A Prefect block cannot be called {name}.") from None
    except UNREACHABLE as error:
        raise _unreachable(error) from None


def put_back(name: str, before: SecretStr | None) -> None:
    """The block as it was: with its secret of before, or not there."""
    if before is not None:
        save(name, before)
    elif load(name) is not None:
        try:
            Secret.delete(name)
        except UNREACHABLE as error:
            raise _unreachable(error) from None


def _unreachable(error: Exception) -> TransientError:
    return TransientError(
        f"The Prefect server does not give or take secrets ({type(error).__name__}).", todo="Is it up? PREFECT_API_URL"
    )
