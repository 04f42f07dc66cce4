"""Connecting Severa: API credentials that an administrator makes there (contract section 2)."""

from __future__ import annotations

from connectors.connecting import Company, Connecting, Proof, Secrets, text_of
from connectors.severa.client import SeveraClient
from connectors.severa.settings import SeveraSettings

ORGANISATION = "organization:read"
"""The scope without which Severa does not say whose credentials they are."""


async def prove(settings: SeveraSettings, secrets: Secrets) -> Proof:
    """A token with every scope of the settings, the heartbeat, and the organisation (contract sections 2 and 12).

    ConfigurationError names the scopes that were not granted.
    """
    client = SeveraClient(settings, secrets["client_secret"])
    try:
        await client.get("/heartbeat/authorized")
        if ORGANISATION not in settings.scopes:
            return Proof(None, settings.scopes)
        details = await client.one("/v1/organizationdetails")
    finally:
        await client.http.close()
    numbers = (text_of(details, "vatNumber"), text_of(details, "kvkNumber"))
    company = Company(text_of(details, "guid"), text_of(details, "name"), tuple(each for each in numbers if each))
    return Proof(company if company.id else None, settings.scopes)


CONNECTING = Connecting(
    system="severa",
    section=SeveraSettings,
    asks={
        "client_id": "Severa > Settings > Integrations > REST API: the client id of the credentials made there.",
        "client_secret": "Severa shows it once, when the credentials are made.",
    },
    company=("client_id",),
    prove=prove,
)
"""One set of credentials per tenant; the scopes are picked when they are made."""
