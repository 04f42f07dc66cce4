"""Where each registry stands in Visma.net: paths, ids and paging as data (contract sections 4, 7 and 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.fields import Table
from connectors.visma_net import mapping
from core.errors import BugError
from core.records import Registry


@dataclass(frozen=True, slots=True)
class Resource:
    """One registry of Visma.net's.

    One object stands at `item` by its internal id and at `by_key` by its number, the two where it has both. `id_name`
    and `key_name` are the names in these paths. `paged` says whether the list comes in pages, `locks` whether a change
    takes `If-Match`, `digits` whether what Severa asks for is all digits.
    """

    table: Table[dict[str, Any]]
    path: str
    id_member: str
    item: str
    id_name: str
    by_key: str | None = None
    key_name: str = ""
    paged: bool = True
    locks: bool = True
    digits: bool = False


RESOURCES: Mapping[Registry, Resource] = {
    Registry.BUSINESS_UNITS: Resource(
        mapping.BRANCHES,
        "/v1/branch",
        "branchId",
        "/v1/branch/{branchNumber}",
        "branchNumber",
        paged=False,
        locks=False,
    ),
    Registry.CUSTOMERS: Resource(
        mapping.CUSTOMERS,
        "/v1/customer",
        "internalId",
        "/v1/customer/internal/{internalID}",
        "internalID",
        "/v1/customer/{customerCd}",
        "customerCd",
        digits=True,
    ),
    Registry.CONTACTS: Resource(
        mapping.CONTACTS, "/v1/contact", "contactId", "/v1/contact/{contactId}", "contactId", paged=False
    ),
    Registry.PRODUCTS: Resource(
        mapping.ITEMS,
        "/v1/inventory",
        "inventoryId",
        "/v1/inventory/internal/{inventoryId}",
        "inventoryId",
        "/v1/inventory/{inventoryNumber}",
        "inventoryNumber",
        locks=False,
    ),
    Registry.PROJECTS: Resource(
        mapping.PROJECTS,
        "/v1/project",
        "internalID",
        "/v1/project/internal/{internalID}",
        "internalID",
        "/v1/project/{projectID}",
        "projectID",
        digits=True,
    ),
}
"""Visma.net keeps no users and no product categories for Severa."""


def resource_of(registry: Registry) -> Resource:
    """The resource of a registry. BugError for one that Visma.net does not keep."""
    if registry not in RESOURCES:
        raise BugError(f"Visma.net does not keep {registry.value}.", todo="Report it: the profile does not name it.")
    return RESOURCES[registry]


def is_id(record_id: str) -> bool:
    """Whether a text can be an internal id (int32): what people type may be anything."""
    return record_id.isascii() and record_id.isdigit() and len(record_id) <= 10 and int(record_id) <= 2147483647
