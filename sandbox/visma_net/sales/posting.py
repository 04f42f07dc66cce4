"""Release to the ledger, payments, reversal: what becomes of a balanced document (contract, sections 11 and 12)."""

from datetime import date, timedelta
from decimal import Decimal

from sandbox.store import Row
from sandbox.visma_net.books import journals
from sandbox.visma_net.company import Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.money import both, cents, exact
from sandbox.visma_net.sales import documents
from sandbox.visma_net.sales.kinds import CREDIT_NOTE, KINDS, Kind
from sandbox.visma_net.stamps import midnight

RELEASABLE, VOIDED = "Balanced", "Voided"
RECEIVABLES, BANK = "1500", "1920"


def told(result: str, *about: object) -> Row:
    """The answer of an action."""
    error = " ".join(map(str, about)) if result == "Failed" else ""
    return {"actionId": None, "actionResult": result, "errorInfo": error}


def asked_to_release(company: Company, kind: Kind, row: Row) -> Row:
    """Releases a balanced document, puts it into the queue, or fails, as the sandbox is set.

    Refused (400) for every other state.
    """
    if row["status"] != RELEASABLE:
        raise RefusedError.business(f"Document status is invalid for processing: {row['status']}.")
    how = company.behaviour.release
    answer = told({"done": "Done", "queued": "Queued", "failed": "Failed"}[how], "The document cannot be released.")
    answer["actionId"] = company.ids.guid("release", kind.type, row["referenceNumber"])
    if how == "done":
        release(company, kind, row)
    elif how == "queued":
        row["_queued"] = max(1, company.behaviour.release_reads)
    return answer


def looked_at(company: Company, kind: Kind, row: Row) -> Row:
    """The document after one more look: a queued release is carried out at the last of them."""
    left = row.get("_queued", 0)
    if left:
        row["_queued"] = left - 1
        if left == 1:
            release(company, kind, row)
    return row


def release(company: Company, kind: Kind, row: Row) -> Row:
    """Books the document: it is open, or closed when nothing is to pay."""
    how = company.behaviour.payment_reference_at
    settled = [_settled(company, line) for line in row["_applied"]]
    members: Row = {"status": "Open" if row["_total"] else "Closed", "hold": False, "_applications": []}
    if how == "release" and row["paymentReference"] is None:
        members["paymentReference"] = documents.payment_reference(company, kind, row)
    made = company.change(kind.table(company), row["referenceNumber"], members)
    if how == "late":
        at = company.clock.now() + timedelta(seconds=company.behaviour.late_seconds)
        company.later(at, lambda: _refer(company, kind, made["referenceNumber"]))
    _book(company, kind, made)
    for invoice, amount in settled:
        pay(company, KINDS["Invoice"], invoice, amount, doc_type="CreditNote", number=made["referenceNumber"])
        pay(company, CREDIT_NOTE, made, amount, doc_type="Invoice", number=invoice["referenceNumber"])
    return made


def _refer(company: Company, kind: Kind, number: str) -> None:
    row = kind.table(company).get(number)
    if row is not None:
        company.change(
            kind.table(company), number, {"paymentReference": documents.payment_reference(company, kind, row)}
        )


def _book(company: Company, kind: Kind, row: Row) -> None:
    """The journal transaction behind the document, in module AR."""
    sign = 1 if kind.type == "Invoice" else -1
    rate = exact(row["exchangeRate"])
    total = cents(exact(row["_total"]) * rate)
    net = sum((exact(line["amount"]) for line in row["_lines"]), Decimal(0))
    project = company.projects.get(row["project"]) if row["project"] is not None else None
    customer = company.customers.get(row["customer"])
    rows = [journals.Entry(account=RECEIVABLES, amount=sign * total, text=kind.type)]
    rows += [
        journals.Entry(
            account=line["account"], amount=-sign * exact(line["amount"]), text=line["description"], project=project
        )
        for line in row["_lines"]
    ]
    rows.append(journals.Entry(account="2700", amount=-sign * (total - net), text="Utgående mva"))
    journals.post(
        company,
        journals.Batch(
            module="ModuleAR",
            day=date.fromisoformat(row["documentDate"][:10]),
            description=f"{kind.type} {row['referenceNumber']}",
            rows=rows,
            reference=row["referenceNumber"],
            party=customer["number"] if customer else None,
        ),
    )


