"""What the endpoints work with, and the acts that most of them are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from sandbox.routing import Reply, Request
from sandbox.severa.access import Access
from sandbox.severa.errors import Refused, missing
from sandbox.severa.kinds import KINDS
from sandbox.severa.lists import Listing, Pages
from sandbox.severa.patching import patch
from sandbox.severa.registers import Registers
from sandbox.store import Row


@dataclass(frozen=True)
class Service:
    """The simulated Severa behind its endpoints."""

    registers: Registers
    pages: Pages
    access: Access


Act = Callable[[Service, Request], Reply]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path. `scope` None needs a token without a scope; `is_open` needs no token at all."""

    method: str
    path: str
    scope: str | None
    act: Act
    listing: Listing | None = None
    is_open: bool = False
    names: frozenset[str] = frozenset()
    """Query parameters of an endpoint that is no list."""


def reply(value: object, status: int = 200, **headers: str) -> Reply:
    """A JSON answer."""
    return Reply(status, orjson.dumps(value), headers=headers)


def read_json(request: Request) -> Any:
    """The body as JSON. Refuses what is none, or is not said to be any, with InvalidRequest."""
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        raise Refused(400, "InvalidRequest", "The content type must be application/json.")
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise Refused(400, "InvalidRequest", "The body is not valid JSON.") from None


def _last(request: Request) -> str:
    return next(reversed(request.params.values()))


def listed(path: str, scope: str, listing: Listing) -> Endpoint:
    """GET of a list."""

    def act(service: Service, request: Request) -> Reply:
        rows, token = service.pages.answer(listing, request.path, request.params, request.query)
        headers = {} if token is None else {"NextPageToken": token}
        return Reply(200, orjson.dumps(rows), headers=headers)

    return Endpoint("GET", path, scope, act, listing=listing)


def single(
    path: str,
    scope: str,
    kind: str,
    *,
    array: bool = False,
    names: tuple[str, ...] = (),
    shown: Callable[[Registers, Row], Row] | None = None,
) -> Endpoint:
    """GET of one object by its guid."""

    def act(service: Service, request: Request) -> Reply:
        row = service.registers.get(kind, _last(request))
        value = row if shown is None else shown(service.registers, row)
        return reply([value] if array else value)

    return Endpoint("GET", path, scope, act, names=frozenset(names))


def created(
    path: str, scope: str, kind: str, *, array: bool = False, parent: tuple[str, str, str] | None = None
) -> Endpoint:
    """POST of one object. `parent` is (path parameter, kind of the parent, member that refers to it)."""

    def act(service: Service, request: Request) -> Reply:
        body = read_json(request)
        extra = {}
        if parent is not None:
            parameter, parent_kind, member = parent
            extra[member] = {"guid": service.registers.get(parent_kind, request.params[parameter])["guid"]}
        row = service.registers.create(KINDS[kind], body, extra)
        return reply([row] if array else row, 201)

    return Endpoint("POST", path, scope, act)


def patched(path: str, scope: str, kind: str, *, array: bool = True) -> Endpoint:
    """PATCH of one object."""

    def act(service: Service, request: Request) -> Reply:
        row = patch(service.registers, KINDS[kind], _last(request), read_json(request))
        return reply([row] if array else row)

    return Endpoint("PATCH", path, scope, act)


def deleted(
    path: str,
    scope: str,
    kind: str,
    *,
    before: Callable[[Registers, Row], None] | None = None,
    after: Callable[[Registers, Row], None] | None = None,
) -> Endpoint:
    """DELETE of one object: 204, or 404 when there is none."""

    def act(service: Service, request: Request) -> Reply:
        registers = service.registers
        row = registers.get(kind, _last(request))
        if before is not None:
            before(registers, row)
        registers.tables[kind].delete(row["guid"])
        if after is not None:
            after(registers, row)
        return Reply(204)

    return Endpoint("DELETE", path, scope, act)


def computed(
    path: str, scope: str | None, make: Callable[[Registers, Request], object], *, names: tuple[str, ...] = ()
) -> Endpoint:
    """GET of what is not stored but follows from something else; None answers 404."""

    def act(service: Service, request: Request) -> Reply:
        value = make(service.registers, request)
        if value is None:
            raise missing()
        return reply(value)

    return Endpoint("GET", path, scope, act, names=frozenset(names))
