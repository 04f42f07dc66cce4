"""A few registers of Severa behind the scripted server: lists, single reads, POST, PATCH by Replace, nothing more."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import SecretStr
from scripted import Raw, Reply, Request, ScriptedServer

from connectors.auth import MemoryTokenStore, TokenStore
from connectors.pace import Pace
from connectors.severa.adapter import SeveraAdapter
from connectors.severa.client import SeveraClient
from connectors.severa.settings import SeveraSettings

DATE = "Mon, 02 Mar 2026 06:00:00 GMT"
SECRET = "very-secret"
BASE: Mapping[str, Any] = {
    "client_id": "c-1",
    "client_secret": "env:X",
    "statuses": {"trigger": "Send", "transferred": "In ERP", "sent": "Sent", "paid": "Paid"},
    "calls_per_second": 0,
}


def guid(number: int) -> str:
    """A readable guid."""
    return f"00000000-0000-4000-8000-{number:012d}"


def error(status: int, kind: str, message: str = "no", identifier: str | None = None) -> Reply:
    """Severa's error body (contract section 5)."""
    detail: dict[str, Any] = {"message": message}
    if identifier:
        detail["location"] = {"type": "Body", "name": "body", "identifier": identifier}
    return Reply(status, {"error": {"httpStatusCode": status, "type": kind, "details": [detail]}})


TRIGGER = guid(1)
"""The status that invoices of `header` stand on."""


def header(number: int, /, **more: Any) -> dict[str, Any]:
    """An invoice row with what the contract requires."""
    return {
        "guid": guid(number),
        "number": None,
        "status": {"guid": TRIGGER},
        "customer": {"guid": guid(70), "number": 10234, "name": "Østervåg AS"},
        "billingCustomer": None,
        "projects": [{"guid": guid(80)}],
        "date": "2026-03-02",
        "dueDate": "2026-03-16",
        "paymentTerm": 14,
        "paymentDate": None,
        "currency": {"guid": guid(90), "code": "EUR"},
        "totalIncludingTax": {"amount": 1988.3, "currencyCode": "EUR", "multiCurrencyInfo": None},
        "isCreditNote": False,
        "lastUpdatedDateTime": "2026-03-02T06:00:00Z",
        **more,
    }


class FakeSevera:
    """Rows by list path; `intercept` may answer first."""

    def __init__(self, server: ScriptedServer, rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> None:
        self.server = server
        self.rows: dict[str, list[dict[str, Any]]] = {
            path: [copy.deepcopy(dict(row)) for row in all_] for path, all_ in (rows or {}).items()
        }
        self.intercept: Callable[[Request], Reply | Raw | None] = lambda _: None
        self.tokens = 0
        self.by_token = {"customers", "users", "projects", "products", "invoices", "invoicerows", "projectfees"}
        server.script = self._answer

    def adapter(self, token_store: TokenStore | None = None, **settings: Any) -> SeveraAdapter:
        """An adapter for this fake; `settings` differ from the usual ones."""
        client = self.client(token_store, **settings)
        return SeveraAdapter(client, client._settings)

    def client(self, token_store: TokenStore | None = None, **settings: Any) -> SeveraClient:
        """A client for this fake, which does not wait before it repeats a call."""

        async def at_once(_: float) -> None:
            return None

        known = SeveraSettings.model_validate({**BASE, "base_url": self.server.url, **settings}, strict=False)
        store = token_store or MemoryTokenStore()
        client = SeveraClient(known, SecretStr(SECRET), store, sleep=at_once, pace=Pace(0, sleep=at_once))
        self.server.clients.append(client.http.close)
        return client

    @property
    def calls(self) -> list[str]:
        """Method and path of every call but those for tokens."""
        return [f"{each.method} {each.path}" for each in self.server.requests if each.path != "/v1/token"]

    @property
    def last(self) -> Request:
        """The latest call that wrote something."""
        return next(
            each for each in reversed(self.server.requests) if each.method != "GET" and each.path != "/v1/token"
        )

    def one(self, number: int) -> dict[str, Any]:
        """The row with this guid, wherever it stands."""
        return next(row for rows in self.rows.values() for row in rows if row.get("guid") == guid(number))

    def _answer(self, request: Request) -> Reply | Raw:
        known = self.intercept(request)
        if known is not None:
            return known
        if request.path == "/v1/token":
            self.tokens += 1
            return Reply(body={"access_token": f"t{self.tokens}", "access_token_expires_in": 3600})
        parent, _, last = request.path.rpartition("/")
        row = next((row for row in self.rows.get(parent, []) if row.get("guid") == last), None)
        if len(last) == 36:
            return Reply(404) if row is None else self._single(request, parent, row)
        if request.method == "GET":
            return self._page(request)
        created = {"guid": str(uuid.uuid4()), **request.json}
        self.rows.setdefault(request.path, []).append(created)
        return Reply(201, [created] if last == "projectfees" else created)

    def _single(self, request: Request, parent: str, row: dict[str, Any]) -> Reply:
        if request.method == "GET":
            return Reply(body=row)
        if request.method == "DELETE":
            self.rows[parent].remove(row)
            return Reply(204)
        for operation in request.json:
            _replace(row, operation["path"][1:].split("/"), operation["value"])
        return Reply(body=[row])

    def _page(self, request: Request) -> Reply:
        last = request.path.rpartition("/")[2]
        rows = [row for row in self.rows.get(request.path, []) if _matches(row, request.query)]
        count = int(request.query.get("rowCount", ["20"])[0])
        if last in self.by_token:
            at = int(request.query.get("pageToken", ["0"])[0])
            more = {"NextPageToken": str(at + count)} if len(rows) > at + count else {}
            return Reply(body=rows[at : at + count], headers={"Date": DATE, **more})
        at = int(request.query.get("firstRow", ["0"])[0])
        return Reply(body=rows[at : at + count], headers={"Date": DATE})


def _matches(row: Mapping[str, Any], query: Mapping[str, list[str]]) -> bool:
    """The filters that the tests use."""
    if "invoiceStatusGuids" in query and row["status"]["guid"] not in query["invoiceStatusGuids"]:
        return False
    if "customerGuids" in query and row["customer"]["guid"] not in query["customerGuids"]:
        return False
    if "numbers" in query and str(row.get("number")) not in query["numbers"]:
        return False
    if "code" in query and query["code"][0] not in str(row.get("code")):
        return False
    since = next((values[0] for name, values in query.items() if name.lower().endswith("changedsince")), None)
    return since is None or str(row.get("lastUpdatedDateTime", "")) >= since


def _replace(row: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        row[name] = dict(row.get(name) or {})
        row = row[name]
    row[path[-1]] = value
