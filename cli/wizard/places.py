"""Places in a tenant file: `severa.statuses.paid`, and what the settings' models say about them.

A place is the keys that lead to a value. Below a table, such as `visma_net.credit_terms`, all that follows is one key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from connectors.settings import ERP_SETTINGS, SETTINGS
from core.errors import ConfigurationError
from tenants.document import read
from tenants.explain import section_of
from tenants.mistakes import did_you_mean, one_of
from tenants.model import tenant_model
from tenants.section import Section, is_secret

Place = tuple[str, ...]

GIVEN_OTHERWISE = ("tenant", "erp")
"""What the command line says by itself: the argument, and --erp."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that a tenant file may hold: where it stands, and the field that declares it (the table, below one)."""

    place: Place
    info: FieldInfo

    @property
    def name(self) -> str:
        """The place as it is written with --set and shown in mistakes."""
        return ".".join(self.place)

    @property
    def secret(self) -> bool:
        """Whether it refers to a secret."""
        return is_secret(self.info)

    @property
    def listed(self) -> bool:
        """Whether its value is a list and nothing else."""
        kinds = kinds_of(self.info)
        return bool(kinds) and all(get_origin(kind) is tuple for kind in kinds)


def kinds_of(info: FieldInfo) -> list[Any]:
    """The kinds of values that a field takes, without None; below a table those of its values."""
    kinds = _parts(info.annotation)
    return [part for kind in kinds for part in (_parts(get_args(kind)[1]) if get_origin(kind) is dict else [kind])]


def is_table(info: FieldInfo) -> bool:
    """Whether a field is a table of values by key."""
    return any(get_origin(kind) is dict for kind in _parts(info.annotation))


def setting_at(name: str, erp: str) -> Setting:
    """The setting at a dotted place in the file of a tenant of this ERP. ConfigurationError when there is none."""
    place = tuple(name.strip().split("."))
    model: type[Section] = tenant_model(SETTINGS)
    hidden = {*GIVEN_OTHERWISE, *(set(ERP_SETTINGS) - {erp})}
    for depth, part in enumerate(place):
        known = [each for each in model.model_fields if depth or each not in hidden]
        here, rest = ".".join(place[: depth + 1]), place[depth + 1 :]
        if part not in known:
            near = did_you_mean(part, known)
            todo = near.capitalize() or f"{one_of(known, 'Known here:', 40)}."
            raise ConfigurationError(f"{here} is not a setting.", todo=todo)
        info = model.model_fields[part]
        section = section_of(info.annotation)
        if section is None:
            return _setting(place[: depth + 1], rest, info)
        if not rest:
            inner = ", ".join(f"{here}.{each}" for each in list(section.model_fields)[:4])
            raise ConfigurationError(f"{here} is a group of settings.", todo=f"Set those in it: {inner} ...")
        model = section
    raise AssertionError("a place has a name")  # split always gives one


def _setting(place: Place, rest: Place, info: FieldInfo) -> Setting:
    here = ".".join(place)
    if is_table(info):
        if not rest:
            raise ConfigurationError(f"{here} is a table.", todo=f"Set its values: {here}.KEY=VALUE.")
        return Setting((*place, ".".join(rest)), info)
    if rest:
        raise ConfigurationError(f"{here} has nothing below it.", todo=f"Write {here}=VALUE.")
    return Setting(place, info)


def value_of(setting: Setting, words: str) -> Any:
    """A typed or given text as the value that the file would hold: a text, or what YAML reads in it.

    A list may be written with commas between its parts. ConfigurationError for what is no YAML.
    """
    words = words.strip()
    kinds = kinds_of(setting.info)
    if setting.listed and not words.startswith("["):
        return [part.strip() for part in words.split(",") if part.strip()]
    numbers = any(kind in (bool, int, float, Decimal) for kind in kinds)
    if not numbers and not (words.startswith("[") and any(get_origin(kind) is tuple for kind in kinds)):
        return words
    document = read(words, "")
    if document.mistakes:
        raise ConfigurationError(f"{setting.name}: this is no value.", todo="Write it as it would stand in the file.")
    return document.data


def assigned(words: str, erp: str) -> tuple[Setting, Any]:
    """`NAME=VALUE`, as it is given with --set. ConfigurationError says what is wrong with it."""
    name, equals, value = words.partition("=")
    if not equals:
        raise ConfigurationError("--set wants NAME=VALUE.", todo="Such as --set time_zone=Europe/Oslo.")
    setting = setting_at(name, erp)
    return setting, value_of(setting, value)


def nested(values: Mapping[Place, Any]) -> dict[str, Any]:
    """Values by place as the groups that they stand in."""
    tree: dict[str, Any] = {}
    for place, value in values.items():
        *parents, name = place
        at = tree
        for parent in parents:
            at = at.setdefault(parent, {})
        at[name] = value
    return tree


def _parts(annotation: Any) -> list[Any]:
    """The alternatives of an annotation, bare and without None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _parts(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [part for each in get_args(annotation) for part in _parts(each)]
    return [] if annotation is type(None) else [annotation]
