"""Random worlds kept in step: plan, carry out, plan again (PO-02 to PO-12, ALL-02, ALL-03, law 1)."""

from __future__ import annotations

from copy import deepcopy
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from profile_laws import all_hold, everyone_is_accounted_for, pairs_are_in_step
from profile_strategies import edits, worlds
from profile_world import Pass, World

from core.records import Registry, Side

modest = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def told(done: Pass) -> set[tuple[str, str, str]]:
    """The rows of the error desk that a pass means."""
    return {(issue.scope, issue.record, issue.cause) for issue in done.issues}


def linked_origins(world: World, done: Pass) -> set[tuple[str, ...]]:
    """The linked pairs; an item that the pass made is named by what it was made of."""
    origin = {write.record_id: f"made of {write.source.id}" for write in done.created()}
    return {
        (registry.value, origin.get(link.severa_id, link.severa_id), origin.get(link.erp_id, link.erp_id))
        for registry, links in world.links.items()
        for link in links.values()
    }


EDITS = st.lists(st.sampled_from(list(Registry)).flatmap(edits), max_size=6)


@modest
@given(world=worlds())
def test_one_pass_brings_two_systems_into_step(world: World) -> None:
    """PO-02: new items both ways, nothing twice, nothing that must stay, and every record is accounted for."""
    done = world.sync()
    all_hold(world, done)
    everyone_is_accounted_for(world, done)
    pairs_are_in_step(world)


@modest
@given(world=worlds())
def test_the_second_pass_has_nothing_left_to_write(world: World) -> None:
    """Law 1, law 7: nor has it anything new to say."""
    first, second = world.sync(), world.sync()
    assert second.writes == []
    assert told(second) <= told(first)
    assert all(not planned.adoptions and not planned.settlements for planned in second.plans.values())


@modest
@given(world=worlds(), seed=st.integers(0, 2**16))
def test_the_order_of_reading_does_not_change_the_outcome(world: World, seed: int) -> None:
    """Law 1: a rerun that reads in another order links and makes the same."""
    other = deepcopy(world)
    for registers in other.records.values():
        for registry, held in registers.items():
            shuffled = Random(seed).sample(list(held.items()), len(held))
            registers[registry] = dict(shuffled)
    one, two = world.sync(), other.sync()

    assert told(one) == told(two)
    assert linked_origins(world, one) == linked_origins(other, two)


@modest
@given(world=worlds(), changes=EDITS)
def test_changes_go_over_once_and_only_from_their_owner(
    world: World, changes: list[tuple[Side, Registry, int, str, object]]
) -> None:
    """PO-02, ALL-02, ALL-03: edits on both sides between two passes."""
    world.sync()
    for side, registry, index, name, value in changes:
        held = world.all(side, registry)
        if held:
            world.edit(side, registry, held[index % len(held)].id, **{name: value})
    second = world.sync()
    all_hold(world, second)
    world.sync()  # what came back from inactivity goes over now
    fourth = world.sync()
    assert fourth.writes == []
    assert not [issue for issue in fourth.issues if issue.cause.startswith(("drift", "conflict"))]
    pairs_are_in_step(world)
