"""Reads the ready file of the simulated systems: where they answer and with which credentials."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from core.errors import ConfigurationError
from tenants.section import Section, access_fields, secret_fields

_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Access:
    """How one simulated system is reached: plain settings, and secrets by the names of their settings.

    `choices` are further settings that fit its company, such as the classes of new items.
    """

    settings: dict[str, str]
    secrets: dict[str, SecretStr]
    choices: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """What a ready file says. `rate_limits` tells whether the simulated systems refuse fast callers."""

    access: dict[str, Access]
    rate_limits: bool = True


def read_ready(path: Path, sections: Mapping[str, type[Section]], systems: Sequence[str]) -> Ready:
    """The access to `systems` as a ready file gives it. Raises ConfigurationError that names what is wrong with it."""
    try:
        with path.open("rb") as stream:
            data = json.loads(stream.read(_MAX_BYTES))
    except FileNotFoundError:
        raise _unusable(path, "there is no such file") from None
    except OSError as error:
        raise _unusable(path, f"it cannot be read ({error.strerror or type(error).__name__})") from None
    except (ValueError, RecursionError):
        # Not UTF-8, not JSON, or nested without end.
        raise _unusable(path, "it is not JSON") from None
    if not isinstance(data, dict):
        raise _unusable(path, "it holds no JSON object")
    missing = [system for system in systems if not isinstance(data.get(system), dict)]
    if missing:
        raise _unusable(
            path, f"it does not name {' and '.join(missing)}; start the sandbox with --systems {','.join(systems)}"
        )
    access = {system: _access(path, system, data[system], sections[system]) for system in systems}
    return Ready(access, rate_limits=data.get("rate_limits") != "off")


def _access(path: Path, system: str, given: Mapping[str, object], section: type[Section]) -> Access:
    hidden = secret_fields(section)
    values: dict[str, str] = {}
    for name in sorted(access_fields(section)):
        value = given.get(name)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise _unusable(path, f"{system}.{name} is missing or is not a text")
        values[name] = value
    choices = given.get("settings", {})
    if not isinstance(choices, dict):
        raise _unusable(path, f"{system}.settings is no JSON object")
    return Access(
        settings={name: value for name, value in values.items() if name not in hidden},
        secrets={name: SecretStr(values[name]) for name in hidden},
        choices={name: value for name, value in choices.items() if name in section.model_fields},
    )


def _unusable(path: Path, why: str) -> ConfigurationError:
    todo = "Name the file that severa-sync sandbox --ready FILE has written."
    return ConfigurationError(f"The ready file {path} cannot be used: {why}.", todo=todo)
