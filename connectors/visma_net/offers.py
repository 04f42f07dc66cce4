"""What Visma.net offers for the settings of a new tenant: classes, terms, templates (contract sections 10 and 14)."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from connectors.auth import MemoryTokenStore
from connectors.offers import Offer, Source, distinct
from connectors.values import Rejected, text
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.registers import Registers
from connectors.visma_net.settings import VismaNetSettings
from connectors.visma_net.words import ITEM_KINDS
from core.records import Side

SOURCES: Mapping[str, Source] = {
    "customer_class": Source(Side.ERP, "customer_classes"),
    "item_classes": Source(Side.ERP, "item_classes"),
    "credit_terms": Source(Side.ERP, "credit_terms", several=True),
    "template": Source(Side.ERP, "templates"),
    "cost_product": Source(Side.SEVERA, "products"),
}
"""Setting -> the register that its values stand in."""


class VismaNetOffers:
    """One company in Visma.net Financials (fulfils `OffersPort`)."""

    def __init__(self, client: VismaNetClient, settings: VismaNetSettings) -> None:
        self._client = client
        self._registers = Registers(client, settings)
        self._read = {
            "customer_classes": self._customer_classes,
            "item_classes": self._item_classes,
            "credit_terms": self._credit_terms,
            "templates": self._templates,
        }

    @classmethod
    def open(cls, settings: VismaNetSettings, secrets: Mapping[str, SecretStr]) -> VismaNetOffers:
        """Visma.net as these credentials see it. Nothing is called before it is used."""
        return cls(VismaNetClient(settings, secrets["client_secret"], MemoryTokenStore()), settings)

    async def read(self, register: str) -> tuple[Offer, ...]:
        """The values of a register."""
        return await self._read[register]()

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()

    async def _customer_classes(self) -> tuple[Offer, ...]:
        return distinct([Offer(row["id"], row["name"] or "") for row in await self._registers.customer_classes()])

    async def _item_classes(self) -> tuple[Offer, ...]:
        """A class is offered only for the kind of its type (contract section 10)."""
        kinds = [(row, ITEM_KINDS.get(row["kind"] or "")) for row in await self._registers.item_classes()]
        return distinct([Offer(row["id"], row["name"] or "", key=kind.value) for row, kind in kinds if kind])

    async def _credit_terms(self) -> tuple[Offer, ...]:
        """By days: of several with so many days one must be named."""
        terms = sorted((await self._registers.term_days()).items(), key=lambda term: (term[1], term[0]))
        return distinct([Offer(term, f"{days} days", key=str(days)) for term, days in terms])

    async def _templates(self) -> tuple[Offer, ...]:
        rows = (await self._client.rows("/v1/project", systemTemplate="true")).rows
        active = [row for row in rows if _text(row, "status") == "Active"]
        return distinct([Offer(_text(row, "projectID"), _text(row, "description")) for row in active])


def _text(row: object, name: str) -> str:
    value = row.get(name) if isinstance(row, Mapping) else None
    try:
        return text(value) or ""
    except Rejected:
        return ""
