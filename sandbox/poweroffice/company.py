"""The client company's data in Go: its tables, ids, number sequences and today's date."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.store import ChangeLog, Keys, Row, Table, member

OSLO = ZoneInfo("Europe/Oslo")
LOW, HIGH = 100_000, 99_999_999
"""Bounds of the int64 ids that Go gives."""
FIRST_ORDER_NO, FIRST_INVOICE_NO, FIRST_VOUCHER_NO = 6001, 20_001, 15_001


def stamp(at: datetime) -> str:
    """An instant as Go writes it: offset and microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def folded(name: str) -> Keys:
    """Index keys from a text member without regard to case."""

    def keys(row: Row) -> Iterable[str]:
        value = row.get(name)
        return () if value is None else (value.casefold(),)

    return keys


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
    """Tables by kind. Rows hold ids of what they refer to; codes and numbers beside them are shown when read."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self.clock = Calendar(clock)
        self.ids = ids
        created, changed = "CreatedDateTimeOffset", "LastChangedDateTimeOffset"
        contact = ("Number", "ExternalImportReference", "ExternalNumber", "DepartmentId")
        document = ("ExternalImportReference", "ImportedOrderNo", "CustomerId", "ProjectId")
        self.customers = self._table("CustomerCreatedDateTimeOffset", changed, *contact, "OrganizationNumber")
        self.suppliers = self._table("SupplierCreatedDateTimeOffset", changed, *contact)
        self.employees = self._table("EmployeeCreatedDateTimeOffset", changed, *contact, "ManagerEmployeeId")
        self.persons = self._table(created, changed, "ContactId", "ExternalCode")
        self.addresses = self._table(created, changed, "ContactId", ExternalCode=folded("ExternalCode"))
        self.groups = self._table(created, changed, "Code", "Name")
        self.products = self._table(created, changed, "Code", "Name", "ProductGroupId")
        self.projects = self._table(created, changed, "Code", "CustomerId", "ContactPersonId", "ParentProjectId")
        self.departments = self._table(created, changed, "Code", "Name", "ManagerEmployeeId")
        self.orders = self._table(
            created, changed, *document, "SalesOrderNo", "CustomerReferenceContactPersonId", "ContactDeliveryAddressId"
        )
        self.attachments = self._table(created, changed, "SalesOrderId")
        self.invoices = self._table(None, changed, *document, "InvoiceNo", "VoucherNo", "OrderNo")
        self.incoming = self._table(created, changed, "VoucherNo", "SupplierId")
        self.transactions = self._table(created, changed, "VoucherId", "VoucherNo")
        self.customer_ledger = self._table(created, changed, "MatchId", "VoucherId", "CustomerId")
        self.terms = self._table(created, changed, "CreditDays")
        self.accounts = self._table(None, changed, "AccountNo")
        self.vat_codes = self._table(None, None, "Code")
        self.currencies = self._table(None, None, key="Code")
        self.series = self._table(None, None, "SubLedgerNumberSeriesType")
        self.documents = self._table(None, None, "VoucherNo", key="VoucherId")
        self.balances = ChangeLog()
        """When the balance of a sent invoice last changed."""
        self.rates: dict[str, Decimal] = {}
        self.settings: dict[str, Row] = {}
        self.default_accounts: dict[str, int] = {}
        self.invoice_lines: dict[str, list[Row]] = {}
        self.sending: dict[str, Row] = {}
        self.sent_by_api: list[str] = []
        self.files: dict[int, bytes] = {}
        self.document_files: dict[str, list[tuple[str, bytes]]] = {}
        self.order_nos = count(FIRST_ORDER_NO)
        self.invoice_nos: Iterator[int] = count(FIRST_INVOICE_NO)
        self.voucher_nos = count(FIRST_VOUCHER_NO)

    def _table(self, created: str | None, changed: str | None, *indexes: str, key: str = "Id", **extra: Keys) -> Table:
        keys = {name: member(name) for name in indexes}
        return Table(self.clock, key=key, stamp=stamp, created=created, changed=changed, indexes={**keys, **extra})

    def number(self, kind: str, *parts: object) -> int:
        """A new int64 id."""
        return self.ids.number(kind, *parts, low=LOW, high=HIGH)

    def now(self) -> str:
        """The clock's time as Go writes it."""
        return stamp(self.clock.now())

    def today(self) -> date:
        """The date in Norway by the clock."""
        return self.clock.now().astimezone(OSLO).date()

    def contact(self, contact_id: int) -> Row | None:
        """The customer, supplier or employee with this contact id."""
        return self.customers.get(contact_id) or self.suppliers.get(contact_id) or self.employees.get(contact_id)

    def code(self, table: Table, row_id: Any, name: str = "Code") -> Any:
        """A member of the row with this id; None without one."""
        row = table.get(row_id) if row_id is not None else None
        return None if row is None else row.get(name)
