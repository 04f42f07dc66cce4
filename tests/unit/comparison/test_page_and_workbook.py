"""The report's page and workbook: complete, escaped, offline, and never calculated (ALL-09, law 10)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from connectors.poweroffice.profile import PROFILE
from core.comparison.compare import compare_registry
from core.comparison.report import Comparison, Fate
from core.inputs import Inputs
from core.planning import plan
from core.records import Customer, Registry, Side
from tasks.comparison_page.page import page
from tasks.comparison_report import in_markdown, write_files

ROOT = Path(__file__).parents[3]
EVIL = "<script>alert(1)</script>\"'&{{7*7}}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=cmd|"/c calc"!A1', "\t=1")
NAMES = {Side.SEVERA: "Severa", Side.ERP: PROFILE.title}


def customer(record_id: str, number: str | None, name: str, **more: object) -> Customer:
    return replace(Customer(id=record_id, number=number, name=name), **more)  # type: ignore[arg-type]


def comparison() -> Comparison:
    """A pair that loses its e-mail address, a doubtful pair, a likely one, a clash, names that are code."""
    severa = [
        customer("s1", "1", "Fjord AS"),
        customer("s2", "2", "Nordwind Oy"),
        customer("s3", "3", "Blåfjell AS", vat_number="FI20774740"),
        customer("s4", "4", EVIL),
        *(customer(f"f{i}", str(100 + i), text) for i, text in enumerate(FORMULAS)),
    ]
    erp = [
        customer("e1", "1", "Fjord AS", email="post@fjord.example"),
        customer("e2", "2", "Lyngen Bygg ApS"),
        customer("e3", "9", "BLÅFJELL A/S", vat_number="2077474-0"),
        customer("e4", "4", "One"),
        customer("e5", "4", "Two"),
    ]
    inputs = Inputs(
        rule=PROFILE.rule(Registry.CUSTOMERS),
        master=PROFILE.masters[Registry.CUSTOMERS],
        severa=severa,
        erp=erp,
        links={side: {} for side in Side},
        translate=lambda *_: None,
        switched_on=datetime(2026, 3, 1, tzinfo=UTC),
        active={Side.SEVERA: {each.id for each in severa}, Side.ERP: None},
        names=NAMES,
    )
    found = compare_registry(inputs, plan(inputs))
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return Comparison("fjord", NAMES, at, (found,), unread=(f"users: {EVIL}",), problems=((EVIL, EVIL),))


@pytest.fixture(scope="module")
def report() -> Comparison:
    return comparison()


@pytest.fixture(scope="module")
def html(report: Comparison) -> str:
    return page(report)


class Elements(HTMLParser):
    """The elements of a page and the text of those that are cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_report_says_what_a_controller_must_see(report: Comparison) -> None:
    (found,) = report.registries
    assert [row.severa.id for row in found.emptied if row.severa] == ["s1"]
    assert [row.severa.id for row in found.doubtful if row.severa] == ["s2"]
    assert [(one.severa.id, one.erp.id) for one in found.sure] == [("s3", "e3")]
    assert "stand there twice" in found.sure[0].consequence
    (group,) = (group for group in found.groups if group.ruled)
    assert (len(group.severa), len(group.erp)) == (1, 2)
    assert {row.items[0].id for row in found.rows if row.fate is Fate.PERSON} == {"s4", "e4", "e5"}
    assert found.rules == ("same number",)


def test_vendor_text_never_becomes_markup_or_script(html: str) -> None:
    assert "<script>alert" not in html
    assert html.count("<script>") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "{{7*7}}" in html
    parsed = Elements()
    parsed.feed(html)
    assert not [attribute for _, attributes in parsed.tags for attribute in attributes if attribute.startswith("on")]


def test_only_the_pages_own_script_may_run_and_nothing_is_fetched(html: str) -> None:
    script = re.search(r"<script>(.*)</script>", html, re.DOTALL)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert not re.search(r"(?:src|href)=\"(?!#)", html)
    assert not re.search(r"url\(|@import|https?://", html)


