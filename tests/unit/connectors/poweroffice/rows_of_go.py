"""Rows as PowerOffice gives them, one good one per registry; `| {...}` makes the awkward ones."""

from __future__ import annotations

from typing import Any

STAMPS = {
    "CreatedDateTimeOffset": "2026-01-08T07:30:00.5512001+00:00",
    "LastChangedDateTimeOffset": "2026-01-20T11:01:11.9001+01:00",
}
MAIL = {
    "Id": 771001,
    "AddressLine1": "Østre Kanalgate 7",
    "AddressLine2": None,
    "ZipCode": "7010",
    "City": "Trondheim",
    "CountryCode": "NO",
}
CUSTOMER: dict[str, Any] = {
    "Id": 418207,
    "Number": 10042,
    "Name": "Blåfjell Rør & Varme AS",
    "OrganizationNumber": "912345670",
    "IsPerson": False,
    "FirstName": None,
    "LastName": None,
    "EmailAddress": "post@blafjell.example",
    "WebsiteUrl": "www.blafjell.example",
    "InvoiceDeliveryType": "PdfByEmail",
    "CurrencyCode": "NOK",
    "PaymentTermId": 3301,
    "PaymentTerm": 14,
    "ExternalImportReference": "6b1f9c1e-3a52-4c0f-9a77-0d5be2c4f310",
    "IsArchived": False,
    "IsActive": True,
    "MailAddress": MAIL,
    "CustomerCreatedDateTimeOffset": "2026-01-12T09:15:02.120033+00:00",
    "LastChangedDateTimeOffset": "2026-02-03T12:44:51.004417+00:00",
}
CONTACT: dict[str, Any] = {
    "Id": 660184,
    "ContactId": 418207,
    "ExternalCode": "a9d3c5b4-0f1e-4d2a-b6c7-8e9f00112233",
    "FirstName": "Åse Märta",
    "LastName": "Kjærstad",
    "EmailAddress": "ase@blafjell.example",
    "PhoneNumber": "+4791234567",
    "Title": "Økonomisjef",
    "IsActive": True,
    "MailAddress": {name: value for name, value in MAIL.items() if name != "Id"},
    **STAMPS,
}
GROUP: dict[str, Any] = {"Id": 812, "Code": "TJ", "Name": "Tjenester", "IsArchived": False, **STAMPS}
PRODUCT: dict[str, Any] = {
    "Id": 55012,
    "Code": "KONS01",
    "Name": "Rådgivning, seniorkonsulent",
    "Description": "Timearbeid etter avtale",
    "ProductType": "Service",
    "ProductGroupId": 812,
    "UnitPrice": 1450.5,
    "UnitOfMeasureCode": "HUR",
    "StandardSalesAccount": 3000,
    "OptionalSalesAccount": 3100,
    "IsArchived": False,
    **STAMPS,
}
PROJECT: dict[str, Any] = {
    "Id": 30118,
    "Code": "1187",
    "Name": "Varmepumper Nidarø",
    "CustomerId": 418207,
    "ContactPersonId": 660184,
    "DepartmentId": 20,
    "ProjectManagerEmployeeId": 14,
    "StartDate": "2026-02-01",
    "EndDate": "2026-11-30T00:00:00",
    "IsActive": True,
    "IsInternal": False,
    "ProjectStatus": "Active",
    "ParentProjectId": None,
    "PurchaseOrderNo": "PO-7741",
    "AllowAllEmployees": True,
    **STAMPS,
}
DEPARTMENT: dict[str, Any] = {"Id": 20, "Code": "20", "Name": "Trondheim", "IsActive": True, **STAMPS}
EMPLOYEE: dict[str, Any] = {
    "Id": 14,
    "Number": 114,
    "FirstName": "Bjørn",
    "LastName": "Håkonsen",
    "EmailAddress": "bjorn@example.com",
    "PhoneNumber": "+4790000000",
    "DepartmentId": 20,
    "ManagerEmployeeId": 15,
    "IsArchived": False,
    "ExternalImportReference": None,
    "MailAddress": None,
    "EmployeeCreatedDateTimeOffset": "2026-01-12T09:15:02+00:00",
    "LastChangedDateTimeOffset": "2026-02-03T12:44:51+00:00",
}
TERMS = [
    {"Id": 3301, "CreditDays": 14, "IsActive": True, "IsDefault": True, "Name": "14 dager"},
    {"Id": 3302, "CreditDays": 30, "IsActive": True, "IsDefault": False, "Name": "30 dager"},
    {"Id": 3303, "CreditDays": 45, "IsActive": False, "IsDefault": False, "Name": "45 dager"},
]
