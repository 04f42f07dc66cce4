"""The organisation, its settings and statuses, its units and users."""

from typing import Any

from sandbox.severa.registers import INTEGRATION, Registers
from sandbox.severa.seed.places import Places, guid
from sandbox.severa.seed.statuses import STATUSES
from sandbox.store import Row
from sandbox.world import World

COUNTRIES = {
    "NO": ("Norge", "Norway", "NOR"),
    "SE": ("Sverige", "Sweden", "SWE"),
    "FI": ("Suomi", "Finland", "FIN"),
    "DK": ("Danmark", "Denmark", "DNK"),
    "NL": ("Nederland", "Netherlands", "NLD"),
}
LANGUAGES = {"nb": ("Norsk", "Norwegian"), "sv": ("Svenska", "Swedish"), "fi": ("Suomi", "Finnish"),
             "da": ("Dansk", "Danish"), "en": ("English", "English")}  # fmt: skip
SYMBOLS = {"NOK": "kr", "EUR": "€", "SEK": "kr", "DKK": "kr"}
ACCOUNTS = {
    25.0: ("3000", "Salg 25 %"),
    15.0: ("3030", "Salg 15 %"),
    25.5: ("3040", "Myynti 25,5 %"),
    0.0: ("3100", "Salg uten mva"),
}
SALES_STATUSES = (
    ("Tarjottu", "InProgress", 25, True),
    ("Neuvottelu", "InProgress", 60, False),
    ("Voitettu", "Won", 100, False),
    ("Hävitty", "Lost", 0, False),
)
PROJECT_STATUSES = ("Käynnissä", "Odottaa", "Valmis")
COMMUNICATIONS = (("E-post", "EmailAddress"), ("Telefon", "Phone"), ("Mobil", "MobilePhone"), ("Faks", "Fax"))
TRAVEL_STATUSES = (("Kladd", {"isDefault": True}), ("Godkjent", {"isApproved": True, "isLocked": True}),
                   ("I regnskapet", {"isApproved": True, "isLocked": True}))  # fmt: skip


def company(registers: Registers, world: World) -> None:
    """Countries, currencies, accounts, statuses, and the organisation's own details."""
    at = world.as_of.replace(year=2018)
    put = registers.put
    for code, rate_name, rate in world.currencies:
        own = code == world.organisation.currency
        row = put("currencies", {"name": rate_name, "code": code, "rate": float(rate), "symbol": SYMBOLS[code],
                                 "isOrganizationCurrency": own}, created=at)  # fmt: skip
        if own:
            registers.company["currency"] = registers.refer("currencies.coded", row["guid"])
    for code, (name, english) in LANGUAGES.items():
        row = put("languages", {"name": name, "englishName": english, "code": code}, created=at)
        if code == "nb":
            registers.company["language"] = registers.refer("languages.coded", row["guid"])
    for code, (name, english, code3) in COUNTRIES.items():
        members: Row = {"name": name, "englishName": english, "code2": code, "code3": code3, "isInEU": code != "NO",
                        "isRegistrationCountry": code == "NO"}  # fmt: skip
        row = put("countries", members, created=at)
        if code == "NO":
            registers.company["country"] = row
    country = registers.company["country"]["guid"]
    for rate in world.vat_rates:
        text = f"{rate.normalize():f}".replace(".", "")
        members = {"percentage": float(rate), "code": f"S{text}", "countryGuid": country, "isDefault": rate == 25}
        put("vatrates", members, created=at)
    finland = registers.tables["countries"].find("code2", "FI")[0]["guid"]
    put("vatrates", {"percentage": 25.5, "code": "FI255", "countryGuid": finland}, created=at)
    accounts = {}
    for percent, (number, name) in ACCOUNTS.items():
        members = {"name": name, "number": number, "isProductDefault": percent == 25.0}
        accounts[percent] = put("salesaccounts", members, created=at)
    registers.company["salesAccounts"] = accounts
    for identifier, name in (("KS10", "Administrasjon"), ("KS20", "Prosjekt")):
        put("costcenters", {"name": name, "identifier": identifier, "isDefault": identifier == "KS20"}, created=at)
    _statuses(registers, world)
    _organisation(registers, world)
    members = {"bankName": "Sparebanken Ålesund", "accountNumber": "NO9386011117947", "bic": "DNBANOKK"}
    put("bankaccounts", members, created=at)


def _statuses(registers: Registers, world: World) -> None:
    at = world.as_of.replace(year=2018)
    for number, (name, flags) in enumerate(STATUSES[world.erp].rows, 1):
        registers.put("invoicestatuses", {"name": name, "sortOrder": number, **flags}, created=at)
    for name, state, probability, default in SALES_STATUSES:
        members: Row = {
            "name": name,
            "salesState": state,
            "defaultProbability": probability,
            "isProposalDefault": default,
        }
        registers.put("salesstatustypes", members, created=at)
    for number, name in enumerate(PROJECT_STATUSES):
        registers.put("projectstatustypes", {"name": name, "sortOrder": number}, created=at)
    for name, kind in COMMUNICATIONS:
        registers.put("communicationtypes", {"name": name, "type": kind}, created=at)
    for number, (name, flags) in enumerate(TRAVEL_STATUSES):
        registers.put("travelreimbursementstatuses", {"name": name, "sortOrder": number, **flags}, created=at)


