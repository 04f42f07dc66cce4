"""What became of a create or an update whose answer was lost (law 1)."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import OutcomeUnknownError
from core.records import Registry
from tests.conformance.relay import Relay
from tests.conformance.stage import Stage, mismatch
from tests.unit.connectors.scripted import Reply

UNREADABLE = (
    Reply(200, {}),
    Reply(200, []),
    Reply(201, "made"),
    Reply(200, b""),
    Reply(200, b"<html>Service</html>", {"content-type": "text/html"}),
)
"""Answers to a create that do not say what was made."""


class LostAnswers:
    """Nothing is created twice, and nothing that was created is lost."""

    async def test_an_item_whose_answer_was_lost_is_found_once(self, stage: Stage, registry: Registry) -> None:
        sample = stage.sample(registry)
        values, reference = await stage.fresh(registry)
        before = len(stage.stored(sample.kinds)[sample.kinds[0]])
        stage.fault("POST", sample.create, "drop_after")
        with stage.calls() as calls, pytest.raises(OutcomeUnknownError):
            await stage.adapter.create(registry, values, reference)
        assert calls.to("POST", sample.create) == 1
        found = await stage.adapter.find_by_reference(registry, reference, values)
        assert found is not None
        assert len(stage.stored(sample.kinds)[sample.kinds[0]]) == before + 1
        key = {"name", "first_name", "last_name"} & values.keys()
        assert mismatch(found, values, frozenset(key)) == {}

    async def test_an_item_that_never_arrived_is_not_found(self, stage: Stage, registry: Registry) -> None:
        sample = stage.sample(registry)
        values, reference = await stage.fresh(registry)
        stage.fault("POST", sample.create, "drop_before")
        with stage.calls() as calls, pytest.raises(OutcomeUnknownError):
            await stage.adapter.create(registry, values, reference)
        assert calls.to("POST", sample.create) == 1
        assert await stage.adapter.find_by_reference(registry, reference, values) is None
        made = await stage.adapter.create(registry, values, reference)
        found = await stage.adapter.find_by_reference(registry, reference, values)
        assert found is not None
        assert found.id == made.record.id

    async def test_a_create_is_not_repeated_after_a_server_error(self, stage: Stage, registry: Registry) -> None:
        """500 says nothing about whether it was carried out."""
        sample = stage.sample(registry)
        values, reference = await stage.fresh(registry)
        stage.fault("POST", sample.create, stage.system.silent_error)
        with stage.calls() as calls, pytest.raises(OutcomeUnknownError):
            await stage.adapter.create(registry, values, reference)
        assert calls.to("POST", sample.create) == 1
        assert await stage.adapter.find_by_reference(registry, reference, values) is None

    async def test_an_unreadable_answer_to_a_create_is_a_lost_one(
        self, stage: Stage, relay: Relay, registry: Registry
    ) -> None:
        """Law 10: whatever the vendor answers, the item stands and is found."""
        sample = stage.sample(registry)
        adapter = relay.open()
        for number, answer in enumerate(UNREADABLE):
            values, reference = await stage.fresh(registry)
            relay.rewrite("POST", sample.create, lambda _, answer=answer: answer)  # type: ignore[misc]  # bound now
            with pytest.raises(OutcomeUnknownError):
                await adapter.create(registry, values, reference)
            assert relay.count("POST", sample.create) == number + 1
            assert await adapter.find_by_reference(registry, reference, values) is not None, answer

    async def test_an_update_whose_answer_was_lost_is_repeated(self, stage: Stage) -> None:
        """It writes absolute values, so twice is once: in every registry."""
        wanted: dict[Registry, tuple[str, str, str]] = {}
        for registry in stage.system.registries:
            made = (await stage.make(registry)).record
            others = await stage.others(registry, made)
            name = "name" if "name" in others else "last_name"
            wanted[registry] = (made.id, name, others[name])
        for registry in wanted:
            stage.fault(stage.system.change, stage.sample(registry).item, "drop_after")
        with stage.calls() as calls:
            everything = await asyncio.gather(
                *(
                    stage.adapter.update(registry, made, {name: value})
                    for registry, (made, name, value) in wanted.items()
                )
            )
        for (registry, (_, name, value)), written in zip(wanted.items(), everything, strict=True):
            assert (registry, calls.to(stage.system.change, stage.sample(registry).item)) == (registry, 2)
            assert (getattr(written.record, name), written.missing) == (value, frozenset())
