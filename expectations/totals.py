"""The total check of a batch of invoices, stated as an expectation (ALL-07).

The gate that decides about each invoice is `core.money.TotalCheck`; it ran before. Here the same totals go through an
expectation of our own, whose verdict must be the gate's, and the result is published as Data Docs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from core.money import TotalCheck, minor_digits, tolerance_minor
from expectations.loading import great_expectations

_FOLDER = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class TotalRow:
    """The two totals including VAT of one invoice, as the gate compared them."""

    reference: str
    """Severa's id of the invoice."""
    label: str
    """The invoice as people call it. Text of a vendor: not trusted."""
    severa: int
    """Severa's total in whole minor units of `severa_currency`."""
    erp: int
    """The ERP's own total in whole minor units of `erp_currency`."""
    severa_currency: str
    erp_currency: str
    passed: bool
    """What the gate decided."""

    @classmethod
    def of(cls, reference: str, label: str, check: TotalCheck, *, passed: bool) -> TotalRow:
        """The row of a total check: both totals are quantised to their currency's minor unit."""
        severa, erp = check.severa, check.erp
        return cls(reference, label, severa.minor, erp.minor, severa.currency, erp.currency, passed)

    @property
    def comparable(self) -> bool:
        """Totals in different currencies are never compared."""
        return self.severa_currency == self.erp_currency

    @property
    def severa_total(self) -> str:
        """Severa's total for people: `12 345.50 NOK`."""
        return in_words(self.severa, self.severa_currency)

    @property
    def erp_total(self) -> str:
        """The ERP's total for people."""
        return in_words(self.erp, self.erp_currency)

    @property
    def difference(self) -> str:
        """ERP minus Severa for people, with its sign; empty when the totals are not comparable."""
        return in_words(self.erp - self.severa, self.severa_currency, sign="+") if self.comparable else ""

    @property
    def allowed(self) -> str:
        """The largest difference that passes, for people; empty when the totals are not comparable."""
        return in_words(tolerance_minor(self.severa_currency), self.severa_currency) if self.comparable else ""


@dataclass(frozen=True, slots=True)
class TotalsResult:
    """What the expectation says about a batch."""

    passed: dict[str, bool]
    """Reference -> the expectation's verdict; of several rows of one reference all must pass."""
    disagreements: list[str]
    """One sentence per invoice of which the gate and the expectation disagree; anything here is a bug."""
    docs_index: Path | None
    """The first page of the tenant's Data Docs; None when none were built."""


def validate_totals(totals: Sequence[TotalRow], *, tenant: str, run: str, docs: Path | None) -> TotalsResult:
    """Validate one batch and, with `docs`, add the result to the tenant's Data Docs under `docs`/TENANT/.

    `run` names the validation in the history. An empty batch imports nothing and builds nothing. Raises ValueError
    for a tenant's name that is no folder name, `core.errors.BugError` when Great Expectations could not evaluate the
    batch or write its page, OSError when the folder cannot be written.
    """
    if not _FOLDER.fullmatch(tenant):
        raise ValueError(f"{tenant!r} is not a tenant's name")
    if not totals:
        return TotalsResult({}, [], None)
    with great_expectations():
        from expectations.validation import validate  # noqa: PLC0415  # seconds, and only a batch needs it

        failed, index = validate(totals, tenant=tenant, run=run, folder=None if docs is None else docs / tenant)
    passed = {row.reference: True for row in totals}
    for place in failed:
        passed[totals[place].reference] = False
    disagreements = [_disagreement(row) for place, row in enumerate(totals) if row.passed is (place in failed)]
    return TotalsResult(passed, disagreements, index)


def in_words(minor: int, currency: str, *, sign: str = "-") -> str:
    """A whole number of minor units as an amount for people: thousands apart, the currency's decimals and code."""
    amount = Decimal(minor).scaleb(-minor_digits(currency))
    return f"{amount:{sign},f} {currency}".replace(",", "\N{NO-BREAK SPACE}")


def _disagreement(row: TotalRow) -> str:
    gate, expectation = ("passes", "fails") if row.passed else ("fails", "passes")
    return (
        f"{row.label} ({row.reference}): by the gate it {gate}, by the expectation it {expectation}; "
        f"Severa {row.severa_total}, ERP {row.erp_total}."
    )
