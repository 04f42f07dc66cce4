"""Files in Severa: an invoice's PDF and attachments out, files of costs in (contract section 11, VN-14, VN-18)."""

from __future__ import annotations

import json
import mimetypes
from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from connectors.answers import Answer
from connectors.fields import Field, Table, gather
from connectors.severa.client import Paging, SeveraClient, only
from connectors.severa.mapping import guid_in
from connectors.values import flag_or, guid
from core.errors import GoneError, OutcomeUnknownError
from core.invoices import InvoiceFile

PDF = "application/pdf"
ANY = "application/octet-stream"
PROJECT_FILES = "/v1/projects/{projectGuid}/files"

ATTACHED: Table[dict[str, Any]] = Table(
    "Attachment",
    dict,
    (
        Field("-", "guid", "id", read=guid, required=True),
        Field("-", "fileGuid", "file_id", read=guid, required=True, note="Where the content is; else by `guid`."),
        Field("-", "name", "name", required=True),
        Field("-", "contentType", "content_type"),
        Field("-", "isInternal", "internal", read=flag_or(default=False), note="Not for the customer."),
    ),
)


class SeveraFiles:
    """Files of one Severa organisation. Reading needs the scope files:read, writing files:write."""

    def __init__(self, client: SeveraClient) -> None:
        self._client = client

    async def invoice_pdf(self, invoice_id: str) -> InvoiceFile:
        """The invoice alone as a PDF. GoneError when the invoice was deleted."""
        answer = await self._bytes(
            "/v1/invoices/{guid}/pdf", {"guid": invoice_id}, {"pdfGetOptions": "InvoiceOnly"}, accept=PDF
        )
        if answer is None:
            raise GoneError("The invoice does not exist in Severa any more.")
        return InvoiceFile("Invoice.pdf", answer.data, PDF)

    async def invoice_files(self, invoice_id: str) -> tuple[InvoiceFile, ...]:
        """The attachments that are not internal, in Severa's order; of two with one name the later is numbered.

        BadDataError when a row breaks the contract: which file it is would not be known.
        """
        rows = await self._client.rows("/v1/invoices/{invoiceGuid}/files", Paging.FIRST_ROW, invoiceGuid=invoice_id)
        listed, problems = gather(rows, ATTACHED.read, title=ATTACHED.title, key="guid")
        for problem in problems:
            raise problem.error
        seen: Counter[str] = Counter()
        found = []
        for values in listed:
            if values["internal"]:
                continue
            name = values["name"]
            seen[name.casefold()] += 1
            content = await self._content(values["file_id"], values["id"])
            kind = values["content_type"] or mimetypes.guess_type(name)[0] or ANY
            found.append(InvoiceFile(numbered(name, seen[name.casefold()]), content, kind))
        return tuple(found)

    async def project_keys(self, project_id: str) -> frozenset[str]:
        """The keys of ours at the end of the descriptions of a project's files. GoneError without the project."""
        rows = await self._client.rows(PROJECT_FILES, Paging.FIRST_ROW, projectGuid=project_id)
        texts = (row.get("description") for row in rows if isinstance(row, Mapping))
        return frozenset(key for text in texts if isinstance(text, str) and (key := key_in(text)))

    async def add_to_project(self, project_id: str, file: InvoiceFile, *, description: str, key: str) -> str:
        """Attach a file to a project, the key at the end of its description; the guid of the attachment.

        OutcomeUnknownError when the answer was lost, or says no guid.
        """
        boundary = uuid4().hex
        answer = await self._client.http.call(
            "POST",
            PROJECT_FILES,
            path={"projectGuid": project_id},
            content=related(boundary, file, described(description, key)),
            content_type=f"multipart/related; boundary={boundary}",
        )
        made = guid_in({"": only(answer.data)}, "")
        if made is None:
            raise OutcomeUnknownError("Severa attached a file to a project without saying its guid.", field="guid")
        return made

    async def _content(self, *guids: str) -> bytes:
        """A file's bytes: by the first guid under which Severa has them (contract section 14)."""
        for each in guids:
            answer = await self._bytes("/v1/files/{guid}/filedata", {"guid": each}, {}, accept="*/*")
            if answer is not None:
                content: bytes = answer.data
                return content
        raise GoneError("An attachment is not in Severa any more.", todo="Nothing: the files are read again.")

    async def _bytes(
        self, template: str, path: Mapping[str, str], params: Mapping[str, str], *, accept: str
    ) -> Answer | None:
        answer = await self._client.http.call(
            "GET", template, path=path, params=params, headers={"Accept": accept}, allow=(404,), as_bytes=True
        )
        return None if answer.status == 404 else answer


def numbered(name: str, number: int) -> str:
    """`Timer.pdf`, for the second one of that name `Timer (2).pdf`."""
    if number == 1:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem} ({number}).{ending}" if dot and stem else f"{name} ({number})"


def described(description: str, key: str) -> str:
    """A description that ends in our key."""
    return f"{description.strip()} [{key}]".strip()


def key_in(description: str) -> str | None:
    """Our key at the end of a description."""
    text = description.strip()
    return text[text.rindex("[") + 1 : -1] if text.endswith("]") and "[" in text else None


def related(boundary: str, file: InvoiceFile, description: str) -> bytes:
    """A multipart/related body: JSON with name and description, then the bytes with their own type."""
    told = json.dumps({"Name": file.name, "Description": description}, ensure_ascii=False)
    head = (
        f"--{boundary}\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{told}\r\n"
        f"--{boundary}\r\nContent-Type: {file.content_type}\r\n\r\n"
    )
    return head.encode() + file.content + f"\r\n--{boundary}--\r\n".encode()
