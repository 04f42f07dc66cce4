"""What people do in Visma.net: they release, pay, edit and delete documents, and enter supplier invoices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.conformance.system import Bought, Desk, Purchases
from tests.support.sandbox import Row, Sandbox

NAME = "visma_net"
OSLO = ZoneInfo("Europe/Oslo")


def documents(sandbox: Sandbox, reference: str) -> list[Row]:
    """Invoices and credit notes whose note carries a reference of ours, of whatever attempt."""
    rows = [*sandbox.objects(NAME, "CustomerInvoices"), *sandbox.objects(NAME, "CustomerCreditNotes")]
    return [row for row in rows if f"severa:invoice:{reference}#" in (row.get("note") or "")]


def number(invoice_id: str) -> str:
    """The number in an id of ours, or the number itself."""
    return invoice_id.rpartition(":")[2]


def release(sandbox: Sandbox, invoice_id: str) -> None:
    """A person releases a draft."""
    sandbox.act(NAME, "release_document", number=number(invoice_id))


def pay(sandbox: Sandbox, invoice_id: str, amount: Decimal | None) -> None:
    """A payment comes in."""
    part = {} if amount is None else {"amount": float(amount)}
    sandbox.act(NAME, "register_payment", number=number(invoice_id), **part)


def dearer(sandbox: Sandbox, invoice_id: str, amount: Decimal) -> None:
    """A person makes the first row dearer by an amount."""
    rows = [*sandbox.objects(NAME, "CustomerInvoices"), *sandbox.objects(NAME, "CustomerCreditNotes")]
    row = next(row for row in rows if row["referenceNumber"] == number(invoice_id))
    line = (row.get("invoiceLines") or row["lines"])[0]
    price = line["unitPriceInCurrency"] + float(amount) / line["quantity"]
    sandbox.act(NAME, "edit_document", number=number(invoice_id), line=line["lineNumber"], unit_price=price)


def off_hold(sandbox: Sandbox, invoice_id: str) -> None:
    """A person takes a draft off hold."""
    sandbox.act(NAME, "hold_document", number=number(invoice_id), hold=False)


def delete(sandbox: Sandbox, invoice_id: str) -> None:
    """A person deletes a draft."""
    sandbox.act(NAME, "delete_document", number=number(invoice_id))


def instant(text: str) -> datetime:
    """A time of change, which is Oslo's, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


def files(sandbox: Sandbox, invoice_id: str) -> list[str]:
    """Names of a document's files."""
    rows = [*sandbox.objects(NAME, "CustomerInvoices"), *sandbox.objects(NAME, "CustomerCreditNotes")]
    row = next(row for row in rows if row["referenceNumber"] == number(invoice_id))
    return [str(file["name"]) for file in row["attachments"]]


def document_changed(sandbox: Sandbox, invoice_id: str) -> datetime:
    """When a document last changed."""
    rows = [*sandbox.objects(NAME, "CustomerInvoices"), *sandbox.objects(NAME, "CustomerCreditNotes")]
    row = next(row for row in rows if row["referenceNumber"] == number(invoice_id))
    return instant(row["lastModifiedDateTime"])


def enter(sandbox: Sandbox, rows: Sequence[Bought], document_type: str, day: date | None) -> str:
    """A supplier invoice is entered and released; the voucher's id of ours."""
    lines = [
        {
            "cost": float(row.amount),
            **({} if row.project is None else {"project": row.project}),
            **({} if row.description is None else {"text": row.description}),
        }
        for row in rows
    ]
    when = {} if day is None else {"date": day.isoformat()}
    made = sandbox.act(NAME, "post_supplier_invoice", lines=lines, document_type=document_type, **when)
    return f"{document_type}/{made['invoice']['referenceNumber']}"


def post(sandbox: Sandbox, rows: Sequence[Bought], day: date | None) -> str:
    """A supplier's invoice."""
    return enter(sandbox, rows, "Invoice", day)


def credit(sandbox: Sandbox, rows: Sequence[Bought]) -> str:
    """A debit adjustment: the supplier owes us."""
    return enter(sandbox, rows, "DebitAdj", None)


def voucher_changed(sandbox: Sandbox, row_id: str) -> datetime:
    """When the supplier invoice of a cost row last changed."""
    _, reference, _ = row_id.split("/")
    rows = sandbox.objects(NAME, "SupplierInvoices")
    return instant(next(row for row in rows if row["referenceNumber"] == reference)["lastModifiedDateTime"])


DESK = Desk(
    create="/v2/customerinvoice",
    changed="/v1/customerinvoice",
    products={Decimal(25): "STD", Decimal(15): "P1014"},
    foreign_currency="EUR",
    stored=documents,
    send=release,
    pay=pay,
    add_row=dearer,
    lock=off_hold,
    delete=delete,
    changed_at=document_changed,
    lists=("/v1/customerinvoice", "/v1/customerCreditNote"),
    refuses_twins=False,
    release="/v1/customerinvoice/{number}/action/release",
    files=files,
    left_out=4,
)
PURCHASES = Purchases(
    list="/v1/supplierInvoice",
    post=post,
    credit=credit,
    reverse=None,
    product="STD",
    changed_at=voucher_changed,
    lists=("/v1/supplierInvoice", "/v2/journaltransaction", "/v2/journaltransaction"),
    as_one=True,
    id_of=lambda row: f"{row['documentType']}/{row['referenceNumber']}/1",
)
