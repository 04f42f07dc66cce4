"""The demo company's set-up in Go: VAT codes, chart of accounts, terms, currencies, series, settings."""

from datetime import datetime
from decimal import Decimal

from sandbox.poweroffice.company import Company, stamp
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.money import shown
from sandbox.store import Row
from sandbox.world import World

VAT_CODES = (
    ("0", "Ingen mva-behandling", Decimal(0)),
    ("1", "Inngående avgift, høy sats", Decimal("0.25")),
    ("11", "Inngående avgift, middels sats", Decimal("0.15")),
    ("3", "Utgående avgift, høy sats", Decimal("0.25")),
    ("31", "Utgående avgift, middels sats", Decimal("0.15")),
    ("33", "Utgående avgift, lav sats", Decimal("0.12")),
    ("5", "Avgiftsfri innenlands omsetning", Decimal(0)),
    ("39", "Utgående avgift, finsk sats (egendefinert)", Decimal("0.255")),
)
"""(code, name, rate). 39 is this company's own: rates live in VAT codes, so an odd one can be had."""
ACCOUNTS = (
    (1500, "Kundefordringer", "Asset", "0"),
    (1920, "Bankinnskudd", "Asset", "0"),
    (2400, "Leverandørgjeld", "Liability", "0"),
    (2700, "Utgående merverdiavgift", "Liability", "0"),
    (2710, "Inngående merverdiavgift", "Liability", "0"),
    (3000, "Salgsinntekt, avgiftspliktig, høy sats", "Income", "3"),
    (3030, "Salgsinntekt, avgiftspliktig, middels sats", "Income", "31"),
    (3039, "Salgsinntekt, avgiftspliktig, finsk sats", "Income", "39"),
    (3100, "Salgsinntekt, avgiftsfri", "Income", "5"),
    (4000, "Innkjøp av råvarer", "Expense", "1"),
    (4300, "Innkjøp av varer for videresalg", "Expense", "1"),
    (4500, "Fremmedytelse og underentreprise", "Expense", "1"),
    (6700, "Revisjons- og regnskapshonorar", "Expense", "1"),
    (6790, "Annen fremmed tjeneste", "Expense", "1"),
    (7140, "Reisekostnad, ikke oppgavepliktig", "Expense", "0"),
    (7740, "Øreavrunding", "Expense", "0"),
    (8060, "Valutagevinst (agio)", "Income", "0"),
    (8160, "Valutatap (disagio)", "Expense", "0"),
)
"""(number, name, type, VAT code), after the Norwegian standard chart."""
SALES_ACCOUNTS = {Decimal(25): 3000, Decimal(15): 3030, Decimal("25.5"): 3039, Decimal(0): 3100}
"""VAT percentage -> sales account."""
TERMS = ((7, False), (14, True), (30, False))
"""(credit days, default). 45 days are missing here on purpose."""
INACTIVE_CURRENCIES = (("GBP", Decimal("13.42")), ("USD", Decimal("10.11")))


def set_up(company: Company, world: World, at: datetime) -> None:
    """Fills what Go's own set-up screens hold; all of it stamped `at`."""
    _ledger(company, at)
    for days, default in TERMS:
        row = {
            "Id": company.number("payment term", days),
            "Name": f"Netto {days} dager",
            "CreditDays": days,
            "IsActive": True,
            "IsDefault": default,
        }
        company.terms.insert(row, created=at)
    known = {code: rate for code, _, rate in world.currencies}
    for code, rate in [*known.items(), *(each for each in INACTIVE_CURRENCIES if each[0] not in known)]:
        company.currencies.insert({"Code": code, "Notation": code, "IsActive": code in known})
        company.rates[code] = rate
    _series(company, world)
    _settings(company, world, at)


