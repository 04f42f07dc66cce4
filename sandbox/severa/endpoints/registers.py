"""Products, units, users, statuses, accounts and the other registers."""

from typing import Any

from sandbox.routing import Request
from sandbox.severa.lists import IGNORED, Filter, Listing, any_of, flag, holds, one, since, word
from sandbox.severa.lists import computed as tested
from sandbox.severa.registers import Registers
from sandbox.severa.service import computed, created, listed, patched, single
from sandbox.store import Row

READ, WRITE = "settings:read", "settings:write"
COMMON = {"active": flag("isActive"), "calculateRowCount": IGNORED, "sortings": IGNORED}


def _rows(kind: str, search: tuple[str, ...] = ("name", "code"), **filters: Filter) -> Listing:
    """A register by first row with the usual parameters."""
    return Listing(kind=kind, paging="rows", filters={**COMMON, **filters}, search=search)


def _own_country(_: Registers, row: Row, wanted: Any) -> bool:
    return row["countryGuid"] in wanted


def _product_countries(registers: Registers, request: Request) -> Any:
    product = registers.get("products", request.params["productGuid"])
    audit = ("createdDateTime", "createdBy", "lastUpdatedDateTime", "lastUpdatedBy")
    return [
        {
            "guid": registers.company["country"]["guid"],
            "country": {"guid": registers.company["country"]["guid"], "name": registers.company["country"]["name"]},
            "product": {"guid": product["guid"], "name": product["name"]},
            "vatRate": product["vatRate"],
            **{name: product[name] for name in audit},
        }
    ]


def _in_use(_: Registers, row: Row) -> bool:
    return bool(row["usageCount"])


def _purpose(text: str) -> str:
    if text not in {
        "AbsenceOwner", "AccountOwner", "ActivityOwner", "ActivityParticipant", "BillingContact", "ProjectManager",
        "SalesPerson", "SuperiorUser", "TermsOfServiceApprover",
    }:  # fmt: skip
        raise ValueError(text)
    return text


def _properties(owner: str, kind: str) -> tuple[Any, ...]:
    path = f"/v1/{owner}/customproperties"
    return (
        listed(path, READ, _rows(kind, ("name",), isInUse=holds(_in_use))),
        created(path, WRITE, kind, array=True),
        single(f"{path}/{{guid}}", READ, kind),
        patched(f"{path}/{{guid}}", WRITE, kind),
    )


_ITEMS = "/v1/customers/customproperties/customercustompropertyselectionitems"

