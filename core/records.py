"""Records: one item of a registry in our own shape, whichever side it came from.

Every record is frozen. `id` is the item's id on its own side as text (a Severa guid, an ERP number). Fields that
refer to another record hold the id of that record on the same side and are listed in `REFERENCES`; they are
translated through the links when they cross over. Texts are trimmed, an empty text is None. Instants are aware
UTC datetimes, business dates are dates in the tenant's zone, prices are Decimal before VAT.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar


class Side(StrEnum):
    """One of the two systems that are kept in step."""

    SEVERA = "severa"
    ERP = "erp"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.ERP if self is Side.SEVERA else Side.SEVERA


class Registry(StrEnum):
    """A kind of master data, in the order in which they are written (dependencies first)."""

    BUSINESS_UNITS = "business_units"
    USERS = "users"
    CUSTOMERS = "customers"
    CONTACTS = "contacts"
    PRODUCT_CATEGORIES = "product_categories"
    PRODUCTS = "products"
    PROJECTS = "projects"


class ProductKind(StrEnum):
    """Which of Severa's three registers an item of the ERP's one product registry stands in (PO-08)."""

    PRODUCT = "product"
    WORK_TYPE = "work_type"
    TRAVEL_EXPENSE = "travel_expense"


class ProductType(StrEnum):
    """The ERP's own division of products (PO-10): FixedFees and Materials are goods, Subcontracting is service."""

    GOODS = "goods"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. `country` is the ISO 3166 two-letter code, upper case."""

    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None

    def __bool__(self) -> bool:
        return any((self.line1, self.line2, self.postal_code, self.city))


META = frozenset({"id", "created_at", "changed_at", "reference"})
"""Fields of a record that are about the row, not about the business; they are never synchronised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record has. `reference` is our own reference (the Severa guid) as the ERP keeps it."""

    registry: ClassVar[Registry]
    KEY: ClassVar[str]
    """The field that carries the number or code by which people know the item (and ALL-14 watches)."""
    REFERENCES: ClassVar[dict[str, Registry]] = {}

    id: str
    created_at: datetime | None = None
    changed_at: datetime | None = None
    reference: str | None = None

    @property
    def key(self) -> str | None:
        """The item's number or code, trimmed; None when it has none."""
        value = getattr(self, self.KEY)
        return None if value is None else str(value).strip() or None

    @property
    def label(self) -> str:
        """How a person would name the item on the error desk."""
        name = getattr(self, "name", None) or f"{self.registry.value} {self.id}"
        return f"{self.key} {name}" if self.key else str(name)


def business_fields(kind: type[Record]) -> tuple[str, ...]:
    """Names of the fields of a record class that are about the business, in order of declaration."""
    return tuple(f.name for f in fields(kind) if f.name not in META)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessUnit(Record):
    """A business unit in Severa, a department in the ERP (PO-12), or with a VAT number of its own a branch (VN-10)."""

    registry = Registry.BUSINESS_UNITS
    KEY = "code"

    code: str | None
    name: str
    active: bool = True
    vat_number: str | None = None
    """Of a unit that is a company (VN-10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Record):
    """A Severa user, an employee in the ERP (PO-12). `code` is the employee number."""

    registry = Registry.USERS
    KEY = "code"
    REFERENCES: ClassVar[dict[str, Registry]] = {"business_unit": Registry.BUSINESS_UNITS, "superior": Registry.USERS}

    code: str | None
    first_name: str | None
    last_name: str | None
    email: str | None = None
    phone: str | None = None
    business_unit: str | None = None
    superior: str | None = None
    address: Address | None = None
    active: bool = True

    @property
    def name(self) -> str:
        """First and last name."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(Record):
    """A customer (PO-03 to PO-06, VN-02 to VN-06). `payment_term` is in days."""

    registry = Registry.CUSTOMERS
    KEY = "number"

    number: str | None
    name: str
    vat_number: str | None = None
    email: str | None = None
    active: bool = True
    address: Address | None = None
    address_id: str | None = None
    """Id of the headquarter address on its own side; not compared."""
    currency: str | None = None
    is_person: bool = False
    payment_term: int | None = None
    website: str | None = None
    internal: bool = False
    prospect: bool = False
    notes: str | None = None
    customer_class: str | None = None
    """Id of the ERP's customer class; None where none is chosen (VN-05)."""
    billing_address: Address | None = None
    """Where it differs from the headquarter (VN-06)."""
    postal_address: Address | None = None
    """The same for goods and mail (VN-06)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Record):
    """A contact person of a customer (PO-07). `code` is Severa's guid, the ERP's external code."""

    registry = Registry.CONTACTS
    KEY = "code"
    REFERENCES: ClassVar[dict[str, Registry]] = {"customer": Registry.CUSTOMERS}

    code: str | None
    customer: str | None
    first_name: str | None
    last_name: str | None
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    active: bool = True
    address: Address | None = None
    salutation: str | None = None
    """Mr, Mrs or Ms."""
    mobile: str | None = None
    do_not_email: bool = False

    @property
    def name(self) -> str:
        """First and last name."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCategory(Record):
    """A product category in Severa, a product group in the ERP (PO-10)."""

    registry = Registry.PRODUCT_CATEGORIES
    KEY = "code"

    code: str | None
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Record):
    """A product, work type or travel expense (PO-08, PO-09, VN-07).

    `unit_price` is before VAT; of a travel expense it is the cost of one unit.
    """

    registry = Registry.PRODUCTS
    KEY = "code"
    REFERENCES: ClassVar[dict[str, Registry]] = {"category": Registry.PRODUCT_CATEGORIES}

    code: str | None
    name: str
    kind: ProductKind | None = None
    """Which Severa register it stands in; None where the ERP's one registry does not tell them apart."""
    type: ProductType | None = None
    category: str | None = None
    description: str | None = None
    unit_price: Decimal | None = None
    unit: str | None = None
    active: bool = True
    item_class: str | None = None
    """Id of the ERP's inventory class; None where none is chosen (VN-08)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Record):
    """A project (PO-11, VN-09). `active` is false when it is closed; `won` and `lost` say how its sale ended."""

    registry = Registry.PROJECTS
    KEY = "number"
    REFERENCES: ClassVar[dict[str, Registry]] = {
        "customer": Registry.CUSTOMERS,
        "business_unit": Registry.BUSINESS_UNITS,
        "owner": Registry.USERS,
        "contact": Registry.CONTACTS,
    }

    number: str | None
    name: str
    customer: str | None = None
    active: bool = True
    internal: bool = False
    start_date: date | None = None
    end_date: date | None = None
    business_unit: str | None = None
    owner: str | None = None
    order_number: str | None = None
    joinable: bool | None = None
    contact: str | None = None
    won: bool = True
    lost: bool = False


RECORD_TYPES: dict[Registry, type[Record]] = {
    kind.registry: kind for kind in (BusinessUnit, User, Customer, Contact, ProductCategory, Product, Project)
}
