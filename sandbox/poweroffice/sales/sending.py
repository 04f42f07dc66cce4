"""Sending: an order becomes an invoice with a number, a voucher and a balance (contract, section 7)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sandbox.poweroffice.company import Company
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.money import cents, exact, shown
from sandbox.poweroffice.sales import orders
from sandbox.poweroffice.sales.pricing import effective, first_set, sales_account
from sandbox.poweroffice.sales.sales_posting import post_invoice
from sandbox.store import Row

CARRIED = (
    "ExternalImportReference",
    "ImportedOrderNo",
    "RelatedInvoiceNo",
    "CustomMatchingReference",
    "CustomerId",
    "CustomerReferenceContactPersonId",
    "ProjectId",
    "DepartmentId",
    "PurchaseOrderReference",
    "ContractNo",
    "DeliveryDate",
    "CreatedDateTimeOffset",
)


@dataclass(frozen=True, slots=True)
class Sending:
    """How an order is sent. None: as the customer has it, and today."""

    by_integration: bool = False
    voucher_date: date | None = None
    due_date: date | None = None
    delivery: str | None = None


def send(company: Company, order: Row, how: Sending) -> Row:
    """Makes the invoice: same id, next invoice number, posted in NOK. The order is gone from the orders."""
    used = orders.with_inherited(company, order)
    header = orders.header(company, order, inherited=True)
    customer = company.customers.get(order["CustomerId"])
    if customer is None:
        raise LookupError(f"customer {order['CustomerId']} of order {order['SalesOrderNo']}")
    term = company.terms.get(used["PaymentTermId"]) or {}
    voucher_date = how.voucher_date or company.today()
    due = how.due_date or voucher_date + timedelta(days=term.get("CreditDays") or 0)
    rate = (
        exact(order["CurrencyExchangeRate"])
        if order.get("CurrencyExchangeRate")
        else company.rates[used["CurrencyCode"]]
    )
    lines = [_line(company, order, line, rate) for line in order[orders.LINES]]
    total, net = exact(order["TotalAmount"]), exact(order["NetAmount"])
    posted, net_posted = cents(total * rate), sum((exact(line["NetPostedAmount"]) for line in lines), Decimal(0))
    invoice_no = next(company.invoice_nos)
    now = company.now()
    row: Row = {
        **{name: order[name] for name in CARRIED if name in order},
        "Id": order["Id"],
        "VoucherType": "OutgoingInvoice" if total >= 0 else "OutgoingCreditNote",
        "InvoiceDeliveryType": first_set(how.delivery, customer.get("InvoiceDeliveryType")),
        "CurrencyCode": used["CurrencyCode"],
        "CurrencyExchangeRate": shown(rate),
        "IsReversed": False,
        "IsCreatedByCurrentIntegration": how.by_integration,
        "InvoiceNo": invoice_no,
        "VoucherNo": next(company.voucher_nos),
        "VoucherDate": voucher_date.isoformat(),
        "OrderDate": order["SalesOrderDate"],
        "OrderNo": order["SalesOrderNo"],
        "DueDate": due.isoformat(),
        "PaymentTermId": used["PaymentTermId"],
        "PaymentTerm": term.get("CreditDays"),
        "CustomerReference": header["CustomerReference"],
        "Cid": f"{customer['Number']:06d}{invoice_no:07d}",
        "NetAmount": shown(net),
        "TotalAmount": shown(total),
        "NetPostedAmount": shown(net_posted),
        "TotalPostedAmount": shown(posted),
        "Balance": shown(posted),
        "BalanceLastChangedDateTimeOffset": now,
        "SentDateTimeOffset": now,
        **_delivery_address(company, used),
    }
    company.invoices.insert(row)
    company.invoice_lines[row["Id"]] = lines
    company.balances.note(row["Id"], company.clock.now())
    post_invoice(company, row, lines, customer)
    _document(company, row)
    orders.delete(company, order["Id"])
    return row


def _line(company: Company, order: Row, line: Row, rate: Decimal) -> Row:
    used = effective(company, order, line)
    product = company.products.get(used.get("ProductId")) if used.get("ProductId") is not None else None
    account: Row = {}
    if product is not None and used["LineType"] == "Normal":
        account = sales_account(company, product, standard=used["UseStandardSalesAccount"])
    return {
        **{name: value for name, value in used.items() if name in answers.OUTGOING_INVOICE_LINE},
        "Id": company.number("invoice line", order["Id"], line["Id"]),
        "AccountId": account.get("Id"),
        "AccountNo": account.get("AccountNo"),
        "ProductUnitPrice": used.get("ProductUnitPrice", 0.0),
        "VatRate": used.get("VatRate") or 0.0,
        "NetPostedAmount": shown(cents(exact(used["NetAmount"]) * rate)),
        "TotalPostedAmount": shown(cents(exact(used["TotalAmount"]) * rate)),
        "IsAccrued": False,
    }


def _delivery_address(company: Company, order: Row) -> Row:
    address = company.addresses.get(order.get("ContactDeliveryAddressId")) or {}
    return {
        "DeliveryAddress1": address.get("AddressLine1"),
        "DeliveryAddress2": address.get("AddressLine2"),
        "DeliveryAddressCity": address.get("City"),
        "DeliveryAddressZipCode": address.get("ZipCode"),
        "DeliveryAddressCountryCode": address.get("CountryCode"),
    }


def _document(company: Company, invoice: Row) -> None:
    """The invoice's PDF and the attachments of its order become documents of the voucher."""
    files = [(f"Faktura {invoice['InvoiceNo']}.pdf", f"%PDF-1.4\n% Faktura {invoice['InvoiceNo']}\n".encode())]
    attached = company.attachments.find("SalesOrderId", invoice["Id"])
    files += [(row["FileName"], company.files[row["Id"]]) for row in attached]
    company.document_files[invoice["Id"]] = files
    company.documents.insert(
        {
            "VoucherId": invoice["Id"],
            "VoucherNo": invoice["VoucherNo"],
            "VoucherType": invoice["VoucherType"],
            "HasPdf": True,
            "HasEhf": False,
            "HasImages": False,
            "HasSalesOrderAttachments": bool(attached),
            "IsImported": False,
        }
    )
