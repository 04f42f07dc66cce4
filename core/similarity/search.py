"""The most likely partners of records among those of the other side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.similarity.blocking import Index
from core.similarity.features import Features
from core.similarity.scoring import POSSIBLE, score

MOST = 3
"""Partners that are kept of one record."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two records that may be one item; `severa` and `erp` are their ids."""

    severa: str
    erp: str
    score: int


def partners(
    severa: Sequence[Features],
    erp: Sequence[Features],
    *,
    loose_severa: Collection[str],
    loose_erp: Collection[str],
    besides: Collection[tuple[str, str]] = frozenset(),
) -> list[Candidate]:
    """The best partners of the loose records among all of the other side, best first, but for the pairs `besides`.

    Two records that are both tied already are not looked at; a record keeps at most `MOST`, unless it is one of the
    `MOST` of another.
    """
    tied = [each for each in severa if each.id not in loose_severa]
    found = [*search([each for each in severa if each.id in loose_severa], erp)]
    found += (
        Candidate(other.erp, other.severa, other.score)
        for other in search([each for each in erp if each.id in loose_erp], tied)
    )
    return list(_best(each for each in found if (each.severa, each.erp) not in besides))


def search(left: Sequence[Features], right: Sequence[Features], *, least: int = POSSIBLE) -> Iterator[Candidate]:
    """Every pair worth naming of a record of `left` (as `severa`) and one of `right` (as `erp`)."""
    if not left or not right:
        return
    index = Index(right)
    for record in left:
        for place in index.near(record):
            other = right[place]
            value = score(record, other)
            if value >= least:
                yield Candidate(record.id, other.id, value)


def _best(found: Iterable[Candidate]) -> Iterator[Candidate]:
    ours: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    for each in sorted(found, key=lambda one: (-one.score, one.severa, one.erp)):
        if ours[each.severa] < MOST or theirs[each.erp] < MOST:
            yield each
        ours[each.severa] += 1
        theirs[each.erp] += 1
