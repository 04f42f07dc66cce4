"""The words of the report, the same on the page and in the workbook."""

from __future__ import annotations

from collections.abc import Mapping

from core.comparison.report import Comparison, Difference, Fate, Group, RegistryComparison, Row
from core.records import Registry, Side

TITLES: Mapping[Registry, str] = {
    Registry.BUSINESS_UNITS: "Business units",
    Registry.USERS: "Users",
    Registry.CUSTOMERS: "Customers",
    Registry.CONTACTS: "Contacts",
    Registry.PRODUCT_CATEGORIES: "Product categories",
    Registry.PRODUCTS: "Products, work types, travel expenses",
    Registry.PROJECTS: "Projects",
}
ORDER = (
    *(Registry.CUSTOMERS, Registry.PRODUCTS, Registry.PROJECTS, Registry.BUSINESS_UNITS, Registry.USERS),
    *(Registry.PRODUCT_CATEGORIES, Registry.CONTACTS),
)
"""The order for people: what harms most comes first."""


def title_of(registry: Registry) -> str:
    """A registry's heading."""
    return TITLES.get(registry) or registry.value.replace("_", " ").capitalize()


def in_order(comparison: Comparison) -> list[RegistryComparison]:
    """The registries in the order for people."""
    places = {registry: place for place, registry in enumerate(ORDER)}
    return sorted(comparison.registries, key=lambda each: places.get(each.registry, len(ORDER)))


KINDS = {"product": "product", "work_type": "work type", "travel_expense": "travel expense"}


def fate_of(row: Row, names: Mapping[Side, str]) -> str:
    """What becomes of a row, in two or three words."""
    match row.fate:
        case Fate.LINKED:
            return "linked already"
        case Fate.LINK:
            return "will be linked"
        case Fate.CREATE:
            return f"new in {names[row.items[0].side.other]}"
        case Fate.STAYS:
            return "stays"
        case Fate.PERSON:
            return "needs a person"


def reason_of(row: Row) -> str:
    """By which rule, or why not."""
    return row.why if row.why and row.fate not in {Fate.LINK, Fate.LINKED} else row.rule


def winner_of(one: Difference, names: Mapping[Side, str]) -> str:
    """Whose value stands after the first cycle."""
    if one.winner is None:
        return one.note or "both stay"
    return f"{names[one.winner]} wins" + (", the value is lost" if one.emptied else "")


def field_of(one: Difference) -> str:
    """A field's name for people."""
    return one.field.replace("_", " ")


def many_of(group: Group) -> str:
    """How many stand where."""
    return f"{len(group.severa)} to {len(group.erp)}"
