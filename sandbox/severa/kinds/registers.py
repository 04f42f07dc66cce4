"""Products, units, users, statuses, accounts and the other registers: members as in the contract's schemas."""

from sandbox.fields import BOOLEAN, INSTANT, INT32, MAYBE, NUMBER, TEXT, Field, choice, of, reference
from sandbox.severa.kind import Kind, blank, plain
from sandbox.severa.rules.registers import (
    before_selection_item,
    before_status,
    before_travel_type,
    before_unit,
    before_user,
)

MONEY = Field(type="object", fields={"amount": NUMBER, "currencyCode": TEXT.must}, reference="money")
SALUTATION = choice("Mr.", "Mrs.", "Ms.")
SATISFACTION = choice("Unsatisfied", "Neutral", "Satisfied", "Unknown")
PRODUCT_TYPE = choice("FixedFees", "Materials", "Subcontracting")
EXPENSE_CLASS = choice("Mileage", "DailyAllowance", "OtherTravelExpense")
PROPERTY_TYPE = choice("Numeric", "Money", "String", "Date", "Selection")
METHOD = choice("Phone", "Fax", "MobilePhone", "IPPhone", "InstantMessenger", "EmailAddress")

_PRODUCT = {
    "name": TEXT.must,
    "code": TEXT,
    "unitPrice": MONEY,
    "unitCost": MONEY,
    "vatRate": NUMBER,
    "measurementUnit": TEXT,
    "isActive": MAYBE,
    "productCategory": reference("productcategories.named"),
    "salesAccount": reference("salesaccounts.numbered"),
    "type": PRODUCT_TYPE,
    "proposalDescription": TEXT,
}
_CATEGORY = {"name": TEXT.must, "isActive": BOOLEAN, "isDefault": BOOLEAN, "code": TEXT}
_WORK_TYPE = {
    "name": TEXT.must,
    "isActive": BOOLEAN,
    "isProductive": BOOLEAN,
    "isDefault": BOOLEAN,
    "salesAccount": reference("salesaccounts.named"),
    "code": TEXT,
    "hourCost": MONEY,
}
_TRAVEL_TYPE = {
    "name": TEXT.must,
    "expenseClass": EXPENSE_CLASS.must,
    "purchaseVatRate": NUMBER,
    "includeTime": BOOLEAN,
    "costAccount": reference("salesaccounts.numbered"),
    "unitCost": MONEY.must,
    "code": TEXT,
    "vatRate": NUMBER,
    "measurementUnit": TEXT,
    "isActive": MAYBE,
    "productCategory": reference("productcategories.named"),
    "salesAccount": reference("salesaccounts.numbered"),
}
_UNIT = {
    "name": TEXT.must,
    "parentGuid": TEXT,
    "isActive": BOOLEAN,
    "vatNumber": TEXT,
    "kvkNumber": Field(type="text", longest=25),
    "code": TEXT,
}
_PERSON_NAME = Field(type="text", required=True, nullable=False, shortest=1, longest=100)
_USER = {
    "firstName": _PERSON_NAME,
    "lastName": _PERSON_NAME,
    "salutation": SALUTATION,
    "isActive": BOOLEAN,
    "email": TEXT,
    "phone": TEXT,
    "socialSecurityNumber": TEXT,
    "businessUnit": reference("businessunits.company"),
    "workType": reference("worktypes.named"),
    "superiorUser": reference("users.named"),
    "satisfaction": SATISFACTION,
    "code": TEXT,
    "address": TEXT,
    "postalCode": TEXT,
    "city": TEXT,
    "country": reference("countries.user"),
    "countryRegion": reference("none.none"),
    "culture": reference("none.none"),
    "language": reference("languages.coded"),
    "timezone": reference("none.none"),
    "birthDate": INSTANT,
    "bankAccountNumber": TEXT,
    "notes": TEXT,
    "defaultActivityType": reference("none.none"),
    "userType": choice("FullUser", "Employee", "RestrictedEmployee", "Subcontractor"),
    "permissionProfile": reference("none.none"),
    "createDefaultWorkContract": BOOLEAN,
    "notificationSettings": of(sendNewActivityEmail=MAYBE, sendTodaysAgendaEmail=MAYBE, sendWeeklySummaryEmail=MAYBE),
}
_STATUS_FLAGS = (
    "isDefault", "isReadOnly", "hasInvoiceNumber", "isSent", "isWaitingPayment", "isPaid", "isDefaultForCreditNote",
)  # fmt: skip
_INVOICE_STATUS = {
    "name": TEXT.must,
    "isActive": BOOLEAN,
    **dict.fromkeys(_STATUS_FLAGS, BOOLEAN),
    "sortOrder": INT32.never_null,
}
_TRAVEL_STATUS = {
    "name": TEXT.must,
    "sortOrder": INT32.never_null,
    "isLocked": BOOLEAN,
    "isApproved": BOOLEAN,
    "isActive": BOOLEAN,
    "isDefault": BOOLEAN,
}
_COMMUNICATION_TYPE = {"name": TEXT.must, "isActive": BOOLEAN, "type": METHOD.never_null}
_PROPERTY = {"name": TEXT.must, "type": PROPERTY_TYPE.must, "parameters": TEXT, "isActive": BOOLEAN}
_SELECTION_ITEM = {
    "name": TEXT,
    "customerCustomProperty": reference("customproperties.short").must,
    "isActive": BOOLEAN,
    "sortOrder": INT32,
}

