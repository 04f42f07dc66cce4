"""The company's data in Visma.net: tables, lists, ids, numbers, and today's date."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.store import Row, Table, member
from sandbox.visma_net.behaviour import Behaviour
from sandbox.visma_net.numbering import Key, Sequence
from sandbox.visma_net.stamps import OSLO, Versions, local

LOW, HIGH = 1_000, 9_999_999
"""Bounds of the int32 ids that Visma.net gives."""
CHANGED, CREATED = "lastModifiedDateTime", "createdDateTime"
VERSION = "timeStamp"


class Calendar(Clock):
    """The sandbox's clock, which stands still in the past while history is written."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.stopped: datetime | None = None

    def now(self) -> datetime:
        """The moment it stands at, else the sandbox's time."""
        return self.stopped or self._clock.now()


class Company:
    """Tables by kind. Rows hold ids of what they refer to; names beside them are put in when read.

    A member that starts with ``_`` is never shown.
    """

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self.clock = Calendar(clock)
        self.ids = ids
        self.behaviour = Behaviour()
        self.base_currency = "NOK"
        self.customers = self._table("internalId", "number", "name", "corporateId", "vatRegistrationId", *_MAIL)
        self.contacts = self._table("contactId", "customer", "email")
        self.items = self._table("inventoryId", "inventoryNumber", "status")
        self.projects = self._table("internalID", "projectID", "publicId")
        self.tasks = self._table("internalId", "projectInternalId")
        document = ("customer", "project", "status", "externalReference", "paymentReference", "customerRefNumber")
        self.invoices = self._table("referenceNumber", *document)
        self.credit_notes = self._table("referenceNumber", *document)
        self.payments = self._table("referenceNumber", *document)
        self.suppliers = self._table("internalId", "number")
        self.supplier_invoices = self._table("_key", "supplier", "referenceNumber")
        self.journals = self._table("_key", "batchNumber")
        self.customer_classes: dict[str, Row] = {}
        self.item_classes: dict[str, Row] = {}
        self.posting_classes: dict[str, str] = {}
        self.terms: dict[str, Row] = {}
        self.branches: dict[str, Row] = {}
        self.currencies: dict[str, Row] = {}
        self.rates: dict[str, Decimal] = {}
        self.accounts: dict[str, Row] = {}
        self.ledgers: dict[str, Row] = {}
        self.countries: dict[str, Row] = {}
        self.counties: dict[str, Row] = {}
        self.units: set[str] = set()
        self.zones: dict[str, Row] = {}
        self.vat_codes: dict[str, Row] = {}
        """VAT id -> description and rate in percent."""
        self.organisation: Row = {}
        self.keys: dict[str, Key] = {}
        self.sequences: dict[str, Sequence] = {}
        self.lengths: dict[str, int] = {}
        """Longest text per member of a body (``name``, ``invoiceLines.description``); none at first."""
        self.files: dict[str, list[tuple[str, bytes]]] = {}
        """Attachment id -> its revisions: file name and content."""
        self._versions = Versions()
        self._due: list[tuple[datetime, Callable[[], None]]] = []
        self._requests = 0

    def _table(self, key: str, *indexes: str) -> Table:
        return Table(
            self.clock,
            key=key,
            stamp=local,
            created=CREATED,
            changed=CHANGED,
            indexes={name.rpartition(".")[2]: member(name) for name in indexes},
        )

    def add(self, table: Table, row: Row, *, created: datetime | None = None, changed: datetime | None = None) -> Row:
        """Stores a new row with its first version."""
        row[VERSION] = self._versions.next()
        return table.insert(row, created=created, changed=changed)

    def change(self, table: Table, row_id: Any, members: Row, *, touch: bool = True) -> Row:
        """Changes a row and gives it a new version; `touch` off leaves the time of its last change."""
        return table.update(row_id, {**members, VERSION: self._versions.next()}, touch=touch)

    def version(self) -> str:
        """A version for what is no table's row."""
        return self._versions.next()

    def number(self, kind: str, *parts: object) -> int:
        """A new internal id."""
        return self.ids.number(kind, *parts, low=LOW, high=HIGH)

    def now(self) -> str:
        """The local time."""
        return local(self.clock.now())

    def today(self) -> date:
        """The date in Norway by the clock."""
        return self.clock.now().astimezone(OSLO).date()

    def later(self, at: datetime, do: Callable[[], None]) -> None:
        """Something that the service does by itself at a later time."""
        self._due.append((at, do))

    def settle(self) -> None:
        """Does what is due by now."""
        if not self._due:
            return
        now = self.clock.now()
        ready = [do for at, do in self._due if at <= now]
        self._due = [each for each in self._due if each[0] > now]
        for do in ready:
            do()

    def request_id(self) -> str:
        """The value of ``Ipp-Request-Id``."""
        self._requests += 1
        return f"{self._requests:032x}"


_MAIL = ("mainContact.email", "mainContact.phone1")
