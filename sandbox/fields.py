"""Declared members of the bodies that a simulated system takes, and the check of a body against them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

FieldType = Literal["text", "integer", "number", "boolean", "date", "instant", "choice", "object", "list", "any"]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One member. `fields` are the members of an object, `item` is the field of a list's items.

    `reference` names what an object with a guid stands for ("users.person"), for the system that resolves it.
    """

    type: FieldType
    required: bool = False
    nullable: bool = True
    read_only: bool = False
    shortest: int = 0
    longest: int | None = None
    bits: int = 64
    choices: tuple[str, ...] = ()
    fields: "Fields | None" = None
    item: "Field | None" = None
    reference: str | None = None

    @property
    def must(self) -> "Field":
        """The same member, required and never null."""
        return replace(
            self, required=True, nullable=False, shortest=max(self.shortest, 1 if self.type == "text" else 0)
        )

    @property
    def never_null(self) -> "Field":
        """The same member, never null."""
        return replace(self, nullable=False)


Fields = Mapping[str, Field]
"""Members by name."""

TEXT = Field(type="text")
NUMBER = Field(type="number")
INT32 = Field(type="integer", bits=32)
INT64 = Field(type="integer")
BOOLEAN = Field(type="boolean", nullable=False)
MAYBE = Field(type="boolean")
DATE = Field(type="date")
INSTANT = Field(type="instant")
READ_ONLY = Field(type="any", read_only=True)


def choice(*words: str) -> Field:
    """One of some words."""
    return Field(type="choice", choices=words)


def reference(to: str, member: str = "guid") -> Field:
    """An object that holds a guid alone."""
    return Field(type="object", fields={member: replace(TEXT, nullable=False, required=True)}, reference=to)


def of(**fields: Field) -> Field:
    """An object with these members."""
    return Field(type="object", fields=fields)


def many(item: Field) -> Field:
    """A list."""
    return Field(type="list", item=item)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a body: where (``unitPrice.amount``) and what."""

    member: str
    message: str


def check(fields: Fields, body: Mapping[str, Any], *, partial: bool = False, at: str = "") -> Iterator[Problem]:
    """Everything that is wrong with an object. `partial` leaves out what is missing (a patch)."""
    for name, value in body.items():
        field = fields.get(name)
        if field is None:
            yield Problem(at + name, "is not a member")
        elif field.read_only:
            yield Problem(at + name, "is read-only")
        else:
            yield from check_value(field, value, at + name)
    if not partial:
        for name, field in fields.items():
            if field.required and name not in body:
                yield Problem(at + name, "is required")


def check_value(field: Field, value: object, at: str) -> Iterator[Problem]:
    """Everything that is wrong with one value."""
    if value is None:
        if not field.nullable:
            yield Problem(at, "must not be null")
        return
    message = _CHECKS[field.type](field, value)
    if message is not None:
        yield Problem(at, message)
    elif field.type == "object" and field.fields is not None and isinstance(value, dict):
        yield from check(field.fields, value, at=f"{at}.")
    elif field.type == "list" and field.item is not None and isinstance(value, list):
        for number, item in enumerate(value):
            yield from check_value(field.item, item, f"{at}[{number}]")


def _text(field: Field, value: object) -> str | None:
    if not isinstance(value, str):
        return "must be a text"
    if len(value) < field.shortest or (field.shortest and not value.strip()):
        return "must not be empty"
    if field.longest is not None and len(value) > field.longest:
        return f"is longer than {field.longest} characters"
    return None


def _integer(field: Field, value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        return "must be an integer"
    return None if -(2 ** (field.bits - 1)) <= value < 2 ** (field.bits - 1) else f"does not fit into {field.bits} bits"


def _number(_: Field, value: object) -> str | None:
    return "must be a number" if isinstance(value, bool) or not isinstance(value, int | float) else None


def _boolean(_: Field, value: object) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _date(_: Field, value: object) -> str | None:
    if not isinstance(value, str) or not _DATE.match(value):
        return "must be a date (YYYY-MM-DD)"
    try:
        date.fromisoformat(value)
    except ValueError:
        return "is no day of the calendar"
    return None


def _instant(_: Field, value: object) -> str | None:
    if not isinstance(value, str) or not _INSTANT.match(value):
        return "must be an instant (ISO 8601)"
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return "is no moment of the calendar"
    return None


def _choice(field: Field, value: object) -> str | None:
    return None if value in field.choices else f"must be one of {', '.join(field.choices)}"


def _object(_: Field, value: object) -> str | None:
    return None if isinstance(value, dict) else "must be an object"


def _list(_: Field, value: object) -> str | None:
    return None if isinstance(value, list) else "must be a list"


def _any(_: Field, __: object) -> str | None:
    return None


_CHECKS = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "instant": _instant,
    "choice": _choice,
    "object": _object,
    "list": _list,
    "any": _any,
}
