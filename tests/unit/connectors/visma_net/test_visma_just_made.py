"""One reading serves what follows it at once: check, attachments and release of a document just made (section 8, 9)."""

from __future__ import annotations

import pytest
from erp_server import CHANGED, Erp, made
from outgoing import outgoing
from rows_of_visma import CUSTOMER, INVOICE, ITEM, OPEN, PROJECT
from scripted import Raw, Reply

from connectors.visma_net.adapter import VismaNetAdapter
from connectors.visma_net.documents import Document
from connectors.visma_net.just_made import FRESH_SECONDS, JustMade
from core.errors import OutcomeUnknownError
from core.invoices import ErpInvoiceState

POST, ONE = "/v2/customerinvoice", "/v1/customerinvoice/20260100"
ACT, FILE, ID = f"{ONE}/action/release", f"{ONE}/attachment", "invoice:20260100"


@pytest.fixture(autouse=True)
def company(erp: Erp) -> None:
    """Everything that an invoice needs; it is made, read, taken off hold and released."""
    erp.on("GET", "/v1/customer/internal/7312", Reply(200, CUSTOMER))
    erp.on("GET", "/v1/project/internal/5512", Reply(200, PROJECT))
    erp.on("GET", "/v1/inventory/RÅD-10", Reply(200, ITEM))
    erp.on("POST", POST, made("/v2/customerinvoice/20260100"))
    erp.on("PUT", ONE, CHANGED)
    erp.on("POST", ACT, Reply(200, {"actionId": None, "actionResult": "Done", "errorInfo": None}))
    erp.on("POST", FILE, made("/v1/attachment/f1"), made("/v1/attachment/f2"))


async def test_the_reading_that_was_checked_is_the_look_before_the_release(erp: Erp, adapter: VismaNetAdapter) -> None:
    """VN-11: five calls of a document, and its time stamp goes with the change."""
    erp.on("GET", ONE, Reply(200, INVOICE), Reply(200, OPEN))
    document = await adapter.create_invoice(outgoing())
    assert (await adapter.release_invoice(document.id)).number == "20260100"
    of_the_document = [call for call in erp.story if "customerinvoice" in call]
    assert of_the_document == [f"POST {POST}", f"GET {ONE}", f"PUT {ONE}", f"POST {ACT}", f"GET {ONE}"]
    assert erp.only("PUT", ONE).headers["if-match"] == '"AAAAAAB4AAE="'


async def test_a_change_after_that_reading_is_met(erp: Erp, adapter: VismaNetAdapter) -> None:
    """412: somebody was faster; the document is looked at again before it goes."""
    erp.on("GET", ONE, Reply(200, INVOICE), Reply(200, INVOICE | {"timeStamp": "E"}), Reply(200, OPEN))
    erp.on("PUT", ONE, Reply(412), CHANGED)
    document = await adapter.create_invoice(outgoing())
    await adapter.release_invoice(document.id)
    assert [put.headers["if-match"] for put in erp.calls("PUT", ONE)] == ['"AAAAAAB4AAE="', '"E"']


async def test_files_are_looked_for_in_that_reading_and_the_release_looks_again(
    erp: Erp, adapter: VismaNetAdapter
) -> None:
    """VN-14: each file once, without a look of its own; our own upload changes the document's time stamp."""
    files = INVOICE | {"attachments": [{"name": "Timer.pdf", "id": "f0", "revision": 1}]}
    erp.on("GET", ONE, Reply(200, files), Reply(200, INVOICE | {"timeStamp": "F"}), Reply(200, OPEN))
    document = await adapter.create_invoice(outgoing())
    names = ("a.pdf", "timer.PDF", "A.pdf")
    sent = [await adapter.attach(document.id, name, b"x", "application/pdf") for name in names]
    assert sent == [True, False, False]
    assert len(erp.calls("GET", ONE)) == 1
    await adapter.release_invoice(document.id)
    assert erp.only("PUT", ONE).headers["if-match"] == '"F"'


async def test_after_a_lost_answer_the_document_itself_says_which_files_it_has(
    erp: Erp, adapter: VismaNetAdapter
) -> None:
    """Law 1: the upload may have been carried out."""
    there = INVOICE | {"attachments": [{"name": "a.pdf", "id": "f1", "revision": 1}]}
    erp.on("GET", ONE, Reply(200, INVOICE), Reply(200, there))
    erp.on("POST", FILE, Raw(b""))
    document = await adapter.create_invoice(outgoing())
    with pytest.raises(OutcomeUnknownError):
        await adapter.attach(document.id, "a.pdf", b"x", "application/pdf")
    assert not await adapter.attach(document.id, "a.pdf", b"x", "application/pdf")
    assert len(erp.calls("POST", FILE)) == 1


async def test_a_release_by_itself_looks_first(erp: Erp, adapter: VismaNetAdapter) -> None:
    """A second one, too: the reading is good for one change."""
    erp.on("GET", ONE, Reply(200, INVOICE), Reply(200, OPEN))
    document = await adapter.create_invoice(outgoing())
    await adapter.release_invoice(document.id)
    before = len(erp.calls("GET", ONE))
    await adapter.release_invoice(document.id)
    assert len(erp.calls("GET", ONE)) == before + 1


async def test_a_reading_is_fresh_for_seconds_only() -> None:
    now = [100.0]
    just_made = JustMade(lambda: now[0])
    document = Document(id=ID, reference=None, state=ErpInvoiceState.DRAFT, total=None, version="A")
    just_made.keep(document)
    now[0] += FRESH_SECONDS
    assert just_made.with_files(ID) is document
    now[0] += 0.1
    assert just_made.with_files(ID) is None
    assert just_made.take(ID) is None
