"""Tokens, tenants, allowances and refusals (ALL-12, contract sections 1, 2, 5 and 6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from erp_server import EMPTY, Erp, refusal
from scripted import Reply

from connectors.auth import MemoryTokenStore
from connectors.visma_net.adapter import VismaNetAdapter
from core.errors import BadDataError, ConfigurationError, RateLimitedError, SyncError, TransientError
from core.records import Registry

CUSTOMERS, ORGANIZATION = "/v1/customer", "/v1/organization"
LOW = {"X-RateLimit-Limit": "500", "X-RateLimit-Remaining": "49", "X-RateLimit-Reset": "1200"}


async def test_a_token_is_asked_for_one_company_with_the_scopes_of_a_service(
    erp: Erp, adapter: VismaNetAdapter
) -> None:
    erp.on("GET", ORGANIZATION, EMPTY)
    await adapter.check_access()
    form = parse_qs(erp.only("POST", "/connect/token").body.decode())
    assert form["grant_type"] == ["client_credentials"]
    assert form["tenant_id"] == ["5b0c1c0e-2d4f-4c58-9d2b-0f5b6a1f7a11"]
    assert form["scope"] == [
        " ".join(f"vismanet_erp_service_api:{word}" for word in ("read", "create", "update", "delete"))
    ]
    assert erp.only("GET", ORGANIZATION).headers["authorization"] == "Bearer token-1"


async def test_a_token_is_renewed_at_four_fifths_of_its_life(
    erp: Erp, adapter: VismaNetAdapter, store: MemoryTokenStore
) -> None:
    erp.on("GET", ORGANIZATION, EMPTY)
    before = datetime.now(UTC)
    await adapter.check_access()
    kept = store.load("visma_net")
    assert kept is not None
    assert timedelta(0) <= kept[1] - before - timedelta(seconds=2880) < timedelta(seconds=10)


@pytest.mark.parametrize(
    ("status", "word", "said"),
    [
        (401, "invalid_client", "client_secret"),
        (400, "invalid_tenant", "Visma App Store"),
        (400, "invalid_scope", "visma_net.scopes"),
        (400, "invalid_grant", "service application"),
    ],
)
async def test_a_refused_token_request_says_what_to_do(
    erp: Erp, adapter: VismaNetAdapter, status: int, word: str, said: str
) -> None:
    """ALL-12: and it is not asked again."""
    erp.on("POST", "/connect/token", Reply(status, {"error": word, "error_description": "No."}))
    for _ in range(2):
        with pytest.raises(ConfigurationError) as refused:
            await adapter.check_access()
        assert said in refused.value.todo
        assert "the-secret" not in str(refused.value)
    assert erp.story == []
    assert len(erp.calls("POST", "/connect/token")) == 1


async def test_the_customer_s_tenant_instead_of_the_company_s_is_a_wrong_setting(
    erp: Erp, adapter: VismaNetAdapter
) -> None:
    """Section 2: it yields a token, and every call answers 401: asked once more with a new token, then told."""
    erp.on("GET", ORGANIZATION, Reply(401))
    with pytest.raises(ConfigurationError) as refused:
        await adapter.check_access()
    assert "tenant_id" in refused.value.todo
    assert len(erp.calls("GET", ORGANIZATION)) == 2


async def test_a_short_pause_is_waited_out_and_a_long_one_ends_the_run(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 5: 60 seconds are waited for; after a longer refusal nothing is called any more."""
    erp.on("GET", CUSTOMERS, Reply(429, b"", {"Retry-After": "0"}), EMPTY)
    await adapter.read(Registry.CUSTOMERS, None)
    assert len(erp.calls("GET", CUSTOMERS)) == 2
    erp.on("GET", CUSTOMERS, Reply(429, b"", {"Retry-After": "1800"}))
    with pytest.raises(RateLimitedError):
        await adapter.read(Registry.CUSTOMERS, None)
    assert len(erp.calls("GET", CUSTOMERS)) == 3
    with pytest.raises(RateLimitedError, match="takes no more calls"):
        await adapter.invoice("invoice:20260100")
    assert len(erp.story) == 3


async def test_the_last_tenth_of_the_hour_is_kept_for_invoices_under_way(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 5: nothing new is begun; what stands half-way is finished."""
    erp.on("GET", ORGANIZATION, Reply(200, [], LOW))
    erp.on("GET", "/v1/customerinvoice/20260100", Reply(404))
    await adapter.check_access()
    with pytest.raises(RateLimitedError, match="49 of 500"):
        await adapter.read(Registry.CUSTOMERS, None)
    assert await adapter.invoice("invoice:20260100") is None


@pytest.mark.parametrize(
    ("answer", "wanted", "said"),
    [
        (Reply(403, {"message": "Insufficient scope"}), ConfigurationError, "Insufficient scope"),
        (refusal(400, "Nope."), BadDataError, "Nope."),
        (Reply(400, b"plain words"), BadDataError, "plain words"),
        (Reply(400, {"ExceptionMessage": "Old gateway.", "ExceptionType": "X"}), BadDataError, "Old gateway."),
        (Reply(400), BadDataError, ""),
        (refusal(500, "Whatever."), TransientError, "Whatever."),
        (Reply(503, b"<html>"), TransientError, ""),
        (Reply(200, b"<html>", {"Content-Type": "text/html"}), TransientError, "unreadable"),
        (Reply(200, {"message": "no list"}), TransientError, "a list was expected"),
    ],
)
async def test_an_answer_to_a_question_means_what_the_contract_says(
    erp: Erp, adapter: VismaNetAdapter, answer: Reply, wanted: type[SyncError], said: str
) -> None:
    """Section 6, reading."""
    erp.on("GET", CUSTOMERS, answer)
    with pytest.raises(wanted) as refused:
        await adapter.read(Registry.CUSTOMERS, None)
    assert type(refused.value) is wanted
    assert said in f"{refused.value.what} {refused.value.why}"
    assert "VismaId" not in str(refused.value)


async def test_registers_are_kept_between_adapters(erp: Erp, open_adapter: Callable[..., VismaNetAdapter]) -> None:
    """Section 5: classes, terms, branches and currencies once an hour."""

    class Kept(dict[str, list[object]]):
        def load(self, name: str) -> list[object] | None:
            return self.get(name)

        def save(self, name: str, rows: list[object]) -> None:
            self[name] = rows

    kept = Kept()
    for _ in range(2):
        assert await open_adapter(kept).registers.term(14) == "N14"
    assert len(erp.calls("GET", "/v1/creditTerm")) == 1
    assert list(kept) == ["visma_net.terms"]
