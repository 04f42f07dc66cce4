"""Getting and testing credentials against the simulated systems: onboarding, consent, refusals (ALL-12)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from cli.connecting import Browsing, Connected, Given, ask, connect, prove
from cli.connecting.known import read_tenant
from connectors.connecting import Begun
from connectors.poweroffice.connecting import CONNECTING as POWEROFFICE
from core.errors import ConfigurationError
from tests.support.connecting import Office, person

PRODUCT_KEYS = ("poweroffice.application_key", "poweroffice.subscription_key")


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str], office: Office) -> Iterator[None]:
    """Nothing that a test printed or raised holds a secret of any system."""
    yield
    printed = "".join(capfd.readouterr())
    assert not [secret for secret in office.sandbox.secrets() if secret in printed]


def severa(office: Office, secret: str | None = None, **more: Any) -> Connected:
    """Connects Severa with the right client id, and the right secret unless the test says otherwise."""
    name = "severa.client_secret"
    given = {"client_id": office.value("severa.client_id"), **more}
    section = read_tenant(office.add("acme")).section("severa")
    secrets = {name: SecretStr(secret or office.value(name))}
    return connect("acme", "severa", Given(secrets), erp="poweroffice", known=section, given=given)


def poweroffice(office: Office, how: Browsing, *more: str, lines: str = "", **secrets: str) -> Connected:
    """Connects PowerOffice with the product's keys, and with `more` secrets or wrong ones."""
    section = read_tenant(office.add("acme")).section("poweroffice")
    known = office.secrets(*PRODUCT_KEYS, *more)
    known |= {f"poweroffice.{name}": SecretStr(value) for name, value in secrets.items()}
    asking = Given(known, lines=io.StringIO(lines))
    return connect("acme", "poweroffice", asking, erp="poweroffice", known=section, how=how)


def visma_net(office: Office, asking: Given | None = None, **given: str) -> Connected:
    """Connects Visma.net."""
    section = read_tenant(office.add("nord", "visma_net")).section("visma_net")
    names = {name: office.value(f"visma_net.{name}") for name in ("client_id", "tenant_id")}
    asking = asking or Given(office.secrets("visma_net.client_secret"))
    return connect("nord", "visma_net", asking, erp="visma_net", known=section, given={**names, **given})


def browser(answer: str = "approve", company: str = "", **more: Any) -> Browsing:
    return Browsing(port=0, seconds=20, company=company, browse=person(answer, **more))


# Severa ---------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("said")
def test_severa_says_whose_credentials_they_are_and_what_they_may(office: Office) -> None:
    done = severa(office)
    assert done.proof.company is not None
    assert done.proof.company.title == "Fjellrådgiverne AS (NO914778271MVA)"
    assert done.proof.company.has_number("914 778 271")
    assert {"invoices:write", "organization:read"} <= set(done.proof.granted)
    assert done.plain == {"client_id": office.value("severa.client_id")}
    assert done.references == {"client_secret": "file:secrets/acme.severa.client_secret"}
    assert done.new == {"client_secret"}
    assert office.below_home() == {}  # nothing is written yet


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize("wrong", [{"client_id": "nobody"}, {"secret": "wr0ng-s3cret"}])
def test_wrong_credentials_of_severa_are_a_clear_error(office: Office, wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="does not accept the client id and the client secret") as caught:
        severa(office, **wrong)
    assert "wr0ng" not in str(caught.value)


def test_scopes_that_were_not_picked_are_named(office: Office) -> None:
    given = office.sandbox.act("severa", "set_scopes")["scopes"]
    office.sandbox.act("severa", "set_scopes", scopes=[scope for scope in given if scope != "fees:write"])
    try:
        with pytest.raises(ConfigurationError, match="did not grant fees:write"):
            severa(office)
    finally:
        office.sandbox.act("severa", "set_scopes", scopes=given)


