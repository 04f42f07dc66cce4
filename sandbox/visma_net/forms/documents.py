"""Bodies of customer invoices and credit notes: the members of the vendor's ``…UpdateDto``."""

from sandbox.fields import BOOLEAN, Fields, of
from sandbox.visma_net.forms.wrapping import (
    ADDRESS,
    DECIMAL,
    OPERATION,
    SEGMENTS,
    TEXT,
    block,
    dates,
    decimals,
    flags,
    lines,
    texts,
    value,
    wholes,
    words,
)

DOCUMENT_TYPE = (
    "Invoice", "DebitNote", "CreditNote", "Payment", "VoidPayment", "Prepayment", "Refund", "FinCharge",
    "SmallBalanceWo", "SmallCreditWo", "CashSale", "CashReturn", "Undefined", "NoUpdate",
)  # fmt: skip
_HEADER: Fields = {
    **texts(
        "currencyId customerRefNumber externalReference project customerVatZoneId referenceNumber customerNumber"
        " childCustomerNumber postPeriod financialPeriod invoiceText locationId salesperson note branchNumber"
        " cashAccount"
    ),
    **dates("documentDate origInvoiceDate"),
    **flags("consolidateInvoices hold sendToAutoInvoice overrideNumberSeries dontPrint dontEmail"),
    **decimals("exchangeRate"),
    **wholes("contact salesPersonID"),
    "invoiceContact": block({**flags("overrideContact"), **texts("name attention email phone1")}),
}
_BILLING = block({**flags("overrideAddress"), **ADDRESS})
_TAXES = lines({**texts("taxId"), **decimals("taxableAmount vatAmount expenseAmount")})
_LINE: Fields = {
    "operation": OPERATION,
    **texts(
        "discountCode taskId inventoryNumber description accountNumber vatCodeId uom salesperson deferralCode note"
        " branchNumber"
    ),
    **wholes("lineNumber deferralSchedule"),
    **decimals("quantity unitPriceInCurrency manualAmountInCurrency discountPercent discountAmountInCurrency"),
    **flags("manualDiscount"),
    **dates("termStartDate termEndDate"),
    "subaccount": SEGMENTS,
}
_ROT_RUT = of(
    **flags("distributedAutomaticaly"),
    **texts("appartment estate organizationNbr"),
    type=words("Rut", "Rot"),
    distribution=lines(
        {
            "operation": OPERATION,
            **wholes("lineNbr"),
            **texts("personalId"),
            **decimals("amount"),
            **flags("extra"),
        }
    ),
)
INVOICE: Fields = {
    **_HEADER,
    **texts(
        "paymentMethodId creditTermsId customerProject paymentReference accountingCostRef originatorDocRef"
        " contractDocRef debtCollectionCaseNbr debtCollectionCaseStatus debtCollectionCaseType debtCollectionCaseUrl"
    ),
    **dates("cashDiscountDate documentDueDate startDate endDate"),
    **flags("domesticServicesDeductibleDocument revoked excludeDebtCollection"),
    "rotRutDetails": _ROT_RUT.never_null,
    "directDebitMandateId": value(TEXT),
    "billingAddress": _BILLING,
    "taxDetailLines": _TAXES,
    "invoiceLines": lines(
        {
            **_LINE,
            **flags("domesticServicesDeductible"),
            **texts("typeOfWork"),
            **dates("startDate endDate"),
            "itemType": words("Service", "MaterialCost", "OtherCost"),
        }
    ),
}
CREDIT_NOTE: Fields = {
    **_HEADER,
    "invoiceAddress": _BILLING,
    "taxDetails": _TAXES,
    "lines": lines(_LINE),
    "applicationLines": lines(
        {
            "operation": OPERATION,
            "documentType": words(*DOCUMENT_TYPE),
            **texts("refNbr"),
            "amountPaid": value(DECIMAL),
        }
    ),
}
REQUIRED = ("customerNumber",)
REVERSE: Fields = {"returnCreditNote": BOOLEAN}
