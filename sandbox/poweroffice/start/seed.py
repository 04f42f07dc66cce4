"""Fills the company from the world: what exists in PowerOffice before the integration is switched on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.poweroffice.company import Company, stamp
from sandbox.poweroffice.start.chart import SALES_ACCOUNTS, account_id, set_up
from sandbox.store import Row
from sandbox.world import Address, Customer, World

UNITS = {"h": "HUR", "dag": "DAY", "km": "KMT", "stk": "EA", "sett": "SET"}
LONG_BEFORE = timedelta(days=3650)


@dataclass
class Positions:
    """Position in the world -> id here, for what exists here."""

    departments: dict[int, int] = field(default_factory=dict)
    employees: dict[int, int] = field(default_factory=dict)
    customers: dict[int, int] = field(default_factory=dict)
    persons: dict[tuple[int, str], int] = field(default_factory=dict)
    groups: dict[int, int] = field(default_factory=dict)
    products: dict[int, int] = field(default_factory=dict)
    projects: dict[int, int] = field(default_factory=dict)


def fill(company: Company, world: World) -> Positions:
    """Everything that the world says exists in PowerOffice, with its own stamps."""
    at = Positions()
    set_up(company, world, world.as_of - LONG_BEFORE)
    steps: tuple[Callable[[Company, World, Positions], None], ...] = (
        _departments,
        _employees,
        _customers,
        _groups,
        _products,
        _projects,
        _suppliers,
    )
    for step in steps:
        step(company, world, at)
    return at


def _kept(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}


def _departments(company: Company, world: World, at: Positions) -> None:
    for i, unit in enumerate(world.business_units):
        if unit.in_erp:
            at.departments[i] = company.number("department", unit.code or unit.name)
            row = {"Id": at.departments[i], "Code": unit.code, "Name": unit.name, "IsActive": unit.is_active}
            company.departments.insert(_kept(row), created=unit.created)


def _employees(company: Company, world: World, at: Positions) -> None:
    for i, user in enumerate(world.users):
        if not user.in_erp or user.code is None or not user.code.isdecimal():
            continue
        at.employees[i] = contact_id = company.number("contact", "Employee", int(user.code))
        row: Row = {
            "Id": contact_id,
            "Number": int(user.code),
            "FirstName": user.first_name,
            "LastName": user.last_name,
            "EmailAddress": user.email,
            "PhoneNumber": user.phone,
            "JobTitle": user.title,
            "DepartmentId": at.departments.get(user.business_unit),
            "ManagerEmployeeId": at.employees.get(user.superior) if user.superior is not None else None,
            "DateOfBirth": user.birth_date.isoformat(),
            "IsArchived": not user.is_active,
            "ContactGroupIds": [],
            "SubledgerAccountId": company.number("subledger account", "Employee", int(user.code)),
            "ContactCreatedDateTimeOffset": stamp(user.created),
            "MailAddress": _mail_address(company, contact_id, user.address, user.created),
        }
        company.employees.insert(_kept(row), created=user.created)


def _address(address: Address) -> Row | None:
    """The members of an address; None without what Go requires."""
    if not address.postal_code or not address.city:
        return None
    return {
        "AddressLine1": address.line1,
        "AddressLine2": address.line2,
        "ZipCode": address.postal_code,
        "City": address.city,
        "CountryCode": address.country,
    }


def _mail_address(company: Company, contact_id: int, address: Address | None, created: datetime) -> Row | None:
    members = _address(address) if address is not None else None
    if members is None:
        return None
    row_id = company.number("mail address", contact_id)
    return {"Id": row_id, **members, "ExternalCode": None, "LastChangedDateTimeOffset": stamp(created)}


def _customers(company: Company, world: World, at: Positions) -> None:
    terms = {row["CreditDays"]: row["Id"] for row in company.terms}
    for i, original in enumerate(world.customers):
        customer = original.as_in_erp()
        if not customer.in_erp or customer.number is None:
            continue
        at.customers[i] = contact_id = company.number("contact", "Customer", customer.number)
        first, _, last = customer.name.partition(" ")
        row: Row = {
            "Id": contact_id,
            "Number": customer.number,
            "Name": customer.name,
            "OrganizationNumber": customer.vat_number,
            "IsPerson": customer.is_person,
            "FirstName": first if customer.is_person else None,
            "LastName": (last or first) if customer.is_person else None,
            "EmailAddress": customer.email,
            "InvoiceDeliveryType": "PdfByEmail" if customer.email else "Print",
            "PhoneNumber": customer.phone,
            "WebsiteUrl": customer.website,
            "CurrencyCode": customer.currency,
            "PaymentTermId": terms.get(customer.payment_term),
            "IsVatFree": False,
            "UseInvoiceFee": False,
            "ContactGroupIds": [],
            "IsArchived": not customer.is_active,
            "IsActive": True,
            "SubledgerAccountId": company.number("subledger account", "Customer", customer.number),
            "ContactCreatedDateTimeOffset": stamp(customer.created),
            "MailAddress": _mail_address(company, contact_id, customer.headquarter, customer.created),
        }
        company.customers.insert(_kept(row), created=customer.created, changed=customer.changed)
        _belongings(company, customer, i, at)


def _belongings(company: Company, customer: Customer, position: int, at: Positions) -> None:
    """Contact persons and delivery addresses of a customer."""
    contact_id = at.customers[position]
    for person in customer.contacts:
        row_id = company.number("contact person", contact_id, person.key)
        at.persons[position, person.key] = row_id
        row = {
            "Id": row_id,
            "ContactId": contact_id,
            "FirstName": person.first_name,
            "LastName": person.last_name,
            "Title": person.title,
            "EmailAddress": person.email,
            "PhoneNumber": person.phone or person.mobile,
            "IsActive": person.is_active,
            "IsDefault": False,
        }
        company.persons.insert(_kept(row), created=customer.created)
    places = [customer.headquarter, *customer.addresses]
    rows = [members for place in places if place is not None and (members := _address(place)) is not None]
    for number, members in enumerate(rows):
        row_id = company.number("delivery address", contact_id, number)
        address = {"Id": row_id, "ContactId": contact_id, **members, "IsPrimary": number == 0}
        company.addresses.insert(_kept(address), created=customer.created)


def _groups(company: Company, world: World, at: Positions) -> None:
    for i, category in enumerate(world.categories):
        if category.in_erp:
            at.groups[i] = company.number("product group", category.code)
            row = {
                "Id": at.groups[i],
                "Code": category.code,
                "Name": category.name,
                "ProductType": "Product",
                "IsArchived": False,
            }
            company.groups.insert(row, created=category.created)


def _products(company: Company, world: World, at: Positions) -> None:
    accounts = {rate: account_id(company, number) for rate, number in SALES_ACCOUNTS.items()}
    for i, product in enumerate(world.products):
        if not product.in_erp:
            continue
        at.products[i] = company.number("product", product.code or product.name)
        is_service = product.kind == "work_type" or product.type == "Subcontracting"
        row = {
            "Id": at.products[i],
            "Code": product.code,
            "Name": product.name,
            "Description": product.description,
            "ProductType": "Service" if is_service else "Product",
            "ProductGroupId": at.groups.get(product.category) if product.category is not None else None,
            "UnitPrice": float(product.unit_price),
            "UnitCost": float(product.unit_cost),
            "UnitOfMeasureCode": UNITS.get(product.unit or ""),
            "StandardSalesAccountId": accounts[product.erp_vat_rate],
            "OptionalSalesAccountId": accounts[Decimal(0)],
            "IsStockItem": False,
            "IsArchived": not product.is_active,
        }
        company.products.insert(_kept(row), created=product.created, changed=product.changed)


def _projects(company: Company, world: World, at: Positions) -> None:
    terms = {row["CreditDays"]: row["Id"] for row in company.terms}
    for i, project in enumerate(world.projects):
        if not project.in_erp:
            continue
        at.projects[i] = company.number("project", project.code)
        customer = project.customer
        parents = company.projects.find("Code", project.code.partition(".")[0]) if "." in project.code else []
        row = {
            "Id": at.projects[i],
            "Code": project.code,
            "Name": project.name,
            "ParentProjectId": parents[0]["Id"] if parents else None,
            "CustomerId": at.customers.get(customer) if customer is not None else None,
            "ContactPersonId": at.persons.get((customer, project.contact)) if customer and project.contact else None,
            "DepartmentId": at.departments.get(project.business_unit),
            "ProjectManagerEmployeeId": at.employees.get(project.owner),
            "PaymentTermId": terms.get(project.payment_term),
            "StartDate": project.start.isoformat(),
            "EndDate": project.deadline.isoformat() if project.deadline else None,
            "PurchaseOrderNo": project.order_number,
            "IsActive": not project.is_closed,
            "IsInternal": project.is_internal,
            "IsBillable": not project.is_internal,
            "AllowAllEmployees": True,
            "ProjectStatus": "Archived" if project.is_closed else "Active",
        }
        company.projects.insert(_kept(row), created=project.created, changed=project.changed)


def _suppliers(company: Company, world: World, at: Positions) -> None:
    del at  # suppliers are only here
    for supplier in world.suppliers:
        created = world.as_of - LONG_BEFORE / 5
        row = {
            "Id": company.number("contact", "Supplier", supplier.number),
            "Number": supplier.number,
            "Name": supplier.name,
            "OrganizationNumber": supplier.organisation_number,
            "CurrencyCode": "NOK",
            "IsPerson": False,
            "IsArchived": False,
            "IsActive": True,
            "ContactGroupIds": [],
            "Payout": True,
            "SubledgerAccountId": company.number("subledger account", "Supplier", supplier.number),
            "ContactCreatedDateTimeOffset": stamp(created),
        }
        company.suppliers.insert(row, created=created)
