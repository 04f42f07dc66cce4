"""Rows as Visma.net gives them, one good one of each kind; `| {...}` makes the awkward ones."""

from __future__ import annotations

from typing import Any

GUID = "0f3d7f6a-8f0b-4f0b-a0f3-6a4b5f1b7c21"

CUSTOMER: dict[str, Any] = {
    "internalId": 7312,
    "number": "10047",
    "name": "Sjøvik & Ålgård Rådgivning AS",
    "status": "Active",
    "mainAddress": {
        "addressId": 20881,
        "addressLine1": "Østre Strandgate 14",
        "addressLine2": "Bygg B",
        "addressLine3": "3. etasje",
        "postalCode": "6002",
        "city": "Ålesund",
        "country": {"id": "NO", "name": "Norge"},
        "county": {"id": "", "name": ""},
    },
    "mainContact": {
        "contactId": 15201,
        "name": "Sjøvik & Ålgård Rådgivning AS",
        "attention": "Kun e-faktura",
        "email": "post@sjovik.example",
        "web": "https://sjovik.example",
        "phone1": "+47 70 00 00 01",
    },
    "customerClass": {"id": "10", "description": "Innenlands kunder"},
    "creditTerms": {"id": "N14", "description": "Netto 14 dager"},
    "currencyId": "NOK",
    "invoiceAddress": {"addressId": 20882, "addressLine1": "Postboks 88", "postalCode": "6001", "city": "Ålesund",
                       "country": {"id": "NO", "name": "Norge"}},
    "deliveryAddress": {"addressId": 20883, "addressLine1": "", "postalCode": "", "city": "",
                        "country": {"id": "NO", "name": "Norge"}},
    "vatRegistrationId": "NO900000017MVA",
    "corporateId": "900000017",
    "lastModifiedDateTime": "2026-03-02T10:41:07.313",
    "createdDateTime": "2024-11-19T08:02:55.09",
    "timeStamp": "AAAAAAB3xk8=",
}  # fmt: skip
CONTACT: dict[str, Any] = {
    "displayName": "Ødegård, Bjørn",
    "active": True,
    "title": "Mr",
    "firstName": "Bjørn",
    "lastName": "Ødegård",
    "position": "Økonomisjef",
    "businessAccount": "10047",
    "email": "bjorn@sjovik.example",
    "phone1": "900 00 000",
    "phone2": "70 00 00 02",
    "doNotEmail": False,
    "lastModifiedDateTime": "2026-03-02T10:45:00",
    "contactId": 15390,
    "timeStamp": "AAAAAAB3xlA=",
}
ITEM: dict[str, Any] = {
    "inventoryId": 10233,
    "inventoryNumber": "RÅD-10",
    "status": "Active",
    "type": "LaborItem",
    "description": "Rådgivning, seniorkonsulent",
    "itemClass": {"type": "LaborItem", "id": "TIMER", "description": "Timer"},
    "defaultPrice": 1450.0,
    "lastModifiedDateTime": "2026-02-11T09:15:30",
    "timestamp": "AAAAAAB2pQ0=",
}
PROJECT: dict[str, Any] = {
    "internalID": 5512,
    "projectID": "4711",
    "customer": {"number": "10047", "name": "Sjøvik & Ålgård Rådgivning AS"},
    "hold": False,
    "status": "Active",
    "template": {"number": "Z", "description": "Severa", "status": "Active"},
    "description": "Havneprosjekt Ålesund",
    "startDate": "2026-03-01T00:00:00",
    "visibility": {"visibleInAr": True, "visibleInAp": True, "visibleInGl": True},
    "billingPeriod": "OnDemand",
    "tasks": [{"taskId": "10", "description": "Standard", "status": "Active", "timeStamp": "AAAAAAB4AAA="}],
    "systemTemplate": False,
    "lastModifiedDateTime": "2026-03-01T08:00:00",
    "timeStamp": "AAAAAAB3xl0=",
}
INVOICE: dict[str, Any] = {
    "customer": {"number": "10047", "name": "Sjøvik & Ålgård Rådgivning AS"},
    "documentType": "Invoice",
    "referenceNumber": "20260100",
    "documentDate": "2026-03-05T00:00:00",
    "documentDueDate": "2026-03-19T00:00:00",
    "currencyId": "NOK",
    "note": f"severa:invoice:{GUID}#1",
    "detailTotalInCurrency": 18987.4,
    "discountTotalInCurrency": 0.0,
    "vatTotalInCurrency": 4746.85,
    "taxDetails": [{"taxId": "3", "vatRate": 25.0, "taxableAmount": 18987.4, "vatAmount": 4746.85}],
    "status": "Hold",
    "hold": True,
    "paymentReference": None,
    "amountInCurrency": 0.0,
    "balanceInCurrency": 23734.25,
    "attachments": [],
    "applications": [],
    "createdDateTime": "2026-03-05T12:05:11.457",
    "lastModifiedDateTime": "2026-03-05T12:05:11.457",
    "timeStamp": "AAAAAAB4AAE=",
}
OPEN: dict[str, Any] = INVOICE | {
    "status": "Open",
    "hold": False,
    "amountInCurrency": 23734.25,
    "paymentReference": "202600010047119",
    "lastModifiedDateTime": "2026-03-17T06:10:42.87",
    "timeStamp": "AAAAAAB4Aho=",
}
SUPPLIER_INVOICE: dict[str, Any] = {
    "supplier": {"internalId": 8120, "number": "50012", "name": "Fjellgård Geoteknikk AS"},
    "documentType": "Invoice",
    "referenceNumber": "900771",
    "date": "2026-03-03T00:00:00",
    "status": "Open",
    "taxCalculationMode": "TaxSetting",
    "detailTotal": 11950.5,
    "vatTotal": 2987.62,
    "taxDetailLines": [{"taxId": "1", "vatRate": 25.0, "taxableAmount": 11950.5, "vatAmount": 2987.62}],
    "attachments": [{"name": "F-22019.pdf", "id": "1f9f1d0c-0f7e-4a52-8a44-0d0c6a9b1e01", "revision": 1}],
    "invoiceLines": [
        {
            "lineNumber": 1,
            "transactionDescription": "Grunnboring, 3 punkter",
            "cost": 8200.0,
            "discountAmount": 0.0,
            "project": {"internalId": 5512, "id": "4711", "description": "Havneprosjekt"},
            "attachments": [
                {"name": "Borelogg Ålesund.pdf", "id": "2a9f1d0c-0f7e-4a52-8a44-0d0c6a9b1e02", "revision": 1}
            ],
        },
        {
            "lineNumber": 2,
            "transactionDescription": "Prøvetaking",
            "cost": 3150.5,
            "discountAmount": 0.0,
            "project": {"internalId": 5513, "id": "4712", "description": "Kaianlegg"},
            "attachments": [],
        },
        {
            "lineNumber": 3,
            "transactionDescription": "Gebyr",
            "cost": 600.0,
            "discountAmount": 0.0,
            "project": {"internalId": 0, "id": "X", "description": "Ikke-prosjekt"},
            "attachments": [],
        },
    ],
    "lastModifiedDateTime": "2026-03-04T13:20:19.027",
    "timeStamp": "AAAAAAB31zQ=",
}
JOURNAL: dict[str, Any] = {
    "module": "ModuleGL",
    "batchNumber": "100348",
    "status": "Posted",
    "transactionDate": "2026-03-10T00:00:00",
    "ledger": "1",
    "lastModifiedDateTime": "2026-03-10T15:02:44.61",
    "timeStamp": "AAAAAAB4AQk=",
    "journalTransactionLines": [
        {
            "lineNumber": 1,
            "accountNumber": "6540",
            "referenceNumber": "LEIE-10",
            "debitAmount": 2400.0,
            "creditAmount": 0.0,
            "transactionDescription": "Leie av måleutstyr",
            "customerSupplier": "50012",
            "project": {"internalId": 5512, "id": "4711", "description": "Havneprosjekt"},
            "attachments": [],
        },
        {
            "lineNumber": 2,
            "accountNumber": "2960",
            "referenceNumber": "LEIE-10",
            "debitAmount": 0.0,
            "creditAmount": 2400.0,
            "transactionDescription": "Motpost",
            "customerSupplier": None,
            "project": {"internalId": 0, "id": "X", "description": "Ikke-prosjekt"},
            "attachments": [],
        },
    ],
    "attachments": [],
}
TERMS = {
    "pageNumber": 1,
    "pageSize": 500,
    "totalCount": 4,
    "records": [
        {"termsId": "N14", "visibleTo": "AL", "dueDateType": "N", "dueDay1": 14},
        {"termsId": "N30", "visibleTo": "CU", "dueDateType": "N", "dueDay1": 30},
        {"termsId": "L30", "visibleTo": "VE", "dueDateType": "N", "dueDay1": 30},
        {"termsId": "EOM", "visibleTo": "AL", "dueDateType": "E", "dueDay1": 0},
    ],
}
CURRENCIES = [
    {"id": "NOK", "isBaseCurrency": True, "isUsedForAccounting": True},
    {"id": "EUR", "isBaseCurrency": False, "isUsedForAccounting": True},
    {"id": "USD", "isBaseCurrency": False, "isUsedForAccounting": False},
]
CLASSES = [
    {"id": "TIMER", "description": "Timer", "type": "LaborItem"},
    {"id": "VARER", "description": "Varer", "type": "NonStockItem"},
    {"id": "REISE", "description": "Reise", "type": "ExpenseItem"},
]
BRANCHES = [
    {"branchId": 3, "number": "1", "name": "Hovedkontor", "vatRegistrationId": "NO900000017MVA", "isActive": True}
]
LEDGERS = [{"number": "1", "balanceType": "Actual"}, {"number": "BUD", "balanceType": "Budget"}]
ACCOUNTS = [{"accountCD": "6540", "type": "Expense"}, {"accountCD": "2960", "type": "Liability"}]
