"""The general ledger: posting vouchers and reading their rows (contract, section 9)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.poweroffice.calls import Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.money import exact
from sandbox.poweroffice.money import shown as amount_shown
from sandbox.poweroffice.registries import projects
from sandbox.poweroffice.search import Search, coded
from sandbox.store import Row

RECEIVABLES, PAYABLES, OUTPUT_VAT, INPUT_VAT, BANK, ROUNDING = 1500, 2400, 2700, 2710, 1920, 7740


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """What all rows of a voucher share. Dates are ``YYYY-MM-DD``; `links` are members such as `ReversedVoucherId`."""

    id: str
    no: int
    type: str
    date: str
    description: str | None
    currency: str = "NOK"
    reference: str | None = None
    links: Row = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One ledger row to be. Debit is positive; `amount` in NOK, `currency_amount` in the voucher's currency.

    `vat_rate` None: no VAT on the row. `members` are further members (project, product, sub-ledger ...).
    """

    account_no: int
    amount: Decimal
    currency_amount: Decimal
    description: str | None
    vat: Row | None = None
    vat_amount: Decimal = Decimal(0)
    members: Row = field(default_factory=dict)


def post(company: Company, voucher: Voucher, postings: Sequence[Posting]) -> list[Row]:
    """Stores the rows of a voucher. Raises ValueError when they do not add up to zero."""
    if sum((each.amount for each in postings), Decimal(0)) != 0:
        raise ValueError(f"voucher {voucher.no} does not balance")
    none = company.vat_codes.find("Code", "0")[0]
    rows = []
    for position, each in enumerate(postings):
        account = company.accounts.find("AccountNo", each.account_no)[0]
        vat = each.vat or none
        row: Row = {
            "Id": company.number("ledger row", voucher.id, position),
            "AccountId": account["Id"],
            "AccountNo": each.account_no,
            "Amount": amount_shown(each.amount),
            "CurrencyAmount": amount_shown(each.currency_amount),
            "CurrencyCode": voucher.currency,
            "Description": each.description,
            "VatId": vat["Id"],
            "VatCode": vat["Code"],
            "VatRate": vat["Rate"],
            "VatAmount": amount_shown(each.vat_amount),
            "VoucherId": voucher.id,
            "VoucherNo": voucher.no,
            "VoucherType": voucher.type,
            "VoucherDate": voucher.date,
            "PostingDate": voucher.date,
            "VoucherDescription": voucher.description,
            "ExternalImportReference": voucher.reference,
            "IsNoteMainEntry": False,
            "IsReversed": False,
            **voucher.links,
            **each.members,
        }
        rows.append(company.transactions.insert({name: value for name, value in row.items() if value is not None}))
    return rows


def reverse(company: Company, voucher_id: str, voucher: Voucher) -> list[Row]:
    """Posts the rows of a voucher with the opposite sign and marks the old rows as reversed."""
    rows = company.transactions.find("VoucherId", voucher_id)
    kept = ("ProjectId", "ProductId", "DepartmentId", "SupplierAccountNo", "CustomerAccountNo", "ContactId")
    postings = [
        Posting(
            account_no=row["AccountNo"],
            amount=-exact(row["Amount"]),
            currency_amount=-exact(row["CurrencyAmount"]),
            description=row.get("Description"),
            vat=company.vat_codes.get(row["VatId"]),
            vat_amount=-exact(row["VatAmount"]),
            members={
                **{name: row.get(name) for name in kept},
                "IsNoteMainEntry": row["IsNoteMainEntry"],
                "SubLedgerEntryId": row.get("SubLedgerEntryId"),
                "Quantity": -row["Quantity"] if row.get("Quantity") is not None else None,
            },
        )
        for row in rows
    ]
    posted = post(company, voucher, postings)
    for row in rows:
        company.transactions.update(row["Id"], {"IsReversed": True})
    return posted


def shown(company: Company, row: Row) -> Row:
    """A ledger row as Go shows it."""
    found = {**answers.ACCOUNT_TRANSACTION, **row}
    found["ProjectCode"] = company.code(company.projects, row.get("ProjectId"))
    found["ProductCode"] = company.code(company.products, row.get("ProductId"))
    found["DepartmentCode"] = company.code(company.departments, row.get("DepartmentId"))
    return found


def listed(company: Company, call: Call) -> Listing:
    """``GET /AccountTransactions``: ``fromDate`` and ``toDate`` (posting date, inclusive) are required."""
    asked, search = call.asked, Search(company.transactions)
    start, end = asked.get("fromDate"), asked.get("toDate")
    if start is None or end is None:
        raise RefusedError.problem(400, "Invalid query parameter(s)", "fromDate and toDate are required.")
    if end < start:
        raise RefusedError.problem(400, "Invalid query parameter(s)", "toDate must not be before fromDate.")
    search.changed_after(asked.get("lastChangedDateTimeOffsetGreaterThan"))
    search.created_after(asked.get("createdDateTimeOffsetGreaterThan"))
    search.numbers("VoucherNo", asked.get("voucherNos"))
    first, last = start.isoformat(), end.isoformat()
    search.where(lambda row: first <= row["PostingDate"] <= last)
    types, vat_codes, product_codes = asked.get("voucherTypes"), asked.get("vatCodes"), asked.get("productCodes")
    if types is not None:
        search.where(lambda row: row["VoucherType"] in types)
    if vat_codes is not None:
        search.where(lambda row: row["VatCode"] in vat_codes)
    if product_codes is not None:
        search.where(lambda row: coded(product_codes, company.code(company.products, row.get("ProductId"))))
    if asked.get("agricultureDepartments") is not None:
        search.where(lambda row: row.get("AgricultureDepartment") in asked.get("agricultureDepartments"))
    search.numbers_of("AccountNo", asked.get("accountNos"))
    projects.narrow(company, search, asked)
    return Listing(search.rows(), lambda row: shown(company, row))
