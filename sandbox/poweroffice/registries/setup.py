"""Settings, payment terms, currencies, VAT codes, ledger accounts and number series: read only."""

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.routing import Handler
from sandbox.poweroffice.search import Search
from sandbox.store import Row


def setting(name: str) -> Handler:
    """Answers one settings object."""

    def answer(company: Company, _call: Call) -> Answer:
        return Answer(200, company.settings[name])

    return answer


def terms_listed(company: Company, _call: Call) -> Listing:
    """``GET /PaymentTerms``."""
    return Listing(list(company.terms), dict)


def currencies_listed(company: Company, call: Call) -> Listing:
    """``GET /Currencies``."""
    search = Search(company.currencies, "Code")
    search.member("Code", call.asked.get("currencyCode"))
    search.member("IsActive", call.asked.get("isActive"))
    return Listing(search.rows(), dict)


def vat_codes_listed(company: Company, call: Call) -> Listing:
    """``GET /VatCodes``; expired ones only when asked for."""
    search = Search(company.vat_codes)
    search.member("IsActive", call.asked.get("isActive"))
    if not call.asked.get("includeExpired"):
        today = company.today().isoformat()
        search.where(lambda row: row["ValidTo"] is None or row["ValidTo"] >= today)
    return Listing(search.rows(), dict)


def account_shown(company: Company, row: Row) -> Row:
    """A ledger account as Go shows it."""
    return {**answers.GENERAL_LEDGER_ACCOUNT, **row, "VatCode": company.code(company.vat_codes, row.get("VatCodeId"))}


def accounts_listed(company: Company, call: Call) -> Listing:
    """``GET /GeneralLedgerAccounts``."""
    asked, search = call.asked, Search(company.accounts)
    search.numbers("AccountNo", asked.get("accountNos"))
    search.changed_after(asked.get("lastChangedDateTimeOffsetGreaterThan"))
    if asked.get("agricultureDepartments") is not None:
        search.where(lambda row: row.get("AgricultureDepartment") in asked.get("agricultureDepartments"))
    return Listing(search.rows(), lambda row: account_shown(company, row))


def series_listed(company: Company, call: Call) -> Listing:
    """``GET /SubLedgerNumberSeries``."""
    asked, search = call.asked, Search(company.series)
    search.equal("SubLedgerNumberSeriesType", asked.get("subLedgerNumberSeriesType"))
    search.member("IsDefault", asked.get("isDefault"))
    search.numbers_of("GeneralLedgerAccountNo", asked.get("generalLedgerAccountNos"))
    return Listing(search.rows(), dict)