ALL = (
    listed(
        "/v1/products",
        READ,
        Listing(
            kind="products",
            paging="token",
            filters={
                "type": word("type", "FixedFees", "Materials", "Subcontracting"),
                "isActive": flag("isActive"),
                "code": one("code"),
                "changedSince": since(),
            },
        ),
    ),
    created("/v1/products", WRITE, "products"),
    single("/v1/products/{guid}", READ, "products"),
    patched("/v1/products/{guid}", WRITE, "products"),
    computed("/v1/products/{productGuid}/productcountrysettings", READ, _product_countries),
    listed(
        "/v1/productcategories",
        READ,
        Listing(
            kind="productcategories",
            paging="rows",
            filters={**COMMON, "changedSince": since()},
            search=("name", "code"),
            all_rows=True,
        ),
    ),
    created("/v1/productcategories", WRITE, "productcategories"),
    single("/v1/productcategories/{guid}", READ, "productcategories"),
    patched("/v1/productcategories/{guid}", WRITE, "productcategories"),
    listed(
        "/v1/worktypes",
        READ,
        _rows("worktypes", productive=flag("isProductive"), code=one("code"), changedSince=since()),
    ),
    created("/v1/worktypes", WRITE, "worktypes"),
    single("/v1/worktypes/{guid}", READ, "worktypes"),
    patched("/v1/worktypes/{guid}", WRITE, "worktypes"),
    listed(
        "/v1/travelexpensetypes",
        READ,
        Listing(
            kind="travelexpensetypes",
            paging="rows",
            filters={**COMMON, "code": one("code"), "changedSince": since()},
            search=("name", "code"),
            all_rows=True,
        ),
    ),
    created("/v1/travelexpensetypes", WRITE, "travelexpensetypes"),
    single("/v1/travelexpensetypes/{guid}", READ, "travelexpensetypes"),
    patched("/v1/travelexpensetypes/{guid}", WRITE, "travelexpensetypes"),
    listed("/v1/salesaccounts", READ, _rows("salesaccounts", ("name", "number"))),
    listed(
        "/v1/costcenters",
        READ,
        _rows(
            "costcenters",
            ("name", "identifier"),
            changedSince=since(),
            identifier=one("identifier"),
            name=one("name"),
        ),
    ),
    single("/v1/costcenters/{guid}", READ, "costcenters"),
    listed(
        "/v1/vatrates",
        READ,
        Listing(
            kind="vatrates",
            paging="whole",
            filters={"countryGuid": tested(_own_country), "active": flag("isActive")},
            defaults={"countryGuid": lambda registers: registers.company["country"]["guid"]},
        ),
    ),
    listed("/v1/currencies", READ, _rows("currencies")),
    listed(
        "/v1/bankaccounts",
        READ,
        _rows(
            "bankaccounts",
            ("bankName", "accountNumber"),
            companyGuid=one("company.guid"),
            businessUnitGuid=one("businessUnit.guid"),
        ),
    ),
    listed(
        "/v1/businessunits",
        READ,
        Listing(
            kind="businessunits",
            paging="rows",
            filters={
                "active": flag("isActive"),
                "companyGuid": one("companyGuid"),
                "companyCountryGuid": one("companyCountryGuid"),
                "changedSince": since(),
                "code": one("code"),
                "name": one("name"),
            },
            search=("name", "code"),
        ),
    ),
    created("/v1/businessunits", WRITE, "businessunits"),
    single("/v1/businessunits/{guid}", READ, "businessunits"),
    patched("/v1/businessunits/{guid}", WRITE, "businessunits"),
    listed(
        "/v1/users",
        "users:read",
        Listing(
            kind="users",
            paging="token",
            filters={
                "isActive": flag("isActive"),
                "businessUnitGuids": any_of("businessUnit.guid"),
                "keywordGuids": any_of("keywords.guid"),
                "changedSince": since(),
                "supervisorUserGuids": any_of("superiorUser.guid"),
                "code": one("code"),
                "email": one("email"),
                "purpose": tested(lambda _, row, __: row["isActive"], _purpose),
            },
        ),
    ),
    created("/v1/users", "users:write", "users"),
    single("/v1/users/{guid}", "users:read", "users"),
    patched("/v1/users/{guid}", "users:write", "users"),
    listed(
        "/v1/salesstatustypes",
        READ,
        _rows("salesstatustypes", ("name",), salesState=word("salesState", "InProgress", "Won", "Lost")),
    ),
    single("/v1/salesstatustypes/{guid}", READ, "salesstatustypes"),
    listed("/v1/projectstatustypes", READ, _rows("projectstatustypes", ("name",))),
    listed("/v1/invoicestatuses", READ, _rows("invoicestatuses", ("name",))),
    created("/v1/invoicestatuses", WRITE, "invoicestatuses"),
    single("/v1/invoicestatuses/{guid}", READ, "invoicestatuses"),
    patched("/v1/invoicestatuses/{guid}", WRITE, "invoicestatuses"),
    listed("/v1/travelreimbursementstatuses", READ, _rows("travelreimbursementstatuses", ("name",))),
    created("/v1/travelreimbursementstatuses", WRITE, "travelreimbursementstatuses"),
    single("/v1/travelreimbursementstatuses/{guid}", READ, "travelreimbursementstatuses"),
    patched("/v1/travelreimbursementstatuses/{guid}", WRITE, "travelreimbursementstatuses"),
    listed("/v1/communicationtypes", READ, _rows("communicationtypes", ("name",))),
    created("/v1/communicationtypes", WRITE, "communicationtypes"),
    *_properties("customers", "customproperties"),
    *_properties("projects", "projectproperties"),
    listed(
        "/v1/customers/customproperties/{customPropertyGuid}/customercustompropertyselectionitems",
        READ,
        Listing(
            kind="selectionitems",
            paging="token",
            filters={"isActive": flag("isActive"), "changedSince": since()},
            parent=("customPropertyGuid", "customproperties", "customerCustomProperty.guid"),
        ),
    ),
    created(_ITEMS, WRITE, "selectionitems"),
    single(f"{_ITEMS}/{{guid}}", READ, "selectionitems"),
    patched(f"{_ITEMS}/{{guid}}", WRITE, "selectionitems"),
    listed("/v1/localization/countries", READ, Listing(kind="countries", paging="whole")),
    single("/v1/localization/countries/{guid}", READ, "countries"),
    listed(
        "/v1/localization/languages",
        READ,
        Listing(kind="languages", paging="whole", filters={"isInvoiceLanguage": flag("isInvoiceLanguage")}),
    ),
)
