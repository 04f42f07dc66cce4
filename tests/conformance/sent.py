"""Sent invoices of an ERP: what became of them (PO-13, ALL-06)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from core.invoices import ErpInvoiceState
from tests.conformance.billing import outgoing
from tests.conformance.stage import Stage
from tests.conformance.system import guid


class SentInvoices:
    """Any ERP says what became of its invoices."""

    async def test_sent_partly_paid_and_paid_come_back(self, stage: Stage) -> None:
        """PO-13, ALL-06: each step shows as a change, with the number from the first one on."""
        going = await outgoing(stage)
        made = await stage.erp.create_invoice(going)
        since = stage.later()

        async def state() -> ErpInvoiceState | None:
            read = await stage.erp.invoices_changed(since)
            return next((item.state for item in read.items if item.id == made.id), None)

        assert await state() is None
        stage.desk.send(stage.sandbox, made.id)
        assert await state() is ErpInvoiceState.SENT
        stage.desk.pay(stage.sandbox, made.id, Decimal(100))
        assert await state() is ErpInvoiceState.PARTLY_PAID
        stage.desk.pay(stage.sandbox, made.id, None)
        assert await state() is ErpInvoiceState.PAID
        (paid,) = (await stage.erp.invoices_by_id([made.id])).items
        assert paid.number
        assert paid.paid_on is not None
        assert (paid.reference, paid.total) == (going.reference, going.invoice.total)

    async def test_drafts_and_strangers_are_no_sent_invoices(self, stage: Stage) -> None:
        """PO-13: ids that are not sent are left out."""
        draft, sent = [await stage.erp.create_invoice(await outgoing(stage)) for _ in range(2)]
        stage.desk.send(stage.sandbox, sent.id)
        read = await stage.erp.invoices_by_id([draft.id, sent.id, guid(999_999_999)])
        assert [item.id for item in read.items] == [sent.id]
        assert (await stage.erp.invoices_by_id([])).items == ()
        assert await stage.erp.invoice(guid(999_999_999)) is None

    async def test_a_changed_invoice_comes_at_its_own_instant_and_not_after(self, stage: Stage) -> None:
        """Law 5."""
        made = await stage.erp.create_invoice(await outgoing(stage))
        stage.later()
        stage.desk.send(stage.sandbox, made.id)
        at = stage.desk.changed_at(stage.sandbox, made.id)
        assert made.id in {item.id for item in (await stage.erp.invoices_changed(at)).items}
        stage.later()
        after = await stage.erp.invoices_changed(at + timedelta(seconds=2))
        assert made.id not in {item.id for item in after.items}

    async def test_a_quiet_time_brings_nothing_in_one_call(self, stage: Stage) -> None:
        """Law 7."""
        await stage.erp.check_access()
        since = stage.later()
        with stage.calls() as calls:
            read = await stage.erp.invoices_changed(since)
        assert (read.items, read.problems) == ((), ())
        assert sorted(calls.made) == sorted(("GET", path) for path in stage.desk.lists or (stage.desk.changed,))
