"""Severa over HTTP: tokens, paging, errors (contract sections 2 to 5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scripted import Reply, Request, ScriptedServer
from severa_fake import SECRET, FakeSevera, error, guid

from connectors.auth import MemoryTokenStore
from connectors.severa.client import Paging, moment
from connectors.severa.errors import NotEditableError
from core.errors import (
    BadDataError,
    ConfigurationError,
    GoneError,
    MissingDependencyError,
    OutcomeUnknownError,
    TransientError,
)


def things(count: int) -> list[dict[str, Any]]:
    return [{"guid": guid(number), "name": f"n{number}"} for number in range(count)]


class TestTokens:
    async def test_a_token_is_asked_for_with_scopes_and_every_call_names_the_client(
        self, server: ScriptedServer
    ) -> None:
        fake = FakeSevera(server)
        await fake.client(scopes=["customers:read", "users:read"]).one("/v1/x/{guid}", guid=guid(1))
        token, call = server.requests
        assert token.json == {"client_id": "c-1", "client_secret": SECRET, "scope": "customers:read,users:read"}
        assert "authorization" not in token.headers
        assert call.headers["authorization"] == "Bearer t1"
        assert call.headers["client_id"] == "c-1"

    async def test_scopes_are_tried_with_blanks_when_commas_are_refused(self, server: ScriptedServer) -> None:
        fake = FakeSevera(server)

        def intercept(request: Request) -> Reply | None:
            refused = request.path == "/v1/token" and "," in request.json["scope"]
            return error(400, "InvalidRequest", "bad scope") if refused else None

        fake.intercept = intercept
        await fake.client().rows("/v1/users", Paging.TOKEN)
        assert len(server.requests) == 3

    @pytest.mark.parametrize(
        ("answer", "says", "calls"),
        [
            (error(401, "AuthenticationRequired"), "does not accept the client id and the client secret", 1),
            (error(403, "InsufficientApiScope", "users:read"), "InsufficientApiScope: users:read.", 2),
            (Reply(body={"access_token": "t", "scope": "customers:read"}), "did not grant ", 1),
        ],
    )
    async def test_refused_credentials_are_one_clear_sentence(
        self, server: ScriptedServer, answer: Reply, says: str, calls: int
    ) -> None:
        fake = FakeSevera(server)
        fake.intercept = lambda _: answer
        with pytest.raises(ConfigurationError) as raised:
            await fake.adapter().check_access()
        assert says in str(raised.value)
        assert SECRET not in str(raised.value)
        assert len(server.requests) == calls

    async def test_scopes_may_be_granted_in_any_form(self, server: ScriptedServer) -> None:
        fake = FakeSevera(server)
        fake.intercept = lambda request: (
            Reply(body={"access_token": "t", "scope": "users:read, customers:read"})
            if request.path == "/v1/token"
            else None
        )
        await fake.client(scopes=["customers:read", "users:read"]).rows("/v1/users", Paging.TOKEN)

    @pytest.mark.parametrize(
        ("stated", "seconds"),
        [
            ({}, 240),
            ({"access_token_expires_in": 1000}, 800),
            ({"access_token_expires_in": 1000, "access_token_expires_utc": "2026-03-02T06:10:00Z"}, 480),
            ({"access_token_expires_in": "soon"}, 240),
            ({"access_token_expires_utc": "2020-01-01T00:00:00Z"}, 240),
        ],
    )
    async def test_a_token_is_renewed_at_80_percent_of_the_earlier_end(
        self, server: ScriptedServer, stated: dict[str, Any], seconds: int
    ) -> None:
        fake = FakeSevera(server)
        now = datetime(2026, 3, 2, 6, tzinfo=UTC)
        fake.intercept = lambda request: (
            Reply(body={"access_token": "t", **stated}) if request.path == "/v1/token" else None
        )
        store = MemoryTokenStore()
        client = fake.client(store)
        client._now = lambda: now
        client.auth._now = lambda: now
        await client.rows("/v1/users", Paging.TOKEN)
        assert store.load("severa") == ("t", now + timedelta(seconds=seconds))


class TestPaging:
    @pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
    async def test_token_lists_end_where_the_header_ends(self, server: ScriptedServer, count: int) -> None:
        fake = FakeSevera(server, {"/v1/customers": things(count)})
        rows = await fake.client().rows("/v1/customers", Paging.TOKEN)
        assert [row["guid"] for row in rows] == [guid(number) for number in range(count)]
        assert len(fake.calls) == max(1, -(-count // 100))

    async def test_a_short_page_of_a_token_list_is_not_its_end(self, server: ScriptedServer) -> None:
        fake = FakeSevera(server)
        pages = {None: (things(2), "a"), "a": ([], "b"), "b": (things(3)[2:], None)}

        def intercept(request: Request) -> Reply | None:
            if request.path == "/v1/token":
                return None
            rows, more = pages[request.query.get("pageToken", [None])[0]]
            return Reply(body=rows, headers={"NextPageToken": more} if more else {})

        fake.intercept = intercept
        assert len(await fake.client().rows("/v1/users", Paging.TOKEN)) == 3

    async def test_a_refused_page_token_restarts_the_list_once(self, server: ScriptedServer) -> None:
        fake = FakeSevera(server, {"/v1/users": things(150)})
        refusals = [error(400, "InvalidParameter", "page token")]
        fake.intercept = lambda request: refusals.pop() if "pageToken" in request.query and refusals else None
        rows = await fake.client().rows("/v1/users", Paging.TOKEN)
        assert len({row["guid"] for row in rows}) == 150
        assert len(fake.calls) == 4

    async def test_a_page_token_that_does_not_move_ends_in_an_error_not_in_a_loop(self, server: ScriptedServer) -> None:
        fake = FakeSevera(server)
        fake.intercept = lambda request: (
            None if request.path == "/v1/token" else Reply(body=[], headers={"NextPageToken": "same"})
        )
        with pytest.raises(TransientError, match="same page"):
            await fake.client().rows("/v1/users", Paging.TOKEN)

    @pytest.mark.parametrize(
        ("count", "calls"), [(0, 1), (1, 1), (19, 1), (20, 2), (99, 2), (100, 3), (101, 3), (520, 8), (1000, 11)]
    )
    async def test_first_row_lists_end_at_a_page_below_the_vendors_default_size(
        self, server: ScriptedServer, count: int, calls: int
    ) -> None:
        fake = FakeSevera(server, {"/v1/worktypes": things(count)})
        rows = await fake.client().rows("/v1/worktypes", Paging.FIRST_ROW)
        assert [row["guid"] for row in rows] == [guid(number) for number in range(count)]
        assert len(fake.calls) == calls

    @pytest.mark.parametrize("cap", [20, 37, 50])
    async def test_a_server_that_caps_pages_lower_loses_no_row(self, server: ScriptedServer, cap: int) -> None:
        fake = FakeSevera(server)
        rows = things(333)

        def intercept(request: Request) -> Reply | None:
            at = int(request.query.get("firstRow", ["0"])[0])
            return None if request.path == "/v1/token" else Reply(body=rows[at : at + cap])

        fake.intercept = intercept
        found = await fake.client().rows("/v1/worktypes", Paging.FIRST_ROW)
        assert [row["guid"] for row in found] == [row["guid"] for row in rows]

    async def test_pages_that_shrink_on_the_way_lose_no_row(self, server: ScriptedServer) -> None:
        fake = FakeSevera(server)
        rows = things(400)

        def intercept(request: Request) -> Reply | None:
            at = int(request.query.get("firstRow", ["0"])[0])
            return None if request.path == "/v1/token" else Reply(body=rows[at : at + (100 if at < 200 else 30)])

        fake.intercept = intercept
        found = await fake.client().rows("/v1/worktypes", Paging.FIRST_ROW)
        assert {row["guid"] for row in found} == {row["guid"] for row in rows}

    async def test_a_list_that_is_no_list_is_transient(self, server: ScriptedServer) -> None:
        fake = FakeSevera(server)
        fake.intercept = lambda request: None if request.path == "/v1/token" else Reply(body={"rows": []})
        with pytest.raises(TransientError):
            await fake.client().rows("/v1/users", Paging.TOKEN)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(401, "AuthenticationRequired"), ConfigurationError),
        (error(403, "InsufficientApiScope"), ConfigurationError),
        (error(400, "AddonMissing"), ConfigurationError),
        (error(400, "TrialExpired"), ConfigurationError),
        (error(400, "InvalidParameter"), BadDataError),
        (error(500, "InvalidRequest"), BadDataError),
        (error(409, "InvalidOperation"), NotEditableError),
        (Reply(422, b"locked"), NotEditableError),
        (Reply(400, b"<html>"), BadDataError),
        (Reply(404), MissingDependencyError),
        (error(400, "InternalSystemError"), OutcomeUnknownError),
        (Reply(502, b"bad gateway"), OutcomeUnknownError),
        (error(400, "SomethingNew"), BadDataError),
        (Reply(400, {"error": ["nonsense"]}), BadDataError),
    ],
)
async def test_a_refused_post_is_classified_by_type_first(server: ScriptedServer, answer: Reply, kind: type) -> None:
    fake = FakeSevera(server)
    fake.intercept = lambda request: None if request.path == "/v1/token" else answer
    with pytest.raises(kind) as raised:
        await fake.client().post("/v1/customers", {"name": "x"})
    assert type(raised.value) is kind


async def test_a_refusal_says_what_severa_said_and_names_the_member(server: ScriptedServer) -> None:
    fake = FakeSevera(server)
    answer = error(400, "InvalidParameter", "Name must be unique", "name")
    fake.intercept = lambda request: None if request.path == "/v1/token" else answer
    with pytest.raises(BadDataError) as raised:
        await fake.client().post("/v1/customers", {"name": "x"})
    assert str(raised.value).startswith(
        "Severa refused POST /v1/customers (400). InvalidParameter: Name must be unique."
    )
    assert raised.value.field == "name"


async def test_a_missing_object_is_none_on_reading_and_gone_on_changing(server: ScriptedServer) -> None:
    client = FakeSevera(server).client()
    assert await client.one("/v1/customers/{guid}", guid=guid(9)) is None
    with pytest.raises(GoneError):
        await client.patch("/v1/customers/{guid}", {"name": "x"}, guid=guid(9))
    await client.delete("/v1/customers/{guid}", guid=guid(9))


@pytest.mark.parametrize("paging", list(Paging))
@pytest.mark.parametrize("body", [b"", b"null", b'{"rows": []}'], ids=["no body", "null", "an object"])
async def test_an_answer_without_a_list_is_an_error_and_no_empty_list(
    server: ScriptedServer, paging: Paging, body: bytes
) -> None:
    """Contract section 3: whoever took it for an empty register would believe that everything is gone."""
    fake = FakeSevera(server)
    fake.intercept = lambda request: None if request.path == "/v1/token" else Reply(200, body)
    with pytest.raises(TransientError, match="where a list was expected") as raised:
        await fake.client().rows("/v1/customers", paging)
    assert raised.value.todo


async def test_an_empty_second_page_without_a_body_is_an_error_too(server: ScriptedServer) -> None:
    """What was read before it is not the whole list."""
    fake = FakeSevera(server, {"/v1/addresses": things(25)})
    fake.intercept = lambda request: Reply(200) if request.query.get("firstRow", ["0"])[0] != "0" else None
    with pytest.raises(TransientError, match="is nothing, where a list"):
        await fake.client(page_size=20).rows("/v1/addresses", Paging.FIRST_ROW)


async def test_an_object_that_is_answered_without_a_body_is_not_taken_for_deleted(server: ScriptedServer) -> None:
    """Only 404 proves that it does not exist."""
    fake = FakeSevera(server)
    fake.intercept = lambda request: None if request.path == "/v1/token" else Reply(200)
    with pytest.raises(TransientError, match="where an object was expected"):
        await fake.client().one("/v1/customers/{guid}", guid=guid(9))


async def test_a_missing_list_is_a_wrong_base_url(server: ScriptedServer) -> None:
    fake = FakeSevera(server)
    fake.intercept = lambda request: None if request.path == "/v1/token" else Reply(404)
    with pytest.raises(ConfigurationError, match="base_url"):
        await fake.client().rows("/v1/customers", Paging.TOKEN)


async def test_patch_is_an_array_of_replace_operations_in_order(server: ScriptedServer) -> None:
    fake = FakeSevera(server, {"/v1/invoices": [{"guid": guid(1)}]})
    await fake.client().patch(
        "/v1/invoices/{guid}", {"number": 7, "status.guid": guid(2), "currency": None}, guid=guid(1)
    )
    assert fake.last.json == [
        {"op": "Replace", "path": "/number", "value": 7},
        {"op": "Replace", "path": "/status/guid", "value": guid(2)},
        {"op": "Replace", "path": "/currency", "value": None},
    ]
    assert fake.last.headers["content-type"] == "application/json"


def test_moments_are_utc_and_rounded_down() -> None:
    at = datetime(2026, 3, 2, 8, 0, 5, 999999, tzinfo=UTC) + timedelta(0)
    assert moment(at) == "2026-03-02T08:00:05Z"
    assert moment(None) is None
