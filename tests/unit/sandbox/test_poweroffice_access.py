"""Keys, tokens, privileges, limits and onboarding of the simulated PowerOffice (contract, section 2)."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.unit.sandbox.poweroffice_office import Office


@pytest.fixture
def office() -> Office:
    """A fresh company."""
    return Office()


def test_a_token_lives_for_as_long_as_it_says_by_the_sandboxs_clock(office: Office) -> None:
    """ALL-09: 20 minutes, then 401 without a body."""
    office.token()
    office.get("/PaymentTerms")
    office.clock.advance(1199)
    office.get("/PaymentTerms")
    office.clock.advance(2)
    answer = office.send("GET", "/PaymentTerms")
    assert (answer.status_code, answer.content) == (401, b"")
    office.token()
    office.get("/PaymentTerms")


@pytest.mark.parametrize("wrong", ["application_key", "client_key"])
def test_wrong_keys_are_an_invalid_client(office: Office, wrong: str) -> None:
    """ALL-09: 400 with the error of OAuth."""
    access = office.system.access
    keys = {"application_key": access.application_key, "client_key": access.client_key, wrong: "nobody"}
    answer = office.http.post(
        "/OAuth/Token",
        data={"grant_type": "client_credentials"},
        auth=(keys["application_key"], keys["client_key"]),
        headers=office.subscription,
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")
    office.check(answer)


def test_a_token_needs_the_form_and_the_grant(office: Office) -> None:
    """ALL-09: the body is a form with one grant."""
    access = office.system.access
    auth = (access.application_key, access.client_key)
    other = office.http.post("/OAuth/Token", data={"grant_type": "password"}, auth=auth, headers=office.subscription)
    assert (other.status_code, other.json()["error"]) == (400, "unsupported_grant_type")
    json = office.http.post(
        "/OAuth/Token", json={"grant_type": "client_credentials"}, auth=auth, headers=office.subscription
    )
    assert (json.status_code, json.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("key", [None, "wrong"])
def test_every_call_needs_the_subscription_key(office: Office, key: str | None) -> None:
    """ALL-09: the token call and the onboarding included."""
    headers = {} if key is None else {"Ocp-Apim-Subscription-Key": key}
    for method, path in (("POST", "/OAuth/Token"), ("GET", "/v2/Customers"), ("POST", "/v2/Onboarding/Initiate")):
        answer = office.http.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert "subscription key" in answer.json()["message"]


def test_a_call_without_a_valid_token_is_refused(office: Office) -> None:
    """ALL-09: no token, a wrong one, and one that was made invalid."""
    assert office.send("GET", "/Customers", headers={"Authorization": None}).status_code == 401
    assert office.send("GET", "/Customers", headers={"Authorization": "Bearer no"}).status_code == 401
    office.token()
    office.system.expire_tokens()
    assert office.send("GET", "/Customers").status_code == 401


def test_privileges_are_frozen_in_the_token(office: Office) -> None:
    """ALL-10: a change counts for the next token; X_Full covers reading X."""
    office.token()
    office.act("set_privileges", remove=["Customer_Full"], invalid=["Project_Full"])
    office.get("/Customers")
    office.token()
    answer = office.send("GET", "/Customers")
    assert (answer.status_code, answer.content) == (403, b"")
    who = office.get("/ClientIntegrationInformation")
    assert "Customer_Full" not in who["ValidPrivileges"]
    assert who["InvalidPrivileges"] == ["Project_Full"]
    office.act("set_privileges", add=["Customer"])
    office.token()
    office.get("/Customers")
    assert office.send("POST", "/Customers", json={"Name": "X"}).status_code == 403


def test_the_rate_limit_is_ten_calls_a_second_for_a_subscription_key() -> None:
    """ALL-09: 429 with Retry-After; the refused request is not counted."""
    office = Office(limits_on=True)
    for _ in range(9):
        office.get("/PaymentTerms")
    answer = office.send("GET", "/PaymentTerms")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    office.clock.advance(1.1)
    office.get("/PaymentTerms")


def test_an_unknown_address_or_method_is_the_gateways_404(office: Office) -> None:
    """ALL-09: no such resource."""
    for method, path in (("GET", "/Nothing"), ("PUT", "/Customers"), ("GET", "/Customers/abc")):
        headers = {**office.subscription, "Authorization": f"Bearer {office.token()}"}
        answer = office.http.request(method, f"/v2{path}", headers=headers)
        assert (answer.status_code, answer.json()["message"]) == (404, "Resource not found")


def initiate(office: Office, **changes: object) -> dict[str, object]:
    """The body of an onboarding."""
    key = office.system.access.application_key
    return {"ApplicationKey": key, "RedirectUri": "http://127.0.0.1:8080/done?state=s%201", **changes}


def test_onboarding_gives_the_client_key_once(office: Office) -> None:
    """ALL-12: initiate, approve on the temporary page, finalise; the token works once."""
    begun = office.post("/Onboarding/Initiate", initiate(office), 200)
    page = urlsplit(str(begun["TemporaryUrl"])).path.removeprefix("/poweroffice")
    assert "Fjellrådgiverne AS" in office.http.get(page).text
    back = office.http.post(page, data={"answer": "approve"}, follow_redirects=False)
    target = urlsplit(back.headers["location"])
    query = parse_qs(target.query)
    assert (back.status_code, target.path, query["state"], query["status"]) == (303, "/done", ["s 1"], ["Success"])
    token = {"OnboardingToken": query["token"][0]}
    (client,) = office.post("/Onboarding/Finalize", token, 200)["OnboardedClientsInformation"]
    assert client["ClientKey"] == office.system.access.client_key
    assert "not valid" in office.refusal("/Onboarding/Finalize", token)
    assert office.http.get(page).status_code == 404


def test_onboarding_can_be_denied_and_runs_out(office: Office) -> None:
    """ALL-12: any status but Success carries no token; a page lives for a while only."""
    begun = office.post("/Onboarding/Initiate", initiate(office), 200)
    page = urlsplit(str(begun["TemporaryUrl"])).path.removeprefix("/poweroffice")
    back = office.http.post(page, data={"answer": "deny"}, follow_redirects=False)
    assert parse_qs(urlsplit(back.headers["location"]).query)["status"] == ["IntegrationBlocked"]
    begun = office.post("/Onboarding/Initiate", initiate(office), 200)
    office.clock.advance(16 * 60)
    page = urlsplit(str(begun["TemporaryUrl"])).path.removeprefix("/poweroffice")
    assert office.http.get(page).status_code == 404


def test_onboarding_refuses_a_foreign_redirect_and_an_unknown_application(office: Office) -> None:
    """ALL-12: scheme, host and path are whitelisted, the query is free."""
    foreign = initiate(office, RedirectUri="https://app.example/back?state=1")
    assert "not whitelisted" in office.refusal("/Onboarding/Initiate", foreign)
    office.act("allow_redirect", uri="https://app.example/back")
    office.post("/Onboarding/Initiate", foreign, 200)
    unknown = initiate(office, ApplicationKey="00000000-0000-4000-8000-000000000000")
    assert "ApplicationKey" in office.refusal("/Onboarding/Initiate", unknown)


def test_secrets_name_every_key_and_token(office: Office) -> None:
    """ALL-09: so that recordings can leave them out."""
    access = office.system.access
    token = office.token()
    assert {access.application_key, access.client_key, access.subscription_key, token} <= office.system.secrets
    assert set(office.system.credentials.values()) <= office.system.secrets
