"""Data Docs of the total check: what a person finds there, and what never gets there (ALL-07)."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from core.errors import BugError
from expectations.totals import TotalRow, validate_totals

GOOD = TotalRow("good", "Invoice 1", 100, 105, "NOK", "NOK", passed=True)
BAD = TotalRow("bad-ref", "Invoice 2 · Åsgård & Sønner", 123456, 123462, "NOK", "NOK", passed=False)
OTHER = TotalRow("other-ref", "Invoice 3", 100, 100, "NOK", "SEK", passed=False)


class Page(HTMLParser):
    """What a browser would make of a page: its tags, its links and its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.words: list[str] = []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [unquote(value or "") for name, value in attrs if name == "href"]
        self.sources += [value or "" for name, value in attrs if name in {"src", "srcset", "action"}]

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


def published(docs: Path, *rows: TotalRow, run: str = "run", tenant: str = "demo") -> Path:
    index = validate_totals(rows, tenant=tenant, run=run, docs=docs).docs_index
    assert index is not None
    return index


def validations(index: Path) -> list[Path]:
    """Pages of validations, newest first, by the index's own links."""
    links = [link for link in Page(index).links if link.startswith("validations/")]
    return [index.parent / link for link in links]


def test_a_person_finds_who_failed_and_by_how_much(tmp_path: Path) -> None:
    """ALL-07"""
    index = published(tmp_path, GOOD, BAD, OTHER, run="demo-invoice_export")
    assert index == tmp_path / "demo" / "index.html"
    history = Page(index)
    assert "✘ not all agree 3 2 demo-invoice_export" in history.text

    [path] = validations(index)
    page = Page(path)
    assert "2 of 3 invoices do not agree with the ERP" in page.text
    assert "Invoice 2 · Åsgård & Sønner 1 234.56 NOK 1 234.62 NOK +0.06 NOK 0.05 NOK bad-ref" in page.text
    assert "Invoice 3 1.00 NOK 1.00 SEK other-ref" in page.text
    assert "Invoice 1" not in page.text
    assert "The ERP's total including VAT differs from Severa's by at most 0.05. " in page.text
    assert "2 checked, 1 failed." in page.text


def test_a_good_batch_says_so(tmp_path: Path) -> None:
    """ALL-07"""
    index = published(tmp_path, GOOD, TotalRow("two", "Invoice 4", 7, 7, "ISK", "ISK", passed=True))
    assert "✔ all agree 2 0" in Page(index).text
    assert "✔ All totals agree with the ERP" in Page(validations(index)[0]).text


def test_untrusted_labels_are_escaped(tmp_path: Path) -> None:
    """ALL-07, law 10"""
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7 * 7 }} ${PATH} $x"
    failing = TotalRow(f"<b>{evil}", evil, 1, 99, "NOK", "NOK", passed=False)
    other = TotalRow("<i>", evil, 1, 1, "<u>", "SEK", passed=False)
    index = published(tmp_path, failing, other, run=f"../../{evil}")
    for path in (index, *validations(index)):
        page = Page(path)
        assert not {"script", "img", "b", "i", "u"} & set(page.tags)
    text = Page(validations(index)[0]).text
    assert text.count(evil) == 3
    assert {path.name for path in tmp_path.iterdir()} == {"demo"}


def test_pages_need_no_other_file_and_every_link_leads_to_a_page(tmp_path: Path) -> None:
    """ALL-07: a page opens without network, from wherever the folder lies."""
    index = published(tmp_path / "some where $HOME #1", GOOD, BAD, run="a b/c?d#e")
    pages = sorted(index.parent.rglob("*.html"))
    assert len(pages) == 3
    for path in pages:
        page = Page(path)
        assert page.sources == []
        assert not {"script", "link", "iframe", "img"} & set(page.tags)
        assert "://" not in page.source
        assert "@import" not in page.source
        assert page.links
        for link in page.links:
            assert (path.parent / link).is_file(), link


