"""PowerOffice's refusals as data: (status, method, words of the detail) -> error class (contract section 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.http import Refused
from connectors.payload import excerpt
from core.errors import (
    AlreadyExistsError,
    BadDataError,
    ConfigurationError,
    GoneError,
    MissingDependencyError,
    SyncError,
    TransientError,
)
from core.records import Registry

TOKEN = "/OAuth/Token"  # noqa: S105 - a path
WRONG_KEYS = (
    "Check the application key, the client key and the subscription key: all three must belong to the same environment "
    "as base_url."
)


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the contract's table. The first row whose parts all fit decides.

    `methods` and `token` are None where they do not matter; `detail` is a pattern in the message, without regard to
    case; `field` is the member at fault where the row is about one.
    """

    statuses: range | tuple[int, ...]
    error: type[SyncError]
    todo: str = ""
    methods: tuple[str, ...] | None = None
    token: bool | None = None
    detail: str | None = None
    field: str | None = None

    def fits(self, refused: Refused, detail: str) -> bool:
        """Whether this row is about such an answer."""
        return (
            refused.status in self.statuses
            and (self.methods is None or refused.method in self.methods)
            and (self.token is None or self.token == refused.call.endswith(TOKEN))
            and (self.detail is None or re.search(self.detail, detail, re.IGNORECASE) is not None)
        )


CASES = (
    Case((400, 401, 403), ConfigurationError, WRONG_KEYS, token=True),
    Case((401,), ConfigurationError, WRONG_KEYS),
    Case((403,), ConfigurationError, "Give the integration the privilege in PowerOffice; the next token carries it."),
    Case(
        (400, 409),
        AlreadyExistsError,
        "The item that holds it is looked up.",
        methods=("POST",),
        detail=r"\balready\b",
    ),
    Case(
        (400, 404),
        BadDataError,
        "Activate the currency in PowerOffice and retry, or choose another one in Severa.",
        methods=("POST", "PATCH"),
        detail=r"\bcurrency\b.*\bnot (found|active)\b",
        field="CurrencyCode",
    ),
    Case((404,), MissingDependencyError, "It goes by itself once that is there.", methods=("POST",)),
    Case((404,), GoneError, "Look for it in PowerOffice: it was deleted there.", methods=("GET", "PATCH", "DELETE")),
    Case((409,), BadDataError, "It is in use in PowerOffice: archive it there.", methods=("DELETE",)),
    Case((408, *range(500, 600)), TransientError, "It is tried again in the next cycle."),
    Case(range(400, 500), BadDataError, "Correct the record; it is tried again when it changes."),
)

PRIVILEGES = {
    "Customers": "Customer_Full",
    "ContactPersons": "ContactPerson_Full",
    "ContactDeliveryAddresses": "ContactDeliveryAddress_Full",
    "ProductGroups": "Product_Full",
    "Products": "Product_Full",
    "Projects": "Project_Full",
    "Departments": "Department_Full",
    "Employees": "Employee_Full",
    "SalesOrders": "SalesOrders_Full",
    "OutgoingInvoices": "OutgoingInvoice",
    "AccountTransactions": "AccountTransaction",
    "GeneralLedgerAccounts": "GeneralLedgerAccount",
    "PaymentTerms": "CommonServices",
    "VatCodes": "CommonServices",
}
"""First part of a path -> the privilege that it needs (contract section 10)."""

KINDS = {
    "customer": Registry.CUSTOMERS,
    "contact": Registry.CUSTOMERS,
    "contactperson": Registry.CONTACTS,
    "productgroup": Registry.PRODUCT_CATEGORIES,
    "product": Registry.PRODUCTS,
    "project": Registry.PROJECTS,
    "department": Registry.BUSINESS_UNITS,
    "employee": Registry.USERS,
    "projectmanager": Registry.USERS,
}
"""What PowerOffice calls an object in `<kind> with <key> = <value> not found` -> the registry it stands in."""

_OWNER = re.compile(r"\bId\s*=\s*'?([0-9]{1,18}|[0-9a-f-]{36})'?", re.IGNORECASE)
_NOT_FOUND = re.compile(r"([A-Za-z ]+?) with [A-Za-z ]+ = '?([^']{1,80}?)'? not found", re.IGNORECASE)


def detail_of(data: Any) -> str:
    """The message of an error body: `detail`, else `error_description`, `message` or `title`; "" without one."""
    if not isinstance(data, Mapping):
        return ""
    members = {str(name).casefold(): value for name, value in data.items()}
    for name in ("detail", "error_description", "message", "error", "title"):
        if isinstance(members.get(name), str) and members[name].strip():
            return excerpt(members[name])
    return ""


def classify(refused: Refused) -> SyncError:
    """The error of a refusal. Its `why` is PowerOffice's own message."""
    detail = detail_of(refused.data)
    why = detail or (refused.text if refused.status < 500 else "")
    what = f"PowerOffice refused {refused.call} ({refused.status})."
    case = next((each for each in CASES if each.fits(refused, detail)), None)
    if case is None:
        return TransientError(what, why=why)
    if case.error is AlreadyExistsError:
        owner = _OWNER.search(detail)
        return AlreadyExistsError(what, owner_id=owner[1] if owner else None, why=why, todo=case.todo)
    if case.field is not None:
        return case.error(what, why=why, todo=case.todo, field=case.field, request_id=refused.request_id)
    todo, error, needs = case.todo, case.error, None
    if refused.status == 403 and (privilege := PRIVILEGES.get(_resource(refused))):
        todo = f"Needed is {privilege}. {todo}"
    if refused.status == 404:
        missing = _missing(refused, detail)
        if missing:
            error, needs = MissingDependencyError, missing
    return error(what, why=why, todo=todo, request_id=refused.request_id, needs=needs)


def _resource(refused: Refused) -> str:
    """`Customers` of `PATCH /v2/Customers/{id}`."""
    parts = refused.call.split("/")
    return parts[2] if len(parts) > 2 else ""


def _missing(refused: Refused, detail: str) -> str | None:
    """`departments:Nord` when the message is about another object than the one that was called."""
    found = _NOT_FOUND.search(detail)
    if not found:
        return None
    kind = found[1].replace(" ", "").casefold()
    registry = KINDS.get(kind)
    own = refused.method != "POST" and _resource(refused).casefold() == f"{kind}s"
    return f"{registry.value}:{found[2].strip()}" if registry and not own else None
