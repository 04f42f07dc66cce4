"""A project cost of Visma.net, and what a source of costs brings (VN-16 to VN-18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from connectors.ports import Problem
from core.invoices import CostRow, FileRef


@dataclass(frozen=True, slots=True)
class Period:
    """Document dates that count, both days included; without an end all that follow."""

    begin: date
    end: date | None

    def holds(self, day: date) -> bool:
        """Whether a day belongs to it."""
        return self.begin <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Found:
    """What one source brought; `latest` is the latest time of change among it."""

    rows: Sequence[CostRow]
    problems: Sequence[Problem]
    latest: datetime | None
    date: datetime | None


def project_cost(
    key: tuple[str, str, int],
    *,
    project_id: str | None,
    project_code: str,
    amount: Decimal,
    currency: str,
    text: Sequence[str | None],
    cost_date: date,
    files: Sequence[FileRef],
) -> CostRow:
    """A cost of quantity 1. `key` is (kind, number, row) of its document, `text` the parts of its description."""
    kind, number, line = key
    return CostRow(
        id=f"{kind}/{number}/{line}",
        voucher_id=f"{kind}/{number}",
        voucher_number=number,
        voucher_type=kind,
        project_id=project_id,
        project_code=project_code,
        product_id=None,
        product_code=None,
        quantity=Decimal(1),
        unit_price=amount,
        amount=amount,
        currency=currency,
        amount_company=amount,
        company_currency=currency,
        description=", ".join(part for part in text if part) or None,
        cost_date=cost_date,
        files=tuple(dict.fromkeys(files)),
    )
