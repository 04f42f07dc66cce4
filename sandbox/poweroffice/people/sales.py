"""Sending, paying, crediting, editing: what an accountant does with drafts and invoices."""

from collections.abc import Callable, Sequence

from sandbox.poweroffice.company import Company
from sandbox.poweroffice.forms.orders import SALES_ORDER_COMPLETE_POST, SALES_ORDER_LINE_POST
from sandbox.poweroffice.money import exact
from sandbox.poweroffice.people.arguments import amount, number, only
from sandbox.poweroffice.sales import order_lines, orders
from sandbox.poweroffice.sales.payments import pay, settle
from sandbox.poweroffice.sales.sending import Sending, send
from sandbox.store import Row
from sandbox.system import ActionError, Json

REFERENCE = "ExternalImportReference"
GUID_LENGTH = 36
"""A reference may carry a suffix behind Severa's guid."""
WHICH_ORDER = ("id", "reference", "order_no")
WHICH_INVOICE = ("id", "reference", "invoice_no")


def _matches(row: Row, reference: str) -> bool:
    own = row.get(REFERENCE) or ""
    return own == reference or own[:GUID_LENGTH] == reference


class SalesDesk:
    """Orders and invoices."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def send_invoice(self, arguments: Json) -> Json:
        """Sends drafts: {"id"} or {"reference"} or {"order_no"}; {"all": true} or nothing sends every order."""
        only(arguments, (*WHICH_ORDER, "all"))
        sent = [send(self._company, order, Sending()) for order in self._orders(arguments)]
        return {"sent": [self._told(invoice) for invoice in sent]}

    def register_payment(self, arguments: Json) -> Json:
        """Registers a payment: {"id"|"reference"|"invoice_no", "amount"? in NOK, default the whole balance}; or all."""
        only(arguments, (*WHICH_INVOICE, "amount", "all"))
        paid = amount(arguments, "amount")
        chosen = self._invoices(arguments, lambda row: bool(row["Balance"]))
        if paid is not None and len(chosen) != 1:
            raise ActionError("amount: name one invoice")
        for invoice in chosen:
            balance = exact(invoice["Balance"])
            if paid is not None and (paid == 0 or abs(paid) > abs(balance) or (paid > 0) != (balance > 0)):
                raise ActionError(f"amount: between 0 and the balance {balance}")
            pay(self._company, invoice, balance if paid is None else paid)
        return {"paid": [self._told(invoice) for invoice in chosen]}

    def reverse_payment(self, arguments: Json) -> Json:
        """Takes payments back, so that the whole invoice is open again: {"id"|"reference"|"invoice_no"}."""
        only(arguments, WHICH_INVOICE)
        (invoice,) = self._invoices({**arguments, "one": True}, lambda _: True)
        back = exact(invoice["Balance"]) - exact(invoice["TotalPostedAmount"])
        if back == 0:
            raise ActionError(f"invoice {invoice['InvoiceNo']} has no payments")
        pay(self._company, invoice, back)
        return {"reopened": [self._told(invoice)]}

    def credit_invoice(self, arguments: Json) -> Json:
        """Credits an invoice in full and matches the two: {"id"|"reference"|"invoice_no"}."""
        only(arguments, WHICH_INVOICE)
        (invoice,) = self._invoices({**arguments, "one": True}, lambda _: True)
        if invoice["TotalAmount"] <= 0:
            raise ActionError(f"invoice {invoice['InvoiceNo']} is itself a credit note")
        names = ("ProductId", "ProjectId", "Description", "ProductUnitPrice", "Allowance", "UseStandardSalesAccount")
        lines = [
            {**{name: line.get(name) for name in names}, "LineType": line["LineType"], "Quantity": -line["Quantity"]}
            for line in self._company.invoice_lines[invoice["Id"]]
            if line.get("Quantity") is not None
        ]
        members = {
            "CustomerId": invoice["CustomerId"],
            "CurrencyCode": invoice["CurrencyCode"],
            "CurrencyExchangeRate": invoice["CurrencyExchangeRate"],
            "RelatedInvoiceNo": invoice["InvoiceNo"],
            orders.LINES: lines,
        }
        credit = send(self._company, orders.create(self._company, members, by_integration=False), Sending())
        if invoice["Balance"]:
            settle(self._company, invoice, credit)
        return {"credited": self._told(invoice), "credit_note": self._told(credit)}

    def create_order(self, arguments: Json) -> Json:
        """A person makes a draft: members of POST /SalesOrders/Complete."""
        body = SALES_ORDER_COMPLETE_POST.refuse_faults(dict(arguments))
        order = orders.create(self._company, body, by_integration=False)
        return {"order": orders.complete(self._company, order)}

    def edit_order(self, arguments: Json) -> Json:
        """Edits a draft: {"reference"|"id"|"order_no", "line": n from 0, "quantity"|"unit_price"}, or "add": {line}."""
        only(arguments, (*WHICH_ORDER, "line", "quantity", "unit_price", "add"))
        order = self._one_order(arguments)
        if order["SalesOrderStatus"] == "Confirmed":
            raise ActionError(f"order {order['SalesOrderNo']} is confirmed")
        lines = [dict(line) for line in order[orders.LINES]]
        added = arguments.get("add")
        if added is not None:
            body = SALES_ORDER_LINE_POST.refuse_faults(added)
            (new,) = order_lines.prepared(self._company, order, [{"SortOrder": len(lines), **body}])
            lines.append(new)
        else:
            position = arguments.get("line")
            if not isinstance(position, int) or not 0 <= position < len(lines):
                raise ActionError(f"line: 0 to {len(lines) - 1}")
            for argument, member in (("quantity", "Quantity"), ("unit_price", "ProductUnitPrice")):
                value = number(arguments, argument)
                if value is not None:
                    lines[position][member] = value
        return {"order": orders.complete(self._company, orders.change(self._company, order, {}, lines))}

    def confirm_order(self, arguments: Json) -> Json:
        """Confirms a draft, which locks it: {"reference"|"id"|"order_no"}."""
        return self._set_status(arguments, "Confirmed")

    def reopen_order(self, arguments: Json) -> Json:
        """Sets a confirmed order back to draft: {"reference"|"id"|"order_no"}."""
        return self._set_status(arguments, "Draft")

    def delete_order(self, arguments: Json) -> Json:
        """Deletes an unsent order: {"reference"|"id"|"order_no"}."""
        only(arguments, WHICH_ORDER)
        order = self._one_order(arguments)
        shown = orders.complete(self._company, order)
        orders.delete(self._company, order["Id"])
        return {"deleted": shown}

    def _set_status(self, arguments: Json, status: str) -> Json:
        only(arguments, WHICH_ORDER)
        order = self._one_order(arguments)
        return {
            "order": orders.header(self._company, orders.change(self._company, order, {"SalesOrderStatus": status}))
        }

    def _orders(self, arguments: Json) -> Sequence[Row]:
        table = self._company.orders
        if "id" in arguments:
            row = table.get(arguments["id"])
            found = [] if row is None else [row]
        elif "order_no" in arguments:
            found = table.find("SalesOrderNo", arguments["order_no"])
        elif "reference" in arguments:
            found = [row for row in table if _matches(row, arguments["reference"])]
        else:
            return list(table)
        if not found:
            raise ActionError(f"no unsent order with {arguments}")
        return found

    def _one_order(self, arguments: Json) -> Row:
        if not any(name in arguments for name in WHICH_ORDER):
            raise ActionError(f"name the order by {', '.join(WHICH_ORDER)}")
        return self._orders(arguments)[0]

    def _invoices(self, arguments: Json, wanted: Callable[[Row], bool]) -> Sequence[Row]:
        table = self._company.invoices
        if "id" in arguments:
            row = table.get(arguments["id"])
            found = [] if row is None else [row]
        elif "invoice_no" in arguments:
            found = table.find("InvoiceNo", arguments["invoice_no"])
        elif "reference" in arguments:
            found = [row for row in table if _matches(row, arguments["reference"])]
        elif arguments.get("one"):
            raise ActionError(f"name the invoice by {', '.join(WHICH_INVOICE)}")
        else:
            return [row for row in table if wanted(row)]
        if not found:
            raise ActionError(f"no sent invoice with {arguments}")
        if not wanted(found[0]):
            raise ActionError(f"invoice {found[0]['InvoiceNo']} has no balance")
        return found[:1]

    def _told(self, invoice: Row) -> Json:
        return {
            "id": invoice["Id"],
            "reference": invoice.get(REFERENCE),
            "order_no": invoice["OrderNo"],
            "invoice_no": invoice["InvoiceNo"],
            "total": invoice["TotalAmount"],
            "balance": invoice["Balance"],
        }
