"""`severa-sync connect`: gets a tenant's credentials, tests them, and keeps them by reference (ALL-12)."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import SecretStr
from rich.padding import Padding

from cli.output import out, print_json, text
from connectors.settings import SETTINGS, SEVERA
from core.errors import ConfigurationError
from tasks import places
from tenants.load import SUFFIX
from tenants.mistakes import one_of
from tenants.section import access_fields, secret_fields

if TYPE_CHECKING:
    from cli.connecting import Asked, Asking, Browsing, Connected, Kept, Place
    from cli.connecting.known import TenantText
    from state.store import Store

PLACES = ("file", "block", "env")


def connect(
    tenant: Annotated[str, typer.Argument(help="The tenant: the name of its file in tenants/.")],
    system: Annotated[list[str] | None, typer.Option(help="Only this system; may be given again.")] = None,
    store: Annotated[
        str | None, typer.Option(help="Keep its secrets here: file, block or env. Default: where its file says.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="A plain setting, such as severa.client_id=VALUE.")
    ] = None,
    secret_stdin: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--secret-stdin", help="Read lines NAME=SECRET from standard input, up to an empty line.")
    ] = False,
    renew: Annotated[bool, typer.Option("--renew", help="Ask for secrets that are there, too.")] = False,  # noqa: FBT002
    company: Annotated[str, typer.Option(help="Organisation number of the company in the ERP.")] = "",
    headless: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--headless", help="The browser is elsewhere: print the address, take the pasted answer.")
    ] = False,
    callback_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to which the browser comes back. Default: 43117; 0: any.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(min=1, max=86400, help="Seconds to wait for a person. Default: 600.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Get the credentials of a tenant's systems, test them, and keep them by reference. All of it, or nothing."""
    from cli.connecting import Browsing, Given, Place, Terminal  # noqa: PLC0415 - loads every connector
    from cli.connecting.companies import refuse_used  # noqa: PLC0415
    from cli.connecting.known import other_tenants, read_tenant  # noqa: PLC0415
    from state.store import Store  # noqa: PLC0415

    if store is not None and store not in PLACES:
        raise ConfigurationError(f"--store '{store}' is not allowed.", todo=f"{one_of(PLACES).capitalize()}.")
    file = read_tenant(places.tenants_folder() / f"{tenant}{SUFFIX}")
    both = (SEVERA, file.erp)
    wanted = _wanted(system, both)
    where = Place(store) if store else None
    given = _given(settings or (), wanted)
    others = other_tenants(file.path)
    _reach_blocks([file, *others.values()], wanted, where)
    typed = _typed(wanted) if secret_stdin else {}
    asking = Terminal(typed) if sys.stdin.isatty() else Given(typed)
    asked = _ask(file, tenant, wanted, asking, given, where, renew=renew or tuple(typed))
    for each in asked:
        refuse_used(each, others)
    how = Browsing(headless=headless, company=company)
    how = replace(how, port=how.port if callback_port is None else callback_port, seconds=timeout or how.seconds)
    # Opened first: what a person's consent brings is given once, and must not be lost for want of a database.
    database = Store.open(places.database_url())
    try:
        connected = [_prove(each, asking, how) for each in asked]
        kept, changed = _keep(file, tenant, both, connected, where, asking, company, database)
    finally:
        database.close()
    _show(tenant, connected, kept, as_json=as_json, changed=changed)


def _wanted(named: Sequence[str] | None, both: Sequence[str]) -> list[str]:
    for name in named or ():
        if name not in both:
            raise ConfigurationError(f"'{name}' is not a system of this tenant; {one_of(both)}.")
    return [system for system in both if not named or system in named]


def _given(settings: Sequence[str], wanted: Sequence[str]) -> dict[str, dict[str, str]]:
    """Plain settings by system. ConfigurationError for a secret, and for what access does not need."""
    given: dict[str, dict[str, str]] = {system: {} for system in wanted}
    for each in settings:
        path, _, value = each.partition("=")
        system, _, name = path.strip().partition(".")
        known = access_fields(SETTINGS[system]) if system in given else ()
        if system in given and name in _hidden(system):
            # The value is not repeated, and would stand in the history of the shell.
            raise ConfigurationError(f"{path.strip()} is a secret.", todo="Give it through --secret-stdin.")
        if name not in known or not value.strip():
            plain = [f"{one}.{field}" for one in wanted for field in _plain(one)]
            raise ConfigurationError("--set takes NAME=VALUE.", todo=f"{one_of(plain).capitalize()}.")
        given[system][name] = value.strip()
    return given


def _plain(system: str) -> list[str]:
    return [name for name in access_fields(SETTINGS[system]) if name not in _hidden(system)]


