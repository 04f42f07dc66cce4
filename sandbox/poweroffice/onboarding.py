"""Onboarding: a temporary page for the user, then the client key (contract, section 2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from secrets import token_urlsafe
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from sandbox.poweroffice.access import Access
from sandbox.poweroffice.calls import Answer, Call
from sandbox.poweroffice.company import Company, stamp
from sandbox.poweroffice.errors import RefusedError

NOUN = "Onboarding"
PAGE_MINUTES = 15
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>PowerOffice Go (simulated)</title>
<h1>PowerOffice Go (simulated)</h1><p>Give the extension access to <b>{name}</b> ({number})?</p>
<form method="post"><button name="answer" value="approve">Approve</button>
<button name="answer" value="deny">Deny</button></form></html>
"""


@dataclass(slots=True)
class _Page:
    redirect: str
    expires: datetime


class Onboarding:
    """Open pages and the one-time tokens that approving them gave."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._pages: dict[int, _Page] = {}
        self._tokens: dict[str, datetime] = {}
        self.redirects: set[str] = set()
        """Whitelisted ``scheme://host/path``; loopback addresses always are."""

    def initiate(self, company: Company, call: Call) -> Answer:
        """``POST /Onboarding/Initiate``."""
        if call.body.get("ApplicationKey") != self._access.application_key:
            raise RefusedError.invalid(NOUN, "ApplicationKey is unknown.")
        redirect = call.body.get("RedirectUri")
        if not redirect:
            raise RefusedError.invalid(NOUN, "'RedirectUri' must not be empty.")
        parts = urlsplit(redirect)
        if parts.hostname not in LOOPBACK and f"{parts.scheme}://{parts.netloc}{parts.path}" not in self.redirects:
            raise RefusedError.invalid(NOUN, f"RedirectUri '{redirect}' is not whitelisted.")
        number = company.number("onboarding", len(self._pages))
        expires = company.clock.now() + timedelta(minutes=PAGE_MINUTES)
        self._pages[number] = _Page(redirect, expires)
        url = f"{call.base_url}/Go/Onboarding/{number}"
        return Answer(200, {"TemporaryUrl": url, "ValidUntilDateTimeOffset": stamp(expires)})

    def page(self, company: Company, call: Call) -> Answer:
        """The temporary page that the user opens in a browser."""
        self._open_page(company, call)
        organisation = company.settings["OrganizationSettings"]
        text = PAGE.format(name=escape(organisation["Name"]), number=escape(organisation["OrganizationNumber"]))
        return Answer(200, text.encode(), content_type="text/html; charset=utf-8")

    def answered(self, company: Company, call: Call) -> Answer:
        """The user's answer: back to the redirect address with ``status`` and ``token`` added."""
        page = self._open_page(company, call)
        answer = parse_qs(call.raw.decode("utf-8", "replace")).get("answer")
        added = [("status", "IntegrationBlocked")]
        if answer == ["approve"]:
            token = token_urlsafe(32)
            self._access.secrets.add(token)
            self._tokens[token] = company.clock.now() + timedelta(minutes=PAGE_MINUTES)
            added = [("status", "Success"), ("token", token)]
        del self._pages[call.path[0]]
        parts = urlsplit(page.redirect)
        query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *added])
        return Answer(303, headers={"Location": urlunsplit(parts._replace(query=query))})

    def finalize(self, company: Company, call: Call) -> Answer:
        """``POST /Onboarding/Finalize``: a token works once."""
        expires = self._tokens.pop(call.body.get("OnboardingToken") or "", None)
        if expires is None or expires <= company.clock.now():
            raise RefusedError.invalid(NOUN, "OnboardingToken is not valid.")
        organisation = company.settings["OrganizationSettings"]
        clients = [(self._access.client_key, organisation["Name"], organisation["OrganizationNumber"])]
        clients += [(key, client.name, client.number) for key, client in self._access.others.items()]
        names = ("ClientKey", "ClientName", "ClientOrganizationNumber")
        told = [dict(zip(names, client, strict=True)) for client in clients]
        return Answer(200, {"OnboardedClientsInformation": told, "UserEmail": organisation["EmailAddress"]})

    def _open_page(self, company: Company, call: Call) -> _Page:
        page = self._pages.get(call.path[0])
        if page is None or page.expires <= company.clock.now():
            raise RefusedError.problem(404, "Not found", "The address is no longer valid.")
        return page
