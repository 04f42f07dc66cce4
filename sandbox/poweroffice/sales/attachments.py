"""Attachments of unsent orders (contract, section 7)."""

from email import message_from_bytes
from email.policy import HTTP

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.sales import orders
from sandbox.store import Row

NOUN = "SalesOrderAttachment"


def shown(row: Row) -> Row:
    """An attachment as Go shows it, without its content."""
    return {**answers.SALES_ORDER_ATTACHMENT, **row}


def listed(company: Company, call: Call) -> Listing:
    """``GET /SalesOrders/{salesOrderId}/attachments``."""
    order = orders.existing(company, call.path[0])
    return Listing(company.attachments.find("SalesOrderId", order["Id"]), shown)


def created(company: Company, call: Call) -> Answer:
    """``POST /SalesOrders/{salesOrderId}/attachments``: one multipart part named ``file``."""
    order = orders.existing(company, call.path[0])
    name, content = _uploaded(call)
    row_id = company.number("attachment", order["Id"], name, len(content))
    row = {"Id": row_id, "SalesOrderId": order["Id"], "FileName": name, "FileSize": len(content)}
    company.files[row_id] = content
    return Answer(201, shown(company.attachments.insert(row)))


def existing(company: Company, call: Call) -> Row:
    """The attachment of the path. Refused (404) when the order has none with the id."""
    order_id, row_id = call.path
    row = company.attachments.get(row_id)
    if row is None or row["SalesOrderId"] != order_id:
        raise RefusedError.missing(NOUN, row_id)
    return row


def content(company: Company, call: Call) -> Answer:
    """``GET /SalesOrders/{salesOrderId}/attachments/{id}``: the file."""
    row = existing(company, call)
    return Answer(200, company.files[row["Id"]], content_type="application/octet-stream")


def deleted(company: Company, call: Call) -> Answer:
    """``DELETE /SalesOrders/{salesOrderId}/attachments/{id}``."""
    row_id = existing(company, call)["Id"]
    company.attachments.delete(row_id)
    del company.files[row_id]
    return Answer(200)


def _uploaded(call: Call) -> tuple[str, bytes]:
    """(file name, content) of the part named ``file``. Refused (400, 415) without one."""
    if not call.content_type.lower().startswith("multipart/form-data"):
        raise RefusedError.problem(415, "Unsupported Media Type", "multipart/form-data is needed.")
    head = f"Content-Type: {call.content_type}\r\n\r\n".encode("latin-1")
    message = message_from_bytes(head + call.raw, policy=HTTP)
    for part in message.iter_parts() if message.is_multipart() else ():
        if part.get_param("name", header="content-disposition") == "file":
            name, body = part.get_filename(), part.get_payload(decode=True)
            if name and isinstance(body, bytes):
                return name, body
    raise RefusedError.invalid(NOUN, "A part named 'file' with a file name is needed.")
