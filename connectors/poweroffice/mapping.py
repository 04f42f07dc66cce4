"""PowerOffice's registries against our records, table by table in the order of the guide.

Source: the guide's "Technical description and field mappings" and contract section 8. Where the guide names a number
or code of another item (`ProductGroupCode`, `CustomerNo`), the member here is its `...Id`: PATCH knows ids only and the
id wins on POST (contract section 5). Ids are int64 there and text here; a contact's id is `<customer id>/<person id>`,
because PowerOffice reaches a contact person only through its customer.
"""

from __future__ import annotations

from typing import Any

from connectors.fields import Field, Table
from connectors.poweroffice.invoice_mapping import INVOICE_TABLES
from connectors.poweroffice.words import PRODUCT_TYPES, last_part
from connectors.values import (
    country,
    day,
    decimal,
    flag,
    flag_or,
    instant,
    invert,
    inverted,
    number,
    number_text,
    one_of,
    same,
    whole,
    word_of,
)
from core.records import BusinessUnit, Contact, Customer, Product, ProductCategory, Project, User


def _address(
    guide: tuple[str, str, str, str, str], named: tuple[str, str, str] = ("", "", "")
) -> tuple[Field, Field, Field, Field, Field]:
    """The five rows of a mail address under the guide's names of that table; `named` are notes on three of them."""
    line1, line2, postal_code, city, land = guide
    return (
        Field(line1, "MailAddress.AddressLine1", "address.line1", write=same, note=named[0]),
        Field(line2, "MailAddress.AddressLine2", "address.line2", write=same),
        Field(postal_code, "MailAddress.ZipCode", "address.postal_code", write=same, note=named[1]),
        Field(city, "MailAddress.City", "address.city", write=same),
        Field(land, "MailAddress.CountryCode", "address.country", read=country, write=same, note=named[2]),
    )


_WHOLE_ADDRESS = "An address without city, postal code and country is left out and reported."
_PERSON = "Private persons only: the last word of the name is the last name."

CUSTOMERS: Table[Customer] = Table(
    "Customer",
    Customer,
    (
        Field("guid", "Id", "id", read=number_text, required=True, note="PowerOffice's own id, kept in the link."),
        Field("guid", "ExternalImportReference", "reference", note="Written on customers that we create."),
        Field("number", "Number", "number", read=number_text, write=number, note="Inside PowerOffice's number series."),
        Field("name", "Name", "name", write=same),
        Field("name", "FirstName", "first_name", note=_PERSON),
        Field("name", "LastName", "last_name", note=_PERSON),
        Field("vatNumber", "OrganizationNumber", "vat_number", write=same),
        Field("email", "EmailAddress", "email", write=same),
        Field("isActive", "IsArchived", "active", read=inverted(default=True), write=invert),
        Field("isActive", "IsActive", "role_active", read=flag_or(default=True), note="Inactive by either of the two."),
        *_address(
            (
                "headquarterAddress.addressline (row 1)",
                "headquarterAddress.addressline (row 2)",
                "headquarterAddress.postalCode",
                "headquarterAddress.city",
                "headquarterAddress.country",
            ),
            (
                "Also written as the delivery address whose ExternalCode is the Severa address (PO-06).",
                "",
                _WHOLE_ADDRESS,
            ),
        ),
        Field("headquarterAddress.guid", "MailAddress.Id", "address_id", read=number_text),
        Field("currency.code", "CurrencyCode", "currency", write=same),
        Field("isPrivatePerson", "IsPerson", "is_person", read=flag_or(default=False), write=same),
        Field("paymentTerm", "PaymentTerm", "payment_term", read=whole, write=same, patch="PaymentTermId"),
        Field("website", "WebsiteUrl", "website", write=same),
        Field(
            "-",
            "InvoiceDeliveryType",
            note="PdfByEmail when there is an e-mail address, otherwise Print; what was set otherwise is kept.",
        ),
        Field("-", "CustomerCreatedDateTimeOffset", "created_at", read=instant),
        Field("-", "LastChangedDateTimeOffset", "changed_at", read=instant),
    ),
)

CONTACTS: Table[Contact] = Table(
    "Contact person",
    Contact,
    (
        Field("guid", "ExternalCode", "code", write=same, note="Unique in PowerOffice."),
        Field("-", "Id", "id", read=number_text, required=True),
        Field("customer.number", "ContactId", "customer", read=number_text, required=True, note="Part of the path."),
        Field("firstName", "FirstName", "first_name", write=same),
        Field("lastName", "LastName", "last_name", write=same),
        Field("emails", "EmailAddress", "email", write=same),
        Field("phoneNumbers", "PhoneNumber", "phone", write=same),
        Field("jobTitle", "Title", "title", write=same),
        Field("isActive", "IsActive", "active", read=flag_or(default=True), write=same),
        Field("-", "CreatedDateTimeOffset", "created_at", read=instant),
        Field("-", "LastChangedDateTimeOffset", "changed_at", read=instant),
        # the guide's table "Contact addresses": one mail address per contact person
        Field("Guid", "ContactId", note="The mail address has no id of its own."),
        Field("CustomerCode / externalCode", None, note="The address is part of the contact person."),
        Field("IsBillingAddress", None, note="PowerOffice has no such mark on a contact person."),
        *_address(
            ("Street", "Street (row 2)", "ZipCode", "City", "Country"),
            (
                "The guide's StreetAddress is the older name.",
                "The guide's PostalCode is the older name.",
                _WHOLE_ADDRESS,
            ),
        ),
    ),
)

