"""Files and texts of invoices, files of projects, payment references, against the simulated Severa (VN-14, VN-18)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from severa_sandbox import Sandbox, serving

from connectors.severa.adapter import SeveraAdapter
from connectors.severa.billing import free_text
from connectors.severa.files import described, key_in, numbered
from connectors.severa.settings import SCOPES
from connectors.values import Rejected
from core.errors import ConfigurationError, GoneError
from core.invoices import InvoiceFile

NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serving() as running:
        yield running


@pytest.fixture
async def severa(sandbox: Sandbox) -> AsyncIterator[SeveraAdapter]:
    adapter = sandbox.adapter(scopes=[*SCOPES, "files:read", "files:write"])
    yield adapter
    await adapter.close()


def an_invoice(sandbox: Sandbox) -> str:
    """A new invoice of the first open project that can be billed."""
    number = next(row["number"] for row in sandbox.objects("projects") if not row["isClosed"] and not row["isInternal"])
    rows = [{"code": "STD", "quantity": 1, "unit_price": 10}]
    return str(sandbox.system.actions["create_invoice"]({"project": number, "rows": rows})["guid"])


async def test_an_invoice_is_printed_alone(sandbox: Sandbox, severa: SeveraAdapter) -> None:
    """VN-14: its attachments go as files of their own."""
    file = await severa.invoice_pdf(an_invoice(sandbox))
    assert file.content.startswith(b"%PDF")
    assert b"InvoiceOnly" in file.content
    assert file.content_type == "application/pdf"
    with pytest.raises(GoneError):
        await severa.invoice_pdf(NOWHERE)


async def test_attachments_come_with_names_of_their_own_and_internal_ones_stay(
    sandbox: Sandbox, severa: SeveraAdapter
) -> None:
    """VN-14."""
    guid = an_invoice(sandbox)
    attach = sandbox.system.actions["attach_to_invoice"]
    attach({"guid": guid, "name": "Timer å.pdf", "text": "en"})
    attach({"guid": guid, "name": "timer Å.pdf", "text": "to"})
    attach({"guid": guid, "name": "Notat.txt", "text": "hemmelig", "internal": True})
    files = await severa.invoice_files(guid)
    assert {(file.name, file.content) for file in files} == {("Timer å.pdf", b"en"), ("timer Å (2).pdf", b"to")}


async def test_without_the_scope_it_is_a_setting_that_is_wrong(sandbox: Sandbox) -> None:
    adapter = sandbox.adapter()
    with pytest.raises(ConfigurationError):
        await adapter.invoice_files(an_invoice(sandbox))
    await adapter.close()


async def test_texts_are_read_where_they_are_asked_for(sandbox: Sandbox, severa: SeveraAdapter) -> None:
    """VN-14: in the same call."""
    guid = an_invoice(sandbox)
    edit = sandbox.system.actions["edit_invoice"]
    edit({"guid": guid, "our_reference": "Åse", "notes": "Merk", "free_text_above": "Over", "free_text_below": "Under"})
    before = severa.transport.calls.total()
    found = await severa.invoice(guid, texts=True)
    assert severa.transport.calls.total() == before + 1 or before == 0  # the first call asks for a token as well
    assert found is not None
    texts = found.texts
    assert (texts.our_reference, texts.notes, texts.above, texts.below) == ("Åse", "Merk", "Over", "Under")
    assert found.currency_rate == 1
    plain = await severa.invoice(guid)
    assert plain is not None
    assert (plain.texts.notes, plain.currency_rate) == (None, None)


async def test_a_file_stands_on_a_project_under_our_key(sandbox: Sandbox, severa: SeveraAdapter) -> None:
    """VN-18."""
    project = next(row["guid"] for row in sandbox.objects("projects") if not row["isClosed"])
    before = await severa.project_files(project)
    file = InvoiceFile("Følgeseddel.pdf", b"\r\n--x\r\n\x00\xff", "application/pdf")
    made = await severa.add_project_file(project, file, description="Rør, 20001, Ås AS", key="visma_net:file:a:1")
    assert await severa.project_files(project) == before | {"visma_net:file:a:1"}
    row = sandbox.stored("projectfiles", made)
    assert (row["name"], row["contentType"], row["size"]) == ("Følgeseddel.pdf", "application/pdf", len(file.content))
    assert row["description"] == "Rør, 20001, Ås AS [visma_net:file:a:1]"


async def test_number_and_reference_are_the_erps(sandbox: Sandbox, severa: SeveraAdapter) -> None:
    """ALL-06: Severa derives a reference from the number; the ERP's own is written over it."""
    guid = an_invoice(sandbox)
    statuses = {one.name: one.id for one in await severa.invoice_statuses()}
    write = await severa.set_invoice(
        guid, expected_status_ids=[statuses["Draft"]], status_id=statuses["Sent"], number="20260999",
        reference="00202609995",
    )  # fmt: skip
    assert (write.moved, write.number_written, write.reference_written) == (True, True, True)
    row = sandbox.stored("invoices", guid)
    assert (row["number"], row["referenceNumber"]) == (20260999, "00202609995")
    later = await severa.set_invoice(guid, expected_status_ids=(), status_id=None, reference="00202609996")
    assert (later.moved, later.reference) == (True, "00202609996")
    assert sandbox.stored("invoices", guid)["status"]["name"] == "Sent"


async def test_a_project_belongs_to_the_company_of_its_business_unit(sandbox: Sandbox, severa: SeveraAdapter) -> None:
    """VN-10."""
    project = next(row for row in sandbox.objects("projects") if row["businessUnit"])
    assert await severa.company_of_project(project["guid"]) == project["businessUnit"]["companyBusinessUnitGuid"]
    assert await severa.company_of_project(NOWHERE) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ({"plainText": "Hei", "text": "<p>Nei</p>"}, "Hei"),
        ({"text": "<p>A &amp; B</p><p>C<br/>D</p>"}, "A & B\nC\nD"),
        ({"plainText": " ", "text": None}, None),
    ],
)
def test_a_free_text_is_plain(value: object, text: str | None) -> None:
    """VN-14."""
    assert free_text(value) == text


def test_a_free_text_of_another_shape_is_refused() -> None:
    with pytest.raises(Rejected):
        free_text("Hei")


def test_names_and_keys() -> None:
    """VN-14 VN-18."""
    assert [numbered(name, 2) for name in ("a.pdf", "a", ".a")] == ["a (2).pdf", "a (2)", ".a (2)"]
    assert key_in(described("Rør [x]", "k:1")) == "k:1"
    assert key_in("Rør") is None
