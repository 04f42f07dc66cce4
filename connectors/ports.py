"""The ports that adapters fulfil and tasks call. A connector is a folder that has one class behind each.

Every method is a coroutine. Methods raise only the closed set of `core.errors`; a row that breaks the vendor's
contract never raises out of a read: it is returned as a `Problem` beside the good rows (law 3).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from core.checks import ByHand, Check, SeveraSetup, Sheet
from core.errors import BadDataError, SyncError
from core.invoices import (
    CostRow,
    Deletion,
    ErpInvoice,
    Invoice,
    InvoiceFile,
    InvoiceRow,
    InvoiceStatus,
    InvoiceTexts,
)
from core.profiles import Choice, Profile
from core.records import Record, Registry, Side
from core.row_checks import RowCheck

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was read but cannot be used: which one, and what is wrong with it."""

    id: str
    label: str
    error: SyncError


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What a read brought. `started` is the vendor's own clock (its Date header) at the start of the read, UTC."""

    items: tuple[T, ...]
    problems: tuple[Problem, ...] = ()
    started: datetime | None = None
    full: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """A record as the system holds it after our write, and what could not be written with it.

    `missing` names the business fields of the record that did not get through (a delivery address, a phone
    number kept elsewhere); `error` says why. The record itself stands.
    """

    record: Record
    missing: frozenset[str] = frozenset()
    error: SyncError | None = None


class RegisterStore(Protocol):
    """Keeps a vendor's register that hardly ever changes between processes, for a day or so."""

    def load(self, name: str) -> list[Any] | None:
        """Its rows as they were kept; None when there are none or they are old."""

    def save(self, name: str, rows: list[Any]) -> None:
        """Keep its rows."""


class RegistryPort(Protocol):
    """One side's registries."""

    @property
    def side(self) -> Side:
        """Which side it is."""

    @property
    def system(self) -> str:
        """The system's name in settings and ids, such as `poweroffice`."""

    async def read(self, registry: Registry, since: datetime | None) -> Read[Record]:
        """All items, or those changed at or after `since` (UTC; None = all)."""

    async def find(self, registry: Registry, keys: Sequence[str]) -> Read[Record]:
        """Items whose number or code is one of `keys`; for contacts the external code. Several may share a key."""

    async def find_by_reference(self, registry: Registry, reference: str, values: Mapping[str, Any]) -> Record | None:
        """The item that an earlier create of ours made, looked up by the contract's own route.

        `values` are the values of that create, for systems that keep no reference of ours. Raises BadDataError when
        several could be it.
        """

    async def get(self, registry: Registry, record_id: str) -> Record | None:
        """One item; None when it does not exist."""

    async def children(self, registry: Registry, parent_id: str) -> Read[Record]:
        """The items of `registry` that belong to a parent (contacts of a customer)."""

    async def create(self, registry: Registry, values: Mapping[str, Any], reference: str | None) -> Written:
        """Create an item. `values` are business fields, references already in ids of this side."""

    async def update(self, registry: Registry, record_id: str, changes: Mapping[str, Any]) -> Written:
        """Change the named business fields of an item; repeating it changes nothing more. GoneError if it is gone."""

    async def set_reference(self, registry: Registry, record_id: str, reference: str) -> None:
        """Write our reference onto an item that was linked, not created, where the contract allows it."""


class NamesPort(Protocol):
    """What a side offers besides where a profile's rule looks for items by their names (VN-03)."""

    async def find_by_name(self, registry: Registry, names: Sequence[str]) -> Read[Record]:
        """Items of exactly these names, but for case and white space. Several may share a name."""


class Classes(Protocol):
    """The registers of an ERP whose values its profile offers in Severa."""

    async def choices(self, registry: Registry) -> Sequence[Choice]:
        """The classes that items of the registry may have."""


class ClassesPort(Protocol):
    """What an ERP offers besides where its profile has offered fields (VN-05, VN-08)."""

    registers: Classes


class ChoosingPort(Protocol):
    """What Severa does for a profile: which fields are carried, and which values people choose from."""

    def carry(self, fields: Mapping[Registry, Collection[str]]) -> None:
        """Read and write these fields only. What costs calls of its own is left out where it is not among them."""

    async def offer(
        self, registry: Registry, title: str, choices: Sequence[Choice], *, write: bool
    ) -> Sequence[Choice]:
        """See to it that people can choose these values; without `write` those that are there are learnt only.

        The answer are those that cannot be chosen yet: in a preview they count as if they could.
        """


