"""An in-process client of the simulated Visma.net. Every exchange is checked against the vendor's openapi.json."""

from dataclasses import replace
from functools import cache
from typing import Any

import httpx
import orjson

from sandbox.clock import Clock
from sandbox.visma_net.access import SCOPES
from sandbox.visma_net.system import VismaNet
from sandbox.world import World
from tests.specs import Spec, spec_or_skip
from tests.unit.sandbox.poweroffice_office import Direct

GUID = "3f2a8d10-5b6e-4a9f-8c1d-77e0b4a91c55"
JOURNALS = ("GET", "/v2/journaltransaction")


def corrected_spec() -> Spec:
    """The specification, with the list of journal transactions answering batches.

    The document shows the answer of an action there; the contract's prose and sample say pages of batches.
    """
    spec = spec_or_skip("visma_net")
    operation = spec.operations[JOURNALS]
    batches = {"type": "array", "items": {"$ref": "#/components/schemas/JournalTransactionDto"}}
    responses = {**operation.document["responses"], "200": {"content": {"application/json": {"schema": batches}}}}
    spec.operations[JOURNALS] = replace(operation, document={**operation.document, "responses": responses})
    return spec


def wrapped(members: dict[str, Any]) -> dict[str, Any]:
    """Plain members as a write body has them: a wrapper around each but lists of lines and plain flags."""
    bare = {"operation", "overrideWithClassValues", "visibility"}
    made: dict[str, Any] = {}
    for name, value in members.items():
        if name in bare:
            made[name] = wrapped(value) if isinstance(value, dict) else value
        elif isinstance(value, list):
            made[name] = [wrapped(each) for each in value]
        else:
            made[name] = {"value": wrapped(value) if isinstance(value, dict) else value}
    return made


@cache
def small_world() -> World:
    """The world that these tests share."""
    return World.generate(7, "small")


