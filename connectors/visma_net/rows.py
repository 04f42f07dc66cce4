"""Visma.net's rows as records.

What a record has no field for is read by the tables and left out here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from connectors.values import Rejected, shown, text
from connectors.visma_net import mapping
from connectors.visma_net.settings import VismaNetSettings
from connectors.visma_net.words import ITEM_KINDS, stamp_in
from core.errors import BadDataError
from core.records import BusinessUnit, Contact, Customer, Product, ProductKind, Project

R = TypeVar("R")


@cache
def _names(kind: Callable[..., Any]) -> frozenset[str]:
    return frozenset(getattr(kind, "__dataclass_fields__", ()))


def held(kind: Callable[..., R], values: Mapping[str, Any]) -> R:
    """A record of those values that its class has a field for."""
    names = _names(kind)
    return kind(**{name: value for name, value in values.items() if name in names})


class Records:
    """Builds records of rows. Times of change are taken to be of the zone that the tenant names."""

    def __init__(self, settings: VismaNetSettings) -> None:
        self._settings = settings
        self.zone = ZoneInfo(settings.stamp_zone)
        self._instant = stamp_in(self.zone)

    def customer(self, row: Any, days: Mapping[str, int]) -> Customer:
        """A customer; `days` are the credit terms that are a plain number of days."""
        values = mapping.CUSTOMERS.read(row)
        term, status = values.pop("credit_terms"), values.pop("status")
        values |= {"payment_term": days.get(term) if term else None, "active": status != "Inactive"}
        for place in ("billing_address", "postal_address"):
            if values[place] == values["address"]:  # without one of its own Visma.net shows the main one
                values[place] = None
        return held(Customer, self._stamped(values))

    def contact(self, row: Any, customers: Mapping[str, str]) -> Contact | None:
        """A contact; None when it belongs to no customer. `customers` are internal ids by number."""
        values = mapping.CONTACTS.read(row)
        customer = customers.get(values.pop("customer_number") or "")
        if customer is None:
            return None
        return held(Contact, self._stamped(values | {"customer": customer, "code": None}))

    def item(self, row: Any) -> Product | None:
        """A product, work type or travel expense by its type (VN-07); None for the types that are left alone."""
        values = mapping.ITEMS.read(row)
        word = values.pop("kind")
        if word not in ITEM_KINDS:
            raise BadDataError(
                f"Item {values['code'] or values['id']}: its type is {shown(word)}.",
                why="Only types that are known can be told apart by Severa's registries.",
                todo="Give the item another class in Visma.net.",
                field="type",
            )
        kind = ITEM_KINDS[word]
        if kind is None:
            return None
        values |= {"kind": kind, "active": mapping.ITEM_STATUSES.get(values.pop("status") or "", True)}
        if kind is ProductKind.WORK_TYPE:
            values["unit_price"] = None
        return held(Product, self._stamped(values))

    def project(self, row: Any, customers: Mapping[str, str]) -> Project | None:
        """A project; None for a template. `customers` are internal ids by number."""
        values = mapping.PROJECTS.read(row)
        if values["template"]:
            return None
        status = values["status"]
        planned = self._settings.project_activation == "never" and status == "Planned"
        values["active"] = planned or status not in mapping.CLOSED
        values["lost"] = status == "Cancelled"
        values["customer"] = customers.get(values.pop("customer_number") or "")
        return held(Project, self._stamped(values))

    def branch(self, row: Any) -> BusinessUnit:
        """A branch as a business unit."""
        values = mapping.BRANCHES.read(row)
        values["name"] = values["name"] or values["code"]
        return held(BusinessUnit, self._stamped(values))

    def _stamped(self, values: dict[str, Any]) -> dict[str, Any]:
        changed, created = values.pop("changed", None), values.pop("created", None)
        return {**values, "changed_at": self._instant(changed), "created_at": self._instant(created)}


def version_of(row: Mapping[str, Any]) -> str | None:
    """The version of an object: its time stamp, which an `If-Match` repeats."""
    found = row.get("timeStamp", row.get("timestamp"))
    return found if isinstance(found, str) and found and found.isascii() and found.isprintable() else None


def customer_number(row: Any) -> str | None:
    """The customer's number on a row of another register, without trusting the row."""
    customer = row.get("customer") if isinstance(row, Mapping) else None
    return plain_text(customer, "number")


def plain_text(row: Any, member: str) -> str | None:
    """A text of a row that may be anything; None for what is none."""
    try:
        return text(row.get(member)) if isinstance(row, Mapping) else None
    except Rejected:
        return None
