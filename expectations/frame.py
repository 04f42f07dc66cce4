"""A batch of totals as a data frame: whole minor units as int64, everything else as text, never a float."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.money import tolerance_minor
from expectations.totals import TotalRow

if TYPE_CHECKING:
    import pandas as pd

SEVERA, ERP, TOLERANCE = "severa_minor", "erp_minor", "tolerance_minor"
SEVERA_CURRENCY, ERP_CURRENCY = "severa_currency", "erp_currency"
COMPARABLE = "comparable"
PLACE = "place"
WORDS = ("reference", "label", "severa_total", "erp_total", "difference", "allowed")
"""Columns that nothing is decided by: they say for people which invoice it is and what its totals are."""

_LIMIT = 2**61
"""Beyond it the difference of two totals could leave int64."""


def totals_frame(rows: Sequence[TotalRow]) -> pd.DataFrame:
    """One line per row, in order; `place` is its position in `rows`."""
    import pandas as pd  # noqa: PLC0415  # only a batch needs it

    pairs = [_int64_pair(row) for row in rows]
    numbers = {
        COMPARABLE: [int(row.comparable) for row in rows],
        PLACE: list(range(len(rows))),
        SEVERA: [severa for severa, _ in pairs],
        ERP: [erp for _, erp in pairs],
        TOLERANCE: [tolerance_minor(row.severa_currency) for row in rows],
    }
    texts = {name: [_text(getattr(row, name)) for row in rows] for name in (SEVERA_CURRENCY, ERP_CURRENCY, *WORDS)}
    columns: dict[str, pd.Series[int] | pd.Series[str]] = {
        **{name: pd.Series(values, dtype="int64") for name, values in numbers.items()},
        **{name: pd.Series(values, dtype="str") for name, values in texts.items()},
    }
    return pd.DataFrame(columns)


def _text(value: str) -> str:
    """`value` with `?` for halves of surrogate pairs: JSON may hold them, no file can."""
    return value.encode(errors="replace").decode()


def _int64_pair(row: TotalRow) -> tuple[int, int]:
    """Both totals; absurdly large ones moved together towards zero, which leaves the verdict as it is."""
    if abs(row.severa) <= _LIMIT and abs(row.erp) <= _LIMIT:
        return row.severa, row.erp
    return 0, max(-_LIMIT, min(_LIMIT, row.erp - row.severa))