def test_the_page_is_for_everybody(html: str) -> None:
    """Dark, narrow, keyboard, screen readers: pictures have words, fields have names, every cell says its column."""
    parsed = Elements()
    parsed.feed(html)
    pictures = [attributes for tag, attributes in parsed.tags if tag == "svg"]
    assert len(pictures) == 3
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in pictures)
    assert all(attributes["aria-label"] for tag, attributes in parsed.tags if tag == "input")
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 46rem" in html
    ids = [attributes["id"] for _, attributes in parsed.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {str(attributes["href"])[1:] for tag, attributes in parsed.tags if tag == "a"}
    assert links <= set(ids)


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(report: Comparison, tmp_path: Path) -> None:
    files = write_files(report, tmp_path)
    with zipfile.ZipFile(files["xlsx"]) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        texts = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
        styles = ET.fromstring(book.read("xl/styles.xml"))  # noqa: S314 - our own file
        parsed = [ET.fromstring(book.read(name)) for name in sheets]  # noqa: S314 - our own file
    cells = [cell for sheet in parsed for cell in sheet.iter(f"{SHEET}c")]
    assert len(sheets) == 5
    assert "<f>" not in texts
    assert "<hyperlink" not in texts
    forms = list(next(styles.iter(f"{SHEET}cellXfs")))
    for formula in FORMULAS:
        told = [cell for cell in cells if "".join(cell.itertext()) == formula.strip()]
        assert told
        assert all(forms[int(cell.attrib["s"])].get("quotePrefix") == "1" for cell in told)


def test_the_files_hold_every_record_and_leave_nothing_half_written(report: Comparison, tmp_path: Path) -> None:
    files = write_files(report, tmp_path / "new" / "folder")
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == [
        "comparison.html", "comparison.json", "comparison.xlsx",
    ]  # fmt: skip
    said = json.loads(files["json"].read_text())
    rows = said["registries"]["customers"]["rows"]
    assert len(rows) == len(report.registries[0].rows)
    lost = next(row for row in rows if row["severa"] and row["severa"]["id"] == "s1")["differences"]
    assert {"field": "email", "severa": "", "erp": "post@fjord.example", "winner": "severa", "note": "",
            "emptied": True} in lost  # fmt: skip


def test_the_artifact_escapes_and_masks_codes_of_persons(report: Comparison) -> None:
    (found,) = report.registries
    person = replace(found.likely[0], severa=replace(found.likely[0].severa, name="Kari 010190-123A <b>|x"))
    markdown = in_markdown(replace(report, registries=(replace(found, likely=(person,)),)), {})
    assert "010190" not in markdown
    assert "<b>" not in markdown
    assert "\\|x" in markdown
    assert "<script" not in markdown


def test_a_quiet_cycle_imports_nothing_of_it() -> None:
    """Law 7: rapidfuzz, stdnum and xlsxwriter are paid for by who compares."""
    code = (
        "import sys, cli.main, flows.cycle\n"
        "names = {'rapidfuzz', 'stdnum', 'xlsxwriter', 'core.similarity', 'core.comparison', 'tasks.comparison_page'}\n"
        "print(sorted(names & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_a_pair_that_an_interrupted_run_made_is_a_pair_although_no_rule_says_so() -> None:
    """Law 1: the planner links it, so the report says so."""
    ours, theirs = customer("s1", "1", "Fjord AS"), customer("e1", None, "Fjord AS")
    inputs = Inputs(
        rule=PROFILE.rule(Registry.CUSTOMERS),
        master=PROFILE.masters[Registry.CUSTOMERS],
        severa=[ours],
        erp=[theirs],
        links={side: {} for side in Side},
        translate=lambda *_: None,
        switched_on=datetime(2026, 3, 1, tzinfo=UTC),
        active={Side.SEVERA: {"s1"}, Side.ERP: None},
        begun=((ours, theirs),),
        names=NAMES,
    )
    (row,) = compare_registry(inputs, plan(inputs)).rows
    assert row.fate is Fate.LINK
    assert [item.id for item in row.items] == ["s1", "e1"]
