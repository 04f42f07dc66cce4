"""Reads tenant files. Every mistake of a file is found at once; one failing file never hides another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from core.errors import ConfigurationError
from tenants import rules
from tenants.document import MAX_CHARACTERS, read
from tenants.explain import explain
from tenants.mistakes import Mistake, TenantFileError, did_you_mean
from tenants.mistakes import Path as KeyPath
from tenants.model import Tenant, tenant_model
from tenants.section import Section

SUFFIX = ".yaml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """All tenant files of a folder: the tenants that can be used, by name, and the errors of the other files."""

    tenants: dict[str, Tenant]
    errors: tuple[TenantFileError, ...] = ()


def parse(text: str, file: str, sections: Mapping[str, type[Section]]) -> Tenant:
    """The tenant that a text describes. `file` names it in mistakes, its stem is the tenant's name.

    Raises TenantFileError with every mistake.
    """
    document = read(text, file)
    if document.mistakes:
        raise TenantFileError(document.mistakes)
    model = tenant_model(sections)
    broken = list(rules.check(document, sections))
    try:
        tenant = model.model_validate_json(json.dumps(document.data)) if isinstance(document.data, dict) else None
    except ValidationError as error:
        # The rules know more than the types: what they have explained is not explained again.
        told = {path for path, _ in broken}
        broken += [item for item in _deepest(explain(error, document, model)) if not _told(item[0], told)]
        tenant = None
    if broken or tenant is None:
        raise TenantFileError(mistake for _, mistake in broken)
    return tenant


def load(path: Path, sections: Mapping[str, type[Section]]) -> Tenant:
    """The tenant of one file. Raises TenantFileError with every mistake, ConfigurationError when there is no file."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(4 * MAX_CHARACTERS + 1)
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        what = f"The tenant file {path} cannot be read: {error.strerror or type(error).__name__}."
        raise ConfigurationError(what) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        mistake = Mistake(str(path), line, 1, "", "is not UTF-8 text", "save the file with the encoding UTF-8")
        raise TenantFileError([mistake]) from None
    return parse(text, str(path), sections)


def load_all(folder: Path, sections: Mapping[str, type[Section]]) -> Loaded:
    """All tenants of a folder, in order of their names. No folder is no tenants."""
    tenants: dict[str, Tenant] = {}
    errors: list[TenantFileError] = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            tenants[path.stem] = load(path, sections)
        except TenantFileError as error:
            errors.append(error)
        except ConfigurationError as error:
            errors.append(TenantFileError([Mistake(str(path), 1, 1, "", error.what)]))
    return Loaded(tenants, tuple(errors))


def names(folder: Path) -> list[str]:
    """The names of the tenants that have a file in this folder."""
    return sorted(path.stem for path in folder.glob(f"*{SUFFIX}"))


def _missing(path: Path) -> ConfigurationError:
    there = names(path.parent)
    near = did_you_mean(path.stem, there)
    known = f"Known tenants: {', '.join(there)}." if there else "There is no tenant yet."
    todo = near.capitalize() if near else "Make one with severa-sync init."
    return ConfigurationError(f"There is no tenant file {path}.", why=known, todo=todo)


def _deepest(found: Iterable[tuple[KeyPath, Mistake]]) -> list[tuple[KeyPath, Mistake]]:
    """A list whose items are wrong also counts as too short: only what is wrong inside is said."""
    items = list(found)
    inner = {path[:length] for path, _ in items for length in range(len(path))}
    return [item for item in items if item[0] not in inner]


def _told(path: KeyPath, told: set[KeyPath]) -> bool:
    """Whether a rule has spoken about this place, the group around it or something inside it."""
    return any(path[: len(place)] == place[: len(path)] for place in told)
