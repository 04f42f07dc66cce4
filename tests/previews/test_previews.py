"""A preview writes nothing and leaves nothing, and the run right after it does what it said (law 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.faults.poweroffice.description import POWEROFFICE
from tests.faults.visma_net.description import VISMA_NET
from tests.previews.story import Teller, Told, teller
from tests.support.thorough import thorough

SEEDS = tuple(range(2, 12))
Said = dict[str, Any]


@pytest.fixture(scope="module")
def poweroffice() -> Iterator[Teller]:
    """Stories with PowerOffice."""
    with teller(POWEROFFICE) as found:
        yield found


@pytest.fixture(scope="module")
def visma_net() -> Iterator[Teller]:
    """Stories with Visma.net."""
    with teller(VISMA_NET) as found:
        yield found


def held(told: Told) -> None:
    """Nothing was found, and there was something to find."""
    assert not told.findings, "\n".join([*told.log, *told.findings])
    assert told.foreseen > 20
    assert told.conditional < told.foreseen


@pytest.mark.parametrize("seed", thorough(SEEDS))
def test_a_run_with_poweroffice_does_what_its_preview_said(poweroffice: Teller, seed: int) -> None:
    """Law 2, PO-02 to PO-14: registries, invoices, states and costs of a random tenant, after killed runs, too."""
    held(poweroffice.play(seed))


@pytest.mark.parametrize("seed", thorough(SEEDS))
def test_a_run_with_visma_net_does_what_its_preview_said(visma_net: Teller, seed: int) -> None:
    """Law 2, VN-02 to VN-18."""
    held(visma_net.play(seed))


@pytest.fixture(scope="module", params=["poweroffice", "visma_net"])
def story(request: pytest.FixtureRequest) -> Told:
    """One story of each ERP, for every run of the tests."""
    player: Teller = request.getfixturevalue(request.param)
    return player.play(1, rounds=2)


def test_a_run_does_what_its_preview_said(story: Told) -> None:
    """Law 2: the first cycle of a new tenant, and one after people were at work."""
    held(story)
    acts = {(act, side) for _, act, side in story.kinds}
    assert {("create", "erp"), ("create", "severa"), ("update", "erp"), ("update", "severa"), ("link", "erp")} <= acts


def _without(name: str) -> Callable[[Said], Said | None]:
    return lambda one: None if one["act"] == name else one


def _other_value(one: Said) -> Said:
    fields = {name: (old, f"{new} or so") for name, (old, new) in one["fields"].items()}
    return {**one, "fields": fields, "provided": []}


def _other_old(one: Said) -> Said:
    fields = {name: (f"{old} once", new) for name, (old, new) in one["fields"].items()}
    return {**one, "fields": fields}


def _another(one: Said) -> Said:
    return {**one, "record": f"{one['record']}x", "provided": []}


SPOILED: Mapping[str, Callable[[Said], Said | None]] = {
    "creates are not said": _without("create"),
    "updates are not said": _without("update"),
    "another new value": _other_value,
    "another old value": _other_old,
    "another record": _another,
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_the_oracle_sees_a_preview_that_is_wrong(story: Told, spoiled: str) -> None:
    """What was left out, and what was said wrongly, is found: the proof above is one."""
    first = story.rounds[0]
    said = [entry for one in first.said["foreseen"] if (entry := SPOILED[spoiled](one)) is not None]
    assert not first.judged()
    assert len(first.judged(said)) > 5