class SeveraPort(RegistryPort, Protocol):
    """What Severa offers beyond registries."""

    async def check_access(self) -> None:
        """One cheap authorised call; ConfigurationError when credentials or scopes do not do."""

    async def customers_with_invoices(self, since: datetime | None, customer_ids: Sequence[str]) -> Read[str]:
        """Ids of customers that have an invoice (PO-05).

        With `since`: of invoices changed at or after it; without: of those among `customer_ids` that have any.
        """

    async def invoice_statuses(self) -> tuple[InvoiceStatus, ...]:
        """The status register."""

    async def invoices_with_status(self, status_ids: Sequence[str]) -> Read[Invoice]:
        """Invoices standing on one of these statuses, without rows."""

    async def invoice(self, invoice_id: str, *, texts: bool = False) -> Invoice | None:
        """One invoice with its header as it stands now, without rows; None when it was deleted.

        With `texts` also its texts and its currency's rate, in the same call.
        """

    async def invoice_rows(self, invoice_id: str) -> tuple[InvoiceRow, ...]:
        """Its rows in order. Raises BadDataError when a row breaks the contract."""

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
        """Move an invoice to a status (and write number, payment reference and date), read it back and compare.

        Does nothing and says so when the invoice stands on none of `expected_status_ids` (nor already on
        `status_id`): a person moved it. Without `status_id` it stays on the status that it has.
        """

    async def invoice_pdf(self, invoice_id: str) -> InvoiceFile:
        """The invoice as Severa prints it. GoneError when it was deleted."""

    async def invoice_files(self, invoice_id: str) -> tuple[InvoiceFile, ...]:
        """The files that are attached to it and meant for the customer, each with a name of its own."""

    async def company_of_project(self, project_id: str) -> str | None:
        """Id of the business unit that is the company to which a project belongs; None when it belongs to none."""

    async def project_files(self, project_id: str) -> frozenset[str]:
        """The keys of ours that files of a project carry."""

    async def add_project_file(self, project_id: str, file: InvoiceFile, *, description: str, key: str) -> str:
        """Attach a file to a project under a key of ours; its id. OutcomeUnknownError when the answer was lost."""

    async def project_currency(self, project_id: str) -> str | None:
        """Currency code of a project."""

    async def currency_rates(self) -> dict[str, Decimal]:
        """Severa's currency rates by code, as its register has them; what a rate means is a setting of the tenant."""

    async def find_cost(self, cost: CostEntry, *, since: datetime) -> str | None:
        """Id of the project cost that a lost create made: by our key, or where none is kept by its figures.

        `since` is the instant of the intent. BadDataError when several could be it: a person decides.
        """

    async def find_costs(self, keys: Sequence[str], *, since: datetime) -> dict[str, str]:
        """Which of our keys project costs changed since carry, with the ids of those costs.

        Empty where Severa keeps no key of ours. Of several costs with one key it is the first one.
        """

    async def create_cost(self, cost: CostEntry) -> str:
        """Create a project cost; its id. OutcomeUnknownError when the answer was lost."""

    async def close(self) -> None:
        """Close connections."""


@dataclass(frozen=True, slots=True)
class InvoiceWrite:
    """What became of a write to a Severa invoice.

    `moved` is false when a person had moved the invoice elsewhere (`status_id` says where it stands).
    `number_written` is false when Severa kept another number than the ERP's; `number` is what it shows now. Likewise
    `reference_written` and `reference` for the payment reference.
    `payment_date_written` is false when neither place took the payment date.
    """

    moved: bool
    status_id: str | None
    number: str | None
    number_written: bool
    payment_date_written: bool = True
    reference_written: bool = True
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostEntry:
    """A project cost to be created in Severa. Prices are net of VAT, in `currency`."""

    key: str
    project_id: str
    product_id: str | None
    product_type: str | None
    quantity: Decimal
    unit_cost: Decimal
    currency: str
    description: str
    event_date: date
    billable: bool = False
    unit_price: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class OutgoingInvoice:
    """An invoice ready to go: every reference resolved to the ERP's own ids. `reference` is what identifies it.

    `business_unit_id` is the ERP's id of the company that sells, where the two systems share companies (VN-10);
    `exchange_rate` is Severa's rate of a foreign currency.
    """

    invoice: Invoice
    reference: str
    customer_id: str
    project_id: str | None = None
    project_ids_by_row: Mapping[str, str] = field(default_factory=dict)
    contact_id: str | None = None
    credited_number: str | None = None
    business_unit_id: str | None = None
    exchange_rate: Decimal | None = None
    texts: InvoiceTexts = field(default_factory=InvoiceTexts)