def test_without_the_right_to_see_the_organisation_it_is_not_known(office: Office) -> None:
    file = office.add("acme", severa={"client_id": office.value("severa.client_id"), "scopes": ["settings:read"]})
    secrets = Given(office.secrets("severa.client_secret"))
    done = connect("acme", "severa", secrets, erp="poweroffice", known=read_tenant(file).section("severa"))
    assert (done.proof.company, done.proof.granted) == (None, ("settings:read",))


# PowerOffice ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("said")
def test_onboarding_brings_the_client_key_through_the_browser(office: Office) -> None:
    seen: list[str] = []
    before = office.sandbox.mark()
    done = poweroffice(office, browser(seen=seen))
    assert done.secrets["client_key"].get_secret_value() == office.value("poweroffice.client_key")
    assert done.by_consent == "client_key"
    assert done.new == {"application_key", "subscription_key", "client_key"}
    assert done.proof.company is not None
    assert done.proof.company.title == "Fjellrådgiverne AS (914778271)"
    (address,) = seen
    assert address.startswith("http://127.0.0.1:")
    assert "/connect/poweroffice?state=" in address
    calls = [one["path"].rpartition("/")[2] for one in office.sandbox.exchanges(before, "poweroffice")]
    assert calls == [
        "Initiate", calls[1], calls[1], "Finalize",
        "Token", "ClientIntegrationInformation", "ClientIntegrationInformation", "OrganizationSettings",
    ]  # fmt: skip


def test_headless_the_address_is_printed_and_the_answer_pasted(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """The browser is on another machine: nothing listens where it comes back."""

    class Elsewhere(Given):
        """Whoever reads the terminal and pastes."""

        def pasted(self) -> str:
            found: list[str] = []
            url = next(line for line in capsys.readouterr().err.splitlines() if "/Go/Onboarding/" in line)
            person(back=False, seen=found)(url.strip())
            return found[0]

    section = read_tenant(office.add("acme")).section("poweroffice")
    asking = Elsewhere(office.secrets(*PRODUCT_KEYS))
    done = connect("acme", "poweroffice", asking, erp="poweroffice", known=section, how=Browsing(headless=True))
    assert done.by_consent == "client_key"


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    ("line", "said_then"),
    [
        ("http://127.0.0.1:43117/connect/poweroffice?state=guessed&status=Success&token=abcdefgh", "does not belong"),
        ("http://127.0.0.1:43117/elsewhere?status=Success&token=abcdefgh", "not the address"),
        ("an-invented-code", "OnboardingToken is not valid"),
        ("", "No answer of the browser was given"),
    ],
)
def test_a_pasted_answer_that_is_not_the_right_one_is_a_clear_error(office: Office, line: str, said_then: str) -> None:
    with pytest.raises(ConfigurationError, match=said_then):
        poweroffice(office, Browsing(headless=True), lines=line + "\n")


def test_a_person_who_refuses_is_told_of(office: Office) -> None:
    with pytest.raises(ConfigurationError, match="PowerOffice did not give access") as caught:
        poweroffice(office, browser("deny"))
    assert "IntegrationBlocked" in str(caught.value)


def test_a_person_who_does_nothing_is_waited_for_and_no_longer(office: Office) -> None:
    how = Browsing(port=0, seconds=0.3, browse=lambda _: True)
    with pytest.raises(ConfigurationError, match="The browser did not come back within"):
        poweroffice(office, how)


def test_an_approval_that_comes_too_late_is_a_clear_error(office: Office) -> None:
    """The one-time token has run out at PowerOffice when it is exchanged."""

    def slow(url: str) -> bool:
        seen: list[str] = []
        person(back=False, seen=seen)(url)
        office.sandbox.advance(16 * 60)
        return httpx.get(seen[0], trust_env=False).status_code == 200

    try:
        with pytest.raises(ConfigurationError, match="PowerOffice did not give a client key") as caught:
            poweroffice(office, Browsing(port=0, seconds=20, browse=slow))
        assert "OnboardingToken is not valid" in str(caught.value)
        assert "Begin again" in str(caught.value)
    finally:
        office.sandbox.set_back(16 * 60)


