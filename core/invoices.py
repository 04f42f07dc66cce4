"""Invoices and costs in our own shape. Amounts are Decimal; dates are business dates of the tenant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from core.money import Money


class RowType(StrEnum):
    """What an invoice row was made from (PO-13)."""

    FLAT_RATE = "FlatRate"
    HOURS = "Hours"
    PROJECT_FEES = "ProjectFees"
    TRAVEL_EXPENSES = "TravelExpenses"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """One row. `unit_price` is before VAT in the invoice's currency, `vat_percent` is 25.5 for 25.5 %.

    `code` is the one product code of the row; None when it has none. `codes` are all that Severa gave.
    """

    id: str
    code: str | None
    codes: tuple[str, ...] = ()
    description: str | None
    quantity: Decimal
    unit_price: Decimal
    unit: str | None = None
    vat_percent: Decimal | None = None
    row_type: RowType
    sort_order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceTexts:
    """The texts of an invoice's header, for ERPs that take them (VN-14). None where Severa has none.

    `above` and `below` are the free texts above and below the rows, as plain text.
    """

    our_reference: str | None = None
    your_reference: str | None = None
    billing_contact: str | None = None
    notes: str | None = None
    above: str | None = None
    below: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A Severa invoice. `customer_id` is the customer to bill; ids are Severa guids.

    `total` is the total including VAT as Severa says it. `totals` are the same total in other currencies, as far
    as Severa gives them, by currency code. `version` changes whenever the header changes. `texts` and `currency_rate`
    (Severa's rate of the invoice's currency) are there where they were asked for.
    """

    id: str
    number: str | None
    status_id: str
    customer_id: str | None
    customer_number: str | None
    customer_name: str | None
    project_ids: tuple[str, ...]
    invoice_date: date
    due_date: date | None
    payment_term: int | None
    currency: str
    total: Money
    totals: dict[str, Decimal]
    order_number: str | None = None
    contact_id: str | None = None
    is_credit_note: bool = False
    credited_invoice_id: str | None = None
    payment_date: date | None = None
    version: str
    rows: tuple[InvoiceRow, ...] = ()
    texts: InvoiceTexts = InvoiceTexts()
    currency_rate: Decimal | None = None

    @property
    def label(self) -> str:
        """How a person would find it in Severa."""
        who = self.customer_name or "no customer"
        kind = "Credit note" if self.is_credit_note else "Invoice"
        return f"{kind} {self.number or self.id[:8]} ({who}, {self.invoice_date})"


class ErpInvoiceState(StrEnum):
    """Where an invoice stands in the ERP."""

    DRAFT = "draft"
    SENT = "sent"
    PARTLY_PAID = "partly paid"
    PAID = "paid"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Tax:
    """VAT of one rate (25 is 25 %): what it is of, and how much, in the document's currency."""

    rate: Decimal
    base: Decimal | None
    vat: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpInvoice:
    """An invoice (or its draft order) as it stands in the ERP.

    `reference` is our reference as the ERP keeps it (Severa's guid, perhaps with a suffix), `number` the invoice
    number that the ERP gave (None while it is a draft), `order_number` the number of the draft order. `total`
    includes VAT in the document's currency; None when the ERP did not say. `payment_reference` is what the customer
    pays with (KID), where the ERP gives one. `remarks` are things that a person should know of its making.
    """

    id: str
    reference: str | None
    state: ErpInvoiceState
    total: Money | None
    number: str | None = None
    order_number: str | None = None
    sent_at: datetime | None = None
    paid_on: date | None = None
    line_totals: dict[str, Decimal] | None = None
    """Total including VAT per line, by the Severa row's guid, where the ERP says it."""
    payment_reference: str | None = None
    taxes: tuple[Tax, ...] = ()
    remarks: tuple[str, ...] = ()


class Deletion(StrEnum):
    """How an attempt to remove a draft ended."""

    GONE = "gone"
    SENT_MEANWHILE = "sent meanwhile"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that the ERP keeps with a document. Each revision is a file of its own (VN-18)."""

    id: str
    name: str
    revision: int = 1


@dataclass(frozen=True, slots=True)
class InvoiceFile:
    """A file that goes with an invoice (VN-14): its name with ending, its bytes and their media type."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """One purchase row of the ERP that names a project (PO-14, VN-16).

    `id` is the row's id (unique for good), `amount` is quantity x unit price, net of VAT, positive for a
    cost and negative for a credit. `project_id` is the ERP's own id of the project, `product_id` likewise. `files` are
    those of the row and those of its document, each once.
    """

    id: str
    voucher_id: str
    voucher_number: str | None
    voucher_type: str
    project_id: str | None
    project_code: str
    product_id: str | None
    product_code: str | None
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    currency: str
    amount_company: Decimal
    """The amount in the ERP company's own currency, net of VAT."""
    company_currency: str
    description: str | None
    cost_date: date
    reverses: str | None = None
    """Id of the voucher that this one reverses or corrects; None for an ordinary row."""
    files: tuple[FileRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceStatus:
    """One of Severa's invoice statuses (ALL-04)."""

    id: str
    name: str
    active: bool
    is_default: bool
    read_only: bool
    has_number: bool
    is_sent: bool
    is_paid: bool
    is_default_for_credit_note: bool
    sort_order: int
