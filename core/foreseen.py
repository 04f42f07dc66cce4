"""What a run would write, as a preview tells it: one entry per record and system, with old and new values (law 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.errors import ErrorClass
from core.issues import Issue
from core.masking import MASK, is_private, masked, of_people
from core.records import Registry, Side
from core.states import shown

_STAND_IN = "99999"
_DIGITS = 18


def stand_in(number: int) -> str:
    """The id by which a preview calls the `number`th item that it would make; no system gives such ids."""
    return f"{_STAND_IN}{number:0{_DIGITS - len(_STAND_IN)}d}"


def is_stand_in(record_id: str | None) -> bool:
    """Whether an id is one of `stand_in`: the item does not exist, and its real id is not known before the run."""
    return record_id is not None and len(record_id) == _DIGITS and record_id.startswith(_STAND_IN)


class Act(StrEnum):
    """What would be done with a record."""

    LINK = "link"
    """Two items that are one get a row in the mapping; nothing is written to either system by that alone."""
    CREATE = "create"
    UPDATE = "update"
    ATTACH = "attach"
    RELEASE = "release"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One thing that a run would do now.

    `scope` is a registry, `invoices` or `costs`; `side` the system that is written to (of a link the ERP); `record` the
    record that causes it, as the error desk names it; `target` its id on `side`, None for an item that does not exist.
    `fields` are (old, new) as JSON values, old None for a new item. `unknown` are fields whose value only the run will
    know, with the reason. `provided` are records, as `registry:side:id`, that the same run has to create first, and
    whatever else must come true: what depends on them is expected and not certain.
    """

    scope: str
    act: Act
    side: Side
    record: str
    label: str
    target: str | None = None
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    provided: Sequence[str] = ()
    system: str = ""
    """The system of `side` as people call it."""

    @property
    def writes(self) -> bool:
        """Whether a system is written to."""
        return self.act is not Act.LINK

    def visible(self) -> dict[str, tuple[Any, Any]]:
        """The fields as they may be shown: private ones named without their values, as in the audit trail."""
        people = of_people(self.scope, "")
        return {
            name: (MASK, MASK)
            if is_private(name, people=people)
            else (masked(old, people=people), masked(new, people=people))
            for name, (old, new) in self.fields.items()
        }

    def words(self) -> list[str]:
        """What is written, field by field, and what is not certain, each as people read it."""
        new = self.act is Act.CREATE
        said = [
            f"{name}: {shown(new_value)}" if new else f"{name}: {shown(old)} → {shown(new_value)}"
            for name, (old, new_value) in self.visible().items()
        ]
        if self.unknown:
            said.append(f"not known before: {', '.join(self.unknown)}")
        first = {one.partition(":")[0].replace("_", " "): None for one in self.provided if ":" in one}
        said += [f"after its {', '.join(first)}"] if first else []
        return [*said, *(f"if {one}" for one in self.provided if ":" not in one)]

    def as_dict(self) -> dict[str, Any]:
        """The entry as JSON."""
        value: dict[str, Any] = {
            "action": self.act.value,
            "system": self.system,
            "kind": self.scope,
            "record": self.record,
            "label": self.label,
            "id": self.target,
            "fields": {name: {"old": old, "new": new} for name, (old, new) in self.visible().items()},
        }
        if self.unknown:
            value["not_known_before"] = dict(self.unknown)
        if self.provided:
            value["provided"] = list(self.provided)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Records that would not go for one cause. `what` and `todo` are those of the first of them."""

    scope: str
    cause: str
    error_class: ErrorClass
    what: str
    todo: str
    labels: Sequence[str]

    def as_dict(self) -> dict[str, Any]:
        """The group as JSON."""
        return {
            "kind": self.scope,
            "cause": self.cause,
            "class": self.error_class.value,
            "records": len(self.labels),
            "what": self.what,
            "todo": self.todo,
            "labels": list(self.labels),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingRow:
    """An entry that a mapping or a register lacks, such as a payment term, and how many records wait for it."""

    needs: str
    what: str
    todo: str
    records: int

    def as_dict(self) -> dict[str, Any]:
        """The row as JSON."""
        return {"needs": self.needs, "records": self.records, "what": self.what, "todo": self.todo}


def refusals(issues: Iterable[Issue]) -> list[Refusals]:
    """Issues by cause, the most frequent first."""
    groups: dict[tuple[str, str], list[Issue]] = {}
    for issue in issues:
        groups.setdefault((issue.scope, issue.cause), []).append(issue)
    found = [
        Refusals(
            scope=scope,
            cause=cause,
            error_class=group[0].error_class,
            what=group[0].what,
            todo=group[0].todo,
            labels=[issue.label for issue in group],
        )
        for (scope, cause), group in groups.items()
    ]
    return sorted(found, key=lambda one: (-len(one.labels), one.scope, one.cause))


def missing_rows(issues: Iterable[Issue]) -> list[MissingRow]:
    """What records wait for that is no record itself: terms, classes, default products, codes of items."""
    groups: dict[str, list[Issue]] = {}
    for issue in issues:
        if issue.error_class is ErrorClass.MISSING_DEPENDENCY and not _is_record(issue.needs):
            groups.setdefault(issue.needs or f"{issue.scope}: {issue.field or issue.todo}", []).append(issue)
    rows = [
        MissingRow(needs=needs, what=group[0].what, todo=group[0].todo, records=len({one.record for one in group}))
        for needs, group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row.records, row.needs))


def _is_record(needs: str | None) -> bool:
    """Whether an issue waits for a record of a registry (`customers:severa:<id>`)."""
    kind, _, rest = (needs or "").partition(":")
    return kind in tuple(Registry) and rest.partition(":")[0] in tuple(Side)