PRODUCT_GROUPS: Table[ProductCategory] = Table(
    "Product group",
    ProductCategory,
    (
        Field("Guid", "Id", "id", read=number_text, required=True),
        Field("Code", "Code", "code", write=same),
        Field("Name", "Name", "name", write=same, required=True),
        Field("isActive", "IsArchived", "active", read=inverted(default=True), write=invert),
        Field("-", "CreatedDateTimeOffset", "created_at", read=instant),
        Field("-", "LastChangedDateTimeOffset", "changed_at", read=instant),
    ),
)

PRODUCTS: Table[Product] = Table(
    "Product",
    Product,
    (
        Field("guid", "Id", "id", read=number_text, required=True),
        Field(
            "productCategory",
            "ProductGroupId",
            "category",
            read=number_text,
            write=number,
            note="The guide's ProductGroupCode by its id.",
        ),
        Field("code", "Code", "code", write=same),
        Field("name", "Name", "name", write=same, required=True),
        Field("proposalDescription", "Description", "description", write=same),
        Field("unitPrice.amount", "UnitPrice", "unit_price", read=decimal, write=same, note="Before VAT."),
        Field(
            "measurementUnit",
            "UnitOfMeasureCode",
            "unit",
            write=same,
            note="Through the tenant's table of units; a unit that is not in it is left out.",
        ),
        Field("isActive", "IsArchived", "active", read=inverted(default=True), write=invert),
        Field("type", "ProductType", "type", read=one_of(PRODUCT_TYPES), write=word_of(PRODUCT_TYPES)),
        Field("-", "CreatedDateTimeOffset", "created_at", read=instant),
        Field("-", "LastChangedDateTimeOffset", "changed_at", read=instant),
    ),
)

PROJECTS: Table[Project] = Table(
    "Project",
    Project,
    (
        Field("guid", "Id", "id", read=number_text, required=True),
        Field(
            "customer.number",
            "CustomerId",
            "customer",
            read=number_text,
            write=number,
            note="The guide's CustomerNo by its id.",
        ),
        Field("Number", "Code", "number", write=same, note="A dot is reserved for sub-projects, which are left alone."),
        Field("-", "ParentProjectId", "parent", read=number_text, note="Sub-projects only."),
        Field("Name", "Name", "name", write=same, required=True),
        Field("isClosed", "IsActive", "active", read=flag_or(default=True), write=same),
        Field("isClosed", "ProjectStatus", "status", note="Archived reads as closed; a new project is made Active."),
        Field("isInternal", "IsInternal", "internal", read=flag_or(default=False), write=same),
        Field("StartDate", "StartDate", "start_date", read=day, write=same),
        Field("Deadline", "EndDate", "end_date", read=day, write=same),
        Field(
            "BusinessUnit.Code",
            "DepartmentId",
            "business_unit",
            read=number_text,
            write=number,
            note="The guide's DepartmentCode by its id.",
        ),
        Field(
            "projectOwner.code",
            "ProjectManagerEmployeeId",
            "owner",
            read=number_text,
            write=number,
            note="The guide's ProjectManagerEmployeeNo by its id.",
        ),
        Field("orderNumber", "PurchaseOrderNo", "order_number", write=same),
        Field("isJoiningAllowed", "AllowAllEmployees", "joinable", read=flag, write=same),
        Field("customerContact.guid", "ContactPersonId", "contact", read=number_text, write=last_part),
        Field("-", "CreatedDateTimeOffset", "created_at", read=instant),
        Field("-", "LastChangedDateTimeOffset", "changed_at", read=instant),
    ),
)

DEPARTMENTS: Table[BusinessUnit] = Table(
    "Department",
    BusinessUnit,
    (
        Field("guid", "Id", "id", read=number_text, required=True),
        Field("code", "Code", "code", write=same),
        Field("name", "Name", "name", write=same, required=True),
        Field(
            "isActive",
            "IsActive",
            "active",
            read=flag_or(default=True),
            write=same,
            note="PowerOffice's default is false.",
        ),
        Field("-", "CreatedDateTimeOffset", "created_at", read=instant),
        Field("-", "LastChangedDateTimeOffset", "changed_at", read=instant),
    ),
)

EMPLOYEES: Table[User] = Table(
    "Employee",
    User,
    (
        Field("guid", "Id", "id", read=number_text, required=True),
        Field("guid", "ExternalImportReference", "reference", note="Written on employees that we create."),
        Field("Code", "Number", "code", read=number_text, write=number),
        Field("FirstName", "FirstName", "first_name", write=same),
        Field("LastName", "LastName", "last_name", write=same),
        Field("Email", "EmailAddress", "email", write=same),
        Field("Mobile", "PhoneNumber", "phone", write=same),
        Field(
            "BusinessUnitCode",
            "DepartmentId",
            "business_unit",
            read=number_text,
            write=number,
            note="The guide's DepartmentCode by its id.",
        ),
        Field("IsActive", "IsArchived", "active", read=inverted(default=True), write=invert),
        Field(
            "SuperiorUser",
            "ManagerEmployeeId",
            "superior",
            read=number_text,
            write=number,
            note="The guide's ManagerEmployeeNo by its id.",
        ),
        *_address(("address (row 1)", "address (row 2)", "postalCode", "city", "country"), ("", "", _WHOLE_ADDRESS)),
        Field("-", "EmployeeCreatedDateTimeOffset", "created_at", read=instant),
        Field("-", "LastChangedDateTimeOffset", "changed_at", read=instant),
    ),
)

TABLES: tuple[Table[Any], ...] = (
    CUSTOMERS,
    CONTACTS,
    PRODUCT_GROUPS,
    PRODUCTS,
    PROJECTS,
    DEPARTMENTS,
    EMPLOYEES,
    *INVOICE_TABLES,
)
"""All tables in the guide's order."""