ALL = (
    Kind(
        name="products",
        fields=_PRODUCT,
        blank=plain(_PRODUCT, isActive=True),
        indexes=("code", "name"),
    ),
    Kind(name="productcategories", fields=_CATEGORY, blank=plain(_CATEGORY, isActive=True), indexes=("code",)),
    Kind(name="worktypes", fields=_WORK_TYPE, blank=plain(_WORK_TYPE, isActive=True), indexes=("code",)),
    Kind(
        name="travelexpensetypes",
        fields=_TRAVEL_TYPE,
        blank=plain(_TRAVEL_TYPE, isActive=True, includeTime=True, isMileage=False, isDailyAllowance=False),
        indexes=("code",),
        before=before_travel_type,
    ),
    Kind(
        name="businessunits",
        fields=_UNIT,
        blank=plain(
            _UNIT, isActive=True, costCenter=None, companyGuid=None, companyName=None, companyBusinessUnitGuid=None,
            companyCountryGuid=None, companyCurrencyGuid=None,
        ),
        indexes=("code", "name"),
        before=before_unit,
    ),
    Kind(
        name="users",
        fields=_USER,
        blank={
            **{name: None for name in _USER if name != "createDefaultWorkContract"},
            **blank("workContract lastLogin title", isActive=True, keywords=[]),
        },
        indexes=("code", "email"),
        natural=lambda row: (row["code"] or row["email"] or f"{row['firstName']} {row['lastName']}",),
        renamed={"createDefaultWorkContract": None},
        before=before_user,
    ),
    Kind(
        name="invoicestatuses",
        fields=_INVOICE_STATUS,
        blank=plain(_INVOICE_STATUS, isActive=True, sortOrder=0),
        before=before_status,
    ),
    Kind(
        name="travelreimbursementstatuses",
        fields=_TRAVEL_STATUS,
        blank=plain(_TRAVEL_STATUS, isActive=True, sortOrder=0),
    ),
    Kind(
        name="salesstatustypes",
        blank=blank("name defaultProbability", isActive=True, salesState="InProgress", isProposalDefault=False),
    ),
    Kind(name="projectstatustypes", blank=blank("name", isActive=True, sortOrder=0)),
    Kind(
        name="communicationtypes",
        fields=_COMMUNICATION_TYPE,
        blank=plain(_COMMUNICATION_TYPE, isActive=True, type="Phone"),
    ),
    Kind(
        name="customproperties",
        fields=_PROPERTY,
        blank=plain(_PROPERTY, isActive=True, usageCount=0),
    ),
    Kind(
        name="projectproperties",
        fields=_PROPERTY,
        blank=plain(_PROPERTY, isActive=True, usageCount=0),
    ),
    Kind(
        name="selectionitems",
        fields=_SELECTION_ITEM,
        blank=plain(_SELECTION_ITEM, isActive=True),
        indexes=("customerCustomProperty.guid",),
        natural=lambda row: (row["customerCustomProperty"]["guid"], row["name"]),
        before=before_selection_item,
    ),
    Kind(
        name="salesaccounts",
        blank=blank(
            "name number", isActive=True, isProductDefault=False, isWorkTypeDefault=False, isTravelTypeDefault=False
        ),
        natural=lambda row: (row["number"],),
    ),
    Kind(
        name="costcenters",
        blank=blank("name identifier", isActive=True, isDefault=False),
        indexes=("identifier", "name"),
        natural=lambda row: (row["identifier"],),
    ),
    Kind(
        name="vatrates",
        blank=blank("percentage code countryGuid", isActive=True, isDefault=False),
        natural=lambda row: (row["countryGuid"], row["code"]),
    ),
    Kind(
        name="currencies",
        blank=blank("name code rate symbol", isActive=True, isOrganizationCurrency=False),
        indexes=("code",),
    ),
    Kind(
        name="bankaccounts",
        blank=blank("bankName accountNumber bic businessUnit company", accountNumberFormat="Iban", isActive=True),
        natural=lambda row: (row["accountNumber"],),
    ),
    Kind(
        name="countries",
        blank=blank(
            "name englishName code2 code3 companyRegisterUrl defaultCulture currency defaultLanguage timezone",
            hasRegions="NoRegion", isInEU=False, isRegistrationCountry=False,
        ),
        indexes=("code2", "englishName"),
        natural=lambda row: (row["code2"],),
        audited=False,
        stamps=(None, None),
    ),
    Kind(
        name="languages",
        blank=blank("name englishName code", isInvoiceLanguage=True),
        indexes=("code",),
        audited=False,
        stamps=(None, None),
    ),
)  # fmt: skip
