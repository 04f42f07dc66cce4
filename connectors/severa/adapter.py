"""Severa behind the port that tasks call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from connectors.auth import TokenStore
from connectors.http import Exchange, Transport
from connectors.ports import CostEntry, InvoiceWrite, Read, RegisterStore, Written
from connectors.severa.carried import Carried
from connectors.severa.checks import SeveraChecks
from connectors.severa.classes import SeveraClasses
from connectors.severa.client import SeveraClient
from connectors.severa.costs import SeveraCosts
from connectors.severa.files import SeveraFiles
from connectors.severa.invoices import SeveraInvoices
from connectors.severa.lookup import find_created
from connectors.severa.reading import SeveraReading
from connectors.severa.references import References
from connectors.severa.settings import SeveraSettings
from connectors.severa.writing import SeveraWriting
from core.invoices import Invoice, InvoiceFile, InvoiceRow, InvoiceStatus
from core.profiles import Choice
from core.records import Record, Registry, Side


class SeveraAdapter:
    """One Severa organisation (fulfils `SeveraPort`). Small registers are fetched when needed and kept for its life."""

    side: Side = Side.SEVERA
    system: str = "severa"

    def __init__(self, client: SeveraClient, settings: SeveraSettings, kept: RegisterStore | None = None) -> None:
        self._client = client
        self._settings = settings
        self._references = References(client, settings, kept)
        self._classes = SeveraClasses(client, kept)
        self._carried = Carried()
        self._reading = SeveraReading(client, self._references, self._classes, self._carried)
        self._writing = SeveraWriting(client, self._references, self._reading, self._classes, self._carried)
        self._invoices = SeveraInvoices(client, settings)
        self._costs = SeveraCosts(client, settings)
        self._files = SeveraFiles(client)
        self._companies: dict[str, str | None] = {}
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

    def checks(self) -> SeveraChecks:
        """What is looked at before the switch-on (ALL-10)."""
        return SeveraChecks(self._client, self._references, self._settings)

    def carry(self, fields: Mapping[Registry, Collection[str]]) -> None:
        """Read and write these fields only, as far as others cost calls of their own."""
        self._carried.only(fields)

    async def offer(
        self, registry: Registry, title: str, choices: Sequence[Choice], *, write: bool
    ) -> Sequence[Choice]:
        """See to it that people can choose the ERP's classes of a registry (VN-05, VN-08); those that are not there."""
        return await self._classes.offer(registry, title, choices, write=write)

    async def read(self, registry: Registry, since: datetime | None) -> Read[Record]:
        """All items, or those changed at or after `since`."""
        return await self._reading.read(registry, since)

    async def find(self, registry: Registry, keys: Sequence[str]) -> Read[Record]:
        """Items whose number or code is one of `keys`; contacts by their guid."""
        return await self._reading.find(registry, keys)

    async def find_by_name(self, registry: Registry, names: Sequence[str]) -> Read[Record]:
        """Customers of exactly these names (VN-03)."""
        return await self._reading.find_by_name(registry, names)

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

    async def invoice(self, invoice_id: str, *, texts: bool = False) -> Invoice | None:
        """One invoice as it stands now, without rows; with its texts where they are asked for."""
        return await self._invoices.invoice(invoice_id, texts=texts)

    async def invoice_rows(self, invoice_id: str) -> tuple[InvoiceRow, ...]:
        """Its rows in order."""
        return await self._invoices.rows(invoice_id)

    async def set_invoice(
        self,
        invoice_id: str,
        *,
        expected_status_ids: Sequence[str],
        status_id: str | None,
        number: str | None = None,
        reference: str | None = None,
        payment_date: date | None = None,
    ) -> InvoiceWrite:
        """Move an invoice to a status, with number, payment reference and date, and read it back."""
        return await self._invoices.write(
            invoice_id,
            expected_status_ids=expected_status_ids,
            status_id=status_id,
            number=number,
            reference=reference,
            payment_date=payment_date,
        )

    async def invoice_pdf(self, invoice_id: str) -> InvoiceFile:
        """The invoice as Severa prints it."""
        return await self._files.invoice_pdf(invoice_id)

    async def invoice_files(self, invoice_id: str) -> tuple[InvoiceFile, ...]:
        """Its attachments that are not internal."""
        return await self._files.invoice_files(invoice_id)

    async def company_of_project(self, project_id: str) -> str | None:
        """The company that a project's business unit belongs to (contract section 10), asked for once."""
        if project_id not in self._companies:
            row = await self._client.one("/v1/projects/{guid}", guid=project_id)
            unit = row.get("businessUnit") if isinstance(row, Mapping) else None
            company = unit.get("companyBusinessUnitGuid") if isinstance(unit, Mapping) else None
            self._companies[project_id] = company.lower() if isinstance(company, str) and company else None
        return self._companies[project_id]

    async def project_files(self, project_id: str) -> frozenset[str]:
        """The keys of ours that files of a project carry."""
        return await self._files.project_keys(project_id)

    async def add_project_file(self, project_id: str, file: InvoiceFile, *, description: str, key: str) -> str:
        """Attach a file to a project; its id."""
        return await self._files.add_to_project(project_id, file, description=description, key=key)

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
