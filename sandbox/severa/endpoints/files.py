"""PDFs and files (contract, section 11)."""

from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import orjson

from sandbox.routing import Reply, Request
from sandbox.severa.errors import Refused, invalid, missing
from sandbox.severa.lists import IGNORED, Listing
from sandbox.severa.registers import Registers
from sandbox.severa.service import Endpoint, Service, deleted, listed, reply, single
from sandbox.store import Row

READ = "files:read"
KINDS_OF_FILES = ("projectfiles", "invoicefiles", "projecttravelexpensefiles")
PDF_OPTIONS = ("All", "InvoiceOnly", "AttachmentAndBreakdown")


def pdf(text: str) -> bytes:
    """A PDF of one empty page whose title is the text (ASCII; other characters are left out)."""
    title = "".join(c for c in text if c.isascii() and c not in "()\\")
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        f"<< /Title ({title}) >>",
    )
    out, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return (
        f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    ).encode()


def _invoice_pdf(service: Service, request: Request) -> Reply:
    invoice = service.registers.get("invoices", request.params["guid"])
    option = request.query.get("pdfGetOptions", ["All"])[-1]
    if option not in PDF_OPTIONS:
        raise invalid("pdfGetOptions", f"must be one of {', '.join(PDF_OPTIONS)}", place="UriParameter")
    if request.query.get("invoiceType", ["Invoice"])[-1] not in {"Invoice", "Reminder"}:
        raise invalid("invoiceType", "must be Invoice or Reminder", place="UriParameter")
    number = invoice["number"] or "draft"
    return Reply(200, pdf(f"Invoice {number} {option}"), "application/pdf")


def _travel_pdf(service: Service, request: Request) -> Reply:
    travel = service.registers.get("travelreimbursements", request.params["guid"])
    return Reply(200, pdf(f"Travel reimbursement {travel['number']}"), "application/pdf")


def _link(registers: Registers, file_guid: str) -> Row:
    for kind in KINDS_OF_FILES:
        rows = registers.tables[kind].find("fileGuid", file_guid)
        if rows:
            return rows[0]
    raise missing()


def _file(service: Service, request: Request) -> Reply:
    """The file itself, by its own guid, not by the guid of its link."""
    row = _link(service.registers, request.params["guid"])
    names = (
        "name", "size", "description", "contentType", "category", "isInternal",
        "createdDateTime", "createdBy", "lastUpdatedDateTime", "lastUpdatedBy",
    )  # fmt: skip
    return reply({**{name: row[name] for name in names}, "guid": row["fileGuid"]})


def _data(service: Service, request: Request) -> Reply:
    row = _link(service.registers, request.params["guid"])
    return Reply(200, service.registers.contents[row["fileGuid"]], row["contentType"])


def _parts(request: Request) -> list[Message]:
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/related"):
        raise Refused(400, "InvalidRequest", "The body must be multipart/related.")
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    if not message.is_multipart():
        raise Refused(400, "InvalidRequest", "The body has no parts.")
    return [part for part in message.iter_parts() if isinstance(part, Message)]


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _upload(service: Service, request: Request) -> Reply:
    """JSON part (Name, Description), then the binary part; several files may follow each other."""
    registers = service.registers
    project = registers.get("projects", request.params["projectGuid"])
    made: list[Row] = []
    told: dict[str, Any] = {}
    for part in _parts(request):
        if part.get_content_type() == "application/json" and part.get_filename() is None:
            value = orjson.loads(_content(part))
            if not isinstance(value, dict):
                raise invalid("metadata", "must be an object")
            told = {name.lower(): one for name, one in value.items()}
            continue
        name = told.get("name") or part.get_filename()
        if not isinstance(name, str) or not name:
            raise invalid("Name", "is required")
        made.append(
            store_file(
                registers,
                "projectfiles",
                {"projectGuid": project["guid"], "name": name, "description": told.get("description")},
                _content(part),
                part.get_content_type(),
            )
        )
        told = {}
    if not made:
        raise Refused(400, "InvalidRequest", "The body holds no file.")
    return reply(made, 201)


def store_file(registers: Registers, kind: str, members: Row, content: bytes, content_type: str) -> Row:
    """Puts a file and its link to an owner into the registers."""
    owner = next(value for name, value in members.items() if name.endswith("Guid"))
    guid = registers.ids.guid("files", owner, members["name"], members.get("description"))
    registers.contents[guid] = content
    return registers.put(
        kind,
        {**members, "fileGuid": guid, "size": float(len(content)), "contentType": content_type, "isInternal": False},
    )


def _forget(registers: Registers, row: Row) -> None:
    """With the link goes the data."""
    registers.contents.pop(row["fileGuid"], None)


ALL = (
    Endpoint("GET", "/v1/invoices/{guid}/pdf", READ, _invoice_pdf, names=frozenset({"invoiceType", "pdfGetOptions"})),
    Endpoint("GET", "/v1/travelreimbursements/{guid}/pdf", READ, _travel_pdf),
    listed(
        "/v1/invoices/{invoiceGuid}/files",
        READ,
        Listing(kind="invoicefiles", paging="rows", parent=("invoiceGuid", "invoices", "invoiceGuid")),
    ),
    single("/v1/invoicefiles/{guid}", READ, "invoicefiles"),
    listed(
        "/v1/projects/{projectGuid}/files",
        READ,
        Listing(
            kind="projectfiles",
            paging="rows",
            filters={"sortings": IGNORED},
            parent=("projectGuid", "projects", "projectGuid"),
        ),
    ),
    Endpoint(
        "POST",
        "/v1/projects/{projectGuid}/files",
        "files:write",
        _upload,
        names=frozenset({"includeDataInResponse"}),
    ),
    single("/v1/projectfiles/{guid}", READ, "projectfiles"),
    deleted("/v1/projectfiles/{guid}", "files:delete", "projectfiles", after=_forget),
    listed(
        "/v1/projecttravelexpenses/{projectTravelExpenseGuid}/files",
        READ,
        Listing(
            kind="projecttravelexpensefiles",
            paging="rows",
            parent=("projectTravelExpenseGuid", "projecttravelexpenses", "travelExpenseGuid"),
        ),
    ),
    single("/v1/projecttravelexpensefiles/{guid}", READ, "projecttravelexpensefiles"),
    Endpoint("GET", "/v1/files/{guid}", READ, _file, names=frozenset({"includeDataInResponse"})),
    Endpoint("GET", "/v1/files/{guid}/filedata", READ, _data),
)
