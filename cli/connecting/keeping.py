"""Keeps what connecting brought: secrets by reference, the tenant's file, all or nothing (law 9, ALL-12)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

from pydantic import SecretStr

from cli.connecting.editing import edited
from cli.connecting.getting import Asked, Connected
from cli.connecting.known import TenantText
from core.errors import ConfigurationError, SyncError
from tasks import places
from tenants.files import NewFile, place
from tenants.secrets import FOLDER, reference_for, secret_file


class Place(StrEnum):
    """Where secrets are kept."""

    FILE = "file"
    BLOCK = "block"
    ENV = "env"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the secrets of one system are kept, and what changes for that.

    `references` go into the tenant's file; `files` and `blocks` are to be written; `variables` are names that a person
    sets to the secrets that were typed.
    """

    system: str
    references: Mapping[str, str]
    plain: Mapping[str, str]
    files: tuple[NewFile, ...] = ()
    blocks: Mapping[str, SecretStr] = field(default_factory=dict, repr=False)
    variables: tuple[str, ...] = ()


def refuse_early(asked: Asked, where: Place | None = None) -> None:
    """ConfigurationError before anybody gives consent for a secret that could then not be kept."""
    if not asked.consent or asked.connecting.consent is None:
        return
    name = asked.connecting.consent.brings
    if where is Place.ENV or (where is None and str(asked.values[name]).startswith(f"{Place.ENV.value}:")):
        raise ConfigurationError(
            f"{asked.system}.{name} cannot be kept in an environment variable: what consent brings is shown to nobody.",
            todo="Choose --store file or --store block.",
        )


def decide(connected: Connected, where: Place | None = None) -> Kept:
    """Where each secret goes: where the tenant's file says, or all of them to `where`."""
    references = dict(connected.references)
    files: list[NewFile] = []
    blocks: dict[str, SecretStr] = {}
    variables: list[str] = []
    for name, secret in connected.secrets.items():
        before = references[name]
        moves = where is not None and not before.startswith(f"{where.value}:")
        if name not in connected.new and not moves:
            continue
        kind = where or Place(before.partition(":")[0])
        after = before if not moves and _ours(before) else reference(kind, connected.tenant, connected.system, name)
        references[name] = after
        target = after.partition(":")[2]
        if kind is Place.ENV:
            variables.append(target)
        elif kind is Place.BLOCK:
            blocks[target] = secret
        else:
            files.append(NewFile(places.home() / target, secret.get_secret_value() + "\n", mode=0o600))
    return Kept(connected.system, references, connected.plain, tuple(files), blocks, tuple(variables))


def reference(where: Place, tenant: str, system: str, name: str) -> str:
    """The reference under which a secret is kept; tenants whose names differ never share one."""
    if where is Place.FILE:
        secret_file(places.home(), tenant, f"{system}.{name}", SecretStr("-"))  # refuses a name that no file can have
        return reference_for(tenant, f"{system}.{name}")
    whole = f"severa-sync-{tenant}-{system}-{name}"
    plain = re.sub(r"[^a-z0-9]", "-", whole)
    if "_" in tenant or "--" in tenant:  # `a_b` and `a-b` would have the same name
        plain += "-" + hashlib.sha256(tenant.encode()).hexdigest()[:6]
    return f"block:{plain}" if where is Place.BLOCK else f"env:{plain.replace('-', '_').upper()}"


def tenant_file(tenant: TenantText, kept: Sequence[Kept]) -> NewFile | None:
    """The tenant's file with the new settings and references, its comments kept; None when nothing changes."""
    text = tenant.text
    for each in kept:
        before = tenant.section(each.system)
        wanted = {**each.plain, **each.references}
        changes = {name: value for name, value in wanted.items() if before.get(name) != value}
        if changes:
            text = edited(text, str(tenant.path), each.system, changes)
    if text == tenant.text:
        return None
    return NewFile(tenant.path, text, mode=tenant.path.stat().st_mode & 0o777)


def keep(kept: Sequence[Kept], file: NewFile | None = None) -> None:
    """Writes blocks, secret files and the tenant's file: all of them, or none. ConfigurationError when it cannot."""
    blocks = {name: value for each in kept for name, value in each.blocks.items()}
    files = [each for one in kept for each in one.files] + ([file] if file is not None else [])
    if not blocks:
        _place(files)
        return
    from cli.connecting.blocks import load, save  # noqa: PLC0415 - loads Prefect

    before: dict[str, SecretStr | None] = {}
    try:
        for name, value in blocks.items():
            before[name] = load(name)
            save(name, value)
        _place(files)
    except BaseException as error:
        if changed := [name for name in before if not _as_before(name, before[name])]:
            raise ConfigurationError(
                f"The credentials are kept in part only: {', '.join(changed)} could not be put back.",
                why=str(error),
                todo="Look at these Prefect blocks, then begin again with severa-sync connect.",
            ) from error
        raise


def _as_before(name: str, value: SecretStr | None) -> bool:
    """Whether a block could be put back."""
    from cli.connecting.blocks import put_back  # noqa: PLC0415

    try:
        put_back(name, value)
    except SyncError:
        return False
    return True


def _place(files: Sequence[NewFile]) -> None:
    try:
        place(files)
    except OSError as error:
        raise ConfigurationError(
            "The credentials cannot be kept; nothing was changed.",
            why=f"{error.strerror or type(error).__name__}: {error.filename}.",
        ) from None


def _ours(reference_before: str) -> bool:
    """Whether a secret may be written to where a reference points: a file outside the home is somebody else's."""
    kind, _, name = reference_before.partition(":")
    path = PurePosixPath(name)
    return kind != Place.FILE.value or (path.parts[:1] == (FOLDER,) and ".." not in path.parts)
