"""The rules of the PowerOffice guide as data, in the guide's order. Field tables stand in `mapping.py`."""

from __future__ import annotations

from typing import Any, cast

from connectors.poweroffice.settings import UNITS
from connectors.rules import (
    ACTIVE,
    NOT_IN_HOUSE,
    NOT_PROSPECT,
    by_key,
    by_person,
    has,
    is_number,
    numeric,
    same_text,
    same_vat_number,
)
from core.profiles import FieldRule, Filter, Flow, Master, Need, Profile, RegistryRule
from core.records import Product, ProductKind, Project, Record, Registry, Side

__all__ = ["PROFILE", "by_key", "is_number", "same_text", "same_unit", "same_vat_number"]

SEVERA, ERP = Side.SEVERA, Side.ERP

WON = Filter("not won", lambda record: cast(Project, record).won)


def same_unit(left: Any, right: Any) -> bool:
    """Equal as PowerOffice's code: stk, kpl and pcs are one unit there."""
    return same_text(left, right) or (_unit(left) is not None and _unit(left) == _unit(right))


def _unit(text: Any) -> str | None:
    return UNITS.get((text or "").strip().casefold())


def is_product(record: Record) -> bool:
    """Work types have no price, unit, category or type in Severa; travel expenses have no price and no type."""
    return cast(Product, record).kind in (None, ProductKind.PRODUCT)


def not_work_type(record: Record) -> bool:
    """Products and travel expenses have a category and a unit, work types do not."""
    return cast(Product, record).kind is not ProductKind.WORK_TYPE


def customer_of_project(record: Record) -> Need:
    """In-house projects need no customer; a closed one whose customer does not go stays quietly where it is."""
    project = cast(Project, record)
    if project.internal:
        return Need.OPTIONAL
    return Need.REQUIRED if project.active else Need.SKIP


BUSINESS_UNITS = RegistryRule(
    registry=Registry.BUSINESS_UNITS,  # PO-12
    match=(by_key,),
    fields=(FieldRule("name"), FieldRule("active")),
    filters={SEVERA: (ACTIVE,), ERP: (ACTIVE,)},
    requirements={
        SEVERA: (has("code", "The business unit has no code.", "Enter the department code in Severa."),),
        ERP: (has("code", "The department has no code.", "Enter the business unit's code in PowerOffice."),),
    },
)

USERS = RegistryRule(
    registry=Registry.USERS,  # PO-12
    match=(by_key,),
    fields=(
        FieldRule("first_name"),
        FieldRule("last_name"),
        FieldRule("email", same=same_text),
        FieldRule("phone"),
        FieldRule("business_unit"),
        FieldRule("superior"),
        FieldRule("address"),
        FieldRule("active"),
    ),
    filters={SEVERA: (ACTIVE,), ERP: (ACTIVE,)},
    requirements={
        SEVERA: (
            numeric(
                "code",
                "The user's code is no employee number: PowerOffice takes whole numbers only.",
                "Enter the employee number as the user's code in Severa.",
            ),
        ),
        ERP: (has("code", "The employee has no number.", "Give the employee a number in PowerOffice."),),
    },
)

CUSTOMERS = RegistryRule(
    registry=Registry.CUSTOMERS,  # PO-03 to PO-06
    match=(by_key,),
    fields=(
        FieldRule("name"),
        FieldRule("vat_number", same=same_vat_number),
        FieldRule("email", same=same_text),
        FieldRule("active"),
        FieldRule("address"),
        FieldRule("currency"),
        FieldRule("is_person", flow=Flow.TO_ERP),
        FieldRule("payment_term"),
        FieldRule("website", same=same_text),
    ),
    filters={SEVERA: (ACTIVE, NOT_IN_HOUSE, NOT_PROSPECT), ERP: (ACTIVE,)},
    requirements={
        SEVERA: (
            numeric(
                "number", "The customer has no number.", "Give the customer a number in Severa: it is matched by it."
            ),
            has("name", "The customer has no name.", "Give the customer a name in Severa."),
        ),
        ERP: (
            numeric("number", "The customer has no number.", "Give the customer a number in PowerOffice."),
            has("name", "The customer has no name.", "Give the customer a name in PowerOffice."),
        ),
    },
    rests_when_inactive=True,
    needs_activity=True,
)

