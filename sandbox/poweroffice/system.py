"""The simulated PowerOffice Go as the framework sees it."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.types import ASGIApp

from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.poweroffice.access import Access
from sandbox.poweroffice.calls import Answer, Call
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.forms.orders import FINALIZE_ONBOARDING_POST, INITIATE_ONBOARDING_POST
from sandbox.poweroffice.gateway import JSON, Gateway
from sandbox.poweroffice.onboarding import Onboarding
from sandbox.poweroffice.people import actions
from sandbox.poweroffice.routes.documents import DOCUMENTS
from sandbox.poweroffice.routes.registries import COMMON, REGISTRIES
from sandbox.poweroffice.routing import Route, router
from sandbox.poweroffice.sales import send_queue
from sandbox.poweroffice.start.history import post_history
from sandbox.poweroffice.start.seed import fill
from sandbox.poweroffice.stored import kinds_of
from sandbox.store import Row
from sandbox.system import Action, plain
from sandbox.world import World

ORGANISATION = "/OrganizationSettings"


class PowerOffice:
    """One simulated PowerOffice Go environment with one client company."""

    name = "poweroffice"

    def __init__(self, world: World, clock: Clock, *, limits_on: bool) -> None:
        ids = Ids(world.seed, self.name)
        self.access = Access(clock, ids)
        self.company = Company(clock, ids)
        post_history(self.company, world, fill(self.company, world))
        self._client_id = ids.guid("client")
        self.onboarding = Onboarding(self.access)
        gateway = Gateway(
            self.company,
            self.access,
            routes=router(
                [
                    *(route for route in REGISTRIES if route.path != ORGANISATION),
                    *DOCUMENTS,
                    Route("GET", "/ClientIntegrationInformation", self._who_am_i),
                    Route("GET", ORGANISATION, self._organisation, COMMON),
                ]
            ),
            open_routes=router(
                [
                    Route("POST", "/Onboarding/Initiate", self.onboarding.initiate, body=INITIATE_ONBOARDING_POST),
                    Route("POST", "/Onboarding/Finalize", self.onboarding.finalize, body=FINALIZE_ONBOARDING_POST),
                ]
            ),
            pages=router(
                [
                    Route("POST", "/OAuth/Token", lambda _, call: self.access.token(call), raw=True),
                    Route("GET", "/Go/Onboarding/{id}", self.onboarding.page),
                    Route("POST", "/Go/Onboarding/{id}", self.onboarding.answered, raw=True),
                ]
            ),
            limits_on=limits_on,
            before=lambda: send_queue.work_off(self.company),
        )
        self.app: ASGIApp = gateway
        self.credentials: Mapping[str, str] = {
            "application_key": self.access.application_key,
            "client_key": self.access.client_key,
            "subscription_key": self.access.subscription_key,
        }
        self.addresses: tuple[str, ...] = ("base_url",)
        self.settings: Mapping[str, Any] = {}
        self.secrets: set[str] = self.access.secrets
        self.actions: Mapping[str, Action] = actions(self.company, self.access, self.onboarding, gateway)
        kinds = kinds_of(self.company)
        self.kinds = list(kinds)
        self._objects = {plain(name): read for name, read in kinds.items()}

    def objects(self, kind: str) -> list[Row]:
        """Everything stored of one kind, as a read would show it. Raises KeyError for an unknown kind."""
        return self._objects[plain(kind)]()

    def expire_tokens(self) -> None:
        """Makes all tokens issued so far invalid."""
        self.access.expire()

    def fault_body(self, status: int) -> tuple[bytes, str]:
        """As Go answers: nothing for 401 and 403, the gateway's words for 429, else ProblemDetails."""
        if status < 300 or status in {401, 403}:
            return b"", JSON
        if status == 429:
            return orjson.dumps(
                {"statusCode": "429", "message": "Rate limit is exceeded. Try again in 1 seconds."}
            ), JSON
        problem = {"title": "An error occurred.", "status": status, "detail": f"Simulated answer {status}."}
        return orjson.dumps(problem), JSON

    def _who_am_i(self, company: Company, call: Call) -> Answer:
        """``GET /ClientIntegrationInformation``: the privileges as they are now, not as the token has them."""
        other = self.access.client(call.headers.get("authorization"))
        return Answer(
            200,
            {
                "ClientId": other.id if other else self._client_id,
                "ClientName": other.name if other else company.settings["OrganizationSettings"]["Name"],
                "ActiveClientSubscriptions": ["Accounting", "Invoicing", "Project"],
                "ValidPrivileges": sorted(self.access.privileges),
                "InvalidPrivileges": sorted(self.access.invalid_privileges),
            },
        )

    def _organisation(self, company: Company, call: Call) -> Answer:
        """``GET /OrganizationSettings``."""
        own = company.settings["OrganizationSettings"]
        other = self.access.client(call.headers.get("authorization"))
        if other is None:
            return Answer(200, own)
        return Answer(200, {**own, "Name": other.name, "LegalName": other.name, "OrganizationNumber": other.number})
