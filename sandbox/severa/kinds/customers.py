"""Customers and what belongs to them: members as in the contract's schemas."""

from sandbox.fields import BOOLEAN, DATE, INT32, INT64, NUMBER, TEXT, Field, many, reference
from sandbox.severa.kind import Kind, plain
from sandbox.severa.kinds.registers import SALUTATION, SATISFACTION
from sandbox.severa.rules import customers as rules

_CUSTOMER = {
    "name": TEXT.must,
    "number": INT64,
    "isActive": BOOLEAN,
    "notes": TEXT,
    "email": TEXT,
    "website": TEXT,
    "vatNumber": TEXT,
    "kvkNumber": Field(type="text", longest=25),
    "numberOfEmployees": INT32,
    "annualRevenue": INT64,
    "language": reference("languages.coded"),
    "currency": reference("currencies.coded"),
    "owner": reference("users.person"),
    "industry": reference("none.none"),
    "headquarterAddress": reference("addresses.headquarter"),
    "timezone": reference("none.none"),
    "pricelist": reference("none.none"),
    "paymentTerm": INT32,
    "overdueInterest": NUMBER,
    "invoicingVat": reference("vatrates.coded"),
    "eInvoiceAddress": TEXT,
    "eInvoiceOperator": TEXT,
    "organizationUnitNumber": TEXT,
    "invoiceTemplate": reference("none.none"),
}
_ADDRESS = {
    "addressline": TEXT,
    "postalCode": TEXT,
    "city": TEXT,
    "isBillingAddress": BOOLEAN,
    "isPostalAddress": BOOLEAN,
    "isVisitAddress": BOOLEAN,
    "phone": TEXT,
    "fax": TEXT,
    "country": reference("countries.region"),
    "countryRegion": reference("none.none"),
    "customer": reference("customers.numbered"),
    "contacts": many(reference("contactpersons.named")),
}
_CONTACT = {
    "firstName": TEXT.must,
    "lastName": TEXT.must,
    "salutation": SALUTATION,
    "description": TEXT,
    "jobTitle": TEXT,
    "isActive": BOOLEAN,
    "customer": reference("customers.numbered").must,
    "addressGuid": TEXT,
    "satisfactionLevel": SATISFACTION,
    "timeZone": reference("none.none"),
    "dateOfBirth": DATE,
    "role": reference("none.none"),
    "language": reference("languages.coded"),
    "isEmailAllowed": BOOLEAN,
}
_COMMUNICATION = {
    "value": TEXT.must,
    "isForbiddenToUse": BOOLEAN,
    "contact": reference("contactpersons.named").must,
    "communicationType": reference("communicationtypes.typed").must,
}
_SEGMENT = {"name": TEXT.must, "isActive": BOOLEAN, "parentMarketSegment": reference("marketsegments.named")}
_SEGMENT_LINK = {"customer": reference("customers.named"), "marketSegment": reference("marketsegments.active")}


def _value(owner: str, kind: str) -> dict[str, Field]:
    return {"customProperty": reference(f"{kind}.short").must, "value": TEXT, owner: TEXT}


_CUSTOMER_VALUE = _value("customerGuid", "customproperties")
_PROJECT_VALUE = _value("projectGuid", "projectproperties")

ALL = (
    Kind(
        name="customers",
        fields=_CUSTOMER,
        blank=plain(_CUSTOMER, isActive=True, isInternal=False),
        indexes=("number", "name", "vatNumber", "email", "owner.guid"),
        natural=lambda row: (row["name"] if row["number"] is None else row["number"],),
        before=rules.before_customer,
    ),
    Kind(
        name="addresses",
        fields=_ADDRESS,
        blank=plain(_ADDRESS, contacts=[]),
        indexes=("customer.guid",),
        natural=lambda row: (
            row["customer"]["guid"], row["addressline"], row["postalCode"], row["city"],
            row["isBillingAddress"], row["isPostalAddress"], row["isVisitAddress"],
        ),
        after=rules.after_address,
    ),
    Kind(
        name="contactpersons",
        fields=_CONTACT,
        blank=plain(_CONTACT, isActive=True, name=None, isDeleted=False, phoneNumbers=[], emails=[]),
        indexes=("customer.guid", "addressGuid"),
        natural=lambda row: (row["customer"]["guid"], row["firstName"], row["lastName"], row["jobTitle"]),
        before=rules.before_contact,
    ),
    Kind(
        name="contactcommunications",
        fields=_COMMUNICATION,
        blank=plain(_COMMUNICATION, isForbiddenToUse=True),
        indexes=("contact.guid",),
        natural=lambda row: (row["contact"]["guid"], row["communicationType"]["guid"], row["value"]),
        after=rules.after_communication,
    ),
    Kind(
        name="marketsegments",
        fields=_SEGMENT,
        blank=plain(_SEGMENT, isActive=True),
        indexes=("parentMarketSegment.guid",),
        natural=lambda row: ((row["parentMarketSegment"] or {}).get("name"), row["name"]),
    ),
    Kind(
        name="customermarketsegments",
        fields=_SEGMENT_LINK,
        blank=plain(_SEGMENT_LINK, parentMarketSegment=None),
        indexes=("customer.guid", "parentMarketSegment.guid", "marketSegment.guid"),
        natural=lambda row: (row["customer"]["guid"], row["marketSegment"]["guid"]),
        before=rules.before_segment_link,
    ),
    Kind(
        name="customervalues",
        fields=_CUSTOMER_VALUE,
        blank=plain(_CUSTOMER_VALUE),
        indexes=("customerGuid",),
        natural=lambda row: (row["customerGuid"], row["customProperty"]["guid"]),
        before=rules.before_property_value,
    ),
    Kind(
        name="projectvalues",
        fields=_PROJECT_VALUE,
        blank=plain(_PROJECT_VALUE),
        indexes=("projectGuid",),
        natural=lambda row: (row["projectGuid"], row["customProperty"]["guid"]),
        before=rules.before_property_value,
    ),
)  # fmt: skip
