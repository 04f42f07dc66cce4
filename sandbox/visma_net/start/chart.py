"""The company's set-up: VAT, accounts, classes, terms, currencies, keys, sequences, branches, template."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from itertools import product

from sandbox.store import Row
from sandbox.visma_net.company import CHANGED, CREATED, Company
from sandbox.visma_net.registries import blocks, tasks
from sandbox.visma_net.registries.projects import NON_PROJECT
from sandbox.visma_net.stamps import local
from sandbox.world import Address, World

VAT_CODES = (
    ("0", "Ingen mva-behandling", Decimal(0)),
    ("1", "Inngående mva høy sats", Decimal(25)),
    ("11", "Inngående mva middels sats", Decimal(15)),
    ("3", "Utgående mva høy sats", Decimal(25)),
    ("31", "Utgående mva middels sats", Decimal(15)),
    ("39", "Utgående mva finsk sats", Decimal("25.5")),
    ("5", "Innenlands omsetning uten mva", Decimal(0)),
    ("52", "Utførsel av varer og tjenester", Decimal(0)),
)
"""(id, name, percent). 39 is this company's own: it is registered in Finland too."""
ABROAD: Mapping[str, str] = {"3": "52", "31": "52"}
AT_HOME: Mapping[str, str] = {}
ZONES = (("01", "Innenlands", "3", AT_HOME), ("02", "EU", "52", ABROAD), ("03", "Utenfor EU", "52", ABROAD))
"""(id, name, default category, what becomes of an item's category). A sale abroad bears no Norwegian VAT."""
ACCOUNTS = (
    ("1500", "Kundefordringer", "Asset"),
    ("1920", "Bankinnskudd", "Asset"),
    ("2400", "Leverandørgjeld", "Liability"),
    ("2700", "Utgående merverdiavgift", "Liability"),
    ("2710", "Inngående merverdiavgift", "Liability"),
    ("2960", "Annen påløpt kostnad", "Liability"),
    ("3000", "Salgsinntekt, avgiftspliktig, høy sats", "Income"),
    ("3030", "Salgsinntekt, avgiftspliktig, middels sats", "Income"),
    ("3039", "Salgsinntekt, avgiftspliktig, finsk sats", "Income"),
    ("3100", "Salgsinntekt, avgiftsfri", "Income"),
    ("4300", "Innkjøp av varer for videresalg", "Expense"),
    ("4500", "Fremmedytelse og underentreprise", "Expense"),
    ("6540", "Inventar og leie av utstyr", "Expense"),
    ("6790", "Annen fremmed tjeneste", "Expense"),
    ("7140", "Reisekostnad, ikke oppgavepliktig", "Expense"),
)
CUSTOMER_CLASSES = (("10", "Innenlands kunder", "01"), ("20", "Kunder i EU", "02"), ("30", "Kunder utenfor EU", "03"))
KINDS = (
    ("VARE", "NonStockItem", "Varer", "STK"),
    ("TJEN", "ServiceItem", "Tjenester", "STK"),
    ("TIMER", "LaborItem", "Timer", "TIME"),
    ("UTLEGG", "ExpenseItem", "Reise og utlegg", "STK"),
)
RATES = (("25", "3", "3000"), ("15", "31", "3030"), ("255", "39", "3039"))
OTHER_CLASSES = (
    ("GEBYR", "ChargeItem", "Gebyrer", "STK"),
    ("LAGER", "FinishedGoodItem", "Lagervarer", "STK"),
)
"""Of types that Severa has no registry for."""
TERM_DAYS = (7, 14, 30)
"""45 days are missing here on purpose."""
UNITS = ("STK", "TIME", "H", "DAG", "KM", "SETT")
COUNTRIES = (("NO", "Norge"), ("SE", "Sverige"), ("FI", "Finland"), ("DK", "Danmark"), ("NL", "Nederland"))
COUNTIES = (("03", "Oslo"), ("15", "Møre og Romsdal"), ("18", "Nordland"), ("46", "Vestland"), ("50", "Trøndelag"))
UNUSED_CURRENCY = ("USD", "US dollar", Decimal("10.11"))
SYMBOLS = {"NOK": "kr", "EUR": "€", "SEK": "kr", "DKK": "kr", "USD": "$"}
ORGANISATION_ID, LEDGER = 1, "1"


