"""PowerOffice's drafts and sent invoices for the oracle (PO-13, ALL-05 to ALL-07)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults.evidence import Evidence
from tests.faults.findings import Finding
from tests.faults.oracle_invoices import Case, Papers, compared, judged, line
from tests.faults.stage import Row

REFERENCE = "ExternalImportReference"


def invoices(evidence: Evidence) -> list[Finding]:
    """Every invoice that people made, and orders that nobody asked for."""
    papers = Papers(
        drafts=evidence.objects("poweroffice", "SalesOrders"),
        booked=evidence.objects("poweroffice", "OutgoingInvoices"),
        guid=lambda row: (row.get(REFERENCE) or "")[:36],
        label=lambda row: f"order or invoice {row['Id']} ({row.get(REFERENCE)!r})",
        status=_status,
        number=lambda row: int(row["InvoiceNo"]),
        content=_content,
    )
    return judged(evidence, papers)


def _status(case: Case) -> str:
    if case.drafts:
        return "transferred"
    return "sent" if case.booked[0]["Balance"] else "paid"


def _content(case: Case) -> Iterator[Finding]:
    """Total and rows are Severa's."""
    row = (case.drafts or case.booked)[0]
    assert case.severa is not None
    yield from compared(case.severa["totalIncludingTax"]["amount"], _total(row, case.severa), case)
    if not case.drafts:
        return  # what was sent has no lines in its list
    wanted = sorted(line(one["quantity"], one["unitPrice"]["amount"], one["code"][0]) for one in case.rows)
    found = sorted(line(one["Quantity"], one["ProductUnitPrice"], one["ProductCode"]) for one in row["SalesOrderLines"])
    if wanted != found:
        yield case.finding("wrong", f"has the rows {found} in PowerOffice, {wanted} in Severa")


def _total(row: Row, severa: Row) -> float:
    """A sent invoice has its total in NOK, and in its own currency beside it."""
    if "CurrencyAmount" in row and severa["currency"]["code"] != "NOK":
        return float(row["CurrencyAmount"])
    return float(row["TotalAmount"])
