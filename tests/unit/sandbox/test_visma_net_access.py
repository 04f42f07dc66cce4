"""Tokens, scopes, the hourly allowance and refusals of the simulated Visma.net."""

from typing import Any

import httpx
import pytest

from tests.unit.sandbox.visma_net_office import Office


def test_a_token_is_for_one_company_and_says_how_long_it_lives() -> None:
    """ALL-12: client credentials with the company's tenant id."""
    office = Office()
    answer = office.ask_token().json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    office.act("set_token_seconds", seconds=600)
    assert office.ask_token().json()["expires_in"] == 600
    office.token()
    office.get("/v1/organization")
    office.clock.advance(601)
    office.get("/v1/organization", 401)


@pytest.mark.parametrize(
    ("members", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "isv_other"}, 401, "invalid_client"),
        ({"tenant_id": "00000000-0000-4000-8000-000000000000"}, 400, "invalid_tenant"),
        ({"tenant_id": None}, 400, "invalid_tenant"),
        ({"scope": "vismanet_erp_interactive_api:read"}, 400, "invalid_scope"),
        ({"grant_type": "refresh_token"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_request_for_a_token_is_refused_with_its_reason(
    members: dict[str, str | None], status: int, error: str
) -> None:
    """ALL-12."""
    answer = Office().ask_token(**members)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_the_customers_tenant_id_yields_a_token_that_opens_nothing() -> None:
    """ALL-12: the customer's tenant in place of the company's."""
    office = Office()
    office.token(tenant_id=office.system.credentials["customer_tenant_id"])
    office.get("/v1/organization", 401)


def test_without_consent_there_is_no_token_and_old_ones_end() -> None:
    """ALL-12: the approval in Visma App Store is withdrawn."""
    office = Office()
    office.get("/v1/organization")
    office.act("set_consent", given=False)
    office.get("/v1/organization", 401)
    assert office.ask_token().json()["error"] == "invalid_tenant"


def test_each_method_needs_its_scope() -> None:
    """ALL-12: read, create, update, delete; an action is an update."""
    office = Office()
    office.token(scope="vismanet_erp_service_api:read")
    assert office.get("/v1/customer")
    for method, path in (
        ("POST", "/v1/customer"),
        ("PUT", "/v1/customer/1"),
        ("DELETE", "/v1/customerinvoice/1"),
        ("POST", "/v1/customerinvoice/1/action/release"),
    ):
        body: dict[str, Any] = {} if method == "DELETE" else {"json": {}}
        assert office.send(method, path, **body, valid_request=False).status_code == 403


@pytest.mark.parametrize("header", ["", "Bearer nothing", "Basic abc"])
def test_an_unknown_token_is_refused_without_a_body(header: str) -> None:
    """ALL-12."""
    answer = Office().send("GET", "/v1/branch", headers={"Authorization": header})
    assert (answer.status_code, answer.content) == (401, b"")


def allowance(answer: httpx.Response) -> tuple[int, int, int]:
    names = ("Limit", "Remaining", "Reset")
    found = [int(answer.headers[f"x-ratelimit-{name}"]) for name in names]
    return found[0], found[1], found[2]


def test_every_answer_counts_down_the_hour() -> None:
    """VN-01: quota headers, 429 with Retry-After, and a new hour."""
    office = Office(limits_on=True)
    first, second = (allowance(office.send("GET", "/v1/branch")) for _ in range(2))
    assert first[1] - second[1] == 1
    assert first[0] == 15_000
    office.act("set_quota", remaining=1)
    assert office.send("GET", "/v1/branch").status_code == 200
    before = len(office.system.objects("Customers"))
    refused = office.send("POST", "/v1/customer", json={}, valid_request=False)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert len(office.system.objects("Customers")) == before
    office.clock.advance(int(refused.headers["retry-after"]))
    office.token()
    assert office.send("GET", "/v1/branch").status_code == 200


def test_without_limits_the_allowance_stays() -> None:
    """VN-01."""
    office = Office()
    assert allowance(office.send("GET", "/v1/branch"))[1] == allowance(office.send("GET", "/v1/branch"))[1]


def test_unknown_addresses_names_and_values_are_refused() -> None:
    """VN-02: 404 and 400 in the vendor's words."""
    office = Office()
    assert office.http.get("/v1/nothing", headers={"Authorization": "Bearer x"}).status_code == 404
    assert (
        office.http.get("/v1/contact/twelve", headers={"Authorization": f"Bearer {office.token()}"}).status_code == 404
    )
    office.get("/v1/customer", 400, colour="red")
    office.get("/v1/customer", 400, pageNumber=0)
    office.get("/v1/customer/no-such", 404)
    assert office.refusal("PUT", "/v1/customer/no-such", {}, 404) == "Customer 'no-such' cannot be found in the system."


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": "Bare navn"}, "must be an object"),
        ({"name": {}}, "is required"),
        ({"name": {"value": None}}, "must not be null"),
        ({"name": {"value": 7}}, "must be a text"),
        ({"nmae": {"value": "x"}}, "is not a member"),
        ({"status": {"value": "Sleeping"}}, "must be one of"),
        ({"overrideWithClassValues": {"value": True}}, "must be true or false"),
        ({"mainAddress": {"city": {"value": "Oslo"}}}, "is not a member"),
        ([], "must be an object"),
    ],
)
def test_bodies_without_their_wrappers_are_refused(body: object, words: str) -> None:
    """VN-02: every scalar is wrapped, nothing is null."""
    answer = Office().send("POST", "/v1/customer", json=body, valid_request=False)
    assert answer.status_code == 400
    assert words in answer.json()["message"]


def test_a_body_must_be_json() -> None:
    """VN-02."""
    office = Office()
    answer = office.send(
        "POST", "/v1/contact", content=b"{", headers={"Content-Type": "application/json"}, valid_request=False
    )
    assert (answer.status_code, "malformed" in answer.json()["message"]) == (400, True)
    answer = office.send("POST", "/v1/contact", data={"a": "b"}, valid_request=False)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")
