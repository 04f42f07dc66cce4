"""How much of everything a scale holds."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

AS_OF = datetime(2025, 11, 30, 12, 0, tzinfo=UTC)
"""The moment that every world describes: fixed, so that a seed says everything."""
LONG_AGO = datetime(2018, 1, 8, 7, 0, tzinfo=UTC)
"""Nothing is older."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Counts in Severa; the ERP has some items more that are only there."""

    customers: int
    projects: int
    products: int
    invoices: int
    users: int
    business_units: int
    categories: int
    suppliers: int


SCALES = {
    "small": Sizes(40, 60, 80, 30, 12, 5, 7, 6),
    "medium": Sizes(2_000, 5_000, 1_500, 1_000, 120, 6, 20, 60),
    "large": Sizes(20_000, 50_000, 5_000, 5_000, 400, 7, 40, 300),
}


def moment(random: Random, *, after: datetime = LONG_AGO, before: datetime = AS_OF) -> datetime:
    """An instant between two others, to the millisecond."""
    span = int((before - after) / timedelta(milliseconds=1))
    return after + timedelta(milliseconds=random.randrange(1, max(2, span)))
