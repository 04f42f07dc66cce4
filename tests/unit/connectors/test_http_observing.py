"""What a transport tells of its calls: enough for an audit trail, and never a secret (issue 3, section 5)."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr
from scripted import Raw, Reply, Request, ScriptedServer

from connectors.auth import BearerAuth, MemoryTokenStore, Token
from connectors.http import Exchange, Refused, Transport
from connectors.pace import Pace
from core.errors import BadDataError, ErrorClass, OutcomeUnknownError, SyncError, TransientError

SECRET = 's3cr3t"with/quote'
TOKEN = "token-of-the-day"


def classify(refused: Refused) -> SyncError:
    kind = TransientError if refused.status >= 500 else BadDataError
    return kind("refused", why=refused.text, request_id=refused.request_id)


async def no_sleep(_: float) -> None:
    return None


class Watched:
    """A transport and what it told."""

    def __init__(self, server: ScriptedServer, **more: Any) -> None:
        self.told: list[Exchange] = []
        auth = BearerAuth("vendor", fetch=self._fetch, store=MemoryTokenStore())
        self.http = Transport(
            system="Vendor",
            base_url=more.pop("base_url", server.url + "/base/"),
            auth=auth,
            classify=classify,
            secrets=(SecretStr(SECRET),),
            request_id_header="X-Request-Id",
            observer=self.told.append,
            sleep=no_sleep,
            **more,
        )
        server.clients.append(self.http.close)

    async def _fetch(self) -> Token:
        await self.http.call("POST", "/token", form={"secret": SECRET}, authorised=False, repeat=True)
        return Token(TOKEN, datetime.now(UTC) + timedelta(hours=1))

    @property
    def writes(self) -> list[Exchange]:
        return [exchange for exchange in self.told if exchange.writes]


async def test_a_write_is_told_with_its_path_its_body_and_its_answer(server: ScriptedServer) -> None:
    server.answers(Reply(body={}), Reply(201, {"Id": 77}))
    vendor = Watched(server)
    await vendor.http.call(
        "POST", "/v2/Customers/{id}/x", path={"id": "a/b ø"}, json={"Amount": Decimal("1988.30")}, params={"q": "1"}
    )
    (told,) = vendor.writes
    assert (told.method, told.path, told.target) == ("POST", "/v2/Customers/{id}/x", "/v2/Customers/a%2Fb%20%C3%B8/x")
    assert (told.status, told.error, told.answer, told.sent) == (201, None, {"Id": 77}, True)
    assert told.body == '{"Amount":1988.30}'
    assert told.milliseconds > 0


async def test_the_wait_for_its_turn_is_told(server: ScriptedServer) -> None:
    """Of each call by itself, apart from the time that the vendor took."""
    server.answers(Reply(body={}), Reply(body={}))
    vendor = Watched(server, pace=Pace(20.0))
    await vendor.http.call("GET", "/v1/things")
    await vendor.http.call("GET", "/v1/things")
    waits = [told.waited for told in vendor.told if told.path == "/v1/things"]
    assert all(0 <= wait < 5 for wait in waits)
    assert waits[1] > 0.01


async def test_reads_and_token_calls_are_no_writes(server: ScriptedServer) -> None:
    server.answers(Reply(body={}))
    vendor = Watched(server)
    await vendor.http.call("GET", "/v1/things")
    assert [(told.method, told.writes, told.body) for told in vendor.told] == [
        ("POST", False, None),
        ("GET", False, None),
    ]


async def test_every_try_is_told_with_what_it_came_to(server: ScriptedServer) -> None:
    refused = Reply(400, {"why": "no"}, {"X-Request-Id": "req-9"})
    cut = Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
    server.answers(Reply(body={}), Reply(500, {}), Reply(429), cut, refused)
    vendor = Watched(server)
    with pytest.raises(BadDataError):
        await vendor.http.call("PATCH", "/x", json=[])
    assert [(told.status, told.error and told.error.error_class) for told in vendor.writes] == [
        (500, ErrorClass.TRANSIENT),
        (429, ErrorClass.RATE_LIMITED),
        (None, ErrorClass.TRANSIENT),
        (400, ErrorClass.BAD_DATA),
    ]
    assert vendor.writes[-1].error is not None
    assert vendor.writes[-1].error.request_id == "req-9"
    assert all(told.sent for told in vendor.writes)


async def test_an_allowed_refusal_is_no_error(server: ScriptedServer) -> None:
    server.answers(Reply(body={}), Reply(404))
    vendor = Watched(server)
    await vendor.http.call("DELETE", "/x/{id}", path={"id": 1}, allow=(404,))
    assert [(told.status, told.error) for told in vendor.writes] == [(404, None)]


async def test_a_call_that_found_no_connection_was_not_sent(server: ScriptedServer) -> None:
    async with ScriptedServer() as other:
        closed = other.url
    vendor = Watched(server, base_url=closed)
    vendor.http._auth._token = Token(TOKEN, datetime.now(UTC) + timedelta(hours=1))  # type: ignore[attr-defined]
    with pytest.raises(TransientError):
        await vendor.http.call("POST", "/x", json={})
    assert [(told.sent, told.status) for told in vendor.writes] == [(False, None)] * 3


async def test_a_write_whose_answer_was_lost_is_told_as_sent(server: ScriptedServer) -> None:
    server.answers(Reply(body={}), Raw(b""))
    vendor = Watched(server)
    with pytest.raises(OutcomeUnknownError):
        await vendor.http.call("POST", "/x", json={})
    assert [(told.sent, told.status) for told in vendor.writes] == [(True, None)]


async def test_a_write_that_is_given_up_in_the_middle_is_told(server: ScriptedServer) -> None:
    """A run that is stopped: what had gone out stands in the trail."""
    arrived = asyncio.Event()

    def script(request: Request) -> Reply:
        if request.path != "/base/x":
            return Reply(body={})
        arrived.set()
        return Reply(body={}, seconds=30)

    server.script = script
    vendor = Watched(server)
    call = asyncio.create_task(vendor.http.call("POST", "/x", json={"a": 1}))
    await arrived.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert [(told.status, told.body) for told in vendor.writes] == [(None, '{"a":1}')]


async def test_no_secret_is_told_however_it_is_written(server: ScriptedServer) -> None:
    server.answers(Reply(body={}))
    vendor = Watched(server)
    await vendor.http.call(
        "POST", "/x/{a}/{b}", path={"a": SECRET, "b": TOKEN}, json={"note": f"<{SECRET}> and {TOKEN}", SECRET: 1}
    )
    (told,) = vendor.writes
    assert json.loads(told.body or "") == {"note": "<***> and ***", "***": 1}
    assert told.target == "/x/***/***"
