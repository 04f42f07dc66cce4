"""Invoices: one document each, none for those that the rules keep back, and what Severa shows of it.

Where they stand in an ERP and what its documents say is the ERP's own (`Papers`); what must be true is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tests.faults.evidence import Evidence
from tests.faults.findings import Finding
from tests.faults.people import DIFFERENT, DRAFT, GOOD, UNFIT, Story
from tests.faults.stage import Row

TOLERANCE = Decimal("0.05")


@dataclass(frozen=True)
class Papers:
    """An ERP's documents, and how they are read.

    `drafts` and `booked` are those that could still be removed and those that could not. `guid` is Severa's guid in a
    document's reference, without attempt; empty where there is none of ours. `status` is the role of the status which
    Severa must show of a case that stands there once, `number` the number that Severa must show, None for none,
    `content` compares total and rows.
    """

    drafts: list[Row]
    booked: list[Row]
    guid: Callable[[Row], str]
    label: Callable[[Row], str]
    status: Callable[[Case], str]
    number: Callable[[Row], int | None]
    content: Callable[[Case], Iterator[Finding]]
    closed: frozenset[str] = frozenset()
    """Guids of Severa's projects that do not go any more: what is billed on one that never went waits, and is told."""
    unfit_fail: bool = False
    """Whether Severa shows the failed status for what cannot go, not only for totals that differ."""


@dataclass(frozen=True)
class Case:
    """One invoice as it stands in both systems. `severa` is None when it was deleted there."""

    papers: Papers
    statuses: Mapping[str, str]
    story: Story
    severa: Row | None
    drafts: list[Row]
    booked: list[Row]
    rows: list[Row]
    told: str
    """Open issues that name it, in words; `[]` when there is none."""
    refused: bool
    """Whether something was refused for good in this scenario."""

    @property
    def there(self) -> int:
        """How often the ERP has it."""
        return len(self.drafts) + len(self.booked)

    @property
    def status(self) -> str:
        return str(self.severa["status"]["name"]) if self.severa else "(deleted)"

    @property
    def waits(self) -> bool:
        """Whether it waits for a project that was closed before it went, and people are told."""
        ours = {each["guid"] for each in (self.severa or {}).get("projects", ())}
        return self.is_told and bool(ours & self.papers.closed)

    @property
    def is_told(self) -> bool:
        return self.told != "[]"

    def finding(self, kind: str, words: str) -> Finding:
        """A finding about it."""
        deeds = ", ".join(self.story.deeds) or "nobody touched it"
        return Finding(
            kind,
            f"invoice {self.story.guid} ({self.story.words}; {deeds}) {words}; "
            f"{len(self.drafts)} drafts, {len(self.booked)} in the books, status {self.status}, told: {self.told}",
        )


def judged(evidence: Evidence, papers: Papers) -> list[Finding]:
    """Every invoice that people made, and documents that nobody asked for."""
    severa = {row["guid"]: row for row in evidence.objects("severa", "invoices")}
    lines = evidence.objects("severa", "invoicerows")
    findings: list[Finding] = []
    known = set()
    for story in evidence.people.stories:
        known.add(story.guid)
        case = Case(
            papers,
            evidence.people.statuses,
            story,
            severa.get(story.guid),
            [row for row in papers.drafts if papers.guid(row) == story.guid],
            [row for row in papers.booked if papers.guid(row) == story.guid],
            [row for row in lines if row["invoiceGuid"] == story.guid],
            evidence.words(f"severa:{story.guid}"),
            evidence.refused,
        )
        findings += _judge(case)
    findings += [
        Finding("unwanted", f"{papers.label(row)} belongs to no invoice")
        for row in (*papers.drafts, *papers.booked)
        if papers.guid(row) not in known
    ]
    return findings


def _judge(case: Case) -> Iterator[Finding]:
    if case.there > 1:
        yield case.finding("duplicate", "stands more than once in the ERP")
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
    elif story.kind == DRAFT and case.status == case.statuses["trigger"] and not case.is_told:
        yield case.finding("loss", "was put on the trigger status and did not go")
    elif (
        story.kind == UNFIT and case.status in {case.statuses["trigger"], case.statuses["failed"]} and not case.is_told
    ):
        yield case.finding("silent", "is kept back, and nobody is told")
    failed = case.statuses["failed"] if case.papers.unfit_fail else story.status
    if not case.there and case.severa is not None and case.status not in {story.status, failed}:
        yield case.finding("wrong", f"should stand on {story.status}")


def _different(case: Case) -> Iterator[Finding]:
    """Its draft must not stay; when a person had sent it, it is told that it is to be credited."""
    story = case.story
    if case.booked:
        if not case.is_told:
            yield case.finding("silent", "was sent with another total, and nobody is told")
        return
    if case.drafts:
        yield case.finding("unwanted", "its total differs, its draft must not stay")
        return
    if case.severa is None or case.waits or (case.refused and case.is_told and case.status == story.status):
        return
    if not case.is_told and case.status in {case.statuses["trigger"], case.statuses["failed"]}:
        yield case.finding("silent", "is kept back, and nobody is told")
    if case.status not in {case.statuses["failed"], story.status} or (
        case.status == case.statuses["trigger"] and not story.did("moved")
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
        yield from case.papers.content(case)
    if not story.did("moved", "paid back"):
        expected = case.statuses[case.papers.status(case)]
        if case.status != expected:
            yield case.finding("wrong", f"should stand on {expected}")
        elif case.is_told and not story.did("edited", "deleted", "confirmed"):
            yield case.finding("stale", "is in order, and people are told otherwise")
    elif case.status != case.statuses[case.papers.status(case)] and case.status != story.status and not case.is_told:
        yield case.finding("wrong", f"should stand on {case.statuses[case.papers.status(case)]} or {story.status}")
    number = case.papers.number(case.booked[0]) if case.booked else None
    if number is not None and case.severa["number"] != number and not case.is_told:
        yield case.finding("wrong", f"has the number {case.severa['number']}, not {number}")


def _absent(case: Case) -> Iterator[Finding]:
    story = case.story
    if story.did("deleted"):
        if not case.is_told:
            yield case.finding("silent", "its draft was deleted, and nobody is told")
    elif story.did("moved") and case.status == story.status != case.statuses["trigger"]:
        return  # taken back before it went
    elif story.did("edited") and case.is_told:
        return  # its draft was edited before it was verified, and removed for its total
    elif not case.waits and not (case.refused and case.is_told):
        yield case.finding("loss", "is not in the ERP")


def compared(ours: float, theirs: float, case: Case) -> Iterator[Finding]:
    """The totals of a case, which may differ by 0.05."""
    wanted, found = _money(ours), _money(theirs)
    if abs(wanted - found) > TOLERANCE:
        yield case.finding("wrong", f"has the total {found} in the ERP, {wanted} in Severa")


def line(quantity: float, price: float, code: str) -> tuple[float, float, str]:
    """A row of an invoice, for comparing."""
    return round(float(quantity), 4), round(float(price), 4), code


def _money(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
