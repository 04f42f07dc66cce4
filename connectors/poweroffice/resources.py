"""Where each registry stands in PowerOffice: paths and filters as data (contract sections 4, 6 and 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.fields import Table
from connectors.poweroffice import mapping
from core.records import Registry


@dataclass(frozen=True, slots=True)
class Resource:
    """One registry of PowerOffice's.

    `by_key` is the filter that takes numbers or codes, `numeric` whether they are numbers; `by_reference` the filter
    for our own reference where rows carry one. `item` is the path of one object.
    """

    table: Table[Any]
    path: str
    by_key: str
    numeric: bool = False
    by_reference: str | None = None
    item: str = "{path}/{{id}}"
    always: Mapping[str, Any] | None = None
    """Members that every create carries."""

    @property
    def item_path(self) -> str:
        """Path template of one object."""
        return self.item.format(path=self.path)


RESOURCES = {
    Registry.BUSINESS_UNITS: Resource(mapping.DEPARTMENTS, "/Departments", "codes"),
    Registry.USERS: Resource(
        mapping.EMPLOYEES,
        "/Employees",
        "employeeNos",
        numeric=True,
        by_reference="externalImportReference",
        item="{path}/{{employeeId}}",
    ),
    Registry.CUSTOMERS: Resource(
        mapping.CUSTOMERS, "/Customers", "customerNos", numeric=True, by_reference="externalImportReference"
    ),
    Registry.CONTACTS: Resource(
        mapping.CONTACTS,
        "/ContactPersons",
        "externalCodes",
        by_reference="externalCodes",
        item="{path}/{{contactId}}/{{id}}",
    ),
    Registry.PRODUCT_CATEGORIES: Resource(mapping.PRODUCT_GROUPS, "/ProductGroups", "codes"),
    Registry.PRODUCTS: Resource(mapping.PRODUCTS, "/Products", "codes"),
    Registry.PROJECTS: Resource(mapping.PROJECTS, "/Projects", "projectCodes", always={"ProjectStatus": "Active"}),
}


def path_names(registry: Registry, record_id: str) -> dict[str, str]:
    """The parts of an object's path."""
    if registry is Registry.CONTACTS:
        customer, _, person = record_id.partition("/")
        return {"contactId": customer, "id": person}
    return {"employeeId" if registry is Registry.USERS else "id": record_id}
