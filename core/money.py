"""Money is Decimal, quantised at named points (law 6), and the total check decides here (ALL-07)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

TOLERANCE = Decimal("0.05")
"""Largest difference of two totals including VAT that still passes, in major units of the currency (ALL-07)."""

_MINOR_DIGITS = dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX"), 0)
_MINOR_DIGITS |= dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0)
_MINOR_DIGITS |= dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)


def minor_digits(currency: str) -> int:
    """Decimals of a currency's minor unit (ISO 4217): 2 for most, 0 for ISK or JPY, 3 for KWD."""
    return _MINOR_DIGITS.get(currency.upper(), 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in major units of an ISO 4217 currency."""

    amount: Decimal
    currency: str

    def quantised(self) -> Money:
        """Rounded half up to the currency's minor unit: a double's noise is not a difference."""
        return Money(quantise(self.amount, self.currency), self.currency)

    @property
    def minor(self) -> int:
        """The amount as a whole number of minor units (øre, cents)."""
        return to_minor(self.amount, self.currency)

    def __str__(self) -> str:
        return f"{self.quantised().amount} {self.currency}"


def quantise(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half up (away from zero) to the minor unit of `currency`."""
    return amount.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=ROUND_HALF_UP)


def to_minor(amount: Decimal, currency: str) -> int:
    """`amount` in major units as a whole number of minor units, rounded half up."""
    return int(quantise(amount, currency).scaleb(minor_digits(currency)))


def tolerance_minor(currency: str) -> int:
    """The tolerance of 0.05 as whole minor units: 5 for NOK, 0 for ISK, 50 for KWD."""
    return int(TOLERANCE.scaleb(minor_digits(currency)))


@dataclass(frozen=True, slots=True)
class TotalCheck:
    """Severa's total including VAT against the ERP's own, in one currency (VN-11, ALL-07)."""

    severa: Money
    erp: Money

    @property
    def comparable(self) -> bool:
        """Totals in different currencies are never compared."""
        return self.severa.currency == self.erp.currency

    @property
    def difference_minor(self) -> int:
        """ERP minus Severa in minor units; only for comparable totals."""
        if not self.comparable:
            raise ValueError(f"totals in {self.severa.currency} and {self.erp.currency} are not comparable")
        return self.erp.minor - self.severa.minor

    @property
    def difference(self) -> Decimal:
        """ERP minus Severa in major units, quantised."""
        return Decimal(self.difference_minor).scaleb(-minor_digits(self.severa.currency))

    @property
    def passes(self) -> bool:
        """True when the difference is at most 0.05 and the currencies are the same."""
        return self.comparable and abs(self.difference_minor) <= tolerance_minor(self.severa.currency)
