"""Visma.net Financials behind the ERP port."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from connectors.auth import TokenStore
from connectors.http import Exchange
from connectors.pace import Sleep
from connectors.ports import Lookup, OutgoingInvoice, Read, RegisterStore, Written
from connectors.visma_net.bodies import Bodies
from connectors.visma_net.catalogue import Catalogue
from connectors.visma_net.client import SYSTEM, VismaNetClient
from connectors.visma_net.costs import Costs
from connectors.visma_net.documents import Document, Documents
from connectors.visma_net.files import Files
from connectors.visma_net.invoices import Invoices
from connectors.visma_net.journals import Journals
from connectors.visma_net.looking import VismaNetChecks
from connectors.visma_net.notes import Notes
from connectors.visma_net.numbers import Numbers
from connectors.visma_net.orders import Orders
from connectors.visma_net.payments import Payments
from connectors.visma_net.projects import Projects
from connectors.visma_net.reading import Reading
from connectors.visma_net.registers import Registers
from connectors.visma_net.release import Release
from connectors.visma_net.remembered import Remembered
from connectors.visma_net.rows import Records
from connectors.visma_net.settings import VismaNetSettings
from connectors.visma_net.supplier_invoices import SupplierInvoices
from connectors.visma_net.writing import Writing
from core.errors import ConfigurationError
from core.invoices import CostRow, Deletion, ErpInvoice
from core.records import Record, Registry, Side


class VismaNetAdapter:
    """One company in Visma.net Financials. `kept` keeps small registers between processes."""

    side = Side.ERP
    system = SYSTEM

    def __init__(
        self,
        client: VismaNetClient,
        settings: VismaNetSettings,
        kept: RegisterStore | None = None,
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._client = client
        self._settings = settings
        records = Records(settings)
        registers = Registers(client, settings, kept)
        customers = Numbers(
            client,
            "/v1/customer",
            title="Customer",
            id_member="internalId",
            number_member="number",
            remembered=Remembered(kept, "customers"),
        )
        projects = Numbers(client, "/v1/project", title="Project", id_member="internalID", number_member="projectID")
        bodies = Bodies(settings, registers, customers)
        documents = Documents(settings, records.zone)
        self._reading = Reading(client, records, registers, customers, projects)
        self._writing = Writing(client, self._reading, bodies)
        self._projects = Projects(client, settings, self._reading, self._writing, bodies)
        items = Remembered(kept, "items")
        self._catalogue = Catalogue(client, self._reading, page_size=settings.page_size, kept=items)
        orders = Orders(settings, registers, self._catalogue, customers, projects)
        notes = Notes(client, settings, kept)
        self._invoices = Invoices(client, orders, documents, notes, zone=records.zone, sleep=sleep)
        self._release = Release(client, settings, self._invoices, sleep=sleep)
        self._payments = Payments(client, documents, records)
        self._files = Files(client, settings, self._invoices)
        self._costs = Costs(
            SupplierInvoices(client, registers, records),
            Journals(client, settings, registers, records, Remembered(kept, "suppliers")),
        )
        self.registers = registers
        """Classes, terms and branches: what Severa is offered, and what is checked before switching on."""
        self.lookup_delay = timedelta(seconds=settings.lookup_delay_seconds)
        """How long after a lost answer an invoice may still appear."""

    @classmethod
    def open(
        cls,
        settings: VismaNetSettings,
        secret: SecretStr,
        token_store: TokenStore,
        *,
        kept: RegisterStore | None = None,
        observer: Callable[[Exchange], None] | None = None,
    ) -> VismaNetAdapter:
        """An adapter over HTTP. Nothing is called before it is used."""
        if not secret.get_secret_value():
            raise ConfigurationError(
                "Visma.net: no value for client_secret.", todo="Name where it is kept in the tenant's file."
            )
        return cls(VismaNetClient(settings, secret, token_store, observer=observer), settings, kept)

    @property
    def calls(self) -> Counter[tuple[str, str]]:
        """Exchanges so far by method and path template, repeats included."""
        return self._client.http.calls

    async def check_access(self) -> None:
        """One cheap authorised call; ConfigurationError when credentials, tenant or scopes do not do."""
        await self._client.whole("/v1/organization")

    def checks(self) -> VismaNetChecks:
        """What is looked at before the switch-on (ALL-10)."""
        return VismaNetChecks(self._client, self._settings, self.registers, self._catalogue)

    # registries -------------------------------------------------------------------------------------------------

    async def read(self, registry: Registry, since: datetime | None) -> Read[Record]:
        """All items, or those changed at or after `since`."""
        self._begin()
        return await self._reading.read(registry, since)

    async def find(self, registry: Registry, keys: Sequence[str]) -> Read[Record]:
        """Items whose number or code is one of `keys`. Contacts have no code of ours: none is found."""
        self._begin()
        return await self._reading.find(registry, keys)

    async def find_by_name(self, registry: Registry, names: Sequence[str]) -> Read[Record]:
        """Customers of exactly these names (VN-03)."""
        self._begin()
        return await self._reading.named(registry, names)

    async def find_by_reference(self, registry: Registry, reference: str, values: Mapping[str, Any]) -> Record | None:
        """What an earlier create of ours made (contract section 9)."""
        return await self._reading.find_created(registry, reference, values)

    async def get(self, registry: Registry, record_id: str) -> Record | None:
        """One item by its internal id; None when it does not exist."""
        return await self._reading.get(registry, record_id)

    async def children(self, registry: Registry, parent_id: str) -> Read[Record]:
        """The contacts of a customer."""
        return await self._reading.children(registry, parent_id)

    async def create(self, registry: Registry, values: Mapping[str, Any], reference: str | None) -> Written:
        """Create an item. Customers get their number from Visma.net; a project gets its task and leaves planning."""
        self._begin()
        self._wrote(registry)
        if registry is Registry.PROJECTS:
            return await self._projects.create(values)
        return await self._writing.create(registry, values, reference)

    async def update(self, registry: Registry, record_id: str, changes: Mapping[str, Any]) -> Written:
        """Change the named fields. TransientError when the item was changed since it was read."""
        self._begin()
        self._wrote(registry)
        if registry is Registry.PROJECTS:
            return await self._projects.update(record_id, changes)
        return await self._writing.update(registry, record_id, changes)

    async def set_reference(self, registry: Registry, record_id: str, reference: str) -> None:
        """Nothing to do: Visma.net's rows have no place for our reference but the note of those that we create."""

    # invoices ---------------------------------------------------------------------------------------------------

    async def missing_products(self, codes: Sequence[str]) -> frozenset[str]:
        """Those of the item codes that Visma.net does not have, or that may not be sold."""
        await self._catalogue.learn(codes)
        return frozenset(code for code in codes if not self._catalogue.has(code))

    async def create_invoice(self, outgoing: OutgoingInvoice) -> Document:
        """Create the invoice or credit note, on hold."""
        self._begin()
        return await self._invoices.create(outgoing)

    async def find_invoices(self, references: Sequence[str], since: datetime) -> Lookup:
        """Which references Visma.net holds, and of which it cannot be known."""
        return await self._invoices.look_up(references, since)

    async def invoice(self, invoice_id: str) -> Document | None:
        """One document; None when it does not exist."""
        return await self._invoices.get(invoice_id)

    async def delete_invoice(self, invoice_id: str) -> tuple[Deletion, str]:
        """Remove a document that is not in the books; with a word why not, when it was not removed."""
        return await self._invoices.delete(invoice_id)

    async def release_invoice(self, invoice_id: str) -> Document:
        """Take a document whose total is right as far as the tenant wants it; its number and reference are final."""
        return await self._release.release(invoice_id)

    async def attach(self, invoice_id: str, name: str, content: bytes, content_type: str) -> bool:
        """Attach a file to a document; False when one of this name is there already (VN-14)."""
        return await self._files.attach(invoice_id, name, content, content_type)

    async def file(self, file_id: str) -> bytes:
        """The content of an attachment (VN-18)."""
        return await self._files.content(file_id)

    async def invoices_changed(self, since: datetime | None) -> Read[ErpInvoice]:
        """Documents in the books that are new or whose balance changed since; None = all."""
        self._begin()
        return await self._payments.changed(since)

    async def invoices_by_id(self, invoice_ids: Sequence[str]) -> Read[ErpInvoice]:
        """Those of these documents that are in the books."""
        return await self._payments.by_id(invoice_ids)

    async def cost_rows(self, since: datetime | None, *, posted_from: date, posted_until: date | None) -> Read[CostRow]:
        """Rows of released supplier invoices and journal transactions that name a project."""
        self._begin()
        return await self._costs.rows(since, posted_from=posted_from, posted_until=posted_until)

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()

    def _begin(self) -> None:
        """New work is begun only while enough of the hour's calls are left; invoices under way are finished."""
        self._client.quota.require(new_work=True)

    def _wrote(self, registry: Registry) -> None:
        if registry is Registry.PRODUCTS:
            self._catalogue.forget()
