"""The HTTP face: token, allowance, address, query, body, answer, in this order."""

from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from sandbox.routing import Reply, Request, answer
from sandbox.store import Row
from sandbox.visma_net.access import Access
from sandbox.visma_net.calls import Answer, Asked, Call, Listing
from sandbox.visma_net.company import Company
from sandbox.visma_net.errors import RefusedError, told
from sandbox.visma_net.forms.wrapping import unwrapped
from sandbox.visma_net.queries import parse
from sandbox.visma_net.quota import Quota
from sandbox.visma_net.routing import Found, Route, Routes, find

JSON, TEXT, BYTES = "application/json; charset=utf-8", "text/plain; charset=utf-8", "application/octet-stream"
PREFIX = "/visma_net"
"""Where the system is mounted; the application itself sees paths without it."""
TOKEN_PATH = "/connect/token"  # noqa: S105  # an address
FOREIGN = "http://integration.visma.net/API/controller/api"
"""Another host, as seen in ``Location`` by other clients: only its last segment counts."""


class Gateway:
    """The ASGI application."""

    def __init__(self, company: Company, access: Access, quota: Quota, routes: Routes) -> None:
        self._company = company
        self._access = access
        self._quota = quota
        self._routes = routes
        self.failures: list[int] = []
        """Statuses with which coming writes are answered although they were carried out."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        if scope["type"] != "http":
            raise RuntimeError(f"only HTTP is served, not {scope['type']}")
        await answer(self.handle, dict(scope), receive, send)

    def handle(self, request: Request) -> Reply:
        """One request to the API or to the token endpoint."""
        if request.path == TOKEN_PATH and request.method == "POST":
            return self._access.token(request)
        now = self._company.clock.now()
        try:
            reply = self._ask(request)
        except RefusedError as refused:
            reply = _refusal(refused, request.method)
        reply.headers.update(self._quota.headers(now))
        reply.headers["Ipp-Request-Id"] = self._company.request_id()
        return reply

    def _ask(self, request: Request) -> Reply:
        found = find(self._routes, request.method, request.path)
        self._access.check(request.headers.get("authorization"), request.method, acts=found.route.acts)
        now = self._company.clock.now()
        if not self._quota.take(now):
            seconds = self._quota.reset(now)
            raise RefusedError(
                429,
                {"message": f"Rate limit exceeded. Try again in {seconds} seconds."},
                headers={"Retry-After": str(seconds)},
            )
        self._company.settle()
        call = self._call(found, request)
        try:
            made = found.route.handler(self._company, call)
        except RefusedError as refused:
            if found.route.document and refused.status == 400 and self._company.behaviour.refusals == "500":
                raise RefusedError(500, why=refused.why) from refused
            raise
        if self.failures and request.method != "GET":
            raise RefusedError(self.failures.pop(), why="An error occurred while processing the request.")
        if isinstance(made, Listing):
            return self._page(made, call.asked)
        return self._shown(made)

    def _call(self, found: Found, request: Request) -> Call:
        route = found.route
        content_type = request.headers.get("content-type", "")
        return Call(
            path=found.values,
            asked=parse(request.query, found.parsers) if request.query else {},
            body=_body(route, request, content_type, self._company),
            raw=request.body,
            content_type=content_type,
            if_match=_version(request.headers.get("if-match")),
            base_url=f"http://{request.headers.get('host', 'localhost')}{PREFIX}",
        )

    def _page(self, listing: Listing, asked: Asked) -> Reply:
        if not listing.largest:
            return Reply(200, orjson.dumps([listing.show(row) for row in listing.rows]), JSON)
        largest = self._company.behaviour.max_page_size or listing.largest
        size = min(asked.get("pageSize", largest), largest)
        start = (asked.get("pageNumber", 1) - 1) * size
        more = {"metadata": {"totalCount": len(listing.rows), "maxPageSize": largest}} if listing.counted else {}
        shown = [{**listing.show(row), **more} for row in listing.rows[start : start + size]]
        return Reply(200, orjson.dumps(shown), JSON)

    def _shown(self, made: Answer) -> Reply:
        headers = dict(made.headers)
        if made.version is not None:
            headers["ETag"] = f'"{made.version}"'
        if made.status == 201:
            self._locate(headers)
        if made.body is None:
            return Reply(made.status, headers=headers)
        if isinstance(made.body, bytes):
            return Reply(made.status, made.body, BYTES, headers)
        return Reply(made.status, orjson.dumps(made.body), JSON, headers)

    def _locate(self, headers: dict[str, str]) -> None:
        where = self._company.behaviour.location
        if where == "none":
            headers.pop("Location", None)
        elif where == "foreign":
            headers["Location"] = FOREIGN + headers["Location"].partition(PREFIX)[2]


def _body(route: Route, request: Request, content_type: str, company: Company) -> Row:
    """The JSON body, checked and without wrappers."""
    if route.takes != "json":
        return {}
    if route.body is None:  # an action: an empty object, or nothing
        return {}
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise RefusedError(400, f"The content type '{content_type}' is not supported; use application/json.")
    try:
        document: Any = orjson.loads(request.body)
    except orjson.JSONDecodeError as bad:
        raise RefusedError.business(f"The JSON is malformed: {bad}.") from bad
    return unwrapped(route.body, document, required=route.required, lengths=company.lengths)


def _version(header: str | None) -> str | None:
    return None if header is None or header.strip() == "*" else header.strip().removeprefix("W/").strip('"')


def _refusal(refused: RefusedError, method: str) -> Reply:
    body = told(refused.why, method) if refused.why is not None else refused.body
    if body is None:
        return Reply(refused.status, headers=refused.headers)
    if isinstance(body, str):
        return Reply(refused.status, body.encode(), TEXT, refused.headers)
    return Reply(refused.status, orjson.dumps(body), JSON, refused.headers)


def fault_body(status: int) -> tuple[bytes, str]:
    """How the service answers a status that a test ordered."""
    if status < 300 or status in {401, 404}:
        return b"", JSON
    if status in {502, 503, 504}:
        return b"The service is unavailable.", TEXT
    return orjson.dumps(told(f"Simulated answer {status}.", "POST")), JSON
