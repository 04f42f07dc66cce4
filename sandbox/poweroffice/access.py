"""Keys, access tokens and privileges (contract, section 2)."""

from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from urllib.parse import parse_qs

from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.poweroffice.calls import Answer, Call
from sandbox.poweroffice.errors import RefusedError

TOKEN_SECONDS = 1200
SEND_PRIVILEGE = "goAllowSendInvoice"
COMMON = "CommonServices"
PRIVILEGES = (
    "AccountTransaction",
    "CommonServices",
    "ContactDeliveryAddress_Full",
    "ContactPerson_Full",
    "CustomerLedger",
    "Customer_Full",
    "Department_Full",
    "Employee_Full",
    "GeneralLedgerAccount",
    "IncomingInvoice",
    "OutgoingInvoice",
    "Product_Full",
    "Project_Full",
    "SalesOrderAttachment_Full",
    "SalesOrders_Full",
    "Supplier",
    "VoucherDocumentation",
)
"""What the demo company grants at first: everything the product needs, sending by API not among it."""


@dataclass(frozen=True, slots=True)
class Token:
    """An issued access token: privileges are frozen in it."""

    expires: datetime
    privileges: frozenset[str]
    client_key: str


@dataclass(frozen=True, slots=True)
class Client:
    """Another company of the person who approves the extension. Nothing of it is simulated but its name."""

    id: str
    name: str
    number: str


class Access:
    """The keys of the simulated environment and the tokens issued so far."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self.application_key = ids.guid("application key")
        self.client_key = ids.guid("client key")
        self.subscription_key = ids.guid("subscription key").replace("-", "")
        self.privileges: set[str] = set(PRIVILEGES)
        self.invalid_privileges: set[str] = set()
        self.others: dict[str, Client] = {}
        """Client keys of other companies."""
        self.secrets = {self.application_key, self.client_key, self.subscription_key}
        self._ids = ids
        self._tokens: dict[str, Token] = {}

    def expire(self) -> None:
        """Makes all tokens issued so far invalid."""
        self._tokens.clear()

    def add_client(self, name: str, number: str) -> Client:
        """Another company, from now on among those that an approval opens."""
        key = self._ids.guid(f"client key {number}")
        self.others[key] = Client(self._ids.guid(f"client {number}"), name, number)
        self.secrets.add(key)
        return self.others[key]

    def client(self, header: str | None) -> Client | None:
        """The other company whose token is in an ``Authorization`` header; None for the simulated one's."""
        return self.others.get(self.bearer(header).client_key)

    def token(self, call: Call) -> Answer:
        """``POST /OAuth/Token``: Basic application key and client key, form body."""
        form = parse_qs(call.raw.decode("utf-8", "replace"))
        if not call.content_type.startswith("application/x-www-form-urlencoded"):
            raise RefusedError(400, {"error": "invalid_request", "error_description": "A form body is needed."})
        if form.get("grant_type") != ["client_credentials"]:
            raise RefusedError(400, {"error": "unsupported_grant_type", "error_description": "grant_type"})
        application_key, client_key = _basic(call.headers.get("authorization", "")) or ("", "")
        if application_key != self.application_key or client_key not in {self.client_key, *self.others}:
            raise RefusedError(
                400, {"error": "invalid_client", "error_description": "Invalid application key or client key."}
            )
        text = token_urlsafe(48)
        self.secrets.add(text)
        expires = self._clock.now() + timedelta(seconds=TOKEN_SECONDS)
        privileges = frozenset({COMMON}) if client_key in self.others else frozenset(self.privileges)
        self._tokens[text] = Token(expires, privileges, client_key)
        return Answer(200, {"access_token": text, "token_type": "bearer", "expires_in": TOKEN_SECONDS})

    def check_subscription(self, key: str | None) -> None:
        """Refused (401) without the right subscription key."""
        if key == self.subscription_key:
            return
        why = "missing" if key is None else "invalid"
        raise RefusedError.gateway(401, f"Access denied due to {why} subscription key.")

    def bearer(self, header: str | None) -> Token:
        """The token of an ``Authorization`` header; Refused (401, no body) when it is missing or no longer valid."""
        scheme, _, text = (header or "").partition(" ")
        token = self._tokens.get(text) if scheme.lower() == "bearer" else None
        if token is None or token.expires <= self._clock.now():
            raise RefusedError(401, None)
        return token


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = b64decode(text, validate=True).decode().partition(":")
    except (Base64Error, UnicodeDecodeError):
        return None
    return user, password
