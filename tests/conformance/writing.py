"""Writing registries: everything that is mapped arrives, is changed field by field, and is changed once."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import BadDataError, GoneError, MissingDependencyError
from core.records import RECORD_TYPES, Registry
from tests.conformance.stage import NUMBERS, Stage, figures, mismatch
from tests.conformance.system import System, fields_of, guid

LONG = ("Ærlig Østfold Åkerman & Sønner – «Grävmaskiner» 株式会社 " * 4)[:190].strip().ljust(190, "ß")
"""A name of 190 characters that no narrow alphabet holds."""


class Writing:
    """Any system's registries can be written (PO-02 to PO-12)."""

    def test_every_business_field_is_tried(self, system: System, registry: Registry) -> None:
        """A field that is added to the records must be mapped, or be named as foreign to this system."""
        sample = system.registries[registry]
        refs = dict.fromkeys(RECORD_TYPES[registry].REFERENCES, "x")
        known = fields_of(registry)
        assert sample.values(0, refs).keys() | sample.foreign == known
        assert sample.changed(0, refs).keys() | sample.fixed | sample.foreign >= known - {RECORD_TYPES[registry].KEY}

    async def test_what_is_created_comes_back(self, stage: Stage, registry: Registry) -> None:
        """Every mapped field, in letters beyond ASCII."""
        values, reference = await stage.fresh(registry)
        written = await stage.adapter.create(registry, values, reference)
        names = stage.sample(registry).mapped(registry)
        assert (written.missing, written.error) == (frozenset(), None)
        assert mismatch(written.record, values, names) == {}
        got = await stage.adapter.get(registry, written.record.id)
        assert got is not None
        assert mismatch(got, values, names) == {}

    async def test_a_long_name_comes_back_whole(self, stage: Stage, registry: Registry) -> None:
        """190 characters, or as many as the vendor's specification allows: nothing is cut."""
        sample = stage.sample(registry)
        name = "name" if "name" in sample.changed(0, {}) else "last_name"
        long = LONG[: sample.longest_name - 1] + "ß"
        made = (await stage.make(registry, None, {name: long})).record
        got = await stage.adapter.get(registry, made.id)
        assert got is not None
        assert getattr(got, name) == long

    async def test_what_has_no_value_stays_empty(self, stage: Stage, registry: Registry) -> None:
        """Nothing is made up but what the vendor fills itself."""
        sample = stage.sample(registry)
        refs = await stage.refs(registry)
        values, reference = await stage.fresh(registry, refs)
        bare: dict[str, Any] = {
            name: value if name in sample.required or isinstance(value, bool) else None
            for name, value in values.items()
        }
        written = await stage.adapter.create(registry, bare, reference)
        assert (written.missing, written.error) == (frozenset(), None)
        got = await stage.adapter.get(registry, written.record.id)
        assert got is not None
        assert mismatch(got, bare, sample.mapped(registry) - sample.filled) == {}

    async def test_a_field_is_changed(self, stage: Stage, registry: Registry, field: str) -> None:
        """That one and no other, and a second time changes nothing."""
        sample = stage.sample(registry)
        made = (await stage.make(registry, None, sample.before.get(field, {}))).record
        others = await stage.others(registry, made)
        changes = {name: others[name] for name in (field, *sample.companions.get(field, ()))}
        before = await stage.adapter.get(registry, made.id)
        assert before is not None
        assert mismatch(before, changes, frozenset({field})), "the sample changes nothing"
        written = await stage.adapter.update(registry, made.id, changes)
        assert (written.missing, written.error) == (frozenset(), None)
        names = sample.mapped(registry)
        expected = figures(before, names) | {field: others[field]}
        assert figures(written.record, names) == expected
        stored = stage.stored(sample.kinds)
        again = await stage.adapter.update(registry, made.id, changes)
        assert (again.missing, figures(again.record, names)) == (frozenset(), expected)
        counts = {kind: len(rows) for kind, rows in stage.stored(sample.kinds).items()}
        assert counts == {kind: len(rows) for kind, rows in stored.items()}
        got = await stage.adapter.get(registry, made.id)
        assert got is not None
        assert figures(got, names) == expected

    async def test_a_field_is_emptied_or_told_as_kept(self, stage: Stage, registry: Registry, field: str) -> None:
        """An update to None empties the field; where the vendor keeps the old value, `missing` names it."""
        sample = stage.sample(registry)
        values, reference = await stage.fresh(registry)
        values |= sample.before.get(field, {})
        if field in sample.required or isinstance(values[field], bool):
            with_it = await stage.adapter.create(registry, values, reference)
            assert getattr(with_it.record, field) is not None
            return
        made = (await stage.adapter.create(registry, values, reference)).record
        changes = dict.fromkeys((field, *sample.companions.get(field, ())))
        written = await stage.adapter.update(registry, made.id, changes)
        got = await stage.adapter.get(registry, made.id)
        assert got is not None
        if field in sample.kept:
            assert written.missing == {field}
            assert written.error is not None
            assert getattr(got, field) == values[field]
        else:
            assert (written.missing, written.error) == (frozenset(), None)
            assert getattr(got, field) is None
        rest = sample.mapped(registry) - {field}
        assert figures(got, rest) == figures(made, rest)

    async def test_an_update_of_nothing_changes_nothing(self, stage: Stage, registry: Registry) -> None:
        """The record as it stands is the answer."""
        made = (await stage.make(registry)).record
        with stage.calls() as calls:
            written = await stage.adapter.update(registry, made.id, {})
        assert calls.writes == []
        names = stage.sample(registry).mapped(registry)
        assert figures(written.record, names) == figures(made, names)

    async def test_an_item_that_is_gone_cannot_be_changed(self, stage: Stage, registry: Registry) -> None:
        """ALL-14: GoneError, which lets the planner forget the link."""
        sample = stage.sample(registry)
        name = "name" if "name" in sample.changed(0, {}) else "last_name"
        for changes in ({}, {name: "Borte"}):
            with pytest.raises(GoneError):
                await stage.adapter.update(registry, sample.unknown, changes)

    async def test_what_cannot_be_stored_is_bad_data_of_that_record(self, stage: Stage) -> None:
        """Law 4: it is refused with a reason, and nothing is left behind."""
        tried = [(registry, wrong) for registry, sample in stage.system.registries.items() for wrong in sample.refused]
        assert tried, "the description names nothing that the system refuses"
        for registry, wrong in tried:
            kinds = stage.sample(registry).kinds
            values, reference = await stage.fresh(registry)
            before = {kind: len(rows) for kind, rows in stage.stored(kinds).items()}
            with pytest.raises((BadDataError, MissingDependencyError)) as refused:
                await stage.adapter.create(registry, values | wrong, reference)
            assert refused.value.what
            assert refused.value.why or refused.value.todo, refused.value.what
            assert {kind: len(rows) for kind, rows in stage.stored(kinds).items()} == before, (registry, wrong)
            made = await stage.adapter.create(registry, values, reference)
            assert made.record.id

    async def test_a_reference_is_written_once(self, stage: Stage) -> None:
        """PO-07: a contact from before the switch-on takes our reference; asked again nothing changes."""
        registry = Registry.CONTACTS
        refs = await stage.refs(registry)
        values, _ = await stage.fresh(registry, refs, {"code": None})
        made = await stage.adapter.create(registry, values, None)
        reference = guid(next(NUMBERS))
        for _ in range(2):
            await stage.adapter.set_reference(registry, made.record.id, reference)
        found = await stage.adapter.find_by_reference(registry, reference, values)
        assert found is not None
        assert found.id == made.record.id
