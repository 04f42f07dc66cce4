"""An in-process client of the simulated PowerOffice. Every exchange is checked against the vendor's openapi.json."""

import re
from functools import cache
from typing import Any

import httpx
import orjson
import pytest
from starlette.types import ASGIApp, Message

from sandbox.clock import Clock
from sandbox.poweroffice.system import PowerOffice
from sandbox.world import World
from tests.specs import spec_or_skip

GUID = "3f2a8d10-5b6e-4a9f-8c1d-77e0b4a91c55"
PATCH = "application/json-patch+json"


class Direct(httpx.BaseTransport):
    """Plays requests straight into an ASGI application that never waits for anything but its request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request, one answer."""
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": request.read(), "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": request.url.path,
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
        }
        answering = self._app(scope, receive, send)
        with pytest.raises(StopIteration):
            answering.__await__().__next__()
        start, body = sent
        return httpx.Response(start["status"], headers=start["headers"], content=body["body"], request=request)


@cache
def small_world() -> World:
    """The world that these tests share."""
    return World.generate(7, "small")


class Office:
    """One simulated company with a client that holds a token."""

    def __init__(self, *, limits_on: bool = False) -> None:
        self.clock = Clock()
        self.world = small_world()
        self.system = PowerOffice(self.world, self.clock, limits_on=limits_on)
        self.http = httpx.Client(transport=Direct(self.system.app), base_url="http://sandbox.example")
        self.spec = spec_or_skip("poweroffice")
        self.subscription = {"Ocp-Apim-Subscription-Key": self.system.access.subscription_key}
        self._token: str | None = None

    def token(self) -> str:
        """A new access token."""
        access = self.system.access
        answer = self.http.post(
            "/OAuth/Token",
            data={"grant_type": "client_credentials"},
            auth=(access.application_key, access.client_key),
            headers=self.subscription,
        )
        assert answer.status_code == 200, answer.text
        self._token = answer.json()["access_token"]
        return self._token

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A request with key and token, unless headers say otherwise; the exchange must keep the specification."""
        headers = {**self.subscription, "Authorization": f"Bearer {self._token or self.token()}"}
        headers.update(more.pop("headers", {}))
        headers = {name: value for name, value in headers.items() if value is not None}
        valid_request = more.pop("valid_request", True)
        answer = self.http.request(method, f"/v2{path}", headers=headers, follow_redirects=False, **more)
        self.check(answer, request=valid_request)
        return answer

    def check(self, answer: httpx.Response, *, request: bool = True) -> None:
        """The exchange keeps the specification; `request` off: a request that is wrong on purpose."""
        asked = answer.request
        content_type = asked.headers.get("content-type", "")
        exchange = {
            "system": "poweroffice",
            "method": asked.method,
            "path": asked.url.path,
            "query": asked.url.query.decode(),
            "request_headers": dict(asked.headers),
            "request_body": _body(asked.read(), content_type),
            "status": answer.status_code,
            "response_headers": dict(answer.headers),
            "response_body": _body(answer.content, answer.headers.get("content-type", "")),
            "fault": None,
        }
        if request:
            self.spec.validate_request(exchange)
        self.spec.validate_answer(exchange)

    def get(self, path: str, status: int = 200, /, **params: Any) -> Any:
        """GET; the parsed body (None without one)."""
        answer = self.send("GET", path, params=params, valid_request=status < 400)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def post(self, path: str, body: Any, status: int = 201) -> Any:
        """POST; the parsed body."""
        answer = self.send("POST", path, json=body, valid_request=status < 400)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def patch(self, path: str, *operations: Any, status: int = 200) -> Any:
        """PATCH with (op, pointer[, value]) tuples; the parsed body."""
        names = ("op", "path", "value")
        document = [dict(zip(names, each, strict=False)) for each in operations]
        content, headers = orjson.dumps(document), {"Content-Type": PATCH}
        answer = self.send("PATCH", path, content=content, headers=headers, valid_request=status < 400)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def delete(self, path: str, status: int = 200) -> Any:
        """DELETE; the parsed body."""
        answer = self.send("DELETE", path)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def refusal(self, path: str, body: Any, status: int = 400) -> str:
        """The detail with which a POST is refused."""
        return str(self.post(path, body, status)["detail"])

    def act(self, action: str, **arguments: Any) -> Any:
        """A person does something."""
        return self.system.actions[action](arguments)

    def customer(self, **members: Any) -> dict[str, Any]:
        """A new customer."""
        body = {"Name": "Blåfjell Rør & Varme AS", "EmailAddress": "post@blafjell.example", **members}
        return dict(self.post("/Customers", body))

    def product(self, **members: Any) -> dict[str, Any]:
        """A new product on the account with 25 % VAT."""
        accounts = {"StandardSalesAccount": 3000, "OptionalSalesAccount": 3100}
        body = {"Name": "Rådgivning", "Code": "KONS01", "UnitPrice": 1450.0, **accounts, **members}
        return dict(self.post("/Products", body, 200))

    def order(self, customer: dict[str, Any], *lines: dict[str, Any], **members: Any) -> dict[str, Any]:
        """A new draft with the lines, each with a discount of 0 and the standard account unless it says otherwise."""
        usual = {"LineType": "Normal", "Allowance": 0, "UseStandardSalesAccount": True}
        body = {"CustomerId": customer["Id"], "SalesOrderLines": [{**usual, **line} for line in lines], **members}
        return dict(self.post("/SalesOrders/Complete", body))


def _body(content: bytes, content_type: str) -> Any:
    if not content:
        return None
    if "json" in content_type:
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError:
            return content.decode(errors="replace")
    return re.sub(r"[^\x20-\x7e\r\n]", "?", content.decode("latin-1"))
