"""Journal transactions: batches of lines, listed by lines (contract, sections 4 and 13)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

from sandbox.store import Row
from sandbox.visma_net import files
from sandbox.visma_net.calls import Answer, Call
from sandbox.visma_net.company import CREATED, VERSION, Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.money import cents
from sandbox.visma_net.registries import projects, tasks
from sandbox.visma_net.search import CHANGED
from sandbox.visma_net.stamps import midnight, surely_before

LINE_PAGE = 1000
HIDDEN = frozenset({CREATED, "projectTask"})
SUBACCOUNT = {
    "subaccountNumber": "0",
    "subaccountId": 1,
    "description": "Standard",
    "active": True,
    "segments": [
        {
            "segmentId": 1,
            "segmentDescription": "Avdeling",
            "segmentValue": "0",
            "segmentValueDescription": "Standard",
        }
    ],
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line: a positive amount is debit. Company currency, two decimals. No project is the non-project code."""

    account: str
    amount: Decimal
    text: str | None = None
    project: Row | None = None
    task: str | None = None
    reference: str | None = None
    party: str | None = None
    files: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """A journal transaction to be stored. `status` as read; `party` is the customer or supplier of every line."""

    module: str
    day: date
    rows: Sequence[Entry]
    description: str = ""
    status: str = "Posted"
    reference: str | None = None
    party: str | None = None
    ledger: str = "1"
    branch: str | None = None
    files: Sequence[tuple[str, bytes]] = field(default=())


def post(company: Company, batch: Batch) -> Row:
    """Stores a batch under the next number of its sequence."""
    number = company.sequences["BATCH"].next()
    day = midnight(batch.day)
    branch = batch.branch or next(iter(company.branches))
    ledger = company.ledgers[batch.ledger]
    debit = sum((cents(each.amount) for each in batch.rows if each.amount > 0), Decimal(0))
    credit = -sum((cents(each.amount) for each in batch.rows if each.amount < 0), Decimal(0))
    row: Row = {
        "_key": (batch.module, number),
        "module": batch.module,
        "batchNumber": number,
        "status": batch.status,
        "hold": batch.status == "Hold",
        "transactionDate": day,
        "financialPeriod": f"{batch.day:%Y%m}",
        "postPeriod": f"{batch.day:%m%Y}",
        "ledger": ledger["number"],
        "ledgerDescription": ledger["description"],
        "currencyId": ledger["currencyId"],
        "exchangeRate": 1.0,
        "autoReversing": False,
        "reversingEntry": False,
        "description": batch.description,
        "debitTotal": float(debit),
        "debitTotalInCurrency": float(debit),
        "creditTotal": float(credit),
        "creditTotalInCurrency": float(credit),
        "branch": branch,
        "_lines": [_line(company, batch, number, n, each) for n, each in enumerate(batch.rows, 1)],
        files.FILES: [],
    }
    for name, content in batch.files:
        files.attach(company, row, f"{batch.module} {number}", name, content)
    return company.add(company.journals, row)


def _line(company: Company, batch: Batch, batch_number: str, number: int, entry: Entry) -> Row:
    amount = cents(entry.amount)
    debit, credit = (amount, Decimal(0)) if amount > 0 else (Decimal(0), -amount)
    project = entry.project or projects.of_id(company, projects.NON_PROJECT)
    line: Row = {
        "lineNumber": number,
        "accountNumber": entry.account,
        "description": None,
        "subaccount": SUBACCOUNT,
        "referenceNumber": entry.reference or batch.reference,
        "debitAmount": float(debit),
        "debitAmountInCurrency": float(debit),
        "creditAmount": float(credit),
        "creditAmountInCurrency": float(credit),
        "transactionDescription": entry.text,
        "branch": batch.branch or next(iter(company.branches)),
        "customerSupplier": entry.party or batch.party,
        "transactionType": "",
        "module": batch.module,
        "_project": project["internalID"] if project else None,
        "_task": entry.task,
        "quantity": 0.0,
        "uom": None,
        "inventoryNumber": None,
        "note": None,
        files.FILES: [],
    }
    for name, content in entry.files:
        files.attach(company, line, f"{batch.module} {batch_number} {number}", name, content)
    return line


def _line_shown(company: Company, line: Row, *, expand: bool) -> Row:
    made = {name: value for name, value in line.items() if not name.startswith("_")}
    project = company.projects.get(line["_project"]) if line["_project"] is not None else None
    task = tasks.of_id(company, project, line["_task"]) if project and line["_task"] else None
    made["project"] = projects.reference(project)
    made["projectTask"] = tasks.reference(task) if task else None
    if expand:
        made["attachments"] = files.shown(company, line[files.FILES])
    return made


def shown(company: Company, row: Row, lines: Sequence[Row] | None = None, *, expand: bool = True) -> Row:
    """A batch as a read shows it, with all its lines or with those of one page."""
    made = {name: value for name, value in row.items() if not name.startswith("_") and name not in HIDDEN}
    if expand:
        made["attachments"] = files.shown(company, row[files.FILES])
    chosen = row["_lines"] if lines is None else lines
    made["journalTransactionLines"] = [_line_shown(company, line, expand=expand) for line in chosen]
    return made


def listed(company: Company, call: Call) -> Answer:
    """``GET /v2/journaltransaction``: size and total count lines; a batch can stand on two pages."""
    asked = call.asked
    flat = [(row, line) for row in _found(company, call) for line in row["_lines"]]
    largest = company.behaviour.max_page_size or LINE_PAGE
    size, page = min(asked.get("pageSize", largest), largest), asked.get("pageNumber", 1)
    cut = flat[(page - 1) * size : page * size]
    metadata = {"totalCount": len(flat), "maxPageSize": largest}
    expand = bool(asked.get("expandAttachments"))
    found = []
    for _, group in groupby(cut, key=lambda each: each[0]["_key"]):
        pairs = list(group)
        made = shown(company, pairs[0][0], [line for _, line in pairs], expand=expand)
        found.append({**made, "metadata": metadata})
    return Answer(200, found)


def _found(company: Company, call: Call) -> Iterator[Row]:
    asked = call.asked
    changed, period = asked.get(CHANGED), asked.get("periodId")
    if changed is None and period is None:
        raise RefusedError.business("Either periodId or lastModifiedDateTime must be given.")
    rows = list(company.journals) if changed is None else company.journals.changed_since(surely_before(changed))
    module, status, branch = asked.get("module"), asked.get("status"), asked.get("branch")
    for row in rows:
        if (
            (changed is None or row[CHANGED] >= changed)
            and period in {None, row["financialPeriod"]}
            and (module is None or row["module"] == f"Module{module.upper()}")
            and (status is None or row["status"].casefold() == status.casefold())
            and branch in {None, row["branch"]}
        ):
            yield row


def one(company: Company, call: Call) -> Answer:
    """``GET /v2/journaltransaction/{journalTransactionNumber}``."""
    rows = company.journals.find("batchNumber", call.path["journalTransactionNumber"])
    if not rows:
        raise RefusedError.missing("Batch number", call.path["journalTransactionNumber"])
    return Answer(200, shown(company, rows[0]), rows[0][VERSION])
