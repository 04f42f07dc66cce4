"""Declared members of a request body and the check of a body against them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sandbox.poweroffice.errors import RefusedError

Check = Callable[[Any], bool]


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_date(value: Any) -> bool:
    if not isinstance(value, str) or len(value) != len("2026-01-31"):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_uuid(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _is_uri(value: Any) -> bool:
    return isinstance(value, str) and "://" in value


CHECKS: Mapping[str, tuple[str, Check]] = {
    "strings": ("a string", lambda value: isinstance(value, str)),
    "integers": ("an integer", _is_integer),
    "numbers": ("a number", _is_number),
    "booleans": ("true or false", lambda value: isinstance(value, bool)),
    "dates": ("a date (YYYY-MM-DD)", _is_date),
    "uuids": ("a uuid", _is_uuid),
    "uris": ("a URI", _is_uri),
    "integer_lists": ("a list of integers", lambda value: isinstance(value, list) and all(map(_is_integer, value))),
}


@dataclass(frozen=True, slots=True)
class Member:
    """One member: what it must be, in words and as a check; `length` and `limits` where the contract states them."""

    words: str
    check: Check
    nullable: bool = True
    length: int | None = None
    limits: tuple[int, int] | None = None
    values: frozenset[str] | None = None
    form: "Model | None" = None
    many: bool = False

    def fault(self, name: str, value: Any) -> str | None:
        """What is wrong with this value, or None."""
        if value is None:
            return None if self.nullable else f"{name} must not be null."
        if not self.check(value):
            return f"The JSON value of '{name}' could not be converted: {self.words} is needed."
        if self.length is not None and len(value) > self.length:
            return f"The length of '{name}' must be {self.length} characters or fewer. You entered {len(value)}."
        if self.limits is not None and not self.limits[0] <= value <= self.limits[1]:
            return f"'{name}' must be between {self.limits[0]} and {self.limits[1]}."
        if self.form is not None:
            for each in value if self.many else (value,):
                fault = self.form.fault(each)
                if fault is not None:
                    return f"{name}: {fault}"
        return None


@dataclass(frozen=True, slots=True)
class Model:
    """The declared members of one body. Names are matched exactly; unknown ones are refused."""

    name: str
    members: Mapping[str, Member]
    required: frozenset[str]
    spellings: Mapping[str, str]
    """Lower case -> the member's name: JSON Patch paths are matched without regard to case."""

    @property
    def noun(self) -> str:
        """What the body describes, for titles: ``CustomerPostDto`` -> ``Customer``."""
        return self.name.removesuffix("PostDto").removesuffix("PatchDto").removesuffix("Complete")

    def fault(self, body: Any) -> str | None:
        """What is wrong with this body, or None."""
        if not isinstance(body, dict):
            return f"{self.name}: an object is needed."
        for name, value in body.items():
            member = self.members.get(name)
            if member is None:
                return f"{self.name}: The member '{name}' is unknown."
            fault = member.fault(name, value)
            if fault is not None:
                return fault
        for name in self.required:
            if body.get(name) in (None, ""):
                return f"'{name}' must not be empty."
        return None

    def refuse_faults(self, body: Any) -> dict[str, Any]:
        """The body when it is in order; RefusedError (400) otherwise."""
        fault = self.fault(body)
        if fault is not None:
            raise RefusedError.invalid(self.noun, fault)
        checked: dict[str, Any] = body
        return checked


def model(
    name: str,
    *,
    required: str = "",
    never_null: str = "",
    enums: Mapping[str, frozenset[str]] | None = None,
    objects: Mapping[str, Model] | None = None,
    lists: Mapping[str, Model] | None = None,
    lengths: Mapping[str, int] | None = None,
    limits: Mapping[str, tuple[int, int]] | None = None,
    **kinds: str,
) -> Model:
    """Declares a body. `kinds` are the keys of `CHECKS`, each with the names of its members in one text."""
    members: dict[str, Member] = {}
    strict = set(never_null.split())
    for kind, names in kinds.items():
        words, check = CHECKS[kind]
        for each in names.split():
            members[each] = Member(
                words,
                check,
                nullable=each not in strict,
                length=(lengths or {}).get(each),
                limits=(limits or {}).get(each),
            )
    for each, allowed in (enums or {}).items():
        words = "one of " + ", ".join(sorted(allowed))
        members[each] = Member(words, _one_of(allowed), values=allowed)
    for each, form in (objects or {}).items():
        members[each] = Member("an object", lambda value: isinstance(value, dict), form=form)
    for each, form in (lists or {}).items():
        members[each] = Member("a list", lambda value: isinstance(value, list), form=form, many=True)
    spellings = {each.lower(): each for each in members}
    return Model(name, members, frozenset(required.split()), spellings)


def _one_of(allowed: frozenset[str]) -> Check:
    return lambda value: isinstance(value, str) and value in allowed
