"""Severa's registries against our records, table by table in the order of the guide.

Source: the guide's "Technical description and field mappings" (left column) and contract section 9. Two things cannot
stand in a table and are done in `references.py`: Severa names a country by its text or its three-letter code where we
keep the ISO two-letter code, and a currency is written by its guid. The ids of products carry their register
(`product:<guid>`), because three registers of Severa are one registry of ours (PO-08).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from connectors.fields import Field, Table
from connectors.values import GUID as GUID_PATTERN
from connectors.values import (
    Rejected,
    day,
    decimal,
    flag,
    flag_or,
    guid,
    instant,
    invert,
    inverted,
    line,
    number,
    number_text,
    one_of,
    rest,
    same,
    text,
    whole,
)
from core.records import (
    BusinessUnit,
    Contact,
    Customer,
    Product,
    ProductCategory,
    ProductKind,
    ProductType,
    Project,
    User,
)

PRODUCT_TYPES = {
    "FixedFees": ProductType.GOODS,
    "Materials": ProductType.GOODS,
    "Subcontracting": ProductType.SERVICE,
}
"""Severa's types by the ERP's division (PO-10)."""
TYPE_OF_NEW = {ProductType.GOODS: "Materials", ProductType.SERVICE: "Subcontracting"}
"""The type that a product made in the ERP gets."""


def reference(value: Any) -> dict[str, Any] | None:
    """Writer of a reference: `{guid}`, or null."""
    return None if value is None else {"guid": value}


def first(value: Any) -> str | None:
    """The first text of a list of texts (e-mail addresses, phone numbers)."""
    if value is None:
        return None
    if not isinstance(value, list):
        raise Rejected("a list of texts is wanted")
    return next((found for found in map(text, value) if found), None)


def id_of(kind: ProductKind) -> Callable[[Any], str | None]:
    """Reader of a product's guid into an id that carries its register."""

    def read(value: Any) -> str | None:
        found = guid(value)
        return f"{kind.value}:{found}" if found else None

    return read


def bare(record_id: str | None) -> str:
    """The guid of an id that may carry a register."""
    return (record_id or "").rpartition(":")[2]


def guid_in(row: Any, member: str) -> str | None:
    """The guid of a reference in a vendor's row; None where it is not one."""
    owner = row.get(member) if isinstance(row, Mapping) else None
    value = owner.get("guid") if isinstance(owner, Mapping) else None
    return value.lower() if isinstance(value, str) and GUID_PATTERN.fullmatch(value) else None


def new_type(value: Any) -> str | None:
    """Writer of a new product's type; an existing product keeps its type."""
    return None if value is None else TYPE_OF_NEW[ProductType(value)]


SALUTATIONS = {"Mr.": "Mr", "Mrs.": "Mrs", "Ms.": "Ms"}
"""Severa's words for a salutation -> ours."""
NEW_EXPENSE_CLASS = "OtherTravelExpense"
"""The class of a travel expense that is made in the ERP; mileage and daily allowances are Severa's own (VN-07)."""


def remark(value: Any) -> str | None:
    """A free text of a person's: control characters are left out, and what is no text is none."""
    if not isinstance(value, str):
        return None
    return "".join(char for char in value if char.isprintable() or char in "\t\n\r").strip() or None


def salutation(value: Any) -> str | None:
    """Reader of a salutation; a word that is new there is none."""
    return SALUTATIONS.get(value) if isinstance(value, str) else None


def salutation_word(value: Any) -> str | None:
    """Writer of a salutation."""
    return next((word for word, ours in SALUTATIONS.items() if ours == value), None)


def _refers(guide: str, member: str, attribute: str) -> Field:
    """A nullable reference: read and written by guid, replaced as an object (contract section 7)."""
    return Field(
        guide, f"{member}.guid", attribute, read=guid, write=reference, post=member, patch=member, note="By guid."
    )


CREATED = Field("-", "createdDateTime", "created_at", read=instant)
CHANGED = Field("-", "lastUpdatedDateTime", "changed_at", read=instant)
GUID = Field("guid", "guid", "id", read=guid, required=True)
ACTIVE = Field("isActive", "isActive", "active", read=flag_or(default=True), write=same)

