"""What the demo company has, told once for all simulated systems.

Plain frozen dataclasses. References between them are positions in the tuples of `World` (``project.customer`` is
``world.customers[project.customer]``). `in_severa` and `in_erp` say where an item exists at the start.
Money and rates are Decimals (rates in percent: ``Decimal("25.5")``), instants are aware UTC datetimes.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Self

Day = date
"""A business date."""
SalesState = Literal["InProgress", "Won", "Lost"]
ProductKind = Literal["product", "work_type", "travel_expense"]
ProductType = Literal["FixedFees", "Materials", "Subcontracting"]
ExpenseClass = Literal["Mileage", "DailyAllowance", "OtherTravelExpense"]
RowType = Literal["FlatRate", "Hours", "ProjectFees", "TravelExpenses"]
InvoiceStage = Literal["draft", "trigger", "paid"]
AddressUse = Literal["headquarter", "billing", "postal", "visit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address. `key` is unique within the owner. `country` is ISO 3166 alpha-2."""

    key: str
    use: AddressUse
    line1: str | None
    line2: str | None = None
    postal_code: str | None
    city: str | None
    state: str | None = None
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact person of a customer. `key` is unique within the customer."""

    key: str
    first_name: str
    last_name: str
    title: str | None
    email: str | None
    phone: str | None
    mobile: str | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessUnit:
    """A business unit in Severa, a department in the ERP. `parent` is a position."""

    code: str | None
    name: str
    parent: int | None = None
    is_active: bool = True
    vat_number: str | None = None
    created: datetime
    in_severa: bool
    in_erp: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user in Severa, an employee in the ERP. `business_unit` and `superior` are positions."""

    code: str | None
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    title: str | None
    business_unit: int
    superior: int | None
    address: Address
    birth_date: date
    is_active: bool = True
    created: datetime
    in_severa: bool
    in_erp: bool

    @property
    def name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer of the demo company. `addresses` are those beside the headquarter."""

    number: int | None
    name: str
    vat_number: str | None
    email: str | None
    website: str | None
    phone: str | None
    is_active: bool = True
    is_internal: bool = False
    is_person: bool = False
    is_prospect: bool = False
    currency: str = "NOK"
    language: str
    payment_term: int | None
    vat_rate: Decimal | None = None
    notes: str | None = None
    headquarter: Address | None
    addresses: tuple[Address, ...] = ()
    contacts: tuple[Contact, ...] = ()
    owner: int
    created: datetime
    changed: datetime
    in_severa: bool
    in_erp: bool
    erp_differs: tuple[tuple[str, Any], ...] = ()
    """Members that stand otherwise in the ERP: (member name, value there)."""

    def as_in_erp(self) -> Self:
        """The customer with the members as the ERP has them."""
        return replace(self, **dict(self.erp_differs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A product category in Severa, a product group in the ERP."""

    code: str
    name: str
    created: datetime
    in_severa: bool
    in_erp: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product, work type or travel expense type in Severa; an item in the ERP.

    `vat_rate` is Severa's own percentage. The ERP takes VAT from the account: `erp_vat_rate` is the rate of the
    item's standard sales account there; the optional account is always the one without VAT.
    """

    kind: ProductKind
    code: str | None
    name: str
    type: ProductType | None
    expense_class: ExpenseClass | None = None
    category: int | None
    unit: str | None
    unit_price: Decimal
    unit_cost: Decimal
    vat_rate: Decimal
    erp_vat_rate: Decimal
    description: str | None = None
    is_active: bool = True
    created: datetime
    changed: datetime
    in_severa: bool
    in_erp: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project. Severa knows `number` (None: only in the ERP), the ERP knows `code` (text).

    `customer` can be None only for a project of the ERP alone. `contact` is the key of a contact of the customer.
    """

    number: int | None
    code: str
    name: str
    customer: int | None
    owner: int
    business_unit: int
    state: SalesState
    is_closed: bool = False
    is_internal: bool = False
    start: date
    deadline: date | None
    currency: str
    payment_term: int | None
    contact: str | None
    order_number: str | None
    description: str | None = None
    created: datetime
    changed: datetime
    in_severa: bool
    in_erp: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """A row of an invoice in Severa. `product` is a position (None: no product), `codes` as Severa shows them."""

    row_type: RowType
    product: int | None
    codes: tuple[str, ...]
    description: str
    quantity: Decimal
    unit_price: Decimal
    vat_rate: Decimal
    unit: str | None
    project: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice in Severa. `key` names it for people and for ids ("INV-0001").

    `total_including_tax` is Severa's stored figure; `trap` says why the ERP cannot give the same total or why
    the invoice must be kept back (None: it goes through). `credited` is the position of the credited invoice.
    """

    key: str
    number: int | None
    stage: InvoiceStage
    customer: int
    projects: tuple[int, ...]
    date: Day
    payment_term: int
    payment_date: Day | None = None
    currency: str
    currency_rate: Decimal
    rows: tuple[InvoiceRow, ...]
    total_excluding_tax: Decimal
    total_including_tax: Decimal
    is_credit_note: bool = False
    credited: int | None = None
    contact: str | None
    order_number: str | None
    our_reference: str | None
    your_reference: str | None
    notes: str | None
    created: datetime
    changed: datetime
    trap: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """A supplier in the ERP, for purchase invoices."""

    number: int
    name: str
    organisation_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The demo company itself."""

    name: str
    organisation_number: str
    vat_number: str
    currency: str
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything there is at the start. Make it with `sandbox.world.generate(seed, scale)`."""

    seed: int
    scale: str
    as_of: datetime
    """The moment that the world describes; every stamp in it is earlier."""
    organisation: Organisation
    payment_terms: tuple[int, ...]
    """Days of the payment terms in use in Severa; 45 is missing in the ERP."""
    currencies: tuple[tuple[str, str, Decimal], ...]
    """(code, name, rate to the organisation's currency NOK)."""
    vat_rates: tuple[Decimal, ...]
    business_units: tuple[BusinessUnit, ...]
    users: tuple[User, ...]
    categories: tuple[Category, ...]
    products: tuple[Product, ...]
    customers: tuple[Customer, ...]
    projects: tuple[Project, ...]
    invoices: tuple[Invoice, ...]
    suppliers: tuple[Supplier, ...] = field(default=())
    erp: str = "poweroffice"
    """The integration that the company has taken into use: Severa's invoice statuses are set up for it."""

    @classmethod
    def generate(cls, seed: int, scale: str, erp: str = "poweroffice") -> "World":
        """The world of this seed and scale (small, medium, large), set up for an ERP. ValueError for another scale."""
        from sandbox.world.generate import generate  # noqa: PLC0415  # the generator builds this very class

        return replace(generate(seed, scale), erp=erp)
