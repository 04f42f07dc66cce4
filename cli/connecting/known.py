"""What a tenant's file says about a system, as far as access needs it: the rest may still be to be filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError, create_model

from connectors.settings import ERP_SETTINGS, SETTINGS, SEVERA
from core.errors import ConfigurationError
from tenants.document import MAX_CHARACTERS, Document, read
from tenants.explain import explain
from tenants.load import SUFFIX, names
from tenants.mistakes import TenantFileError, did_you_mean, one_of
from tenants.model import required
from tenants.rules import PLACEHOLDER
from tenants.section import Section, access_fields


@dataclass(frozen=True, slots=True)
class TenantText:
    """The text of a tenant's file with what it says."""

    path: Path
    text: str
    document: Document

    @property
    def erp(self) -> str:
        """The ERP that it names. ConfigurationError for none, or for one that is not known."""
        named = self.document.data.get("erp")
        if named in ERP_SETTINGS:
            return str(named)
        known = tuple(ERP_SETTINGS)
        near = did_you_mean(named, known)
        raise ConfigurationError(
            f"The tenant file {self.path} names no ERP that is known.", todo=f"{one_of(known).capitalize()}. {near}"
        )

    def section(self, system: str) -> dict[str, Any]:
        """What it says about a system; what is to be filled in counts as not said."""
        return filled_in(self.document.data.get(system))


def read_tenant(path: Path) -> TenantText:
    """A tenant's file, which need not be complete. ConfigurationError for none, TenantFileError for no YAML."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        near = did_you_mean(path.stem, names(path.parent))
        raise ConfigurationError(
            f"There is no tenant file {path}.", todo=near.capitalize() or "Make one with severa-sync init."
        ) from None
    except OSError as error:
        raise ConfigurationError(f"The tenant file {path} cannot be read: {error.strerror}.") from None
    try:
        text = raw[: 4 * MAX_CHARACTERS + 1].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"The tenant file {path} is not UTF-8 text.") from None
    document = read(text, str(path))
    if document.mistakes:
        raise TenantFileError(document.mistakes)
    if not isinstance(document.data, dict):
        raise ConfigurationError(f"The tenant file {path} has no settings.", todo="Start from severa-sync init.")
    return TenantText(path, text, document)


def other_tenants(path: Path) -> dict[str, TenantText]:
    """The files of the other tenants in the same folder; one that cannot be read is left to its own tenant."""
    found: dict[str, TenantText] = {}
    for name in names(path.parent):
        if name != path.stem:
            try:
                found[name] = read_tenant(path.parent / f"{name}{SUFFIX}")
            except ConfigurationError:
                continue
    return found


def filled_in(values: Any) -> dict[str, Any]:
    """The settings of a section that have a value."""
    if not isinstance(values, Mapping):
        return {}
    return {str(name): value for name, value in values.items() if value is not None and not _open(value)}


def settings_for_access(system: str, values: Mapping[str, Any], document: Document | None = None) -> Section:
    """A system's settings, of which only those for access must be there.

    Raises TenantFileError with every mistake, at its place in `document` where there is one.
    """
    model = _access(system)
    try:
        whole = model.model_validate_json(json.dumps({system: values}))
    except ValidationError as error:
        placed = document or Document("settings")
        raise TenantFileError(mistake for _, mistake in explain(error, placed, model)) from None
    section: Section = getattr(whole, system)
    return section


@lru_cache
def _access(system: str) -> type[Section]:
    """A model of one section in which nothing is required that access does not need."""
    kind = SETTINGS[system]
    free: dict[str, Any] = {name: (Any, None) for name in required(kind) if name not in access_fields(kind)}
    relaxed = create_model(kind.__name__, __base__=kind, __doc__=kind.__doc__, **free)
    fields: dict[str, Any] = {system: (relaxed, ...)}
    return create_model("Access", __base__=Section, **fields)


def _open(value: Any) -> bool:
    """Whether something in it is still to be filled in."""
    if isinstance(value, Mapping):
        return any(_open(each) for each in value.values())
    if isinstance(value, list | tuple):
        return any(_open(each) for each in value)
    return isinstance(value, str) and value.strip().casefold() == PLACEHOLDER


def systems_of(tenant: TenantText) -> tuple[str, str]:
    """Severa and the tenant's ERP."""
    return SEVERA, tenant.erp
