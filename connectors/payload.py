"""JSON in and out: Decimal both ways, no size or depth that a vendor could hurt us with, secrets taken out of texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import orjson

LARGEST_BODY = 64 * 1024 * 1024
"""Bytes after decompression. A page of 100 invoices is some 400 kB; 20 000 ledger rows are some 20 MB."""


class UnreadableError(ValueError):
    """A body that is not the JSON it should be; the text says why."""


def decode(body: bytes) -> Any:
    """Parsed JSON with fractions as Decimal; None for an empty body. NaN and Infinity become such Decimals."""
    if not body.strip():
        return None
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=Decimal)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"no JSON at character {error.pos}") from None
    except UnicodeDecodeError:
        raise UnreadableError("no valid UTF-8") from None
    except RecursionError:
        raise UnreadableError("JSON nested too deeply") from None
    except ValueError:  # an integer of more digits than Python turns into one
        return json.loads(body, parse_float=Decimal, parse_constant=Decimal, parse_int=_integer)


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < 1000 else Decimal("NaN")


def encode(value: Any) -> bytes:
    """JSON of plain values, dates and Decimals; a Decimal is written as the very number it is."""
    return orjson.dumps(value, default=_default)


def _default(value: Any) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(format(value, "f").encode())
    raise TypeError(f"{type(value).__name__} does not go into JSON")


_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}")
_MEMBER = re.compile(
    r'(?i)("?(?:access_token|refresh_token|client_secret|client_key|application_key|subscription[-_]key|password)"?'
    r'\s*[:=]\s*)("[^"]*"|[^\s,;&}]+)'
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without the given secrets and without anything that looks like a credential."""
    text = _MEMBER.sub(r"\1***", _BEARER.sub(r"\1 ***", text))
    for secret in sorted({each for each in secrets if each}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def spellings(secret: str) -> set[str]:
    """How a secret may be written in a text, in JSON and in a path."""
    return {secret, encode(secret).decode()[1:-1], quote(secret, safe="")}


def excerpt(text: str, longest: int = 300) -> str:
    """A vendor's text for people: printable, on one line, cut."""
    clean = "".join(char if char.isprintable() else " " for char in text[: longest * 4])
    clean = " ".join(clean.split())
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"
