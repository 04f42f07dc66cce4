"""Supplier invoices: posting them, row by row, and reading their headers (contract, section 9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sandbox.poweroffice.books.ledger import INPUT_VAT, PAYABLES, Posting, Voucher, post
from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.money import cents, exact
from sandbox.poweroffice.money import shown as amount_shown
from sandbox.poweroffice.registries import projects
from sandbox.poweroffice.search import Search
from sandbox.store import Row

NOUN = "IncomingInvoice"
CREDIT_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRow:
    """A row of a supplier invoice. `amount` is net of VAT, in the invoice's currency, positive for a cost."""

    account_no: int
    amount: Decimal
    quantity: float | None = None
    product_id: int | None = None
    project_id: int | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A supplier invoice, or credit note (its rows are then posted with the opposite sign)."""

    supplier: Row
    rows: Sequence[PurchaseRow]
    day: date
    currency: str = "NOK"
    is_credit_note: bool = False
    project_id: int | None = None
    invoice_no: str | None = None


def post_purchase(company: Company, purchase: Purchase) -> tuple[Row, list[Row]]:
    """Posts a supplier invoice: a ledger row per row, one for VAT, one in the supplier's sub-ledger."""
    number = next(company.voucher_nos)
    sign = -1 if purchase.is_credit_note else 1
    rate = company.rates[purchase.currency]
    invoice_no = purchase.invoice_no or str(70_000 + number)
    voucher = Voucher(
        id=company.ids.guid("purchase", purchase.supplier["Number"], number),
        no=number,
        type="IncomingCreditNote" if purchase.is_credit_note else "IncomingInvoice",
        date=purchase.day.isoformat(),
        description=f"{'Kreditnota' if purchase.is_credit_note else 'Faktura'} {invoice_no}",
        currency=purchase.currency,
    )
    entry_id = company.number("supplier ledger entry", voucher.id)
    costs = [_cost(company, row, sign * row.amount, rate) for row in purchase.rows]
    net_posted = sum((each.amount for each in costs), Decimal(0))
    net = sum((each.currency_amount for each in costs), Decimal(0))
    vat_posted = sum((each.vat_amount for each in costs), Decimal(0))
    vat = sum((cents(each.currency_amount * exact((each.vat or {}).get("Rate"))) for each in costs), Decimal(0))
    postings = list(costs)
    if vat_posted or vat:
        postings.append(
            Posting(account_no=INPUT_VAT, amount=vat_posted, currency_amount=vat, description="Inngående mva")
        )
    sub_ledger = {
        "SupplierAccountNo": purchase.supplier["Number"],
        "ContactId": purchase.supplier["Id"],
        "SubLedgerEntryId": entry_id,
        "IsNoteMainEntry": True,
        "ProjectId": purchase.project_id,
    }
    postings.append(
        Posting(
            account_no=PAYABLES,
            amount=-net_posted - vat_posted,
            currency_amount=-net - vat,
            description=purchase.supplier["Name"],
            members=sub_ledger,
        )
    )
    invoice = {
        "Id": voucher.id,
        "VoucherNo": number,
        "VoucherType": voucher.type,
        "VoucherDate": voucher.date,
        "DueDate": (purchase.day + timedelta(days=CREDIT_DAYS)).isoformat(),
        "InvoiceNo": invoice_no,
        "SupplierId": purchase.supplier["Id"],
        "SupplierNo": purchase.supplier["Number"],
        "CurrencyCode": purchase.currency,
        "CurrencyExchangeRate": amount_shown(rate),
        "NetAmount": amount_shown(net),
        "TotalAmount": amount_shown(net + vat),
        "NetPostedAmount": amount_shown(net_posted),
        "TotalPostedAmount": amount_shown(net_posted + vat_posted),
        "Balance": amount_shown(net_posted + vat_posted),
        "BalanceLastChangedDateTimeOffset": company.now(),
        "IsReversed": False,
        **({"ProjectId": purchase.project_id} if purchase.project_id is not None else {}),
    }
    stored = company.incoming.insert(invoice)
    company.document_files[voucher.id] = [
        (f"{invoice_no}.pdf", f"%PDF-1.4\n% {purchase.supplier['Name']} {invoice_no}\n".encode())
    ]
    company.documents.insert(
        {
            "VoucherId": voucher.id,
            "VoucherNo": number,
            "VoucherType": voucher.type,
            "HasPdf": True,
            "HasEhf": False,
            "HasImages": False,
            "HasSalesOrderAttachments": False,
            "IsImported": False,
        }
    )
    return stored, post(company, voucher, postings)


def _cost(company: Company, row: PurchaseRow, amount: Decimal, rate: Decimal) -> Posting:
    account = company.accounts.find("AccountNo", row.account_no)[0]
    vat = company.vat_codes.get(account["VatCodeId"])
    posted = cents(amount * rate)
    credited = amount < 0 < row.amount
    quantity = -row.quantity if credited and row.quantity is not None else row.quantity
    return Posting(
        account_no=row.account_no,
        amount=posted,
        currency_amount=cents(amount),
        description=row.description,
        vat=vat,
        vat_amount=cents(posted * exact((vat or {}).get("Rate"))),
        members={"ProjectId": row.project_id, "ProductId": row.product_id, "Quantity": quantity},
    )


def shown(company: Company, row: Row) -> Row:
    """A supplier invoice as Go shows it: a header without rows."""
    found = {**answers.INCOMING_INVOICE_LIST_ITEM, **row}
    found["ProjectCode"] = company.code(company.projects, row.get("ProjectId"))
    found["DepartmentCode"] = company.code(company.departments, row.get("DepartmentId"))
    return found


def listed(company: Company, call: Call) -> Listing:
    """``GET /IncomingInvoices``."""
    asked, search = call.asked, Search(company.incoming)
    search.numbers("VoucherNo", asked.get("voucherNos"))
    search.numbers_of("SupplierNo", asked.get("supplierNos"))
    start, end, types = asked.get("fromDate"), asked.get("toDate"), asked.get("voucherTypes")
    since = asked.get("balanceLastChangedDateTimeOffsetGreaterThan")
    search.changed_after(since)  # nothing but the balance changes on a posted supplier invoice
    if start is not None:
        search.where(lambda row: row["VoucherDate"] >= start.isoformat())
    if end is not None:
        search.where(lambda row: row["VoucherDate"] <= end.isoformat())
    if types is not None:
        search.where(lambda row: row["VoucherType"] in types)
    if asked.get("onlyUnpaidInvoices"):
        search.where(lambda row: row["Balance"] != 0)
    projects.narrow(company, search, asked)
    return Listing(search.rows(), lambda row: shown(company, row))


def one(company: Company, call: Call) -> Answer:
    """``GET /IncomingInvoices/{id}``."""
    row = company.incoming.get(call.path[0])
    if row is None:
        raise RefusedError.missing(NOUN, call.path[0])
    return Answer(200, shown(company, row))
