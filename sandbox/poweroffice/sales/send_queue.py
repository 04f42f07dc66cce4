"""Sending by API: the queue behind `createAndSendInvoice` and its states (contract, section 7)."""

from datetime import date, timedelta

from sandbox.poweroffice.access import SEND_PRIVILEGE
from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.sales import orders
from sandbox.poweroffice.sales.sending import Sending, send
from sandbox.store import Row

SECONDS_IN_QUEUE = 2


def queued(company: Company, call: Call) -> Answer:
    """``POST /SalesOrders/{id}/createAndSendInvoice``: needs a privilege of its own; done a moment later."""
    order = orders.existing(company, call.path[0])
    if SEND_PRIVILEGE not in call.privileges:
        raise RefusedError(403, None)
    if company.sending.get(order["Id"], {}).get("IsInvoiceBeingProcessed"):
        raise RefusedError.invalid(orders.NOUN, f"SalesOrder with id = {order['Id']} is already being processed.")
    body = call.body
    delivery = body.get("DeliveryType") or "Auto"
    if delivery == "PdfByEmail" and not body.get("EmailAddress"):
        raise RefusedError.invalid(orders.NOUN, "'EmailAddress' must not be empty for DeliveryType 'PdfByEmail'.")
    request = {**answers.SEND_INVOICE_REQUEST, **body, "DeliveryType": delivery, "Id": order["Id"]}
    company.sending[order["Id"]] = {
        "IsInvoiceBeingProcessed": True,
        "due": company.clock.now() + timedelta(seconds=SECONDS_IN_QUEUE),
        "request": request,
    }
    location = f"{call.base_url}/v2/SalesOrders/sentState?id={order['Id']}"
    return Answer(202, request, {"Location": location})


def work_off(company: Company) -> None:
    """Sends what has waited long enough in the queue. A failure stays on the order as its last error."""
    if not company.sending:
        return
    now = company.clock.now()
    for order_id, state in list(company.sending.items()):
        order = company.orders.get(order_id)
        if not state["IsInvoiceBeingProcessed"] or state["due"] > now or order is None:
            continue
        customer = company.customers.get(order["CustomerId"]) or {}
        if customer.get("IsArchived"):
            state.update(IsInvoiceBeingProcessed=False, LastErrorMessage="The customer is archived.")
            continue
        request = state["request"]
        delivery = {"Auto": None, "PdfPrintForDownload": "Print"}.get(request["DeliveryType"], request["DeliveryType"])
        how = Sending(
            by_integration=True,
            voucher_date=_day(request["VoucherDate"]),
            due_date=_day(request["OverrideDueDate"]),
            delivery=delivery,
        )
        send(company, order, how)
        company.sent_by_api.append(order_id)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def states_listed(company: Company, call: Call) -> Listing:
    """``GET /SalesOrders/sentState``: an order by id, else everything that went through the queue."""
    wanted = call.asked.get("id")
    ids = [wanted] if wanted is not None else [*company.sending, *company.sent_by_api]
    rows = [state for each in ids if (state := _state(company, each)) is not None]
    return Listing(rows, dict)


def _state(company: Company, order_id: str) -> Row | None:
    found = dict(answers.INVOICE_SENT_STATE)
    invoice = company.invoices.get(order_id)
    if invoice is not None:
        names = ("Id", "InvoiceNo", "InvoiceDeliveryType", "DueDate", "SentDateTimeOffset")
        return {**found, **{name: invoice[name] for name in names}, "IsInvoiceBeingProcessed": False}
    if order_id not in company.orders:
        return None
    state = company.sending.get(order_id, {})
    found.update(Id=order_id, IsInvoiceBeingProcessed=state.get("IsInvoiceBeingProcessed", False))
    return {**found, "LastErrorMessage": state.get("LastErrorMessage")}
