"""The answers given so far, proved by the parser of tenant files, and kept in the home until the file is written.

What is kept holds no secret, only where each one is kept: those that were typed wait in files of their own beside it,
readable for their owner only, and move to the folder of secrets together with the tenant file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from cli.wizard.places import Place, nested, setting_at
from connectors.profiles import PROFILES
from connectors.settings import SETTINGS
from connectors.severa.offers import scopes_for
from connectors.severa.settings import SCOPES
from core.errors import ConfigurationError
from tenants.files import NewFile, place
from tenants.load import SUFFIX, parse
from tenants.mistakes import Mistake, TenantFileError
from tenants.model import Tenant, erps
from tenants.secrets import reference_for, resolve, secret_file
from tenants.section import secret_fields
from tenants.template import render

FOLDER = "drafts"
FORMAT = 1
SWITCHED_ON: Place = ("switched_on",)
TIME_ZONE: Place = ("time_zone",)


@dataclass(slots=True)
class Answers:
    """What is known of a new tenant. A value None says that the setting is left out."""

    tenant: str
    erp: str
    home: Path
    values: dict[Place, Any] = field(default_factory=dict)

    def knows(self, where: Place) -> bool:
        """Whether there is an answer, be it that the setting is left out."""
        return where in self.values

    def get(self, where: Place) -> Any:
        """The answer; None where there is none or the setting is left out."""
        return self.values.get(where)

    def forget(self, places: Iterable[Place]) -> None:
        """Take answers back."""
        for where in places:
            self.values.pop(where, None)

    # the file ---------------------------------------------------------------------------------------------------

    def tree(self) -> dict[str, Any]:
        """The answers as the groups of a tenant file, with what follows from the ERP."""
        given = {where: value for where, value in self.values.items() if value is not None}
        tree = nested(given)
        scopes = scopes_for(PROFILES[self.erp])
        if scopes != SCOPES:
            tree["severa"] = {"scopes": list(scopes), **tree.get("severa", {})}
        masters = {registry.value: may[0].value for registry, may in erps(SETTINGS)[self.erp].master_choices.items()}
        return {**tree, "tenant": self.tenant, "masters": {**masters, **tree.get("masters", {})}}

    def text(self, *, final: bool = False) -> str:
        """The tenant file as it stands; unknown but required values are marked in it. `final`: with moved secrets."""
        tree = self.tree()
        if final:
            for system, name in self._waiting():
                tree[system][name] = reference_for(self.tenant, f"{system}.{name}")
        with suppress(KeyError, TypeError, ValueError):  # what is no instant stays as it is, for the parser to tell
            tree["switched_on"] = datetime.fromisoformat(tree["switched_on"]).astimezone(UTC)
        return render(SETTINGS, self.erp, tree)

    def parsed(self) -> Tenant:
        """The tenant that the answers make. Raises TenantFileError with every mistake."""
        return parse(self.text(), f"{self.tenant}{SUFFIX}", SETTINGS)

    def mistakes(self) -> tuple[Mistake, ...]:
        """Everything that the parser of tenant files finds, what is not filled in yet included."""
        try:
            self.parsed()
        except TenantFileError as error:
            return error.mistakes
        return ()

    def refused(self) -> list[Mistake]:
        """What is wrong with the answers that there are; what is not filled in yet is left out."""
        return [mistake for mistake in self.mistakes() if any(concerns(mistake, where) for where in self.values)]

    def mistakes_at(self, where: Place, value: Any) -> list[Mistake]:
        """What would be wrong with an answer there, in the words of the parser of tenant files."""
        tried = Answers(self.tenant, self.erp, self.home, {**self.values, where: value})
        return [mistake for mistake in tried.mistakes() if concerns(mistake, where)]

    # secrets ----------------------------------------------------------------------------------------------------

    def keep_secret(self, where: Place, value: SecretStr) -> None:
        """Keep a typed secret until the file is written; the answer says where. ConfigurationError for none at all."""
        words = value.get_secret_value()
        if not words.strip() or not words.isprintable():
            raise ConfigurationError("A secret is one line of text.", todo="Paste it once more.")
        name = ".".join(where)
        _place([NewFile(self._waiting_file(name), words.strip() + "\n", mode=0o600)])
        self.values[where] = self._waiting_reference(name)

    def secret_files(self) -> list[NewFile]:
        """The files that will keep the typed secrets. ConfigurationError when one of those kept so far is gone."""
        return [
            secret_file(self.home, self.tenant, f"{system}.{name}", resolve(self.values[system, name], self.home))
            for system, name in self._waiting()
        ]

    def _waiting(self) -> list[tuple[str, str]]:
        """The places of secrets that were typed and wait beside the draft."""
        return [
            (where[0], where[1])
            for where, value in self.values.items()
            if len(where) == 2 and value == self._waiting_reference(".".join(where))
        ]

    def _waiting_reference(self, name: str) -> str:
        return f"file:{FOLDER}/{self.tenant}.{name}"

    def _waiting_file(self, name: str) -> Path:
        return self.home / FOLDER / f"{self.tenant}.{name}"

    def shown(self) -> list[tuple[str, str]]:
        """Setting and answer for people, in the order in which they were given; secrets by where they will be."""
        waiting = {where: reference_for(self.tenant, ".".join(where)) for where in self._waiting()}
        rows = []
        for where, value in self.values.items():
            said = waiting.get((where[0], where[-1]), value) if len(where) == 2 else value
            listed = ", ".join(map(str, said)) if isinstance(said, list) else said
            rows.append((".".join(where), "-" if listed is None else str(listed)))
        return rows

    # resuming ---------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Keep the answers for the next call."""
        content = {
            "format": FORMAT,
            "erp": self.erp,
            "answers": [[list(where), value] for where, value in self.values.items()],
        }
        _place([NewFile(self._file(), json.dumps(content, ensure_ascii=False, indent=1) + "\n", mode=0o600)])

    def discard(self) -> None:
        """Forget what was kept, typed secrets included."""
        folder = self.home / FOLDER
        for path in [self._file(), *(self._waiting_file(".".join(where)) for where in _secret_places())]:
            path.unlink(missing_ok=True)
        with suppress(OSError):  # another tenant's answers are in it, or it is not there
            folder.rmdir()

    def _file(self) -> Path:
        return self.home / FOLDER / f"{self.tenant}.json"


