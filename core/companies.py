"""Whether two systems speak of one company: by its numbers, and by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable


def same_company_number(left: Iterable[str | None], right: Iterable[str | None]) -> bool | None:
    """Whether any number of one side is one of the other's; None when a side has none.

    Digits are compared. A Swedish VAT number is the organisation number and 01.
    """
    ours, theirs = _digits(left), _digits(right)
    return bool(ours & theirs) if ours and theirs else None


def similar_company_name(left: str | None, right: str | None) -> bool:
    """Whether two names are alike but for the legal form, or one of them is a part of the other."""
    from core.similarity.names import name_of  # noqa: PLC0415 - a quiet cycle compares no names

    one, other = (set(name_of(name).core.split()) for name in (left, right))
    return bool(one and other) and (one <= other or other <= one)


def _digits(numbers: Iterable[str | None]) -> set[str]:
    found = set()
    for number in numbers:
        digits = re.sub(r"\D", "", number or "")
        if not digits:
            continue
        found.add(digits)
        if (number or "").strip().upper().startswith("SE") and len(digits) == 12:
            found.add(digits[:10])
    return found
