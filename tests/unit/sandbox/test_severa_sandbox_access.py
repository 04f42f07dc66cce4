"""Severa's token, headers, scopes and rate limit (contract, sections 2 to 5)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from served import Served, operation


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        yield running
        running.validate_recorded()


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and error type."""
    return answer.status_code, answer.json()["error"]["type"]


def test_a_token_says_scope_and_lifetime_in_severas_own_names(served: Served) -> None:
    """ALL-12."""
    token = served.token("invoices:read,customers:write")
    assert token["scope"] == "invoices:read,customers:write"
    assert token["access_token_type"] == "Bearer"
    assert token["access_token_expires_in"] == 3600
    assert datetime.fromisoformat(token["access_token_expires_utc"]).tzinfo
    assert "expires_in" not in token


def test_wrong_credentials_are_401(served: Served) -> None:
    """ALL-10 ALL-12."""
    answer = served.severa.post("/v1/token", json={"client_id": "x", "client_secret": "y"})
    assert refusal(answer) == (401, "AuthenticationRequired")


@pytest.mark.parametrize(
    "body", [{"client_id": "x"}, [], {"client_id": "x", "client_secret": "y", "grant_type": "client_credentials"}]
)
def test_a_token_body_that_is_none_of_the_contract_is_400(served: Served, body: object) -> None:
    assert served.severa.post("/v1/token", json=body).status_code == 400


def test_unknown_scopes_are_refused_and_spaces_make_one_unknown_scope(served: Served) -> None:
    own = {name: served.ready["severa"][name] for name in ("client_id", "client_secret")}
    for scope in ("cakes:read", "invoices:read settings:read"):
        assert refusal(served.severa.post("/v1/token", json={**own, "scope": scope})) == (400, "InvalidParameter")


def test_scopes_that_were_not_picked_are_left_out_of_the_answer(served: Served) -> None:
    """ALL-10."""
    served.act("set_scopes", scopes=["invoices:read"])
    assert served.token("invoices:read,fees:write")["scope"] == "invoices:read"
    served.act("set_scopes")


def test_both_headers_are_needed(served: Served) -> None:
    token, client = served.token()["access_token"], served.ready["severa"]["client_id"]
    both = {"Authorization": f"Bearer {token}", "Client_Id": client}
    assert served.severa.get("/heartbeat/authorized", headers=both).status_code == 204
    for headers in (
        {},
        {"Client_Id": client},
        {"Authorization": both["Authorization"]},
        {**both, "Client_Id": "another"},
        {**both, "Authorization": "Bearer wrong"},
        {**both, "Authorization": f"Basic {token}"},
    ):
        assert refusal(served.severa.get("/v1/customers", headers=headers)) == (401, "AuthenticationRequired")


def test_a_call_needs_its_scope(served: Served) -> None:
    """ALL-10."""
    token, client = served.token("customers:read")["access_token"], served.ready["severa"]["client_id"]
    headers = {"Authorization": f"Bearer {token}", "Client_Id": client}
    assert served.severa.get("/v1/customers", headers=headers).status_code == 200
    for answer in (
        served.severa.get("/v1/invoices", headers=headers),
        served.severa.post("/v1/customers", headers=headers, json={"name": "Uten rett AS"}),
    ):
        assert refusal(answer) == (403, "InsufficientApiScope")


def test_a_token_dies_after_its_hour_and_a_refresh_token_gives_a_new_one(served: Served) -> None:
    """ALL-12."""
    token = served.token()
    headers = {"Authorization": f"Bearer {token['access_token']}", "Client_Id": served.ready["severa"]["client_id"]}
    served.control.post("/clock", json={"advance_seconds": 3599})
    assert served.severa.get("/heartbeat/authorized", headers=headers).status_code == 204
    served.control.post("/clock", json={"advance_seconds": 2})
    assert served.severa.get("/heartbeat/authorized", headers=headers).status_code == 401
    renewed = served.severa.post("/v1/refreshtoken", json=token["refresh_token"]).json()
    headers["Authorization"] = f"Bearer {renewed['access_token']}"
    assert served.severa.get("/heartbeat/authorized", headers=headers).status_code == 204
    again = served.severa.post("/v1/refreshtoken", json=token["refresh_token"])
    assert refusal(again) == (401, "AuthenticationRequired")


def test_an_unknown_path_or_guid_is_404_without_a_body(served: Served) -> None:
    served.sign_in()
    for path in ("/v1/nothing", "/v1/customers/0", "/v1/customers/0/addresses"):
        answer = served.severa.get(path)
        assert (answer.status_code, answer.content) == (404, b"")
    served.control.delete("/exchanges")


def test_an_error_body_says_what_and_where(served: Served) -> None:
    served.sign_in()
    answer = served.severa.get("/v1/customers", params={"colour": "red"})
    assert refusal(answer) == (400, "InvalidParameter")
    detail = answer.json()["error"]["details"][0]
    assert detail["location"] == {"type": "UriParameter", "name": "colour", "identifier": None}
    assert "colour" in detail["message"]
    assert refusal(served.severa.post("/v1/customers", content=b"{")) == (400, "InvalidRequest")


def test_the_eleventh_call_of_a_second_is_429_in_plain_text(tmp_path: Path) -> None:
    with Served(tmp_path, rate_limits=True) as running:
        assert running.ready["rate_limits"] == "on"
        answers = [running.severa.get("/heartbeat/server") for _ in range(14)]
        limited = [one for one in answers if one.status_code == 429]
        assert [one.status_code for one in answers[:10]] == [200] * 10
        assert limited
        assert limited[0].text == "API calls quota exceeded! maximum admitted 10 per 1s."
        assert limited[0].headers["content-type"] == "text/plain"
        assert "retry-after" not in limited[0].headers
        running.control.post("/clock", json={"advance_seconds": 1})
        running.sign_in()
        status = running.get("/v1/invoicestatuses", {"rowCount": 1})[0]
        while running.severa.get("/heartbeat/server").status_code != 429:
            continue
        path = f"/v1/invoicestatuses/{status['guid']}"
        assert running.severa.patch(path, json=[operation("/name", "Ikke")]).status_code == 429
        running.control.post("/clock", json={"advance_seconds": 1})
        assert running.get(path)["name"] == status["name"]
