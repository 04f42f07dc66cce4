"""Purchase invoice rows from the general ledger (PO-14, contract section 9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.fields import gather
from connectors.ports import Read
from connectors.poweroffice.client import PowerOfficeClient, after
from connectors.poweroffice.invoice_mapping import COSTS
from connectors.poweroffice.invoices import COMPANY_CURRENCY
from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.values import LARGEST
from core.invoices import CostRow
from core.money import quantise

OF_A_LEDGER = ("SupplierAccountNo", "CustomerAccountNo", "EmployeeAccountNo", "SubLedgerEntryId")
"""A row that has one of these is the document's own entry in a sub-ledger, not a cost."""
REVERSING = ("ReversalVoucher", "CorrectionVoucher")
FOUR_DECIMALS = Decimal("0.0001")


class Costs:
    """Ledger rows that name a project. Dates are posting dates; the period stays, the change filter moves."""

    def __init__(self, client: PowerOfficeClient, settings: PowerOfficeSettings) -> None:
        self._client = client
        self._settings = settings

    async def rows(
        self, since: datetime | None, *, posted_from: date, posted_until: date | None, today: date
    ) -> Read[CostRow]:
        """Rows posted in the period (both days included) that are new or changed at or after `since`."""
        until = posted_until or date(today.year + self._settings.cost_years_ahead, today.month, min(today.day, 28))
        filters = {
            "fromDate": posted_from.isoformat(),
            "toDate": until.isoformat(),
            "voucherTypes": ",".join(self._settings.voucher_types),
            "accountNos": self._settings.cost_accounts,
            "lastChangedDateTimeOffsetGreaterThan": None if since is None else after(since),
        }
        listed = await self._client.rows("/AccountTransactions", **filters)
        wanted = [row for row in listed.rows if is_cost(row)]
        items, problems = gather(wanted, cost, title=COSTS.title, key="Id")
        return Read(tuple(items), tuple(problems), listed.started, full=since is None)


def is_cost(row: Any) -> bool:
    """Whether a ledger row is a purchase row of a project. A row that is no object is looked at further."""
    if not isinstance(row, Mapping):
        return True
    if not row.get("ProjectCode") or row.get("IsNoteMainEntry") is True:
        return False
    if any(row.get(name) is not None for name in OF_A_LEDGER):
        return False
    reverses = row.get("ReversedVoucherId") or row.get("CorrectionOfVoucherId")
    return bool(reverses) or row.get("VoucherType") not in REVERSING


def cost(row: Any) -> CostRow:
    """A project cost of a ledger row. A positive amount is a cost, credit notes and reversals are negative."""
    values = COSTS.read(row)
    currency = values["currency"] or COMPANY_CURRENCY
    amount = quantise(values["amount"] if values["currency"] else values["amount_company"], currency)
    quantity, unit_price = divided(amount, values["quantity"], currency)
    return CostRow(
        id=values["id"],
        voucher_id=values["voucher_id"],
        voucher_number=values["voucher_number"],
        voucher_type=values["voucher_type"],
        project_id=values["project_id"],
        project_code=values["project_code"],
        product_id=values["product_id"],
        product_code=values["product_code"],
        quantity=quantity,
        unit_price=unit_price,
        amount=amount,
        currency=currency,
        amount_company=quantise(values["amount_company"], COMPANY_CURRENCY),
        company_currency=COMPANY_CURRENCY,
        description=values["description"] or values["voucher_description"],
        cost_date=values["cost_date"],
        reverses=values["reversed_voucher"] or values["corrected_voucher"],
    )


def divided(amount: Decimal, quantity: Decimal | None, currency: str) -> tuple[Decimal, Decimal]:
    """Quantity and unit price that give the amount back; (1, amount) when no price of 4 decimals does."""
    if quantity and abs(amount) < abs(quantity) * LARGEST:
        price = (amount / quantity).quantize(FOUR_DECIMALS, rounding=ROUND_HALF_UP).normalize() + 0
        if quantise(price * quantity, currency) == amount:
            return quantity, price
    return Decimal(1), amount
