"""A world for the tests of the profile."""

from __future__ import annotations

import pytest
from profile_strategies import SWITCHED_ON
from profile_world import World


@pytest.fixture
def world() -> World:
    """Two empty systems on the day of the switch-on; Severa is master of everything."""
    return World(SWITCHED_ON)
