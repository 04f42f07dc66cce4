"""Visma.net's documents for the oracle (VN-11, VN-12, VN-15, ALL-05 to ALL-07)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.faults.evidence import Evidence
from tests.faults.findings import Finding
from tests.faults.oracle_invoices import Case, Papers, compared, judged, line
from tests.faults.stage import Row
from tests.faults.visma_net.people import documents

MARKER = re.compile(r"severa:invoice:([0-9a-f-]{36})#")
"""What the note of a document of ours says."""
BOOKED = ("Open", "Closed")


def invoices(evidence: Evidence) -> list[Finding]:
    """Every invoice that people made, and documents of ours that nobody asked for."""
    ours = [row for row in documents(evidence.stage) if _guid(row)]
    papers = Papers(
        drafts=[row for row in ours if row["status"] not in BOOKED],
        booked=[row for row in ours if row["status"] in BOOKED],
        guid=_guid,
        label=lambda row: f"{row['documentType']} {row['referenceNumber']} ({row['note']!r})",
        status=_status,
        number=lambda row: int(row["referenceNumber"]),
        content=_content,
        closed=frozenset(row["guid"] for row in evidence.objects("severa", "projects") if row["isClosed"]),
        unfit_fail=True,
    )
    return judged(evidence, papers)


def _guid(row: Row) -> str:
    found = MARKER.search(row["note"] or "")
    return found[1] if found else ""


def _status(case: Case) -> str:
    """A draft must have been released, or Severa shows that it has not gone; payments count, and who sent it."""
    if case.drafts:
        return "trigger"
    row = case.booked[0]
    if not row["balanceInCurrency"]:
        return "paid"
    if abs(row["balanceInCurrency"]) < abs(row["amountInCurrency"]):
        return "partially_paid"
    return "sent" if case.story.did("sent") else "transferred"


def _content(case: Case) -> Iterator[Finding]:
    """Total and rows are Severa's; those of credit notes are positive there."""
    row = (case.drafts or case.booked)[0]
    assert case.severa is not None
    total = row["amountInCurrency"] or row["balanceInCurrency"]
    yield from compared(abs(case.severa["totalIncludingTax"]["amount"]), abs(total), case)
    lines = row.get("invoiceLines") or row.get("lines") or []
    wanted = sorted(line(abs(one["quantity"]), one["unitPrice"]["amount"], one["code"][0]) for one in case.rows)
    found = sorted(line(one["quantity"], one["unitPriceInCurrency"], one["inventoryNumber"]) for one in lines)
    if wanted != found:
        yield case.finding("wrong", f"has the rows {found} in Visma.net, {wanted} in Severa")
