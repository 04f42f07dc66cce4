"""Documents that the connector itself takes into the books, and the files that go with them (VN-11, VN-14, ALL-06)."""

from __future__ import annotations

import pytest

from core.errors import GoneError, SyncError
from core.invoices import Deletion, ErpInvoiceState
from tests.conformance.billing import earlier, held, outgoing
from tests.conformance.stage import Stage


class ReleasedInvoices:
    """An ERP whose drafts are released by us once the totals agree."""

    async def test_a_draft_is_released_and_has_its_number(self, stage: Stage) -> None:
        """VN-11, ALL-06: its total is still the one that was compared, and it cannot be removed any more."""
        began, going = earlier(), await outgoing(stage)
        made = await stage.erp.create_invoice(going)
        released = await stage.erp.release_invoice(made.id)
        assert (released.id, released.state, released.total) == (made.id, ErpInvoiceState.SENT, going.invoice.total)
        assert released.number
        assert (await held(stage, [going.reference], began))[going.reference].number == released.number
        assert (await stage.erp.delete_invoice(made.id))[0] is Deletion.SENT_MEANWHILE

    async def test_a_credit_note_is_released_like_an_invoice(self, stage: Stage) -> None:
        """VN-12: with a number of its own."""
        made = await stage.erp.create_invoice(await outgoing(stage, quantities=(-2, -1)))
        released = await stage.erp.release_invoice(made.id)
        assert (released.state, released.total) == (ErpInvoiceState.SENT, made.total)
        assert released.number

    async def test_a_second_release_changes_nothing(self, stage: Stage) -> None:
        """VN-11: a run that was killed right after the release does it again."""
        made = await stage.erp.create_invoice(await outgoing(stage))
        released = await stage.erp.release_invoice(made.id)
        with stage.calls() as calls:
            assert await stage.erp.release_invoice(made.id) == released
        assert calls.writes == []

    @pytest.mark.parametrize("people", ["off hold", "released"])
    async def test_what_a_person_has_done_already_is_not_done_again(self, stage: Stage, people: str) -> None:
        """VN-11: the real state is looked at first."""
        made = await stage.erp.create_invoice(await outgoing(stage))
        (stage.desk.lock if people == "off hold" else stage.desk.send)(stage.sandbox, made.id)
        assert (await stage.erp.release_invoice(made.id)).state is ErpInvoiceState.SENT

    async def test_a_release_whose_answer_was_lost_is_seen(self, stage: Stage) -> None:
        """VN-11: the document itself says what became of it; it is posted once."""
        assert stage.desk.release is not None
        made = await stage.erp.create_invoice(await outgoing(stage))
        stage.fault("POST", stage.desk.release, "drop_after")
        with stage.calls() as calls:
            released = await stage.erp.release_invoice(made.id)
        assert released.state is ErpInvoiceState.SENT
        assert calls.to("POST", stage.desk.release) == 1

    async def test_a_release_that_never_arrived_waits_for_the_next_run(self, stage: Stage) -> None:
        """VN-11: the document stays as it is, and goes when it is tried again."""
        assert stage.desk.release is not None
        made = await stage.erp.create_invoice(await outgoing(stage))
        stage.fault("POST", stage.desk.release, "drop_before")
        adapter = stage.open(release_seconds=0.0)
        try:
            with pytest.raises(SyncError):
                await adapter.release_invoice(made.id)  # type: ignore[attr-defined]  # an ERP's adapter
        finally:
            await adapter.close()
        draft = await stage.erp.invoice(made.id)
        assert draft is not None
        assert draft.state is ErpInvoiceState.DRAFT
        assert (await stage.erp.release_invoice(made.id)).state is ErpInvoiceState.SENT

    async def test_a_document_that_is_gone_is_told(self, stage: Stage) -> None:
        """VN-11: a person has deleted it."""
        made = await stage.erp.create_invoice(await outgoing(stage))
        stage.desk.delete(stage.sandbox, made.id)
        with pytest.raises(GoneError) as gone:
            await stage.erp.release_invoice(made.id)
        assert gone.value.todo


class AttachedFiles:
    """An ERP that takes files with an invoice."""

    async def test_a_file_is_attached_once(self, stage: Stage) -> None:
        """VN-14: the same name again is no second file, and its content can be read."""
        assert stage.desk.files is not None
        made = await stage.erp.create_invoice(await outgoing(stage))
        name = "Faktura Ås «2026».pdf"
        assert await stage.erp.attach(made.id, name, b"%PDF-1.4", "application/pdf")
        assert not await stage.erp.attach(made.id, name, b"%PDF-1.4", "application/pdf")
        assert stage.desk.files(stage.sandbox, made.id) == [name]

    async def test_a_file_whose_answer_was_lost_is_not_attached_twice(self, stage: Stage) -> None:
        """VN-14: whether it arrived is looked up by its name."""
        assert stage.desk.files is not None
        made = await stage.erp.create_invoice(await outgoing(stage))
        stage.fault("POST", f"{stage.desk.changed}/*", "drop_after")
        with pytest.raises(SyncError):
            await stage.erp.attach(made.id, "Timer.pdf", b"%PDF-1.4", "application/pdf")
        assert not await stage.erp.attach(made.id, "Timer.pdf", b"%PDF-1.4", "application/pdf")
        assert stage.desk.files(stage.sandbox, made.id) == ["Timer.pdf"]

    async def test_a_name_with_a_path_in_it_is_made_plain(self, stage: Stage) -> None:
        """Law 10."""
        assert stage.desk.files is not None
        made = await stage.erp.create_invoice(await outgoing(stage))
        assert await stage.erp.attach(made.id, '../etc/"x"\r\ny.pdf', b"%PDF-1.4", "application/pdf")
        (kept,) = stage.desk.files(stage.sandbox, made.id)
        assert not set(kept) & set('/\\"\r\n')
