"""Reads the text of a tenant file into plain values and remembers where each of them stands.

The YAML that is understood is the plain core of it: mappings, lists, texts, numbers, true and false, null. Anchors,
tags, several documents and keys that are written twice are mistakes. Dates stay texts, and so does every number
that would not come back as it was written (007, 0x1F, 1_000). Any text gives a document or mistakes, never another
error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from tenants.mistakes import Mistake, Path, dotted, shown

MAX_CHARACTERS = 200_000
MAX_DEPTH = 20

_CORE_TAGS = {
    f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null", "str", "timestamp", "map", "seq")
}
_CORE_TAGS |= {"tag:yaml.org,2002:merge", "tag:yaml.org,2002:value"}  # plain `<<` and `=`: texts here
_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(slots=True)
class Document:
    """The plain content of a file, and the line and column (from 1) of each key and value by its path."""

    file: str
    data: Any = None
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def mistake(self, path: Path, what: str, allowed: str = "", *, at_key: bool = False) -> Mistake:
        """A mistake at a path; what is not in the file is shown at the nearest group that is."""
        return Mistake(self.file, *self._position(path, at_key=at_key), dotted(path), what, allowed)

    def _position(self, path: Path, *, at_key: bool) -> tuple[int, int]:
        # A group is shown where its key stands: its value begins only on the next line.
        for length in range(len(path), 0, -1):
            here = path[:length]
            key, value = self.keys.get(here), self.values.get(here)
            if key and value:
                return value if length == len(path) and not at_key and key[0] == value[0] else key
            if value:
                return value
        return (1, 1)


def read(text: str, file: str) -> Document:
    """The document of a text. `file` is how the file is named in mistakes."""
    document = Document(file)
    if len(text) > MAX_CHARACTERS:
        document.mistakes.append(Mistake(file, 1, 1, "", f"is longer than {MAX_CHARACTERS} characters"))
        return document
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        if root is not None:
            document.data = _Reader(document).value(root, ())
    except YAMLError as error:
        document.mistakes.append(_unreadable(error, file))
    except RecursionError:
        document.mistakes.append(Mistake(file, 1, 1, "", "is nested too deep"))
    except (ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError):
        # What the YAML library raises for texts on which it stumbles, such as a character number beyond Unicode.
        document.mistakes.append(Mistake(file, 1, 1, "", "is not readable YAML"))
    return document


def _unreadable(error: YAMLError, file: str) -> Mistake:
    """Says what the YAML library says, without quoting the file: the place may hold a secret."""
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if isinstance(error, ComposerError):
            several = "another document" in str(error.problem)
            what = "there are several documents" if several else "an alias (*) is used; write the value"
            return Mistake(file, line, column, "", what, "one tenant per file" if several else "or put it in quotes")
        said = " ".join(str(part) for part in (error.context, error.problem) if part)
        said = re.sub(r"'(?:[^']{2,})'", "this", said)
        return Mistake(file, line, column, "", f"not readable as YAML: {shown(said, 160)[1:-1]}", _hint(said))
    if isinstance(error, ReaderError):
        return Mistake(file, 1, 1, "", f"holds a character that is not allowed, at position {error.position}")
    return Mistake(file, 1, 1, "", "is not readable YAML")


def _hint(said: str) -> str:
    if "\\t" in said or "\t" in said:
        return "indent with spaces, not with tabs"
    if "mapping values are not allowed" in said:
        return "put a text that holds ': ' in quotes, and check the indentation"
    if "cannot start any token" in said:
        return "put the value in quotes"
    if "quoted scalar" in said:
        return "a quote is not closed"
    return "check the indentation, quotes and brackets"


class _Reader:
    """Turns nodes into plain values, collecting positions and mistakes in a document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._seen: set[int] = set()

    def value(self, node: Node, path: Path) -> Any:
        mark = node.start_mark
        if mark is not None:
            self._document.values[path] = (mark.line + 1, mark.column + 1)
        if id(node) in self._seen:
            self._refuse(path, "repeats another place with an alias (*)", "write the value itself")
        elif len(path) > MAX_DEPTH:
            self._refuse(path[:MAX_DEPTH], "is nested too deep")
        elif str(node.tag) not in _CORE_TAGS:
            self._refuse(path, "has a tag (!)", "write the plain value, or put it in quotes")
        else:
            self._seen.add(id(node))
            return self._content(node, path)
        return None

    def _content(self, node: Node, path: Path) -> Any:
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        raise TypeError(type(node).__name__)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if not isinstance(key_node, ScalarNode) or not self._encodable(key_node.value):
                self._document.mistakes.append(
                    Mistake(self._document.file, line, column, dotted(path), "a key is not a word", "write NAME: VALUE")
                )
                continue
            name = str(key_node.value)
            here = (*path, name)
            if here in self._document.keys:
                first = self._document.keys[here][0]
                self._document.mistakes.append(
                    Mistake(self._document.file, line, column, dotted(here), f"is written twice, first on line {first}")
                )
                continue
            self._document.keys[here] = (line, column)
            result[name] = self.value(value_node, here)
        return result

    def _scalar(self, node: ScalarNode, path: Path) -> Any:
        text = str(node.value)
        if not self._encodable(text):
            self._refuse(path, "holds half a character (a surrogate)", "write the character itself")
            return None
        if node.style is not None or node.tag == "tag:yaml.org,2002:str":
            return text
        lowered = text.lower()
        if lowered in _WORDS and text in {lowered, lowered.upper(), lowered.capitalize()}:
            return _WORDS[lowered]
        if _INT.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text

    def _refuse(self, path: Path, what: str, allowed: str = "") -> None:
        self._document.mistakes.append(self._document.mistake(path, what, allowed))

    @staticmethod
    def _encodable(text: str) -> bool:
        return not any("\ud800" <= character <= "\udfff" for character in text)
