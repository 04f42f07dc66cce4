"""Which reason is told when several fields of a record do not get through (ALL-13)."""

from __future__ import annotations

import pytest

from connectors.gaps import Gaps
from core.errors import BadDataError, MissingDependencyError, OutcomeUnknownError, SyncError, TransientError

LASTING = MissingDependencyError("PowerOffice has no payment term of 45 days.")
BAD = BadDataError("The address has no city.")
PASSING = OutcomeUnknownError("PowerOffice did not answer.")
AGAIN = TransientError("PowerOffice is away.")


@pytest.mark.parametrize(
    ("met", "told"),
    [
        ((LASTING, BAD), LASTING),
        ((LASTING, PASSING), PASSING),
        ((PASSING, LASTING), PASSING),
        ((PASSING, AGAIN), PASSING),
    ],
)
def test_what_passes_by_itself_is_told_first(met: tuple[SyncError, ...], told: SyncError) -> None:
    gaps = Gaps()
    for number, error in enumerate(met):
        gaps.add(f"field {number}", error)
    assert gaps.error is told
    assert gaps.names == {"field 0", "field 1"}
