"""The table of calls: what each needs, and finding one by method and path."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms.members import Model
from sandbox.poweroffice.queries import PAGING, Parser
from sandbox.routing import Router

Handler = Callable[[Company, Call], Answer | Listing]
Need = Literal["bearer", "subscription", "token"]
Routes = Router[tuple["Route", Mapping[str, Parser]]]


@dataclass(frozen=True, slots=True)
class Route:
    """One call. `path` is below ``/v2``; ``{guid}`` is a uuid, any other variable an int64.

    `privileges`: one of them is enough. `filters` are the query names; `paged` adds the paging names.
    `body` is the form of a POST or of what a PATCH may address; `raw` leaves the body to the handler.
    """

    method: str
    path: str
    handler: Handler
    privileges: Sequence[str] = ()
    filters: Mapping[str, Parser] = field(default_factory=dict)
    paged: bool = False
    body: Model | None = None
    raw: bool = False

    def parsers(self) -> Mapping[str, Parser]:
        """All query names of this call."""
        return {**self.filters, **PAGING} if self.paged else self.filters


def router(routes: Sequence[Route]) -> Routes:
    """Finds the routes, each with all its query names."""
    found: Routes = Router()
    for route in routes:
        found.add(route.method, route.path, (route, route.parsers()))
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """A route with the values of its path."""

    route: Route
    parsers: Mapping[str, Parser]
    values: Sequence[Any]


def find(routes: Routes, method: str, path: str) -> Found:
    """The route of a call. Refused (404, the gateway's answer) when there is none or a path value is malformed."""
    found = routes.find(method, path)
    if found is None:
        raise RefusedError.gateway(404, "Resource not found")
    (route, parsers), values = found
    return Found(route, parsers, [_path_value(name, text) for name, text in values.items()])


def _path_value(name: str, text: str) -> Any:
    try:
        return str(UUID(text)) if name == "guid" else int(text)
    except ValueError as bad:
        raise RefusedError.gateway(404, "Resource not found") from bad


def full(*names: str) -> Sequence[str]:
    """Privileges that allow writing."""
    return [f"{name}_Full" for name in names]


def read(*names: str) -> Sequence[str]:
    """Privileges that allow reading: each plain, or full."""
    return [each for name in names for each in (name, f"{name}_Full")]
