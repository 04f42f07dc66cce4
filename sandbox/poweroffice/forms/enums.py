"""The enumerations of PowerOffice Go. They travel as strings; integers are refused (contract, section 1)."""


def values(names: str) -> frozenset[str]:
    """The allowed values from a list in one text."""
    return frozenset(names.split())


AGRICULTURE_DEPARTMENT = values("None Finance Farming Forestry FurAnimals OtherIndustries Private")
BILLABLE_RATE_SPECIFICATION = values("Activity Employee Project")
GENDER = values("Male Female Hidden")
GENERAL_LEDGER_ACCOUNT_TYPE = values("Asset Liability Equity Income Expense")
INCOMING_VOUCHER_TYPE = values("IncomingInvoice IncomingCreditNote")
INTERNATIONAL_ID_TYPE = values(
    "PassportNumber NationalIdentityNumber TaxIdentificationNumber ValueAddedTaxIdentificationNumber"
)
INVOICE_DELIVERY_TYPE = values("PdfByEmail Print EHF AvtaleGiro External Efaktura Factoring")
MONTHS = values("January February March April May June July August September October November December")
NOTICE_OF_DEBT_COLLECTION_DELIVERY_TYPE = values("PdfByEmail Print")
ORDER_STATUS = values("Draft Confirmed")
OUTGOING_INVOICE_VOUCHER_TYPE = values("OutgoingInvoice OutgoingCreditNote")
PRODUCT_TYPE = values("Product Service")
PROJECT_BILLING_METHOD = values("FixedPrice Time TimeAndExpenses")
PROJECT_STATUS_TYPE = values("Tentative Active Archived NotStarted Complete")
REMINDER_DELIVERY_TYPE = values("PdfByEmail Print")
SEND_INVOICE_DELIVERY_TYPE = values("PdfByEmail PdfPrintForDownload Auto")
SUB_LEDGER_NUMBER_SERIES_TYPE = values("Customer Supplier Employee")
UNIT_OF_MEASURE_TYPE = values(
    "BX MTR KMT KGM EA LTR HUR DAY MTK MTQ TNE MON ANN QAN NL XRO XBA XPL XPC PR XCI XBG SET XTY XOF FTK KWH "
    "MWH LBR CMT DMT LM XPK GRM HGM XFL XBE E54 MMT DAA H18 MLT HLT DLT AK XCR E14 MJ J57 XJG XCT XSA XTU WEE "
    "XCA XCN NAR M4 XVQ P1 MFU KMK LM3 FOT FM3 E34 E35"
)
VAT_ALTERNATIVE_GROUPING = values("Department AgricultureDepartment")
VAT_PERIOD_TYPE = values("Weekly HalfMonthly Monthly BiMonthly Yearly HalfYearly Quarterly")
VAT_RETURN_SPECIFICATION = values(
    "None Adjustment LossesOnClaims ReversalOfInputValueAddedTax Withdrawals "
    "AdjustmentVatCompensationRealProperty PurchasesEligibleForCompensation"
)
VAT_RETURN_TYPE = values("GeneralIndustry PrimaryIndustry VatCompensation ReverseVatLiability NoReporting")
VOUCHER_DOCUMENTATION_TYPE = values("Ehf Pdf Images All")
VOUCHER_LINE_TYPE = values("Normal Text Summary InvoiceFee TotalHours")
VOUCHER_TYPE = values(
    "Unknown IncomingInvoice IncomingCreditNote OutgoingInvoice OutgoingCreditNote IncomingBankRemittance "
    "IncomingOcrGiro ManualJournal Expense CashJournal IncomingPayments OutgoingPayments YearEndJournal "
    "BankJournal VatReturns PayrollJournal OutgoingPaymentReminder OutgoingNoticeOfDebtCollection "
    "OutgoingPaymentDemand OutgoingWarrantOfExecution CorrectionVoucher ReversalVoucher DepreciationJournal "
    "TravelExpense Settlement NegativeSettlement SystemGeneratedDocumentationVoucher"
)