def set_up(company: Company, world: World, at: datetime) -> None:
    """Fills what the company's own set-up screens hold; all of it stamped `at`."""
    stamp = {CREATED: local(at), CHANGED: local(at)}
    company.base_currency = world.organisation.currency
    company.countries = {code: {"id": code, "name": name} for code, name in COUNTRIES}
    company.counties = {code: {"id": code, "name": name} for code, name in COUNTIES}
    company.units = {unit.casefold() for unit in UNITS}
    company.vat_codes = {code: {"description": name, "_rate": percent} for code, name, percent in VAT_CODES}
    company.zones = {
        code: {"description": name, "defaultVatCategory": category, "_changes": changes}
        for code, name, category, changes in ZONES
    }
    _accounts(company, stamp)
    _classes(company)
    _terms(company, stamp)
    _currencies(company, world)
    _branches(company, world, stamp)
    _templates(company, at)


def _accounts(company: Company, stamp: Row) -> None:
    for number, name, kind in ACCOUNTS:
        company.accounts[number] = {
            "accountID": company.number("account", number),
            "accountCD": number,
            "type": kind,
            "active": True,
            "description": name,
            "cashAccount": number == "1920",
            CHANGED: stamp[CHANGED],
            "timeStamp": company.version(),
        }
    for number, name, kind in ((LEDGER, "Hovedbok", "Actual"), ("BUD", "Budsjett", "Budget")):
        company.ledgers[number] = {
            "internalId": company.number("ledger", number),
            "number": number,
            "description": name,
            "balanceType": kind,
            "currencyId": company.base_currency,
            "consolidationSource": False,
            "branchAccounting": False,
            CHANGED: stamp[CHANGED],
        }


def _classes(company: Company) -> None:
    for name, text, zone in CUSTOMER_CLASSES:
        company.customer_classes[name] = {
            "id": name,
            "description": text,
            "taxZoneId": zone,
            "requiredTaxzoneId": True,
            "paymentMethodId": "1",
            "attributes": [],
            "_terms": "14",
        }
    company.posting_classes = {"10": "Salg av varer", "20": "Konsulentinntekter"}
    for (prefix, kind, text, unit), (suffix, vat, account) in product(KINDS, RATES):
        percent = str(company.vat_codes[vat]["_rate"]).replace(".", ",")
        _item_class(company, (f"{prefix}{suffix}", kind, f"{text}, {percent} % mva", unit), vat, account)
    for other in OTHER_CLASSES:
        _item_class(company, other, "3", "3000")


def _item_class(company: Company, known: tuple[str, str, str, str], vat: str, account: str) -> None:
    name, kind, text, unit = known
    company.item_classes[name] = {
        "type": kind,
        "attributes": [],
        "id": name,
        "description": text,
        "_posting": "20" if kind == "LaborItem" else "10",
        "_vat": vat,
        "_account": account,
        "_unit": unit,
    }


def _terms(company: Company, stamp: Row) -> None:
    plain = [(str(days), f"Netto {days} dager", "AL", "N", days) for days in TERM_DAYS]
    for name, text, visible, kind, day in (
        *plain,
        ("L20", "Leverandør 20 dager", "VE", "N", 20),
        ("M15", "Den 15. i neste måned", "AL", "D", 15),
    ):
        company.terms[name] = {
            "termsId": name,
            "description": text,
            "visibleTo": visible,
            "dueDateType": kind,
            "dueDay1": day,
            "discountType": "N",
            "discountDay": 0,
            "discountPercent": 0.0,
            "instalmentType": "S",
            **stamp,
        }


