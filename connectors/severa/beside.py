"""What stands beside an item in rows of other registers, for ERPs that carry it: places, classes, phones.

A full read takes it from whole lists, once; a single record asks for its own. What no profile carries is not asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.severa.addresses import USES, CustomerAddresses
from connectors.severa.carried import Carried
from connectors.severa.classes import SeveraClasses
from connectors.severa.client import SeveraClient
from connectors.severa.phones import ContactPhones
from connectors.severa.references import References
from core.records import Registry


@dataclass
class Beside:
    """Rows that belong to all customers or contacts, by the guid of their owner."""

    addresses: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    phones: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class RowsBeside:
    """Puts it into the values that were read of items."""

    def __init__(self, client: SeveraClient, references: References, classes: SeveraClasses, carried: Carried) -> None:
        self._classes = classes
        self._carried = carried
        self._addresses = CustomerAddresses(client, references)
        self._phones = ContactPhones(client)

    async def all(self, registry: Registry) -> Beside:
        """What belongs to all items of a registry, as far as it is carried."""
        beside = Beside()
        if registry is Registry.CUSTOMERS and self._places():
            beside.addresses = await self._addresses.all()
        if registry is Registry.CUSTOMERS and self._carried.has(registry, "customer_class"):
            beside.classes = await self._classes.of_customers(("*",), everyone=True)
        if registry is Registry.CONTACTS and self._carried.has(registry, "mobile"):
            beside.phones = await self._phones.all()
        return beside

    async def add(self, registry: Registry, rows: list[dict[str, Any]], beside: Beside | None) -> None:
        """Add it to the values of items; `beside` is that of all, where all are read."""
        if registry is Registry.CUSTOMERS:
            await self._add_to_customers(rows, beside)
        elif registry is Registry.CONTACTS and self._carried.has(registry, "mobile"):
            await self._phones.put(rows, beside.phones if beside else None)
        elif registry is Registry.PRODUCTS and self._carried.has(registry, "item_class"):
            for values in rows:
                values["item_class"] = self._classes.class_of(registry, values.get("category"))

    async def _add_to_customers(self, rows: list[dict[str, Any]], beside: Beside | None) -> None:
        places, registry = self._places(), Registry.CUSTOMERS
        if places:
            for values in rows:
                if beside is None:
                    own = await self._addresses.of(values["id"])
                else:
                    own = list(beside.addresses.get(values["id"], ()))
                values.update(await self._addresses.fields(values, own, places))
        if self._carried.has(registry, "customer_class"):
            ids = [values["id"] for values in rows]
            classes = beside.classes if beside else await self._classes.of_customers(ids, everyone=False)
            for values in rows:
                values["customer_class"] = classes.get(values["id"])

    def _places(self) -> list[str]:
        return [name for name in USES if self._carried.has(Registry.CUSTOMERS, name)]
