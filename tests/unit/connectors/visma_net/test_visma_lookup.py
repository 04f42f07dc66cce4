"""Finding a document again by its note, where notes are given back and where not (ALL-05, contract section 9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from erp_server import EMPTY, Erp, page
from rows_of_visma import GUID, INVOICE, OPEN
from scripted import Reply

from connectors.ports import Lookup
from connectors.visma_net.adapter import VismaNetAdapter
from core.invoices import ErpInvoiceState

LIST, NOTES, ONE = "/v1/customerinvoice", "/v1/customerCreditNote", "/v1/customerinvoice/20260100"
SINCE = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
STRANGER = INVOICE | {"referenceNumber": "20260099", "note": None}


@pytest.fixture(autouse=True)
def lists(erp: Erp) -> None:
    erp.on("GET", LIST, EMPTY)
    erp.on("GET", NOTES, EMPTY)


async def test_every_document_made_since_a_day_before_is_looked_at(erp: Erp, adapter: VismaNetAdapter) -> None:
    """No status filter, both kinds: whatever became of it meanwhile, and whatever zone the times are in."""
    erp.on("GET", LIST, page([STRANGER | {"note": "Husk purring"}, OPEN]))
    found = (await adapter.find_invoices([GUID], SINCE)).found
    assert (found[GUID].id, found[GUID].state) == ("invoice:20260100", ErpInvoiceState.SENT)
    query = erp.only("GET", LIST).query
    assert query["createdDateTime"] == ["2026-03-04T10:00:00.000"]
    assert query["createdDateTimeCondition"] == [">="]
    assert "status" not in query
    assert len(erp.calls("GET", NOTES)) == 1


async def test_nothing_made_proves_absence(adapter: VismaNetAdapter) -> None:
    assert await adapter.find_invoices([GUID], SINCE) == Lookup({})
    assert await adapter.find_invoices([], SINCE) == Lookup({})


async def test_a_list_without_notes_is_read_document_by_document(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 15: notes in lists are not certain; a person's words around it do not matter."""
    erp.on("GET", LIST, page([INVOICE | {"note": None}]))
    erp.on("GET", ONE, Reply(200, INVOICE | {"note": f"Ring! severa:invoice:{GUID.upper()}#1"}))
    assert list((await adapter.find_invoices([GUID], SINCE)).found) == [GUID]


async def test_a_company_that_gives_no_note_back_leaves_it_in_doubt(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Nothing is re-sent: a person decides. Without any document it is absent all the same."""
    erp.on("GET", LIST, page([STRANGER]))
    erp.on("GET", "/v1/customerinvoice/20260099", Reply(200, STRANGER))
    result = await adapter.find_invoices([GUID], SINCE)
    assert dict(result.found) == {}
    assert "cannot be found out" in str(result.doubtful[GUID])


@pytest.mark.parametrize(("said", "doubtful"), [("yes", False), ("no", True)])
async def test_what_the_tenant_knows_of_notes_counts(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter], said: str, doubtful: bool
) -> None:
    erp.on("GET", LIST, page([STRANGER]))
    result = await open_adapter(note_given_back=said).find_invoices([GUID], SINCE)
    assert (GUID in result.doubtful) is doubtful


async def test_what_was_learnt_of_notes_is_kept(erp: Erp, open_adapter: Callable[..., VismaNetAdapter]) -> None:
    """One of ours with its note in a list: documents without one are strangers from then on."""

    class Kept(dict[str, list[object]]):
        def load(self, name: str) -> list[object] | None:
            return self.get(name)

        def save(self, name: str, rows: list[object]) -> None:
            self[name] = rows

    kept = Kept()
    erp.on("GET", LIST, page([STRANGER, INVOICE]))
    await open_adapter(kept).find_invoices([GUID], SINCE)
    assert kept["visma_net.notes"] == [None, True]
    erp.on("GET", LIST, page([STRANGER]))
    assert await open_adapter(kept).find_invoices([GUID], SINCE) == Lookup({})


async def test_two_documents_with_one_reference_are_for_a_person(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", LIST, page([INVOICE, INVOICE | {"referenceNumber": "20260102"}]))
    result = await adapter.find_invoices([GUID], SINCE)
    assert "20260100 and 20260102" in str(result.doubtful[GUID])


async def test_a_draft_of_an_earlier_attempt_is_left_over(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 9: the attempt that is asked for is what counts; a look-up writes nothing."""
    second = INVOICE | {"referenceNumber": "20260102", "note": f"severa:invoice:{GUID}#2"}
    erp.on("GET", LIST, page([INVOICE, second]))
    result = await adapter.find_invoices([f"{GUID}-2"], SINCE)
    found = result.found
    assert result.leftovers == {f"{GUID}-2": ["invoice:20260100"]}
    assert (found[f"{GUID}-2"].id, found[f"{GUID}-2"].reference) == ("invoice:20260102", f"{GUID}-2")
    erp.on("GET", LIST, page([INVOICE]))
    again = await adapter.find_invoices([f"{GUID}-2"], SINCE)
    assert again == Lookup({}, leftovers={f"{GUID}-2": ["invoice:20260100"]})
    assert erp.calls("DELETE", ONE) == []


async def test_an_earlier_attempt_in_the_books_is_for_a_person(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", LIST, page([OPEN]))
    result = await adapter.find_invoices([f"{GUID}-2"], SINCE)
    assert "in the books already" in str(result.doubtful[f"{GUID}-2"])