CUSTOMERS: Table[Customer] = Table(
    "Customer",
    Customer,
    (
        GUID,
        Field("number", "number", "number", read=number_text, write=number),
        Field("name", "name", "name", write=same, required=True),
        Field("vatNumber", "vatNumber", "vat_number", write=same),
        Field("email", "email", "email", write=same),
        ACTIVE,
        Field(
            "headquarterAddress.addressline (row 1)",
            "headquarterAddress.addressline",
            "address.line1",
            read=line(1),
            note="One text of several lines; written to the address itself (PO-06).",
        ),
        Field(
            "headquarterAddress.addressline (row 2)",
            "headquarterAddress.addressline",
            "address.line2",
            read=rest(2),
        ),
        Field("headquarterAddress.postalCode", "headquarterAddress.postalCode", "address.postal_code"),
        Field("headquarterAddress.city", "headquarterAddress.city", "address.city"),
        Field(
            "headquarterAddress.country",
            "headquarterAddress.country",
            "address.country",
            note="A country's name here; the ISO code comes from /localization/countries.",
        ),
        Field("headquarterAddress.guid", "headquarterAddress.guid", "address_id", read=guid),
        Field("currency.code", "currency.code", "currency", write=reference, post="currency", patch="currency"),
        Field(
            "isPrivatePerson",
            "isPrivatePerson",
            "is_person",
            read=flag_or(default=False),
            note="Not in the published interface: read where it is given.",
        ),
        Field("paymentTerm", "paymentTerm", "payment_term", read=whole, write=same, note="Days."),
        Field("website", "website", "website", write=same),
        Field("notes", "notes", "notes", read=remark, write=same),
        Field(
            "-",
            "isInternal",
            "internal",
            read=flag_or(default=False),
            note="In-house customers are not transferred (PO-04).",
        ),
        CREATED,
        CHANGED,
    ),
)

CONTACTS: Table[Contact] = Table(
    "Contact",
    Contact,
    (
        GUID,
        Field("guid", "guid", "code", read=guid),
        Field("customer.number", "customer.guid", "customer", read=guid, write=same, required=True, note="By guid."),
        Field("firstName", "firstName", "first_name", write=same),
        Field("lastName", "lastName", "last_name", write=same),
        Field("emails", "emails", "email", read=first, note="The first; written through contact communications."),
        Field("phoneNumbers", "phoneNumbers", "phone", read=first, note="The first; written like the e-mail."),
        Field("jobTitle", "jobTitle", "title", write=same),
        Field("salutation", "salutation", "salutation", read=salutation, write=salutation_word),
        Field(
            "isEmailAllowed",
            "isEmailAllowed",
            "do_not_email",
            read=inverted(default=False),
            write=invert,
            note="Do not email.",
        ),
        ACTIVE,
        Field("-", "isDeleted", "deleted", read=flag_or(default=False), note="A deleted contact counts as inactive."),
        Field("addressGuid", "addressGuid", "address_id", read=guid, note="The contact's address, of its customer's."),
        CREATED,
        CHANGED,
    ),
)

ADDRESSES: Table[dict[str, Any]] = Table(
    "Address",
    dict,
    (
        GUID,
        Field("Street", "addressline", "address.line1", read=line(1)),
        Field("Street (row 2)", "addressline", "address.line2", read=rest(2)),
        Field("ZipCode", "postalCode", "address.postal_code"),
        Field("City", "city", "address.city"),
        Field("Country", "country.guid", "address.country", read=guid, note="The ISO code comes from the register."),
        Field("CustomerCode / externalCode", "customer.guid", "customer", read=guid),
        Field("IsBillingAddress", "isBillingAddress", "billing", read=flag),
        Field("-", "isPostalAddress", "postal", read=flag),
        Field("-", "isVisitAddress", "visit", read=flag),
        CREATED,
    ),
)

PRODUCT_CATEGORIES: Table[ProductCategory] = Table(
    "Product category",
    ProductCategory,
    (
        GUID,
        Field("Code", "code", "code", write=same),
        Field("Name", "name", "name", write=same, required=True),
        ACTIVE,
        CREATED,
        CHANGED,
    ),
)

PRODUCTS: Table[Product] = Table(
    "Product",
    partial(Product, kind=ProductKind.PRODUCT),
    (
        Field("guid", "guid", "id", read=id_of(ProductKind.PRODUCT), required=True),
        _refers("productCategory", "productCategory", "category"),
        Field("code", "code", "code", write=same),
        Field("name", "name", "name", write=same, required=True),
        Field("proposalDescription", "proposalDescription", "description", write=same),
        Field(
            "unitPrice.amount",
            "unitPrice.amount",
            "unit_price",
            read=decimal,
            write=same,
            post="unitPrice",
            patch="unitPrice",
            note="Written with the organisation's currency.",
        ),
        Field("measurementUnit", "measurementUnit", "unit", write=same),
        ACTIVE,
        Field(
            "type",
            "type",
            "type",
            read=one_of(PRODUCT_TYPES),
            write=new_type,
            patch=None,
            note="Set when a product is created: Materials or Subcontracting; never changed afterwards.",
        ),
        CREATED,
        CHANGED,
    ),
)

