"""Drafts of an ERP: out exactly once, found again, removed (PO-13, ALL-05, ALL-07)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.errors import AlreadyExistsError, MissingDependencyError, OutcomeUnknownError
from core.invoices import Deletion, ErpInvoiceState
from core.records import Registry
from tests.conformance.billing import earlier, head, held, outgoing
from tests.conformance.lost import UNREADABLE
from tests.conformance.relay import Relay
from tests.conformance.stage import NUMBERS, Stage


class Invoices:
    """Any ERP's invoices."""

    async def test_a_draft_is_made_and_found_as_draft_and_as_sent(self, stage: Stage) -> None:
        """ALL-05, ALL-07: the total is known at once; the reference finds it wherever it stands."""
        began, going = earlier(), await outgoing(stage)
        made = await stage.erp.create_invoice(going)
        assert (made.state, made.number, made.reference) == (ErpInvoiceState.DRAFT, None, going.reference)
        assert made.total == going.invoice.total
        found = (await held(stage, [going.reference], began))[going.reference]
        assert head(found) == head(made)
        assert await stage.erp.invoice(made.id) == made
        stage.desk.send(stage.sandbox, made.id)
        sent = (await held(stage, [going.reference], began))[going.reference]
        assert (sent.id, sent.state, sent.total) == (made.id, ErpInvoiceState.SENT, going.invoice.total)
        assert sent.number
        assert await stage.erp.invoice(made.id) == sent
        assert len(stage.desk.stored(stage.sandbox, going.reference)) == 1

    async def test_only_what_is_there_is_found(self, stage: Stage) -> None:
        """One look-up for many references, drafts and sent ones and none."""
        began, goings = earlier(), [await outgoing(stage) for _ in range(4)]
        for going in goings[:3]:
            made = await stage.erp.create_invoice(going)
            if going is goings[0]:
                stage.desk.send(stage.sandbox, made.id)
        found = await held(stage, [going.reference for going in goings], began)
        assert sorted(found) == sorted(going.reference for going in goings[:3])
        assert await held(stage, [], began) == {}

    async def test_a_total_says_what_stands_there_now(self, stage: Stage) -> None:
        """ALL-07: a person changes the draft, and the total that is checked is the new one."""
        going = await outgoing(stage, quantities=(1,))
        made = await stage.erp.create_invoice(going)
        assert made.total is not None
        stage.desk.add_row(stage.sandbox, made.id, Decimal(1000))
        now = await stage.erp.invoice(made.id)
        assert now is not None
        assert now.total is not None
        assert now.total.amount >= made.total.amount + 1000

    async def test_an_invoice_in_another_currency_keeps_it(self, stage: Stage) -> None:
        """PO-13: the total is in the invoice's currency, before and after sending."""
        currency = stage.desk.foreign_currency
        going = await outgoing(stage, currency=currency)
        made = await stage.erp.create_invoice(going)
        assert made.total == going.invoice.total
        stage.desk.send(stage.sandbox, made.id)
        sent = await stage.erp.invoice(made.id)
        assert sent is not None
        assert sent.total == going.invoice.total

    async def test_a_credit_note_is_negative_throughout(self, stage: Stage) -> None:
        """PO-13: draft, sent, and paid out."""
        going = await outgoing(stage)
        made = await stage.erp.create_invoice(going)
        stage.desk.send(stage.sandbox, made.id)
        credited = await stage.erp.invoice(made.id)
        assert credited is not None
        note = replace(await outgoing(stage, quantities=(-3, -1)), credited_number=credited.number)
        draft = await stage.erp.create_invoice(note)
        assert note.invoice.total.amount < 0
        assert draft.total == note.invoice.total
        stage.desk.send(stage.sandbox, draft.id)
        (sent,) = (await stage.erp.invoices_by_id([draft.id])).items
        assert (sent.state, sent.total) == (ErpInvoiceState.SENT, note.invoice.total)
        stage.desk.pay(stage.sandbox, draft.id, None)
        (paid,) = (await stage.erp.invoices_by_id([draft.id])).items
        assert (paid.state, paid.total) == (ErpInvoiceState.PAID, note.invoice.total)

    async def test_a_missing_product_is_found_before_anything_is_sent(self, stage: Stage) -> None:
        """PO-13: the invoice waits for the product, and nothing was posted."""
        code = f"NONE{next(NUMBERS)}"
        known = stage.desk.products[Decimal(25)]
        assert await stage.erp.missing_products([code, known]) == {code}
        assert await stage.erp.missing_products([]) == frozenset()
        going = await outgoing(stage, code=code)
        with stage.calls() as calls, pytest.raises(MissingDependencyError) as missing:
            await stage.erp.create_invoice(going)
        assert calls.writes == []
        assert missing.value.needs == f"products:{code}"
        assert missing.value.todo
        archived = (await stage.make(Registry.PRODUCTS)).record
        await stage.erp.update(Registry.PRODUCTS, archived.id, {"active": False})
        assert await stage.erp.missing_products([str(archived.key)]) == {archived.key}

    async def test_a_product_that_came_meanwhile_is_seen(self, stage: Stage) -> None:
        """PO-08: what was missing is looked for again once a product was written."""
        values, reference = await stage.fresh(Registry.PRODUCTS)
        assert await stage.erp.missing_products([values["code"]]) == {values["code"]}
        await stage.erp.create(Registry.PRODUCTS, values, reference)
        assert await stage.erp.missing_products([values["code"]]) == frozenset()

    # ---------------------------------------------------------------- exactly once

    async def test_a_reference_is_taken_once(self, stage: Stage) -> None:
        """ALL-05: the ERP itself refuses a second one, as a draft and when it was sent."""
        if not stage.desk.refuses_twins:
            pytest.skip("it knows no reference that it would take only once: it is looked up before anything is sent")
        going = await outgoing(stage)
        made = await stage.erp.create_invoice(going)
        with pytest.raises(AlreadyExistsError):
            await stage.erp.create_invoice(going)
        stage.desk.send(stage.sandbox, made.id)
        with pytest.raises(AlreadyExistsError):
            await stage.erp.create_invoice(going)
        assert len(stage.desk.stored(stage.sandbox, going.reference)) == 1

    async def test_a_draft_whose_answer_was_lost_is_found_once(self, stage: Stage) -> None:
        """ALL-05: one call, one document, found by its reference."""
        began, going = earlier(), await outgoing(stage)
        stage.fault("POST", stage.desk.create, "drop_after")
        with stage.calls() as calls, pytest.raises(OutcomeUnknownError):
            await stage.erp.create_invoice(going)
        assert calls.to("POST", stage.desk.create) == 1
        found = await held(stage, [going.reference], began)
        assert found[going.reference].total == going.invoice.total
        assert len(stage.desk.stored(stage.sandbox, going.reference)) == 1

    async def test_a_lost_draft_that_was_sent_meanwhile_is_found_once(self, stage: Stage) -> None:
        """ALL-05: a person is quicker than the next cycle."""
        began, going = earlier(), await outgoing(stage)
        stage.fault("POST", stage.desk.create, "drop_after")
        with pytest.raises(OutcomeUnknownError):
            await stage.erp.create_invoice(going)
        (stored,) = stage.desk.stored(stage.sandbox, going.reference)
        stage.desk.send(stage.sandbox, stored[stage.system.row_id[0]])
        found = await held(stage, [going.reference], began)
        assert found[going.reference].state is ErpInvoiceState.SENT
        assert len(stage.desk.stored(stage.sandbox, going.reference)) == 1

    @pytest.mark.parametrize("kind", ["drop_before", "silent error", "status:503"])
    async def test_a_draft_that_never_arrived_is_not_found(self, stage: Stage, kind: str) -> None:
        """ALL-05: it is not repeated blindly, and goes when it was looked up."""
        going = await outgoing(stage)
        stage.fault("POST", stage.desk.create, stage.system.silent_error if kind == "silent error" else kind)
        with stage.calls() as calls, pytest.raises(OutcomeUnknownError):
            await stage.erp.create_invoice(going)
        assert calls.to("POST", stage.desk.create) == 1
        assert await held(stage, [going.reference], earlier()) == {}
        made = await stage.erp.create_invoice(going)
        assert made.total == going.invoice.total

    @pytest.mark.parametrize("answer", UNREADABLE, ids=["object", "list", "text", "empty", "html"])
    async def test_an_unreadable_answer_is_a_lost_one(self, stage: Stage, relay: Relay, answer: object) -> None:
        """ALL-05, law 10."""
        began, going = earlier(), await outgoing(stage)
        relay.rewrite("POST", stage.desk.create, lambda _: answer)
        adapter = relay.open()
        with pytest.raises(OutcomeUnknownError):
            await adapter.create_invoice(going)  # type: ignore[attr-defined]  # an ERP's adapter
        assert relay.count("POST", stage.desk.create) == 1
        found = await held(stage, [going.reference], began)
        assert found[going.reference].total == going.invoice.total

    # ---------------------------------------------------------------- removal

    async def test_a_removed_draft_is_gone(self, stage: Stage) -> None:
        """ALL-07: what failed the check does not stay; a second removal finds it gone."""
        began, going = earlier(), await outgoing(stage)
        made = await stage.erp.create_invoice(going)
        assert (await stage.erp.delete_invoice(made.id))[0] is Deletion.GONE
        assert stage.desk.stored(stage.sandbox, going.reference) == []
        assert await stage.erp.invoice(made.id) is None
        assert await held(stage, [going.reference], began) == {}
        assert (await stage.erp.delete_invoice(made.id))[0] is Deletion.GONE

    async def test_the_next_attempt_has_a_suffix_and_is_found_by_the_bare_reference(self, stage: Stage) -> None:
        """ALL-05: whether a removed document frees its reference is not known."""
        began, going = earlier(), await outgoing(stage)
        first = await stage.erp.create_invoice(going)
        await stage.erp.delete_invoice(first.id)
        second = await stage.erp.create_invoice(replace(going, reference=f"{going.reference}-2"))
        found = await held(stage, [going.reference], began)
        assert {reference: head(invoice) for reference, invoice in found.items()} == {going.reference: head(second)}
        assert second.reference == f"{going.reference}-2"

    async def test_a_locked_draft_is_removed_all_the_same(self, stage: Stage) -> None:
        """ALL-07: a person has confirmed it, and nobody has sent it."""
        going = await outgoing(stage)
        made = await stage.erp.create_invoice(going)
        stage.desk.lock(stage.sandbox, made.id)
        assert (await stage.erp.delete_invoice(made.id))[0] is Deletion.GONE
        assert stage.desk.stored(stage.sandbox, going.reference) == []

    async def test_a_sent_invoice_stays(self, stage: Stage) -> None:
        """ALL-07: it is told that it was sent, in words for a person."""
        going = await outgoing(stage)
        made = await stage.erp.create_invoice(going)
        stage.desk.send(stage.sandbox, made.id)
        outcome, word = await stage.erp.delete_invoice(made.id)
        assert outcome is Deletion.SENT_MEANWHILE
        assert word
        assert len(stage.desk.stored(stage.sandbox, going.reference)) == 1

    async def test_a_draft_that_a_person_removed_is_gone(self, stage: Stage) -> None:
        """PO-13: nothing comes back for it, and removing it again is no error."""
        began, going = earlier(), await outgoing(stage)
        made = await stage.erp.create_invoice(going)
        stage.desk.delete(stage.sandbox, made.id)
        assert await stage.erp.invoice(made.id) is None
        assert await held(stage, [going.reference], began) == {}
        assert (await stage.erp.delete_invoice(made.id))[0] is Deletion.GONE
