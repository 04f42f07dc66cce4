"""The rules of the Visma.net guide as data, in the guide's order. Field tables stand in `mapping.py`."""

from __future__ import annotations

from typing import Any, cast

from connectors.rules import (
    ACTIVE,
    NOT_IN_HOUSE,
    bare_vat_number,
    by_person,
    has,
    is_number,
    numeric,
    same_text,
    same_vat_number,
)
from core.profiles import FieldRule, Filter, Flow, Master, Need, Profile, ReferenceOf, RegistryRule, Requirement
from core.records import RECORD_TYPES, Product, ProductKind, Project, Record, Registry, Side, business_fields

SEVERA, ERP = Side.SEVERA, Side.ERP

A_COMPANY = Filter("no VAT number of its own", lambda record: bool(getattr(record, "vat_number", None)))
NOT_INTERNAL = Filter("internal project", lambda record: not cast(Project, record).internal, also_linked=True)
OPEN = Filter("closed or lost", lambda record: bool(getattr(record, "active", True)) and not _lost(record))


def _lost(record: Record) -> bool:
    return bool(getattr(record, "lost", False))


def known(registry: Registry, *rules: FieldRule) -> tuple[FieldRule, ...]:
    """Those of the rules whose field our records of the registry hold."""
    names = business_fields(RECORD_TYPES[registry])
    return tuple(rule for rule in rules if rule.name in names)


def by_vat_number(record: Record, _reference: ReferenceOf) -> tuple[Any, ...] | None:
    """VN-10: a company in Severa and its branch have one VAT number."""
    bare = bare_vat_number(getattr(record, "vat_number", None))
    return (bare,) if bare else None


def by_name(record: Record, _reference: ReferenceOf) -> tuple[Any, ...] | None:
    """VN-03: names are unique in Severa, and the numbers become one only when items are linked."""
    name = str(getattr(record, "name", "") or "").strip().casefold()
    return (" ".join(name.split()),) if name else None


def by_code(record: Record, _reference: ReferenceOf) -> tuple[Any, ...] | None:
    """VN-07: codes are unique through all three registries; Visma.net does not tell case apart."""
    return (record.key.casefold(),) if record.key else None


def same_where_known(left: Any, right: Any) -> bool:
    """Equal, or not said on one side: what only one side can say is never emptied by the other."""
    return left is None or right is None or left == right


def is_priced(record: Record) -> bool:
    """A product has a unit price, a travel expense a unit cost; a work type has neither."""
    return cast(Product, record).kind is not ProductKind.WORK_TYPE


def fits_number(record: Record) -> bool:
    """A number that both systems can hold."""
    return is_number(cast(Project, record).number)


BUSINESS_UNITS = RegistryRule(
    registry=Registry.BUSINESS_UNITS,  # VN-10
    match=(by_vat_number,),
    fields=(),
    filters={SEVERA: (ACTIVE, A_COMPANY), ERP: (ACTIVE, A_COMPANY)},
    created_on=(),
    watches_key=False,
)

CUSTOMERS = RegistryRule(
    registry=Registry.CUSTOMERS,  # VN-02 to VN-06
    match=(by_name,),
    fields=known(
        Registry.CUSTOMERS,
        FieldRule("name"),
        FieldRule("vat_number", same=same_vat_number),
        FieldRule("currency", same=same_where_known),
        FieldRule("payment_term", same=same_where_known),
        FieldRule("email", same=same_text),
        FieldRule("website", same=same_text),
        FieldRule("notes"),
        FieldRule("address"),
        FieldRule("active"),
        FieldRule("customer_class", same=same_where_known),
        FieldRule("billing_address"),
        FieldRule("postal_address"),
    ),
    filters={SEVERA: (ACTIVE, NOT_IN_HOUSE), ERP: (ACTIVE,)},
    requirements={
        SEVERA: (has("name", "The customer has no name.", "Give the customer a name in Severa."),),
        ERP: (
            numeric(
                "number",
                "The customer's number is no whole number: Severa's customer numbers are.",
                "Give the customer a numeric number in Visma.net.",
            ),
        ),
    },
)

CONTACTS = RegistryRule(
    registry=Registry.CONTACTS,  # VN-06
    match=(by_person,),
    fields=known(
        Registry.CONTACTS,
        FieldRule("customer", need=lambda _record: Need.SKIP, fixed=True),
        FieldRule("salutation", same=same_where_known),
        FieldRule("first_name"),
        FieldRule("last_name"),
        FieldRule("title"),
        FieldRule("mobile"),
        FieldRule("phone"),
        FieldRule("email", same=same_text),
        FieldRule("do_not_email"),
        FieldRule("active"),
    ),
    filters={SEVERA: (ACTIVE,), ERP: (ACTIVE,)},
    requirements={
        SEVERA: (has("last_name", "The contact has no last name.", "Enter it in Severa: Visma.net requires it."),),
        ERP: (
            has("first_name", "The contact has no first name.", "Enter it in Visma.net: Severa requires it."),
            has("last_name", "The contact has no last name.", "Enter it in Visma.net."),
        ),
    },
    watches_key=False,
)

PRODUCTS = RegistryRule(
    registry=Registry.PRODUCTS,  # VN-07, VN-08
    match=(by_code,),
    fields=known(
        Registry.PRODUCTS,
        FieldRule("name"),
        FieldRule("unit_price", applies=is_priced),
        FieldRule("active"),
        FieldRule("item_class", same=same_where_known),
    ),
    filters={SEVERA: (ACTIVE,), ERP: (ACTIVE,)},
    requirements={
        SEVERA: (has("code", "The code is empty.", "Enter the inventory id as its code in Severa."),),
        ERP: (has("code", "The inventory id is empty.", "Enter it in Visma.net."),),
    },
)

PROJECTS = RegistryRule(
    registry=Registry.PROJECTS,  # VN-09
    match=(by_code,),
    fields=known(
        Registry.PROJECTS,
        FieldRule("customer", flow=Flow.TO_ERP, need=lambda _record: Need.REQUIRED),
        FieldRule("name", flow=Flow.TO_ERP),
        FieldRule("start_date", flow=Flow.TO_ERP),
        FieldRule("active", flow=Flow.TO_ERP),
        FieldRule("lost", flow=Flow.TO_ERP),
    ),
    filters={SEVERA: (NOT_INTERNAL, OPEN)},
    requirements={
        SEVERA: (
            Requirement(
                "number",
                fits_number,
                "The project has no number.",
                "Give the project a number in Severa, as long as Visma.net's project numbers are.",
            ),
        )
    },
    created_on=(ERP,),
)

PROFILE = Profile(
    system="visma_net",
    title="Visma.net",
    registries=(BUSINESS_UNITS, CUSTOMERS, CONTACTS, PRODUCTS, PROJECTS),
    masters={
        Registry.BUSINESS_UNITS: Master.SEVERA,
        Registry.CUSTOMERS: Master.BOTH,
        Registry.CONTACTS: Master.BOTH,
        Registry.PRODUCTS: Master.BOTH,
        Registry.PROJECTS: Master.SEVERA,
    },
    statuses=("trigger", "transferred", "sent", "paid"),
    optional_statuses=("failed",),
    number_written_at="transferred",  # known from the first save, final once the document is in the books
)
