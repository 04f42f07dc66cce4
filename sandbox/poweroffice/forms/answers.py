"""The members of PowerOffice Go's answers, all null, to be filled (contract openapi.json, the `*Dto` schemas).

Sub-objects (`MailAddress`, `Accrual` ...) are left out: without one, an answer has no such member.
"""

from typing import Any


def blank(names: str) -> dict[str, Any]:
    """An answer with every member null."""
    return dict.fromkeys(names.split())


ACCOUNT_TRANSACTION = blank(
    "Id AccountId AccountNo AgricultureDepartment Amount BankTransferId ContactId CorrectionOfVoucherId "
    "CorrectionOfVoucherNo CreatedDateTimeOffset CreatedFromImportJournalId CurrencyAmount CurrencyCode "
    "CustomerAccountNo DepartmentCode DepartmentId Description Dim1Code Dim1Id Dim2Code Dim2Id Dim3Code "
    "Dim3Id EmployeeAccountNo ExternalImportReference ImportedVoucherNo IsNoteMainEntry IsReversed "
    "LastChangedDateTimeOffset LocationCode LocationId PostingDate ProductCode ProductId ProjectCode "
    "ProjectId Quantity Quantity2 ReversedVoucherId ReversedVoucherNo SubLedgerEntryId SupplierAccountNo "
    "VatAmount VatCode VatId VatRate VatReturnSpecification VoucherDate VoucherDescription VoucherId "
    "VoucherNo VoucherType"
)
ADDRESS = blank("AddressLine1 AddressLine2 City CountryCode ZipCode")
CONTACT_ADDRESS = blank("Id AddressLine1 AddressLine2 City CountryCode ExternalCode LastChangedDateTimeOffset ZipCode")
CONTACT_DELIVERY_ADDRESS = blank(
    "Id AddressLine1 AddressLine2 City ContactId CountryCode CreatedDateTimeOffset ExternalCode IsPrimary "
    "LastChangedDateTimeOffset ZipCode"
)
CONTACT_PERSON = blank(
    "Id ContactId CreatedDateTimeOffset EmailAddress ExternalCode FirstName IsActive IsDefault "
    "LastChangedDateTimeOffset LastName PhoneNumber Title"
)
CURRENCY = blank("Code IsActive Notation")
CUSTOMER = blank(
    "Id Allowance BillableRate ContactCreatedDateTimeOffset ContactGroupIds CreatedFromImportJournalId "
    "CurrencyCode CustomerCreatedDateTimeOffset CustomerSince DateOfBirth DeliveryTerm DeliveryTermId "
    "DepartmentCode DepartmentId DoNotAddLatePaymentFees DoNotAddLatePaymentInterest "
    "DoNotAutomatePaymentNotifications EmailAddress ExternalImportReference ExternalNumber FirstName "
    "InvoiceBrandingThemeCode InvoiceBrandingThemeId InvoiceDeliveryType InvoiceEmailAddress "
    "InvoiceEmailAddressCC IsActive IsArchived IsPerson IsVatFree LastChangedDateTimeOffset LastName "
    "LegalName Name NationalIdNumber NoticeOfDebtCollectionDeliveryType Number OrganizationNumber "
    "PaymentReminderEmailAddress PaymentTerm PaymentTermId PhoneNumber ReminderDeliveryType "
    "SalesPersonEmployeeId SalesPersonEmployeeNumber SendPaymentReminders SubledgerAccountId "
    "TransferToDebtCollectionAgency UseInvoiceFee WebsiteUrl"
)
CUSTOMER_LEDGER_ENTRY = blank(
    "Id Amount Balance Cid CreatedDateTimeOffset CreatedFromImportJournalId CurrencyAmount CurrencyCode "
    "CustomMatchingReference CustomerAccountNo CustomerExternalNo CustomerId CustomerName DepartmentCode "
    "DepartmentId Dim1Code Dim1Id Dim2Code Dim2Id Dim3Code Dim3Id DueDate ExternalImportReference InvoiceNo "
    "IsCreatedByCurrentIntegration IsWriteOff LastChangedDateTimeOffset LocationCode LocationId MatchId "
    "PaidFromBankAccount PostingDate ProjectCode ProjectId VoucherDate VoucherId VoucherNo VoucherType"
)
DEPARTMENT = blank(
    "Id Code CreatedDateTimeOffset CreatedFromImportJournalId IsActive LastChangedDateTimeOffset "
    "ManagerEmployeeId ManagerEmployeeNo Name"
)
EMPLOYEE = blank(
    "Id ContactCreatedDateTimeOffset ContactGroupIds CreatedFromImportJournalId DateOfBirth DepartmentCode "
    "DepartmentId EmailAddress EmployeeCreatedDateTimeOffset EndDate ExpenseBankAccountId "
    "ExternalImportReference ExternalNumber FirstName Gender HiredDate InternationalIdCountryCode "
    "InternationalIdNumber InternationalIdReportToAltinn InternationalIdType IsArchived JobTitle "
    "LastChangedDateTimeOffset LastName LocationCode LocationId ManagerEmployeeId "
    "ManagerEmployeeNo NationalIdNumber Number PhoneNumber SalaryBankAccountId StartDate SubledgerAccountId "
    "TravelExpenseBankAccountId"
)
FINANCIAL_SETTINGS = blank(
    "ConversionDate CurrencyCode CurrencyGainsAccountId CurrencyGainsAccountNo CurrencyLossAccountId "
    "CurrencyLossAccountNo FinancialYearEndMonth LastChangedDateTimeOffset UseTrustAccountManagement"
)
GENERAL_LEDGER_ACCOUNT = blank(
    "Id AccountNo AgricultureDepartment CurrencyCode DepartmentCode DepartmentId GeneralLedgerAccountType "
    "IsActive IsDepartmentRequired IsProjectRequired IsVatCodeLocked LastChangedDateTimeOffset Name Unit1 "
    "Unit2 VatCode VatCodeId VatReturnSpecification"
)
INCOMING_INVOICE_LIST_ITEM = blank(
    "Id Balance BalanceLastChangedDateTimeOffset Cid ContractNo CreatedDateTimeOffset CurrencyCode "
    "CurrencyExchangeRate CustomMatchingReference DepartmentCode DepartmentId Dim1Code Dim1Id Dim2Code Dim2Id "
    "Dim3Code Dim3Id DueDate ExternalImportReference InvoiceNo IsReversed LastChangedDateTimeOffset "
    "LocationCode LocationId MatchId NetAmount NetPostedAmount ProjectCode ProjectId PurchaseOrderReference "
    "RelatedInvoiceNo SupplierId SupplierNo TotalAmount TotalPostedAmount VoucherDate VoucherNo VoucherType"
)
INVOICE_SENT_STATE = blank(
    "Id DueDate InvoiceDeliveryType InvoiceNo IsInvoiceBeingProcessed LastErrorMessage SentDateTimeOffset"
)
LOCK_DATE_SETTINGS = blank("LockDate")
ORGANIZATION_SETTING = blank(
    "Id DefaultAgricultureDepartment EmailAddress InvoiceInboxEhf InvoiceInboxEmail "
    "InvoiceInboxEmailAddress IsAgricultureClient LastChangedDateTimeOffset LegalName "
    "MailAddressIsDeliveryAddress Name OrganizationNumber PhoneNumber WebsiteUrl"
)
OUTGOING_INVOICE = blank(
    "Id Balance BalanceLastChangedDateTimeOffset BrandingThemeCode BrandingThemeId Cid ContractNo "
    "CreatedDateTimeOffset CurrencyCode CurrencyExchangeRate CustomMatchingReference CustomerId CustomerNo "
    "CustomerReference CustomerReferenceContactPersonId DeliveryAddress1 DeliveryAddress2 DeliveryAddressCity "
    "DeliveryAddressCountryCode DeliveryAddressZipCode DeliveryDate DeliveryTerm DeliveryTermId "
    "DepartmentCode DepartmentId Dim1Code Dim1Id Dim2Code Dim2Id Dim3Code Dim3Id DueDate "
    "ExternalImportReference ImportedOrderNo InvoiceDeliveryType InvoiceNo IsCreatedByCurrentIntegration "
    "IsReversed LastChangedDateTimeOffset LocationCode LocationId MatchId NetAmount NetPostedAmount OrderDate "
    "OrderNo PaymentTerm PaymentTermId ProjectCode ProjectId PurchaseOrderReference RelatedInvoiceNo "
    "SellersReferenceEmployeeId SellersReferenceEmployeeNo SentDateTimeOffset TotalAmount TotalPostedAmount "
    "VoucherDate VoucherNo VoucherType"
)
OUTGOING_INVOICE_LINE = blank(
    "Id AccountId AccountNo AgricultureDepartment Allowance DepartmentCode DepartmentId Description Dim1Code "
    "Dim1Id Dim2Code Dim2Id Dim3Code Dim3Id ExternalImportReference IsAccrued LineType LocationCode "
    "LocationId NetAmount NetPostedAmount ProductCode ProductId ProductUnitCost ProductUnitPrice ProjectCode "
    "ProjectId Quantity SellersReferenceEmployeeId SellersReferenceEmployeeNo SortOrder TotalAmount "
    "TotalPostedAmount UnitOfMeasureCode VatAmount VatCode VatId VatRate VatReturnSpecification"
)
PAYMENT_TERM = blank("Id CreatedDateTimeOffset CreditDays IsActive IsDefault LastChangedDateTimeOffset Name")
PRODUCT = blank(
    "Id Code CreatedDateTimeOffset CreatedFromImportJournalId Description Gtin IsArchived IsStockItem "
    "LastChangedDateTimeOffset Name OptionalSalesAccount OptionalSalesAccountAgricultureDepartment "
    "OptionalSalesAccountId ProductGroupCode ProductGroupId ProductType StandardSalesAccount "
    "StandardSalesAccountAgricultureDepartment StandardSalesAccountId StockAvailable StockOnHand "
    "StockOnHandLastChangedDatetimeOffset UnitCost UnitOfMeasureCode UnitPrice"
)
PRODUCT_GROUP = blank(
    "Id Code CreatedDateTimeOffset CreatedFromImportJournalId Description IsArchived "
    "LastChangedDateTimeOffset Name OptionalSalesAccount OptionalSalesAccountAgricultureDepartment "
    "OptionalSalesAccountId ProductType StandardSalesAccount StandardSalesAccountAgricultureDepartment "
    "StandardSalesAccountId UnitCost UnitOfMeasureCode UnitPrice"
)
PROJECT = blank(
    "Id AllowAllActivities AllowAllEmployees AttachExpenseVouchersWhenBilling BillableRate "
    "BillableRateSpecification BrandingThemeCode BrandingThemeId BudgetedBillableRate BudgetedCostOfGoods "
    "BudgetedHours BudgetedOtherOperatingExpenses BudgetedPayrollExpenses BudgetedRevenueHours "
    "BudgetedTotalRevenue Code ContactPersonId ContractNo CreatedDateTimeOffset CreatedFromImportJournalId "
    "CustomerId CustomerNo DeliveryTerm DeliveryTermId DenyTimeTracking DepartmentCode DepartmentId EndDate "
    "ExpenseMarkupDescription ExpenseMarkupEnabled ExpenseMarkupFactor ExternalNumber FixedPrice "
    "HourlyRateMarkupDescription HourlyRateMarkupEnabled HourlyRateMarkupFactor IsActive IsBillable "
    "IsInternal LastChangedDateTimeOffset LocationCode LocationId Name ParentProjectCode ParentProjectId "
    "PaymentTermId PaymentTerms Progress ProjectBillingMethod ProjectManagerEmployeeId "
    "ProjectManagerEmployeeNo ProjectStatus PurchaseOrderNo StartDate"
)
SALES_ORDER_ATTACHMENT = blank("Id CreatedDateTimeOffset FileName FileSize LastChangedDateTimeOffset SalesOrderId")
SALES_ORDER_COMPLETE = blank(
    "Id BrandingThemeCode BrandingThemeId ContactDeliveryAddressId ContractNo CreatedDateTimeOffset "
    "CurrencyCode CurrencyExchangeRate CustomMatchingReference CustomerId CustomerNo CustomerReference "
    "CustomerReferenceContactPersonId DeliveryDate DeliveryTerm DeliveryTermId DepartmentCode DepartmentId "
    "Dim1Code Dim1Id Dim2Code Dim2Id Dim3Code Dim3Id ExternalImportReference ImportedOrderNo "
    "IsCreatedByCurrentIntegration LastChangedDateTimeOffset LineCount LocationCode LocationId NetAmount "
    "PaymentTerm PaymentTermId ProjectCode ProjectId PurchaseOrderReference RelatedInvoiceNo SalesOrderDate "
    "SalesOrderLines SalesOrderNo SalesOrderStatus SalesPersonEmployeeId SalesPersonEmployeeNumber "
    "TotalAmount"
)
SALES_ORDER = blank(
    "Id BrandingThemeCode BrandingThemeId ContactDeliveryAddressId ContractNo CreatedDateTimeOffset "
    "CurrencyCode CurrencyExchangeRate CustomMatchingReference CustomerId CustomerNo CustomerReference "
    "CustomerReferenceContactPersonId DeliveryDate DeliveryTerm DeliveryTermId DepartmentCode DepartmentId "
    "Dim1Code Dim1Id Dim2Code Dim2Id Dim3Code Dim3Id ExternalImportReference ImportedOrderNo "
    "IsCreatedByCurrentIntegration LastChangedDateTimeOffset LineCount LocationCode LocationId NetAmount "
    "PaymentTerm PaymentTermId ProjectCode ProjectId PurchaseOrderReference RelatedInvoiceNo SalesOrderDate "
    "SalesOrderNo SalesOrderStatus SalesPersonEmployeeId SalesPersonEmployeeNumber TotalAmount"
)
SALES_ORDER_LINE = blank(
    "Id Allowance DepartmentCode DepartmentId Description Dim1Code Dim1Id Dim2Code Dim2Id Dim3Code "
    "Dim3Id ExternalImportReference LineType LocationCode LocationId NetAmount ProductCode ProductId "
    "ProductUnitCost ProductUnitPrice ProjectCode ProjectId Quantity SalesOrderId SellersReferenceEmployeeId "
    "SellersReferenceEmployeeNo SortOrder TotalAmount UnitOfMeasureCode UseStandardSalesAccount VatAmount "
    "VatCode VatId VatRate VatReturnSpecification"
)
SEND_INVOICE_REQUEST = blank("Id DeliveryType EmailAddress OverrideDueDate VoucherDate")
SUB_LEDGER_NUMBER_SERIES = blank(
    "Id FromInclusive GeneralLedgerAccountId GeneralLedgerAccountNo IsClientTrust IsDefault Name "
    "SubLedgerNumberSeriesType ToInclusive"
)
SUPPLIER = blank(
    "Id ContactCreatedDateTimeOffset ContactGroupIds CreatedFromImportJournalId CurrencyCode DateOfBirth "
    "EmailAddress ExternalImportReference ExternalNumber FirstName IsActive IsArchived IsPerson "
    "LastChangedDateTimeOffset LastName LegalName Name Number OrganizationNumber Payout "
    "PhoneNumber SubledgerAccountId SupplierCreatedDateTimeOffset WebsiteUrl"
)
VAT_BASIS_RATIOS = blank("VatBasisRatio VatBasisRatioValidFrom")
VAT_CODE = blank(
    "Id BaseVatCodeId Code Description IsActive IsCustom Name Rate ValidFrom ValidTo VatBasisRatio "
    "VatBasisRatioValidFrom VatBasisRatios"
)
VAT_SETTINGS = blank(
    "AlternativeVatPeriod AlternativeVatReturnFromYear AlternativeVatReturnType IsVatRegistered "
    "ReportAlternativeVatReturn ReportVatReturnManually RoundingAccountAgricultureDepartment "
    "RoundingAccountId RoundingAccountNo UseVatCompensation VatAlternativeGrouping VatNumber VatPeriod "
    "VatReturnType"
)
VOUCHER_DOCUMENTATION = blank(
    "HasEhf HasImages HasPdf HasSalesOrderAttachments IsImported VoucherId VoucherNo VoucherType"
)