def _organisation(registers: Registers, world: World) -> None:
    own, kept = world.organisation, registers.company
    country, currency, language = kept["country"], kept["currency"], kept["language"]
    where = own.address
    company_guid = registers.ids.guid("companies", own.organisation_number)
    kept["companyGuid"] = company_guid
    kept["paymentTerm"] = 14
    kept["vatRate"] = 25.0
    kept["integrationUser"] = {
        "code": None, "name": INTEGRATION["name"], "guid": INTEGRATION["guid"], "companyGuid": company_guid,
    }  # fmt: skip
    kept["senderAddress"] = {
        "addressline": where.line1, "postalCode": where.postal_code, "city": where.city, "state": None,
        "country": country["englishName"],
    }  # fmt: skip
    kept["financials"] = {"id": int(own.organisation_number), "name": own.name}
    kept["details"] = {
        "guid": registers.ids.guid("organisations", own.organisation_number),
        "name": own.name,
        "vatNumber": own.vat_number,
        "kvkNumber": None,
        "isVatRegistered": True,
        "registeredOffice": where.city,
        "address": where.line1,
        "postalCode": where.postal_code,
        "city": where.city,
        "country": {"name": country["name"], "code": "NO", "guid": country["guid"], "englishName": "Norway"},
        "phone": None,
        "fax": None,
        "termsOfServiceApprover": None,
        "eInvoiceAddress": f"0192:{own.organisation_number}",
        "eInvoiceOperatorCode": None,
        "odpCompany": None,
        "currency": {name: currency[name] for name in ("guid", "name", "code", "symbol")},
        "language": {name: language[name] for name in ("guid", "name", "code")},
        "formatting": None,
        "timezone": None,
        "activeCompanies": [],
        "activeAddons": ["PowerOffice", "TravelExpenses", "CustomProperties"],
    }
    kept["settings"] = _settings()


def _settings() -> dict[str, Any]:
    """The organisation's settings but for the running numbers."""
    return {
        "quickSearchSetting": "ShowOpenProjectsSalesCasesAndCustomers",
        "projectNameDisplaySetting": "ShowProjectLongName",
        "displayProjectNumber": True,
        "projectNameDisplayFormatSetting": "ProjectNamePhaseName",
        "travelReimbursementInstructions": None,
        "isTravelExpenseImmediatelyInvoiceable": True,
        "currencyRoundingType": "AwayFromZero",
        "overdueInterest": 9.5,
        "paymentTerm": 14,
        "workWeek": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
        "workHourApprovalMode": "RequiredForInvoicing",
        "workHourEntryFormat": "Quantity",
        "paymentReferenceNumberDisplaySetting": "Kid",
        "uniqueIdentifierForProductsAndWorktypes": False,
        "isAddingNewKeywordsFromProjectAllowed": True,
        "isIdenticalPhaseCodesAllowed": False,
        "isWorkHourDescriptionMandatory": False,
        "setCreditNoteInvoiceNumber": False,
        "isCustomerSearchAllowed": True,
        "isEnteringHourPlannedInvoiceQuantityAllowed": False,
    }


def people(registers: Registers, places: Places) -> None:
    """Business units, the company first, then users; a superior stands before those below."""
    own = registers.company
    for i, unit in enumerate(places.world.business_units):
        if not unit.in_severa:
            continue
        unit_guid = registers.ids.guid("businessunits", unit.code or unit.name)
        places.units[i] = unit_guid
        root = places.units[0]
        row = registers.put(
            "businessunits",
            {
                "guid": unit_guid,
                "name": unit.name,
                "code": unit.code,
                "parentGuid": None if unit.parent is None else places.units[unit.parent],
                "isActive": unit.is_active,
                "vatNumber": unit.vat_number,
                "companyGuid": own["companyGuid"],
                "companyName": own["details"]["name"],
                "companyBusinessUnitGuid": root,
                "companyCountryGuid": own["country"]["guid"],
                "companyCurrencyGuid": own["currency"]["guid"],
            },
            created=unit.created,
        )
        own.setdefault("businessUnit", row)
    country = own["country"]["guid"]
    for i, user in enumerate(places.world.users):
        if not user.in_severa:
            continue
        superior = None if user.superior is None else places.users.get(user.superior)
        row = registers.make(
            "users",
            {
                "firstName": user.first_name,
                "lastName": user.last_name,
                "code": user.code,
                "email": user.email,
                "phone": user.phone,
                "isActive": user.is_active,
                "businessUnit": guid(places.units[user.business_unit]),
                "superiorUser": guid(superior),
                "address": "\n".join(line for line in (user.address.line1, user.address.line2) if line),
                "postalCode": user.address.postal_code,
                "city": user.address.city,
                "country": guid(country),
                "birthDate": f"{user.birth_date.isoformat()}T00:00:00Z",
                "language": guid(own["language"]["guid"]),
                "userType": "FullUser",
                "socialSecurityNumber": None,
                "bankAccountNumber": None if i % 5 == 4 else f"8601{1_000_000 + i * 37}",
            },
            created=user.created,
        )
        registers.write("users", row["guid"], {"title": user.title})
        places.users[i] = row["guid"]
