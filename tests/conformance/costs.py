"""Purchase costs of an ERP (PO-14, ALL-08)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.invoices import CostRow
from core.records import Registry
from tests.conformance.stage import Stage
from tests.conformance.system import Bought

BEGINNING = date(2020, 1, 1)


async def code_of_project(stage: Stage) -> str:
    """The code of a new project."""
    return str((await stage.make(Registry.PROJECTS)).record.key)


async def rows_of(stage: Stage, voucher: str) -> list[CostRow]:
    """The cost rows of one voucher."""
    read = await stage.erp.cost_rows(None, posted_from=BEGINNING, posted_until=None)
    return [row for row in read.items if row.voucher_id == voucher]


class Costs:
    """Any ERP's purchase invoices become project costs, once."""

    async def test_only_rows_with_a_project_come(self, stage: Stage) -> None:
        """PO-14: neither other rows nor the voucher's own entries (VAT, supplier)."""
        project = await code_of_project(stage)
        voucher = self._post(
            stage,
            Bought(amount=Decimal(1000), quantity=Decimal(4), project=project, description="Kobberrør Ø22"),
            Bought(amount=Decimal(500)),
            Bought(amount=Decimal("33.33"), project=project, product=stage.purchases.product),
        )
        first, second = sorted(await rows_of(stage, voucher), key=lambda row: -row.amount)
        figures = (first.quantity, first.unit_price, first.amount)
        if stage.purchases.as_one:
            assert (first.project_code, (first.description or "")[:13]) == (project, "Kobberrør Ø22")
            assert figures == (Decimal(1), Decimal(1000), Decimal(1000))
            assert (second.amount, second.product_code) == (Decimal("33.33"), None)
        else:
            assert (first.project_code, first.description) == (project, "Kobberrør Ø22")
            assert figures == (Decimal(4), Decimal(250), Decimal(1000))
            assert (second.amount, second.product_code) == (Decimal("33.33"), stage.purchases.product)
        assert first.product_code is None
        assert first.id != second.id
        assert first.reverses is None
        found = await stage.erp.find(Registry.PROJECTS, [project])
        assert {first.project_id, second.project_id} == {item.id for item in found.items}

    async def test_quantity_and_price_give_the_amount_back(self, stage: Stage) -> None:
        """PO-14: whatever was divided, no øre is lost."""
        project = await code_of_project(stage)
        tried = [("100", "3"), ("0.01", "7"), ("1", "0.3333"), ("99999.99", "13"), ("10", None)]
        bought = [
            Bought(amount=Decimal(amount), quantity=None if quantity is None else Decimal(quantity), project=project)
            for amount, quantity in tried
        ]
        rows = await rows_of(stage, self._post(stage, *bought))
        assert sorted(row.amount for row in rows) == sorted(row.amount for row in bought)
        for row in rows:
            assert (row.quantity * row.unit_price).quantize(Decimal("0.01")) == row.amount
            assert (row.currency, row.amount_company, row.company_currency) == ("NOK", row.amount, "NOK")

    async def test_a_credit_note_is_negative(self, stage: Stage) -> None:
        """PO-14."""
        project = await code_of_project(stage)
        bought = [Bought(amount=Decimal(800), quantity=Decimal(2), project=project)]
        (row,) = await rows_of(stage, stage.purchases.credit(stage.sandbox, bought))
        assert row.amount == Decimal(-800)
        assert row.quantity * row.unit_price == row.amount

    async def test_a_reversal_takes_back_and_names_what_it_reverses(self, stage: Stage) -> None:
        """ALL-08: it is a row of its own, with an id of its own."""
        reverse = stage.purchases.reverse
        if reverse is None:
            pytest.skip("it has no voucher that takes back another by its name")
        project = await code_of_project(stage)
        voucher = self._post(stage, Bought(amount=Decimal(640), project=project))
        (row,) = await rows_of(stage, voucher)
        reverse(stage.sandbox, voucher)
        read = await stage.erp.cost_rows(None, posted_from=BEGINNING, posted_until=None)
        (back,) = [each for each in read.items if each.reverses == voucher]
        assert (back.amount, back.project_code) == (-row.amount, project)
        assert back.id != row.id

    async def test_a_row_has_the_same_id_in_every_read(self, stage: Stage) -> None:
        """ALL-08."""
        voucher = self._post(stage, Bought(amount=Decimal(10), project=await code_of_project(stage)))
        assert [row.id for row in await rows_of(stage, voucher)] == [row.id for row in await rows_of(stage, voucher)]

    async def test_a_posting_comes_at_its_own_instant_and_not_after(self, stage: Stage) -> None:
        """Law 5."""
        project = await code_of_project(stage)
        stage.later()
        voucher = self._post(stage, Bought(amount=Decimal(77), project=project))
        (row,) = await rows_of(stage, voucher)
        at = stage.purchases.changed_at(stage.sandbox, row.id)
        read = await stage.erp.cost_rows(at, posted_from=BEGINNING, posted_until=None)
        assert row.id in {each.id for each in read.items}
        stage.later()
        read = await stage.erp.cost_rows(at + timedelta(seconds=2), posted_from=BEGINNING, posted_until=None)
        assert row.id not in {each.id for each in read.items}

    async def test_a_quiet_time_brings_nothing_in_one_call(self, stage: Stage) -> None:
        """Law 7."""
        await stage.erp.check_access()
        since = stage.later()
        with stage.calls() as calls:
            read = await stage.erp.cost_rows(since, posted_from=BEGINNING, posted_until=None)
        assert (read.items, read.problems) == ((), ())
        assert sorted(calls.made) == sorted(("GET", path) for path in stage.purchases.lists or (stage.purchases.list,))

    async def test_only_the_period_comes(self, stage: Stage) -> None:
        """PO-14: both of its days belong to it."""
        project = await code_of_project(stage)
        days = [date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
        vouchers = [self._post(stage, Bought(amount=Decimal(5), project=project), day=day) for day in days]
        read = await stage.erp.cost_rows(None, posted_from=days[0], posted_until=days[1])
        found = {row.voucher_id: row.cost_date for row in read.items if row.voucher_id in vouchers}
        assert found == {vouchers[0]: days[0], vouchers[1]: days[1]}
        later = await stage.erp.cost_rows(None, posted_from=days[2], posted_until=None)
        assert {row.voucher_id for row in later.items} & set(vouchers) == {vouchers[2]}

    def _post(self, stage: Stage, *rows: Bought, day: date | None = None) -> str:
        bought: Sequence[Bought] = rows
        return stage.purchases.post(stage.sandbox, bought, day)