def kept(tenant: str, home: Path) -> Answers | None:
    """What an earlier call kept of this tenant; None when there is nothing, or nothing that can be read."""
    try:
        content = json.loads((home / FOLDER / f"{tenant}.json").read_text(encoding="utf-8"))
        values = {tuple(map(str, where)): value for where, value in content["answers"]}
        usable = content["format"] == FORMAT and content["erp"] in erps(SETTINGS) and all(values)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    if not usable:
        return None
    known = {where: value for where, value in values.items() if _is_setting(where, content["erp"])}
    return Answers(tenant, content["erp"], home, known)


def concerns(mistake: Mistake, where: Place) -> bool:
    """Whether a mistake is about a place: there, below it, in the group around it, or in the whole file."""
    here, path = ".".join(where), mistake.path
    return path in ("", here) or path.startswith((f"{here}.", f"{here}[")) or here.startswith(f"{path}.")


def in_words(mistake: Mistake) -> str:
    """A mistake as a person is told at the prompt: without file and line."""
    return f"{mistake.what}; {mistake.allowed}" if mistake.allowed else mistake.what


def _is_setting(where: Place, erp: str) -> bool:
    """Whether this version has the setting; another one may have kept the answers."""
    try:
        return setting_at(".".join(where), erp).place == where
    except ConfigurationError:
        return False


def _secret_places() -> set[Place]:
    return {(system, name) for system, kind in SETTINGS.items() for name in secret_fields(kind)}


def _place(files: list[NewFile]) -> None:
    try:
        place(files)
    except OSError as error:
        why = f"{error.strerror or type(error).__name__}: {error.filename}."
        raise ConfigurationError("The answers cannot be kept.", why=why) from None
