"""Wrong credentials, expired tokens, too many calls, and a vendor that fails (laws 4 and 9)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.errors import ConfigurationError, RateLimitedError, SyncError, TransientError
from core.records import Registry
from tests.conformance.relay import Relay
from tests.conformance.stage import Stage
from tests.unit.connectors.scripted import Reply

ANY = Registry.CUSTOMERS
"""Where the registry does not matter."""


class Refusals:
    """Any connector treats its vendor's refusals by their meaning."""

    async def test_wrong_credentials_are_a_wrong_setting_and_end_all_calls(self, stage: Stage) -> None:
        """Each secret by itself: one clear error, nothing written, the vendor is not asked again."""
        values, reference = await stage.fresh(ANY)
        for name in stage.system.credentials:
            right = str(stage.access[name])
            wrong = right[:-4] + right[-4:].translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
            adapter = stage.system.open({**stage.access, name: wrong})
            try:
                with stage.calls() as calls:
                    for _ in range(2):
                        with pytest.raises(ConfigurationError) as refused:
                            await adapter.check_access()
                        assert refused.value.todo
                        assert wrong not in str(refused.value)
                    with pytest.raises(ConfigurationError):
                        await adapter.read(ANY, None)
                    with pytest.raises(ConfigurationError):
                        await adapter.create(ANY, values, reference)
            finally:
                await adapter.close()
            assert (name, calls.tokens, calls.made) == (name, 1, [])
        assert await stage.adapter.find_by_reference(ANY, reference, values) is None

    async def test_an_expired_token_is_renewed_once(self, stage: Stage) -> None:
        sample = stage.sample(ANY)
        await stage.adapter.check_access()
        stage.fault("GET", sample.lists[0], "expire_token")
        with stage.calls() as calls:
            read = await stage.adapter.read(ANY, None)
        assert read.items
        assert calls.tokens == 1

    async def test_a_create_with_an_expired_token_makes_one_item(self, stage: Stage) -> None:
        """401 was not carried out: the call is repeated with the new token."""
        sample = stage.sample(ANY)
        values, reference = await stage.fresh(ANY)
        await stage.adapter.check_access()
        stage.fault("POST", sample.create, "expire_token")
        with stage.calls() as calls:
            made = await stage.adapter.create(ANY, values, reference)
        assert (calls.tokens, calls.to("POST", sample.create)) == (1, 2)
        found = await stage.adapter.find(ANY, [str(made.record.key)])
        assert [item.id for item in found.items] == [made.record.id]

    async def test_a_token_that_is_never_accepted_is_a_wrong_setting(self, stage: Stage) -> None:
        sample = stage.sample(ANY)
        await stage.adapter.check_access()
        stage.fault("GET", sample.lists[0], "status:401", times=2)
        with stage.calls() as calls, pytest.raises(ConfigurationError):
            await stage.adapter.read(ANY, None)
        assert (calls.tokens, calls.to("GET", sample.lists[0])) == (1, 2)

    async def test_a_missing_right_is_a_wrong_setting(self, stage: Stage) -> None:
        """It says what to do, and the call is not repeated."""
        sample = stage.sample(ANY)
        stage.fault("GET", sample.lists[0], "status:403")
        with stage.calls() as calls, pytest.raises(ConfigurationError) as refused:
            await stage.adapter.read(ANY, None)
        assert refused.value.todo
        assert calls.to("GET", sample.lists[0]) == 1

    async def test_too_many_calls_are_waited_out(self, stage: Stage) -> None:
        """429 was not carried out: reads and creates are repeated after a while."""
        sample = stage.sample(ANY)
        values, reference = await stage.fresh(ANY)
        stage.fault("GET", sample.lists[0], "status:429")
        assert (await stage.adapter.read(ANY, None)).items
        stage.fault("POST", sample.create, "status:429")
        with stage.calls() as calls:
            made = await stage.adapter.create(ANY, values, reference)
        assert calls.to("POST", sample.create) == 2
        found = await stage.adapter.find(ANY, [str(made.record.key)])
        assert [item.id for item in found.items] == [made.record.id]

    async def test_the_vendor_says_how_long_to_wait(self, stage: Stage, relay: Relay) -> None:
        """`Retry-After` is heeded; a limit that stays is told as such."""
        relay.rewrite("GET", stage.sample(ANY).lists[0], lambda _: Reply(429, b"slow down", {"Retry-After": "0"}))
        with pytest.raises(RateLimitedError):
            await relay.open().read(ANY, None)
        assert 2 < relay.count("GET", stage.sample(ANY).lists[0]) < 20

    async def test_a_read_is_tried_again_after_a_server_error(self, stage: Stage) -> None:
        """In every registry."""
        paths = {registry: sample.lists[0] for registry, sample in stage.system.registries.items()}
        for path in paths.values():
            stage.fault("GET", path, "status:500")
        reads = await asyncio.gather(*(stage.adapter.read(registry, None) for registry in paths))
        assert [registry for registry, read in zip(paths, reads, strict=True) if not read.items] == []

    @pytest.mark.parametrize("kind", ["status:503", "drop_before", "drop_after"])
    async def test_a_vendor_that_stays_away_is_transient(self, stage: Stage, kind: str) -> None:
        """Three tries, then the next cycle."""
        path = stage.sample(ANY).lists[0]
        stage.fault("GET", path, kind, times=3)
        with stage.calls() as calls, pytest.raises(TransientError):
            await stage.adapter.read(ANY, None)
        assert calls.to("GET", path) == 3

    @pytest.mark.parametrize(
        "answer",
        [
            Reply(200, {"rows": []}),
            Reply(200, "rows"),
            Reply(200, b"<html>Maintenance</html>", {"content-type": "text/html"}),
            Reply(200, b'[{"a": 1', {"content-type": "application/json"}),
        ],
        ids=["object", "text", "html", "cut"],
    )
    async def test_an_answer_that_is_no_list_is_not_an_empty_list(
        self, stage: Stage, relay: Relay, answer: Reply
    ) -> None:
        """Law 10: it would look as if everything had been deleted."""
        relay.rewrite("GET", stage.sample(ANY).lists[0], lambda _: answer)
        with pytest.raises(TransientError):
            await relay.open().read(ANY, None)

    async def test_no_error_shows_a_secret(self, stage: Stage, relay: Relay) -> None:
        """Law 9: not even when the vendor sends it back."""
        secrets = [str(stage.access[name]) for name in stage.system.secrets]
        said = " ".join(secrets)
        relay.rewrite("GET", stage.sample(ANY).lists[0], lambda _: Reply(400, stage.system.refusal(said)))
        with pytest.raises(SyncError) as refused:
            await relay.open().read(ANY, None)
        told: dict[str, Any] = vars(refused.value)
        assert not [secret for secret in secrets if secret in f"{refused.value} {told}"]

    async def test_a_server_that_is_not_there_is_transient(self, stage: Stage) -> None:
        """Nothing was sent, so a create is no lost one either."""
        values, reference = await stage.fresh(ANY)
        adapter = stage.system.open({**stage.access, "base_url": "http://127.0.0.1:9/api"})
        try:
            with pytest.raises(TransientError):
                await adapter.create(ANY, values, reference)
        finally:
            await adapter.close()