def test_a_lost_answer_to_the_exchange_is_not_asked_for_again(office: Office) -> None:
    """A token works once, and nothing tells what became of it: the person begins anew."""
    before = office.sandbox.mark()
    office.sandbox.fault("poweroffice", "POST", "/v2/Onboarding/Finalize", "drop_after")
    with pytest.raises(ConfigurationError, match=r"did not give a client key\..* Begin again"):
        poweroffice(office, browser())
    calls = [one["path"] for one in office.sandbox.exchanges(before, "poweroffice")]
    assert calls.count("/v2/Onboarding/Finalize") == 1


@pytest.mark.usefixtures("said")
def test_of_several_companies_one_is_chosen(office: Office) -> None:
    """One approval opens two companies: by number, by a person, and an error that lists them when nobody can."""
    other = office.sandbox.act("poweroffice", "add_client", name="Vestfjord Eiendom AS", number="987654325")
    access = office.sandbox.systems["poweroffice"].access  # type: ignore[attr-defined]  # of the simulated one
    try:
        with pytest.raises(ConfigurationError, match="several companies") as caught:
            poweroffice(office, browser())
        assert "Vestfjord Eiendom AS (987654325)" in str(caught.value)
        assert "--company" in str(caught.value)
        with pytest.raises(ConfigurationError, match="the company 111 is not among them"):
            poweroffice(office, browser(company="111"))
        chosen = poweroffice(office, browser(company="987 654 325"))
        assert chosen.proof.company is not None
        assert (chosen.proof.company.id, chosen.proof.company.name) == (other["id"], other["name"])
        assert poweroffice(office, browser(company="914778271")).secrets["client_key"].get_secret_value() == (
            office.value("poweroffice.client_key")
        )
    finally:
        access.others.clear()


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    ("wrong", "said_then"),
    [
        ({"application_key": "00000000-0000-4000-8000-000000000000"}, "whitelist the address"),
        ({"subscription_key": "wr0ng-s3cret"}, "Check the application key"),
    ],
)
def test_wrong_keys_of_the_product_end_the_onboarding(office: Office, wrong: dict[str, str], said_then: str) -> None:
    with pytest.raises(ConfigurationError, match=said_then) as caught:
        poweroffice(office, Browsing(port=0, browse=lambda _: pytest.fail("no page to open")), **wrong)
    assert "wr0ng" not in str(caught.value)


def test_a_client_key_that_was_copied_by_hand_needs_no_browser(office: Office) -> None:
    how = Browsing(browse=lambda _: pytest.fail("no browser is needed"))
    done = poweroffice(office, how, "poweroffice.client_key")
    assert done.by_consent is None
    with pytest.raises(ConfigurationError, match="400"):
        poweroffice(office, how, client_key="c0ffee00-0000-4000-8000-000000000000")


def test_missing_privileges_are_named(office: Office) -> None:
    office.sandbox.act("poweroffice", "set_privileges", remove=["SalesOrders_Full"])
    try:
        with pytest.raises(ConfigurationError, match="SalesOrders_Full"):
            poweroffice(office, Browsing(), "poweroffice.client_key")
    finally:
        office.sandbox.act("poweroffice", "set_privileges", add=["SalesOrders_Full"])


# Visma.net ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("said")
def test_visma_net_says_which_company_the_tenant_id_is(office: Office) -> None:
    done = visma_net(office)
    assert done.proof.company is not None
    assert done.proof.company.id == office.value("visma_net.tenant_id")
    assert done.proof.company.has_number("914778271")
    assert done.plain.keys() == {"client_id", "tenant_id"}


@pytest.mark.parametrize(
    ("wrong", "said_then"),
    [
        ({"client_id": "isv_nobody"}, "visma_net.client_id and visma_net.client_secret"),
        ({"tenant_id": "00000000-0000-4000-8000-000000000000"}, "approve the integration in Visma App Store"),
        ({"tenant_id": "customer_tenant_id"}, "that of the company, not of the customer"),
    ],
)
def test_wrong_credentials_of_visma_net_say_what_to_check(
    office: Office, wrong: dict[str, str], said_then: str
) -> None:
    """The customer's tenant id yields a token that opens nothing."""
    values = {name: office.value(f"visma_net.{v}") if v == "customer_tenant_id" else v for name, v in wrong.items()}
    with pytest.raises(ConfigurationError, match=said_then):
        visma_net(office, None, **values)


