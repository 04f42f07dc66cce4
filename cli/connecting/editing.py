"""Sets values in the text of a tenant's file and leaves everything else of it alone: comments, order, spelling."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from core.errors import ConfigurationError
from tenants.document import read

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@-]*(:[A-Za-z0-9_./@-]+)*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def edited(text: str, file: str, section: str, values: Mapping[str, str]) -> str:
    """The text with these settings of a section.

    A setting that is there is replaced where it stands, another one put where its comment stands, else at the head of
    the section. ConfigurationError for a text in which this cannot be done without touching more.
    """
    changed = text
    with suppress(YAMLError):  # what became unreadable is no longer what is wanted
        for name, value in values.items():
            changed = _set(changed, section, name, value)
    if read(changed, file).data != _wanted(read(text, file).data, section, values):
        settings = ", ".join(f"{name}: {value}" for name, value in values.items())
        raise ConfigurationError(
            f"The file {file} is written in a way that this command does not change.",
            todo=f"Write into its section {section}: {settings}",
        )
    return changed


def _wanted(data: Any, section: str, values: Mapping[str, str]) -> Any:
    wanted = copy.deepcopy(data)
    group = wanted.get(section)
    wanted[section] = {**(group if isinstance(group, dict) else {}), **values}
    return wanted


def _set(text: str, section: str, name: str, value: str) -> str:
    root = YAML(typ="safe", pure=True).compose(text)
    new_line = "\r\n" if "\r\n" in text else "\n"
    line = f"{name}: {_written(value)}"
    group = _member(root, section)
    if group is None:
        head = text if text.endswith("\n") else text + new_line
        return f"{head}{new_line}{section}:{new_line}  {line}{new_line}"
    if isinstance(group, MappingNode):
        there = _member(group, name)
        if there is not None:
            return _replaced(text, _key(group, name), there, value)
        return _added(text, group, name, line, new_line)
    if group.value == "" and isinstance(root, MappingNode):
        end = re.compile(r"\r?\n|\Z").search(text, _key(root, section).end_mark.index)
        at = end.start() if end else len(text)
        return f"{text[:at]}{new_line}  {line}{text[at:]}"
    return text


def _added(text: str, group: MappingNode, name: str, line: str, new_line: str) -> str:
    """A new line of a group: in place of its comment (`#name: default`), else at the head."""
    if group.flow_style or not group.value:
        at = group.start_mark.index + 1
        return f"{text[:at]}{line}{', ' if group.value else ''}{text[at:]}"
    first = group.value[0][0].start_mark
    column, start, end = int(first.column), int(first.index - first.column), int(group.end_mark.index)
    indent = " " * column
    comment = re.search(rf"^{indent}#{re.escape(name)}:[^\r\n]*", text[start:end], re.MULTILINE)
    if comment is not None:
        return text[: start + comment.start()] + indent + line + text[start + comment.end() :]
    return f"{text[:start]}{indent}{line}{new_line}{text[start:]}"


def _member(node: Node | None, name: str) -> Node | None:
    if not isinstance(node, MappingNode):
        return None
    return next((value for key, value in node.value if isinstance(key, ScalarNode) and key.value == name), None)


def _key(node: MappingNode, name: str) -> ScalarNode:
    return next(key for key, _ in node.value if isinstance(key, ScalarNode) and key.value == name)


def _replaced(text: str, key: Node, there: Node, value: str) -> str:
    if not isinstance(there, ScalarNode):
        return text
    start, end = there.start_mark.index, there.end_mark.index
    if start == end:  # nothing stands there: its place is only known as the beginning of what comes next
        at = text.find(":", key.end_mark.index) + 1
        return f"{text[:at]} {_written(value)}{text[at:]}"
    return text[:start] + _written(value) + text[end:]


def _written(value: str) -> str:
    """A text in one line of YAML that reads back as the same text."""
    plain = _PLAIN.fullmatch(value) and value.casefold() not in _WORDS
    return value if plain else json.dumps(value, ensure_ascii=False)