class UnknowableError(BadDataError):
    """Nothing is kept by which an invoice would be found: whether it is there cannot be known by looking."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a look-up by our references brought: what the ERP holds, and what it does not let be known.

    A reference in neither is proved absent. One in `doubtful` may be there: nothing is sent for it, a person decides.
    `leftovers` are drafts of earlier attempts by the reference asked for: they go before anything is sent.
    """

    found: Mapping[str, ErpInvoice]
    doubtful: Mapping[str, SyncError] = field(default_factory=dict)
    leftovers: Mapping[str, Sequence[str]] = field(default_factory=dict)


class ErpPort(RegistryPort, Protocol):
    """What an ERP offers beyond registries."""

    async def check_access(self) -> None:
        """One cheap authorised call; ConfigurationError when credentials or privileges do not do."""

    async def missing_products(self, codes: Sequence[str]) -> frozenset[str]:
        """Those of the product codes that the ERP does not have (or has archived)."""

    async def create_invoice(self, outgoing: OutgoingInvoice) -> ErpInvoice:
        """Create the draft. AlreadyExistsError: the reference is taken; OutcomeUnknownError: the answer was lost."""

    async def find_invoices(self, references: Sequence[str], since: datetime) -> Lookup:
        """Which of our references the ERP holds, drafts and sent ones, by the contract's own procedure (law 1).

        `references` are those of the attempts, suffix included; the answer is by the reference that was asked for.
        `since` is the start of the first attempt, UTC. A later attempt of the same invoice is found as well.
        """

    async def invoice(self, invoice_id: str) -> ErpInvoice | None:
        """One invoice or draft by its ERP id; None when it is in neither place."""

    async def delete_invoice(self, invoice_id: str) -> tuple[Deletion, str]:
        """Remove a draft; with a word why not, when it was not removed."""

    async def release_invoice(self, invoice_id: str) -> ErpInvoice:
        """Take a draft whose total is right into the books, or as far as the tenant wants it; as it stands then.

        It looks at the real state first, so it may be repeated. BadDataError when the ERP refuses; GoneError when it
        does not exist any more. Asked only of an ERP whose profile says that it `releases`.
        """

    async def attach(self, invoice_id: str, name: str, content: bytes, content_type: str) -> bool:
        """Attach a file to an invoice; False when one of this name is there already (VN-14)."""

    async def file(self, file_id: str) -> bytes:
        """The content of a file that came with a cost row (VN-18). GoneError when it does not exist any more."""

    async def invoices_changed(self, since: datetime | None) -> Read[ErpInvoice]:
        """Invoices past the draft that are new or whose balance changed since, and ours that were voided."""

    async def invoices_by_id(self, invoice_ids: Sequence[str]) -> Read[ErpInvoice]:
        """These invoices; those that are drafts are left out."""

    async def cost_rows(self, since: datetime | None, *, posted_from: date, posted_until: date | None) -> Read[CostRow]:
        """Purchase rows that name a project, posted in the period, new or changed since."""

    async def close(self) -> None:
        """Close connections."""


class SeveraChecks(Protocol):
    """What Severa shows of its own settings before the switch-on (ALL-10)."""

    async def look(self, profile: Profile) -> tuple[SeveraSetup, Sheet]:
        """What is compared with the ERP, and what was found."""


class ErpChecks(Protocol):
    """What an ERP shows of its settings before the switch-on (ALL-10). `access` is the check of its credentials."""

    access: Check
    by_hand: Sequence[ByHand]

    async def look(self, severa: SeveraSetup, today: date) -> Sheet:
        """Settings, as few calls as possible. `today` is the tenant's."""

    async def look_at_numbers(self, severa: SeveraSetup, today: date) -> Sheet:
        """What costs longer lists: invoice numbers that are in use."""

    def row_checks(self) -> Sequence[RowCheck]:
        """What is expected of the records of both sides; by the registers that `look` has read."""


class CheckedSevera(Protocol):
    """Severa, as far as it is checked."""

    def checks(self) -> SeveraChecks:
        """What is looked at."""


class CheckedErp(Protocol):
    """An ERP, as far as it is checked."""

    def checks(self) -> ErpChecks:
        """What is looked at."""
