"""Invoices: one order or sent invoice each, none for those that the rules keep back, and what Severa shows of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tests.faults.evidence import Evidence
from tests.faults.findings import Finding
from tests.faults.people import DIFFERENT, DRAFT, GOOD, UNFIT, Story
from tests.faults.stage import STATUSES, Row

REFERENCE = "ExternalImportReference"
TOLERANCE = Decimal("0.05")


@dataclass(frozen=True)
class Case:
    """One invoice as it stands in both systems. `severa` is None when it was deleted there."""

    story: Story
    severa: Row | None
    orders: list[Row]
    sent: list[Row]
    rows: list[Row]
    told: str
    """Open issues that name it, in words; `[]` when there is none."""
    refused: bool
    """Whether something was refused for good in this scenario."""

    @property
    def there(self) -> int:
        """How often PowerOffice has it."""
        return len(self.orders) + len(self.sent)

    @property
    def status(self) -> str:
        return str(self.severa["status"]["name"]) if self.severa else "(deleted)"

    @property
    def is_told(self) -> bool:
        return self.told != "[]"

    def finding(self, kind: str, words: str) -> Finding:
        """A finding about it."""
        deeds = ", ".join(self.story.deeds) or "nobody touched it"
        return Finding(
            kind,
            f"invoice {self.story.guid} ({self.story.words}; {deeds}) {words}; "
            f"{len(self.orders)} orders, {len(self.sent)} sent, status {self.status}, told: {self.told}",
        )


def invoices(evidence: Evidence) -> list[Finding]:
    """Every invoice that people made, and orders that nobody asked for."""
    severa = {row["guid"]: row for row in evidence.objects("severa", "invoices")}
    lines = evidence.objects("severa", "invoicerows")
    orders = evidence.objects("poweroffice", "SalesOrders")
    sent = evidence.objects("poweroffice", "OutgoingInvoices")
    findings: list[Finding] = []
    known = set()
    for story in evidence.people.stories:
        known.add(story.guid)
        case = Case(
            story,
            severa.get(story.guid),
            [row for row in orders if _reference(row) == story.guid],
            [row for row in sent if _reference(row) == story.guid],
            [row for row in lines if row["invoiceGuid"] == story.guid],
            evidence.words(f"severa:{story.guid}"),
            evidence.refused,
        )
        findings += _judge(case)
    findings += [
        Finding("unwanted", f"{kind} {row['Id']} belongs to no invoice: {row.get(REFERENCE)!r}")
        for kind, rows in (("order", orders), ("sent invoice", sent))
        for row in rows
        if _reference(row) not in known
    ]
    return findings


def _reference(row: Row) -> str:
    """Severa's guid in an order's reference, without the suffix of a further attempt."""
    return (row.get(REFERENCE) or "")[:36]


def _judge(case: Case) -> Iterator[Finding]:
    if case.there > 1:
        yield case.finding("duplicate", "stands more than once in PowerOffice")
    elif case.story.kind in {DRAFT, UNFIT}:
        yield from _kept_back(case)
    elif case.story.kind == DIFFERENT:
        yield from _different(case)
    elif case.story.kind == GOOD:
        yield from _good(case)


def _kept_back(case: Case) -> Iterator[Finding]:
    story = case.story
    was_triggered = story.kind != DRAFT or story.did("moved")
    if case.there and story.kind == UNFIT:
        yield case.finding("unwanted", "must not go")
    elif case.there and not was_triggered:
        yield case.finding("unwanted", "was never on the trigger status")
    elif case.there:
        yield from _good(case)
    elif story.kind == DRAFT and case.status == STATUSES["trigger"] and not case.is_told:
        yield case.finding("loss", "was put on the trigger status and did not go")
    elif story.kind == UNFIT and case.status == STATUSES["trigger"] and not case.is_told:
        yield case.finding("silent", "is kept back, and nobody is told")
    if not case.there and case.severa is not None and case.status != story.status:
        yield case.finding("wrong", f"should stand on {story.status}")


def _different(case: Case) -> Iterator[Finding]:
    """Its draft must not stay; when a person had sent it, it is told that it is to be credited."""
    story = case.story
    if case.sent:
        if not case.is_told:
            yield case.finding("silent", "was sent with another total, and nobody is told")
        return
    if case.orders:
        yield case.finding("unwanted", "its total differs, its draft must not stay")
        return
    if case.severa is None or (case.refused and case.is_told and case.status == story.status):
        return
    if not case.is_told and case.status in {STATUSES["trigger"], STATUSES["failed"]}:
        yield case.finding("silent", "is kept back, and nobody is told")
    if case.status not in {STATUSES["failed"], story.status} or (
        case.status == STATUSES["trigger"] and not story.did("moved")
    ):
        yield case.finding("wrong", "should stand on the failed status")


def _good(case: Case) -> Iterator[Finding]:
    story = case.story
    if case.severa is None:
        return  # a draft that was made before may stand; whether people hear of it hangs on how far it was
    if case.there == 0:
        yield from _absent(case)
        return
    if not story.did("edited", "corrected"):
        yield from _content(case)
    if not story.did("moved", "paid back"):
        expected = _expected(case)
        if case.status != expected:
            yield case.finding("wrong", f"should stand on {expected}")
        elif case.is_told and not story.did("edited", "deleted", "confirmed"):
            yield case.finding("stale", "is in order, and people are told otherwise")
    elif case.status != _expected(case) and case.status != story.status and not case.is_told:
        yield case.finding("wrong", f"should stand on {_expected(case)} or {story.status}")
    if case.sent and case.severa["number"] != case.sent[0]["InvoiceNo"] and not case.is_told:
        yield case.finding("wrong", f"has the number {case.severa['number']}, not {case.sent[0]['InvoiceNo']}")


def _absent(case: Case) -> Iterator[Finding]:
    story = case.story
    if story.did("deleted"):
        if not case.is_told:
            yield case.finding("silent", "its draft was deleted, and nobody is told")
    elif story.did("moved") and case.status == story.status != STATUSES["trigger"]:
        return  # taken back before it went
    elif story.did("edited") and case.is_told:
        return  # its draft was edited before it was verified, and removed for its total
    elif not (case.refused and case.is_told):
        yield case.finding("loss", "is not in PowerOffice")


def _expected(case: Case) -> str:
    if case.orders:
        return STATUSES["transferred"]
    return STATUSES["sent"] if case.sent[0]["Balance"] else STATUSES["paid"]


def _content(case: Case) -> Iterator[Finding]:
    """Total and rows are Severa's."""
    row = (case.orders or case.sent)[0]
    assert case.severa is not None
    ours, theirs = _money(case.severa["totalIncludingTax"]["amount"]), _money(_total(row, case.severa))
    if abs(ours - theirs) > TOLERANCE:
        yield case.finding("wrong", f"has the total {theirs} in PowerOffice, {ours} in Severa")
    if not case.orders:
        return  # what was sent has no lines in its list
    wanted = sorted(_line(one["quantity"], one["unitPrice"]["amount"], one["code"][0]) for one in case.rows)
    found = sorted(
        _line(one["Quantity"], one["ProductUnitPrice"], one["ProductCode"]) for one in row["SalesOrderLines"]
    )
    if wanted != found:
        yield case.finding("wrong", f"has the rows {found} in PowerOffice, {wanted} in Severa")


def _total(row: Row, severa: Row) -> float:
    """A sent invoice has its total in NOK, and in its own currency beside it."""
    if "CurrencyAmount" in row and severa["currency"]["code"] != "NOK":
        return float(row["CurrencyAmount"])
    return float(row["TotalAmount"])


def _line(quantity: float, price: float, code: str) -> tuple[float, float, str]:
    return round(float(quantity), 4), round(float(price), 4), code


def _money(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
