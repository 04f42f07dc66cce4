"""Which pairs are worth scoring: records that share a key, so that the work grows with the records, not their square.

One slip of the pen (a letter too many, too few, wrong, or two swapped) always leaves a pair at least one name key in
common: a half of the name without the slip, or all its letters in alphabetical order. Hard keys are keys, too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from core.similarity.features import Features

BLOCK = 16
"""A key that more records of the other side hold names too many; of those, the nearest by name are taken."""
WINDOW = 4
"""How many of them, before and behind."""
RARE = 12
"""A word of a name that at most so many records of the other side have is a key by itself."""
SHORT = 6
"""Names of fewer letters have no halves worth the name."""
Key = tuple[str, str]


class Index:
    """Records of one side, to be found by the keys that they share with one of the other side."""

    def __init__(self, records: Sequence[Features]) -> None:
        self._words = Counter(word for each in records for word in set(each.name.core.split()))
        self._compact = [each.name.compact for each in records]
        blocks: dict[Key, list[int]] = defaultdict(list)
        for place, each in enumerate(records):
            for key in self._keys(each):
                blocks[key].append(place)
        for places in blocks.values():
            if len(places) > BLOCK:
                places.sort(key=self._compact.__getitem__)
        self._blocks = dict(blocks)

    def near(self, record: Features) -> set[int]:
        """Places of the records that are worth comparing with `record`."""
        found: set[int] = set()
        blocks = self._blocks
        for key in self._keys(record):
            places = blocks.get(key)
            if places is None:
                continue
            if len(places) > BLOCK:
                at = bisect_left(places, record.name.compact, key=self._compact.__getitem__)
                places = places[max(at - WINDOW, 0) : at + WINDOW]
            found.update(places)
        return found

    def _keys(self, record: Features) -> Iterator[Key]:
        if record.business is not None:
            yield "business", record.business.digits
        if record.loose:
            yield "number", record.loose
        if record.email is not None:
            yield "email", record.email
        elif record.domain is not None:
            yield "domain", record.domain
        if record.phone is not None:
            yield "phone", record.phone
        if record.place:
            yield "place", record.place
        if record.parent is not None:
            yield "parent", record.parent
        if record.name.compact:
            yield from _name_keys(record.name.compact)
            yield from self._word_keys(record.name.core.split())

    def _word_keys(self, words: list[str]) -> Iterator[Key]:
        if len(words) < 2:
            return
        count = self._words
        rare = [word for word in words if len(word) > 3 and count[word] <= RARE]
        for word in rare:
            yield "word", word
        if len(words) > 2 and len(rare) < 2:
            ordered = sorted(set(words))[:5]
            for place, word in enumerate(ordered):
                for other in ordered[place + 1 :]:
                    yield "words", f"{word} {other}"


def _name_keys(compact: str) -> Iterator[Key]:
    yield "letters", "".join(sorted(compact))
    size = len(compact)
    if size < SHORT:
        yield "short", compact
        for place in range(size):
            yield "short", compact[:place] + compact[place + 1 :]
        return
    half = size // 2
    yield "begins", compact[:half]
    yield "ends", compact[-half:]
    if size % 2 == 0:  # with a letter less its half is shorter
        yield "begins", compact[: half - 1]
        yield "ends", compact[1 - half :]
