"""What people do in Go's own screens, and what its vendor's staff could do: the control actions."""

from collections.abc import Mapping
from functools import wraps

from sandbox.poweroffice.access import Access
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.gateway import Gateway
from sandbox.poweroffice.onboarding import Onboarding
from sandbox.poweroffice.people.purchases import PurchaseDesk
from sandbox.poweroffice.people.registries import RegistryDesk
from sandbox.poweroffice.people.sales import SalesDesk
from sandbox.poweroffice.people.settings import SettingsDesk
from sandbox.system import Action, ActionError, Json


def actions(company: Company, access: Access, onboarding: Onboarding, gateway: Gateway) -> Mapping[str, Action]:
    """All actions by name. What Go refuses becomes an ActionError with Go's own words."""
    sales, purchases = SalesDesk(company), PurchaseDesk(company)
    registries, settings = RegistryDesk(company), SettingsDesk(access, onboarding, gateway)
    found: dict[str, Action] = {
        "send_invoice": sales.send_invoice,
        "register_payment": sales.register_payment,
        "reverse_payment": sales.reverse_payment,
        "credit_invoice": sales.credit_invoice,
        "create_order": sales.create_order,
        "edit_order": sales.edit_order,
        "confirm_order": sales.confirm_order,
        "reopen_order": sales.reopen_order,
        "delete_order": sales.delete_order,
        "post_purchase_invoice": purchases.post_purchase_invoice,
        "reverse_voucher": purchases.reverse_voucher,
        "correct_voucher": purchases.correct_voucher,
        "edit_ledger_row": purchases.edit_ledger_row,
        "create_customer": registries.create_customer,
        "edit_customer": registries.edit_customer,
        "archive_customer": registries.archive_customer,
        "delete_customer": registries.delete_customer,
        "create_contact_person": registries.create_contact_person,
        "create_project": registries.create_project,
        "edit_project": registries.edit_project,
        "archive_project": registries.archive_project,
        "delete_project": registries.delete_project,
        "create_product": registries.create_product,
        "edit_product": registries.edit_product,
        "archive_product": registries.archive_product,
        "create_department": registries.create_department,
        "edit_department": registries.edit_department,
        "create_employee": registries.create_employee,
        "edit_employee": registries.edit_employee,
        "set_privileges": settings.set_privileges,
        "allow_redirect": settings.allow_redirect,
        "add_client": settings.add_client,
        "set_unverified_filters": settings.set_unverified_filters,
    }
    return {name: _told(action) for name, action in found.items()}


def _told(action: Action) -> Action:
    @wraps(action)
    def act(arguments: Json) -> Json:
        try:
            return action(arguments)
        except RefusedError as refused:
            body = refused.body or {}
            raise ActionError(str(body.get("detail", refused))) from refused

    return act