CONTACTS = RegistryRule(
    registry=Registry.CONTACTS,  # PO-07
    match=(by_key, by_person),
    fields=(
        FieldRule("customer", need=lambda _record: Need.SKIP, fixed=True),
        FieldRule("first_name"),
        FieldRule("last_name"),
        FieldRule("email", same=same_text),
        FieldRule("phone"),
        FieldRule("title"),
        FieldRule("active"),
        FieldRule("address", flow=Flow.TO_ERP),
    ),
    filters={SEVERA: (ACTIVE,), ERP: (ACTIVE,)},
    requirements={
        side: (
            has("first_name", "The contact has no first name.", "Enter it: both systems require it."),
            has("last_name", "The contact has no last name.", "Enter it: both systems require it."),
        )
        for side in (SEVERA, ERP)
    },
    watches_key=False,
    keeps_reference=True,
)

PRODUCT_CATEGORIES = RegistryRule(
    registry=Registry.PRODUCT_CATEGORIES,  # PO-10
    match=(by_key,),
    fields=(FieldRule("name"), FieldRule("active")),
    filters={SEVERA: (ACTIVE,), ERP: (ACTIVE,)},
    requirements={
        SEVERA: (has("code", "The product category has no code.", "Enter the product group's code in Severa."),),
        ERP: (has("code", "The product group has no code.", "Enter the category's code in PowerOffice."),),
    },
)

PRODUCTS = RegistryRule(
    registry=Registry.PRODUCTS,  # PO-08, PO-09
    match=(by_key,),
    fields=(
        FieldRule("category", applies=not_work_type),
        FieldRule("name"),
        FieldRule("description", applies=is_product),
        FieldRule("unit_price", applies=is_product),
        FieldRule("unit", same=same_unit, applies=not_work_type),
        FieldRule("active"),
        FieldRule("type", applies=is_product),
    ),
    filters={SEVERA: (ACTIVE,), ERP: (ACTIVE,)},
    requirements={
        SEVERA: (has("code", "The identifier is empty.", "Enter the PowerOffice product code as its code in Severa."),),
        ERP: (has("code", "The product code is empty.", "Enter a product code in PowerOffice."),),
    },
    only_new=is_product,
)

PROJECTS = RegistryRule(
    registry=Registry.PROJECTS,  # PO-11
    match=(by_key,),
    fields=(
        FieldRule("customer", need=customer_of_project),
        FieldRule("name"),
        FieldRule("active"),
        FieldRule("internal", flow=Flow.TO_ERP),
        FieldRule("start_date"),
        FieldRule("end_date"),
        FieldRule("business_unit"),
        FieldRule("owner"),
        FieldRule("order_number"),
        FieldRule("joinable"),
        FieldRule("contact"),
    ),
    filters={SEVERA: (WON,)},
    requirements={
        SEVERA: (has("number", "The project has no number.", "Give the project a number in Severa."),),
        ERP: (
            numeric(
                "number",
                "The project code is no whole number: Severa's project numbers are.",
                "Give the project a numeric code in PowerOffice.",
            ),
        ),
    },
)

PROFILE = Profile(
    system="poweroffice",
    title="PowerOffice",
    registries=(BUSINESS_UNITS, USERS, CUSTOMERS, CONTACTS, PRODUCT_CATEGORIES, PRODUCTS, PROJECTS),
    masters=dict.fromkeys(Registry, Master.SEVERA),  # PO-02: may be chosen per registry
    statuses=("trigger", "transferred", "sent", "paid"),
    optional_statuses=("failed",),
    number_written_at="sent",  # the order has no invoice number until a person sends it
)
