"""Severa behind the port that tasks call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from connectors.auth import TokenStore
from connectors.http import Exchange, Transport
from connectors.ports import CostEntry, InvoiceWrite, Read, RegisterStore, Written
from connectors.severa.client import SeveraClient
from connectors.severa.costs import SeveraCosts
from connectors.severa.invoices import SeveraInvoices
from connectors.severa.lookup import find_created
from connectors.severa.reading import SeveraReading
from connectors.severa.references import References
from connectors.severa.settings import SeveraSettings
from connectors.severa.writing import SeveraWriting
from core.invoices import Invoice, InvoiceRow, InvoiceStatus
from core.records import Record, Registry, Side


class SeveraAdapter:
    """One Severa organisation (fulfils `SeveraPort`). Small registers are fetched when needed and kept for its life."""

    side: Side = Side.SEVERA
    system: str = "severa"

    def __init__(self, client: SeveraClient, settings: SeveraSettings, kept: RegisterStore | None = None) -> None:
        self._client = client
        self._references = References(client, settings, kept)
        self._reading = SeveraReading(client, self._references)
        self._writing = SeveraWriting(client, self._references, self._reading)
        self._invoices = SeveraInvoices(client, settings)
        self._costs = SeveraCosts(client, settings)
        self._currencies: dict[str, str | None] = {}

    @classmethod
    def open(
        cls,
        settings: SeveraSettings,
        secret: SecretStr,
        token_store: TokenStore | None = None,
        *,
        kept: RegisterStore | None = None,
        observer: Callable[[Exchange], None] | None = None,
    ) -> SeveraAdapter:
        """An adapter for a tenant's settings. Nothing is called before it is used."""
        return cls(SeveraClient(settings, secret, token_store, observer=observer), settings, kept)

    @property
    def transport(self) -> Transport:
        """The transport, for its count of calls."""
        return self._client.http

    async def check_access(self) -> None:
        """One authorised call; ConfigurationError when credentials or scopes do not do."""
        await self._client.get("/heartbeat/authorized")

    async def read(self, registry: Registry, since: datetime | None) -> Read[Record]:
        """All items, or those changed at or after `since`."""
        return await self._reading.read(registry, since)

    async def find(self, registry: Registry, keys: Sequence[str]) -> Read[Record]:
        """Items whose number or code is one of `keys`; contacts by their guid."""
        return await self._reading.find(registry, keys)

    async def find_by_reference(self, registry: Registry, reference: str, values: Mapping[str, Any]) -> Record | None:
        """The item that an earlier create made, by the values of that create: Severa keeps no reference of ours."""
        del reference
        return await find_created(self._reading, registry, values)

    async def get(self, registry: Registry, record_id: str) -> Record | None:
        """One item; None when it does not exist."""
        return await self._reading.get(registry, record_id)

    async def children(self, registry: Registry, parent_id: str) -> Read[Record]:
        """Contacts of a customer."""
        return await self._reading.children(registry, parent_id)

    async def create(self, registry: Registry, values: Mapping[str, Any], reference: str | None) -> Written:
        """Create an item; Severa has no member for `reference`."""
        del reference
        return await self._writing.create(registry, values)

    async def update(self, registry: Registry, record_id: str, changes: Mapping[str, Any]) -> Written:
        """Change the named fields of an item."""
        return await self._writing.update(registry, record_id, changes)

    async def set_reference(self, registry: Registry, record_id: str, reference: str) -> None:
        """Nothing to do: our reference is Severa's own guid, and Severa keeps none of the ERP's."""

    async def customers_with_invoices(self, since: datetime | None, customer_ids: Sequence[str]) -> Read[str]:
        """Ids of customers that have an invoice (PO-05)."""
        return await self._invoices.customers_billed(since, customer_ids)

    async def invoice_statuses(self) -> tuple[InvoiceStatus, ...]:
        """The status register (ALL-04)."""
        return await self._invoices.statuses()

    async def invoices_with_status(self, status_ids: Sequence[str]) -> Read[Invoice]:
        """Invoices standing on one of these statuses, without rows."""
        return await self._invoices.with_status(status_ids)

    async def invoice(self, invoice_id: str) -> Invoice | None:
        """One invoice as it stands now, without rows."""
        return await self._invoices.invoice(invoice_id)

    async def invoice_rows(self, invoice_id: str) -> tuple[InvoiceRow, ...]:
        """Its rows in order."""
        return await self._invoices.rows(invoice_id)

    async def set_invoice(
        self,
        invoice_id: str,
        *,
        expected_status_ids: Sequence[str],
        status_id: str,
        number: str | None = None,
        payment_date: date | None = None,
    ) -> InvoiceWrite:
        """Move an invoice to a status, with number and payment date, and read it back."""
        return await self._invoices.write(
            invoice_id,
            expected_status_ids=expected_status_ids,
            status_id=status_id,
            number=number,
            payment_date=payment_date,
        )

    async def project_currency(self, project_id: str) -> str | None:
        """Currency code of a project; None when the project is gone or has none."""
        if project_id not in self._currencies:
            row = await self._client.one("/v1/projects/{guid}", guid=project_id)
            currency = row.get("currency") if isinstance(row, Mapping) else None
            code = currency.get("code") if isinstance(currency, Mapping) else None
            self._currencies[project_id] = code.upper() if isinstance(code, str) and code.isalpha() else None
        return self._currencies[project_id]

    async def currency_rates(self) -> dict[str, Decimal]:
        """Rates of Severa's currencies by code, as its register has them; the organisation's own is 1."""
        return await self._references.currency_rates()

    async def find_cost(self, cost: CostEntry, *, since: datetime) -> str | None:
        """Id of the project cost that carries our key."""
        return await self._costs.find(cost, since=since)

    async def find_costs(self, keys: Sequence[str], *, since: datetime) -> dict[str, str]:
        """Which of our keys project costs changed since carry, with their ids."""
        return await self._costs.find_keys(keys, since=since)

    async def create_cost(self, cost: CostEntry) -> str:
        """Create a project cost; its id."""
        return await self._costs.create(cost)

    async def close(self) -> None:
        """Close connections."""
        await self._client.http.close()
