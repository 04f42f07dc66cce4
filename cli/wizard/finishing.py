"""Writing what the wizard found out, and what comes after: the checks, the comparison, and what is left."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli import server
from cli.output import err, out, table, text
from cli.wizard.answers import Answers
from connectors.settings import SETTINGS
from core.errors import ConfigurationError
from tasks import places
from tenants.files import NewFile, place
from tenants.load import SUFFIX, parse
from tenants.mistakes import TenantFileError
from tenants.schema import json_schema

SCHEMA = "tenant.schema.json"
"""The JSON schema beside the tenant files: editors find it by the first line of each."""
FOR_EDITORS = f"# yaml-language-server: $schema={SCHEMA}\n"
AFTERWARDS = (("check", "the checks before switching on"), ("compare", "the comparison of both systems"))
"""Commands that are called for the new tenant where this version has them, and what they are for people."""


@dataclass(frozen=True, slots=True)
class After:
    """What came of a command that was called for the new tenant."""

    command: str
    code: int


def write(path: Path, text: str, secrets: Sequence[NewFile] = (), *, force: bool = False, proved: bool = True) -> None:
    """The tenant file with the secrets that it refers to and the schema beside it: all of them or none.

    `proved`: the text must be a tenant file, else ConfigurationError. So it is for a file that is there already and
    may not be replaced (`force`), and for what cannot be written.
    """
    if proved:
        _prove(text, path)
    schema = json.dumps(json_schema(SETTINGS), indent=1, ensure_ascii=False) + "\n"
    files = [*secrets, NewFile(path.parent / SCHEMA, schema), NewFile(path, FOR_EDITORS + text, replace=force)]
    try:
        place(files)
    except FileExistsError:
        raise exists(path) from None
    except OSError as error:
        why = f"{error.strerror or type(error).__name__}: {error.filename}."
        raise ConfigurationError(f"The tenant file {path} cannot be written.", why=why) from None


def finish(answers: Answers, folder: Path, *, force: bool) -> Path:
    """Write the file of the answers and forget what was kept of them; its path."""
    path = folder / f"{answers.tenant}{SUFFIX}"
    write(path, answers.text(final=True), answers.secret_files(), force=force)
    answers.discard()
    return path


def exists(path: Path) -> ConfigurationError:
    """The refusal to replace a file."""
    return ConfigurationError(f"{path} exists already.", todo="Use --force to replace it.")


def there_are(wanted: Sequence[str] | None = None) -> dict[str, str]:
    """The commands for afterwards that this version has, of those that are `wanted`: what each is for."""
    from typer.main import get_command  # noqa: PLC0415 - the application imports the wizard

    from cli.main import app  # noqa: PLC0415

    known = getattr(get_command(app), "commands", {})
    return {name: what for name, what in AFTERWARDS if name in known and (wanted is None or name in wanted)}


def afterwards(tenant: str, wanted: Sequence[str]) -> list[After]:
    """Call the commands that are `wanted` and that this version has, one after the other, whatever each came to."""
    found = []
    commands = there_are(wanted)
    if commands:
        server.ensure(places.home())
    for name, what in commands.items():
        err.print()
        err.print(f"[bold]{text(what[:1].upper() + what[1:])}[/bold] [dim](severa-sync {name} {text(tenant)})[/dim]")
        # A process of its own: here Prefect was imported before its server's address stood in the environment.
        done = subprocess.run([sys.executable, "-m", "cli.main", name, tenant], check=False)  # noqa: S603 - our own
        found.append(After(name, done.returncode))
    return found


def what_is_left(tenant: str, done: Sequence[After]) -> None:
    """What a person still has to do, in the order of doing it."""
    went_well = {after.command for after in done if not after.code}
    tried = {after.command for after in done}
    left = [
        (f"severa-sync {name} {tenant}", "again, once what it found is mended" if name in tried else what)
        for name, what in there_are().items()
        if name not in went_well
    ]
    left.append((f"severa-sync run {tenant} --preview", "what a first run would do; it writes nothing"))
    left.append((f"severa-sync run {tenant}", "the first run"))
    left.append(("severa-sync deploy", "the timetable, for a worker"))
    out.print()
    out.print(table("What is left", ["command", "what for"], left, whole=["command"]))


def short(path: Path) -> str:
    """A path as a person types it here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _prove(words: str, path: Path) -> None:
    try:
        parse(words, str(path), SETTINGS)
    except TenantFileError as error:
        why = "; ".join(f"{mistake.path}: {mistake.what}" for mistake in error.mistakes)
        raise ConfigurationError("What is known does not make a tenant file.", why=why) from None
