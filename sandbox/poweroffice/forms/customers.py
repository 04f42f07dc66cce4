"""Customer bodies: what a POST or a PATCH may hold (contract openapi.json, `Customer*`)."""

from sandbox.poweroffice.forms import enums
from sandbox.poweroffice.forms.addresses import CONTACT_ADDRESS_PATCH, CONTACT_ADDRESS_POST
from sandbox.poweroffice.forms.members import model

CUSTOMER_PATCH = model(
    "CustomerPatchDto",
    strings=(
        "CurrencyCode EmailAddress ExternalImportReference FirstName InvoiceEmailAddress "
        "InvoiceEmailAddressCC LastName LegalName Name NationalIdNumber OrganizationNumber "
        "PaymentReminderEmailAddress PhoneNumber WebsiteUrl"
    ),
    integers=(
        "DeliveryTermId DepartmentId ExternalNumber InvoiceBrandingThemeId Number PaymentTermId SalesPersonEmployeeId"
    ),
    numbers="Allowance BillableRate",
    booleans=(
        "DoNotAddLatePaymentFees DoNotAddLatePaymentInterest DoNotAutomatePaymentNotifications IsArchived "
        "IsPerson IsVatFree SendPaymentReminders TransferToDebtCollectionAgency UseInvoiceFee"
    ),
    dates="CustomerSince DateOfBirth",
    integer_lists="ContactGroupIds",
    enums={
        "InvoiceDeliveryType": enums.INVOICE_DELIVERY_TYPE,
        "NoticeOfDebtCollectionDeliveryType": enums.NOTICE_OF_DEBT_COLLECTION_DELIVERY_TYPE,
        "ReminderDeliveryType": enums.REMINDER_DELIVERY_TYPE,
    },
    objects={"MailAddress": CONTACT_ADDRESS_PATCH},
    lengths={"ExternalImportReference": 50},
)

CUSTOMER_POST = model(
    "CustomerPostDto",
    strings=(
        "CurrencyCode DeliveryTerm DepartmentCode EmailAddress ExternalImportReference FirstName "
        "InvoiceBrandingThemeCode InvoiceEmailAddress InvoiceEmailAddressCC LastName LegalName Name "
        "NationalIdNumber OrganizationNumber PaymentReminderEmailAddress PhoneNumber WebsiteUrl"
    ),
    integers=(
        "DeliveryTermId DepartmentId ExternalNumber InvoiceBrandingThemeId Number PaymentTerm PaymentTermId "
        "SalesPersonEmployeeId SalesPersonEmployeeNumber"
    ),
    numbers="Allowance BillableRate",
    booleans=(
        "DoNotAddLatePaymentFees DoNotAddLatePaymentInterest DoNotAutomatePaymentNotifications IsArchived "
        "IsPerson IsVatFree SendPaymentReminders TransferToDebtCollectionAgency UseInvoiceFee"
    ),
    dates="CustomerSince DateOfBirth",
    uuids="SubLedgerNumberSeriesId",
    integer_lists="ContactGroupIds",
    enums={
        "InvoiceDeliveryType": enums.INVOICE_DELIVERY_TYPE,
        "NoticeOfDebtCollectionDeliveryType": enums.NOTICE_OF_DEBT_COLLECTION_DELIVERY_TYPE,
        "ReminderDeliveryType": enums.REMINDER_DELIVERY_TYPE,
    },
    objects={"MailAddress": CONTACT_ADDRESS_POST},
    lengths={"ExternalImportReference": 50},
)
