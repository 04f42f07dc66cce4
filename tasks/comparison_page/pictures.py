"""The pictures of the page: inline SVG whose colours are the page's own, each with its figures as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from core.comparison.report import Comparison, Fate, RegistryComparison
from core.records import Side
from tasks.comparison_page.words import title_of

WIDTH, ROW, HALF, MIDDLE = 960.0, 46.0, 300.0, 300.0
"""Of the picture of the two sides, in its own units; `HALF` is the room of one side, `MIDDLE` that of the pairs."""
BINS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: its class of colour, its number, and what it is."""

    kind: str
    number: int
    title: str


def sides(registries: Sequence[RegistryComparison], names: Mapping[Side, str]) -> Markup:
    """Per registry: what stands on both sides in the middle, what stands on one side alone at its side."""
    top = 34.0
    height = top + ROW * len(registries)
    widest = max((sum(p.number for p in _alone(each, side, names)) for each in registries for side in Side), default=1)
    pairs_most = max((sum(p.number for p in _pairs(each)) for each in registries), default=1)
    pieces = [
        _text(HALF - 8, 18, f"only in {names[Side.SEVERA]}", "end"),
        _text(HALF + MIDDLE / 2, 18, "on both sides", "middle"),
        _text(HALF + MIDDLE + 8, 18, f"only in {names[Side.ERP]}", "start"),
    ]
    for place, each in enumerate(registries):
        y = top + place * ROW
        pieces.append(_text(HALF + MIDDLE / 2, y + 11, title_of(each.registry).split(",")[0], "middle", "name"))
        width = (MIDDLE - 20) * (sum(p.number for p in _pairs(each)) / max(pairs_most, 1)) ** 0.5
        pieces += _bar(_pairs(each), HALF + (MIDDLE - width) / 2, y + 17, width, 1)
        total = sum(p.number for p in _pairs(each))
        pieces.append(
            _text(HALF + MIDDLE / 2, y + 31, _figure(total), "middle", "figure on" if width > 60 else "figure")
        )
        for side, edge, way in ((Side.SEVERA, HALF - 6, -1), (Side.ERP, HALF + MIDDLE + 6, 1)):
            parts = _alone(each, side, names)
            number = sum(p.number for p in parts)
            width = (HALF - 76) * (number / max(widest, 1)) ** 0.5
            pieces += _bar(parts, edge, y + 17, width, way)
            anchor = "start" if way > 0 else "end"
            pieces.append(_text(edge + way * (width + 7), y + 31, _figure(number), anchor, "figure"))
    said = "; ".join(_said(each, names) for each in registries)
    return _svg(WIDTH, height, f"What stands on both sides and what on one alone. {said}", pieces)


def likeness(comparison: Comparison) -> Markup:
    """How alike the pairs are: those of the rule against those that it will not link."""
    linked, others = Counter[int](), Counter[int]()
    for each in comparison.registries:
        linked.update(_bin(row.score) for row in each.rows if row.score is not None and row.fate in _PAIRED)
        others.update(_bin(one.score) for one in each.likely)
    most = max([*linked.values(), *others.values(), 1])
    step, base, tall = 22.0, 150.0, 120.0
    pieces = []
    for place in range(BINS):
        x = 10 + place * step
        for count, kind, shift in ((linked[place], "linked", 0.0), (others[place], "likely", 9.5)):
            if count:
                high = max(tall * (count / most) ** 0.5, 3)
                title = f"{count} pairs with a score of {place * 5} to {place * 5 + 5}"
                pieces.append(_rect(x + shift, base - high, 8.5, high, kind, title))
    pieces.append(Markup('<line class="axis" x1="8" x2="452" y1="150.5" y2="150.5"/>'))
    pieces += [_text(10 + mark * step / 5, 168, str(mark), "middle") for mark in (0, 25, 50, 75, 100)]
    words = f"Scores of {sum(linked.values())} pairs of the rule and of {sum(others.values())} that it will not link."
    return _svg(472, 176, words, pieces)


