"""Writes the text of a new tenant file. Every setting is there with its description from the model.

Settings with a value, and those that a tenant must choose, are written out; the others stand as comments with their
defaults (`#name: value`), to be uncommented when needed. What only the user knows is marked `<fill in>`.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from tenants.explain import section_of
from tenants.model import erps, tenant_model
from tenants.rules import PLACEHOLDER
from tenants.section import ErpSection, Section

_WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z<][A-Za-z0-9_./<>@ +-]*(:[A-Za-z0-9_./-]+)*")
_RESERVED = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_LAST = ("erp", "masters", "notify")


def render(sections: Mapping[str, type[Section]], erp: str, values: Mapping[str, Any]) -> str:
    """The text of a tenant file for this ERP.

    `values` are what is known: top-level settings by name, and a mapping per section. The result is a complete file
    whose required but unknown values are placeholders.
    """
    model, kind = tenant_model(sections), erps(sections)[erp]
    fields = model.model_fields
    shared = [name for name in sections if name not in erps(sections)]
    head = [name for name in fields if name not in sections and name not in _LAST]
    given = {name: _default(fields[name]) for name in head if not fields[name].is_required()}
    given |= {"masters": _masters(kind), "notify": _default(fields["notify"])} | dict(values) | {"erp": erp}
    for path in kind.requires:
        given = _needed(given, path)
    lines = [
        f"# The settings of one tenant: Severa and {kind.title}. Every setting is described here and in the",
        "# JSON schema (severa-sync schema). Lines that start with #name: show a default or an example;",
        "# remove the # to set it.",
        "# Secrets never stand in this file, only where they are kept: block:NAME, env:NAME or file:PATH.",
    ]
    for name in (*head, *shared, "erp", erp, "masters", "notify"):
        lines += ["", *_setting(name, fields[name], given, 0)]
    return "\n".join(lines) + "\n"


def _needed(given: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The same values; a setting that this ERP needs is to be filled in where it has none."""
    name, *rest = path
    value = _needed(given.get(name) or {}, tuple(rest)) if rest else given.get(name, PLACEHOLDER)
    return {**given, name: value}


def _masters(kind: type[ErpSection]) -> dict[str, str]:
    return {registry.value: choices[0].value for registry, choices in kind.master_choices.items()}


def _default(info: FieldInfo) -> Any:
    return to_jsonable_python(info.get_default(call_default_factory=True))


def _setting(name: str, info: FieldInfo, given: Mapping[str, Any], depth: int) -> Iterator[str]:
    """The lines of one setting: its description, then its value or its default as a comment."""
    indent = "  " * depth
    about = " ".join((info.description or "").split())
    yield from (f"{indent}# {line}" for line in textwrap.wrap(about, _WIDTH - len(indent)))
    section = section_of(info.annotation)
    if section is not None and (name in given or info.is_required() or depth == 0):
        inner = given.get(name) or {}
        yield f"{indent}{name}:"
        for field_name, field in section.model_fields.items():
            yield from _setting(field_name, field, inner, depth + 1)
    elif name in given:
        yield from _value(name, given[name], indent)
    elif info.is_required():
        yield f"{indent}{name}: {PLACEHOLDER}"
    else:
        default = _default(info)
        example = info.examples[0] if info.examples else None
        yield from _value(f"#{name}", example if isinstance(default, dict) and example else default, indent)


def _value(name: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value and not name.startswith("#"):
        yield f"{indent}{name}:"
        for key, item in value.items():
            yield from _value(str(key), item, indent + "  ")
        return
    line = f"{indent}{name}: {_flow(value)}"
    if len(line) <= _WIDTH or not isinstance(value, list | tuple):
        yield line
        return
    mark = "#" if name.startswith("#") else ""
    yield f"{indent}{name}:"
    yield from (f"{indent}{mark}  - {_flow(item)}" for item in value)


def _flow(value: Any) -> str:
    """A value in one line of YAML that reads back as the same value."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(str(key))}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and not value.endswith(" ") and value.casefold() not in _RESERVED
        return value if plain else _quoted(value)
    return json.dumps(value)


def _quoted(value: str) -> str:
    """JSON's quoting is YAML's, but for a few characters that YAML wants escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
