"""Payments of sent invoices and the customer ledger they are matched in (contract, section 7)."""

from decimal import Decimal

from sandbox.poweroffice.books.ledger import BANK, RECEIVABLES, Posting, Voucher, post
from sandbox.poweroffice.calls import Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.money import exact
from sandbox.poweroffice.money import shown as amount_shown
from sandbox.store import Row


def set_balance(company: Company, invoice: Row, balance: Decimal, match_id: int) -> None:
    """Gives an invoice and its ledger entry a new balance."""
    members = {
        "Balance": amount_shown(balance),
        "MatchId": match_id,
        "BalanceLastChangedDateTimeOffset": company.now(),
    }
    company.balances.note(invoice["Id"], company.clock.now())
    company.invoices.update(invoice["Id"], members)
    for entry in company.customer_ledger.find("VoucherId", invoice["Id"]):
        company.customer_ledger.update(entry["Id"], {"Balance": amount_shown(balance), "MatchId": match_id})


def match_number(company: Company, invoice: Row) -> int:
    """The number under which an invoice and what it is matched with stand together."""
    return int(invoice.get("MatchId") or company.number("match", invoice["Id"]))


def pay(company: Company, invoice: Row, amount: Decimal) -> None:
    """Posts a payment (NOK; negative pays a credit note back, or takes a payment back) and lowers the balance."""
    customer = company.customers.get(invoice["CustomerId"]) or {}
    match_id = match_number(company, invoice)
    number = next(company.voucher_nos)
    day = company.today().isoformat()
    voucher = Voucher(
        id=company.ids.guid("payment", invoice["Id"], number),
        no=number,
        type="IncomingPayments",
        date=day,
        description=f"Innbetaling {invoice['Cid']}",
    )
    entry_id = company.number("customer ledger entry", voucher.id)
    sub_ledger = {
        "CustomerAccountNo": customer.get("Number"),
        "ContactId": invoice["CustomerId"],
        "SubLedgerEntryId": entry_id,
        "IsNoteMainEntry": True,
    }
    text = voucher.description
    bank = Posting(account_no=BANK, amount=amount, currency_amount=amount, description=text)
    receivable = Posting(
        account_no=RECEIVABLES, amount=-amount, currency_amount=-amount, description=text, members=sub_ledger
    )
    post(company, voucher, [bank, receivable])
    company.customer_ledger.insert(
        {
            "Id": entry_id,
            "Amount": amount_shown(-amount),
            "Balance": 0.0,
            "CurrencyAmount": amount_shown(-amount),
            "CurrencyCode": "NOK",
            "CustomerId": invoice["CustomerId"],
            "MatchId": match_id,
            "PostingDate": day,
            "VoucherDate": day,
            "VoucherId": voucher.id,
            "VoucherNo": number,
            "VoucherType": voucher.type,
            "Cid": invoice["Cid"],
            "IsCreatedByCurrentIntegration": False,
        }
    )
    set_balance(company, invoice, exact(invoice["Balance"]) - amount, match_id)


def settle(company: Company, invoice: Row, credit: Row) -> None:
    """Matches an invoice with a credit note: the smaller amount is taken off both balances."""
    amount = min(exact(invoice["Balance"]), -exact(credit["Balance"]))
    match_id = match_number(company, invoice)
    set_balance(company, invoice, exact(invoice["Balance"]) - amount, match_id)
    set_balance(company, credit, exact(credit["Balance"]) + amount, match_id)


def entry_shown(company: Company, row: Row) -> Row:
    """A customer ledger entry as Go shows it."""
    found = {**answers.CUSTOMER_LEDGER_ENTRY, **row}
    customer = company.customers.get(row.get("CustomerId")) or {}
    found["CustomerName"], found["CustomerAccountNo"] = customer.get("Name"), customer.get("Number")
    found["ProjectCode"] = company.code(company.projects, row.get("ProjectId"))
    found["DepartmentCode"] = company.code(company.departments, row.get("DepartmentId"))
    return found


def matched_listed(company: Company, call: Call) -> Listing:
    """``GET /Customerledger/EntriesByMatchId``: an invoice and what was matched with it."""
    match_id = call.asked.get("matchId")
    if match_id is None:
        raise RefusedError.problem(400, "Invalid query parameter(s)", "matchId is required.")
    rows = company.customer_ledger.find("MatchId", match_id)
    return Listing(rows, lambda row: entry_shown(company, row))
