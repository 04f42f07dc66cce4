"""Rows that break the vendor's contract (laws 3 and 10): each is a problem of its own, the others come through."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from connectors.ports import ErpPort, Read
from core.errors import SyncError
from core.records import Registry
from tests.conformance.relay import HOSTILE, Relay, first_page, hostile_rows
from tests.conformance.stage import Stage
from tests.conformance.system import Sample


class HostileRows:
    """No row stops a batch."""

    async def test_a_broken_row_is_a_problem_and_the_batch_goes_on(
        self, stage: Stage, relay: Relay, registry: Registry
    ) -> None:
        """Every member of a row with every kind of nonsense."""
        path = stage.sample(registry).lists[0]
        made = (await stage.make(registry)).record
        seen = Keeper()
        relay.rewrite("GET", path, seen)
        assert made.id in {item.id for item in (await relay.open().read(registry, None)).items}
        good = next(row for row in seen.rows if id_of(row, stage, stage.sample(registry)) in made.id)
        rows = hostile_rows(good, stage.system, stage.sample(registry))
        relay.rewrite("GET", path, first_page([]))
        from_other_lists = len((await relay.open().read(registry, None)).items)
        relay.rewrite("GET", path, first_page([*rows, good]))
        read = await relay.open().read(registry, None)
        assert made.id in {item.id for item in read.items}
        check(read, len(rows) + 1 + from_other_lists - stage.sample(registry).left_out, stage, registry)

    async def test_a_broken_item_is_an_error_of_the_closed_set(
        self, stage: Stage, relay: Relay, registry: Registry
    ) -> None:
        """Law 4: `get` says what is wrong, whatever came."""
        sample = stage.sample(registry)
        made = (await stage.make(registry)).record
        adapter = relay.open()
        answers: list[Any] = [{}, [], "row", 1, [[]], [{}]]
        for answer in answers:
            relay.rewrite("GET", sample.item, lambda _, answer=answer: answer)  # type: ignore[misc]  # bound now
            with pytest.raises(SyncError) as refused:
                await adapter.get(registry, made.id)
            assert refused.value.what


class HostileDocuments:
    """Nor does a document of an ERP."""

    async def test_a_broken_invoice_is_a_problem(self, stage: Stage, relay: Relay) -> None:
        seen = Keeper()
        relay.rewrite("GET", stage.desk.changed, seen)
        assert (await cast(ErpPort, relay.open()).invoices_changed(None)).items
        rows = hostile_rows(seen.rows[-1], stage.system)
        relay.rewrite("GET", stage.desk.changed, first_page([*rows, seen.rows[-1]]))
        read = await cast(ErpPort, relay.open()).invoices_changed(None)
        assert len(read.items) + len(read.problems) == len(rows) + 1 - stage.desk.left_out
        assert read.problems

    async def test_a_broken_purchase_row_is_a_problem(self, stage: Stage, relay: Relay) -> None:
        """Rows that name no project may be left out; none of them is an exception."""
        period = {"posted_from": date(2000, 1, 1), "posted_until": None}
        seen = Keeper()
        relay.rewrite("GET", stage.purchases.list, seen)
        read = await cast(ErpPort, relay.open()).cost_rows(None, **period)  # type: ignore[arg-type]  # one of each
        known = {item.id for item in read.items}
        own_id = stage.purchases.id_of or (lambda row: id_of(row, stage))
        good = next(row for row in seen.rows if own_id(row) in known)
        rows = hostile_rows(good, stage.system)
        relay.rewrite("GET", stage.purchases.list, first_page([*rows, good]))
        read = await cast(ErpPort, relay.open()).cost_rows(None, **period)  # type: ignore[arg-type]  # one of each
        assert own_id(good) in {item.id for item in read.items}
        assert read.problems
        for item in read.items:
            assert (item.quantity * item.unit_price).quantize(item.amount) == item.amount


class Keeper:
    """Rewrites nothing and keeps the rows that came by."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def __call__(self, answer: Any) -> Any:
        self.rows += answer or []
        return answer


def id_of(row: dict[str, Any], stage: Stage, sample: Sample | None = None) -> str:
    """The vendor's own id of a row."""
    name, _ = (sample and sample.row_id) or stage.system.row_id
    return str(row[name])


def check(read: Read[Any], rows: int, stage: Stage, registry: Registry) -> None:
    """Each row is an item or a problem that a person can act on."""
    assert len(read.items) + len(read.problems) == rows
    assert len(read.problems) > len(HOSTILE), "nonsense was believed"
    for problem in read.problems:
        assert problem.id
        assert problem.label
        assert problem.error.what
        assert (problem.label + problem.error.what).isprintable()
        assert len(problem.label) < 300
    mapped = stage.sample(registry).mapped(registry)
    for item in read.items:
        texts = [value for name in mapped if isinstance(value := getattr(item, name), str)]
        assert not [text for text in texts if "\x00" in text or "\ud800" in text]
