"""Visma.net's invoices, credit notes, supplier invoices and journal transactions against ours, in the guide's order.

Source: the guide's tables "Invoices" and "Project costs", contract sections 11 to 13. Amounts are read in the
document's currency (`…InCurrency`) for invoices and in the company's for costs; two decimals of a double count.
"""

from __future__ import annotations

from typing import Any

from connectors.fields import Field, Table
from connectors.values import day, decimal, flag_or, number_text, same, whole
from connectors.visma_net.words import day_text, money, stamp, whole_id, word

Values = dict[str, Any]

ONLY_INVOICES = "Not on credit notes."

INVOICES: Table[Values] = Table(
    "Invoice",
    dict,
    (
        Field("Customer number", "customer.number", "customer_number", write=same, post="customerNumber"),
        Field("Customer name", "customer.name", note="The customer's own."),
        Field("Address", "location.id", note="Left out: the customer's own location counts."),
        Field("Account contact", "contact.id", "contact", read=whole, write=whole_id, post="contact"),
        Field("Invoice number", "referenceNumber", "number", required=True, note="Given by Visma.net (ALL-06)."),
        Field(
            "Reference number (KID code)",
            "paymentReference",
            "payment_reference",
            note="Given by Visma.net, with the number or later.",
        ),
        Field("Invoice date", "documentDate", "invoice_date", read=day, write=day_text),
        Field("Due date", "documentDueDate", "due_date", read=day, write=day_text, note=ONLY_INVOICES),
        Field("Our reference", "invoiceText", "text", write=same, note="The texts one below the other (VN-14)."),
        Field("Billing contact", "invoiceText", note="In the invoice text."),
        Field("Notes", "invoiceText", note="In the invoice text."),
        Field("Free text above and below invoice rows", "invoiceText", note="In the invoice text."),
        Field("Your reference", "externalReference", "your_reference", write=same),
        Field("Order number", "customerRefNumber", "order_number", write=same),
        Field("Payment terms", "creditTerms.id", "credit_terms", write=same, post="creditTermsId", note=ONLY_INVOICES),
        Field("Currency", "currencyId", "currency", write=same, required=True),
        Field("Exchange rate", "exchangeRate", "exchange_rate", read=decimal, write=same, note="Foreign currencies."),
        Field("Business unit", "branchNumber.number", "branch", write=same, post="branchNumber"),
        Field("Project", "project.id", "project", write=same, post="project", note="On the header only."),
        Field(
            "Do not send invoice to autoinvoice",
            "sendToAutoInvoice",
            "auto_invoice",
            read=flag_or(default=False),
            write=same,
            note="Always false there: Severa sends the invoice. Not printed and not e-mailed either.",
        ),
        Field("-", "dontPrint", "dont_print", read=flag_or(default=True), write=same),
        Field("-", "dontEmail", "dont_email", read=flag_or(default=True), write=same),
        Field("Attachment/invoice PDF", "attachments", note="By the setting invoice_files."),
        Field("-", "note", "note", write=same, note="Our reference: finds the document after a lost answer."),
        Field("-", "hold", "hold", read=flag_or(default=False), write=same, note="On hold until the totals agree."),
        Field("-", "documentType", "document_type", read=word),
        Field("-", "status", "status", read=word, required=True),
        Field("-", "amountInCurrency", "amount", read=money, note="Including VAT; compared with Severa's (VN-11)."),
        Field("-", "balanceInCurrency", "balance", read=money, note="What is left to pay (VN-15)."),
        Field("-", "detailTotalInCurrency", "details", read=money),
        Field("-", "discountTotalInCurrency", "discount", read=money),
        Field("-", "vatTotalInCurrency", "vat", read=money),
        Field("-", "createdDateTime", "created", read=stamp),
        Field("-", "lastModifiedDateTime", "changed", read=stamp),
        Field("-", "timeStamp", "version"),
    ),
)

LINES: Table[Values] = Table(
    "Invoice row",
    dict,
    (
        Field("Product/Work type/Travel expense code", "inventoryNumber", "code", write=same),
        Field("Description", "description", "description", write=same),
        Field("Quantity", "quantity", "quantity", read=decimal, write=same, note="Positive on credit notes."),
        Field("Unit price in base currency", "unitPrice", note="Cannot be written; Visma.net converts."),
        Field(
            "Unit price in invoicing currency",
            "unitPriceInCurrency",
            "unit_price",
            read=decimal,
            write=same,
            note="Before VAT. Which VAT: the item and the customer decide.",
        ),
        Field("measurement unit", "uom", "unit", write=same, note="Through the setting units."),
        Field("Business unit code", "branchNumber.number", "branch", write=same, post="branchNumber"),
        Field("Project task", "projectTask.id", "task", write=same, post="taskId", note="Always 10, with a project."),
        Field("Project", None, note="On the header."),
    ),
)

