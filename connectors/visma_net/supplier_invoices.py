"""Supplier invoices as costs of projects (VN-16, contract section 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.fields import label
from connectors.ports import Problem
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.cost_rows import Found, Period, project_cost
from connectors.visma_net.documents import files_of
from connectors.visma_net.invoice_mapping import SUPPLIER_INVOICES, SUPPLIER_LINES
from connectors.visma_net.reading import changed_since, latest
from connectors.visma_net.registers import Registers
from connectors.visma_net.rows import Records
from core.errors import BadDataError, SyncError
from core.invoices import CostRow
from core.money import quantise

PATH = "/v1/supplierInvoice"
ONE = "/v1/supplierInvoice/{documentType}/{invoiceNumber}"
TYPES: Mapping[str, int] = {"Invoice": 1, "CreditAdj": 1, "DebitAdj": -1}
"""Document types that become costs, and their sign; others are skipped."""
RELEASED = ("Open", "Closed")

Values = dict[str, Any]


class SupplierInvoices:
    """Released supplier invoices of one company. Released documents cannot be edited: a row is imported once."""

    def __init__(self, client: VismaNetClient, registers: Registers, records: Records) -> None:
        self._client = client
        self._registers = registers
        self._records = records

    async def found(self, since: datetime | None, period: Period) -> Found:
        """Rows that name a project, of invoices of the period, new or changed at or after `since`."""
        listed = await self._client.rows(
            PATH,
            None,
            expandAttachment="true",
            docDate=period.begin.isoformat(),
            docDateCondition=">=",
            **changed_since(since, self._records),
        )
        rows: list[CostRow] = []
        problems: list[Problem] = []
        for row in listed.rows:
            try:
                rows += await self._costs(row, period)
            except SyncError as error:
                name = row.get("referenceNumber") if isinstance(row, Mapping) else None
                key = name if isinstance(name, str) and name else "supplier invoice"
                problems.append(Problem(id=key[:80], label=label(SUPPLIER_INVOICES.title, row), error=error))
        return Found(rows, problems, latest(listed, self._records), listed.date)

    async def _costs(self, row: Any, period: Period) -> list[CostRow]:
        values = SUPPLIER_INVOICES.read(row)
        sign = TYPES.get(values["document_type"])
        if sign is None or values["status"] not in RELEASED or not period.holds(values["cost_date"]):
            return []
        listed = row.get("invoiceLines")
        raw: Sequence[Any] = listed if isinstance(listed, list) else []
        lines = [SUPPLIER_LINES.read(each) for each in raw]
        nowhere = await self._registers.non_project() if any(line["project_code"] for line in lines) else ""
        named = [position for position, line in enumerate(lines) if line["project_code"] not in (None, nowhere)]
        if not named:
            return []
        amounts = amounts_of(values, lines, row)
        raw = await self._with_files(values, raw)
        currency = await self._registers.base_currency()
        return [
            project_cost(
                (values["document_type"], values["number"], lines[position]["line"]),
                project_id=lines[position]["project_id"],
                project_code=lines[position]["project_code"],
                amount=quantise(amounts[position] * sign, currency),
                currency=currency,
                text=(
                    lines[position]["text"],
                    values["number"],
                    values["supplier_number"],
                    values["supplier_name"],
                ),
                cost_date=values["cost_date"],
                files=[*files_of(raw[position]), *files_of(row)],
            )
            for position in named
        ]

    async def _with_files(self, values: Values, raw: Sequence[Any]) -> Sequence[Any]:
        """Rows with their files. Where the list leaves the member out, the document by itself has it."""
        if all(isinstance(line, Mapping) and "attachments" in line for line in raw):
            return raw
        whole = await self._client.row(
            ONE, {"documentType": values["document_type"], "invoiceNumber": values["number"]}
        )
        listed = whole.get("invoiceLines") if whole else None
        known = {line.get("lineNumber"): line for line in listed or () if isinstance(line, Mapping)}
        return [known.get(line.get("lineNumber"), line) if isinstance(line, Mapping) else line for line in raw]


def amounts_of(values: Values, lines: Sequence[Values], row: Mapping[str, Any]) -> list[Decimal]:
    """Cost of each row before VAT, in the company's currency. BadDataError when the rows do not add up to the total."""
    costs = [line["cost"] for line in lines]
    less = [line["cost"] - (line["discount"] or Decimal(0)) for line in lines]
    total = values["details"]
    if total is None or sum(costs) == total:
        chosen = costs
    elif sum(less) == total:
        chosen = less
    else:
        raise BadDataError(
            f"Supplier invoice {values['number']}: its rows add up to {sum(costs)}, the invoice says {total}.",
            why="Which of the two is the cost cannot be known.",
            todo="Enter the project costs in Severa by hand, then ignore this.",
            field="detailTotal",
        )
    if values["tax_mode"] != "Gross" or not total:
        return chosen
    taxes = row.get("taxDetailLines")
    if not isinstance(taxes, list) or len(taxes) != 1 or values["vat"] is None:
        raise BadDataError(
            f"Supplier invoice {values['number']}: its rows include VAT of several rates.",
            why="What each row costs before VAT cannot be known.",
            todo="Enter the project costs in Severa by hand, then ignore this.",
            field="taxDetailLines",
        )
    share = (total - values["vat"]) / total
    return [cost * share for cost in chosen]
