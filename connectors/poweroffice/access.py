"""What the integration must be allowed to do in PowerOffice (contract section 10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.poweroffice.client import PowerOfficeClient
from core.errors import ConfigurationError

PRIVILEGES = (
    "Customer_Full",
    "ContactPerson_Full",
    "ContactDeliveryAddress_Full",
    "Product_Full",
    "Project_Full",
    "Department_Full",
    "Employee_Full",
    "SalesOrders_Full",
    "OutgoingInvoice",
    "AccountTransaction",
    "GeneralLedgerAccount",
    "CommonServices",
)
COVERED_BY_CUSTOMER = frozenset({"ContactPerson_Full", "ContactDeliveryAddress_Full"})
"""`Customer_Full` covers persons and addresses."""


async def check(client: PowerOfficeClient) -> None:
    """One authorised call. ConfigurationError names every privilege that is missing."""
    information = await client.row("/ClientIntegrationInformation", {})
    valid = _texts(information, "ValidPrivileges")
    missing = [privilege for privilege in PRIVILEGES if not covered(privilege, valid)]
    if missing:
        off = sorted(set(missing) & _texts(information, "InvalidPrivileges"))
        raise ConfigurationError(
            f"The integration lacks privileges in PowerOffice: {', '.join(missing)}.",
            why=f"The company's subscription has no module for {', '.join(off)}." if off else "",
            todo="Give the integration these privileges in PowerOffice Go; the next token carries them.",
            field="ValidPrivileges",
        )


def covered(privilege: str, valid: frozenset[str]) -> bool:
    """Whether a privilege is given, by itself or by one that covers it (`X_Full` covers `X`)."""
    return (
        privilege in valid
        or f"{privilege}_Full" in valid
        or (privilege in COVERED_BY_CUSTOMER and "Customer_Full" in valid)
    )


def _texts(information: Any, name: str) -> frozenset[str]:
    values = information.get(name) if isinstance(information, Mapping) else None
    return frozenset(value for value in values if isinstance(value, str)) if isinstance(values, list) else frozenset()
