"""PowerOffice Go behind the ERP port."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from connectors.auth import TokenStore
from connectors.budgets import OpenBudget
from connectors.http import Exchange
from connectors.pace import Sleep
from connectors.ports import Lookup, OutgoingInvoice, Read, Written
from connectors.poweroffice import access
from connectors.poweroffice.checks import PowerOfficeChecks
from connectors.poweroffice.client import SYSTEM, Keys, PowerOfficeClient
from connectors.poweroffice.costs import Costs
from connectors.poweroffice.invoices import Invoices
from connectors.poweroffice.orders import Orders
from connectors.poweroffice.registers import Catalogue, Registers
from connectors.poweroffice.registries import Registries
from connectors.poweroffice.settings import PowerOfficeSettings
from core.errors import ConfigurationError, GoneError
from core.invoices import CostRow, Deletion, ErpInvoice
from core.records import Record, Registry, Side

ZONE = "Europe/Oslo"
"""Companies in PowerOffice Go are Norwegian: the zone of their business dates."""


class PowerOfficeAdapter:
    """One company in PowerOffice Go. Registers that orders need are read once, when they are first needed."""

    side = Side.ERP
    system = SYSTEM

    def __init__(
        self,
        client: PowerOfficeClient,
        settings: PowerOfficeSettings,
        *,
        time_zone: str = ZONE,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        registers = Registers(client)
        self._client = client
        self._zone = ZoneInfo(time_zone)
        self._catalogue = Catalogue(client, registers)
        self._registries = Registries(client, settings, registers, self._wrote)
        self._costs = Costs(client, settings)
        self.lookup_delay = timedelta(seconds=settings.lookup_delay_seconds)
        """How long after a lost answer an order may still be missing from the lists."""
        self._invoices = Invoices(
            client,
            Orders(settings, registers, self._catalogue),
            lookup_delay=self.lookup_delay,
            zone=self._zone,
            sleep=sleep,
        )

    @classmethod
    def open(
        cls,
        settings: PowerOfficeSettings,
        secrets: Mapping[str, SecretStr],
        token_store: TokenStore,
        *,
        observer: Callable[[Exchange], None] | None = None,
        budget: OpenBudget | None = None,
        time_zone: str = ZONE,
    ) -> PowerOfficeAdapter:
        """An adapter over HTTP. `secrets` holds `application_key`, `client_key` and `subscription_key`.

        PowerOffice counts calls per subscription key: `budget` opens a run's part in what all tenants share.
        """
        absent = [name for name in Keys.__slots__ if not secrets.get(name)]
        if absent:
            raise ConfigurationError(
                f"PowerOffice: no value for {', '.join(absent)}.", todo="Name where it is kept in the tenant's file."
            )
        keys = Keys(**{name: secrets[name] for name in Keys.__slots__})
        client = PowerOfficeClient(settings, keys, token_store, observer=observer, budget=budget)
        return cls(client, settings, time_zone=time_zone)

    @property
    def calls(self) -> Counter[tuple[str, str]]:
        """Exchanges so far by method and path template, repeats included."""
        return self._client.transport.calls

    async def check_access(self) -> None:
        """One cheap authorised call; ConfigurationError when keys or privileges do not do."""
        await access.check(self._client)

    def checks(self) -> PowerOfficeChecks:
        """What is looked at before the switch-on (ALL-10)."""
        return PowerOfficeChecks(self._client)

    async def read(self, registry: Registry, since: datetime | None) -> Read[Record]:
        """All items, or those changed at or after `since`. Sub-projects are problems: they are left alone."""
        return await self._registries.read(registry, since)

    async def find(self, registry: Registry, keys: Sequence[str]) -> Read[Record]:
        """Items whose number or code is one of `keys`; for contacts the external code."""
        return await self._registries.find(registry, keys)

    async def find_by_reference(self, registry: Registry, reference: str, values: Mapping[str, Any]) -> Record | None:
        """What an earlier create of ours made (contract section 6)."""
        return await self._registries.find_by_reference(registry, reference, values)

    async def get(self, registry: Registry, record_id: str) -> Record | None:
        """One item; None when it does not exist."""
        return await self._registries.get(registry, record_id)

    async def children(self, registry: Registry, parent_id: str) -> Read[Record]:
        """The contact persons of a customer."""
        return await self._registries.children(registry, parent_id)

    async def create(self, registry: Registry, values: Mapping[str, Any], reference: str | None) -> Written:
        """Create an item. A customer's delivery address needs `address_id`, the guid of the Severa address."""
        return await self._registries.create(registry, values, reference)

    async def update(self, registry: Registry, record_id: str, changes: Mapping[str, Any]) -> Written:
        """Change the named fields. With a customer's `address` goes its `address_id`."""
        return await self._registries.update(registry, record_id, changes)

    async def set_reference(self, registry: Registry, record_id: str, reference: str) -> None:
        """Write Severa's guid onto a linked contact that carries no code; other rows keep theirs."""
        await self._registries.set_reference(registry, record_id, reference)

    async def missing_products(self, codes: Sequence[str]) -> frozenset[str]:
        """Those of the product codes that PowerOffice does not have or has archived."""
        await self._catalogue.learn(codes)
        return frozenset(code for code in codes if not self._catalogue.active(code))

    async def create_invoice(self, outgoing: OutgoingInvoice) -> ErpInvoice:
        """Create the draft sales order."""
        return await self._invoices.create(outgoing)

    async def find_invoices(self, references: Sequence[str], since: datetime) -> Lookup:
        """Which references PowerOffice holds, drafts and sent ones, of any attempt (contract section 6).

        Waits until `lookup_delay` after `since` and after the last answer that this adapter lost.
        """
        return Lookup(await self._invoices.find(references, since))

    async def invoice(self, invoice_id: str) -> ErpInvoice | None:
        """One invoice or draft; None when it is in neither place."""
        return await self._invoices.get(invoice_id)

    async def delete_invoice(self, invoice_id: str) -> tuple[Deletion, str]:
        """Remove a draft; with a word why not, when it was not removed."""
        return await self._invoices.delete(invoice_id)

    async def release_invoice(self, invoice_id: str) -> ErpInvoice:
        """A person sends the draft in PowerOffice: nothing is done. GoneError when it does not exist any more."""
        found = await self._invoices.get(invoice_id)
        if found is None:
            raise GoneError("The draft is not in PowerOffice any more.", todo="Look for it in PowerOffice.")
        return found

    async def attach(self, invoice_id: str, name: str, content: bytes, content_type: str) -> bool:
        """No feature sends files to PowerOffice, and no setting asks for it."""
        del invoice_id, name, content, content_type
        raise no_files()

    async def file(self, file_id: str) -> bytes:
        """No feature brings files from PowerOffice: its cost rows name none."""
        del file_id
        raise no_files()

    async def invoices_changed(self, since: datetime | None) -> Read[ErpInvoice]:
        """Sent invoices that are new or whose balance changed since; None = all."""
        return await self._invoices.changed(since)

    async def invoices_by_id(self, invoice_ids: Sequence[str]) -> Read[ErpInvoice]:
        """These sent invoices; ids that are not sent are left out."""
        return await self._invoices.by_id(invoice_ids)

    async def cost_rows(self, since: datetime | None, *, posted_from: date, posted_until: date | None) -> Read[CostRow]:
        """Purchase invoice rows that name a project, posted in the period, new or changed since."""
        today = datetime.now(UTC).astimezone(self._zone).date()
        return await self._costs.rows(since, posted_from=posted_from, posted_until=posted_until, today=today)

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()

    def _wrote(self, registry: Registry) -> None:
        if registry is Registry.PRODUCTS:
            self._catalogue.forget()


def no_files() -> ConfigurationError:
    """What is said when files are asked of PowerOffice."""
    return ConfigurationError(
        "Files are not carried to or from PowerOffice.",
        todo="Take the setting that asks for files out of the tenant's file.",
    )