WORK_TYPES: Table[Product] = Table(
    "Work type",
    partial(Product, kind=ProductKind.WORK_TYPE),
    (
        Field("guid", "guid", "id", read=id_of(ProductKind.WORK_TYPE), required=True),
        Field("code", "code", "code", write=same),
        Field("name", "name", "name", write=same, required=True),
        ACTIVE,
        CREATED,
        CHANGED,
    ),
)

TRAVEL_EXPENSE_TYPES: Table[Product] = Table(
    "Travel expense",
    partial(Product, kind=ProductKind.TRAVEL_EXPENSE),
    (
        Field("guid", "guid", "id", read=id_of(ProductKind.TRAVEL_EXPENSE), required=True),
        _refers("productCategory", "productCategory", "category"),
        Field("code", "code", "code", write=same),
        Field("name", "name", "name", write=same, required=True),
        Field("measurementUnit", "measurementUnit", "unit", write=same),
        Field(
            "unitCost.amount",
            "unitCost.amount",
            "unit_price",
            read=decimal,
            write=same,
            post="unitCost",
            patch="unitCost",
            note="Written with the organisation's currency.",
        ),
        ACTIVE,
        CREATED,
        CHANGED,
    ),
)

PROJECTS: Table[Project] = Table(
    "Project",
    Project,
    (
        GUID,
        Field("customer.number", "customer.guid", "customer", read=guid, write=same, note="By guid."),
        Field("Number", "number", "number", read=number_text, write=number),
        Field("Name", "name", "name", write=same, required=True),
        Field("isClosed", "isClosed", "active", read=inverted(default=True), write=invert),
        Field("isInternal", "isInternal", "internal", read=flag_or(default=False), write=same),
        Field("StartDate", "startDate", "start_date", read=day, write=same),
        Field("Deadline", "deadline", "end_date", read=day, write=same),
        _refers("BusinessUnit.Code", "businessUnit", "business_unit"),
        Field(
            "projectOwner.code",
            "projectOwner.guid",
            "owner",
            read=guid,
            write=same,
            note="By guid; required, so projects made in the ERP without one get the configured owner.",
        ),
        Field("orderNumber", "orderNumber", "order_number", write=same),
        Field("isJoiningAllowed", "isJoiningAllowed", "joinable", read=flag, write=same),
        _refers("customerContact.guid", "customerContact", "contact"),
        Field(
            "-",
            "salesStatus.salesStatusTypeGuid",
            "status_type",
            read=guid,
            note="Won or not (PO-11), lost or not (VN-09).",
        ),
        CREATED,
        CHANGED,
    ),
)

USERS: Table[User] = Table(
    "User",
    User,
    (
        GUID,
        Field("Code", "code", "code", write=same, note="The employee number."),
        Field("FirstName", "firstName", "first_name", write=same),
        Field("LastName", "lastName", "last_name", write=same),
        Field("Email", "email", "email", write=same),
        Field("Mobile", "phone", "phone", write=same),
        _refers("BusinessUnitCode", "businessUnit", "business_unit"),
        ACTIVE,
        _refers("SuperiorUser", "superiorUser", "superior"),
        Field("address (row 1)", "address", "address.line1", read=line(1), note="One text of several lines."),
        Field("address (row 2)", "address", "address.line2", read=rest(2)),
        Field("city", "city", "address.city", write=same),
        Field("postalCode", "postalCode", "address.postal_code", write=same),
        Field("country", "country.code3", "address.country", note="The ISO code comes from the register."),
        CREATED,
        CHANGED,
    ),
)

BUSINESS_UNITS: Table[BusinessUnit] = Table(
    "Business unit",
    BusinessUnit,
    (
        Field("Guid", "guid", "id", read=guid, required=True),
        Field("Code", "code", "code", write=same),
        Field("Name", "name", "name", write=same, required=True),
        Field("VatNumber", "vatNumber", "vat_number", read=remark, note="Of a unit that is a company (VN-10)."),
        ACTIVE,
        CREATED,
        CHANGED,
    ),
)
