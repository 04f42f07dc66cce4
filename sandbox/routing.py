"""A small router and the shapes of a request and a reply, for simulated systems that speak plain ASGI.

Every answer is computed at once in the event loop, so a table is never seen half changed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs

from starlette.types import Receive, Send

Route = TypeVar("Route")


@dataclass(slots=True)
class Request:
    """A request below the base URL. Header names are lower case; query values keep their order."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: dict[str, list[str]]
    params: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Reply:
    """An answer. No content type is sent with an empty body."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Node:
    fixed: dict[str, "_Node"] = field(default_factory=dict)
    variable: "_Node | None" = None
    routes: dict[str, tuple[Any, tuple[str, ...]]] = field(default_factory=dict)


class Router(Generic[Route]):
    """Finds a route by method and path; a fixed segment goes before a variable one (``{guid}``)."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, method: str, template: str, route: Route) -> None:
        """Adds a route. Raises ValueError when the method and template have one."""
        node, names = self._root, []
        for segment in template.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                if node.variable is None:
                    node.variable = _Node()
                node = node.variable
            else:
                node = node.fixed.setdefault(segment, _Node())
        if method in node.routes:
            raise ValueError(f"{method} {template} twice")
        node.routes[method] = (route, tuple(names))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route with the values of its variable segments, or None."""
        found = self._walk(self._root, path.strip("/").split("/"), 0, [], method)
        if found is None:
            return None
        (route, names), values = found
        return route, dict(zip(names, values, strict=True))

    def _walk(
        self, node: _Node, segments: list[str], at: int, values: list[str], method: str
    ) -> tuple[tuple[Route, tuple[str, ...]], list[str]] | None:
        if at == len(segments):
            route = node.routes.get(method)
            return None if route is None else (route, values)
        fixed = node.fixed.get(segments[at])
        if fixed is not None:
            found = self._walk(fixed, segments, at + 1, values, method)
            if found is not None:
                return found
        if node.variable is not None and segments[at]:
            return self._walk(node.variable, segments, at + 1, [*values, segments[at]], method)
        return None


async def answer(handle: Callable[[Request], Reply], scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Plays one ASGI request through a handler. The body comes in one message, as the gateway sends it."""
    message = await receive()
    query = scope["query_string"]
    reply = handle(
        Request(
            method=scope["method"],
            path=scope["path"],
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            body=message.get("body", b""),
            query=parse_qs(query.decode("latin-1"), keep_blank_values=True) if query else {},
        )
    )
    headers = [(name.encode(), value.encode()) for name, value in reply.headers.items()]
    if reply.body:
        headers.append((b"content-type", reply.content_type.encode()))
    if reply.status != 204:
        headers.append((b"content-length", str(len(reply.body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
