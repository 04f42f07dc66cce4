"""Purchase rows: one project cost each, found by the text that only that row has."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from tests.faults.evidence import Evidence
from tests.faults.findings import Finding
from tests.faults.people import Cost
from tests.faults.stage import Row

CONVERTED = re.compile(r" \([^)]*\)$")
"""A cost in the currency of its project says what the row said."""


def costs(evidence: Evidence) -> list[Finding]:
    """Every row that people posted; a text stands on a row and on that of its reversal."""
    fees: dict[str, list[Row]] = defaultdict(list)
    for fee in evidence.objects("severa", "projectfees"):
        fees[CONVERTED.sub("", evidence.people.erp.cost_text(fee))].append(fee)
    projects = {row["guid"]: str(row["number"]) for row in evidence.objects("severa", "projects")}
    posted: dict[str, list[Cost]] = defaultdict(list)
    for cost in evidence.people.costs:
        posted[cost.text].append(cost)
    return [finding for text, rows in posted.items() for finding in _judge(evidence, text, rows, fees[text], projects)]


def _judge(
    evidence: Evidence, text: str, rows: list[Cost], fees: list[Row], projects: dict[str, str]
) -> Iterator[Finding]:
    told = {cost.row: evidence.words(f"erp:{cost.row}", but="file ") for cost in rows}  # a file is not the cost
    words = f"purchase row {text!r} ({', '.join(told)}) on project {rows[0].project}: {len(fees)} costs, told: {told}"
    missing = [cost for cost in rows if told[cost.row] == "[]"]
    if len(fees) > len(rows):
        yield Finding("duplicate", words)
    elif len(fees) < len(missing):
        yield Finding("loss", words)
    elif len(fees) + len(rows) - len(missing) > len(rows):
        yield Finding("stale", f"{words}: in order, and people are told otherwise")
    for fee in fees:
        if projects[fee["project"]["guid"]] != rows[0].project:
            yield Finding("wrong", f"{words}: on project {projects[fee['project']['guid']]}")
    domestic = all(fee["unitCost"]["currencyCode"] == "NOK" for fee in fees)
    amounts = sorted(round(fee["quantity"] * fee["unitCost"]["amount"], 2) for fee in fees)
    if len(fees) == len(rows) and domestic and amounts != sorted(round(cost.amount, 2) for cost in rows):
        yield Finding("wrong", f"{words}: amounts {amounts}")
