"""Invoices, their rows and settings: members as in the contract's schemas."""

from sandbox.fields import BOOLEAN, DATE, INT32, NUMBER, TEXT, choice, of, reference
from sandbox.severa.kind import Kind, blank
from sandbox.severa.kinds.registers import MONEY
from sandbox.severa.rules import invoices as rules

_INVOICE = {
    "status": reference("invoicestatuses.flagged").never_null,
    "number": INT32,
    "referenceNumber": TEXT,
    "paymentDate": DATE,
    "date": DATE.never_null,
    "dueDate": DATE.never_null,
    "entryDate": DATE,
    "paymentTerm": INT32.never_null,
    "overdueInterest": NUMBER.never_null,
    "ourReference": TEXT,
    "yourReference": TEXT,
    "orderNumber": TEXT,
    "notes": TEXT,
}
_ACCOUNT = of(number=TEXT, name=TEXT)
_ROW = {
    "description": TEXT,
    "quantity": NUMBER.never_null,
    "unitPrice": MONEY,
    "measurementUnit": TEXT,
    "vatRate": NUMBER,
    "sortOrder": INT32.never_null,
    "salesAccount": _ACCOUNT,
    "recurringSalesAccount": _ACCOUNT,
    "costCenter": _ACCOUNT,
    "vatAccount": _ACCOUNT,
    "salesReceivableAccount": _ACCOUNT,
}
_GROUPING = choice("OneByOne", "Group", "Group+Attachment").never_null
_SHOWN = (
    "showLogoAndTitle", "showFooter", "showQuantity", "showUnit", "showUnitPrice", "showValueAddedTax",
    "showAttachmentUnit", "showAttachmentUnitPrice", "showAttachmentValueAddedTax",
    "showAttachmentPriceExcludingValueAddedTax", "showCategories", "showReferenceNumber",
)  # fmt: skip
_GROUP_WORDS = (
    "workHourDescriptionFormat projectTravelExpenseDescriptionFormat projectFeeDescriptionFormat"
    " workHourPrimaryGroupBy workHourSecondaryGroupBy projectFeePrimaryGroupBy projectFeeSecondaryGroupBy"
    " projectTravelExpensePrimaryGroupBy projectTravelExpenseSecondaryGroupBy categorySortOrder"
)
_SETTINGS = {
    "entryDate": DATE,
    "paymentDate": DATE,
    "isReverseCharged": BOOLEAN,
    "reverseChargeDescription": TEXT,
    "style": choice("BlackAndWhite", "Blue", "Cyan", "Green", "Lilac", "Orange", "Plain", "Red", "Yellow"),
    **dict.fromkeys(_SHOWN, BOOLEAN),
    "workHourGrouping": _GROUPING,
    "projectFeeGrouping": _GROUPING,
    "projectTravelExpenseGrouping": _GROUPING,
    **dict.fromkeys(_GROUP_WORDS.split(), TEXT),
}

ALL = (
    Kind(
        name="invoices",
        fields=_INVOICE,
        blank=blank(
            "number referenceNumber status customer paymentDate entryDate ourReference yourReference currency"
            " totalIncludingTax totalExcludingTax totalTax workHoursTotalExcludingTax projectFeesTotalExcludingTax"
            " projectTravelExpensesTotalExcludingTax flatRatesTotalExcludingTax receiverCustomerName"
            " receiverContactGuid receiverContactName receiverContactEmail receiverAddress receiverVatNumber"
            " receiverKvkNumber senderName senderContactName senderContactGuid senderAddress senderVatNumber"
            " senderKvkNumber reimburseInvoice creditNoteInvoice invoiceNumberBusinessUnitGuid orderNumber"
            " invoiceTemplate culture billingCustomer notes freeText1 freeText2 language workHourValueAddedTax",
            projects=[], date=None, dueDate=None, paymentTerm=14, overdueInterest=0.0, currencyRate=1.0,
            workHoursQuantity=0.0, isCreditNote=False, canBeDeleted=True,
        ),
        indexes=("status.guid", "number", "referenceNumber", "customer.guid", "projects.guid"),
        before=rules.before_invoice,
    ),
    Kind(
        name="invoicerows",
        fields=_ROW,
        blank=blank(
            "invoiceGuid description unitPrice measurementUnit vatRate salesAccount recurringSalesAccount costCenter"
            " vatAccount salesReceivableAccount flatRateGuid",
            rowType="ProjectFees", quantity=0.0, sortOrder=0, category="ProjectFees", hasInvoiceComment=False, code=[],
        ),
        indexes=("invoiceGuid",),
        natural=lambda row: (row["invoiceGuid"], row["sortOrder"]),
        before=rules.before_row,
        after=rules.after_row,
    ),
    Kind(
        name="invoicesettings",
        fields=_SETTINGS,
        blank=blank(
            f"{_GROUP_WORDS} entryDate paymentDate reverseChargeDescription style",
            isReverseCharged=False, showPriceExcludingValueAddedTax=True, showAttachmentQuantity=True,
            **dict.fromkeys(_SHOWN, True),
            workHourGrouping="Group", projectFeeGrouping="OneByOne", projectTravelExpenseGrouping="OneByOne",
        ),
        after=rules.after_settings,
    ),
)  # fmt: skip
