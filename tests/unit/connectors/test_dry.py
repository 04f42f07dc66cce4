"""Without the writer: reads go out, writes do not, and what would not get through is learnt all the same (law 2)."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from scripted import Reply, ScriptedServer

from connectors.auth import BearerAuth, MemoryTokenStore, Token
from connectors.dry import NotSentError, attempt, is_dry, writing_nothing
from connectors.gaps import Gaps
from connectors.http import Refused, Transport
from core.errors import BadDataError, SyncError


def classify(refused: Refused) -> SyncError:
    return BadDataError(refused.call)


@pytest.fixture
async def transport(server: ScriptedServer) -> Transport:
    """A transport whose token has to be fetched by a POST of its own."""
    plain: Transport

    async def fetch() -> Token:
        answer = await plain.call("POST", "/token", authorised=False, repeat=True)
        return Token(str(answer.data["token"]), datetime.now(UTC) + timedelta(hours=1))

    auth = BearerAuth("vendor", fetch=fetch, store=MemoryTokenStore())
    plain = Transport(system="Vendor", base_url=server.url, auth=auth, classify=classify)
    server.clients.append(plain.close)
    return plain


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_no_call_that_writes_leaves(server: ScriptedServer, transport: Transport, method: str) -> None:
    with writing_nothing(), pytest.raises(NotSentError):
        await transport.call(method, "/things/{id}", path={"id": 1}, json={"name": "x"})
    assert server.requests == []


async def test_reads_and_tokens_go_out(server: ScriptedServer, transport: Transport) -> None:
    server.answers(Reply(body={"token": "t1"}), Reply(body=[1]))
    with writing_nothing():
        assert (await transport.call("GET", "/things")).data == [1]
    assert [f"{request.method} {request.path}" for request in server.requests] == ["POST /token", "GET /things"]


def test_it_ends_with_its_block_even_after_an_error() -> None:
    with suppress(ValueError), writing_nothing():
        assert is_dry()
        int("x")
    assert not is_dry()


def test_an_attempt_knows_what_would_not_get_through() -> None:
    """A missing payment term shows in the answer to a write, which a preview never gets."""
    error = BadDataError("no term")
    with attempt() as tried:
        Gaps().add("payment_term", error)
        with attempt() as inner:
            Gaps().add("address", BadDataError("no address"))
    Gaps().add("email", BadDataError("of nobody's attempt"))
    assert tried.names == {"payment_term"}
    assert tried.error is error
    assert inner.names == {"address"}
