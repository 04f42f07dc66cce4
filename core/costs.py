"""Purchase costs in: which ledger rows become project costs, and with what figures (PO-14, ALL-08). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from decimal import Decimal

from core.invoices import CostRow, FileRef
from core.money import quantise

PRODUCT_TYPES = {"goods": "Materials", "service": "Subcontracting"}
"""PO-10: the ERP's product type and Severa's type of a cost."""


def cost_key(system: str, row: CostRow) -> str:
    """The key by which a row is imported once, for good."""
    return f"{system}:{row.id}"


def fingerprint(row: CostRow) -> str:
    """What a cost was made of; another one later means that the row was edited after the import."""
    parts = (row.project_id, row.project_code, row.currency, format(row.amount.normalize() + 0, "f"))
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()[:16]


def version(row: CostRow) -> str:
    """What the row was made of, all of it: another one later is another chance for a row that failed."""
    return hashlib.sha256(repr(row).encode()).hexdigest()[:16]


def belongs(row: CostRow, imported_vouchers: Collection[str]) -> bool:
    """Reversals and corrections count only where the voucher that they undo was imported."""
    return row.reverses is None or row.reverses in imported_vouchers


def in_currency(
    row: CostRow, currency: str | None, values: Mapping[str, Decimal]
) -> tuple[Decimal, Decimal, str, bool] | None:
    """(quantity, unit cost, currency, converted) of a row for a project in `currency`; None when no rate is known.

    The row's own currency when it is the project's; the company's amount when that is; else converted by `values`, what
    one unit of each currency is worth in the organisation's own.
    """
    if currency is None or currency == row.currency:
        return row.quantity, row.unit_price, row.currency, False
    if currency == row.company_currency:
        return Decimal(1), row.amount_company, currency, False
    ours, theirs = values.get(row.currency), values.get(currency)
    if not ours or not theirs:
        return None
    return Decimal(1), quantise(row.amount * ours / theirs, currency), currency, True


def price_of(unit_cost: Decimal, currency: str, *, billable: bool, percent: Decimal | None) -> Decimal:
    """What a unit of a cost is billed at: 0.00, or the cost times `percent` of it where that is set (VN-17)."""
    if not billable or percent is None:
        return Decimal("0.00")
    return quantise(unit_cost * percent / 100, currency)


def file_key(system: str, file: FileRef) -> str:
    """The key of a revision of a file: it goes once to each project (VN-18)."""
    return f"{system}:file:{file.id}:{file.revision}"


def worth(rates: Mapping[str, Decimal], direction: str) -> dict[str, Decimal]:
    """What one unit of each currency is worth in the organisation's own, from Severa's rates.

    `direction` is the tenant's word for what a rate means, because the contract does not say it: `own_per_unit`,
    `units_per_own`, or `none`, which converts nothing.
    """
    if direction == "own_per_unit":
        return dict(rates)
    if direction == "units_per_own":
        return {code: 1 / rate for code, rate in rates.items() if rate}
    return {}
