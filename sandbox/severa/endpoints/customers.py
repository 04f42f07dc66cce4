"""Customers, addresses, contacts, communications, market segments and custom values."""

from typing import Any

from sandbox.routing import Request
from sandbox.severa.lists import IGNORED, Listing, any_of, flag, holds, one, read_flag, read_number, since
from sandbox.severa.lists import computed as tested
from sandbox.severa.registers import Registers
from sandbox.severa.rules.customers import before_address_delete, collect_communications
from sandbox.severa.service import computed, created, deleted, listed, patched, single
from sandbox.store import Row

READ, WRITE, DELETE = "customers:read", "customers:write", "customers:delete"
OF_CUSTOMER = ("customerGuid", "customers", "customer.guid")


def _after_communication(registers: Registers, row: Row) -> None:
    collect_communications(registers, row["contact"]["guid"])


def _contact_addresses(registers: Registers, request: Request) -> Any:
    """The contact's chosen address and those that name the contact."""
    contact = registers.get("contactpersons", request.params["contactGuid"])
    rows = registers.tables["addresses"].find("customer.guid", contact["customer"]["guid"])
    return [
        row
        for row in rows
        if row["guid"] == contact["addressGuid"] or any(one["guid"] == contact["guid"] for one in row["contacts"])
    ]


def _country_settings(registers: Registers, request: Request) -> Any:
    customer = registers.get("customers", request.params["customerGuid"])
    country = registers.company["country"]
    vat = customer["invoicingVat"]
    return [
        {
            "guid": customer["guid"],
            "customer": {"guid": customer["guid"]},
            "country": {name: country[name] for name in ("guid", "name", "englishName")},
            "valueAddedTax": None if vat is None else {"guid": vat["guid"], "percentage": vat["percentage"]},
            "isTaxFree": vat is not None and vat["percentage"] == 0,
            "taxFreeDescription": None,
            "zeroVatCategoryCodeEn16931": None,
        }
    ]


def _has_parent(_: Registers, row: Row) -> bool:
    return row["parentMarketSegment"] is not None


def _segments(registers: Registers, row: Row, wanted: Any) -> bool:
    """`includeChildSegments` false leaves the parents alone."""
    return True in wanted or not _has_parent(registers, row)


