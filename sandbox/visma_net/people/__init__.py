"""What people do in Visma.net's own screens: the control actions."""

from collections.abc import Mapping
from functools import wraps

from sandbox.system import Action, ActionError, Json
from sandbox.visma_net.access import Access
from sandbox.visma_net.company import Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.gateway import Gateway
from sandbox.visma_net.people.purchases import PurchaseDesk
from sandbox.visma_net.people.registries import RegistryDesk
from sandbox.visma_net.people.sales import SalesDesk
from sandbox.visma_net.people.settings import SettingsDesk
from sandbox.visma_net.quota import Quota


def actions(company: Company, access: Access, quota: Quota, gateway: Gateway) -> Mapping[str, Action]:
    """All actions by name. What Visma.net refuses becomes an ActionError with its own words."""
    desks = (
        SalesDesk(company),
        PurchaseDesk(company),
        RegistryDesk(company),
        SettingsDesk(company, access, quota, gateway),
    )
    return {
        name: _told(getattr(desk, name), company)
        for desk in desks
        for name in vars(type(desk))
        if not name.startswith("_")
    }


def _told(action: Action, company: Company) -> Action:
    @wraps(action)
    def act(arguments: Json) -> Json:
        company.settle()
        try:
            return action(arguments)
        except RefusedError as refused:
            raise ActionError(refused.why or str(refused)) from refused

    return act
