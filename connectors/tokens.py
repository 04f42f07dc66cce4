"""What a vendor's answer to a request for an access token holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.values import shown
from core.errors import TransientError

AGAIN = "It is asked again in the next cycle."


def bearer_token(data: Any, giver: str) -> tuple[str, int]:
    """The token and its life in seconds. TransientError for an answer without them; `giver` is named to people."""
    members = data if isinstance(data, Mapping) else {}
    value, seconds = members.get("access_token"), members.get("expires_in")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or value == "":
        raise TransientError(f"{giver} answered the request for an access token without one.", todo=AGAIN)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds < 10_000_000:
        raise TransientError(f"{giver} gave an access token that lasts {shown(seconds)} seconds.", todo=AGAIN)
    return value, seconds
