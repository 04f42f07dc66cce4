"""One player for the scenarios of a session's module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.campaign import player
from tests.faults.play import Player
from tests.faults.visma_net.description import VISMA_NET


@pytest.fixture(scope="package")
def own_player() -> Iterator[Player]:
    """A server and a warm process, for one scenario after another."""
    with player() as found:
        yield found


@pytest.fixture(scope="package")
def visma_net_player() -> Iterator[Player]:
    """The same with Visma.net."""
    with player(VISMA_NET) as found:
        yield found
