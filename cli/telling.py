"""Where automations tell people: a mail server and a webhook, as blocks of the Prefect server, which hides secrets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

from prefect.blocks.notifications import SlackWebhook
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import BlockDocumentCreate, BlockDocumentUpdate
from prefect.exceptions import ObjectNotFound

from core.errors import ConfigurationError
from tasks.mail import URL as SMTP_URL
from tasks.mail import MailServer, mail_server
from tasks.secrets import secret

WEBHOOK, MAIL = "severa-sync-webhook", "severa-sync-mail"
"""Names of the two blocks."""
KINDS: dict[str, type[Webhook | SlackWebhook]] = {WEBHOOK: Webhook, MAIL: SlackWebhook}
"""Prefect has no block for a mail server; that for Slack hands any other URL to Apprise, which speaks to them."""
REFERENCES = ("env:", "file:", "block:")
_MODES = {"smtp": "starttls", "smtps": "ssl", "smtp+plain": "insecure"}
_UNKNOWN = UUID(int=0)
"""In place of a block that a dry run has not made."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom to tell: e-mail addresses, and the URL of a webhook or a reference to it (`env:`, `file:`, `block:`)."""

    emails: tuple[str, ...] = ()
    webhook: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is told, as a Prefect block: `fields` are those of its data that matter."""

    name: str
    fields: dict[str, Any] = field(repr=False)


def where(telling: Telling) -> list[Place]:
    """Where it is told. ConfigurationError when an address or a URL is none, or there is no mail server."""
    found = []
    if telling.webhook:
        headers = {"Content-Type": "application/json"}
        found.append(Place(WEBHOOK, {"url": _webhook(telling.webhook), "headers": headers}))
    if telling.emails:
        server = mail_server()
        if server is None:
            raise ConfigurationError(
                "There is no mail server to tell through.", todo=f"Set {SMTP_URL}, or leave --email out."
            )
        found.append(Place(MAIL, {"url": mail_url(server, telling.emails)}))
    return found


def _webhook(given: str) -> str:
    url = secret(given).get_secret_value().strip() if given.startswith(REFERENCES) else given
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable()
    except ValueError:
        good = False
    if not good:
        raise ConfigurationError(
            "The webhook is not a URL.", todo="Give one such as https://chat.example.com/hooks/..., or env:NAME."
        )
    return url


def mail_url(server: MailServer, addresses: Sequence[str]) -> str:
    """The mail server and those who are told, as Apprise writes them: `mailtos://user:password@host:port?to=...`."""
    for address in addresses:
        name, _, domain = address.partition("@")
        if not (name and domain and address.isprintable()) or set(address) & set(' ,;<>"'):
            raise ConfigurationError(f"--email '{address}' is not an address.", todo="Write name@example.com.")
    secured = server.kind != "smtp+plain"
    user = ""
    if server.user is not None:
        password = server.password.get_secret_value() if server.password else ""
        user = f"{quote(server.user, safe='')}:{quote(password, safe='')}@"
    query = {
        "from": server.sender.addr_spec,
        **({"name": server.sender.display_name} if server.sender.display_name else {}),
        "to": ",".join(addresses),
        "smtp": server.host,
        "mode": _MODES[server.kind],
        "format": "text",
    }
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{'mailtos' if secured else 'mailto'}://{user}{host}:{server.port}?{urlencode(query, quote_via=quote)}"


async def put(client: PrefectClient, wanted: Sequence[Place], *, dry_run: bool) -> tuple[dict[str, UUID], bool]:
    """Name -> id, and whether any block was made or changed."""
    ids: dict[str, UUID] = {}
    changed = False
    for each in wanted:
        there = await document(client, each.name)
        if there is not None and there[1].items() >= each.fields.items():
            ids[each.name] = there[0]
            continue
        changed = True
        ids[each.name] = there[0] if there else _UNKNOWN
        if not dry_run:
            ids[each.name] = await _write(client, each, there[0] if there else None)
    return ids, changed


async def _write(client: PrefectClient, place: Place, there: UUID | None) -> UUID:
    """The block's document, by hand: a block object of this kind would start Apprise here, too."""
    block = KINDS[place.name]
    await block.register_type_and_schema(client=client)
    kind, schema = block._block_type_id, block._block_schema_id  # noqa: SLF001 - set by the line above
    if there is not None:
        await client.update_block_document(there, BlockDocumentUpdate(data=place.fields, block_schema_id=schema))
        return there
    made = await client.create_block_document(
        BlockDocumentCreate.model_validate(
            {"name": place.name, "data": place.fields, "block_type_id": kind, "block_schema_id": schema}
        ),
        include_secrets=False,
    )
    return made.id


async def document(client: PrefectClient, name: str) -> tuple[UUID, dict[str, Any]] | None:
    """The id of one of the two blocks, and its data; None when there is none."""
    try:
        found = await client.read_block_document_by_name(name, KINDS[name].get_block_type_slug(), include_secrets=True)
    except ObjectNotFound:
        return None
    return found.id, dict(found.data)