def _hidden(system: str) -> tuple[str, ...]:
    return secret_fields(SETTINGS[system])


def _typed(wanted: Sequence[str]) -> dict[str, SecretStr]:
    """The secrets that standard input holds, by the names of their settings."""
    from cli.connecting import read_secrets  # noqa: PLC0415

    return read_secrets(sys.stdin, [f"{system}.{name}" for system in wanted for name in _hidden(system)])


def _reach_blocks(files: Sequence[TenantText], wanted: Sequence[str], where: Place | None) -> None:
    """Prefect takes its server's address from the environment, once: before it is imported."""
    references = [file.section(system).get(name) for file in files for system in wanted for name in _hidden(system)]
    if where == "block" or any(str(reference).startswith("block:") for reference in references):
        from cli import server  # noqa: PLC0415 - only then

        server.ensure(places.home())


def _prove(asked: Asked, asking: Asking, how: Browsing) -> Connected:
    """The proof; where credentials that are stored do not do any more, the error says how to give others."""
    from cli.connecting import prove  # noqa: PLC0415

    try:
        return prove(asked, asking, how)
    except ConfigurationError as error:
        if asked.new or asked.changed:
            raise
        todo = f"{error.todo} Other credentials: severa-sync connect {asked.tenant} --renew".strip()
        raise ConfigurationError(error.what, why=error.why, todo=todo, field=error.field) from None


def _ask(
    file: TenantText,
    tenant: str,
    wanted: Sequence[str],
    asking: Asking,
    given: dict[str, dict[str, str]],
    where: Place | None,
    *,
    renew: bool | Collection[str],
) -> list[Asked]:
    """All questions come first: what nobody can answer is said of every system at once."""
    from cli.connecting import ask  # noqa: PLC0415
    from cli.connecting.keeping import refuse_early  # noqa: PLC0415
    from tasks.access import joined  # noqa: PLC0415

    asked: list[Asked] = []
    lacking: list[Any] = []
    for system in wanted:
        try:
            one = ask(
                tenant, system, asking, erp=file.erp, known=file.section(system), given=given[system],
                renew=renew, document=file.document,
            )  # fmt: skip
            refuse_early(one, where)
            asked.append(one)
        except ConfigurationError as error:
            lacking.append(error)
    if lacking:
        raise joined(lacking)
    return asked


def _keep(
    file: TenantText,
    tenant: str,
    both: Sequence[str],
    connected: Sequence[Connected],
    where: Place | None,
    asking: Asking,
    company: str,
    database: Store,
) -> tuple[list[Kept], bool]:
    """Whose company it is, then all is written. The tenant's file is read again: people edit it meanwhile."""
    from cli.connecting import decide, keep, tenant_file  # noqa: PLC0415
    from cli.connecting.companies import refuse_mixed, refuse_wrong  # noqa: PLC0415
    from cli.connecting.known import other_tenants, read_tenant  # noqa: PLC0415
    from tasks.connecting import remember  # noqa: PLC0415

    refuse_wrong(database, tenant, other_tenants(file.path), connected, company)
    refuse_mixed(database, tenant, both, connected, asking, company)
    kept = [decide(each, where) for each in connected]
    new = tenant_file(read_tenant(file.path), kept)
    keep(kept, new)
    state = database.tenant(tenant)
    for each in connected:
        remember(state, each.system, each.proof.company)
    return kept, new is not None


def _show(tenant: str, connected: Sequence[Connected], kept: Sequence[Kept], *, as_json: bool, changed: bool) -> None:
    variables = [name for each in kept for name in each.variables]
    if as_json:
        systems = {
            one.system: {
                "company": one.proof.company.name if one.proof.company else None,
                "numbers": list(one.proof.company.numbers) if one.proof.company else [],
                "granted": list(one.proof.granted),
                "secrets": dict(each.references),
            }
            for one, each in zip(connected, kept, strict=True)
        }
        print_json({"tenant": tenant, "systems": systems, "file_changed": changed, "set_variables": variables})
        return
    for one, each in zip(connected, kept, strict=True):
        company = one.proof.company.title if one.proof.company else "a company that these credentials may not see"
        out.print(f"[green]{text(one.title)}[/green]: connected to {text(company)}.")
        out.print(Padding(f"[dim]granted: {text(', '.join(one.proof.granted))}[/dim]", (0, 0, 0, 2), expand=False))
        for name, reference in each.references.items():
            out.print(Padding(f"{text(name)}: {text(reference)}", (0, 0, 0, 2), expand=False))
    if changed:
        out.print(f"The file of the tenant {text(tenant)} names these places.")
    if variables:
        out.print(f"Set before the next run, to the values that you gave: {text(', '.join(variables))}")
