"""Client credentials, tokens and scopes (contract, section 2)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import Clock
from sandbox.fields import TEXT, check
from sandbox.ids import Ids
from sandbox.severa.errors import Refused, invalid
from sandbox.severa.stamps import instant

AREAS = (
    "activities", "customers", "fees", "files", "hours", "invoices", "projects", "resourceallocations", "settings",
    "travels", "users",
)  # fmt: skip
SCOPES = (
    *(f"{area}:{right}" for area in AREAS for right in ("read", "write", "delete")),
    "organization:read",
    "organization:write",
)
"""Every scope of the contract."""
TOKEN_SECONDS = 3600
REFRESH_SECONDS = 86400
_CREDENTIALS = {"client_id": TEXT.must, "client_secret": TEXT.must, "scope": TEXT}


@dataclass(frozen=True, slots=True)
class _Grant:
    scopes: frozenset[str]
    until: datetime


class Access:
    """Who may call what. `granted` are the scopes that the administrator picked for the client."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self.client_id = f"{ids.guid('client')}.apps.severa.example"
        self.client_secret = ids.guid("client secret").replace("-", "") + ids.guid("client secret 2").replace("-", "")
        self.granted = set(SCOPES)
        self.secrets = {self.client_secret}
        self._tokens: dict[str, _Grant] = {}
        self._refresh: dict[str, _Grant] = {}

    def issue(self, body: object) -> dict[str, Any]:
        """Answers ``POST /v1/token``. Refuses wrong credentials with 401, unknown scopes with 400."""
        if not isinstance(body, dict):
            raise invalid("body", "must be an object")
        for problem in check(_CREDENTIALS, body):
            raise invalid(problem.member, problem.message)
        if (body["client_id"], body["client_secret"]) != (self.client_id, self.client_secret):
            raise Refused(401, "AuthenticationRequired", "Client id or client secret is wrong.")
        asked = [word for word in (body.get("scope") or ",".join(SCOPES)).split(",") if word]
        for word in asked:
            if word not in SCOPES:
                raise invalid("scope", f"holds the unknown scope {word}")
        return self._give([word for word in asked if word in self.granted])

    def renew(self, body: object) -> dict[str, Any]:
        """Answers ``POST /v1/refreshtoken``: the body is the refresh token as a bare JSON string."""
        grant = self._refresh.pop(body, None) if isinstance(body, str) else None
        if grant is None or grant.until <= self._clock.now():
            raise Refused(401, "AuthenticationRequired", "The refresh token is not valid.")
        return self._give(sorted(grant.scopes & self.granted))

    def _give(self, scopes: list[str]) -> dict[str, Any]:
        now = self._clock.now()
        token, refresh = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
        until, renewable = now + timedelta(seconds=TOKEN_SECONDS), now + timedelta(seconds=REFRESH_SECONDS)
        self._tokens[token] = _Grant(frozenset(scopes), until)
        self._refresh[refresh] = _Grant(frozenset(scopes), renewable)
        self.secrets.update((token, refresh))
        return {
            "access_token": token,
            "scope": ",".join(scopes),
            "refresh_token": refresh,
            "refresh_token_expires_in": REFRESH_SECONDS,
            "refresh_token_expires_utc": instant(renewable),
            "access_token_type": "Bearer",
            "access_token_expires_in": TOKEN_SECONDS,
            "access_token_expires_utc": instant(until),
        }

    def admit(self, headers: dict[str, str], scope: str | None) -> None:
        """Lets a call through or refuses it: 401 without both headers or with a dead token, 403 without the scope."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        grant = self._tokens.get(token) if kind.lower() == "bearer" else None
        if grant is None or grant.until <= self._clock.now():
            raise Refused(
                401,
                "AuthenticationRequired",
                "Authentication is required.",
                place="RequestHeader",
                name="Authorization",
            )
        if headers.get("client_id") != self.client_id:
            raise Refused(
                401, "AuthenticationRequired", "Client_Id is missing or wrong.", place="RequestHeader", name="Client_Id"
            )
        if scope is not None and scope not in grant.scopes:
            raise Refused(
                403,
                "InsufficientApiScope",
                f"Scope {scope} is missing.",
                place="RequestHeader",
                name="Authorization",
            )

    def expire(self) -> None:
        """Makes all tokens issued so far invalid."""
        self._tokens.clear()
        self._refresh.clear()
