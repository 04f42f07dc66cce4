"""Files with invoices, and files of costs (VN-14, VN-18, contract sections 11 and 13)."""

from __future__ import annotations

import re
from uuid import uuid4

from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.documents import located
from connectors.visma_net.invoices import Invoices
from connectors.visma_net.settings import VismaNetSettings
from core.errors import BadDataError, GoneError

LARGEST_NAME = 200
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|]+')


class Files:
    """Uploads to documents and reads attachments."""

    def __init__(self, client: VismaNetClient, settings: VismaNetSettings, invoices: Invoices) -> None:
        self._client = client
        self._largest = settings.largest_file_mb * 1024 * 1024
        self._invoices = invoices

    async def attach(self, invoice_id: str, name: str, content: bytes, content_type: str) -> bool:
        """Attach a file to a document; False when a file of this name is there already.

        The same name again would be a new revision, so it is looked for first. BadDataError for a file that is too
        large, GoneError when the document does not exist.
        """
        name = clean(name)
        if len(content) > self._largest:
            raise BadDataError(
                f"{name} is not attached: it has {len(content) / 1024 / 1024:.1f} MB.",
                why=f"Files of up to {self._largest // 1024 // 1024} MB go (visma_net.largest_file_mb).",
                todo="Attach it in Visma.net by hand, or make it smaller.",
                field="attachments",
            )
        just_made, place = self._invoices.just_made, located(invoice_id)
        document = just_made.with_files(invoice_id) or await self._invoices.get(invoice_id)
        if document is None or place is None:
            raise GoneError(
                f"Document {invoice_id.partition(':')[2]} is not in Visma.net any more.",
                todo="Nothing can be attached to it: look for it in Visma.net.",
            )
        if any(file.name.casefold() == name.casefold() for file in document.files):
            return False
        kind, number = place
        boundary = uuid4().hex
        with just_made.attaching(invoice_id, name):
            await self._client.upload(
                f"{kind.item}/attachment",
                {kind.name_in_path: number},
                multipart(boundary, name, content, content_type),
                f"multipart/form-data; boundary={boundary}",
            )
        return True

    async def content(self, file_id: str) -> bytes:
        """The bytes of an attachment's latest revision. GoneError when there is none."""
        found = await self._client.content("/v1/attachment/{attachmentId}", {"attachmentId": file_id})
        if found is None:
            raise GoneError("The attachment is not in Visma.net any more.", todo="Look at its document in Visma.net.")
        return found


def clean(name: str) -> str:
    """A file name without anything that a path or a header would read otherwise; never empty."""
    plain = _UNSAFE.sub("_", name).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if dot and stem:
        return f"{stem[: LARGEST_NAME - len(ending) - 1]}.{ending}"
    return plain[:LARGEST_NAME] or "file"


def multipart(boundary: str, name: str, content: bytes, content_type: str) -> bytes:
    """A multipart body of one file part; the name of the part is free (contract section 13)."""
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {content_type}\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
