"""Field tables: a vendor's row and our record side by side, in the order of the guide's own table.

    CUSTOMERS = Table("Customer", Customer, (
        Field("guid", "guid", "id", read=guid, required=True),
        Field("number", "number", "number", read=number_text, write=number, note="..."),
        Field("headquarterAddress.city", "headquarterAddress.city", "address.city", read=text),
    ))

`vendor` and the members written are dotted paths into the vendor's objects. An attribute with a dot is a part of a
value class of its own (`Table.parts`): `address.city` and its neighbours make one `Address`, None when all are empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from connectors.ports import Problem
from connectors.values import Reader, Rejected, Writer, shown, text
from core.errors import BadDataError, SyncError
from core.records import Address, Record

R = TypeVar("R")
SAME = "="
"""The member written has the name of the member read."""


class Use(StrEnum):
    """Which body the members are for."""

    POST = "post"
    PATCH = "patch"


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the guide's table.

    `guide` is the guide's left column, `vendor` the member of this system's row (None when it is not read), `attribute`
    the record's field (None when the row is handled elsewhere and stands here for the reader). `write` None means the
    member is read only. `post` and `patch` name the member written where it has another name there; None = not sent.
    `default` stands for a missing or null value; a required member without value makes the row a problem.
    """

    guide: str
    vendor: str | None
    attribute: str | None = None
    read: Reader = text
    write: Writer | None = None
    post: str | None = SAME
    patch: str | None = SAME
    required: bool = False
    default: Any = None
    note: str = ""

    def member(self, use: Use) -> str | None:
        """The member that a write of this field goes to; None when it is not sent."""
        if self.write is None:
            return None
        name = self.post if use is Use.POST else self.patch
        return self.vendor if name == SAME else name


@dataclass(frozen=True)
class Table(Generic[R]):
    """The fields of one kind of row. `title` is what people call such a row; `record` builds the record."""

    title: str
    record: Callable[..., R]
    fields: tuple[Field, ...]
    parts: Mapping[str, Callable[..., Any]] = field(default_factory=lambda: {"address": Address})

    def read(self, row: Any) -> dict[str, Any]:
        """Our values of a vendor's row, by attribute. BadDataError names the member and shows the value."""
        if not isinstance(row, Mapping):
            raise BadDataError(
                f"{self.title}: an object is wanted, not {shown(row)}.", todo="Report it: no such row can be used."
            )
        values: dict[str, Any] = {}
        groups: dict[str, dict[str, Any]] = {}
        for each in self.fields:
            if each.attribute is None or each.vendor is None:
                continue
            value = self._value(row, each)
            group, dot, part = each.attribute.partition(".")
            if dot:
                groups.setdefault(group, {})[part] = value
            else:
                values[each.attribute] = value
        for group, members in groups.items():
            values[group] = (self.parts[group](**members) or None) if any(members.values()) else None
        return values

    def build(self, row: Any, **more: Any) -> R:
        """The record of a vendor's row; `more` are values that do not stand in the table, and win."""
        return self.record(**(self.read(row) | more))

    def write(self, values: Mapping[str, Any], use: Use) -> dict[str, Any]:
        """Dotted member -> JSON value, for those of `values` that this table writes; a None stays, as null.

        `values` are business fields by attribute; attributes that the table does not know are left out.
        """
        members: dict[str, Any] = {}
        for each in self.fields:
            member = each.member(use)
            if member is None or each.attribute is None or each.write is None:
                continue
            group, dot, part = each.attribute.partition(".")
            if group not in values:
                continue
            value = values[group]
            if dot:
                value = None if value is None else getattr(value, part)
            try:
                members[member] = each.write(value)
            except Rejected as reason:
                raise BadDataError(
                    f"{self.title}: {each.attribute} {shown(value)} cannot be written to {member}.",
                    why=_sentence(str(reason)),
                    todo="Correct it where it was entered; it is tried again then.",
                    field=member,
                ) from None
        return members

    def _value(self, row: Mapping[str, Any], each: Field) -> Any:
        raw: Any = row
        for name in (each.vendor or "").split("."):
            if raw is None:
                break
            if not isinstance(raw, Mapping):
                raise self._bad(row, each, raw, "an object is wanted")
            raw = raw.get(name)
        try:
            value = each.read(raw)
        except Rejected as reason:
            raise self._bad(row, each, raw, str(reason)) from None
        if value is None:
            if each.required:
                raise self._bad(row, each, raw, "a value is wanted")
            return each.default
        return value

    def _bad(self, row: Mapping[str, Any], each: Field, raw: Any, reason: str) -> BadDataError:
        found = "is missing" if raw is None else f"is {shown(raw)}"
        return BadDataError(
            f"{label(self.title, row)}: {each.vendor} {found}.",
            why=_sentence(reason),
            todo="Correct it there; the row is read again then.",
            field=each.vendor,
        )


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


NAMED_BY = ("number", "code", "name", "lastName", "Number", "Code", "Name", "LastName", "guid", "Id")


def label(title: str, row: Any) -> str:
    """How a person would find a vendor's row, made without trusting it: `Customer 10023 Åkerman AS`."""
    if not isinstance(row, Mapping):
        return title
    found: list[str] = []
    for name in NAMED_BY:
        value = row.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "":
            found.append(shown(value).strip('"'))
        if len(found) == 2:
            break
    return " ".join([title, *found])


def nested(members: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted members as nested objects, for a POST body."""
    body: dict[str, Any] = {}
    for path, value in members.items():
        *parents, name = path.split(".")
        at = body
        for parent in parents:
            at = at.setdefault(parent, {})
        at[name] = value
    return body


def gather(rows: Iterable[Any], build: Callable[[Any], R], *, title: str, key: str) -> tuple[list[R], list[Problem]]:
    """Build every row; a row that breaks the contract becomes a Problem. `key` is the member that holds the id."""
    items: list[R] = []
    problems: list[Problem] = []
    for position, row in enumerate(rows):
        try:
            items.append(build(row))
        except SyncError as error:
            known = row.get(key) if isinstance(row, Mapping) else None
            usable = known.strip() != "" if isinstance(known, str) else type(known) is int
            name = shown(known).strip('"') if usable else f"row {position + 1}"
            problems.append(Problem(id=name, label=label(title, row), error=error))
    return items, problems


def members_of(record: type[Record], table: Table[Any]) -> frozenset[str]:
    """Attributes of a record class that a table reads; tests compare it with the class's own fields."""
    known = set(getattr(record, "__dataclass_fields__", {}))
    return frozenset(known & {each.attribute.partition(".")[0] for each in table.fields if each.attribute})
