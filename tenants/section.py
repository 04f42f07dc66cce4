"""What the parts of a tenant file are made of: the base model of every section and the kinds of values in it.

Sections are read in pydantic's strict JSON mode: nothing is guessed, a word is not a number and `yes` is not `true`.
The kinds of values below raise errors whose text is written for the person who edits the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from ipaddress import ip_address
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from core.profiles import Master
from core.records import Registry
from core.timetable import Word

SECRET_KINDS = ("block", "env", "file")
_REFERENCE = re.compile(r"(block|env|file):\S(.*\S)?", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Section(BaseModel):
    """A group of settings: every key is known, every value has the right type, nothing changes after loading."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class ErpSection(Section):
    """The settings of one ERP. The class says what the rest of the tenant file may choose with this ERP."""

    title: ClassVar[str]
    """The ERP's name for people."""
    master_choices: ClassVar[Mapping[Registry, tuple[Master, ...]]]
    """The registries that this ERP keeps in step, and who may be master of each (PO-02)."""
    timetable: ClassVar[Word] = "staggered"
    """When this ERP's guide has runs start (PO-01, VN-01, PC-01); a tenant may name another timetable."""
    requires: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Settings outside its own section that this ERP cannot do without, though others can: the keys to each."""


def wrong(what: str, allowed: str = "", *, quote: bool = True) -> PydanticCustomError:
    """An error of ours, to be raised in validators: `what` is wrong and what is `allowed` instead.

    The value is put before `what`, unless it is a whole section or may not be repeated (`quote`).
    """
    return PydanticCustomError("tenant_file", "{what}", {"what": what, "allowed": allowed, "quote": quote})


def _text(value: Any) -> Any:
    """Codes are often plain numbers; the reader keeps those that would not survive (007, 1.10) as text or refuses."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _clean(value: str) -> str:
    if _CONTROL.search(value):
        raise wrong("holds a line break or a control character", "plain text in one line")
    return value


def _reference(value: Any) -> str:
    """Never echoes the value: it may be the secret itself."""
    allowed = "block:NAME, env:NAME or file:PATH"
    if not isinstance(value, str) or not _REFERENCE.fullmatch(value) or _CONTROL.search(value):
        raise wrong("is not a reference to a secret; the secret itself never stands in this file", allowed, quote=False)
    return value


def _base_url(value: str) -> str:
    """Credentials travel to this address: it is encrypted, or it is this very machine (a simulated system)."""
    example = "such as https://api.example.com/rest"
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise wrong("is not an address", example, quote=False) from None
    if "@" in value or "?" in value or "#" in value:
        raise wrong("holds more than an address", "no user name, no '?' and no '#'", quote=False)
    if parts.scheme not in {"https", "http"} or not host or re.search(r"\s", value):
        raise wrong("is not an address", example)
    if parts.scheme == "http" and not _is_loopback(host):
        raise wrong("is not encrypted", "https; http only for this machine (127.0.0.1, localhost)")
    return value.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _instant(value: Any) -> datetime:
    allowed = "a date and time with its zone, such as 2026-01-01T00:00:00Z"
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            raise wrong("is not a date and time", allowed) from None
    else:
        raise wrong("is not a date and time", allowed)
    if moment.tzinfo is None:
        raise wrong("does not say its time zone", allowed)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise wrong("is not a date and time", allowed) from None


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise wrong("is not a date", "year, month and day, such as 2026-01-01")


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_clean),
    BeforeValidator(_text, json_schema_input_type=str | int),
]
"""A name, code or id in one line. An unquoted whole number counts as text."""

SecretReference = Annotated[
    str,
    BeforeValidator(_reference, json_schema_input_type=str),
    WithJsonSchema({"type": "string", "pattern": "^(block|env|file):\\S", "examples": ["file:secrets/demo.severa"]}),
]
"""Where a secret is kept (law 9): `block:NAME` (Prefect), `env:NAME` or `file:PATH`, never the secret itself."""


def is_secret(info: FieldInfo) -> bool:
    """Whether a field holds a reference to a secret."""
    return any(isinstance(part, BeforeValidator) and part.func is _reference for part in info.metadata)


def secret_fields(kind: type[Section]) -> tuple[str, ...]:
    """Names of the fields of a section that refer to secrets, in order of declaration."""
    return tuple(name for name, info in kind.model_fields.items() if is_secret(info))


BaseUrl = Annotated[str, AfterValidator(_base_url), WithJsonSchema({"type": "string", "format": "uri"})]
"""Where a system answers, without a slash at the end."""


def access_fields(kind: type[Section]) -> tuple[str, ...]:
    """Names of the fields by which a system is reached: its addresses, and what it cannot be called without.

    Required groups of settings are not among them: they say how to work with the system, not how to reach it.
    """
    return tuple(
        name
        for name, info in kind.model_fields.items()
        if is_secret(info) or _is_address(info) or (info.is_required() and info.annotation is str)
    )


def _is_address(info: FieldInfo) -> bool:
    return any(isinstance(part, AfterValidator) and part.func is _base_url for part in info.metadata)


Instant = Annotated[
    datetime,
    BeforeValidator(_instant, json_schema_input_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment, kept in UTC."""

Day = Annotated[
    date, BeforeValidator(_day, json_schema_input_type=str), WithJsonSchema({"type": "string", "format": "date"})
]
"""A business date of the tenant's zone."""
