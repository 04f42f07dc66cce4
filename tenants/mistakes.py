"""Mistakes in a tenant file, in the words of the person who mends them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.errors import ConfigurationError

Path = tuple[str | int, ...]
"""Where a value stands in a tenant file: keys, and positions (from 0) in lists."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing to mend. `line` and `column` count from 1; `path` is dotted and empty for the whole file."""

    file: str
    line: int
    column: int
    path: str
    what: str
    allowed: str = ""

    def __str__(self) -> str:
        said = f"{self.what}; {self.allowed}" if self.allowed else self.what
        return f"{self.file}:{self.line}: {self.path + ': ' if self.path else ''}{said}"


class TenantFileError(ConfigurationError):
    """A tenant file cannot be used. `mistakes` are all that was found, in the order of the file, one per line."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def shown(value: object, limit: int = 60) -> str:
    """A value as it may be shown in one line: quoted, cut, control characters escaped (law 10)."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text) + "'"


def dotted(path: Path) -> str:
    """`severa.statuses.sent`, `notify.emails[2]`: list positions count from 1 for people."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += ("." if text else "") + (part if part.isidentifier() else shown(part, 40)[1:-1])
    return text


def did_you_mean(word: object, words: Sequence[str]) -> str:
    """The nearest of the allowed words as a question; empty when none is near."""
    by_folded = {candidate.casefold(): candidate for candidate in words}
    near = difflib.get_close_matches(str(word).strip().casefold()[:100], by_folded, n=1, cutoff=0.6)
    return f"did you mean {by_folded[near[0]]}?" if near else ""


def one_of(words: Sequence[str], verb: str = "choose", limit: int = 12) -> str:
    """`choose a, b or c`; a long list is cut and its length said."""
    if len(words) > limit:
        return f"{verb} one of {len(words)}, such as {', '.join(words[:5])} (severa-sync schema lists them)"
    if len(words) == 1:
        return f"{verb} {words[0]}"
    return f"{verb} {', '.join(words[:-1])} or {words[-1]}"
