"""A few scenarios of the campaign in every run of the tests; `python -m tests.faults` plays thousands of them."""

from __future__ import annotations

import pytest

from tests.faults.play import Player
from tests.faults.scenarios import draw
from tests.support.thorough import thorough

SEEDS = (3, 7, 14, 21, 28, 33, 41, 52, 60, 68, 77, 90)


@pytest.mark.parametrize("seed", [*SEEDS[:3], *thorough(SEEDS[3:])])
def test_nothing_is_lost_and_nothing_made_twice_whatever_happens(own_player: Player, seed: int) -> None:
    """ALL-05 ALL-06 ALL-07 ALL-08."""
    played = own_player.play(draw(seed))
    assert not played.findings, "\n".join([*played.log, *map(str, played.findings)])


def test_a_seed_always_tells_the_same_story() -> None:
    assert draw(5) == draw(5)
    assert draw(5) != draw(6)
