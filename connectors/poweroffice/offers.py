"""What PowerOffice offers for the settings of a new tenant: nothing of its own.

Its settings are chosen from Severa's registers. Payment terms, VAT codes and accounts need no setting: they are found
by days and by rate (contract sections 6 and 9).
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from connectors.offers import Offer, Source
from connectors.poweroffice.settings import PowerOfficeSettings
from core.records import Side

SOURCES: Mapping[str, Source] = {"cost_product": Source(Side.SEVERA, "products")}
"""Setting -> the register that its values stand in."""


class PowerOfficeOffers:
    """One company in PowerOffice Go (fulfils `OffersPort`)."""

    @classmethod
    def open(cls, settings: PowerOfficeSettings, secrets: Mapping[str, SecretStr]) -> PowerOfficeOffers:
        """Needs neither: nothing is read."""
        del settings, secrets
        return cls()

    async def read(self, register: str) -> tuple[Offer, ...]:
        """No setting is chosen from a register of PowerOffice's."""
        raise KeyError(register)

    async def close(self) -> None:
        """Nothing to close."""
