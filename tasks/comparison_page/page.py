"""The page: one self-contained HTML file that works offline, without a mouse, in the dark and on a telephone.

Every text of a vendor is escaped by the templates. The page's own script is named by its digest in the page's content
security policy: no other script runs in it, whatever somebody wrote into a customer's name.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from core.comparison.report import Comparison, Fate, RegistryComparison, Row
from core.records import Side
from tasks.comparison_page import pictures
from tasks.comparison_page.words import KINDS, fate_of, field_of, in_order, many_of, reason_of, title_of, winner_of

SHOWN = 1000
"""Rows of one table that the page holds, those to look at first; the workbook and the JSON file hold all."""
FILTERS = (
    (Fate.PERSON, "needs a person", "person"),
    (Fate.LINK, "will be linked", "linked"),
    (Fate.LINKED, "linked already", "linked"),
    (Fate.CREATE, "new on the other side", "severa"),
    (Fate.STAYS, "stays", "stays"),
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One registry as the page shows it."""

    found: RegistryComparison
    title: str
    rows: tuple[Row, ...]

    @property
    def anchor(self) -> str:
        """Where links lead to."""
        return self.found.registry.value

    @property
    def chips(self) -> list[tuple[str, str, int, str]]:
        """The filters by fate and by product register: (flag, words, number, colour)."""
        kinds = Counter(row.kind for row in self.found.rows)
        return [
            *((fate.value, words, self.found.number(fate), tone) for fate, words, tone in FILTERS),
            *((kind, words + "s", kinds[kind], "stays") for kind, words in KINDS.items()),
        ]

    @staticmethod
    def tone(row: Row) -> str:
        """The colour of a row's fate."""
        if row.fate is Fate.CREATE:
            return f"new-{row.items[0].side.value}"
        return {Fate.LINK: "linked", Fate.LINKED: "linked"}.get(row.fate, row.fate.value)


def page(comparison: Comparison) -> str:
    """The HTML of the report."""
    chapters = [
        Chapter(each, title_of(each.registry), tuple(sorted(each.rows, key=_urgency)[:SHOWN]))
        for each in in_order(comparison)
    ]
    names = comparison.names
    registries = [chapter.found for chapter in chapters]
    script = _file("script.js")
    return (
        _environment()
        .get_template("page.html")
        .render(
            comparison=comparison,
            chapters=chapters,
            erp=names[Side.ERP],
            shown=SHOWN,
            sides=pictures.sides([each for each in registries if each.rows], names),
            likeness=pictures.likeness(comparison),
            fields=pictures.fields(registries, names),
            any_difference=any(not one.settles for each in registries for row in each.rows for one in row.differences),
            style=Markup(_file("style.css")),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            fate=partial(fate_of, names=names),
            winner=partial(winner_of, names=names),
            tiles=_tiles(comparison),
        )
    )


def _tiles(comparison: Comparison) -> list[tuple[str, int, str]]:
    """(class, number, words): the report in eight figures."""
    each = comparison.registries
    new = {side: sum(one.counts[Fate.CREATE, side] for one in each) for side in Side}
    return [
        ("linked", comparison.number(Fate.LINKED), "linked already"),
        ("linked", comparison.number(Fate.LINK), "will be linked"),
        ("new-severa", new[Side.SEVERA], f"new in {comparison.names[Side.ERP]}"),
        ("new-erp", new[Side.ERP], f"new in {comparison.names[Side.SEVERA]}"),
        ("person", comparison.number(Fate.PERSON), "need a person"),
        ("likely", sum(len(one.sure) for one in each), "likely pairs missed"),
        ("likely", sum(len(one.doubtful) for one in each), "links that look wrong"),
        ("lost", sum(len(one.emptied) for one in each), "pairs lose a value"),
    ]


def _urgency(row: Row) -> int:
    if row.fate is Fate.PERSON:
        return 0
    if row.doubtful or row.emptied:
        return 1
    return {Fate.LINK: 2 if row.differences else 3, Fate.CREATE: 3, Fate.LINKED: 4, Fate.STAYS: 5}[row.fate]


@cache
def _file(name: str) -> str:
    return files("tasks.comparison_page").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tasks.comparison_page"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["figure"] = lambda number: f"{number:,}".replace(",", "\u202f")
    environment.globals |= {"kinds": KINDS, "reason": reason_of, "field": field_of, "many": many_of}
    return environment
