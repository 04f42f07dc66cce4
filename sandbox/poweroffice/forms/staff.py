"""Department and employee bodies: what a POST or a PATCH may hold (contract openapi.json)."""

from sandbox.poweroffice.forms import enums
from sandbox.poweroffice.forms.addresses import CONTACT_ADDRESS_PATCH, CONTACT_ADDRESS_POST
from sandbox.poweroffice.forms.members import model

DEPARTMENT_PATCH = model(
    "DepartmentPatchDto",
    strings="Code Name",
    integers="ManagerEmployeeId",
    booleans="IsActive",
)

DEPARTMENT_POST = model(
    "DepartmentPostDto",
    required="Name",
    strings="Code Name",
    integers="ManagerEmployeeId ManagerEmployeeNo",
    booleans="IsActive",
)

EMPLOYEE_PATCH = model(
    "EmployeePatchDto",
    strings=(
        "EmailAddress ExternalImportReference FirstName InternationalIdCountryCode InternationalIdNumber "
        "JobTitle LastName NationalIdNumber PhoneNumber"
    ),
    integers="DepartmentId ExternalNumber LocationId ManagerEmployeeId Number",
    booleans="InternationalIdReportToAltinn IsArchived",
    dates="DateOfBirth EndDate HiredDate StartDate",
    integer_lists="ContactGroupIds",
    enums={"Gender": enums.GENDER, "InternationalIdType": enums.INTERNATIONAL_ID_TYPE},
    objects={"MailAddress": CONTACT_ADDRESS_PATCH},
)

EMPLOYEE_POST = model(
    "EmployeePostDto",
    required="FirstName LastName",
    strings=(
        "DepartmentCode EmailAddress ExternalImportReference FirstName InternationalIdCountryCode "
        "InternationalIdNumber JobTitle LastName LocationCode NationalIdNumber PhoneNumber"
    ),
    integers="DepartmentId ExternalNumber LocationId ManagerEmployeeId ManagerEmployeeNo Number",
    booleans="InternationalIdReportToAltinn IsArchived",
    dates="DateOfBirth EndDate HiredDate StartDate",
    uuids="SubLedgerNumberSeriesId",
    integer_lists="ContactGroupIds",
    enums={"Gender": enums.GENDER, "InternationalIdType": enums.INTERNATIONAL_ID_TYPE},
    objects={"MailAddress": CONTACT_ADDRESS_POST},
)