ALL = (
    listed(
        "/v1/customers",
        READ,
        Listing(
            kind="customers",
            paging="token",
            filters={
                "isActive": flag("isActive"),
                "customerOwnerGuids": any_of("owner.guid"),
                "isInternal": flag("isInternal"),
                "numbers": any_of("number", read_number),
                "changedSince": since(),
                "emailAddresses": any_of("email"),
                "customerNames": any_of("name"),
                "vatNumber": one("vatNumber"),
                "kvkNumber": one("kvkNumber"),
            },
        ),
    ),
    created("/v1/customers", WRITE, "customers"),
    single("/v1/customers/{guid}", READ, "customers"),
    patched("/v1/customers/{guid}", WRITE, "customers"),
    listed(
        "/v1/customers/{customerGuid}/addresses",
        READ,
        Listing(kind="addresses", paging="rows", filters={"calculateRowCount": IGNORED}, parent=OF_CUSTOMER),
    ),
    created(
        "/v1/customers/{customerGuid}/addresses", WRITE, "addresses", parent=("customerGuid", "customers", "customer")
    ),
    listed(
        "/v1/addresses",
        READ,
        Listing(kind="addresses", paging="rows", filters={"calculateRowCount": IGNORED, "changedSince": since()}),
    ),
    single("/v1/addresses/{guid}", READ, "addresses"),
    patched("/v1/addresses/{guid}", WRITE, "addresses"),
    deleted("/v1/addresses/{guid}", DELETE, "addresses", before=before_address_delete),
    listed(
        "/v1/contactpersons",
        READ,
        Listing(
            kind="contactpersons",
            paging="rows",
            filters={
                "active": flag("isActive"),
                "searchCriterias": IGNORED,
                "sortings": IGNORED,
                "changedSince": since(),
            },
            search=("name",),
        ),
    ),
    created("/v1/contactpersons", WRITE, "contactpersons"),
    single("/v1/contactpersons/{guid}", READ, "contactpersons"),
    patched("/v1/contactpersons/{guid}", WRITE, "contactpersons"),
    listed(
        "/v1/customers/{customerGuid}/contactpersons",
        READ,
        Listing(
            kind="contactpersons",
            paging="rows",
            filters={"active": flag("isActive")},
            parent=OF_CUSTOMER,
            search=("name",),
        ),
    ),
    computed("/v1/contactpersons/{contactGuid}/addresses", READ, _contact_addresses),
    listed(
        "/v1/contactcommunications",
        READ,
        Listing(
            kind="contactcommunications",
            paging="rows",
            filters={"active": holds(lambda _, row: not row["isForbiddenToUse"]), "changedSince": since()},
            search=("value",),
        ),
    ),
    created("/v1/contactcommunications", WRITE, "contactcommunications"),
    single("/v1/contactcommunications/{guid}", READ, "contactcommunications"),
    patched("/v1/contactcommunications/{guid}", WRITE, "contactcommunications", array=False),
    deleted("/v1/contactcommunications/{guid}", DELETE, "contactcommunications", after=_after_communication),
    listed(
        "/v1/contacts/{contactGuid}/contactcommunications",
        READ,
        Listing(
            kind="contactcommunications",
            paging="whole",
            filters={"active": holds(lambda _, row: not row["isForbiddenToUse"])},
            parent=("contactGuid", "contactpersons", "contact.guid"),
        ),
    ),
    computed("/v1/customers/{customerGuid}/customercountrysettings", READ, _country_settings),
    listed(
        "/v1/marketsegments",
        "settings:read",
        Listing(
            kind="marketsegments",
            paging="rows",
            filters={
                "active": flag("isActive"),
                "calculateRowCount": IGNORED,
                "includeChildSegments": tested(_segments, read_flag),
            },
            search=("name",),
        ),
    ),
    created("/v1/marketsegments", "settings:write", "marketsegments"),
    single("/v1/marketsegments/{guid}", "settings:read", "marketsegments"),
    patched("/v1/marketsegments/{guid}", "settings:write", "marketsegments"),
    listed(
        "/v1/customermarketsegments",
        READ,
        Listing(
            kind="customermarketsegments",
            paging="rows",
            filters={
                "parentMarketSegmentGuid": one("parentMarketSegment.guid"),
                "includeParentLevel": tested(lambda _, row, wanted: True in wanted or _has_parent(_, row), read_flag),
            },
            search=("marketSegment.name",),
        ),
    ),
    created("/v1/customermarketsegments", WRITE, "customermarketsegments"),
    single("/v1/customermarketsegments/{guid}", READ, "customermarketsegments"),
    deleted("/v1/customermarketsegments/{guid}", DELETE, "customermarketsegments"),
    listed(
        "/v1/customers/{customerGuid}/customermarketsegments",
        READ,
        Listing(
            kind="customermarketsegments",
            paging="rows",
            filters={"includeMarketSegmentsFromRegistry": IGNORED},
            parent=OF_CUSTOMER,
        ),
    ),
    listed(
        "/v1/customers/{customerGuid}/customvalues",
        READ,
        Listing(
            kind="customervalues",
            paging="rows",
            filters={"active": IGNORED, "target": IGNORED, "calculateRowCount": IGNORED, "sortings": IGNORED},
            parent=("customerGuid", "customers", "customerGuid"),
        ),
    ),
    created("/v1/customers/customvalues", WRITE, "customervalues", array=True),
    single("/v1/customers/customvalues/{guid}", READ, "customervalues"),
    patched("/v1/customers/customvalues/{guid}", WRITE, "customervalues"),
)
