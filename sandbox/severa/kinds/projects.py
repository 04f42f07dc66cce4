"""Projects and their fees: members as in the contract's schemas."""

from sandbox.fields import BOOLEAN, DATE, INT32, INT64, MAYBE, NUMBER, TEXT, choice, of, reference
from sandbox.severa.kind import Kind, blank
from sandbox.severa.kinds.registers import MONEY, PRODUCT_TYPE
from sandbox.severa.rules import projects as rules

_PROJECT = {
    "name": TEXT.must,
    "customer": reference("customers.numbered").must,
    "projectOwner": reference("users.person").must,
    "isInternal": BOOLEAN,
    "internalName": TEXT,
    "number": INT64,
    "description": TEXT,
    "isClosed": BOOLEAN,
    "isJoiningAllowed": BOOLEAN,
    "businessUnit": reference("businessunits.company"),
    "customerContact": reference("contactpersons.contact"),
    "salesPerson": reference("users.person"),
    "startDate": DATE,
    "deadline": DATE,
    "leadSource": reference("none.none"),
    "costCenter": reference("costcenters.identified"),
    "paymentTerm": INT32,
    "ourReference": TEXT,
    "yourReference": TEXT,
    "orderNumber": TEXT,
    "invoiceNotes": TEXT,
    "billingContact": reference("users.person"),
    "invoiceTemplate": reference("none.none"),
    "useOvertimeMultipliers": BOOLEAN,
    "useWorktypesFromSetting": BOOLEAN,
    "useProductsFromSetting": BOOLEAN,
    "completionEstimatePercentage": INT32,
    "salesStatus": of(salesStatusTypeGuid=TEXT.must),
    "projectStatus": of(projectStatusTypeGuid=TEXT.must, description=TEXT),
    "currency": reference("currencies.coded"),
    "probability": INT32,
    "expectedOrderDate": DATE,
    "expectedValue": MONEY,
}
_FEE = {
    "name": TEXT,
    "billingDependencyPhase": reference("none.none"),
    "billingSchedule": choice("Immediately", "OnDate", "WhenPhaseCompleted", "Recurring"),
    "costCenter": reference("costcenters.identified"),
    "description": TEXT,
    "displayPeriodStartDate": DATE,
    "eventDate": DATE,
    "hasVolumePricing": BOOLEAN,
    "invoice": reference("invoice"),
    "invoiceQuantity": NUMBER,
    "invoiceRowComment": TEXT,
    "invoiceRowDescription": TEXT,
    "isBillable": MAYBE,
    "measurementUnit": TEXT,
    "phase": reference("phase"),
    "plannedBillingDate": DATE,
    "product": reference("products.coded"),
    "productType": PRODUCT_TYPE,
    "project": reference("projects.company").must,
    "quantity": NUMBER.never_null,
    "salesAccount": reference("salesaccounts.numbered"),
    "unitCost": MONEY,
    "unitPrice": MONEY,
    "user": reference("users.code"),
    "vatRate": NUMBER,
}
FEE_WORDS = (
    "name project phase customer product description unitPrice unitCost measurementUnit productType vatRate"
    " displayPeriodStartDate user costCenter salesAccount"
)

ALL = (
    Kind(
        name="projects",
        fields=_PROJECT,
        blank=blank(
            "projectStatus internalName number description closedDate customer projectOwner businessUnit currency"
            " customerContact salesStatus salesPerson probability expectedOrderDate expectedValue startDate deadline"
            " leadSource rootPhase pricelist costCenter paymentTerm ourReference yourReference orderNumber"
            " invoiceNotes billingContact invoiceTemplate defaultWorkType completionEstimatePercentage"
            " calculatedCompletionPercentage name",
            isInternal=False, isClosed=False, isJoiningAllowed=True, useWorkTypesFromSetting=True,
            useProductsFromSetting=True, isMileageBillable=True, isDailyAllowanceBillable=True,
            isOtherTravelExpensesBillable=True, useOvertimeMultipliers=True, keywords=[],
        ),
        indexes=("number", "customer.guid", "rootPhase.guid"),
        natural=lambda row: (row["number"],),
        renamed={"useWorktypesFromSetting": "useWorkTypesFromSetting"},
        before=rules.before_project,
        after=rules.after_project,
        quiet=rules.STATUS_MEMBERS,
    ),
    Kind(
        name="projectfees",
        fields=_FEE,
        blank=blank(
            FEE_WORDS + " eventDate billingSchedule plannedBillingDate billingDependencyPhase isBillable invoice"
            " invoiceRowGuid invoiceRowDescription invoiceQuantity invoiceRowComment recurrenceRuleGuid",
            quantity=0.0, hasVolumePricing=False, isRecurrenceRule=False,
        ),
        indexes=("project.guid", "invoice.guid", "invoiceRowGuid"),
        natural=lambda row: (
            row["invoiceRowComment"], row["project"]["guid"], row["eventDate"], row["name"], row["description"],
            row["quantity"], row["invoiceRowGuid"],
        ),
        before=rules.before_fee,
    ),
    Kind(
        name="deletedprojectfees",
        blank=blank(
            "createdDateTime createdBy lastUpdatedDateTime lastUpdatedBy phase project customer user product name"
            " eventDate quantity measurementUnit"
        ),
        indexes=("project.guid", "user.guid"),
        audited=False,
        stamps=("deletedDateTime", None),
    ),
    Kind(
        name="projectrecurringfeerules",
        blank=blank(
            FEE_WORDS + " frequency recurrenceStartDate recurrenceEndType recurrenceEndDate recurrenceTimes"
            " recurringSalesAccount",
            quantity=1.0, hasVolumePricing=False, generatedTimes=0, isActive=True,
        ),
        natural=lambda row: (row["project"]["guid"], row["name"]),
    ),
)  # fmt: skip
