"""The simulated Visma.net Financials as the framework sees it."""

from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp

from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.store import Row
from sandbox.system import Action, plain
from sandbox.visma_net.access import Access
from sandbox.visma_net.company import Company
from sandbox.visma_net.gateway import Gateway, fault_body
from sandbox.visma_net.people import actions
from sandbox.visma_net.quota import Quota
from sandbox.visma_net.routes.documents import DOCUMENTS
from sandbox.visma_net.routes.registries import REGISTRIES
from sandbox.visma_net.routing import router
from sandbox.visma_net.start.history import post_history
from sandbox.visma_net.start.seed import fill
from sandbox.visma_net.stored import kinds_of
from sandbox.world import World

SETTINGS = {
    "customer_class": "10",
    "item_classes": {"product": "VARE25", "work_type": "TIMER25", "travel_expense": "UTLEGG25"},
    "stamp_zone": "Europe/Oslo",
}
"""Classes of what comes from elsewhere without one, and the zone of this company's times of change."""


class VismaNet:
    """One simulated company, with the token service beside its API."""

    name = "visma_net"

    def __init__(self, world: World, clock: Clock, *, limits_on: bool) -> None:
        ids = Ids(world.seed, self.name)
        self.access = Access(clock, ids)
        self.company = Company(clock, ids)
        post_history(self.company, world, fill(self.company, world))
        self.quota = Quota(on=limits_on)
        gateway = Gateway(self.company, self.access, self.quota, router([*REGISTRIES, *DOCUMENTS]))
        self.app: ASGIApp = gateway
        self.credentials: Mapping[str, str] = {
            "client_id": self.access.client_id,
            "client_secret": self.access.client_secret,
            "tenant_id": self.access.tenant_id,
            "customer_tenant_id": self.access.customer_tenant_id,
        }
        self.addresses: tuple[str, ...] = ("base_url", "connect_url")
        self.settings: Mapping[str, Any] = SETTINGS
        self.secrets: set[str] = self.access.secrets
        self.actions: Mapping[str, Action] = actions(self.company, self.access, self.quota, gateway)
        kinds = kinds_of(self.company)
        self.kinds = list(kinds)
        self._objects = {plain(name): read for name, read in kinds.items()}

    def objects(self, kind: str) -> list[Row]:
        """Everything stored of one kind, as a read would show it. Raises KeyError for an unknown kind."""
        self.company.settle()
        return self._objects[plain(kind)]()

    def expire_tokens(self) -> None:
        """Makes all tokens issued so far invalid."""
        self.access.expire()

    def fault_body(self, status: int) -> tuple[bytes, str]:
        """Nothing for 401 and 404, plain text for a gateway's statuses, else the usual JSON."""
        return fault_body(status)
