"""Reading registries: in full, what changed, by key, by id, by parent."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta

import pytest

from core.records import RECORD_TYPES, Registry
from tests.conformance.stage import Stage, figures
from tests.conformance.system import guid


class Reading:
    """Any system's registries can be read (PO-03 to PO-12)."""

    async def test_access_is_checked_with_one_call(self, stage: Stage) -> None:
        adapter = stage.system.open(stage.access)
        try:
            with stage.calls() as calls:
                await adapter.check_access()
        finally:
            await adapter.close()
        assert (len(calls.made), calls.writes, calls.tokens) == (1, [], 1)

    async def test_everything_is_read(self, stage: Stage, registry: Registry) -> None:
        """Law 10: the seeded company has awkward rows, but none that breaks the contract."""
        with stage.calls() as calls:
            read = await stage.adapter.read(registry, None)
        assert calls.writes == []
        assert read.items
        assert read.full
        assert read.started is not None
        assert read.started.tzinfo is UTC
        assert all(type(item) is RECORD_TYPES[registry] for item in read.items)
        assert len({item.id for item in read.items}) == len(read.items)
        word = stage.sample(registry).left_alone
        strange = [problem for problem in read.problems if word is None or word not in problem.error.what]
        assert strange == []

    async def test_pages_make_no_difference(self, stage: Stage, registry: Registry) -> None:
        """However the list is cut into pages, every item comes once."""
        whole = await stage.adapter.read(registry, None)
        other = stage.open(**stage.system.small_pages)
        try:
            paged = await other.read(registry, None)
        finally:
            await other.close()
        assert sorted(item.id for item in paged.items) == sorted(item.id for item in whole.items)

    async def test_values_keep_to_their_types(self, stage: Stage, registry: Registry) -> None:
        """Law 6: instants are aware and in UTC; texts are trimmed and never empty."""
        for item in (await stage.adapter.read(registry, None)).items:
            for instant in (item.created_at, item.changed_at):
                assert instant is None or instant.utcoffset() == timedelta(0)
            values = figures(item, stage.sample(registry).mapped(registry))
            texts = {name: value for name, value in values.items() if isinstance(value, str)}
            assert {name: value for name, value in texts.items() if value != value.strip() or not value} == {}

    async def test_a_quiet_time_brings_nothing_in_one_call_per_list(self, stage: Stage, registry: Registry) -> None:
        """Law 7: the cost of a cycle grows with what changed."""
        await stage.adapter.check_access()
        since = stage.later()
        stage.later(300)
        with stage.calls() as calls:
            read = await stage.adapter.read(registry, since - timedelta(seconds=1))
        assert (read.items, read.problems, read.full) == ((), (), False)
        assert read.started is not None
        assert calls.paths == Counter(stage.sample(registry).lists)
        assert calls.writes == []

    async def test_a_change_is_read_at_its_own_instant_and_not_after(self, stage: Stage, registry: Registry) -> None:
        """Law 5: boundaries are inclusive."""
        stage.later()
        made = (await stage.make(registry)).record
        got = await stage.adapter.get(registry, made.id)
        assert got is not None
        assert got.changed_at is not None
        at = await stage.adapter.read(registry, got.changed_at)
        assert made.id in {item.id for item in at.items}
        stage.later()
        after = await stage.adapter.read(registry, got.changed_at + timedelta(seconds=90))
        assert made.id not in {item.id for item in after.items}

    async def test_what_changed_since_the_start_of_a_read_comes_with_the_next(
        self, stage: Stage, registry: Registry
    ) -> None:
        """Law 5: `started` is the vendor's clock, so nothing falls between two reads."""
        first = await stage.adapter.read(registry, stage.later())
        made = (await stage.make(registry)).record
        assert first.started is not None
        second = await stage.adapter.read(registry, first.started)
        assert made.id in {item.id for item in second.items}
        shown = next(item for item in second.items if item.id == made.id)
        got = await stage.adapter.get(registry, made.id)
        assert got is not None
        names = stage.sample(registry).mapped(registry)
        assert figures(shown, names) == figures(got, names)

    async def test_items_are_found_by_key(self, stage: Stage, registry: Registry) -> None:
        """Matching reads what the other side asks for, and nothing else."""
        if stage.sample(registry).keyless:
            pytest.skip("its items have no number or code")
        one, two = [(await stage.make(registry)).record for _ in range(2)]
        assert one.key is not None
        assert two.key is not None
        found = await stage.adapter.find(registry, [one.key, f" {two.key} ", "40404"])
        assert {item.id for item in found.items} == {one.id, two.id}
        assert not found.full
        assert found.problems == ()

    async def test_an_unknown_key_finds_nothing(self, stage: Stage, registry: Registry) -> None:
        """Neither does an empty one, for which nothing is called."""
        for keys in (["40404"], [guid(999_999_999)]):
            found = await stage.adapter.find(registry, keys)
            assert (keys, found.items, found.problems) == (keys, (), ())
        with stage.calls() as calls:
            for keys in ([], [""], ["  "]):
                found = await stage.adapter.find(registry, keys)
                assert (keys, found.items, found.problems) == (keys, (), ())
        assert calls.made == []

    async def test_a_key_that_can_be_none_there_is_not_asked_for(self, stage: Stage, registry: Registry) -> None:
        """People type keys: one that the vendor would refuse must not fail the others' look-up."""
        if stage.sample(registry).keyless:
            pytest.skip("its items have no number or code")
        sample = stage.sample(registry)
        made = (await stage.make(registry)).record
        with stage.calls() as calls:
            found = await stage.adapter.find(registry, sample.no_keys)
        assert (found.items, found.problems, calls.made) == ((), (), [])
        found = await stage.adapter.find(registry, [*sample.no_keys, str(made.key)])
        assert [item.id for item in found.items] == [made.id]

    async def test_all_that_share_a_key_are_found(self, stage: Stage, registry: Registry) -> None:
        """PO-03, PO-08: two with one key are an issue, which only shows when both are found."""
        if stage.sample(registry).keyless:
            pytest.skip("its items have no number or code")
        sample = stage.sample(registry)
        name = RECORD_TYPES[registry].KEY
        if not sample.shares_keys:
            many = [(await stage.make(registry)).record for _ in range(3)]
            found = await stage.adapter.find(registry, [str(item.key) for item in many])
            assert sorted(item.id for item in found.items) == sorted(item.id for item in many)
            return
        one = (await stage.make(registry)).record
        two = (await stage.make(registry, None, {name: one.key})).record
        found = await stage.adapter.find(registry, [str(one.key)])
        assert sorted(item.id for item in found.items) == sorted([one.id, two.id])

    async def test_codes_are_taken_literally(self, stage: Stage, registry: Registry) -> None:
        """A comma, a range or a wild card in a code is a character of it."""
        for odd in stage.sample(registry).odd_keys:
            name = RECORD_TYPES[registry].KEY
            made = (await stage.make(registry, None, {name: odd})).record
            found = await stage.adapter.find(registry, [odd])
            assert (odd, [item.id for item in found.items]) == (odd, [made.id])

    async def test_one_item_is_got_by_its_id(self, stage: Stage, registry: Registry) -> None:
        """As it stands in the list."""
        made = (await stage.make(registry)).record
        names = stage.sample(registry).mapped(registry)
        got = await stage.adapter.get(registry, made.id)
        listed = next(item for item in (await stage.adapter.read(registry, None)).items if item.id == made.id)
        assert got is not None
        assert figures(got, names) == figures(made, names) == figures(listed, names)

    async def test_an_unknown_id_gets_nothing(self, stage: Stage, registry: Registry) -> None:
        """ALL-14: an item that was deleted is told from one that cannot be read."""
        assert await stage.adapter.get(registry, stage.sample(registry).unknown) is None

    async def test_the_contacts_of_a_customer_are_its_children(self, stage: Stage) -> None:
        """PO-07: all of this customer's, none of another's."""
        one, two = [(await stage.parent(Registry.CUSTOMERS)).id for _ in range(2)]
        contacts = [await stage.contact_of(one) for _ in range(3)]
        await stage.contact_of(two)
        found = await stage.adapter.children(Registry.CONTACTS, one)
        assert sorted(item.id for item in found.items) == sorted(contacts)
        alone = (await stage.parent(Registry.CUSTOMERS)).id
        assert (await stage.adapter.children(Registry.CONTACTS, alone)).items == ()
