"""How a preview is shown: on the terminal, as JSON, and on its page; whatever vendors call things (law 10)."""

from __future__ import annotations

import json

import pytest

from cli.output import Exit
from cli.running import show
from core.counts import Counts, JobReport
from core.errors import ErrorClass
from core.foreseen import Act, Foreseen, MissingRow, Refusals
from core.records import Side
from flows.running import Outcome
from tasks.previewed import MOST, previewed
from tasks.reporting import safe

HOSTILE = "[red]<script>alert(1)</script>| x"


def entry(number: int, act: Act = Act.UPDATE, label: str = "Fjord") -> Foreseen:
    return Foreseen(
        scope="customers",
        act=act,
        side=Side.ERP,
        record=f"severa:{number}",
        label=f"{number} {label}",
        target=str(number),
        fields={"name": (None if act is Act.CREATE else "Old", HOSTILE)} if act is not Act.LINK else {},
        system="PowerOffice",
    )


@pytest.fixture
def outcome() -> Outcome:
    """A preview of two jobs."""
    report = JobReport("registry_sync", "completed with issues", Counts(read=9, updated=2, rejected=3))
    report.foreseen = [entry(1, label=HOSTILE), entry(2, Act.CREATE), entry(3, Act.LINK), entry(4, Act.LINK)]
    report.refusals = [
        Refusals(
            scope="customers",
            cause="row",
            error_class=ErrorClass.BAD_DATA,
            what=HOSTILE,
            todo="Mend it.",
            labels=["7 A", "8 B"],
        )
    ]
    report.missing = [MissingRow(needs="payment_terms:45", what="No term of 45 days.", todo="Add it.", records=3)]
    report.rejected = [("7 A", HOSTILE), ("8 B", HOSTILE)]
    found = Outcome("fjord", state="completed with issues")
    found.reports = {"registry_sync": report, "cost_import": JobReport("cost_import")}
    return found


def test_the_terminal_shows_writes_refusals_by_cause_and_what_is_missing(
    outcome: Outcome, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(outcome, as_json=False, preview=True) == Exit.WITH_ISSUES
    said = " ".join(capsys.readouterr().out.split())
    assert "What registry sync would write" in said
    assert "update PowerOffice customers" in said
    assert "Old →" in said
    assert "2 pairs of items would be linked" in said
    assert "would refuse, by cause" in said
    assert "3 No term of 45 days. Add it." in said
    assert "Rejected, and why" not in said, "each cause once, and not each record"
    assert "What cost import" not in said
    assert "[red]<script>" in said, "text, and no markup"


def test_json_has_every_entry_and_a_real_run_has_none(outcome: Outcome, capsys: pytest.CaptureFixture[str]) -> None:
    show(outcome, as_json=True, preview=True)
    value = json.loads(capsys.readouterr().out)["preview"]["registry_sync"]
    assert [one["action"] for one in value["changes"]] == ["update", "create", "link", "link"]
    assert value["changes"][0]["fields"] == {"name": {"old": "Old", "new": HOSTILE}}
    assert (value["refusals"][0]["records"], value["missing"][0]["needs"]) == (2, "payment_terms:45")
    show(outcome, as_json=True)
    assert "preview" not in json.loads(capsys.readouterr().out)


def test_the_page_escapes_what_vendors_say_and_ends_somewhere(outcome: Outcome) -> None:
    report = outcome.reports["registry_sync"]
    page = "\n".join(previewed(outcome.reports.values(), safe))
    assert "<script>" not in page
    assert "## What registry sync would write: 2" in page
    assert "| 2 | customers |" in page
    report.foreseen = [entry(number) for number in range(MOST + 5)]
    assert "and 5 more" in "\n".join(previewed([report], safe))
