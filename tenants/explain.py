"""Puts pydantic's findings into the words of the person who edits the file: what is wrong and what is allowed.

A value is repeated only where it is a word or number of an ordinary setting, never where a secret may stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from annotated_types import Ge, Gt, Le, Lt
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from tenants.document import Document
from tenants.mistakes import Mistake, Path, did_you_mean, one_of, shown
from tenants.section import Section, is_secret

_PLAIN: Mapping[str, tuple[str, str]] = {
    "bool_type": ("{value} is not allowed", "write true or false"),
    "model_type": ("is not a group of settings", "indented lines below it, NAME: VALUE"),
    "dict_type": ("is not a group of settings", "indented lines below it, NAME: VALUE"),
    "tuple_type": ("is not a list", "write [a, b]"),
    "finite_number": ("{value} is not a number", ""),
}


def explain(error: ValidationError, document: Document, model: type[Section]) -> list[tuple[Path, Mistake]]:
    """One mistake per finding, each with the path that it explains."""
    found = []
    for details in error.errors(include_url=False):
        path = tuple(part for part in details["loc"] if part != "[key]")
        parent, info = _declared(model, path)
        what, allowed = _said(details, path, parent, info)
        at_key = details["type"] == "extra_forbidden" or details["loc"][-1:] == ("[key]",)
        found.append((path, document.mistake(path, what, allowed, at_key=at_key)))
    return found


def _said(details: ErrorDetails, path: Path, parent: type[Section] | None, info: FieldInfo | None) -> tuple[str, str]:
    kind, context, given = details["type"], details.get("ctx", {}), details["input"]
    value = "this" if info is not None and is_secret(info) else _value(given)
    if kind == "tenant_file":
        # An error of a whole section names its fields itself.
        named = isinstance(given, str | int | float) and context["quote"]
        return (f"{value} {context['what']}" if named else str(context["what"])), str(context["allowed"])
    if kind == "extra_forbidden":
        names = tuple(parent.model_fields) if parent else ()
        return "is not a setting", did_you_mean(path[-1], names) or one_of(names, "known here:", limit=30)
    if kind == "missing":
        secret = info is not None and is_secret(info)
        return "is missing", "block:NAME, env:NAME or file:PATH" if secret else _first_sentence(info)
    if kind in {"literal_error", "enum"}:
        words = tuple(re.findall(r"'([^']*)'", str(context.get("expected", ""))))
        near = did_you_mean(given, words) if isinstance(given, str) else ""
        return f"{value} is not allowed", one_of(words) + (f" ({near})" if near else "")
    if kind in _PLAIN:
        what, allowed = _PLAIN[kind]
        return what.format(value=value), allowed or _range(info)
    return _by_type(kind, value, details, info)


def _by_type(kind: str, value: str, details: ErrorDetails, info: FieldInfo | None) -> tuple[str, str]:
    families: tuple[tuple[str, Callable[[], tuple[str, str]]], ...] = (
        ("string_type", lambda: (f"{value} is not a text", "put it in quotes")),
        ("string_too_short", lambda: ("is empty", _first_sentence(info))),
        ("string_too_long", lambda: (f"{value} is too long", f"at most {details['ctx']['max_length']} characters")),
        ("string_pattern", lambda: (f"{value} has a form that is not allowed", _form(details))),
        ("int_", lambda: (f"{value} is not a whole number", _range(info))),
        ("float_", lambda: (f"{value} is not a number", _range(info))),
        ("greater_than", lambda: (f"{value} is too small", _range(info))),
        ("less_than", lambda: (f"{value} is too large", _range(info))),
        ("too_short", lambda: ("is empty", _first_sentence(info))),
    )
    for prefix, say in families:
        if kind.startswith(prefix):
            return say()
    return "is not allowed", details["msg"]


def _value(given: Any) -> str:
    if given is None:
        return "nothing"
    return "this" if isinstance(given, dict | list | tuple) else shown(given)


def _form(details: ErrorDetails) -> str:
    pattern = str(details["ctx"]["pattern"])
    if "@" in pattern:
        return "an address such as name@example.com"
    if ":" in pattern:
        return "such as customers:read"
    return "small letters, digits, - and _, at most 63"


def _first_sentence(info: FieldInfo | None) -> str:
    if info is None or not info.description:
        return ""
    sentence = re.split(r"(?<=[^.\d])\.(?:\s|$)", " ".join(info.description.split()), maxsplit=1)[0]
    return sentence[:1].lower() + sentence[1:]


def _range(info: FieldInfo | None) -> str:
    """`from 0 to 10`, as the field declares it."""
    bounds = {type(bound): bound for bound in info.metadata} if info else {}
    parts = []
    if isinstance(low := bounds.get(Ge), Ge):
        parts.append(f"from {low.ge}")
    elif isinstance(above := bounds.get(Gt), Gt):
        parts.append(f"above {above.gt}")
    if isinstance(high := bounds.get(Le), Le):
        parts.append(f"to {high.le}")
    elif isinstance(below := bounds.get(Lt), Lt):
        parts.append(f"below {below.lt}")
    return "a number " + " ".join(parts) if parts else ""


def _declared(model: type[Section], path: Path) -> tuple[type[Section] | None, FieldInfo | None]:
    """The section that a path stands in and the field that it names, as far as there are such."""
    section: type[Section] | None = model
    info: FieldInfo | None = None
    parent: type[Section] | None = None
    for part in path:
        if section is None:
            # Inside a list or table: the field around it still says what is allowed.
            return None, info
        parent, info = section, section.model_fields.get(str(part))
        section = section_of(info.annotation) if info else None
    return parent, info


def section_of(annotation: Any) -> type[Section] | None:
    """The section that a field holds, None for a field that holds a plain value."""
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, Section):
            return candidate
    return None