def _ledger(company: Company, at: datetime) -> None:
    for position, (code, name, rate) in enumerate(VAT_CODES):
        row: Row = {
            **answers.VAT_CODE,
            "Id": 0 if code == "0" else 201_600 + position,
            "Code": code,
            "Name": name,
            "Description": name,
            "Rate": shown(rate),
            "IsActive": True,
            "IsCustom": code == "39",
            "ValidFrom": "2005-01-01",
        }
        company.vat_codes.insert(row)
    codes = {row["Code"]: row["Id"] for row in company.vat_codes}
    for number, name, kind, code in ACCOUNTS:
        account = {
            "Id": company.number("account", number),
            "AccountNo": number,
            "Name": name,
            "GeneralLedgerAccountType": kind,
            "VatCodeId": codes[code],
            "IsActive": True,
            "IsVatCodeLocked": False,
            "IsDepartmentRequired": False,
            "IsProjectRequired": False,
        }
        company.accounts.insert(account, created=at)
    company.default_accounts = {
        "StandardSalesAccountId": account_id(company, 3000),
        "OptionalSalesAccountId": account_id(company, 3100),
    }


def account_id(company: Company, number: int) -> int:
    """The id of the account with this number."""
    return int(company.accounts.find("AccountNo", number)[0]["Id"])


def _series(company: Company, world: World) -> None:
    def highest(numbers: list[int], usual: int) -> int:
        top = max(numbers, default=0)
        return usual if top <= usual else top // 10_000 * 10_000 + 9_999

    customers = highest([c.number for c in world.customers if c.number is not None], 19_999)
    suppliers = [supplier.number for supplier in world.suppliers]
    for kind, low, high, account in (
        ("Customer", 10_000, customers, 1500),
        ("Supplier", min(suppliers, default=20_000) // 10_000 * 10_000, highest(suppliers, 29_999), 2400),
        ("Employee", 1, 9_999, 2400),
    ):
        company.series.insert(
            {
                "Id": company.ids.guid("number series", kind),
                "Name": f"{kind} {low}-{high}",
                "SubLedgerNumberSeriesType": kind,
                "FromInclusive": low,
                "ToInclusive": high,
                "GeneralLedgerAccountId": account_id(company, account),
                "GeneralLedgerAccountNo": account,
                "IsDefault": True,
                "IsClientTrust": False,
            }
        )


def _settings(company: Company, world: World, at: datetime) -> None:
    organisation, changed = world.organisation, stamp(at)
    address = {
        "AddressLine1": organisation.address.line1,
        "AddressLine2": organisation.address.line2,
        "ZipCode": organisation.address.postal_code,
        "City": organisation.address.city,
        "CountryCode": organisation.address.country,
    }
    company.settings["OrganizationSettings"] = {
        **answers.ORGANIZATION_SETTING,
        "Id": company.ids.guid("organisation"),
        "Name": organisation.name,
        "LegalName": organisation.name,
        "OrganizationNumber": organisation.organisation_number,
        "EmailAddress": "post@fjellradgiverne.example",
        "MailAddress": address,
        "DeliveryAddress": address,
        "MailAddressIsDeliveryAddress": True,
        "InvoiceInboxEhf": True,
        "InvoiceInboxEmail": False,
        "IsAgricultureClient": False,
        "LastChangedDateTimeOffset": changed,
    }
    company.settings["VatSettings"] = {
        **answers.VAT_SETTINGS,
        "IsVatRegistered": True,
        "VatNumber": organisation.vat_number,
        "VatPeriod": "BiMonthly",
        "VatReturnType": "GeneralIndustry",
        "ReportAlternativeVatReturn": False,
        "ReportVatReturnManually": False,
        "UseVatCompensation": False,
        "RoundingAccountId": account_id(company, 7740),
        "RoundingAccountNo": 7740,
    }
    company.settings["FinancialSettings"] = {
        **answers.FINANCIAL_SETTINGS,
        "CurrencyCode": organisation.currency,
        "ConversionDate": "2018-01-01",
        "CurrencyGainsAccountId": account_id(company, 8060),
        "CurrencyGainsAccountNo": 8060,
        "CurrencyLossAccountId": account_id(company, 8160),
        "CurrencyLossAccountNo": 8160,
        "FinancialYearEndMonth": "December",
        "UseTrustAccountManagement": False,
        "LastChangedDateTimeOffset": changed,
    }
    company.settings["LockDateSettings"] = {"LockDate": f"{at.year - 1}-12-31"}
