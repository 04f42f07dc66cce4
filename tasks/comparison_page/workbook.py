"""The report as a workbook for the controller: a sheet per question, filters on, nothing in it that is a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # comes without types

from core.comparison.report import Comparison, Item, Row
from core.records import Side
from tasks.comparison_page.document import summary
from tasks.comparison_page.words import KINDS, fate_of, field_of, in_order, many_of, reason_of, title_of, winner_of

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
LONGEST = 32_000
"""Characters of a cell; a sheet takes 32 767."""
ROWS = 1_048_000
"""Rows of a sheet that are used; a sheet takes 1 048 576."""
SHEETS: dict[str, tuple[tuple[str, int], ...]] = {
    "Likely pairs": (
        *(("registry", 16), ("score", 7), ("Severa number", 14), ("Severa", 34), ("ERP number", 14), ("ERP", 34)),
        *(("why", 60), ("what happens", 60), ("what to do", 60)),
    ),
    "One to many": (
        ("registry", 16),
        ("what", 40),
        ("Severa to ERP", 14),
        ("Severa", 60),
        ("ERP", 60),
        ("by the rule", 12),
    ),
    "Differences": (
        *(("registry", 16), ("number", 14), ("name", 34), ("field", 18), ("Severa", 40), ("ERP", 40)),
        *(("who wins", 40), ("value lost", 10)),
    ),
}
RECORDS = (
    *(("what happens", 20), ("Severa number", 14), ("Severa", 34), ("ERP number", 14), ("ERP", 34), ("kind", 15)),
    *(("by which rule, or why not", 40), ("score", 7), ("looks like two things", 12), ("why this score", 50)),
    *(("what to do", 50), ("Severa id", 38), ("ERP id", 14)),
)


def write_workbook(comparison: Comparison, path: Path) -> None:
    """Write the workbook. Texts of a vendor are texts, whatever they begin with: no cell is ever calculated."""
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        Sheets(book, comparison).write()


class Sheets:
    """The sheets of one workbook."""

    def __init__(self, book: Any, comparison: Comparison) -> None:
        self.book = book
        self.comparison = comparison
        self.head = book.add_format({"bold": True, "bg_color": "#E8EDF4", "bottom": 1, "text_wrap": True})
        self.text = book.add_format({"valign": "top"})
        self.quoted = book.add_format({"valign": "top", "quote_prefix": True})
        self.registries = in_order(comparison)

    def write(self) -> None:
        """All sheets, what to look at first."""
        self._summary()
        self._sheet("Likely pairs", SHEETS["Likely pairs"], self._likely())
        self._sheet("One to many", SHEETS["One to many"], self._groups())
        self._sheet("Differences", SHEETS["Differences"], self._differences())
        for each in self.registries:
            self._sheet(title_of(each.registry)[:31], RECORDS, (self._record(row) for row in each.rows))

    def _summary(self) -> None:
        comparison, sheet = self.comparison, self.book.add_worksheet("Summary")
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 20, 15)
        erp = comparison.names[Side.ERP]
        self._line(sheet, 0, [f"{comparison.tenant}: Severa and {erp} compared, {comparison.at:%Y-%m-%d %H:%M} UTC"])
        self._line(sheet, 1, [f"{comparison.attention} things to look at before the switch-on"])
        names = [name.replace("the ERP", erp) for name in summary(self.registries[0])] if self.registries else []
        self._line(sheet, 3, ["registry", "matched by", "master", *names], self.head)
        row = 4
        for each in self.registries:
            values = summary(each).values()
            self._line(sheet, row, [title_of(each.registry), "; ".join(each.rules), each.master, *values])
            row += 1
        for text in (*comparison.unread, *(f"{label}: {what}" for label, what in comparison.problems)):
            row += 1
            self._line(sheet, row, [f"Could not be used: {text}"])

    def _likely(self) -> Iterable[Sequence[Any]]:
        for each in self.registries:
            for one in each.likely:
                yield (
                    *(title_of(each.registry), one.score, one.severa.key, one.severa.name, one.erp.key, one.erp.name),
                    *(", ".join(one.evidence), one.consequence, one.todo),
                )

    def _groups(self) -> Iterable[Sequence[Any]]:
        for each in self.registries:
            for group in each.groups:
                here = [title_of(each.registry), group.what, many_of(group), _list(group.severa), _list(group.erp)]
                yield [*here, "yes" if group.ruled else "no"]

    def _differences(self) -> Iterable[Sequence[Any]]:
        for each in self.registries:
            for row in each.rows:
                for one in (each for each in row.differences if not each.settles):
                    first = row.items[0]
                    yield (
                        *(title_of(each.registry), first.key, first.name, field_of(one), one.severa, one.erp),
                        *(winner_of(one, self.comparison.names), "yes" if one.emptied else ""),
                    )

    def _record(self, row: Row) -> Sequence[Any]:
        severa, erp = row.severa, row.erp
        return (
            *(fate_of(row, self.comparison.names), *_item(severa), *_item(erp), KINDS.get(row.kind or "", "")),
            *(reason_of(row), row.score, "yes" if row.doubtful else "", ", ".join(row.evidence), row.todo),
            *(severa.id if severa else "", erp.id if erp else ""),
        )

    def _sheet(self, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]) -> None:
        sheet = self.book.add_worksheet(name)
        erp = self.comparison.names[Side.ERP]
        for place, (_, width) in enumerate(columns):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, 0)
        self._line(sheet, 0, [title.replace("ERP", erp) for title, _ in columns], self.head)
        last = 0
        for last, row in enumerate(rows, 1):
            if last > ROWS:
                self._line(sheet, last, ["The sheet is full; all records are in the JSON file."])
                break
            self._line(sheet, last, row)
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)

    def _line(self, sheet: Any, number: int, values: Sequence[Any], form: Any = None) -> None:
        for place, value in enumerate(values):
            if isinstance(value, int):
                sheet.write_number(number, place, value, form or self.text)
            elif value:
                text = "".join(c for c in str(value) if c.isprintable())[:LONGEST]
                quoted = self.quoted if str(value).startswith(STARTS_A_FORMULA) else self.text
                sheet.write_string(number, place, text, form or quoted)


def _item(item: Item | None) -> tuple[str, str]:
    return (item.key or "", item.name) if item else ("", "")


def _list(items: Sequence[Item]) -> str:
    return "; ".join(item.label for item in items)
