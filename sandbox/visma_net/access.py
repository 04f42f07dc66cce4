"""Tokens of a service application: client credentials for one company (contract, section 2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from urllib.parse import parse_qsl

import orjson

from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.routing import Reply, Request
from sandbox.visma_net.errors import RefusedError

TOKEN_SECONDS = 3600
SCOPES = tuple(f"vismanet_erp_service_api:{word}" for word in ("read", "create", "update", "delete"))


@dataclass(frozen=True, slots=True)
class Token:
    """An issued token: which tenant it is for, and what it may do."""

    tenant: str
    expires: datetime
    scopes: frozenset[str]


class Access:
    """The application's credentials, what the customer has approved, and the tokens issued so far."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self.client_id = f"isv_{ids.guid('client').replace('-', '')[:20]}"
        self.client_secret = ids.guid("client secret").replace("-", "") + ids.guid("client secret").replace("-", "")
        self.tenant_id = ids.guid("company tenant")
        self.customer_tenant_id = ids.guid("customer tenant")
        """The customer's own tenant: it yields a token, but every call with it answers 401."""
        self.consented = True
        self.scopes: set[str] = set(SCOPES)
        self.token_seconds = TOKEN_SECONDS
        self.secrets: set[str] = {self.client_secret}
        self._tokens: dict[str, Token] = {}

    def expire(self) -> None:
        """Makes all tokens issued so far invalid."""
        self._tokens.clear()

    def token(self, request: Request) -> Reply:
        """``POST /connect/token``: a form body."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"))) if kind.endswith("form-urlencoded") else {}
        refused = self._refusal(form)
        if refused is not None:
            status, error, words = refused
            return _json(status, {"error": error, "error_description": words})
        asked = frozenset(form.get("scope", "").split()) or frozenset(self.scopes)
        text = token_urlsafe(60)
        self.secrets.add(text)
        expires = self._clock.now() + timedelta(seconds=self.token_seconds)
        self._tokens[text] = Token(form["tenant_id"], expires, asked)
        return _json(
            200,
            {
                "access_token": text,
                "expires_in": self.token_seconds,
                "token_type": "Bearer",
                "scope": " ".join(sorted(asked)),
            },
        )

    def _refusal(self, form: dict[str, str]) -> tuple[int, str, str] | None:
        grant = form.get("grant_type")
        if form.get("client_id") != self.client_id or form.get("client_secret") != self.client_secret:
            return 401, "invalid_client", "Client authentication failed."
        if grant in {"authorization_code", "refresh_token"}:
            return 400, "invalid_grant", "This is a service application: no user can sign in to it."
        if grant != "client_credentials":
            return 400, "unsupported_grant_type", f"grant_type '{grant}'"
        if form.get("tenant_id") not in {self.tenant_id, self.customer_tenant_id} or not self.consented:
            return 400, "invalid_tenant", "The application is not approved by this tenant."
        unknown = set(form.get("scope", "").split()) - self.scopes
        if unknown:
            return 400, "invalid_scope", f"Not granted: {' '.join(sorted(unknown))}"
        return None

    def check(self, header: str | None, method: str, *, acts: bool = False) -> None:
        """Refused (401, 403) without a valid token of the company, or without the scope that the call needs.

        An action on a document (`acts`) needs ``update``.
        """
        scheme, _, text = (header or "").partition(" ")
        token = self._tokens.get(text) if scheme.lower() == "bearer" else None
        if token is None or token.expires <= self._clock.now() or token.tenant != self.tenant_id or not self.consented:
            raise RefusedError(401, headers={"WWW-Authenticate": "Bearer"})
        word = {"GET": "read", "POST": "create", "PUT": "update", "DELETE": "delete"}[method]
        needed = f"vismanet_erp_service_api:{'update' if acts else word}"
        if needed not in token.scopes:
            raise RefusedError(403, f"Insufficient scope: {needed} is needed.")


def _json(status: int, body: dict[str, object]) -> Reply:
    return Reply(status, orjson.dumps(body), headers={"Cache-Control": "no-store"})
