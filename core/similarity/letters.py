"""Letters made comparable: Nordic and Baltic letters folded, spellings without them met, broken encodings mended."""

from __future__ import annotations

import re
import unicodedata

_OWN = {"ø": "o", "æ": "a", "œ": "o", "ð": "d", "þ": "t", "ß": "ss", "ł": "l", "đ": "d", "ŋ": "n", "&": " ja "}
"""Letters that are not another letter with a mark."""


def _without_marks(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


_LETTERS = str.maketrans({chr(code): _without_marks(chr(code)) for code in range(0xC0, 0x250)} | _OWN)
"""Every Latin letter of Europe -> the plain one."""
_RUNS = re.compile(r"a[ae]+|o[oe]+|u[ue]+|th")
"""Letters that stand for one where a keyboard has no other: `Moeller` is `Möller`, `Aas` is `Ås`."""
_AND = re.compile(r"\b(?:och|og|and|und|et|en)\b")
_BROKEN = re.compile(r"[ÃÂÅ][\x80-\xbf\u2018-\u203a\u0152-\u017e]")
_NO_WORD = re.compile(r"[^0-9a-z]+")


def mended(text: str) -> str:
    """`MÃ¶ller`, which is `Möller` read in the wrong encoding, as it was meant; every other text as it is."""
    if _BROKEN.search(text) is None:
        return text
    for encoding in ("latin-1", "cp1252"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def folded(text: str) -> str:
    """Small letters a to z, digits and single spaces: `ÅSGÅRD  Rør & Varme` is `asgard ror ja varme`.

    Every word for and is one (`og`, `och`, `ja`, `&`). Letters that stand for a Nordic one fold as that one does, on
    both sides alike, so a name that really has the two letters meets itself all the same.
    """
    plain = (text if text.isascii() else mended(text)).casefold().translate(_LETTERS)
    if not plain.isascii():
        plain = _without_marks(plain)
    plain = _RUNS.sub(_one_letter, plain)
    return _AND.sub("ja", _NO_WORD.sub(" ", plain)).strip()


def _one_letter(found: re.Match[str]) -> str:
    return found.group()[0]


def bare(text: str) -> str:
    """Folded letters and digits alone, without leading zeros: `P-0012` and `p012` are alike, `0012` is `12`."""
    return folded(text).replace(" ", "").lstrip("0")
