"""Severa's invoices, invoice rows and invoice statuses against our own shapes.

Contract section 10, in the order of the guide's tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from html import unescape
from typing import Any

from connectors.fields import Field, Table
from connectors.values import Rejected, day, decimal, flag_or, guid, number_text, one_of, text, whole
from core.invoices import Invoice, InvoiceRow, InvoiceStatus, InvoiceTexts, RowType
from core.money import Money


def codes(value: Any) -> tuple[str, ...]:
    """The product codes of a row; Severa gives a list."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Rejected("a list of codes is wanted")
    return tuple(dict.fromkeys(found for found in map(text, value) if found))


def guids(value: Any) -> tuple[str, ...]:
    """The guids of a list of references."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Rejected("a list of references is wanted")
    found = [guid(each.get("guid")) if isinstance(each, Mapping) else None for each in value]
    if None in found:
        raise Rejected("a list of references with guids is wanted")
    return tuple(dict.fromkeys(one for one in found if one))


def amounts(value: Any) -> dict[str, Decimal]:
    """Amounts by currency code, of `multiCurrencyInfo`; entries without amount or currency do not count."""
    if value is None:
        return {}
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise Rejected("a list of amounts is wanted")
    found: dict[str, Decimal] = {}
    for each in value:
        currency, amount = currency_code(each.get("currencyCode")), decimal(each.get("amount"))
        if currency and amount is not None:
            found.setdefault(currency, amount)
    return found


def free_text(value: Any) -> str | None:
    """The plain form of a free text; where there is none, its text without tags (contract section 10)."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise Rejected("an object with a text is wanted")
    plain = text(value.get("plainText"))
    tagged = text(value.get("text"))
    return plain or (text(unescape(_TAG.sub("", _BREAK.sub("\n", tagged)))) if tagged else None)


_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li)>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def currency_code(value: Any) -> str | None:
    """A currency code, upper case."""
    found = text(value)
    return found.upper() if found else None


INVOICES: Table[dict[str, Any]] = Table(
    "Invoice",
    dict,
    (
        Field("guid", "guid", "id", read=guid, required=True, note="Our reference in the ERP."),
        Field("Number", "number", "number", read=number_text, note="Written once the invoice is sent (ALL-06)."),
        Field("-", "status.guid", "status_id", read=guid, required=True),
        Field(
            "CustomerId", "customer.guid", "customer_id", read=guid, note="The customer, unless another one is billed."
        ),
        Field("CustomerNumber", "customer.number", "customer_number", read=number_text),
        Field("-", "customer.name", "customer_name"),
        Field("-", "billingCustomer.guid", "billed_id", read=guid, note="Billed instead, where it is filled."),
        Field("-", "billingCustomer.number", "billed_number", read=number_text),
        Field("-", "billingCustomer.name", "billed_name"),
        Field("InvoiceDate", "date", "invoice_date", read=day, required=True),
        Field("PaymentTerm", "paymentTerm", "payment_term", read=whole, note="Days."),
        Field("DueDate", "dueDate", "due_date", read=day),
        Field("CurrencyCode", "currency.code", "currency", read=currency_code, required=True),
        Field("ProjectId", "projects", "project_ids", read=guids, note="There may be several."),
        Field("senderContactGuid", "receiverContactGuid", "contact_id", read=guid, note="The customer's contact."),
        Field(
            "-",
            "totalIncludingTax.amount",
            "amount",
            read=decimal,
            required=True,
            note="Compared with the ERP (ALL-07).",
        ),
        Field("-", "totalIncludingTax.currencyCode", "total_currency", read=currency_code, required=True),
        Field("-", "totalIncludingTax.multiCurrencyInfo", "totals", read=amounts),
        Field("-", "orderNumber", "order_number"),
        Field("-", "isCreditNote", "is_credit_note", read=flag_or(default=False)),
        Field("-", "reimburseInvoice.guid", "credited_invoice_id", read=guid, note="The invoice that is credited."),
        Field("-", "paymentDate", "payment_date", read=day),
        Field("-", "lastUpdatedDateTime", "changed"),
    ),
)

