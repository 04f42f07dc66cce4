"""Journal transactions, the "other transactions" of the guide, as costs of projects (VN-16, contract section 13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from connectors.fields import label
from connectors.ports import Problem
from connectors.visma_net.client import Rows, VismaNetClient
from connectors.visma_net.cost_rows import Found, Period, project_cost
from connectors.visma_net.documents import files_of
from connectors.visma_net.invoice_mapping import JOURNAL_LINES, JOURNALS
from connectors.visma_net.reading import latest
from connectors.visma_net.registers import Registers
from connectors.visma_net.remembered import Remembered
from connectors.visma_net.rows import Records
from connectors.visma_net.settings import VismaNetSettings
from connectors.visma_net.words import asked
from core.errors import SyncError
from core.invoices import CostRow

PATH = "/v2/journaltransaction"
RELEASED = ("Unposted", "Posted", "Completed", "Released")
LINES = "journalTransactionLines"

Values = dict[str, Any]


class Journals:
    """Released batches of the modules that the tenant names. Pages count rows: a batch may be split over two."""

    def __init__(
        self,
        client: VismaNetClient,
        settings: VismaNetSettings,
        registers: Registers,
        records: Records,
        names: Remembered,
    ) -> None:
        self._client = client
        self._settings = settings
        self._registers = registers
        self._records = records
        self._names = names

    async def found(self, since: datetime | None, period: Period) -> Found:
        """Rows that name a project, of batches of the period, new or changed at or after `since`.

        The first read has to begin somewhere: some days before the period, for what was entered ahead of its date.
        """
        early = datetime.combine(period.begin, time.min, UTC) - timedelta(days=self._settings.journal_days_before)
        rows: list[CostRow] = []
        problems: list[Problem] = []
        listed: list[Rows] = []
        for module in self._settings.journal_modules:
            part = await self._client.rows(
                PATH,
                None,
                module=module,
                expandAttachments="true",
                lastModifiedDateTime=asked(since or early, self._records.zone),
            )
            listed.append(part)
            for batch in merged(part.rows):
                try:
                    rows += await self._costs(batch, period)
                except SyncError as error:
                    name = batch.get("batchNumber") if isinstance(batch, Mapping) else None
                    key = name if isinstance(name, str) and name else "journal transaction"
                    problems.append(Problem(id=key[:80], label=label(JOURNALS.title, batch), error=error))
        stamps = [at for part in listed if (at := latest(part, self._records))]
        return Found(rows, problems, max(stamps, default=None), listed[0].date if listed else None)

    async def _costs(self, batch: Any, period: Period) -> list[CostRow]:
        values = JOURNALS.read(batch)
        if values["status"] not in RELEASED or not period.holds(values["cost_date"]):
            return []
        listed = batch.get(LINES)
        read = [(raw, JOURNAL_LINES.read(raw)) for raw in (listed if isinstance(listed, list) else ())]
        nowhere = await self._registers.non_project() if any(line["project_code"] for _, line in read) else ""
        named = [(raw, line) for raw, line in read if line["project_code"] not in (None, nowhere)]
        if not named or values["ledger"] in await self._registers.other_ledgers():
            return []
        currency = await self._registers.base_currency()
        costs: list[CostRow] = []
        for raw, line in named:
            amount = await self._amount(line)
            if amount == 0:
                continue
            costs.append(
                project_cost(
                    (values["module"], values["number"], line["line"]),
                    project_id=line["project_id"],
                    project_code=line["project_code"],
                    amount=amount,
                    currency=currency,
                    text=(line["text"], line["reference"], line["party"], await self._name(line["party"])),
                    cost_date=values["cost_date"],
                    files=[*files_of(raw), *files_of(batch)],
                )
            )
        return costs

    async def _amount(self, line: Values) -> Decimal:
        """The debit; a credit counts as negative on expense accounts only. 0: no cost."""
        amount: Decimal = line["debit"] or Decimal(0)
        if line["credit"] and line["account"] in await self._registers.expense_accounts():
            amount -= line["credit"]
        return amount

    async def _name(self, number: str | None) -> str | None:
        """Name of a supplier, else of a customer, of this number; None when it is neither."""
        if not number:
            return None
        if not self._names.knows(number):
            row = await self._client.row("/v1/supplier/{supplierCd}", {"supplierCd": number})
            row = row or await self._client.row("/v1/customer/{customerCd}", {"customerCd": number})
            name = row.get("name") if row else None
            self._names.put(number, name.strip() or None if isinstance(name, str) else None)
        return self._names.get(number)


def merged(rows: Iterable[Any]) -> list[Any]:
    """Batches by module and number, with the rows of all their pages, each row once."""
    batches: dict[tuple[str, str], dict[str, Any]] = {}
    others: list[Any] = []
    for row in rows:
        key = (row.get("module"), row.get("batchNumber")) if isinstance(row, Mapping) else (None, None)
        lines = row.get(LINES) if isinstance(row, Mapping) else None
        if not all(isinstance(part, str) for part in key) or not isinstance(lines, list):
            others.append(row)
            continue
        batch = batches.setdefault((str(key[0]), str(key[1])), {**row, LINES: []})
        known = {_number(line) for line in batch[LINES]} - {None}
        batch[LINES] += [line for line in lines if _number(line) not in known]
    return [*batches.values(), *others]


def _number(line: Any) -> int | None:
    found = line.get("lineNumber") if isinstance(line, Mapping) else None
    return found if isinstance(found, int) else None
