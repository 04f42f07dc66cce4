"""Invoices and credit notes as they stand in Visma.net: two kinds of one document (contract sections 11 and 12)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from connectors.fields import gather
from connectors.visma_net.invoice_mapping import APPLICATIONS, FILES, INVOICES, TAXES
from connectors.visma_net.settings import VismaNetSettings
from connectors.visma_net.words import stamp_in
from core.invoices import ErpInvoice, ErpInvoiceState, FileRef, Tax
from core.money import Money, quantise


class Kind(StrEnum):
    """The two kinds of documents; numbers are unique within one kind only."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"

    @property
    def made_at(self) -> str:
        """Where one is posted."""
        return "/v2/customerinvoice" if self is Kind.INVOICE else "/v2/customerCreditNote"

    @property
    def path(self) -> str:
        """The list."""
        return "/v1/customerinvoice" if self is Kind.INVOICE else "/v1/customerCreditNote"

    @property
    def item(self) -> str:
        """One document by its number."""
        return f"{self.path}/{{{self.name_in_path}}}"

    @property
    def name_in_path(self) -> str:
        """What its number is called in paths."""
        return "invoiceNumber" if self is Kind.INVOICE else "creditNoteNumber"

    @property
    def lines(self) -> str:
        """The member that holds its rows."""
        return "invoiceLines" if self is Kind.INVOICE else "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(ErpInvoice):
    """An invoice or credit note of Visma.net."""

    status: str = ""
    version: str | None = None
    changed_on: date | None = None
    files: tuple[FileRef, ...] = ()


RELEASED = ("Open", "Closed")
VOIDED = "Voided"
_MARKER = re.compile(r"severa:invoice:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})#([1-9][0-9]{0,5})", re.IGNORECASE)
_ATTEMPT = re.compile(r"(.{36})-([1-9][0-9]{0,5})")


def document_id(kind: Kind, number: str) -> str:
    """The id of a document in our ledger: `invoice:20260100`."""
    return f"{kind.value}:{number}"


def located(invoice_id: str) -> tuple[Kind, str] | None:
    """Kind and number of an id; None for a text that is none."""
    kind, _, number = invoice_id.partition(":")
    return (Kind(kind), number) if kind in tuple(Kind) and number else None


def marker(reference: str) -> str:
    """What the note of a document says, by which it is found: guid and attempt (contract section 9)."""
    guid, attempt = split(reference)
    return f"severa:invoice:{guid}#{attempt}"


def split(reference: str) -> tuple[str, int]:
    """Guid and attempt of a reference: `<guid>` is the first, `<guid>-2` the second."""
    found = _ATTEMPT.fullmatch(reference)
    return (found[1].lower(), int(found[2])) if found else (reference.lower(), 1)


def reference_in(note: Any) -> str | None:
    """Our reference in a note, whatever else a person wrote there."""
    found = _MARKER.search(note) if isinstance(note, str) else None
    if found is None:
        return None
    return found[1].lower() if found[2] == "1" else f"{found[1].lower()}-{found[2]}"


class Documents:
    """Reads documents. Amounts are in the document's currency; credit notes are negative."""

    def __init__(self, settings: VismaNetSettings, zone: ZoneInfo) -> None:
        self._after = settings.after_transfer
        self._instant = stamp_in(zone)
        self._zone = zone

    def read(self, row: Any, kind: Kind) -> Document:
        """A document of a row. BadDataError for one that breaks the contract."""
        values = INVOICES.read(row)
        number, status = values["number"], values["status"]
        state = state_of(status, values["amount"], values["balance"], values["currency"])
        changed = self._instant(values["changed"])
        changed_on = changed.astimezone(self._zone).date() if changed else None
        return Document(
            id=document_id(kind, number),
            reference=reference_in(values["note"]),
            state=state,
            total=total_of(values, kind),
            number=number if self._numbered(status) else None,
            order_number=number,
            sent_at=changed if state is not ErpInvoiceState.DRAFT else None,
            paid_on=(_paid_on(row) or changed_on) if state is ErpInvoiceState.PAID else None,
            payment_reference=values["payment_reference"],
            taxes=_taxes(row),
            status=status,
            version=values["version"],
            changed_on=changed_on,
            files=files_of(row),
        )

    def _numbered(self, status: str) -> bool:
        """Whether the number is final: a draft on its way to release may still be deleted, and its number with it."""
        return status in RELEASED or self._after == "hold" or (self._after == "balanced" and status != "Hold")


def state_of(status: str, amount: Decimal | None, balance: Decimal | None, currency: str) -> ErpInvoiceState:
    """Where a document stands (contract section 12): a draft until it is in the books, then by what is left to pay."""
    if status == VOIDED:
        return ErpInvoiceState.VOIDED
    if status not in RELEASED:
        return ErpInvoiceState.DRAFT
    if status == "Closed":
        return ErpInvoiceState.PAID
    left, whole = abs(quantise(balance or Decimal(0), currency)), abs(quantise(amount or Decimal(0), currency))
    if left == 0 and whole != 0:
        return ErpInvoiceState.PAID
    return ErpInvoiceState.PARTLY_PAID if left < whole else ErpInvoiceState.SENT


def total_of(values: Mapping[str, Any], kind: Kind) -> Money | None:
    """The total including VAT: the first of amount and balance that is not zero, else out of its parts (section 11)."""
    parts = [values[name] for name in ("amount", "balance", "details", "discount", "vat")]
    if all(part is None for part in parts):
        return None
    amount, balance, details, discount, vat = (part or Decimal(0) for part in parts)
    total = amount or balance or details - discount + vat
    return Money(-abs(total) if kind is Kind.CREDIT_NOTE else total, values["currency"])


def files_of(row: Any) -> tuple[FileRef, ...]:
    """The files of a document or row; those that break the contract are left out."""
    listed = row.get("attachments") if isinstance(row, Mapping) else None
    found, _ = gather(listed if isinstance(listed, list) else (), FILES.read, title=FILES.title, key="id")
    return tuple(FileRef(**values) for values in found)


def _taxes(row: Mapping[str, Any]) -> tuple[Tax, ...]:
    listed = row.get("taxDetails")
    found, _ = gather(listed if isinstance(listed, list) else (), TAXES.read, title=TAXES.title, key="taxId")
    return tuple(Tax(**values) for values in found)


def _paid_on(row: Mapping[str, Any]) -> date | None:
    """Day of the latest payment that counts."""
    listed = row.get("applications")
    rows = listed if isinstance(listed, list) else ()
    found, _ = gather(rows, APPLICATIONS.read, title=APPLICATIONS.title, key="refNbr")
    return max(
        (each["paid_on"] for each in found if each["released"] and not each["voided"] and each["paid_on"]), default=None
    )
