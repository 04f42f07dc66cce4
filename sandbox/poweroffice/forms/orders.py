"""Order, sending and onboarding bodies: what a POST or a PATCH may hold (contract openapi.json)."""

from sandbox.poweroffice.forms import enums
from sandbox.poweroffice.forms.members import model

SALES_ORDER_ACCRUAL_POST = model(
    "SalesOrderAccrualPostDto",
    integers="BalanceAccountId BalanceAccountNo ResultAccountId ResultAccountNo",
    booleans="IsActive",
    dates="FromDate ToDate",
    never_null="FromDate IsActive ToDate",
    enums={
        "BalanceAccountAgricultureDepartment": enums.AGRICULTURE_DEPARTMENT,
        "ResultAccountAgricultureDepartment": enums.AGRICULTURE_DEPARTMENT,
    },
)

SALES_ORDER_LINE_POST = model(
    "SalesOrderLinePostDto",
    strings=(
        "DepartmentCode Description Dim1Code Dim2Code Dim3Code ExternalImportReference LocationCode "
        "ProductCode ProjectCode"
    ),
    integers=(
        "DepartmentId Dim1Id Dim2Id Dim3Id LocationId ProductId ProjectId SellersReferenceEmployeeId "
        "SellersReferenceEmployeeNo SortOrder"
    ),
    numbers="Allowance ProductUnitCost ProductUnitPrice Quantity",
    booleans="UseStandardSalesAccount",
    enums={
        "LineType": enums.VOUCHER_LINE_TYPE,
        "UnitOfMeasureCode": enums.UNIT_OF_MEASURE_TYPE,
        "VatReturnSpecification": enums.VAT_RETURN_SPECIFICATION,
    },
    objects={"Accrual": SALES_ORDER_ACCRUAL_POST},
)

SALES_ORDER_COMPLETE_POST = model(
    "SalesOrderCompletePostDto",
    strings=(
        "BrandingThemeCode ContractNo CurrencyCode CustomMatchingReference CustomerReference DeliveryTerm "
        "DepartmentCode Dim1Code Dim2Code Dim3Code ExternalImportReference LocationCode ProjectCode "
        "PurchaseOrderReference"
    ),
    integers=(
        "BrandingThemeId ContactDeliveryAddressId CustomerId CustomerNo CustomerReferenceContactPersonId "
        "DeliveryTermId DepartmentId Dim1Id Dim2Id Dim3Id ImportedOrderNo LocationId PaymentTerm "
        "PaymentTermId ProjectId RelatedInvoiceNo SalesPersonEmployeeId SalesPersonEmployeeNumber"
    ),
    numbers="CurrencyExchangeRate",
    dates="DeliveryDate SalesOrderDate",
    enums={"SalesOrderStatus": enums.ORDER_STATUS},
    lists={"SalesOrderLines": SALES_ORDER_LINE_POST},
)

SALES_ORDER_PATCH = model(
    "SalesOrderPatchDto",
    strings=(
        "ContractNo CurrencyCode CustomMatchingReference CustomerReference ExternalImportReference "
        "PurchaseOrderReference"
    ),
    integers=(
        "BrandingThemeId ContactDeliveryAddressId CustomerId CustomerReferenceContactPersonId DeliveryTermId "
        "DepartmentId Dim1Id Dim2Id Dim3Id ImportedOrderNo LocationId PaymentTermId ProjectId "
        "RelatedInvoiceNo SalesPersonEmployeeId"
    ),
    numbers="CurrencyExchangeRate",
    dates="DeliveryDate SalesOrderDate",
    enums={"SalesOrderStatus": enums.ORDER_STATUS},
)

SEND_INVOICE_REQUEST_POST = model(
    "SendInvoiceRequestPostDto",
    strings="EmailAddress",
    dates="OverrideDueDate VoucherDate",
    enums={"DeliveryType": enums.SEND_INVOICE_DELIVERY_TYPE},
)

INITIATE_ONBOARDING_POST = model(
    "InitiateOnboardingPostDto",
    strings="ClientOrganizationNo",
    uuids="ApplicationKey",
    uris="RedirectUri",
    never_null="ApplicationKey",
)

FINALIZE_ONBOARDING_POST = model(
    "FinalizeOnboardingPostDto",
    strings="OnboardingToken",
)
