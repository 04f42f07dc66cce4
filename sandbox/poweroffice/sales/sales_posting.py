"""The ledger side of a sent invoice: revenue, VAT, the customer's sub-ledger."""

from typing import Any

from sandbox.poweroffice.books.ledger import OUTPUT_VAT, RECEIVABLES, Posting, Voucher, post
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.money import exact, shown
from sandbox.store import Row

ENTRY_MEMBERS = (
    "Cid",
    "CurrencyCode",
    "CustomMatchingReference",
    "CustomerId",
    "DepartmentId",
    "DueDate",
    "ExternalImportReference",
    "IsCreatedByCurrentIntegration",
    "ProjectId",
    "VoucherDate",
    "VoucherNo",
    "VoucherType",
)
"""What a customer ledger entry has from its invoice."""


def post_invoice(company: Company, invoice: Row, lines: list[Row], customer: Row) -> None:
    """Revenue rows, one VAT row, and the customer's sub-ledger row."""
    voucher = Voucher(
        id=invoice["Id"],
        no=invoice["VoucherNo"],
        type=invoice["VoucherType"],
        date=invoice["VoucherDate"],
        description=f"Faktura {invoice['InvoiceNo']}",
        currency=invoice["CurrencyCode"],
        reference=invoice.get("ExternalImportReference"),
    )
    entry_id = company.number("customer ledger entry", invoice["Id"])
    total, net = exact(invoice["TotalAmount"]), exact(invoice["NetAmount"])
    posted, net_posted = exact(invoice["TotalPostedAmount"]), exact(invoice["NetPostedAmount"])
    postings = [
        Posting(
            account_no=line["AccountNo"],
            amount=-exact(line["NetPostedAmount"]),
            currency_amount=-exact(line["NetAmount"]),
            description=line.get("Description"),
            vat=company.vat_codes.get(line.get("VatId")),
            vat_amount=exact(line["NetPostedAmount"]) - exact(line["TotalPostedAmount"]),
            members={name: line.get(name) for name in ("ProjectId", "ProductId", "DepartmentId", "Quantity")},
        )
        for line in lines
        if line["AccountNo"] is not None
    ]
    if posted != net_posted or total != net:
        postings.append(
            Posting(
                account_no=OUTPUT_VAT,
                amount=net_posted - posted,
                currency_amount=net - total,
                description="Utgående mva",
            )
        )
    sub_ledger: dict[str, Any] = {
        "IsNoteMainEntry": True,
        "CustomerAccountNo": customer["Number"],
        "ContactId": customer["Id"],
        "SubLedgerEntryId": entry_id,
        "ProjectId": invoice.get("ProjectId"),
    }
    postings.append(
        Posting(
            account_no=RECEIVABLES,
            amount=posted,
            currency_amount=total,
            description=customer["Name"],
            members=sub_ledger,
        )
    )
    post(company, voucher, postings)
    entry: Row = {
        "Id": entry_id,
        "Amount": shown(posted),
        "Balance": shown(posted),
        "CurrencyAmount": shown(total),
        "PostingDate": invoice["VoucherDate"],
        "InvoiceNo": str(invoice["InvoiceNo"]),
        "VoucherId": invoice["Id"],
        **{name: invoice.get(name) for name in ENTRY_MEMBERS},
    }
    company.customer_ledger.insert({name: value for name, value in entry.items() if value is not None})
