"""The same proof at more places: what `make test` leaves to `make thorough`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet


def thorough(values: Iterable[Any]) -> list[ParameterSet]:
    """Values of a parameter that only `make thorough` tries: `parametrize("seed", [1, 2, *thorough([3, 4])])`."""
    return [pytest.param(value, marks=pytest.mark.thorough) for value in values]
