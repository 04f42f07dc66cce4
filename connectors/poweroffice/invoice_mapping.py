"""PowerOffice's sales orders, sent invoices and ledger rows against ours, in the order of the guide.

Source: the guide's tables "Sales invoices", "Invoice rows" and "Purchase invoice rows", contract sections 7 and 9. The
guide's left column of the first table names PowerOffice's members; they are kept as they stand there.
"""

from __future__ import annotations

from typing import Any

from connectors.fields import Field, Table
from connectors.poweroffice.words import last_part
from connectors.values import day, decimal, flag_or, guid, instant, number, number_text, one_of, same

Values = dict[str, Any]

LINE_TYPES = {name: name for name in ("Normal", "Text", "Summary", "InvoiceFee", "TotalHours")}
VOUCHER_TYPES = {"OutgoingInvoice": False, "OutgoingCreditNote": True}

ORDERS: Table[Values] = Table(
    "Sales order",
    dict,
    (
        Field("guid", "Id", "id", read=guid, required=True, note="The order's id; the sent invoice keeps it."),
        Field("guid", "ExternalImportReference", "reference", write=same, note="Finds the order after a lost answer."),
        Field(
            "SalesOrderNumber",
            "SalesOrderNo",
            "order_number",
            read=number_text,
            note="The invoice number (InvoiceNo) is PowerOffice's and comes when a person sends the invoice.",
        ),
        Field("CustomerId", "CustomerId", "customer_id", read=number_text, write=number),
        Field("SalesOrderDate", "SalesOrderDate", "invoice_date", read=day, write=same),
        Field("PaymentTermId", "PaymentTermId", "payment_term_id", read=number_text, write=same, note="By its days."),
        Field("DueDate", None, note="Follows from the payment term when the invoice is sent."),
        Field("CurrencyCode", "CurrencyCode", "currency", write=same),
        Field(
            "ProjectId",
            "ProjectId",
            "project_id",
            read=number_text,
            write=number,
            note="Several projects stand on the rows only.",
        ),
        Field(
            "CustomerReferenceContactPersonId",
            "CustomerReferenceContactPersonId",
            "contact_id",
            read=number_text,
            write=last_part,
        ),
        Field("ContactDeliveryAddressId", None, note="Left out: the customer's primary delivery address is inherited."),
        Field("-", "PurchaseOrderReference", "purchase_order", write=same, note="Severa's order number."),
        Field("-", "RelatedInvoiceNo", "credited_number", read=number_text, write=same, note="Negative totals only."),
        Field("-", "TotalAmount", "total", read=decimal, note="Including VAT; compared with Severa's total (ALL-07)."),
    ),
)

LINES: Table[Values] = Table(
    "Order line",
    dict,
    (
        Field("Guid", "ExternalImportReference", "id", write=same),
        Field("ProductCode", "ProductCode", "code", write=same),
        Field("Quantity", "Quantity", "quantity", read=decimal, write=same),
        Field("UnitPrice", "ProductUnitPrice", "unit_price", read=decimal, write=same, note="Before VAT."),
        Field("Description", "Description", "description", write=same),
        Field(
            "rowType",
            "LineType",
            "line_type",
            read=one_of(LINE_TYPES),
            write=same,
            note="Normal; Text for a row without product and amount.",
        ),
        Field("-", "Allowance", "allowance", read=decimal, write=same, note="Always 0: none would be inherited."),
        Field(
            "-",
            "UseStandardSalesAccount",
            "standard_account",
            read=flag_or(default=True),
            write=same,
            note="VAT cannot be sent: the product's sales account with the row's VAT rate is chosen.",
        ),
        Field("-", "SortOrder", "sort_order", read=decimal, write=same),
        Field(
            "-", "UnitOfMeasureCode", "unit", write=same, note="Units that are not in the tenant's table are left out."
        ),
        Field("-", "ProjectId", "project_id", read=number_text, write=number),
        Field("-", "TotalAmount", "total", read=decimal, note="Including VAT."),
    ),
)

SENT: Table[Values] = Table(
    "Sent invoice",
    dict,
    (
        Field("guid", "Id", "id", read=guid, required=True),
        Field("guid", "ExternalImportReference", "reference"),
        Field("Number", "InvoiceNo", "number", read=number_text, note="Written back to Severa (ALL-06)."),
        Field("-", "OrderNo", "order_number", read=number_text),
        Field("-", "VoucherType", "credit_note", read=one_of(VOUCHER_TYPES), default=False),
        Field("CurrencyCode", "CurrencyCode", "currency"),
        Field("-", "TotalAmount", "total", read=decimal, note="Including VAT, in the invoice's currency."),
        Field("-", "TotalPostedAmount", "posted", read=decimal, note="The same in Norwegian kroner."),
        Field("-", "Balance", "balance", read=decimal, note="What is left to pay, in Norwegian kroner; 0 is paid."),
        Field("-", "BalanceLastChangedDateTimeOffset", "balance_changed_at", read=instant),
        Field("-", "SentDateTimeOffset", "sent_at", read=instant),
    ),
)

COSTS: Table[Values] = Table(
    "Ledger row",
    dict,
    (
        Field(
            "-", "Id", "id", read=number_text, required=True, note="Unique for good: one project cost per row (ALL-08)."
        ),
        Field("-", "VoucherId", "voucher_id", read=guid, required=True),
        Field("-", "VoucherNo", "voucher_number", read=number_text),
        Field("-", "VoucherType", "voucher_type", required=True),
        Field("ProjectCode", "ProjectCode", "project_code", required=True),
        Field("ProjectCode", "ProjectId", "project_id", read=number_text),
        Field("ProductCode", "ProductCode", "product_code"),
        Field("productType", "ProductId", "product_id", read=number_text, note="The product says its type (PO-10)."),
        Field("Quantity", "Quantity", "quantity", read=decimal),
        Field(
            "unitPrice.amount",
            "CurrencyAmount",
            "amount",
            read=decimal,
            required=True,
            note="Divided by the quantity where that gives the amount back; else quantity 1.",
        ),
        Field("-", "Amount", "amount_company", read=decimal, required=True, note="In Norwegian kroner."),
        Field("Description", "Description", "description"),
        Field("Description", "VoucherDescription", "voucher_description", note="Where the row has no text of its own."),
        Field("unitPrice.currencyCode", "CurrencyCode", "currency"),
        Field("-", "VoucherDate", "cost_date", read=day, required=True),
        Field("-", "ReversedVoucherId", "reversed_voucher", read=guid),
        Field("-", "CorrectionOfVoucherId", "corrected_voucher", read=guid),
    ),
)


def only(table: Table[Values], *attributes: str) -> Table[Values]:
    """The rows of a table that an answer of PowerOffice's must get right to be of use; the others are not looked at."""
    return Table(table.title, dict, tuple(each for each in table.fields if each.attribute in attributes))


DRAFT = only(ORDERS, "id", "reference", "order_number", "currency", "total")
LINE_TOTAL = only(LINES, "id", "total")

INVOICE_TABLES: tuple[Table[Any], ...] = (ORDERS, LINES, SENT, COSTS)
"""Sales invoices, invoice rows, what comes back of them, purchase invoice rows: the guide's order."""
