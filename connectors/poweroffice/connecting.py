"""Connecting PowerOffice Go: its onboarding, or a client key that was copied by hand (contract section 2, ALL-12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from connectors.auth import MemoryTokenStore
from connectors.connecting import Begun, Company, Connecting, Consent, Offer, Proof, Secrets, digits, text_of
from connectors.http import Answer, Transport
from connectors.poweroffice import access
from connectors.poweroffice.client import Keys, PowerOfficeClient
from connectors.poweroffice.refusals import classify
from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.values import Rejected, instant
from core.errors import BadDataError, BugError, ConfigurationError, OutcomeUnknownError, TransientError

INITIATE, FINALIZE = "/v2/Onboarding/Initiate", "/v2/Onboarding/Finalize"
AGAIN = "Begin again with severa-sync connect."


class _SubscriptionKeyAlone:
    """Onboarding calls carry no token: the subscription key stands in a header of its own."""

    async def headers(self) -> Mapping[str, str]:
        """None."""
        return {}

    async def renew(self, used: Mapping[str, str]) -> None:
        """Nothing to renew."""
        raise BugError(f"an onboarding call was to be authorised with {sorted(used)}", todo="Report it.")

    def secrets(self) -> tuple[str, ...]:
        """None."""
        return ()


async def prove(settings: PowerOfficeSettings, secrets: Secrets) -> Proof:
    """A token with the three keys, the privileges, and the company (contract section 10).

    ConfigurationError for keys that do not belong together, and for missing privileges by their names.
    """
    keys = Keys(**{name: secrets[name] for name in ("application_key", "client_key", "subscription_key")})
    client = PowerOfficeClient(settings, keys, MemoryTokenStore())
    try:
        await access.check(client)
        who = await client.row("/ClientIntegrationInformation", {})
        organisation = await client.row("/OrganizationSettings", {})
    finally:
        await client.close()
    number = text_of(organisation, "OrganizationNumber", 60)
    name = text_of(organisation, "Name") or text_of(who, "ClientName")
    company = Company(text_of(who, "ClientId"), name, (number,) if number else ())
    return Proof(company if company.id else None, _texts(who.get("ValidPrivileges") if who else None))


async def begin(settings: PowerOfficeSettings, secrets: Secrets, redirect: str, number: str) -> Begun:
    """Step a: the temporary page on which an administrator of the company approves the integration."""
    body = {"ApplicationKey": secrets["application_key"].get_secret_value(), "RedirectUri": redirect}
    if digits(number):
        body["ClientOrganizationNo"] = digits(number)
    try:
        answer = await _post(settings, secrets, INITIATE, body)
    except BadDataError as error:
        raise ConfigurationError(
            "PowerOffice does not begin the onboarding.",
            why=error.why,
            todo="Check poweroffice.application_key, and have PowerOffice whitelist the address "
            f"{redirect.partition('?')[0]} for this application and environment.",
        ) from None
    url = answer.data.get("TemporaryUrl") if isinstance(answer.data, Mapping) else None
    if not isinstance(url, str) or not url:
        raise TransientError("PowerOffice began the onboarding without giving its page.", todo=AGAIN)
    try:
        until = instant(answer.data.get("ValidUntilDateTimeOffset"))
    except Rejected:
        until = None  # the page itself says when it has run out
    return Begun(url, until)


async def finish(settings: PowerOfficeSettings, secrets: Secrets, code: str) -> tuple[Offer, ...]:
    """Step c: the client keys for the one-time onboarding token. It cannot be asked twice, nor looked up."""
    try:
        answer = await _post(settings, secrets, FINALIZE, {"OnboardingToken": code})
    except (BadDataError, OutcomeUnknownError) as error:
        raise ConfigurationError("PowerOffice did not give a client key.", why=error.why, todo=AGAIN) from None
    rows = answer.data.get("OnboardedClientsInformation") if isinstance(answer.data, Mapping) else None
    offers = tuple(offer for row in rows if (offer := _offer(row))) if isinstance(rows, list) else ()
    if not offers:
        raise ConfigurationError("PowerOffice gave no company's client key.", todo=AGAIN)
    return offers


def _offer(row: Any) -> Offer | None:
    key = row.get("ClientKey") if isinstance(row, Mapping) else None
    if not isinstance(key, str) or not key.strip() or not key.isascii() or not key.isprintable():
        return None
    number = text_of(row, "ClientOrganizationNumber", 60)
    return Offer(Company("", text_of(row, "ClientName"), (number,) if number else ()), SecretStr(key.strip()))


async def _post(settings: PowerOfficeSettings, secrets: Secrets, path: str, body: Mapping[str, str]) -> Answer:
    transport = Transport(
        system="PowerOffice",
        base_url=settings.base_url,
        auth=_SubscriptionKeyAlone(),
        classify=classify,
        headers={"Ocp-Apim-Subscription-Key": secrets["subscription_key"].get_secret_value()},
        secrets=(*secrets.values(), *_hidden(body)),
        seconds_between_bytes=settings.timeout_seconds,
    )
    try:
        # What is left of a refused or lost call is a page that nobody opens: each may be asked anew by a person.
        return await transport.call("POST", path, json=body, authorised=False, repeat=path == INITIATE)
    finally:
        await transport.close()


def _hidden(body: Mapping[str, str]) -> Sequence[SecretStr]:
    return [SecretStr(body["OnboardingToken"])] if "OnboardingToken" in body else []


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()


CONNECTING = Connecting(
    system="poweroffice",
    section=PowerOfficeSettings,
    asks={
        "application_key": "PowerOffice gives it to the maker of the integration, for one environment.",
        "subscription_key": "PowerOffice's developer portal, for the same environment; it is the product's.",
        "client_key": "PowerOffice Go > Settings > Extensions, where an administrator has added the integration.",
    },
    company=("client_key",),
    prove=prove,
    consent=Consent(
        brings="client_key",
        code="token",
        success={"status": "Success"},
        who="an administrator of the company in PowerOffice Go",
        begin=begin,
        finish=finish,
    ),
)
"""Application and subscription key belong to the product; the client key is the company's."""
