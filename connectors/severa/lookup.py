"""Finding an item that an earlier create of ours made and whose answer was lost (contract section 8).

Severa keeps no reference of ours: an item is found by its number or code, else by its name, among the items that a
create could have made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.severa.reading import SeveraReading
from connectors.severa.registers import register_for
from connectors.values import shown
from core.errors import BadDataError
from core.records import Record, Registry

BY: Mapping[Registry, tuple[tuple[str, str], ...]] = {
    Registry.CUSTOMERS: (("number", "numbers"), ("name", "customerNames")),
    Registry.PRODUCT_CATEGORIES: (("code", "textToSearch"), ("name", "textToSearch")),
    Registry.PRODUCTS: (("code", "code"),),
    Registry.BUSINESS_UNITS: (("code", "code"), ("name", "name")),
    Registry.USERS: (("code", "code"), ("email", "email")),
    Registry.PROJECTS: (("number", "numbers"),),
}
"""Field of the create -> query parameter; the first field with a value is asked for."""


async def find_created(reading: SeveraReading, registry: Registry, values: Mapping[str, Any]) -> Record | None:
    """The item that has the values of a create. BadDataError when several could be it or none can be looked up."""
    if registry is Registry.CONTACTS:
        customer = values.get("customer")
        if customer is None:
            return None
        everyone = await reading.children(registry, str(customer))
        return _single(registry, everyone.items, lambda one: _same(one, values, "first_name", "last_name"))
    for name, parameter in BY[registry]:
        value = values.get(name)
        if value is not None:
            found = await reading.query(registry, {parameter: value}, register_for(registry, values.get("kind")))
            return _single(registry, found.items, lambda one, name=name: _same(one, values, name))  # type: ignore[misc]
    raise BadDataError(
        f"It cannot be found out whether Severa has created this item of {registry.value}.",
        why="It has neither number nor code.",
        todo="Look in Severa; then give it a number or code.",
    )


def _same(record: Record, values: Mapping[str, Any], *names: str) -> bool:
    return all(getattr(record, name) == values.get(name) for name in names)


def _single(registry: Registry, items: tuple[Record, ...], is_it: Callable[[Record], bool]) -> Record | None:
    found = [one for one in items if is_it(one)]
    if len(found) > 1:
        raise BadDataError(
            f"Severa has {len(found)} items of {registry.value} that could be {shown(found[0].label)}.",
            todo="Remove the double in Severa.",
        )
    return found[0] if found else None
