"""Ids and numbers that the simulated systems give, derived from the seed and from natural keys.

The same seed and the same natural keys give the same ids, in whatever order the objects are made: a recorded run
can be replayed against a fresh sandbox with the same seed and meets the same ids.
"""

from hashlib import blake2b


class Ids:
    """Gives ids for one simulated system. Parts name the object: kind first, then its reference, code or name."""

    def __init__(self, seed: int, system: str) -> None:
        self._prefix = f"{seed}\x1f{system}\x1f"
        self._guids: set[str] = set()
        self._numbers: dict[tuple[int, int, object], set[int]] = {}

    def _digest(self, parts: tuple[object, ...], attempt: int) -> bytes:
        text = self._prefix + "\x1f".join(map(str, parts)) + (f"\x1f#{attempt}" if attempt else "")
        return blake2b(text.encode(), digest_size=16).digest()

    def guid(self, *parts: object) -> str:
        """A lower-case UUID text (version 5 layout). The second object with the same parts steps aside to another."""
        attempt = 0
        while True:
            raw = self._digest(parts, attempt).hex()
            variant = "89ab"[int(raw[16], 16) & 3]
            guid = f"{raw[:8]}-{raw[8:12]}-5{raw[13:16]}-{variant}{raw[17:20]}-{raw[20:]}"
            if guid not in self._guids:
                self._guids.add(guid)
                return guid
            attempt += 1

    def number(self, *parts: object, low: int, high: int) -> int:
        """A number in `low`..`high` that is unique for the kind (the first part) within those bounds.

        A number already given or taken steps aside by hashing again. Raises ValueError when the bounds are used up.
        """
        taken = self._numbers.setdefault((low, high, parts[0] if parts else None), set())
        span = high - low + 1
        if len(taken) >= span:
            raise ValueError(f"no number left in {low}..{high} for {parts[0] if parts else 'this kind'}")
        attempt = 0
        while True:
            number = low + int.from_bytes(self._digest(parts, attempt)[:8], "big") % span
            if number not in taken:
                taken.add(number)
                return number
            attempt += 1

    def take(self, kind: object, number: int, *, low: int, high: int) -> None:
        """Marks a number as used, so that `number` steps aside from it."""
        self._numbers.setdefault((low, high, kind), set()).add(number)
