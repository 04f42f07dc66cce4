"""Bodies of customers, contacts, items, projects and tasks: the members of the vendor's ``…UpdateDto``."""

from sandbox.fields import BOOLEAN, Fields, many, of
from sandbox.visma_net.forms.wrapping import (
    ADDRESS,
    ATTRIBUTES,
    CONTACT,
    OPERATION,
    SEGMENTS,
    TEXT,
    block,
    dates,
    decimals,
    flags,
    lines,
    texts,
    wholes,
    words,
)

CUSTOMER_STATUS = ("Active", "OnHold", "CreditHold", "Inactive", "OneTime")
ITEM_STATUS = ("Active", "NoSales", "NoPurchases", "NoRequest", "Inactive", "MarkedForDeletion", "Unknown")
ITEM_TYPE = (
    "NonStockItem", "LaborItem", "ServiceItem", "ChargeItem",
    "ExpenseItem", "FinishedGoodItem", "ComponentPartItem", "SubassemblyItem",
)  # fmt: skip
PROJECT_STATUS = ("Planned", "Active", "Completed", "Cancelled", "OnHold", "PendingApproval")
TASK_STATUS = ("Planned", "Active", "Cancelled", "Canceled", "Completed")
TITLE = ("Doctor", "Miss", "Mr", "Mrs", "Ms", "Prof")

_SUBACCOUNTS = "customerLedgerSubaccount salesSubaccount discountSubaccount freightSubaccount cashDiscountSubaccount"
_GL_ACCOUNTS: Fields = {
    **texts(
        "customerLedgerAccount salesAccount salesNonTaxableAccount salesEuAccount salesExportAccount discountAccount"
        " freightAccount cashDiscountAccount prepaymentAccount"
    ),
    **dict.fromkeys((*_SUBACCOUNTS.split(), "prepaymentSubaccount"), SEGMENTS),
}
_DIRECT_DEBIT: Fields = {
    "operation": OPERATION,
    "id": TEXT,
    **texts("mandateId mandateDescription bic iban branch"),
    **dates("dateOfSignature lastCollectionDate expirationDate"),
    **flags("isDefault oneTime"),
    **decimals("maxAmount"),
}
CUSTOMER: Fields = {
    **texts(
        "number name accountReference parentRecordNumber currencyId customerClassId creditTermsId vatRegistrationId"
        " corporateId vatZoneId gln note priceClassId"
    ),
    **flags(
        "printInvoices acceptAutoInvoices sendInvoicesByEmail sendDunningLettersViaEMail printDunningLetters"
        " printStatements sendStatementsByEmail printMultiCurrencyStatements invoiceToDefaultLocation"
        " overrideNumberSeries excludeDebtCollection"
    ),
    **decimals("creditLimit"),
    **wholes("numberOfEmployees creditDaysPastDue"),
    "status": words(*CUSTOMER_STATUS),
    "creditVerification": words("Disabled", "DaysPastDue", "CreditLimit", "LimitAndDaysPastDue"),
    "statementType": words("OpenItem", "BalanceBroughtForward"),
    "overrideWithClassValues": BOOLEAN,
    **dict.fromkeys(("mainAddress", "invoiceAddress", "deliveryAddress"), block(ADDRESS)),
    **dict.fromkeys(("mainContact", "invoiceContact", "deliveryContact"), block(CONTACT)),
    "eInvoiceContract": block(texts("fInvoiceContractID fInvoiceIntermediatorID")),
    "defaultPaymentMethod": block({**texts("paymentMethodId"), **flags("isDefault")}),
    "glAccounts": block(_GL_ACCOUNTS),
    "directDebitLines": lines(_DIRECT_DEBIT),
    "attributeLines": ATTRIBUTES,
}
CUSTOMER_REQUIRED = ("name", "customerClassId")

CONTACT_PERSON: Fields = {
    **texts("firstName lastName position businessAccount email web phone1 phone2 phone3 fax"),
    **flags("active sameAsAccount doNotCall doNotFax doNotEmail doNotMail noMassMail noMarketing"),
    "title": words(*TITLE),
    "contactMethod": words("Any", "Email", "Mail", "Fax", "Phone"),
    "address": block(ADDRESS),
}
CONTACT_REQUIRED = ("lastName",)

ITEM: Fields = {
    **texts(
        "inventoryNumber description body itemClass postingClass vatCode baseUnit salesUnit purchaseUnit"
        " expenseAccrualAccount inventoryAccount expenseAccount cogsAccount expenseNonTaxableAccount expenseEuAccount"
        " expenseImportAccount salesAccount salesNonTaxableAccount salesEuAccount salesExportAccount"
        " defaultWarehouse defaultIssueFrom defaultReceiptTo note"
    ),
    **decimals("defaultPrice"),
    **flags("kitItem"),
    "status": words(*ITEM_STATUS),
    "type": words(*ITEM_TYPE),
    **dict.fromkeys(("expenseSubaccount", "cogsSubaccount", "salesSubaccount"), SEGMENTS),
    "attributeLines": ATTRIBUTES,
    "packaging": of(**decimals("baseItemWeight baseItemVolume"), **texts("weightUOM volumeUOM")),
    "intrastat": of(**texts("cN8 countryOfOrigin supplementaryMeasureUnit")),
    "supplierDetails": lines(
        {
            "operation": OPERATION,
            **flags("active default override"),
            **texts("supplierID location purchaseUnit supplierItemID currencyID"),
            **wholes("shipmentLeadTime minOrderFreq"),
            **decimals("minOrderQty maxOrderQty lotSize eoq"),
        }
    ),
    "crossReferences": lines(
        {
            "operation": OPERATION,
            "alternateType": words("CPN", "VPN", "Global", "Barcode"),
            **texts("bAccount alternateID description uom"),
        }
    ),
}
ITEM_REQUIRED = ("inventoryNumber", "itemClass")

_VISIBILITY = of(
    **flags(
        "visibleInGl visibleInAp visibleInAr visibleInSo visibleInPo visibleInEa visibleInTa visibleInIn visibleInCa"
        " visibleInCr"
    )
)
_EMPLOYEES = many(of(operation=OPERATION, **texts("employeeId"))).never_null
TASK: Fields = {
    **texts("taskId description rateTable"),
    **dates("plannedStart plannedEnd startDate"),
    **flags("restrictEmployees"),
    "status": words(*TASK_STATUS),
    "visibility": _VISIBILITY.never_null,
    "employees": _EMPLOYEES,
}
TASK_REQUIRED = ("taskId", "description")
_TASK_LINE: Fields = {
    "operation": OPERATION,
    **{name: each for name, each in TASK.items() if name != "visibility"},
}
PROJECT: Fields = {
    **texts(
        "projectID customer description template defAccount defAccrualAccount allocationRule billingRule branch"
        " rateTable projectManger customerLocation note"
    ),
    **flags("hold autoAllocate automaticReleaseArDoc restricEmployees restricEquipment"),
    **wholes("internalID projectManagerInternalId"),
    **dates("startDate endDate"),
    "status": words(*PROJECT_STATUS),
    "billingPeriod": words("Weekly", "Monthly", "Quarterly", "Annual", "OnDemand"),
    "defSub": SEGMENTS,
    "defAccrualSub": SEGMENTS,
    "visibility": _VISIBILITY.never_null,
    "tasks": lines(_TASK_LINE),
    "employees": _EMPLOYEES,
}
PROJECT_REQUIRED = ("projectID", "description", "startDate")
