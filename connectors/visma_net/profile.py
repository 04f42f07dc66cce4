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
from core.profiles import (
    FieldRule,
    Filter,
    Flow,
    Master,
    Need,
    Profile,
    ReferenceOf,
    RegistryRule,
    Requirement,
    Sought,
    always,
)
from core.records import Contact, Product, ProductKind, Project, Record, Registry, Side

SEVERA, ERP = Side.SEVERA, Side.ERP

A_COMPANY = Filter("no VAT number of its own", lambda record: bool(getattr(record, "vat_number", None)))
NOT_INTERNAL = Filter("internal project", lambda record: not cast(Project, record).internal, also_linked=True)
OPEN = Filter("closed or lost", lambda record: bool(getattr(record, "active", True)) and not _lost(record))


def _lost(record: Record) -> bool:
    return bool(getattr(record, "lost", False))


def by_vat_number(record: Record, _reference: ReferenceOf) -> tuple[Any, ...] | None:
    """VN-10: VAT number (its digits; a company in Severa and its branch have the same)."""
    bare = bare_vat_number(getattr(record, "vat_number", None))
    return (bare,) if bare else None


def by_name(record: Record, _reference: ReferenceOf) -> tuple[Any, ...] | None:
    """VN-03: name (unique in Severa; the numbers become one only when items are linked)."""
    name = str(getattr(record, "name", "") or "").strip().casefold()
    return (" ".join(name.split()),) if name else None


def by_code(record: Record, _reference: ReferenceOf) -> tuple[Any, ...] | None:
    """VN-07: number or code (whatever its case; codes are unique through all three registries)."""
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


def not_work_type(record: Record) -> bool:
    """Products and travel expenses have a place for their class in Severa, work types do not (VN-08)."""
    return cast(Product, record).kind is not ProductKind.WORK_TYPE


def without_category(record: Record) -> bool:
    """A category that people gave an item for reasons of their own is not replaced by its class."""
    return cast(Product, record).category is None


def not_lost(record: Record) -> bool:
    """A lost case is cancelled in Visma.net, whether it was closed besides or not (VN-09)."""
    return not _lost(record)


def by_customer_and_name(record: Record, reference: ReferenceOf) -> tuple[Any, ...] | None:
    """Customer and name (contacts with another e-mail address on either side)."""
    contact = cast(Contact, record)
    customer = reference("customer")
    name = contact.name.strip().casefold()
    return (customer, name) if customer is not None and name else None


BUSINESS_UNITS = RegistryRule(
    registry=Registry.BUSINESS_UNITS,  # VN-10
    match=(by_vat_number,),
    sought_by=Sought.EVERYTHING,
    fields=(),
    filters={SEVERA: (ACTIVE, A_COMPANY), ERP: (ACTIVE, A_COMPANY)},
    created_on=(),
    watches_key=False,
)

CUSTOMERS = RegistryRule(
    registry=Registry.CUSTOMERS,  # VN-02 to VN-06
    match=(by_name,),
    sought_by=Sought.NAME,
    numbered_by=ERP,
    fields=(
        FieldRule("name"),
        FieldRule("vat_number", same=same_vat_number),
        FieldRule("currency", same=same_where_known),
        FieldRule("payment_term", same=same_where_known),
        FieldRule("email", same=same_text),
        FieldRule("website", same=same_text),
        FieldRule("notes"),
        FieldRule("address"),
        FieldRule("active"),
        FieldRule("customer_class", same=same_where_known, offered="Visma.net customer class", filled=always),
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
    match=(by_person, by_customer_and_name),
    fields=(
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
    same_key=same_text,
    alike=("kind",),
    fields=(
        FieldRule("name"),
        FieldRule("unit_price", applies=is_priced),
        FieldRule("active"),
        FieldRule(
            "item_class",
            same=same_where_known,
            applies=not_work_type,
            offered="Visma.net inventory class",
            filled=without_category,
        ),
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
    numbered_by=SEVERA,
    fields=(
        FieldRule("customer", flow=Flow.TO_ERP, need=lambda _record: Need.REQUIRED),
        FieldRule("name", flow=Flow.TO_ERP),
        FieldRule("start_date", flow=Flow.TO_ERP),
        FieldRule("active", flow=Flow.TO_ERP, applies=not_lost),
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
    statuses=("trigger", "transferred", "sent", "partially_paid", "paid"),  # VN-13, VN-15
    optional_statuses=("failed",),  # the tenant's file must name it, too: it stands before the others
    number_written_at="transferred",  # known from the first save, final once the document is in the books
    numbered_from="transferred",  # VN-13
    credit_notes_enter="trigger",  # VN-13
    failed_comes_first=True,  # VN-13
    refused_are_failed=True,  # VN-13: "for those invoices which fail to go over"
    erp_sends=False,  # VN-15: Severa sends invoices to customers
    releases=True,  # VN-11
    payment_references=True,  # ALL-06
    invoice_texts=True,  # VN-14
    companies=True,  # VN-10
    cost_product_needed=False,  # "Given by Severa's logic"
    unknown_projects_are_issues=False,
    severa_scopes=("files:read", "files:write"),  # VN-14, VN-18
)