class Administrator(Given):
    """A person who asks the customer's administrator to approve the application, up to a number of times."""

    def __init__(self, office: Office, answers: list[bool], *, gives: bool) -> None:
        super().__init__(office.secrets("visma_net.client_secret"))
        self._office = office
        self._answers = answers
        self._gives = gives

    def wait(self, words: str) -> bool:
        assert "Visma App Store" in words
        self._office.sandbox.act("visma_net", "set_consent", given=self._gives)
        return self._answers.pop(0)


@pytest.mark.parametrize(("answers", "gives"), [([True], True), ([True, False], False), ([False], False)])
def test_the_approval_of_the_customer_is_waited_for(office: Office, answers: list[bool], gives: bool) -> None:
    """Approved meanwhile, refused for good, and given up at once; without anybody there it is an error right away."""
    office.sandbox.act("visma_net", "set_consent", given=False)
    try:
        with pytest.raises(ConfigurationError, match="approve the integration"):
            visma_net(office)
        asking = Administrator(office, answers, gives=gives)
        if gives:
            assert visma_net(office, asking).proof.company is not None
        else:
            with pytest.raises(ConfigurationError, match="approve the integration"):
                visma_net(office, asking)
        assert answers == []
    finally:
        office.sandbox.act("visma_net", "set_consent", given=True)


# what is asked --------------------------------------------------------------------------------------------------------


def test_all_that_nobody_can_answer_is_said_at_once(office: Office) -> None:
    section = read_tenant(office.add("nord", "visma_net")).section("visma_net")
    with pytest.raises(ConfigurationError) as caught:
        connect("nord", "visma_net", Given(), erp="visma_net", known=section)
    for option in ("--set visma_net.client_id=", "--set visma_net.tenant_id=", "line visma_net.client_secret="):
        assert option in str(caught.value)


def test_what_is_stored_is_used_and_asked_for_anew_only_when_wanted(office: Office) -> None:
    name = "severa.client_secret"
    file = office.add("acme", severa={"client_id": office.value("severa.client_id"), "client_secret": "env:A_SECRET"})
    section = read_tenant(file).section("severa")
    kept = {"env:A_SECRET": SecretStr(office.value(name))}
    done = connect("acme", "severa", Given(), erp="poweroffice", known=section, resolve=kept.__getitem__)
    assert (done.new, done.plain) == (frozenset(), {})
    with pytest.raises(ConfigurationError, match=f"{name} is not known"):
        connect("acme", "severa", Given(), erp="poweroffice", known=section, resolve=kept.__getitem__, renew=True)


def test_nothing_of_a_connected_system_shows_a_secret(office: Office) -> None:
    done = severa(office)
    assert office.value("severa.client_secret") not in repr(done)
    assert office.value("severa.client_secret") not in json.dumps(str(done))


@pytest.mark.parametrize(
    "url",
    ["http://goapi.poweroffice.net/page", "ftp://127.0.0.1/x", "https://", "http://[", "https://a.example/\n", "x"],
)
def test_a_page_that_is_not_encrypted_is_not_opened(office: Office, url: str) -> None:
    """What a vendor says is not trusted: nobody is sent to an address on which others can listen."""

    async def begin(*_: Any) -> Begun:
        return Begun(url)

    consent = POWEROFFICE.consent
    assert consent is not None
    how = Browsing(port=0, browse=lambda _: pytest.fail("it was opened"))
    section = read_tenant(office.add("acme")).section("poweroffice")
    asked = ask("acme", "poweroffice", Given(office.secrets(*PRODUCT_KEYS)), erp="poweroffice", known=section)
    strange = replace(asked, connecting=replace(POWEROFFICE, consent=replace(consent, begin=begin)))
    with pytest.raises(ConfigurationError, match="not at an encrypted address"):
        prove(strange, Given(), how)