def _currencies(company: Company, world: World) -> None:
    for code, name, rate in (*world.currencies, UNUSED_CURRENCY):
        company.rates[code] = rate
        company.currencies[code] = {
            "id": code,
            "description": name,
            "symbol": SYMBOLS[code],
            "isBaseCurrency": code == company.base_currency,
            "decimalPrecision": 2,
            "isUsedForAccounting": code != UNUSED_CURRENCY[0],
        }


def own_address(company: Company, place: Address, *about: object) -> Row:
    """An address of the world as a read shows it."""
    members = {
        "addressLine1": place.line1 or "",
        "addressLine2": place.line2 or "",
        "postalCode": place.postal_code or "",
        "city": place.city or "",
        "countryId": place.country,
    }
    return blocks.address(company, company.number("address", *about), members)


def _branches(company: Company, world: World, stamp: Row) -> None:
    """The main branch with the company's own VAT number, one abroad, one that is closed."""
    own = world.organisation
    zone = {"id": "01", "description": company.zones["01"]["description"]}
    common: Row = {
        "organizationId": ORGANISATION_ID,
        "currency": {"id": own.currency, "description": own.currency, "symbol": SYMBOLS[own.currency]},
        "vatZone": zone,
        "ledger": {"id": LEDGER, "description": "Hovedbok"},
        "defaultCountry": company.countries["NO"],
        CHANGED: stamp[CHANGED],
    }
    for number, name, vat, active in (
        ("1", "Hovedkontor", own.vat_number, True),
        ("2", "Filial Sverige", "SE556677889901", True),
        ("9", "Nedlagt avdeling", "", False),
    ):
        address = own_address(company, own.address, "branch", number)
        company.branches[number] = {
            "branchId": company.number("branch", number),
            "number": number,
            "name": name,
            "isMainBranch": number == "1",
            "isActive": active,
            "corporateId": own.organisation_number if number != "2" else "5566778899",
            "vatRegistrationId": vat,
            "mainAddress": address,
            "mainContact": blocks.contact(company.number("contact", "branch", number), {"name": name}),
            "deliveryAddress": address,
            "deliveryContact": blocks.contact(company.number("contact", "branch delivery", number), {}),
            **common,
        }
    company.organisation = {
        "organizationCd": str(ORGANISATION_ID),
        "name": own.name,
        "organizationType": "Without Branches",
        "fileTaxByBranches": False,
        "baseCurrency": own.currency,
        "mainAddress": own_address(company, own.address, "organisation"),
        "corporateId": own.organisation_number,
        "vatRegistrationId": own.vat_number,
        "defaultCountry": company.countries["NO"],
        "ledger": common["ledger"],
        "branches": [{"number": each["number"], "name": each["name"]} for each in company.branches.values()],
        "bankSettings": {"bankName": "Sparebanken Ålesund", "iban": "NO9386011117947", "bic": "DNBANOKK"},
        CHANGED: stamp[CHANGED],
        "timeStamp": company.version(),
    }


def _templates(company: Company, at: datetime) -> None:
    """The template Z with its task 10, and the non-project code."""
    for number, kind, name in (("Z", "template", "Severa"), (NON_PROJECT, "none", "Ikke-prosjekt")):
        row: Row = {
            "internalID": 0 if kind == "none" else company.number("project", number),
            "projectID": number,
            "_kind": kind,
            "customer": None,
            "template": None,
            "hold": False,
            "status": "Active",
            "description": name,
            "startDate": None,
            "endDate": None,
            "billingPeriod": "OnDemand",
            "autoAllocate": False,
            "automaticReleaseAr": False,
            "restrictEmployees": False,
            "restrictEquipment": False,
            "publicId": company.ids.guid("project", number),
            "systemTemplate": kind == "template",
            "visibility": dict(tasks.VISIBLE),
            **dict.fromkeys(("assets", "liability", "income", "expenses"), 0.0),
        }
        company.add(company.projects, row, created=at)
        if kind == "template":
            tasks.create(company, row, {"taskId": "10", "description": "Standard"})