def test_a_site_per_tenant_keeps_its_history(tmp_path: Path) -> None:
    """ALL-07, law 8"""
    published(tmp_path, GOOD, run="first")
    published(tmp_path, BAD, run="other", tenant="kunde-2")
    index = published(tmp_path, BAD, run="second")
    ours = validations(index)
    assert [path.parent.parent.name for path in ours] == ["second", "first"]
    assert all(path.is_file() for path in ours)
    theirs = tmp_path / "kunde-2" / "index.html"
    assert [path.parent.parent.name for path in validations(theirs)] == ["other"]


def test_a_run_that_validates_twice_keeps_both(tmp_path: Path) -> None:
    """ALL-07: a retry keeps the run's name."""
    published(tmp_path, BAD)
    assert len(validations(published(tmp_path, GOOD))) == 2


def test_the_newest_fifty_validations_are_kept(tmp_path: Path) -> None:
    """ALL-07: page and result of what is too old go, and so do their empty folders."""
    index = published(tmp_path, GOOD, run="first")
    tenant = index.parent
    [first] = (tenant / "results").rglob("*.json")
    for minute in range(51):
        # As older runs would have left it: one result a minute.
        at = f"2020-01-01T10:{minute:02}:00+00:00"
        older = tenant / "results" / "totals" / f"old-{minute}" / f"20200101T10{minute:02}00.000000Z" / first.name
        older.parent.mkdir(parents=True)
        result = json.loads(first.read_text(encoding="utf-8"))
        result["meta"]["run_id"] = {"run_name": f"old-{minute}", "run_time": at}
        older.write_text(json.dumps(result), encoding="utf-8")
        older_page = tenant / "validations" / older.relative_to(tenant / "results").with_suffix(".html")
        older_page.parent.mkdir(parents=True)
        older_page.write_text("as it was", encoding="utf-8")
    published(tmp_path, GOOD, run="second")
    kept = ["second", "first", *(f"old-{minute}" for minute in range(50, 2, -1))]
    assert [path.parent.parent.name for path in validations(index)] == kept
    for folder in ("validations", "results"):
        assert sorted(path.name for path in (tenant / folder / "totals").iterdir()) == sorted(kept)
    assert len(list((tenant / "results").rglob("*.json"))) == 50


def test_pages_that_are_missing_are_made_again(tmp_path: Path) -> None:
    """ALL-07: the results hold all that the pages say."""
    index = published(tmp_path, BAD, run="first")
    [page] = validations(index)
    before = page.read_text(encoding="utf-8")
    page.unlink()
    published(tmp_path, GOOD, run="second")
    assert page.read_text(encoding="utf-8") == before


def test_a_result_cut_off_by_a_kill_does_not_stop_later_runs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """ALL-07"""
    published(tmp_path, BAD, run="first")
    [result] = (tmp_path / "demo" / "results").rglob("*.json")
    result.write_text(result.read_text(encoding="utf-8")[:100], encoding="utf-8")
    index = published(tmp_path, GOOD, run="second")
    assert [path.parent.parent.name for path in validations(index)] == ["second"]
    assert not list(tmp_path.rglob("first"))
    assert "interrupted validation" in caplog.text


def test_a_long_list_of_failures_is_cut_on_the_page_only(tmp_path: Path) -> None:
    """ALL-07"""
    rows = [TotalRow(str(n), f"Invoice {n}", 100, 200, "NOK", "NOK", passed=False) for n in range(520)]
    page = Page(validations(published(tmp_path, *rows))[0])
    assert "and 20 more." in page.text
    assert page.tags.count("tr") == 501
    assert "520 of 520 invoices do not agree" in page.text


def test_a_page_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """ALL-07: the site builder only logs it."""
    index = published(tmp_path, GOOD)
    in_the_way = index.parent / "validations" / "totals" / "next"
    in_the_way.write_text("a file where a folder must be", encoding="utf-8")
    with pytest.raises(BugError, match="was not written"):
        published(tmp_path, GOOD, run="next")
