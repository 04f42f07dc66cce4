"""Product, product group and project bodies: what a POST or a PATCH may hold (contract openapi.json)."""

from sandbox.poweroffice.forms import enums
from sandbox.poweroffice.forms.members import model

PRODUCT_GROUP_PATCH = model(
    "ProductGroupPatchDto",
    strings="Code Description Name",
    integers="OptionalSalesAccountId StandardSalesAccountId",
    numbers="UnitCost UnitPrice",
    booleans="IsArchived",
    enums={"ProductType": enums.PRODUCT_TYPE, "UnitOfMeasureCode": enums.UNIT_OF_MEASURE_TYPE},
    lengths={"Code": 200, "Name": 400},
)

PRODUCT_GROUP_POST = model(
    "ProductGroupPostDto",
    strings="Code Description Name",
    integers="OptionalSalesAccount OptionalSalesAccountId StandardSalesAccount StandardSalesAccountId",
    numbers="UnitCost UnitPrice",
    booleans="IsArchived",
    enums={
        "OptionalSalesAccountAgricultureDepartment": enums.AGRICULTURE_DEPARTMENT,
        "ProductType": enums.PRODUCT_TYPE,
        "StandardSalesAccountAgricultureDepartment": enums.AGRICULTURE_DEPARTMENT,
        "UnitOfMeasureCode": enums.UNIT_OF_MEASURE_TYPE,
    },
    lengths={"Code": 200, "Name": 400},
)

PRODUCT_PATCH = model(
    "ProductPatchDto",
    strings="Code Description Gtin Name",
    integers="OptionalSalesAccountId ProductGroupId StandardSalesAccountId",
    numbers="StockOnHand UnitCost UnitPrice",
    booleans="IsArchived IsStockItem",
    enums={"ProductType": enums.PRODUCT_TYPE, "UnitOfMeasureCode": enums.UNIT_OF_MEASURE_TYPE},
    lengths={"Code": 100, "Name": 400},
)

PRODUCT_POST = model(
    "ProductPostDto",
    required="Name",
    strings="Code Description Gtin Name ProductGroupCode",
    integers=("OptionalSalesAccount OptionalSalesAccountId ProductGroupId StandardSalesAccount StandardSalesAccountId"),
    numbers="StockOnHand UnitCost UnitPrice",
    booleans="IsArchived IsStockItem",
    enums={
        "OptionalSalesAccountAgricultureDepartment": enums.AGRICULTURE_DEPARTMENT,
        "ProductType": enums.PRODUCT_TYPE,
        "StandardSalesAccountAgricultureDepartment": enums.AGRICULTURE_DEPARTMENT,
        "UnitOfMeasureCode": enums.UNIT_OF_MEASURE_TYPE,
    },
    lengths={"Code": 100, "Name": 400},
)

PROJECT_PATCH = model(
    "ProjectPatchDto",
    strings="Code ContractNo ExpenseMarkupDescription HourlyRateMarkupDescription Name PurchaseOrderNo",
    integers=(
        "BrandingThemeId ContactPersonId CustomerId DeliveryTermId DepartmentId ExternalNumber LocationId "
        "ParentProjectId PaymentTermId Progress ProjectManagerEmployeeId"
    ),
    numbers=(
        "BillableRate BudgetedBillableRate BudgetedCostOfGoods BudgetedHours BudgetedOtherOperatingExpenses "
        "BudgetedPayrollExpenses BudgetedRevenueHours BudgetedTotalRevenue ExpenseMarkupFactor FixedPrice "
        "HourlyRateMarkupFactor"
    ),
    booleans=(
        "AllowAllActivities AllowAllEmployees AttachExpenseVouchersWhenBilling DenyTimeTracking "
        "ExpenseMarkupEnabled HourlyRateMarkupEnabled IsActive IsBillable IsInternal"
    ),
    dates="EndDate StartDate",
    enums={
        "BillableRateSpecification": enums.BILLABLE_RATE_SPECIFICATION,
        "ProjectBillingMethod": enums.PROJECT_BILLING_METHOD,
        "ProjectStatus": enums.PROJECT_STATUS_TYPE,
    },
    limits={"Progress": (0, 100)},
)

PROJECT_POST = model(
    "ProjectPostDto",
    required="Name",
    strings=(
        "BrandingThemeCode Code ContractNo DeliveryTerm DepartmentCode ExpenseMarkupDescription "
        "HourlyRateMarkupDescription LocationCode Name ParentProjectCode PurchaseOrderNo"
    ),
    integers=(
        "BrandingThemeId ContactPersonId CustomerId CustomerNo DeliveryTermId DepartmentId ExternalNumber "
        "LocationId ParentProjectId PaymentTermId PaymentTerms Progress ProjectManagerEmployeeId "
        "ProjectManagerEmployeeNo"
    ),
    numbers=(
        "BillableRate BudgetedBillableRate BudgetedCostOfGoods BudgetedHours BudgetedOtherOperatingExpenses "
        "BudgetedPayrollExpenses BudgetedRevenueHours BudgetedTotalRevenue ExpenseMarkupFactor FixedPrice "
        "HourlyRateMarkupFactor"
    ),
    booleans=(
        "AllowAllActivities AllowAllEmployees AttachExpenseVouchersWhenBilling DenyTimeTracking "
        "ExpenseMarkupEnabled HourlyRateMarkupEnabled IsActive IsBillable IsInternal"
    ),
    dates="EndDate StartDate",
    enums={
        "BillableRateSpecification": enums.BILLABLE_RATE_SPECIFICATION,
        "ProjectBillingMethod": enums.PROJECT_BILLING_METHOD,
        "ProjectStatus": enums.PROJECT_STATUS_TYPE,
    },
    limits={"Progress": (0, 100)},
)
