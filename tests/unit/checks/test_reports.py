"""What a report says of itself, on the page, as a document, and on the error desk (ALL-10)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.checks import Area, ByHand, Check, Finding, Report, Sheet, Unread, Weight
from core.companies import same_company_number, similar_company_name
from core.errors import BadDataError, BugError, ConfigurationError, TransientError
from core.issues import IssueState
from core.records import Side
from state.store import Store, TenantState
from tasks.check_desk import SCOPE, accepted, note
from tasks.check_gate import refusal
from tasks.check_page.page import document, page, verdict
from tasks.check_report import in_markdown, write_files

EVIL = "<script>alert(1)</script> & [x](http://evil) | `code`"


def check(key: str, weight: Weight = Weight.HARD) -> Check:
    return Check(
        key=key, title=f"{key} is right", where="Somewhere > There", todo="Mend it.", weight=weight,
        area=Area.INVOICES, source="ALL-10",
    )  # fmt: skip


ONE, TWO, ROWS, LATER = check("a.one"), check("a.two", Weight.SOFT), check("a.rows", Weight.SOFT), check("a.later")
HARD = Finding(check=ONE, what=f"It is wrong: {EVIL}", part="x")
SOFT = Finding(check=ROWS, what="7 of 9 customers.", records=(EVIL, "10001 Åsgård"), count=7)
REPORT = Report(
    tenant="demo",
    names={Side.SEVERA: "Severa", Side.ERP: "PowerOffice"},
    at=datetime(2026, 11, 21, 6, tzinfo=UTC),
    checks=(ONE, TWO, ROWS, LATER),
    findings=(HARD, SOFT),
    unread=(Unread(LATER, TransientError("No answer.")),),
    by_hand=(ByHand(title="Look at it", where="There", source="guide"),),
)


class Tags(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action"}]


@pytest.fixture
def state(tmp_path: Path) -> TenantState:
    return Store.open(f"sqlite:///{tmp_path / 'state.db'}").tenant("demo")


def test_a_check_passes_when_it_was_made_and_nothing_was_found() -> None:
    assert REPORT.passed == (TWO,)
    assert REPORT.hard == (HARD,)
    assert REPORT.soft == (SOFT,)
    assert REPORT.state == "completed with issues"
    clean = replace(REPORT, findings=(), unread=())
    assert clean.passed == REPORT.checks
    assert clean.state == "completed"


def test_what_a_person_accepted_does_not_refuse_any_more() -> None:
    accepting = REPORT.accepting({HARD.key: ("kari", "It is one company.")})
    assert accepting.hard == ()
    assert accepting.accepted[0].accepted_why == "It is one company."
    assert accepting.soft == (SOFT,)


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (REPORT, "Not ready: 1 thing must be mended"),
        (replace(REPORT, findings=(SOFT,)), "It may be switched on; 2 things are to be looked at."),
        (replace(REPORT, findings=(), unread=()), "Ready"),
    ],
    ids=["red", "amber", "green"],
)
def test_the_report_in_one_sentence(report: Report, words: str) -> None:
    assert verdict(report).startswith(words)


def test_the_page_needs_no_other_file_and_runs_nothing_that_a_vendor_wrote() -> None:
    tags = Tags(page(REPORT))
    assert "script" not in tags.names
    assert all(address.startswith("#") for address in tags.addresses)
    assert "&lt;script&gt;" in page(REPORT)
    assert "and 5 more" in page(REPORT)
    assert "This could not be looked at." in page(REPORT)


def test_the_artifact_escapes_what_a_vendor_wrote() -> None:
    said = in_markdown(REPORT, {})
    assert "<script>" not in said
    assert "[x](" not in said
    assert all(line.count(" | ") == 2 for line in said.splitlines() if line.startswith("| **"))


def test_the_document_holds_everything_and_the_files_are_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEVERA_SYNC_HOME", str(tmp_path))
    files = write_files(REPORT, None)
    assert files["html"].parent == tmp_path / "checks" / "demo"
    assert files["html"].parent.stat().st_mode & 0o077 == 0
    said = json.loads(files["json"].read_text())
    assert said == json.loads(json.dumps(document(REPORT)))
    assert [each["key"] for each in said["hard"]] == ["a.one:x"]
    assert said["soft"][0]["count"] == 7
    assert said["ready"] is False
    assert [each["key"] for each in said["unread"]] == ["a.later"]
    assert list(write_files(REPORT, tmp_path / "own.html")) == ["html"]


def test_a_page_that_cannot_be_written_is_a_mistake_of_who_called(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_files(REPORT, tmp_path / "nowhere" / "page.html")


def test_what_was_found_stands_on_the_desk_until_it_is_right(state: TenantState) -> None:
    """ALL-13: what could not be looked at stays as it was."""
    note(state, REPORT)
    one, rows = sorted(state.issues.open(SCOPE), key=lambda issue: issue.record)
    assert (one.record, rows.record) == ("check:a.one:x", "check:a.rows")
    assert one.label == "a.one is right"
    assert "Mend it. Somewhere > There." in one.todo
    assert "And 5 more." in rows.what
    note(state, replace(REPORT, findings=(), unread=(Unread(ONE, TransientError("No answer.")),)))
    assert [issue.record for issue in state.issues.open(SCOPE)] == ["check:a.one:x"]
    note(state, replace(REPORT, findings=(), unread=()))
    assert state.issues.open(SCOPE) == []


def test_a_check_of_settings_alone_resolves_nothing_about_records(state: TenantState) -> None:
    note(state, REPORT)
    note(state, replace(REPORT, checks=(ONE, TWO, LATER), findings=(), unread=()))
    assert [issue.record for issue in state.issues.open(SCOPE)] == ["check:a.rows"]


def test_a_finding_that_a_person_ignores_stays_accepted(state: TenantState) -> None:
    note(state, REPORT)
    state.issues.ignore(SCOPE, "check:a.one:x", by="kari", why="It is one company.")
    note(state, REPORT)
    assert [issue.state for issue in state.issues.standing(SCOPE)].count(IssueState.IGNORED) == 1
    assert accepted(state) == {"a.one:x": ("kari", "It is one company.")}
    assert REPORT.accepting(accepted(state)).hard == ()


def test_the_refusal_lists_everything_hard() -> None:
    error = refusal("demo", (HARD, Finding(check=LATER, what="This, too.")))
    assert "2 things are wrong" in error.what
    assert "1. a.one is right: It is wrong" in error.why
    assert "2. a.later is right: This, too. Mend it. Somewhere > There." in error.why
    assert "severa-sync check demo" in error.todo


async def test_what_a_call_brings_or_why_not() -> None:
    """A wrong setting is found, what does not answer is open, two parts that disagree are a bug."""
    sheet = Sheet()

    async def call(error: Exception | None) -> str:
        if error is not None:
            raise error
        return "good"

    assert await sheet.read((ONE,), call(None)) == "good"
    assert await sheet.read((ONE, TWO), call(ConfigurationError("Refused.", todo="Ask."))) is None
    assert await sheet.read((ROWS,), call(BadDataError("Odd."))) is None
    assert [(each.check, each.what, each.advice) for each in sheet.findings] == [(ONE, "Refused.", "Ask.")]
    assert [each.check for each in sheet.unread] == [TWO, ROWS]
    with pytest.raises(BugError):
        await sheet.read((ONE,), call(BugError("Two parts disagree.")))


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("NO 912 345 678 MVA", "912345678", True),
        ("FI20774740", "2077474-0", True),
        ("SE556677889901", "556677-8899", True),
        ("NO912345678MVA", "987654321", False),
        (None, "987654321", None),
        ("", "", None),
    ],
)
def test_organisation_numbers_are_compared_by_their_digits(left: str, right: str, same: bool | None) -> None:
    """VN: only one organisation number connects the two."""
    assert same_company_number([left], [right]) is same


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("Fjell Rådgiverne AS", "FJELL RÅDGIVERNE", True),
        ("Nordwind Oy", "Nordwind Holding Oyj", True),
        ("Nordwind Oy", "Sørlandet AS", False),
        (None, "Nordwind", False),
    ],
)
def test_company_names_are_alike_but_for_their_form(left: str | None, right: str, alike: bool) -> None:
    assert similar_company_name(left, right) is alike
