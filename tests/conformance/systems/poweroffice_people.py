"""What people do in PowerOffice Go: they send, pay, edit and delete invoices, and post purchase invoices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

from tests.conformance.system import Bought, Desk, Purchases
from tests.support.sandbox import Row, Sandbox

NAME = "poweroffice"


def documents(sandbox: Sandbox, reference: str) -> list[Row]:
    """Orders and sent invoices that carry a reference of ours, with or without suffix."""
    rows = [*sandbox.objects(NAME, "SalesOrders"), *sandbox.objects(NAME, "OutgoingInvoices")]
    return [row for row in rows if (row.get("ExternalImportReference") or "")[:36] == reference]


def pay(sandbox: Sandbox, invoice_id: str, amount: Decimal | None) -> None:
    """A payment comes in, in Norwegian kroner."""
    part = {} if amount is None else {"amount": float(amount)}
    sandbox.act(NAME, "register_payment", id=invoice_id, **part)


def add_row(sandbox: Sandbox, order_id: str, amount: Decimal) -> None:
    """A person adds a line of the standard product."""
    line = {"LineType": "Normal", "ProductCode": "STD", "Quantity": 1, "ProductUnitPrice": float(amount)}
    sandbox.act(NAME, "edit_order", id=order_id, add=line)


def ledger_rows(rows: Sequence[Bought]) -> list[Row]:
    """Rows of a supplier's invoice as the control API takes them; an office account where there is no project."""
    return [
        {
            "amount": float(row.amount),
            **({} if row.quantity is None else {"quantity": float(row.quantity)}),
            **({"account_no": 6700} if row.project is None else {"project_code": row.project}),
            **({} if row.product is None else {"product_code": row.product}),
            **({} if row.description is None else {"description": row.description}),
        }
        for row in rows
    ]


def post(sandbox: Sandbox, rows: Sequence[Bought], day: date | None) -> str:
    """A supplier's invoice is posted; the voucher's id."""
    when = {} if day is None else {"date": day.isoformat()}
    return str(sandbox.act(NAME, "post_purchase_invoice", rows=ledger_rows(rows), **when)["voucher_id"])


def credit(sandbox: Sandbox, rows: Sequence[Bought]) -> str:
    """A supplier's credit note is posted."""
    posted = sandbox.act(NAME, "post_purchase_invoice", rows=ledger_rows(rows), voucher_type="IncomingCreditNote")
    return str(posted["voucher_id"])


def stamp(kind: str, member: str) -> Callable[[Sandbox, str], datetime]:
    """Reads an instant of a stored object by its id."""

    def read(sandbox: Sandbox, row_id: str) -> datetime:
        row = next(row for row in sandbox.objects(NAME, kind) if str(row["Id"]) == row_id)
        return datetime.fromisoformat(row[member])

    return read


def action(name: str) -> Callable[[Sandbox, str], None]:
    """What a person does with one order."""

    def act(sandbox: Sandbox, order_id: str) -> None:
        sandbox.act(NAME, name, id=order_id)

    return act


def reverse(sandbox: Sandbox, voucher: str) -> None:
    """The voucher is reversed."""
    sandbox.act(NAME, "reverse_voucher", voucher_id=voucher)


DESK = Desk(
    create="/v2/SalesOrders/Complete",
    changed="/v2/OutgoingInvoices",
    products={Decimal(25): "STD", Decimal(0): "STD"},
    foreign_currency="EUR",
    stored=documents,
    send=action("send_invoice"),
    pay=pay,
    add_row=add_row,
    lock=action("confirm_order"),
    delete=action("delete_order"),
    changed_at=stamp("OutgoingInvoices", "BalanceLastChangedDateTimeOffset"),
)
PURCHASES = Purchases(
    list="/v2/AccountTransactions",
    post=post,
    credit=credit,
    reverse=reverse,
    product="STD",
    changed_at=stamp("AccountTransactions", "LastChangedDateTimeOffset"),
)
