"""What must be so in PowerOffice before the switch-on: the guide's chapter and contract section 10, in their order.

The checks are data; below them is how each is looked at. What concerns records stands in `row_checks.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from connectors.fields import gather
from connectors.poweroffice.client import PowerOfficeClient, after
from connectors.poweroffice.registers import TERMS, VATS
from connectors.poweroffice.row_checks import SERIES, Range, row_checks
from connectors.values import Rejected, text, whole
from core.checks import Area, ByHand, Check, SeveraSetup, Sheet, Weight
from core.companies import same_company_number, similar_company_name
from core.row_checks import RowCheck

HARD, SOFT = Weight.HARD, Weight.SOFT
SETTINGS = "PowerOffice Go: Settings"
OUTGOING = "PowerOffice Go: the settings for the number series of outgoing invoices"
INVOICES_OF = timedelta(days=400)
"""How far back sent invoices are looked at for the numbers in use."""

ACCESS = Check(
    key="poweroffice.access",
    title="The keys are right and carry every privilege that is needed",
    where="PowerOffice Go: the extension of this integration, its privileges",
    todo="Give the integration the privileges in PowerOffice Go; the next token carries them.",
    weight=HARD,
    area=Area.ACCESS,
    source="ALL-10, PowerOffice contract 10",
)
COMPANY = Check(
    key="poweroffice.company",
    title="Both systems hold the same company",
    where=f"Severa: Settings > Organization; {SETTINGS} > Organization",
    todo="Take the client key of the right company. Where these two belong together, ignore it on the error desk.",
    weight=HARD,
    area=Area.ACCESS,
    source="ALL-10, PowerOffice contract 10",
)
COMPANY_NUMBER = Check(
    key="poweroffice.company_number",
    title="Both systems say the same organisation number",
    where=f"Severa: Settings > Organization; {SETTINGS} > Organization",
    todo="Correct the number that is wrong, or enter the one that is missing.",
    weight=SOFT,
    area=Area.ACCESS,
    source="ALL-10",
)
VAT_REGISTERED = Check(
    key="poweroffice.vat_registered",
    title="The company is registered for VAT in PowerOffice",
    where="PowerOffice Go: the settings for VAT",
    todo="Register it, or leave VAT out in Severa: else totals differ and invoices are refused.",
    weight=SOFT,
    area=Area.INVOICES,
    source="ALL-07, PowerOffice contract 7",
)
VAT_RATES = Check(
    key="poweroffice.vat_rates",
    title="PowerOffice has a VAT code for every VAT rate of Severa",
    where="PowerOffice Go: VAT codes; Severa: Settings, VAT rates",
    todo="Switch the rate off in Severa where nothing is sold with it, or see to a sales account with that rate.",
    weight=SOFT,
    area=Area.INVOICES,
    source="PowerOffice contract 7",
)
OWN_CURRENCY = Check(
    key="poweroffice.own_currency",
    title="Both systems keep their books in one currency",
    where="Severa: Settings, currencies; PowerOffice Go: the settings for accounting",
    todo="Check what severa.currency_rates in the tenant file is to mean: costs in another currency wait without it.",
    weight=SOFT,
    area=Area.REGISTERS,
    source="PowerOffice contract 10, Severa contract 14",
)
CURRENCIES = Check(
    key="poweroffice.currencies",
    title="PowerOffice has every currency of Severa switched on",
    where="PowerOffice Go: the settings for currencies",
    todo="Switch the currency on, or switch it off in Severa.",
    weight=SOFT,
    area=Area.REGISTERS,
    source="ALL-10, PowerOffice contract 10",
)
TERMS_THERE = Check(
    key="poweroffice.payment_terms",
    title="PowerOffice has payment terms",
    where="PowerOffice Go: the settings for payment terms",
    todo="Make payment terms with the days that Severa's invoices have.",
    weight=HARD,
    area=Area.INVOICES,
    source="ALL-10, PowerOffice contract 7",
)
LOCKED = Check(
    key="poweroffice.lock_date",
    title="The books are open",
    where="PowerOffice Go: the settings for accounting, lock date",
    todo="Move the lock date: on or before it nothing can be posted.",
    weight=SOFT,
    area=Area.INVOICES,
    source="PowerOffice contract 10",
)
CUSTOMER_SERIES = Check(
    key="poweroffice.customer_series",
    title="PowerOffice has a number series for customers",
    where=SERIES,
    todo="Make a series that holds Severa's customer numbers: others are refused.",
    weight=HARD,
    area=Area.NUMBERS,
    source="PO-03, PowerOffice contract 8",
)
EMPLOYEE_SERIES = Check(
    key="poweroffice.employee_series",
    title="PowerOffice has a number series for employees",
    where=SERIES,
    todo="Make a series that holds the employee numbers.",
    weight=SOFT,
    area=Area.NUMBERS,
    source="PO-12, PowerOffice contract 8",
)
INVOICE_NUMBERS = Check(
    key="poweroffice.invoice_numbers",
    title="New invoice numbers of PowerOffice do not run into old ones of Severa",
    where=OUTGOING,
    todo="Let PowerOffice begin above the highest invoice number of Severa.",
    weight=SOFT,
    area=Area.NUMBERS,
    source="guide: Invoice numbering",
)

BY_HAND = (
    ByHand(
        title="Severa's own PowerOffice integration is off: two of them would send every invoice twice",
        where="Severa: Settings > PowerOffice > Enable integration",
        source="guide: Enabling the integration, 5",
    ),
    ByHand(
        title="PowerOffice's next invoice number follows the numbering that customers know",
        where=OUTGOING,
        source="guide: Invoice numbering; the contract has no path for the series",
    ),
    ByHand(
        title="The registry comparison report was read: what is linked, what looks like one item and will not be",
        where="severa-sync compare TENANT",
        source="guide: Registry check before enabling",
    ),
    ByHand(
        title="The field that carries our key of a project cost is not printed on invoices",
        where="The tenant file, severa.fee_key_field",
        source="Severa contract 8 and 14: only a write on a test project would show it",
    ),
)


class PowerOfficeChecks:
    """Looks at the settings of one company. What `look` has read is there for the checks of records afterwards."""

    def __init__(self, client: PowerOfficeClient) -> None:
        self._client = client
        self.access = ACCESS
        self.by_hand: Sequence[ByHand] = BY_HAND
        self.term_days: frozenset[int] = frozenset()
        self.currencies: frozenset[str] = frozenset()
        self.series: Mapping[str, tuple[Range, ...]] = {}

    async def look(self, severa: SeveraSetup, today: date) -> Sheet:
        """Eight calls."""
        sheet = Sheet()
        await self._company(sheet, severa)
        await self._vat(sheet, severa)
        await self._money(sheet, severa)
        lock = await sheet.read((LOCKED,), self._client.row("/LockDateSettings", {}))
        locked = _day(lock, "LockDate")
        sheet.holds(LOCKED, locked is None or locked < today, f"The books are locked up to {locked}.")
        await self._terms(sheet)
        await self._series(sheet)
        return sheet

    async def look_at_numbers(self, severa: SeveraSetup, today: date) -> Sheet:
        """One list of the year's sent invoices; all of them where there are none."""
        sheet = Sheet()
        since = datetime.combine(today, time(), UTC) - INVOICES_OF
        used: list[int] = []
        for asked in (after(since), None):
            call = self._client.rows("/OutgoingInvoices", sentDateTimeOffsetGreaterThan=asked)
            if (found := await sheet.read((INVOICE_NUMBERS,), call)) is None:
                return sheet
            used = [number for row in found.rows if (number := _whole(row, "InvoiceNo")) is not None]
            if used:
                break
        highest, last = max(used, default=None), severa.last_invoice
        if highest is None or last is None:
            return sheet  # nothing to compare; the next number is for a person to see
        sheet.made(INVOICE_NUMBERS)
        if last > highest:
            sheet.found(
                INVOICE_NUMBERS,
                f"PowerOffice goes on after {highest}, and Severa has numbers up to {last}.",
                why="An invoice would get a number that another one in Severa has.",
            )
        return sheet

    def row_checks(self) -> tuple[RowCheck, ...]:
        """Those that need a register only where it could be read."""
        return row_checks(self.term_days, self.currencies, self.series)

    async def _company(self, sheet: Sheet, severa: SeveraSetup) -> None:
        row = await sheet.read((COMPANY, COMPANY_NUMBER), self._client.row("/OrganizationSettings", {}))
        if row is None or not (severa.name or severa.company_numbers):
            return  # what Severa does not say of itself is a finding there
        number, names = _text(row, "OrganizationNumber"), [_text(row, name) for name in ("Name", "LegalName")]
        same = same_company_number(severa.company_numbers, [number])
        alike = any(similar_company_name(severa.name, name) for name in names)
        ours = f"{severa.name} ({', '.join(severa.company_numbers) or 'no number'})"
        theirs = f"{names[0]} ({number or 'no number'})"
        sheet.holds(COMPANY, bool(same) or alike, f"Severa is {ours}, PowerOffice is {theirs}.")
        sheet.holds(
            COMPANY_NUMBER, bool(same) or not alike, f"Severa is {ours}, PowerOffice is {theirs}.",
            why="The names agree, the numbers do not." if same is False else "One of them has no number.",
        )  # fmt: skip

    async def _vat(self, sheet: Sheet, severa: SeveraSetup) -> None:
        row = await sheet.read((VAT_REGISTERED,), self._client.row("/VatSettings", {}))
        if row is not None:
            registered = row.get("IsVatRegistered") is not False
            sheet.holds(VAT_REGISTERED, registered, "The company is not registered for VAT.")
        found = await sheet.read((VAT_RATES,), self._client.rows("/VatCodes"))
        if found is None:
            return
        codes, _ = gather(found.rows, VATS.build, title="VAT code", key="Id")
        rates = {(code.rate * 100).normalize() for code in codes}
        sheet.made(VAT_RATES)
        for percent in sorted(severa.vat_percents - rates):
            sheet.found(VAT_RATES, f"No VAT code of PowerOffice has {percent:f} %.", part=f"{percent:f}")

    async def _money(self, sheet: Sheet, severa: SeveraSetup) -> None:
        row = await sheet.read((OWN_CURRENCY,), self._client.row("/FinancialSettings", {}))
        own = _text(row, "CurrencyCode")
        if own is not None and severa.own_currency is not None:
            what = f"Severa's own currency is {severa.own_currency}, PowerOffice's is {own}."
            sheet.holds(OWN_CURRENCY, own.upper() == severa.own_currency, what)
        found = await sheet.read((CURRENCIES,), self._client.rows("/Currencies"))
        if found is None:
            return
        active = {_text(row, "Code") for row in found.rows if isinstance(row, Mapping) and row.get("IsActive") is True}
        self.currencies = frozenset(code.upper() for code in active if code)
        sheet.made(CURRENCIES)
        for code in sorted(severa.currencies - self.currencies):
            sheet.found(CURRENCIES, f"{code} is not switched on in PowerOffice.", part=code)

    async def _terms(self, sheet: Sheet) -> None:
        found = await sheet.read((TERMS_THERE,), self._client.rows("/PaymentTerms"))
        if found is None:
            return
        terms, _ = gather(found.rows, TERMS.build, title="Payment term", key="Id")
        self.term_days = frozenset(term.days for term in terms if term.active and term.days is not None)
        sheet.holds(TERMS_THERE, bool(self.term_days), "PowerOffice has no active payment term.")

    async def _series(self, sheet: Sheet) -> None:
        found = await sheet.read((CUSTOMER_SERIES, EMPLOYEE_SERIES), self._client.rows("/SubLedgerNumberSeries"))
        if found is None:
            return
        kinds = {"Customer": CUSTOMER_SERIES, "Employee": EMPLOYEE_SERIES}
        self.series = {kind: _ranges(found.rows, kind) for kind in kinds}
        for kind, check in kinds.items():
            sheet.holds(check, bool(self.series[kind]), f"PowerOffice has no number series for {kind.lower()}s.")


def _ranges(rows: Sequence[Any], kind: str) -> tuple[Range, ...]:
    found = []
    for row in rows:
        low, high = _whole(row, "FromInclusive"), _whole(row, "ToInclusive")
        if _text(row, "SubLedgerNumberSeriesType") == kind and low is not None:
            found.append(Range(low, 2**63 if high is None else high))
    return tuple(found)


def _text(row: Any, name: str) -> str | None:
    with suppress(Rejected):
        return text(row.get(name)) if isinstance(row, Mapping) else None
    return None


def _whole(row: Any, name: str) -> int | None:
    with suppress(Rejected):
        return whole(row.get(name)) if isinstance(row, Mapping) else None
    return None


def _day(row: Any, name: str) -> date | None:
    """A date; a time part is cut off (contract section 1)."""
    with suppress(ValueError):
        return date.fromisoformat((_text(row, name) or "")[:10])
    return None
