"""One kind of stored object: what it takes, how it looks, what is unique, what follows from what."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.fields import READ_ONLY, Field, Fields
from sandbox.store import Row

if TYPE_CHECKING:
    from sandbox.severa.registers import Registers

Before = Callable[["Registers", Row | None, Row, Mapping[str, Any]], None]
"""(registers, stored row or None when new, members about to be stored, body as given): may add members or refuse."""
After = Callable[["Registers", Row, Mapping[str, Any]], None]
"""(registers, stored row, body as given): what follows elsewhere."""

AUDIT = ("createdDateTime", "createdBy", "lastUpdatedDateTime", "lastUpdatedBy")


def _nothing(_: "Registers", __: Row | None, ___: Row, ____: Mapping[str, Any]) -> None:
    """No rule."""


def _no_consequence(_: "Registers", __: Row, ___: Mapping[str, Any]) -> None:
    """Nothing follows."""


def _by_name(row: Row) -> Iterable[object]:
    return (row.get("code") or row.get("name"),)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`fields` is the input model of POST and PATCH, `blank` every member of an answer with its value when not given.

    `natural` gives the key that ids derive from; `renamed` are input members with another name in answers (None:
    they leave no trace).
    """

    name: str
    blank: Row
    fields: Fields = field(default_factory=dict)
    indexes: tuple[str, ...] = ()
    natural: Callable[[Row], Iterable[object]] = _by_name
    audited: bool = True
    stamps: tuple[str | None, str | None] = ("createdDateTime", "lastUpdatedDateTime")
    """Members for the time of creation and of the last change; `audited` says that two persons stand beside them."""
    renamed: Mapping[str, str | None] = field(default_factory=dict)
    before: Before = _nothing
    after: After = _no_consequence
    quiet: frozenset[str] = frozenset()
    """Members whose change alone does not move ``lastUpdatedDateTime``."""

    @property
    def input(self) -> Fields:
        """The input model with the read-only members of the answers in it, so that they are told from unknown ones."""
        known = dict.fromkeys((*self.blank, *AUDIT, "guid"), READ_ONLY)
        return {**known, **self.fields}


def blank(words: str = "", **values: Any) -> Row:
    """Members with their values; the words are null."""
    return {"guid": None, **dict.fromkeys(words.split()), **values}


def plain(fields: Mapping[str, Field], **more: Any) -> Row:
    """The blank of a kind whose answers have the members of its input model."""
    off = {name: False for name, one in fields.items() if one.type == "boolean" and not one.nullable}
    return {"guid": None, **dict.fromkeys(fields), **off, **more}