def _settled(company: Company, line: Row) -> tuple[Row, Decimal]:
    """What an application line of a credit note settles, and how much of it. Refused (400) when it cannot."""
    row, amount = company.invoices.get(line.get("refNbr", "")), exact(line.get("amountPaid"))
    if row is None:
        raise RefusedError.unknown("Reference number", line.get("refNbr"))
    if row["status"] != "Open" or not 0 < amount <= balance(row):
        raise RefusedError.business(f"{amount} cannot be applied to the document {row['referenceNumber']}.")
    return row, amount


def balance(row: Row) -> Decimal:
    """What is still to pay, in document currency."""
    return exact(row["_total"]) - exact(row["_paid"])


def pay(
    company: Company,
    kind: Kind,
    row: Row,
    amount: Decimal,
    *,
    doc_type: str = "Payment",
    number: str | None = None,
    day: date | None = None,
) -> Row:
    """Applies a payment in document currency; the document is closed when nothing is left.

    Refused (400) unless it is open and the amount is at most the balance.
    """
    if row["status"] != "Open":
        raise RefusedError.business(f"The document {row['referenceNumber']} is {row['status']}, not open.")
    if amount <= 0 or amount > balance(row):
        raise RefusedError.business(f"The amount must be more than 0 and at most the balance {balance(row)}.")
    on = midnight(day or company.today())
    if number is None:
        number = _payment(company, row, amount, on)
    application = {
        "docType": doc_type,
        "customerCD": (company.customers.get(row["customer"]) or {}).get("number"),
        "refNbr": number,
        "amountPaid": float(amount),
        "cashDiscountTaken": 0.0,
        "balance": 0.0,
        "released": True,
        "hold": False,
        "voided": False,
        "paymentRef": row["paymentReference"],
        "status": "Closed",
        "applicationDate": on,
        "applicationPeriod": on[:4] + on[5:7],
        "invoiceText": "",
    }
    paid = exact(row["_paid"]) + amount
    members: Row = {
        "_paid": float(paid),
        "_applications": [*row["_applications"], application],
        "status": "Closed" if paid == exact(row["_total"]) else "Open",
    }
    touch = company.behaviour.payment_touches_document
    return company.change(kind.table(company), row["referenceNumber"], members, touch=touch)


def _payment(company: Company, row: Row, amount: Decimal, on: str) -> str:
    number = company.sequences["ARPAYMENT"].next()
    company.add(
        company.payments,
        {
            "referenceNumber": number,
            "documentType": "Payment",
            "customer": row["customer"],
            "project": None,
            "branch": row["branch"],
            "documentDate": on,
            "origInvoiceDate": on,
            "documentDueDate": None,
            "financialPeriod": on[:4] + on[5:7],
            "postPeriod": on[:4] + on[5:7],
            "currencyId": row["currencyId"],
            "status": "Closed",
            "paymentReference": row["paymentReference"],
            **both("amount", amount, exact(row["exchangeRate"])),
            **both("balance", Decimal(0), Decimal(1)),
        },
    )
    return number


def void(company: Company, kind: Kind, row: Row) -> Row:
    """Takes the payments back: the whole document is open again."""
    if not row.get("_applications"):
        raise RefusedError.business(f"The document {row['referenceNumber']} has no payments.")
    voided = [{**each, "voided": True} for each in row["_applications"]]
    members: Row = {"_paid": 0.0, "_applications": voided, "status": "Open"}
    return company.change(kind.table(company), row["referenceNumber"], members)


def void_document(company: Company, kind: Kind, row: Row) -> Row:
    """Makes a document void: it stays with its number, and nothing is to pay. Refused (400) when it has payments."""
    if row["_paid"] or row["status"] == VOIDED:
        raise RefusedError.business(f"The document {row['referenceNumber']} is {row['status']} and cannot be voided.")
    members: Row = {"status": VOIDED, "hold": False, "_paid": row["_total"]}
    return company.change(kind.table(company), row["referenceNumber"], members)


def reverse(company: Company, row: Row) -> Row:
    """A draft credit note with the lines of a released invoice. Refused (400) when it is not released."""
    if row["status"] not in {"Open", "Closed"}:
        raise RefusedError.business(f"Only a released invoice can be reversed, not one that is {row['status']}.")
    customer, project = company.customers.get(row["customer"]), company.projects.get(row["project"] or 0)
    members = ("inventoryNumber", "description", "quantity", "unitPriceInCurrency", "uom", "taskId")
    body: Row = {
        "customerNumber": customer["number"] if customer else "",
        "currencyId": row["currencyId"],
        "exchangeRate": row["exchangeRate"],
        "branchNumber": row["branch"],
        "lines": [{name: line[name] for name in members if line[name] is not None} for line in row["_lines"]],
    }
    if project is not None:
        body["project"] = project["projectID"]
    return documents.create(company, CREDIT_NOTE, body)
