"""Secrets by reference (law 9): `env:NAME`, `file:PATH`, or another kind whose reader the caller brings (`block:NAME`).

No error and no log line ever holds the secret.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath

from pydantic import SecretStr

from core.errors import ConfigurationError
from tenants.files import NewFile, place
from tenants.section import SECRET_KINDS, Section, secret_fields

logger = logging.getLogger(__name__)

Resolver = Callable[[str], str]
"""Gives the secret of a name. Raises ConfigurationError when there is none."""

FOLDER = "secrets"
_MAX_BYTES = 64 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


def resolve(reference: str, home: Path, resolvers: Mapping[str, Resolver] | None = None) -> SecretStr:
    """The secret behind a reference. Paths are relative to `home` (SEVERA_SYNC_HOME).

    `resolvers` read further kinds, by the word before the colon. Raises ConfigurationError that says where was looked.
    """
    kind, _, name = reference.partition(":")
    if kind not in SECRET_KINDS or not name.strip():
        # The reference is not repeated: it may be the secret itself.
        raise ConfigurationError("A secret is not given by reference.", todo="Write block:NAME, env:NAME or file:PATH.")
    if resolvers and kind in resolvers:
        value = resolvers[kind](name)
    elif kind == "env":
        value = _from_environment(name)
    elif kind == "file":
        value = _from_file(name, home)
    else:
        raise ConfigurationError(
            f"The secret {reference} cannot be read here.", why=f"Nothing reads {kind}: references."
        )
    value = value.strip()
    if not value:
        raise ConfigurationError(f"The secret {reference} is empty.")
    if not value.isprintable():
        raise ConfigurationError(f"The secret {reference} holds a line break or a control character.")
    return SecretStr(value)


def resolve_section(
    section: Section, home: Path, resolvers: Mapping[str, Resolver] | None = None
) -> dict[str, SecretStr]:
    """All secrets of a section, by the names of its fields."""
    return {name: resolve(getattr(section, name), home, resolvers) for name in secret_fields(type(section))}


def reference_for(tenant: str, name: str) -> str:
    """The reference under which `store_file` keeps a secret."""
    return f"file:{FOLDER}/{tenant}.{name}"


def secret_file(home: Path, tenant: str, name: str, value: SecretStr) -> NewFile:
    """The file that keeps a secret, for its owner only."""
    file_name = f"{tenant}.{name}"
    if not _NAME.fullmatch(file_name):
        raise ConfigurationError("A secret cannot be stored under this name: letters, digits, '.', '-' and '_' only.")
    return NewFile(home / FOLDER / file_name, value.get_secret_value() + "\n", mode=0o600)


def store_file(home: Path, tenant: str, name: str, value: SecretStr) -> str:
    """Stores a secret in a file of its own under `home` and returns the reference to it."""
    file = secret_file(home, tenant, name, value)
    try:
        place([file])
    except OSError as error:
        raise ConfigurationError(f"The secret file {file.path} cannot be written: {error.strerror}.") from None
    return reference_for(tenant, name)


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        todo = f"Set it, or name another place than env:{name}."
        raise ConfigurationError(f"The environment variable {name} is not set.", todo=todo)
    return value


def _from_file(name: str, home: Path) -> str:
    if ".." in PurePath(name).parts:
        raise ConfigurationError(
            f"The secret file:{name} points outside its folder.", todo="Write the path without '..'."
        )
    path = home / name
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            raw = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        why = "There is no such file." if isinstance(error, FileNotFoundError) else f"{error.strerror}."
        todo = "Put the secret into it, readable for its owner only (mode 0600)."
        raise ConfigurationError(f"The secret file {path} cannot be read.", why=why, todo=todo) from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        logger.warning("The secret file %s can be read by others: chmod 600 it.", path)
    if len(raw) > _MAX_BYTES:
        raise ConfigurationError(f"The secret file {path} is too large to be a secret.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"The secret file {path} is not UTF-8 text.") from None