class Office:
    """One simulated company with a client that holds a token."""

    def __init__(self, *, limits_on: bool = False) -> None:
        self.clock = Clock()
        self.world = small_world()
        self.system = VismaNet(self.world, self.clock, limits_on=limits_on)
        self.http = httpx.Client(transport=Direct(self.system.app), base_url="http://sandbox.example")
        self.spec = corrected_spec()
        self._token: str | None = None

    def ask_token(self, **members: str | None) -> httpx.Response:
        """A request for a token: the usual one, with some members changed or (None) left out."""
        keys = self.system.credentials
        names = ("client_id", "client_secret", "tenant_id")
        form = {"grant_type": "client_credentials", "scope": " ".join(SCOPES), **{name: keys[name] for name in names}}
        form = {name: value for name, value in {**form, **members}.items() if value is not None}
        answer = self.http.post("/connect/token", data=form)
        self.check(answer, request=answer.status_code < 400)
        return answer

    def token(self, **members: str | None) -> str:
        """A new access token."""
        answer = self.ask_token(**members)
        assert answer.status_code == 200, answer.text
        self._token = str(answer.json()["access_token"])
        return self._token

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A request with a token, unless headers say otherwise; the exchange must keep the specification."""
        headers = {"Authorization": f"Bearer {self._token or self.token()}", **more.pop("headers", {})}
        valid_request = more.pop("valid_request", True)
        answer = self.http.request(method, path, headers=headers, **more)
        self.check(answer, request=valid_request)
        return answer

    def check(self, answer: httpx.Response, *, request: bool = True) -> None:
        """The exchange keeps the specification; `request` off: a request that is wrong on purpose."""
        asked = answer.request
        exchange = {
            "system": "visma_net",
            "method": asked.method,
            "path": asked.url.path,
            "query": asked.url.query.decode(),
            "request_headers": dict(asked.headers),
            "request_body": _body(asked.read(), asked.headers.get("content-type", "")),
            "status": answer.status_code,
            "response_headers": dict(answer.headers),
            "response_body": _body(answer.content, answer.headers.get("content-type", "")),
            "fault": None,
        }
        if request:
            self.spec.validate_request(exchange)
        self.spec.validate_answer(exchange)
        self.check_members(exchange)
        if asked.url.path != "/connect/token":
            documented = self.spec.operation(asked.method, asked.url.path).document["responses"]
            headers = self.spec._resolve(documented[str(answer.status_code)]).get("headers", ())
            missing = [name for name in headers if name != "ETag" and name not in answer.headers]
            assert missing == ([] if self.system.company.behaviour.location != "none" else ["Location"]), missing

    def check_members(self, exchange: dict[str, Any]) -> None:
        """Read schemas are open, so a misspelt member would pass: here every member of an answer must be declared."""
        if exchange["status"] >= 300 or exchange["response_body"] is None:
            return
        responses = self.spec.operation(exchange["method"], exchange["path"]).document["responses"]
        content = self.spec._resolve(responses[str(exchange["status"])]).get("content", {})
        if "application/json" in content:
            self._declared(content["application/json"]["schema"], exchange["response_body"], exchange["path"])

    def _declared(self, schema: Any, value: Any, at: str) -> None:
        schema = self.spec._resolve(schema)
        for one in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
            if self.spec._resolve(one).get("type") != "null":
                self._declared(one, value, at)
        if isinstance(value, list):
            for each in value:
                self._declared(schema.get("items", {}), each, f"{at}[]")
        elif isinstance(value, dict) and "properties" in schema:
            assert set(value) <= set(schema["properties"]), (at, set(value) - set(schema["properties"]))
            for name, each in value.items():
                self._declared(schema["properties"][name], each, f"{at}.{name}")

    def get(self, path: str, status: int = 200, /, **params: Any) -> Any:
        """GET; the parsed body (None without one)."""
        answer = self.send("GET", path, params=params, valid_request=status < 400)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content and "json" in answer.headers["content-type"] else None

    def post(self, path: str, members: dict[str, Any], status: int = 201) -> httpx.Response:
        """POST of plain members, wrapped."""
        answer = self.send("POST", path, json=wrapped(members), valid_request=status < 400)
        assert answer.status_code == status, answer.text
        return answer

    def create(self, path: str, members: dict[str, Any]) -> str:
        """POST; the last segment of its Location."""
        answer = self.post(path, members)
        assert answer.content == b""
        return httpx.URL(answer.headers["location"]).path.rpartition("/")[2]

    def put(
        self, path: str, members: dict[str, Any], status: int = 204, *, if_match: str | None = None
    ) -> httpx.Response:
        """PUT of plain members, wrapped."""
        headers = {} if if_match is None else {"If-Match": if_match}
        answer = self.send("PUT", path, json=wrapped(members), headers=headers, valid_request=status < 400)
        assert answer.status_code == status, answer.text
        return answer

    def refusal(self, method: str, path: str, members: dict[str, Any], status: int = 400) -> str:
        """What follows ``Error:`` in the answer to a write that is refused."""
        answer = self.send(method, path, json=wrapped(members), valid_request=False)
        assert answer.status_code == status, answer.text
        return str(answer.json()["message"]).partition(" Error: ")[2]

    def pages(self, path: str, size: int, **params: Any) -> list[dict[str, Any]]:
        """All pages of a list with metadata paging."""
        rows: list[dict[str, Any]] = []
        page = 1
        while True:
            found = self.get(path, pageNumber=page, pageSize=size, **params)
            rows += found
            if not found or page * min(size, found[0]["metadata"]["maxPageSize"]) >= found[0]["metadata"]["totalCount"]:
                return rows
            page += 1

    def act(self, action: str, **arguments: Any) -> Any:
        """A person does something."""
        return self.system.actions[action](arguments)

    def customer(self, **members: Any) -> str:
        """The number of a new customer of the domestic class."""
        body = {"name": "Blåfjell Rør & Varme AS", "customerClassId": "10", "overrideWithClassValues": True, **members}
        return self.create("/v1/customer", body)

    def item(self, **members: Any) -> str:
        """The number of a new item with 25 % VAT."""
        body = {"inventoryNumber": "RÅD-10", "description": "Rådgivning", "itemClass": "TIMER25", **members}
        self.create("/v1/inventory", body)
        return str(body["inventoryNumber"])

    def project(self, number: str = "4711", **members: Any) -> str:
        """A new project that is active, with its task 10 active."""
        body = {"projectID": number, "description": "Havneprosjekt", "startDate": "2026-03-01", "template": "Z"}
        self.create("/v1/project", {**body, "billingPeriod": "OnDemand", "hold": True, **members})
        (task,) = self.get("/v1/projecttask", projectId=number)
        self.put(f"/v1/projecttask/{task['internalId']}", {"status": "Active"})
        self.put(f"/v1/project/{number}", {"hold": False, "status": "Active"})
        return number

    def invoice(self, customer: str, *lines: dict[str, Any], **members: Any) -> str:
        """The number of a new invoice on hold, neither printed nor mailed."""
        usual = {"operation": "Insert", "inventoryNumber": "RÅD-10"}
        body = {
            "customerNumber": customer,
            "documentDate": "2026-03-05",
            "hold": True,
            "dontPrint": True,
            "dontEmail": True,
            "invoiceLines": [{**usual, **line} for line in lines],
            **members,
        }
        return self.create("/v2/customerinvoice", body)

    def released(self, number: str) -> dict[str, Any]:
        """The invoice after its hold is taken off and it is released."""
        self.put(f"/v1/customerinvoice/{number}", {"hold": False})
        answer = self.send("POST", f"/v1/customerinvoice/{number}/action/release", json={})
        assert answer.json()["actionResult"] == "Done", answer.text
        return dict(self.get(f"/v1/customerinvoice/{number}"))


def _body(content: bytes, content_type: str) -> Any:
    if not content:
        return None
    if "json" in content_type:
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError:
            return content.decode(errors="replace")
    return content.decode("latin-1")
