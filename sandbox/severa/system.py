"""The simulated Severa as the framework sees it."""

from collections.abc import Mapping
from typing import Any

from starlette.types import Receive, Scope, Send

from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.limits import Window
from sandbox.routing import Reply, Request, Router, answer
from sandbox.severa.access import Access
from sandbox.severa.actions import Screens
from sandbox.severa.endpoints import ENDPOINTS
from sandbox.severa.errors import QUOTA, Refused, fault_body, invalid
from sandbox.severa.kinds import KINDS
from sandbox.severa.lists import Pages
from sandbox.severa.registers import Registers
from sandbox.severa.seed import fill
from sandbox.severa.service import Endpoint, Service
from sandbox.system import Json, plain
from sandbox.world import World

REQUESTS_PER_SECOND = 10


class Severa:
    """Answers Severa's public REST API over registers filled from the world."""

    name = "severa"

    def __init__(self, world: World, clock: Clock, *, limits_on: bool) -> None:
        ids = Ids(world.seed, self.name)
        registers = Registers(clock, ids, world.organisation.currency)
        places = fill(registers, world)
        self._clock = clock
        self._registers = registers
        self._access = Access(clock, ids)
        self._service = Service(registers, Pages(registers), self._access)
        self._window = Window(REQUESTS_PER_SECOND, 1.0) if limits_on else None
        self._router: Router[Endpoint] = Router()
        for endpoint in ENDPOINTS:
            self._router.add(endpoint.method, endpoint.path, endpoint)
        self.app = self._app
        self.credentials = {"client_id": self._access.client_id, "client_secret": self._access.client_secret}
        self.addresses: tuple[str, ...] = ("base_url",)
        self.settings: Mapping[str, Any] = {}
        self.secrets = self._access.secrets
        invoices = {one.key: places.invoices[i] for i, one in enumerate(world.invoices)}
        self.actions = Screens(registers, self._access, invoices).all()
        self.kinds = list(KINDS)

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        await answer(self._handle, dict(scope), receive, send)

    def _handle(self, request: Request) -> Reply:
        if self._window is not None and not self._window.take(self._clock.now()):
            return Reply(429, QUOTA.encode(), "text/plain")
        found = self._router.find(request.method, request.path)
        if found is None:
            return Reply(404)
        endpoint, request.params = found
        try:
            if not endpoint.is_open:
                self._access.admit(request.headers, endpoint.scope)
            if endpoint.listing is None:
                for name in request.query:
                    if name not in endpoint.names:
                        raise invalid(name, "is not a parameter of this call", place="UriParameter")
            return endpoint.act(self._service, request)
        except Refused as error:
            return error.reply()

    def objects(self, kind: str) -> list[Json]:
        """Everything stored of one kind."""
        wanted = plain(kind)
        for name in KINDS:
            if plain(name) == wanted:
                return list(self._registers.tables[name])
        raise KeyError(kind)

    def expire_tokens(self) -> None:
        """Makes all tokens issued so far invalid."""
        self._access.expire()

    def fault_body(self, status: int) -> tuple[bytes, str]:
        """Severa's body for an ordered status."""
        return fault_body(status)
