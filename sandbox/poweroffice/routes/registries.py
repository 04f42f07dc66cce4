"""Calls on set-up and registers, in the order of the contract's openapi.json."""

from collections.abc import Mapping

from sandbox.poweroffice import queries as q
from sandbox.poweroffice.forms import addresses as address_forms
from sandbox.poweroffice.forms import customers as customer_forms
from sandbox.poweroffice.forms import enums
from sandbox.poweroffice.forms import items as item_forms
from sandbox.poweroffice.forms import staff as staff_forms
from sandbox.poweroffice.registries import (
    customers,
    delivery_addresses,
    departments,
    employees,
    persons,
    products,
    projects,
    setup,
    suppliers,
)
from sandbox.poweroffice.routing import Route, full, read

CONTACT_FILTERS: Mapping[str, q.Parser] = {
    "contactGroupIds": q.integers,
    "externalImportReference": q.plain,
    "externalNos": q.number_ranges,
    **q.CHANGED,
}
OWNED_FILTERS: Mapping[str, q.Parser] = {"contactIds": q.integers, "externalCodes": q.texts, **q.CHANGED, **q.CREATED}
COMMON = read("CommonServices")
ACTIVE: Mapping[str, q.Parser] = {"isActive": q.boolean}
SETUP = (
    Route("GET", "/OrganizationSettings", setup.setting("OrganizationSettings"), COMMON),
    Route("GET", "/VatSettings", setup.setting("VatSettings"), COMMON),
    Route("GET", "/FinancialSettings", setup.setting("FinancialSettings"), COMMON),
    Route("GET", "/LockDateSettings", setup.setting("LockDateSettings"), COMMON),
    Route(
        "GET",
        "/SubLedgerNumberSeries",
        setup.series_listed,
        COMMON,
        {
            "generalLedgerAccountNos": q.number_ranges,
            "isDefault": q.boolean,
            "subLedgerNumberSeriesType": q.one_of(enums.SUB_LEDGER_NUMBER_SERIES_TYPE),
        },
        paged=True,
    ),
    Route("GET", "/PaymentTerms", setup.terms_listed, COMMON, paged=True),
    Route(
        "GET",
        "/Currencies",
        setup.currencies_listed,
        COMMON,
        {"currencyCode": q.plain, "isActive": q.boolean},
        paged=True,
    ),
    Route(
        "GET",
        "/VatCodes",
        setup.vat_codes_listed,
        COMMON,
        {"includeExpired": q.boolean, "isActive": q.boolean},
        paged=True,
    ),
    Route(
        "GET",
        "/GeneralLedgerAccounts",
        setup.accounts_listed,
        read("GeneralLedgerAccount"),
        {
            "accountNos": q.number_ranges,
            "agricultureDepartments": q.several_of(enums.AGRICULTURE_DEPARTMENT),
            **q.CHANGED,
        },
        paged=True,
    ),
)
CUSTOMERS = (
    Route(
        "GET",
        "/Customers",
        customers.listed,
        read("Customer"),
        {
            **CONTACT_FILTERS,
            "customerCreatedDateTimeOffsetGreaterThan": q.instant,
            "customerNos": q.number_ranges,
            "organizationNumbers": q.texts,
        },
        paged=True,
    ),
    Route("POST", "/Customers", customers.created, full("Customer"), body=customer_forms.CUSTOMER_POST),
    Route("GET", "/Customers/{id}", customers.one, read("Customer")),
    Route("PATCH", "/Customers/{id}", customers.changed, full("Customer"), body=customer_forms.CUSTOMER_PATCH),
    Route("DELETE", "/Customers/{id}", customers.deleted, full("Customer")),
)
PERSON_KINDS = ("ContactPerson", "Customer", "Supplier")
ADDRESS_KINDS = ("ContactDeliveryAddress", "Customer", "Supplier", "Employee")
PERSON, ADDRESS = "/ContactPersons/{contact_id}", "/ContactDeliveryAddresses/{contact_id}"
PERSONS = (
    Route("GET", "/ContactPersons", persons.listed, read(*PERSON_KINDS), OWNED_FILTERS, paged=True),
    Route("POST", PERSON, persons.created, full(*PERSON_KINDS), body=address_forms.CONTACT_PERSON_POST),
    Route("GET", PERSON + "/{id}", persons.one, read(*PERSON_KINDS)),
    Route("PATCH", PERSON + "/{id}", persons.changed, full(*PERSON_KINDS), body=address_forms.CONTACT_PERSON_PATCH),
    Route("DELETE", PERSON + "/{id}", persons.deleted, full(*PERSON_KINDS)),
)
ADDRESSES = (
    Route(
        "GET", "/ContactDeliveryAddresses", delivery_addresses.listed, read(*ADDRESS_KINDS), OWNED_FILTERS, paged=True
    ),
    Route(
        "POST",
        ADDRESS,
        delivery_addresses.created,
        full(*ADDRESS_KINDS),
        body=address_forms.CONTACT_DELIVERY_ADDRESS_POST,
    ),
    Route("GET", ADDRESS + "/{id}", delivery_addresses.one, read(*ADDRESS_KINDS)),
    Route(
        "PATCH",
        ADDRESS + "/{id}",
        delivery_addresses.changed,
        full(*ADDRESS_KINDS),
        body=address_forms.CONTACT_DELIVERY_ADDRESS_PATCH,
    ),
    Route("DELETE", ADDRESS + "/{id}", delivery_addresses.deleted, full(*ADDRESS_KINDS)),
)
ITEM_FILTERS: Mapping[str, q.Parser] = {
    "codes": q.codes,
    "isArchived": q.boolean,
    "names": q.texts,
    "type": q.one_of(enums.PRODUCT_TYPE),
    **q.CHANGED,
    **q.CREATED,
}
ITEMS = (
    Route("GET", "/ProductGroups", products.groups_listed, read("Product"), ITEM_FILTERS, paged=True),
    Route("POST", "/ProductGroups", products.group_created, full("Product"), body=item_forms.PRODUCT_GROUP_POST),
    Route("GET", "/ProductGroups/{id}", products.group, read("Product")),
    Route("PATCH", "/ProductGroups/{id}", products.group_changed, full("Product"), body=item_forms.PRODUCT_GROUP_PATCH),
    Route(
        "GET",
        "/Products",
        products.listed,
        read("Product"),
        {
            **ITEM_FILTERS,
            "productGroupCodes": q.codes,
            "stockOnHandLastChangedDatetimeOffsetGreaterThan": q.instant,
        },
        paged=True,
    ),
    Route("POST", "/Products", products.created, full("Product"), body=item_forms.PRODUCT_POST),
    Route("GET", "/Products/{id}", products.one, read("Product")),
    Route("PATCH", "/Products/{id}", products.changed, full("Product"), body=item_forms.PRODUCT_PATCH),
)
PROJECT_ROUTES = (
    Route(
        "GET",
        "/Projects",
        projects.listed,
        read("Project"),
        {
            "customerNos": q.number_ranges,
            "departmentCodes": q.codes,
            "excludeArchivedProject": q.boolean,
            "includeSubProjects": q.boolean,
            "name": q.plain,
            "projectBillingMethod": q.one_of(enums.PROJECT_BILLING_METHOD),
            "projectCodes": q.codes,
            "projectManagerEmployeeNos": q.number_ranges,
            "status": q.one_of(enums.PROJECT_STATUS_TYPE),
            **q.CHANGED,
            **q.CREATED,
        },
        paged=True,
    ),
    Route("POST", "/Projects", projects.created, full("Project"), body=item_forms.PROJECT_POST),
    Route("GET", "/Projects/{id}", projects.one, read("Project")),
    Route("PATCH", "/Projects/{id}", projects.changed, full("Project"), body=item_forms.PROJECT_PATCH),
)
STAFF = (
    Route(
        "GET",
        "/Departments",
        departments.listed,
        read("Department"),
        {
            "codes": q.codes,
            "createdFromImportJournalId": q.uuid,
            "isActive": q.boolean,
            "managerEmployeeNo": q.integer,
            "name": q.plain,
            **q.CHANGED,
            **q.CREATED,
        },
        paged=True,
    ),
    Route("POST", "/Departments", departments.created, full("Department"), body=staff_forms.DEPARTMENT_POST),
    Route("GET", "/Departments/{id}", departments.one, read("Department")),
    Route("PATCH", "/Departments/{id}", departments.changed, full("Department"), body=staff_forms.DEPARTMENT_PATCH),
    Route(
        "GET",
        "/Employees",
        employees.listed,
        read("Employee"),
        {**CONTACT_FILTERS, "employeeCreatedDateTimeOffsetGreaterThan": q.instant, "employeeNos": q.number_ranges},
        paged=True,
    ),
    Route("POST", "/Employees", employees.created, full("Employee"), body=staff_forms.EMPLOYEE_POST),
    Route("GET", "/Employees/{id}", employees.one, read("Employee")),
    Route("PATCH", "/Employees/{id}", employees.changed, full("Employee"), body=staff_forms.EMPLOYEE_PATCH),
)
SUPPLIERS = (
    Route(
        "GET",
        "/Suppliers",
        suppliers.listed,
        read("Supplier"),
        {**CONTACT_FILTERS, "supplierCreatedDateTimeOffsetGreaterThan": q.instant, "supplierNos": q.number_ranges},
        paged=True,
    ),
    Route("GET", "/Suppliers/{id}", suppliers.one, read("Supplier")),
)
REGISTRIES = (*SETUP, *CUSTOMERS, *PERSONS, *ADDRESSES, *ITEMS, *PROJECT_ROUTES, *STAFF, *SUPPLIERS)