INVOICE_TEXTS: Table[dict[str, Any]] = Table(
    "Invoice",
    dict,
    (
        Field("Our reference", "ourReference", "our_reference"),
        Field("Your reference", "yourReference", "your_reference"),
        Field("Billing contact", "senderContactName", "billing_contact"),
        Field("Notes", "notes", "notes"),
        Field("Free text above invoice rows", "freeText1", "above", read=free_text, note="As plain text."),
        Field("Free text below invoice rows", "freeText2", "below", read=free_text, note="As plain text."),
        Field("Exchange rate", "currencyRate", "currency_rate", read=decimal),
    ),
)
"""What only some ERPs take (VN-14); read where it is asked for, so that it cannot keep an invoice back elsewhere."""

INVOICE_ROWS: Table[dict[str, Any]] = Table(
    "Invoice row",
    dict,
    (
        Field("Guid", "guid", "id", read=guid, required=True),
        Field("ProductCode", "code", "codes", read=codes, note="Exactly one, or the row has none."),
        Field("Quantity", "quantity", "quantity", read=decimal, required=True),
        Field("UnitPrice", "unitPrice.amount", "unit_price", read=decimal, default=Decimal(0), note="Before VAT."),
        Field("Description", "description", "description"),
        Field("rowType", "rowType", "row_type", read=one_of({each.value: each for each in RowType}), required=True),
        Field("-", "measurementUnit", "unit"),
        Field("-", "vatRate", "vat_percent", read=decimal, note="25.5 is 25.5 %."),
        Field("-", "sortOrder", "sort_order", read=whole, default=0),
    ),
)

_flag = partial(Field, "-", read=flag_or(default=False))

STATUSES: Table[InvoiceStatus] = Table(
    "Invoice status",
    InvoiceStatus,
    (
        Field("-", "guid", "id", read=guid, required=True),
        Field("-", "name", "name", required=True),
        Field("-", "isActive", "active", read=flag_or(default=True)),
        _flag(vendor="isDefault", attribute="is_default"),
        _flag(vendor="isReadOnly", attribute="read_only"),
        _flag(vendor="hasInvoiceNumber", attribute="has_number"),
        _flag(vendor="isSent", attribute="is_sent"),
        _flag(vendor="isPaid", attribute="is_paid"),
        _flag(vendor="isDefaultForCreditNote", attribute="is_default_for_credit_note"),
        Field("-", "sortOrder", "sort_order", read=whole, default=0),
    ),
)


def invoice_of(row: Any) -> Invoice:
    """An invoice of Severa's row. The version changes with the header's time of change and with the total."""
    values = INVOICES.read(row)
    billed = {name: values.pop(f"billed_{name}") for name in ("id", "number", "name")}
    if billed["id"]:
        values |= {f"customer_{name}": value for name, value in billed.items()}
    total = Money(values.pop("amount"), values.pop("total_currency"))
    return Invoice(
        total=total, version=f"{values.pop('changed') or ''} {total.amount.normalize():f} {total.currency}", **values
    )


def with_texts(invoice: Invoice, row: Any) -> Invoice:
    """The same invoice with its texts and its currency's rate."""
    values = INVOICE_TEXTS.read(row)
    rate = values.pop("currency_rate")
    return replace(invoice, texts=InvoiceTexts(**values), currency_rate=rate)


def row_of(row: Any) -> InvoiceRow:
    """An invoice row of Severa's row. `code` is the one product code; with several distinct ones there is none."""
    values = INVOICE_ROWS.read(row)
    several = len(values["codes"]) > 1
    return InvoiceRow(code=None if several or not values["codes"] else values["codes"][0], **values)


def status_of(row: Any) -> InvoiceStatus:
    """An invoice status of Severa's row."""
    return STATUSES.build(row)


def integer_number(number: str | None) -> int | None:
    """An ERP's invoice number as Severa can keep it (int32, contract section 10); None when it does not fit."""
    if number is None or not number.isascii() or not number.isdigit() or len(number) > 10:
        return None
    found = int(number)
    return found if 0 < found <= 2147483647 else None
