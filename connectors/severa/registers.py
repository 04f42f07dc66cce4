"""Where each registry stands in Severa: paths, paging, filters, table (contract section 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.fields import Table
from connectors.severa import mapping
from connectors.severa.client import Paging
from core.records import ProductKind, Registry


@dataclass(frozen=True, slots=True)
class Register:
    """One of Severa's registers. `by_key` is the query parameter that finds items by number or code.

    `many_keys` says that it may be repeated; otherwise there is one call per key. `since` are the query parameters for
    changes; projects have three, each in a call of its own (contract section 6).
    """

    path: str
    paging: Paging
    table: Table[Any]
    by_key: str
    many_keys: bool = False
    numeric_keys: bool = False
    since: tuple[str, ...] = ("changedSince",)

    @property
    def one(self) -> str:
        """Path template of one item."""
        return self.path + "/{guid}"


CUSTOMERS = Register(
    "/v1/customers", Paging.TOKEN, mapping.CUSTOMERS, by_key="numbers", many_keys=True, numeric_keys=True
)
CONTACTS = Register("/v1/contactpersons", Paging.FIRST_ROW, mapping.CONTACTS, by_key="guid")
PRODUCTS = Register("/v1/products", Paging.TOKEN, mapping.PRODUCTS, by_key="code")
WORK_TYPES = Register("/v1/worktypes", Paging.FIRST_ROW, mapping.WORK_TYPES, by_key="code")
TRAVEL_EXPENSE_TYPES = Register("/v1/travelexpensetypes", Paging.FIRST_ROW, mapping.TRAVEL_EXPENSE_TYPES, by_key="code")
PRODUCT_CATEGORIES = Register(
    "/v1/productcategories", Paging.FIRST_ROW, mapping.PRODUCT_CATEGORIES, by_key="textToSearch"
)
BUSINESS_UNITS = Register("/v1/businessunits", Paging.FIRST_ROW, mapping.BUSINESS_UNITS, by_key="code")
USERS = Register("/v1/users", Paging.TOKEN, mapping.USERS, by_key="code")
PROJECTS = Register(
    "/v1/projects",
    Paging.TOKEN,
    mapping.PROJECTS,
    by_key="numbers",
    many_keys=True,
    numeric_keys=True,
    since=("changedSince", "salesStatusChangedSince", "projectStatusChangedSince"),
)

REGISTERS: Mapping[Registry, tuple[Register, ...]] = {
    Registry.BUSINESS_UNITS: (BUSINESS_UNITS,),
    Registry.USERS: (USERS,),
    Registry.CUSTOMERS: (CUSTOMERS,),
    Registry.CONTACTS: (CONTACTS,),
    Registry.PRODUCT_CATEGORIES: (PRODUCT_CATEGORIES,),
    Registry.PRODUCTS: (PRODUCTS, WORK_TYPES, TRAVEL_EXPENSE_TYPES),
    Registry.PROJECTS: (PROJECTS,),
}
"""A registry of ours -> Severa's registers; the first one is where new items of no particular kind are created."""

_BY_KIND = {
    ProductKind.PRODUCT.value: PRODUCTS,
    ProductKind.WORK_TYPE.value: WORK_TYPES,
    ProductKind.TRAVEL_EXPENSE.value: TRAVEL_EXPENSE_TYPES,
}


def register_for(registry: Registry, kind: Any) -> Register:
    """The register where a new item is created: of products the one of its kind (VN-07)."""
    if registry is Registry.PRODUCTS and kind is not None:
        return _BY_KIND[ProductKind(kind).value]
    return REGISTERS[registry][0]


def register_of(registry: Registry, record_id: str) -> Register:
    """The register that holds an item: the id of a product says which (`work_type:<guid>`)."""
    kind = record_id.partition(":")[0]
    if registry is Registry.PRODUCTS and kind in _BY_KIND:
        return _BY_KIND[kind]
    return REGISTERS[registry][0]
