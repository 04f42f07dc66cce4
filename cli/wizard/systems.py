"""Looks into a system with the credentials of the answers: which company it is, and what it offers to choose from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from cli.connecting.getting import stored
from cli.connecting.known import settings_for_access
from cli.wizard.answers import Answers
from connectors.connecting import Company
from connectors.offers import Offer, OffersPort, Source
from connectors.poweroffice import offers as poweroffice
from connectors.profiles import PROFILES
from connectors.settings import SEVERA
from connectors.severa import offers as severa
from connectors.severa.settings import SeveraSettings
from connectors.together import together
from connectors.visma_net import offers as visma_net
from core.invoices import InvoiceStatus
from tasks.connecting import CONNECTING
from tenants.section import Section, secret_fields

SOURCES: Mapping[str, Mapping[str, Source]] = {
    SEVERA: severa.SOURCES,
    "poweroffice": poweroffice.SOURCES,
    "visma_net": visma_net.SOURCES,
}
"""The explicit table: system -> which of its settings are chosen from which register."""

OPENERS: Mapping[str, Callable[[Any, Mapping[str, SecretStr]], OffersPort]] = {
    SEVERA: severa.SeveraOffers.open,
    "poweroffice": poweroffice.PowerOfficeOffers.open,
    "visma_net": visma_net.VismaNetOffers.open,
}
"""The explicit table: system -> how it is looked into."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a system showed: its company, its registers by name, and Severa's statuses with their flags."""

    company: Company | None
    registers: Mapping[str, tuple[Offer, ...]] = field(default_factory=dict)
    statuses: tuple[InvoiceStatus, ...] = ()


def look_into(system: str, answers: Answers, registers: Iterable[str]) -> Seen:
    """Try the credentials, then read these registers, all at once. Raises only the closed set of errors.

    ConfigurationError when a secret is not where its reference says, or the system does not let us in.
    """
    settings = settings_for_access(system, answers.tree().get(system, {}))
    if isinstance(settings, SeveraSettings):
        scopes = tuple(dict.fromkeys((*settings.scopes, *PROFILES[answers.erp].severa_scopes)))
        settings = settings.model_copy(update={"scopes": scopes})
    secrets = {name: stored(getattr(settings, name)) for name in secret_fields(type(settings))}
    return asyncio.run(_look(system, settings, secrets, tuple(dict.fromkeys(registers))))


async def _look(system: str, settings: Section, secrets: Mapping[str, SecretStr], registers: tuple[str, ...]) -> Seen:
    proof = await CONNECTING[system].prove(settings, secrets)
    port = OPENERS[system](settings, secrets)
    try:
        statuses = await port.statuses() if isinstance(port, severa.SeveraOffers) else ()
        found = await together([_read(port, name, statuses) for name in registers])
    finally:
        await port.close()
    return Seen(proof.company, dict(zip(registers, found, strict=True)), statuses)


async def _read(port: OffersPort, register: str, statuses: tuple[InvoiceStatus, ...]) -> tuple[Offer, ...]:
    if register == severa.STATUSES:
        return severa.status_offers(statuses)
    return await port.read(register)
