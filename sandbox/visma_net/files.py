"""Attachments: uploaded to documents and lines, read by id (contract, section 13).

A row keeps its attachments as a list of ids in ``_files``. The same file name again is a new revision.
"""

from collections.abc import Sequence
from email import message_from_bytes
from email.policy import HTTP
from urllib.parse import quote

from sandbox.store import Row
from sandbox.visma_net.calls import Answer, Call
from sandbox.visma_net.company import Company
from sandbox.visma_net.errors import RefusedError

FILES = "_files"


def shown(company: Company, ids: Sequence[str]) -> list[Row]:
    """``{name, id, revision}`` of each; the name is that of the latest revision."""
    return [{"name": company.files[one][-1][0], "id": one, "revision": len(company.files[one])} for one in ids]


def attach(company: Company, owner: Row, place: str, name: str, content: bytes) -> str:
    """Puts a file on a row (a document or a line of it) and returns the attachment's id. `place` names the row."""
    ids: list[str] = owner.setdefault(FILES, [])
    for one in ids:
        if company.files[one][-1][0] == name:
            company.files[one].append((name, content))
            return one
    made = company.ids.guid("attachment", place, name)
    company.files[made] = [(name, content)]
    ids.append(made)
    return made


def content(company: Company, call: Call) -> Answer:
    """``GET /v1/attachment/{attachmentId}``: the bytes of the latest revision."""
    revisions = company.files.get(call.path["attachmentId"])
    if revisions is None:
        raise RefusedError(404)
    name, found = revisions[-1]
    return Answer(200, found, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"})


def uploaded(call: Call) -> tuple[str, bytes]:
    """File name and content of the one file part. Refused (400) without it, or without an extension."""
    if not call.content_type.lower().startswith("multipart/form-data"):
        raise RefusedError(400, "multipart/form-data is needed.")
    head = f"Content-Type: {call.content_type}\r\n\r\n".encode("latin-1")
    message = message_from_bytes(head + call.raw, policy=HTTP)
    parts = list(message.iter_parts()) if message.is_multipart() else []
    found = [(part.get_filename(), part.get_payload(decode=True)) for part in parts]
    files = [(name, body) for name, body in found if name and isinstance(body, bytes)]
    if len(files) != 1:
        raise RefusedError.business("Exactly one file with a file name is needed.")
    name, body = files[0]
    if not name.rpartition(".")[0] or not name.rpartition(".")[2]:
        raise RefusedError.business(f"The file name '{name}' has no extension.")
    return name, body