def fields(registries: Sequence[RegistryComparison], names: Mapping[Side, str]) -> Markup:
    """The fields that differ most in pairs, and who wins."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for each in registries:
        for row in each.rows:
            for one in (each for each in row.differences if not each.settles):
                kind = "lost" if one.emptied else one.winner.value if one.winner else "stays"
                found.setdefault((each.registry.value, one.field), Counter())[kind] += 1
    most = sorted(found.items(), key=lambda one: (-sum(one[1].values()), one[0]))[:10]
    top = max((sum(counts.values()) for _, counts in most), default=1)
    pieces: list[Markup] = []
    words = {"severa": f"{names[Side.SEVERA]} wins", "erp": f"{names[Side.ERP]} wins", "lost": "a value is lost",
             "stays": "stays different"}  # fmt: skip
    for place, ((registry, name), counts) in enumerate(most):
        y = place * 24.0
        pieces.append(_text(196, y + 15, f"{registry.replace('_', ' ')}: {name.replace('_', ' ')}", "end"))
        parts = [Part(kind, counts[kind], f"{counts[kind]} {words[kind]}") for kind in words if counts[kind]]
        width = 210 * (sum(counts.values()) / top) ** 0.5
        pieces += _bar(parts, 204, y + 4, width, 1, high=14)
        pieces.append(_text(204 + width + 7, y + 15, _figure(sum(counts.values())), "start", "figure"))
    said = "; ".join(f"{registry} {name}: {sum(counts.values())}" for (registry, name), counts in most)
    return _svg(460, max(len(most), 1) * 24.0, f"Fields that differ most. {said}", pieces)


_PAIRED = frozenset({Fate.LINK, Fate.LINKED})


def _pairs(each: RegistryComparison) -> list[Part]:
    """Linked already or soon; pairs that stay or wait."""
    kept = each.counts[Fate.STAYS, None] + each.counts[Fate.PERSON, None]
    doubtful = len(each.doubtful)
    return [
        Part("linked", each.counts[Fate.LINKED, None] + each.counts[Fate.LINK, None] - doubtful, "linked"),
        Part("likely", doubtful, "linked, but they look like two things"),
        Part("stays", kept, "pairs that stay apart by a rule"),
    ]


def _alone(each: RegistryComparison, side: Side, names: Mapping[Side, str]) -> list[Part]:
    return [
        Part(f"new-{side.value}", each.counts[Fate.CREATE, side], f"will be created in {names[side.other]}"),
        Part("person", each.counts[Fate.PERSON, side], "need a person"),
        Part("stays", each.counts[Fate.STAYS, side], "stay by a rule"),
    ]


def _said(each: RegistryComparison, names: Mapping[Side, str]) -> str:
    alone = ", ".join(f"{sum(p.number for p in _alone(each, side, names))} only in {names[side]}" for side in Side)
    return f"{title_of(each.registry)}: {sum(p.number for p in _pairs(each))} on both sides, {alone}"


def _bin(score: int) -> int:
    return min(score // 5, BINS - 1)


def _figure(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _bar(parts: Iterable[Part], x: float, y: float, width: float, way: int, high: float = 20) -> Iterator[Markup]:
    """A bar of pieces side by side, to the right or (way -1) to the left of `x`."""
    held = [part for part in parts if part.number > 0]
    total = sum(part.number for part in held)
    for part in held:
        wide = max(width * part.number / total, 1.5)
        yield _rect(x if way > 0 else x - wide, y, max(wide - 1, 1), high, part.kind, f"{part.number} {part.title}")
        x += way * wide


def _rect(x: float, y: float, width: float, height: float, kind: str, title: str) -> Markup:
    return Markup(
        '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="3"><title>{}</title></rect>'
    ).format(kind, x, y, width, height, title)


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(kind, x, y, anchor, text)


def _svg(width: float, height: float, label: str, pieces: Iterable[Markup]) -> Markup:
    head = Markup('<svg viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">').format(width, height, label)
    return head + Markup("").join(escape(piece) for piece in pieces) + Markup("</svg>")
