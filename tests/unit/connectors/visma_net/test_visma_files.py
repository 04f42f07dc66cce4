"""Files with invoices and files of costs (VN-14, VN-18, contract sections 11 and 13)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from erp_server import Erp, made
from rows_of_visma import INVOICE
from scripted import Reply

from connectors.visma_net.adapter import VismaNetAdapter
from connectors.visma_net.files import clean
from core.errors import BadDataError, GoneError

ONE, UPLOAD, ID = "/v1/customerinvoice/20260100", "/v1/customerinvoice/20260100/attachment", "invoice:20260100"


async def test_a_file_goes_once(erp: Erp, adapter: VismaNetAdapter) -> None:
    """VN-14: the same name again would be a new revision, so it is looked for first."""
    there = INVOICE | {"attachments": [{"name": "Timer Ålesund.pdf", "id": "7b0b", "revision": 1}]}
    erp.on("GET", ONE, Reply(200, INVOICE), Reply(200, there))
    erp.on("POST", UPLOAD, made("/v1/attachment/7b0b"))
    assert await adapter.attach(ID, "Timer Ålesund.pdf", b"%PDF-1.7\r\nx", "application/pdf")
    asked = erp.only("POST", UPLOAD)
    assert asked.headers["content-type"].startswith("multipart/form-data; boundary=")
    boundary = asked.headers["content-type"].rpartition("=")[2].encode()
    assert asked.body == (
        b"--" + boundary + b'\r\nContent-Disposition: form-data; name="file"; filename="'
        + "Timer Ålesund.pdf".encode() + b'"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\r\nx\r\n--'
        + boundary + b"--\r\n"
    )  # fmt: skip
    assert not await adapter.attach(ID, "TIMER Ålesund.pdf", b"other", "application/pdf")


async def test_what_cannot_be_attached_says_why(erp: Erp, open_adapter: Callable[..., VismaNetAdapter]) -> None:
    adapter = open_adapter(largest_file_mb=1)
    with pytest.raises(BadDataError, match=r"1\.0 MB") as refused:
        await adapter.attach(ID, "large.pdf", b"x" * (1024 * 1024 + 1), "application/pdf")
    assert "largest_file_mb" in refused.value.why
    erp.on("GET", ONE, Reply(404))
    with pytest.raises(GoneError):
        await adapter.attach(ID, "small.pdf", b"x", "application/pdf")


async def test_an_attachment_is_read_as_it_is(erp: Erp, adapter: VismaNetAdapter) -> None:
    """VN-18: bytes, not JSON."""
    erp.on("GET", "/v1/attachment/1f9f", Reply(200, b"\x00\xff{", {"Content-Type": "application/octet-stream"}))
    assert await adapter.file("1f9f") == b"\x00\xff{"
    erp.on("GET", "/v1/attachment/1f9f", Reply(404))
    with pytest.raises(GoneError):
        await adapter.file("1f9f")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Timer.pdf", "Timer.pdf"),
        ('a"b/c\\d\r\n.pdf', "a_b_c_d_.pdf"),
        ("..", "file"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned(name: str, expected: str) -> None:
    """Law 10."""
    assert clean(name) == expected
