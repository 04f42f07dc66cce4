"""The status page and the comparison report as people meet them: in a browser (issue 5, point 6; ALL-09, law 10)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.pages import COMPANIES, written
from tests.browser.showing import Open, Scheme
from tests.unit.comparison.test_page_and_workbook import EVIL

if TYPE_CHECKING:
    from playwright.sync_api import Locator

PAGES = pytest.mark.parametrize("name", ["status", "comparison"])
CONTRASTS = """() => {
  const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const behind = (element) => { const all = [];
    for (let e = element; e; e = e.parentElement) all.unshift(getComputedStyle(e).backgroundColor);
    return all; };
  const painted = (colours) => { canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); };
  const found = [];
  for (const element of document.querySelectorAll("main *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest("svg, .off")) continue;
    const under = behind(element);
    const a = light(painted(under)), b = light(painted([...under, getComputedStyle(element).color]));
    found.push([(Math.max(a, b) + .05) / (Math.min(a, b) + .05), element.textContent.trim().slice(0, 40)]);
  }
  return found.sort((x, y) => x[0] - y[0]).slice(0, 5); }"""
"""The five texts that stand out least from what is behind them: (contrast, text)."""
LEAST = 4.5
"""The contrast that WCAG asks of ordinary texts."""


def column(head: Locator) -> list[str]:
    """The texts of a column, in the order of its rows."""
    found: list[str] = head.evaluate(
        "(h) => [...h.closest('table').tBodies[0].rows].map((r) => r.cells[h.cellIndex].textContent.trim())"
    )
    return found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return written(tmp_path_factory.mktemp("pages"))


@PAGES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_light_and_in_the_dark(
    opened: Open, pages: dict[str, Path], name: str, scheme: Scheme
) -> None:
    """Issue 5, point 6: by WCAG's contrast, on the ground that the wish of the system has."""
    with opened(pages[name], scheme=scheme) as seen:
        ground = seen.ask("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert (min(ground) > 200) if scheme == "light" else (max(ground) < 60)
        least = seen.ask(CONTRASTS)
        assert len(least) == 5
        assert least[0][0] >= LEAST, least


@PAGES
def test_on_a_telephone_nothing_is_wider_than_the_screen(opened: Open, pages: dict[str, Path], name: str) -> None:
    """Issue 5, point 6: 400 pixels."""
    with opened(pages[name], width=400) as seen:
        assert seen.ask("document.documentElement.scrollWidth") == 400
        assert seen.ask("document.body.scrollWidth") == 400
        box = seen.page.locator("tbody tr").first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 400


@PAGES
def test_what_somebody_wrote_into_a_name_is_text(opened: Open, pages: dict[str, Path], name: str) -> None:
    """Law 10: it is shown as it was written, and nothing of it runs."""
    with opened(pages[name]) as seen:
        assert seen.page.get_by_text(EVIL).first.is_visible()
        assert seen.ask("document.querySelectorAll('script').length") == 1
        assert seen.dialogs == []
        assert seen.complaints == []
        # Even if a script got in, it would not run: the page names its own one.
        seen.ask(
            "() => { const s = document.createElement('script'); s.textContent = 'window.x = 1'; "
            "document.body.append(s); }"
        )
        assert seen.ask("window.x === undefined")


@PAGES
def test_no_request_leaves_the_page(opened: Open, pages: dict[str, Path], name: str) -> None:
    """Issue 5, point 6: one file, offline; its policy lets nothing else out either."""
    with opened(pages[name]) as seen:
        seen.page.wait_for_load_state("networkidle")
        assert seen.requests == [pages[name].as_uri()]
        tried = seen.ask("fetch('http://127.0.0.1:9/').then(() => 'went', () => 'kept')")
        assert tried == "kept"
        assert any("Content Security Policy" in said for said in seen.complaints)


@PAGES
def test_the_keyboard_reaches_everything_and_enter_sorts(opened: Open, pages: dict[str, Path], name: str) -> None:
    """Issue 5, point 6: search, filters and columns, without a mouse."""
    with opened(pages[name]) as seen:
        reached: list[str] = []
        for _ in range(40):
            seen.page.keyboard.press("Tab")
            reached.append(
                seen.ask(
                    "(() => { const e = document.activeElement; return e.matches('input') ? 'search'"
                    " : e.matches('.chip') ? 'filter' : e.closest('th') ? 'column' : e.tagName; })()"
                )
            )
            if reached[-1] == "column":
                break
        assert {"search", "filter", "column", "SUMMARY"} <= {*reached, "filter" if name == "comparison" else ""}
        head = seen.page.locator("th:focus-within")
        before = column(head)
        seen.page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        seen.page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        after = column(head)
        assert sorted(before) == sorted(after)
        assert before != after or len(set(before)) == 1
        assert seen.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_of_many_companies_those_in_need_come_first_and_one_is_found_by_name(
    opened: Open, pages: dict[str, Path]
) -> None:
    """Issue 5, point 6: readable with hundreds of tenants."""
    with opened(pages["status"]) as seen:
        table = seen.page.locator("#companies")
        names = table.locator("tbody tr:visible td:first-child b")
        assert names.first.inner_text() == "aurora"
        assert names.nth(1).inner_text() == "bekk"
        assert names.count() < COMPANIES
        assert "3 of 121 need somebody" in seen.page.locator(".status.bad").inner_text()
        seen.page.keyboard.press("/")
        seen.page.keyboard.type("firma-099")
        assert names.all_inner_texts() == ["firma-099"]
        assert table.get_by_role("status").inner_text() == "1 of 1 shown"
        table.get_by_role("searchbox").fill("")
        table.get_by_role("button", name="off 1").press("Enter")
        assert names.all_inner_texts() == ["zeta"]
        row = table.locator("tbody tr", has_text="aurora")
        for words in ("12 345.50 NOK", "5 days ago", "No cycle has begun since"):
            assert words in (row.text_content() or "")
