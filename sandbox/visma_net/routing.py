"""The table of calls: what each needs, and finding one by method and path."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.fields import Fields
from sandbox.routing import Router
from sandbox.visma_net.calls import Answer, Call, Listing
from sandbox.visma_net.company import Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.queries import PAGED, Parser

Handler = Callable[[Company, Call], Answer | Listing]
Takes = Literal["json", "file", "nothing"]


@dataclass(frozen=True, slots=True)
class Route:
    """One call.

    `filters` are the query names; `paged` adds the paging names. `body` is the form of the JSON body, `required`
    names the members a new object needs. `takes` "file" leaves a multipart body to the handler. `whole` names the
    path values that are whole numbers. `acts`: an action on a document.
    """

    method: str
    path: str
    handler: Handler
    filters: Mapping[str, Parser] = field(default_factory=dict)
    paged: bool = False
    body: Fields | None = None
    required: Sequence[str] = ()
    takes: Takes = "nothing"
    whole: Sequence[str] = ()
    acts: bool = False
    document: bool = False
    """Creates or releases a document: a business refusal can come as 500."""

    def parsers(self) -> Mapping[str, Parser]:
        """All query names of this call."""
        return {**self.filters, **PAGED} if self.paged else self.filters


Routes = Router[tuple[Route, Mapping[str, Parser]]]


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
    values: Mapping[str, Any]


def find(routes: Routes, method: str, path: str) -> Found:
    """The route of a call. Refused (404) when there is none, or when a path value is no whole number."""
    found = routes.find(method, path)
    if found is None:
        raise RefusedError(404, f"No HTTP resource was found that matches the request URI '{path}'.")
    (route, parsers), texts = found
    values: dict[str, Any] = dict(texts)
    for name in route.whole:
        try:
            values[name] = int(texts[name])
        except ValueError as bad:
            raise RefusedError(404, f"'{texts[name]}' is no whole number.") from bad
    return Found(route, parsers, values)
