"""The wrappers of write bodies: every scalar and block as ``{"value": x}`` (contract, section 3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.fields import BOOLEAN, Field, Fields, check, choice, many, of
from sandbox.store import Row
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.stamps import moment

DAY = "day"
"""Marks a text that is a date or local date-time."""
TEXT = Field(type="text", nullable=False)
WHOLE = Field(type="integer", nullable=False, bits=32)
DECIMAL = Field(type="number", nullable=False)
DATE = Field(type="text", nullable=False, reference=DAY)
OPERATION = choice("Insert", "Update", "Delete").never_null


def value(inner: Field) -> Field:
    """A wrapper around one value."""
    return Field(type="object", nullable=False, fields={"value": inner.must if inner.type != "text" else _text(inner)})


def _text(inner: Field) -> Field:
    return Field(type="text", nullable=False, required=True, longest=inner.longest, reference=inner.reference)


def texts(names: str) -> Fields:
    """Wrapped texts, by names with blanks between."""
    return dict.fromkeys(names.split(), value(TEXT))


def flags(names: str) -> Fields:
    """Wrapped booleans."""
    return dict.fromkeys(names.split(), value(BOOLEAN))


def decimals(names: str) -> Fields:
    """Wrapped numbers."""
    return dict.fromkeys(names.split(), value(DECIMAL))


def wholes(names: str) -> Fields:
    """Wrapped whole numbers."""
    return dict.fromkeys(names.split(), value(WHOLE))


def dates(names: str) -> Fields:
    """Wrapped dates."""
    return dict.fromkeys(names.split(), value(DATE))


def words(*allowed: str) -> Field:
    """A wrapped value of an enumeration."""
    return value(choice(*allowed))


def block(fields: Fields) -> Field:
    """A wrapper around an object of wrappers."""
    return value(Field(type="object", fields=fields))


def lines(fields: Fields) -> Field:
    """A list, unwrapped, of objects of wrappers."""
    return many(Field(type="object", nullable=False, fields=fields)).never_null


SEGMENTS = many(of(segmentId=WHOLE, segmentValue=TEXT)).never_null
"""A subaccount: a list of segments, all unwrapped."""
ADDRESS = texts("addressLine1 addressLine2 addressLine3 postalCode city countryId county")
CONTACT = texts("name attention email web phone1 phone2 fax")
ATTRIBUTES = lines(texts("attributeId attributeValue"))


def unwrapped(
    fields: Fields, document: Any, *, required: Sequence[str] = (), lengths: Mapping[str, int] | None = None
) -> Row:
    """A body without its wrappers; dates become ``YYYY-MM-DDT00:00:00``.

    Refused (400) with an unknown member, a missing wrapper, null, a wrong type, a value outside its enumeration, a
    text longer than `lengths` says, or without a required member.
    """
    if not isinstance(document, dict):
        raise RefusedError.business("The body must be an object.")
    problem = next(check(fields, document), None)
    if problem is not None:
        raise RefusedError.business(f"Error converting the member '{problem.member}': it {problem.message}.")
    body: Row = {name: _plain(fields[name], one, name, lengths or {}) for name, one in document.items()}
    for name in required:
        if body.get(name) in {None, ""}:
            raise RefusedError.business(f"'{name}' cannot be empty.")
    return body


def _plain(field: Field, given: Any, name: str, lengths: Mapping[str, int]) -> Any:
    if field.type == "object" and field.fields is not None:
        if set(field.fields) == {"value"}:
            return _plain(field.fields["value"], given["value"], name, lengths)
        return {key: _plain(field.fields[key], one, f"{name}.{key}", lengths) for key, one in given.items()}
    if field.type == "list" and field.item is not None:
        return [_plain(field.item, one, name, lengths) for one in given]
    if field.reference == DAY:
        try:
            return moment(given)
        except ValueError as bad:
            raise RefusedError.business(f"'{given}' is not a valid date-time for '{name}'.") from bad
    if isinstance(given, str) and len(given) > lengths.get(name, len(given)):
        raise RefusedError.business(f"'{name}' is longer than {lengths[name]} characters.")
    return given


def wrapped(fields: Fields, members: Row) -> Row:
    """The other way round: plain members with their wrappers, for what people enter without them."""
    return {name: _wrap(fields[name], one) if name in fields else one for name, one in members.items()}


def _wrap(field: Field, given: Any) -> Any:
    if field.type == "object" and field.fields is not None:
        if set(field.fields) == {"value"}:
            return {"value": _wrap(field.fields["value"], given)}
        return wrapped(field.fields, given) if isinstance(given, dict) else given
    if field.type == "list" and field.item is not None and isinstance(given, list):
        return [_wrap(field.item, one) for one in given]
    return given
