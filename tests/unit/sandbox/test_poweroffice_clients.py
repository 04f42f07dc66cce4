"""Several companies of one person in the simulated PowerOffice: one approval, a client key for each (ALL-12)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.system import ActionError
from tests.unit.sandbox.poweroffice_office import Office

OTHER = {"name": "Vestfjord Eiendom AS", "number": "987654325"}


def approved(office: Office) -> list[dict[str, str]]:
    """The companies that an approval opens."""
    body = {"ApplicationKey": office.system.access.application_key, "RedirectUri": "http://127.0.0.1:1/x"}
    page = urlsplit(str(office.post("/Onboarding/Initiate", body, 200)["TemporaryUrl"])).path
    back = office.http.post(page.removeprefix("/poweroffice"), data={"answer": "approve"}, follow_redirects=False)
    token = parse_qs(urlsplit(back.headers["location"]).query)["token"][0]
    answer = office.post("/Onboarding/Finalize", {"OnboardingToken": token}, 200)
    found: list[dict[str, str]] = answer["OnboardedClientsInformation"]
    return found


def test_an_approval_opens_every_company_of_the_person() -> None:
    office = Office()
    office.act("add_client", **OTHER)
    own, other = approved(office)
    assert own["ClientKey"] == office.system.access.client_key
    assert (other["ClientName"], other["ClientOrganizationNumber"]) == (OTHER["name"], OTHER["number"])
    assert {own["ClientKey"], other["ClientKey"]} <= office.system.secrets


def test_the_other_company_says_its_name_and_opens_no_books() -> None:
    """A token of its key answers as that company; nothing else of it is simulated."""
    office = Office()
    own = office.get("/ClientIntegrationInformation")
    made = office.act("add_client", **OTHER)
    (key,) = office.system.access.others
    answer = office.http.post(
        "/OAuth/Token",
        data={"grant_type": "client_credentials"},
        auth=(office.system.access.application_key, key),
        headers=office.subscription,
    )
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    who = office.send("GET", "/ClientIntegrationInformation", headers=bearer).json()
    organisation = office.send("GET", "/OrganizationSettings", headers=bearer).json()
    assert (who["ClientId"], who["ClientName"]) == (made["id"], OTHER["name"])
    assert who["ClientId"] != own["ClientId"]
    assert (organisation["Name"], organisation["OrganizationNumber"]) == (OTHER["name"], OTHER["number"])
    assert office.send("GET", "/Customers", headers=bearer).status_code == 403
    assert office.get("/OrganizationSettings")["Name"] == own["ClientName"]


def test_a_company_needs_a_name_and_a_number() -> None:
    with pytest.raises(ActionError, match="name and number"):
        Office().act("add_client", name="")
