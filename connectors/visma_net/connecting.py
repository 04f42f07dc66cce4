"""Connecting Visma.net: the secret of a service application that the customer has approved (contract section 2).

The contract's other way, an interactive application, is not offered: what it brings is a refresh token, and the
connector works with service credentials.
"""

from __future__ import annotations

from connectors.auth import MemoryTokenStore
from connectors.connecting import Company, Connecting, Proof, Secrets, text_of
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.settings import VismaNetSettings


async def prove(settings: VismaNetSettings, secrets: Secrets) -> Proof:
    """A token for the company's tenant id, then its organisations (contract section 14).

    The customer's tenant id yields a token, too; only the second call tells (ConfigurationError). The field of the
    error of a token that is refused is Visma Connect's own word, such as `invalid_tenant`.
    """
    client = VismaNetClient(settings, secrets["client_secret"], MemoryTokenStore())
    try:
        rows = (await client.whole("/v1/organization")).rows
    finally:
        await client.close()
    names = [name for row in rows if (name := text_of(row, "name"))]
    numbers = [number for row in rows if (number := text_of(row, "corporateId", 60))]
    company = Company(settings.tenant_id.casefold(), names[0] if names else settings.tenant_id, tuple(numbers))
    return Proof(company, settings.scopes)


CONNECTING = Connecting(
    system="visma_net",
    section=VismaNetSettings,
    asks={
        "client_id": "Visma Developer Portal: the client id of the service application.",
        "tenant_id": "Visma Admin > Company > Configuration: the tenant id of the company, not of the customer.",
        "client_secret": "Visma Developer Portal: the secret of the service application; shown once, when it is made.",
    },
    company=("tenant_id",),
    prove=prove,
    approval=(
        "invalid_tenant",
        "An integration administrator of the customer approves the integration in Visma App Store.",
    ),
)
"""One service application serves all tenants; the tenant id is the company."""