TAXES: Table[Values] = Table(
    "VAT of an invoice",
    dict,
    (
        Field("-", "vatRate", "rate", read=decimal, required=True),
        Field("-", "taxableAmount", "base", read=money),
        Field("-", "vatAmount", "vat", read=money),
    ),
)

APPLICATIONS: Table[Values] = Table(
    "Payment",
    dict,
    (
        Field("-", "applicationDate", "paid_on", read=day),
        Field("-", "released", "released", read=flag_or(default=False)),
        Field("-", "voided", "voided", read=flag_or(default=False)),
    ),
)

FILES: Table[Values] = Table(
    "Attachment",
    dict,
    (
        Field("Attachment description", "name", "name", required=True, note="With the text of the cost (VN-18)."),
        Field("-", "id", "id", required=True),
        Field("-", "revision", "revision", read=whole, default=1, note="Each revision goes once to each project."),
    ),
)

SUPPLIER_INVOICES: Table[Values] = Table(
    "Supplier invoice",
    dict,
    (
        Field("-", "documentType", "document_type", read=word, required=True),
        Field("-", "referenceNumber", "number", required=True, note="Part of the key and of the text."),
        Field("-", "status", "status", read=word, note="Open and Closed are released."),
        Field("Date", "date", "cost_date", read=day, required=True),
        Field("Description", "supplier.number", "supplier_number", note="Part of the text."),
        Field("Description", "supplier.name", "supplier_name", note="Part of the text."),
        Field("-", "taxCalculationMode", "tax_mode", read=word, note="Gross: the costs include VAT."),
        Field("-", "detailTotal", "details", read=money),
        Field("-", "vatTotal", "vat", read=money),
        Field("-", "lastModifiedDateTime", "changed", read=stamp),
    ),
)

SUPPLIER_LINES: Table[Values] = Table(
    "Supplier invoice row",
    dict,
    (
        Field("-", "lineNumber", "line", read=whole, required=True, note="One project cost per row (ALL-08)."),
        Field("Project", "project.id", "project_code"),
        Field("Project", "project.internalId", "project_id", read=number_text),
        Field("Description", "transactionDescription", "text", note="First part of the text."),
        Field("Quantity", None, note="Always 1."),
        Field(
            "Unit price",
            "cost",
            "cost",
            read=money,
            required=True,
            note="Company currency. Billable costs: times the multiplier (VN-17); else 0.00.",
        ),
        Field("Unit cost", "cost", note="Company currency; negative on a debit adjustment."),
        Field("-", "discountAmount", "discount", read=money),
    ),
)

JOURNALS: Table[Values] = Table(
    "Journal transaction",
    dict,
    (
        Field("-", "module", "module", read=word, required=True),
        Field("-", "batchNumber", "number", required=True, note="Unique within its module."),
        Field("-", "status", "status", read=word, note="Unposted, Posted, Completed and Released are released."),
        Field("Date", "transactionDate", "cost_date", read=day, required=True),
        Field("-", "ledger", "ledger", note="Only ledgers of actual postings count."),
        Field("-", "lastModifiedDateTime", "changed", read=stamp),
    ),
)

JOURNAL_LINES: Table[Values] = Table(
    "Journal transaction row",
    dict,
    (
        Field("-", "lineNumber", "line", read=whole, required=True, note="One project cost per row (ALL-08)."),
        Field("Project", "project.id", "project_code"),
        Field("Project", "project.internalId", "project_id", read=number_text),
        Field("Description", "transactionDescription", "text"),
        Field("Description", "referenceNumber", "reference", note="Second part of the text."),
        Field("Description", "customerSupplier", "party", note="Number; the name is looked up."),
        Field("-", "accountNumber", "account"),
        Field("Unit price", "debitAmount", "debit", read=money, note="Company currency, like the unit cost."),
        Field(
            "Unit cost",
            "creditAmount",
            "credit",
            read=money,
            note="A credit counts as a negative cost on expense accounts, and not at all on others.",
        ),
    ),
)

INVOICE_TABLES: tuple[Table[Any], ...] = (
    INVOICES,
    LINES,
    SUPPLIER_INVOICES,
    SUPPLIER_LINES,
    JOURNALS,
    JOURNAL_LINES,
    FILES,
)
"""Invoices and costs, in the guide's order."""
