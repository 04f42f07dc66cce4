"""The transport against a server that misbehaves in every way a vendor can (law 1, law 4, ALL-07)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr
from scripted import Raw, Reply, Request, ScriptedServer

from connectors.auth import BearerAuth, MemoryTokenStore, Token
from connectors.http import Exchange, Refused, Transport
from connectors.pace import Pace
from core.errors import (
    BadDataError,
    ConfigurationError,
    OutcomeUnknownError,
    RateLimitedError,
    SyncError,
    TransientError,
)

SECRET = "s3cr3t-value"
CUT = Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
TOO_MANY = Reply(429, b"API calls quota exceeded! maximum admitted 10 per 1s.", {"Content-Type": "text/plain"})


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


def classify(refused: Refused) -> SyncError:
    kinds: Mapping[int, type[SyncError]] = {401: ConfigurationError, 403: ConfigurationError}
    kind = kinds.get(refused.status) or (TransientError if refused.status >= 500 else BadDataError)
    return kind(f"{refused.system} refused {refused.call}", why=refused.text, request_id=refused.request_id)


class Fixture:
    """A transport with tokens t1, t2 .. and a clock of its own."""

    def __init__(self, server: ScriptedServer, **more: Any) -> None:
        self.time = Time()
        self.fetched = 0
        self.store = MemoryTokenStore()
        self.exchanges: list[Exchange] = []
        self.auth = BearerAuth("vendor", fetch=self._fetch, store=self.store, fixed={"X-Client": "c1"})
        options: dict[str, Any] = {"base_url": server.url + "/base/", "concurrency": 8} | more
        self.http = Transport(
            system="Vendor",
            auth=self.auth,
            classify=classify,
            pace=Pace(0, clock=self.time, sleep=self.time.sleep),
            secrets=(SecretStr(SECRET),),
            request_id_header="X-Request-Id",
            observer=self.exchanges.append,
            sleep=self.time.sleep,
            jitter=lambda: 0.5,
            **options,
        )
        server.clients.append(self.http.close)

    async def _fetch(self) -> Token:
        self.fetched += 1
        return Token(f"t{self.fetched}", datetime.now(UTC) + timedelta(hours=1))


def paths(requests: Sequence[Request]) -> list[str]:
    return [f"{request.method} {request.target}" for request in requests]


async def test_a_call_goes_to_the_base_url_with_quoted_path_query_and_all_headers(server: ScriptedServer) -> None:
    server.answers(Reply(body=[{"a": 1}]))
    vendor = Fixture(server)
    answer = await vendor.http.call(
        "GET",
        "/v1/things/{guid}",
        path={"guid": "a/b ø"},
        params={"since": "2026-03-02T06:00:00+01:00", "n": [1, 2], "x": None},
    )
    assert answer.data == [{"a": 1}]
    assert server.requests[0].target == (
        "/base/v1/things/a%2Fb%20%C3%B8?since=2026-03-02T06%3A00%3A00%2B01%3A00&n=1&n=2"
    )
    assert server.requests[0].headers["authorization"] == "Bearer t1"
    assert server.requests[0].headers["x-client"] == "c1"
    assert vendor.http.calls == {("GET", "/v1/things/{guid}"): 1}
    assert [(each.method, each.path, each.status) for each in vendor.exchanges] == [("GET", "/v1/things/{guid}", 200)]


async def test_amounts_come_and_go_as_the_very_digits_they_are_all_07(server: ScriptedServer) -> None:
    server.answers(Reply(body=b'{"amount": 1988.30, "tiny": 1e-7, "count": 12, "odd": NaN}'))
    vendor = Fixture(server)
    answer = await vendor.http.call(
        "PATCH", "/x", json={"amount": Decimal("1234567890123.10"), "tiny": Decimal("1E-7")}
    )
    assert answer.data["amount"] == Decimal("1988.30")
    assert str(answer.data["amount"]) == "1988.30"
    assert isinstance(answer.data["count"], int)
    assert answer.data["odd"].is_nan()
    assert server.requests[0].body == b'{"amount":1234567890123.10,"tiny":0.0000001}'


async def test_an_empty_answer_is_none_and_the_date_header_is_the_vendors_clock(server: ScriptedServer) -> None:
    server.answers(Reply(204, b"", {"Date": "Mon, 02 Mar 2026 06:00:00 GMT"}), Reply(200, b" ", {"Date": "nonsense"}))
    vendor = Fixture(server)
    assert (await vendor.http.call("GET", "/x")).date == datetime(2026, 3, 2, 6, tzinfo=UTC)
    again = await vendor.http.call("GET", "/x")
    assert again.data is None
    assert again.date is None


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(Raw(), id="closed without an answer"),
        pytest.param(CUT, id="body cut"),
        pytest.param(Raw(b"gibberish\r\n\r\n"), id="no HTTP"),
        pytest.param(Reply(503, b"<html>down</html>"), id="503"),
        pytest.param(Reply(200, b"<html>welcome</html>"), id="HTML instead of JSON"),
        pytest.param(Reply(200, b'{"a": "\xff"}'), id="no UTF-8"),
        pytest.param(Reply(200, b"[" * 200_000), id="nested too deeply"),
        pytest.param(Reply(200, b"x" * 2000), id="too large"),
        pytest.param(Reply(200, b"x" * 40, {"Content-Encoding": "gzip"}), id="broken compression"),
    ],
)
class TestFailures:
    async def test_reads_are_tried_three_times_with_growing_pauses(
        self, server: ScriptedServer, failure: Reply | Raw
    ) -> None:
        server.answers(failure, failure, Reply(body=[]))
        vendor = Fixture(server, largest_body=1000 if failure == Reply(200, b"x" * 2000) else 10**6)
        assert (await vendor.http.call("GET", "/x")).data == []
        assert len(server.requests) == 3
        assert vendor.time.slept == [0.5, 1.0]

    async def test_a_read_that_fails_thrice_is_transient(self, server: ScriptedServer, failure: Reply | Raw) -> None:
        server.answers(failure)
        vendor = Fixture(server, largest_body=1000 if failure == Reply(200, b"x" * 2000) else 10**6)
        with pytest.raises(TransientError, match="GET /x"):
            await vendor.http.call("GET", "/x")
        assert len(server.requests) == 3

    async def test_a_post_is_never_repeated_and_its_outcome_is_unknown_law_1(
        self, server: ScriptedServer, failure: Reply | Raw
    ) -> None:
        server.answers(failure)
        vendor = Fixture(server, largest_body=1000 if failure == Reply(200, b"x" * 2000) else 10**6)
        with pytest.raises(OutcomeUnknownError, match="POST /x"):
            await vendor.http.call("POST", "/x", json={})
        assert len(server.requests) == 1


async def test_a_post_that_found_no_connection_was_not_sent_and_is_transient(server: ScriptedServer) -> None:
    async with ScriptedServer() as other:
        closed = other.url
    vendor = Fixture(server, base_url=closed)
    with pytest.raises(TransientError, match="no connection"):
        await vendor.http.call("POST", "/x", json={})
    assert vendor.http.calls == {("POST", "/x"): 3}


async def test_an_answer_that_does_not_come_in_time_leaves_a_post_unknown(server: ScriptedServer) -> None:
    server.answers(Reply(body={}, seconds=5))
    vendor = Fixture(server, seconds_between_bytes=0.05)
    with pytest.raises(OutcomeUnknownError, match="ReadTimeout"):
        await vendor.http.call("POST", "/x", json={})
    assert vendor.exchanges[0].status is None


class TestTooManyCalls:
    @pytest.mark.parametrize("method", ["GET", "PATCH", "POST", "DELETE"])
    async def test_every_method_is_repeated_after_a_429_because_it_was_not_executed(
        self, server: ScriptedServer, method: str
    ) -> None:
        server.answers(TOO_MANY, TOO_MANY, Reply(body={"ok": True}))
        vendor = Fixture(server)
        assert (await vendor.http.call(method, "/x")).data == {"ok": True}
        assert vendor.time.slept == [1.0, 2.0]

    async def test_retry_after_is_honoured(self, server: ScriptedServer) -> None:
        server.answers(Reply(429, b"", {"Retry-After": "7"}), Reply(body={}))
        vendor = Fixture(server)
        await vendor.http.call("GET", "/x")
        assert vendor.time.slept == [7.0]

    async def test_in_the_end_it_is_rate_limited_and_says_what_the_vendor_said(self, server: ScriptedServer) -> None:
        server.answers(TOO_MANY)
        vendor = Fixture(server)
        with pytest.raises(RateLimitedError, match="quota exceeded"):
            await vendor.http.call("POST", "/x")
        assert len(server.requests) == 8
        assert vendor.time.slept == [1, 2, 4, 8, 16, 30, 30]

    async def test_all_calls_hold_back_together_and_one_burst_counts_once(self, server: ScriptedServer) -> None:
        waiting = 6

        def script(_: Request) -> Reply:
            return TOO_MANY if len(server.requests) <= waiting else Reply(body={})

        server.script = script
        vendor = Fixture(server)
        await asyncio.gather(*(vendor.http.call("GET", f"/{n}") for n in range(waiting)))
        assert len(server.requests) == 2 * waiting
        assert vendor.time.now <= 100 + 2  # one hold, not six that add up to a minute


class TestAuthorisation:
    async def test_a_refused_token_is_renewed_once_and_a_post_repeated(self, server: ScriptedServer) -> None:
        server.script = lambda request: Reply(401 if request.headers["authorization"] == "Bearer t1" else 201, b"{}")
        vendor = Fixture(server)
        assert (await vendor.http.call("POST", "/x", json={})).status == 201
        assert vendor.fetched == 2

    async def test_many_calls_renew_the_token_once(self, server: ScriptedServer) -> None:
        server.script = lambda request: Reply(401 if request.headers["authorization"] == "Bearer t1" else 200, b"{}")
        vendor = Fixture(server)
        await asyncio.gather(*(vendor.http.call("GET", f"/{n}") for n in range(8)))
        assert vendor.fetched == 2
        assert vendor.store.load("vendor") is not None

    async def test_a_token_refused_twice_is_a_configuration_error(self, server: ScriptedServer) -> None:
        server.answers(Reply(401, b"no"))
        vendor = Fixture(server)
        with pytest.raises(ConfigurationError):
            await vendor.http.call("GET", "/x")
        assert len(server.requests) == 2

    async def test_a_stored_token_is_used_without_asking_for_one(self, server: ScriptedServer) -> None:
        server.answers(Reply(body={}))
        vendor = Fixture(server)
        vendor.store.save("vendor", "kept", datetime.now(UTC) + timedelta(minutes=1))
        await vendor.http.call("GET", "/x")
        assert vendor.fetched == 0
        assert server.requests[0].headers["authorization"] == "Bearer kept"

    async def test_an_old_stored_token_is_replaced(self, server: ScriptedServer) -> None:
        server.answers(Reply(body={}))
        vendor = Fixture(server)
        vendor.store.save("vendor", "old", datetime.now(UTC) - timedelta(seconds=1))
        await vendor.http.call("GET", "/x")
        assert server.requests[0].headers["authorization"] == "Bearer t1"

    async def test_refused_credentials_are_not_tried_again(self, server: ScriptedServer) -> None:
        tries = 0

        async def refuse() -> Token:
            nonlocal tries
            tries += 1
            raise ConfigurationError("wrong keys")

        vendor = Fixture(server)
        vendor.http._auth = BearerAuth("vendor", fetch=refuse, store=MemoryTokenStore())
        outcomes = await asyncio.gather(*(vendor.http.call("GET", "/x") for _ in range(5)), return_exceptions=True)
        assert [type(each) for each in outcomes] == [ConfigurationError] * 5
        assert tries == 1
        assert server.requests == []


async def test_secrets_and_tokens_never_stand_in_an_error_law_9(server: ScriptedServer) -> None:
    said = f'{{"client_secret": "{SECRET}", "note": "{SECRET} Bearer t1-abcdef", "access_token":"abc.def"}}'
    server.answers(Reply(400, said.encode(), {"X-Request-Id": "r-1"}))
    vendor = Fixture(server)
    with pytest.raises(BadDataError) as raised:
        await vendor.http.call("POST", "/x", json={})
    text = str(raised.value)
    assert SECRET not in text
    assert "abcdef" not in text
    assert "abc.def" not in text
    assert raised.value.request_id == "r-1"


async def test_a_vendors_text_is_shown_on_one_line_and_cut(server: ScriptedServer) -> None:
    server.answers(Reply(400, b"line\x1b[31m\nnext\x00 " + b"z" * 5000))
    with pytest.raises(BadDataError) as raised:
        await Fixture(server).http.call("GET", "/x")
    assert raised.value.why.isprintable()
    assert len(raised.value.why) <= 300


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_a_redirect_is_a_wrong_base_url(server: ScriptedServer, status: int) -> None:
    server.answers(Reply(status, b"", {"Location": "https://elsewhere.example/"}))
    with pytest.raises(ConfigurationError, match="base_url"):
        await Fixture(server).http.call("GET", "/x")
    assert len(server.requests) == 1


@pytest.mark.parametrize("base_url", ["http://[::bad", "ftp://127.0.0.1", "nonsense"])
async def test_a_base_url_that_is_none_is_a_configuration_error(server: ScriptedServer, base_url: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url"):
        await Fixture(server, base_url=base_url).http.call("GET", "/x")


async def test_no_more_calls_are_under_way_than_allowed_and_connections_are_kept(server: ScriptedServer) -> None:
    server.answers(Reply(body={}, seconds=0.005))
    vendor = Fixture(server, concurrency=3)
    await asyncio.gather(*(vendor.http.call("GET", f"/{n}") for n in range(12)))
    assert server.connections <= 3
    assert paths(server.requests).count("GET /base/0") == 1


async def test_statuses_that_a_caller_allows_are_answers(server: ScriptedServer) -> None:
    server.answers(Reply(404), Reply(409, {"detail": "in use"}))
    vendor = Fixture(server)
    assert (await vendor.http.call("GET", "/x", allow=(404,))).data is None
    assert (await vendor.http.call("DELETE", "/x", allow=(409,))).data == {"detail": "in use"}
