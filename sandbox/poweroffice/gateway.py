"""The HTTP face: keys, rate limit, address, token, privilege, query, body, answer, in this order."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.types import Receive, Scope, Send

from sandbox.limits import Window
from sandbox.poweroffice.access import Access
from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.patching import read_operations
from sandbox.poweroffice.queries import NOTHING_ASKED, Asked, parse
from sandbox.poweroffice.routing import Found, Routes, find

JSON = "application/json; charset=utf-8"
POST_TYPES = frozenset({"application/json", "text/json", "application/json-patch+json"})
PATCH_TYPE = "application/json-patch+json"
SUBSCRIPTION_HEADER = "ocp-apim-subscription-key"
PREFIX = "/poweroffice"
"""Where the system is mounted; the application itself sees paths without it."""
THROTTLED = "Rate limit is exceeded. Try again in 1 seconds."
SUB_OBJECTS = ("MailAddress", "Accrual")
"""Members that a row of a list may lack."""
RATE_LIMIT, RATE_SECONDS = 10, 1.0
"""Calls per second and subscription key (contract, section 3)."""


class Gateway:
    """The ASGI application. `open_routes` need the subscription key alone; `pages` stand outside ``/v2``."""

    def __init__(
        self,
        company: Company,
        access: Access,
        *,
        routes: Routes,
        open_routes: Routes,
        pages: Routes,
        limits_on: bool,
        before: Callable[[], None],
    ) -> None:
        self._company = company
        self._access = access
        self._routes = routes
        self._open = open_routes
        self._pages = pages
        self._window = Window(RATE_LIMIT, RATE_SECONDS) if limits_on else None
        self._before = before
        self.ignored_filters: frozenset[str] = frozenset()
        """Query names accepted without effect."""
        self.refused_filters: frozenset[str] = frozenset()
        """Query names refused although declared."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        if scope["type"] != "http":
            raise RuntimeError(f"only HTTP is served, not {scope['type']}")
        body = await _read(receive)
        status, headers, payload = self._answer(scope, body)
        if status != 204:
            headers["content-length"] = str(len(payload))
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": payload})

    def _answer(self, scope: Scope, body: bytes) -> tuple[int, dict[str, str], bytes]:
        try:
            self._before()
            return self._dispatch(scope, body)
        except RefusedError as refused:
            headers = dict(refused.headers)
            if refused.body is None:
                return refused.status, headers, b""
            return refused.status, {**headers, "content-type": JSON}, orjson.dumps(refused.body)

    def _dispatch(self, scope: Scope, body: bytes) -> tuple[int, dict[str, str], bytes]:
        method, path = scope["method"], scope["path"]
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        privileges: frozenset[str] = frozenset()
        in_api = path.startswith("/v2/")
        if in_api or path == "/OAuth/Token":
            self._access.check_subscription(headers.get(SUBSCRIPTION_HEADER))
            if self._window is not None and not self._window.take(self._company.clock.now()):
                raise RefusedError.gateway(429, THROTTLED, {"Retry-After": "1"})
        if not in_api:
            found = find(self._pages, method, path)
        elif path.startswith("/v2/Onboarding/"):
            found = find(self._open, method, path[3:])
        else:
            found = find(self._routes, method, path[3:])
            privileges = self._privileges(found, headers)
        call = self._call(found, scope, headers, body, privileges)
        answer = found.route.handler(self._company, call)
        if isinstance(answer, Listing):
            return self._page(answer, call.asked, path, call.base_url)
        return _shown(answer)

    def _privileges(self, found: Found, headers: Mapping[str, str]) -> frozenset[str]:
        """The token's privileges. Refused (401, 403) without a token or without a privilege of the route."""
        token = self._access.bearer(headers.get("authorization"))
        if found.route.privileges and token.privileges.isdisjoint(found.route.privileges):
            raise RefusedError(403, None)
        return token.privileges

    def _call(
        self, found: Found, scope: Scope, headers: Mapping[str, str], body: bytes, privileges: frozenset[str]
    ) -> Call:
        route, query = found.route, scope["query_string"]
        parsers = found.parsers
        if self.refused_filters:
            parsers = {name: parser for name, parser in parsers.items() if name not in self.refused_filters}
        asked = parse(query, parsers, self.ignored_filters) if query else NOTHING_ASKED
        content_type = headers.get("content-type", "")
        common: dict[str, Any] = {
            "path": found.values,
            "asked": asked,
            "headers": headers,
            "base_url": f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}{PREFIX}",
            "privileges": privileges,
        }
        if route.raw:
            return Call(**common, raw=body, content_type=content_type)
        if route.body is None:
            return Call(**common)
        media_type = content_type.partition(";")[0].strip().lower()
        patch = route.method == "PATCH"
        if media_type != PATCH_TYPE if patch else media_type not in POST_TYPES:
            raise RefusedError.problem(
                415, "Unsupported Media Type", f"The content type '{content_type}' is not supported."
            )
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError as bad:
            raise RefusedError.problem(400, "Malformed JSON", str(bad)) from bad
        if patch:
            return Call(**common, operations=read_operations(document, route.body))
        return Call(**common, body=route.body.refuse_faults(document))

    def _page(self, listing: Listing, asked: Asked, path: str, base_url: str) -> tuple[int, dict[str, str], bytes]:
        start = (asked.page - 1) * asked.size
        rows = listing.rows[start : start + asked.size]
        if not rows:
            return 204, {}, b""
        headers = {"content-type": JSON}
        if len(listing.rows) > start + asked.size:
            following = {"PageNumber": asked.page + 1, "PageSize": asked.size}
            link = f"{base_url}{path}?{urlencode(following)}"
            headers["X-Pagination"] = orjson.dumps({"nextPageLink": link}).decode()
        shown = [listing.show(row) for row in rows]
        fields = asked.get("Fields")
        if fields is not None:
            known = {*SUB_OBJECTS, *shown[0]}
            for name in fields:
                if name not in known:
                    raise RefusedError.problem(400, "Invalid query parameter(s)", f"The field '{name}' is unknown.")
            shown = [{name: row[name] for name in fields if name in row} for row in shown]
        return 200, headers, orjson.dumps(shown)


def _shown(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    headers = dict(answer.headers)
    if answer.body is None:
        return answer.status, headers, b""
    headers["content-type"] = answer.content_type
    payload = answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body)
    return answer.status, headers, payload


async def _read(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(chunks)
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)
