"""Which unlinked records are one item (PO-03, PO-07, PO-08, PO-11, ALL-14)."""

from __future__ import annotations

import random
from typing import Any

from core_samples import ERP, SEVERA, customer, linked, nothing_linked, project
from hypothesis import given, settings
from hypothesis import strategies as st

from core.matching import Matches, match
from core.profiles import ReferenceOf, RegistryRule
from core.records import Customer, Record, Registry, Side

modest = settings(max_examples=100, deadline=None)


def by_key(record: Record, _reference: ReferenceOf) -> tuple[Any, ...] | None:
    return (record.key,) if record.key else None


def by_name(record: Record, _reference: ReferenceOf) -> tuple[Any, ...] | None:
    name = getattr(record, "name", None)
    return (name.casefold(),) if name else None


def by_customer_and_name(record: Record, reference: ReferenceOf) -> tuple[Any, ...] | None:
    owner = reference("customer")
    return None if owner is None else (owner, getattr(record, "name", None))


RULE = RegistryRule(registry=Registry.CUSTOMERS, fields=(), match=(by_key, by_name))


def matched(severa: list[Customer], erp: list[Customer], **linked_ones: list[Customer]) -> Matches:
    return match(RULE, severa, erp, translate=nothing_linked, **linked_ones)


def pairs(found: Matches) -> set[tuple[str, str]]:
    return {(severa.id, erp.id) for severa, erp in found.pairs}


def clashes(found: Matches) -> set[frozenset[str]]:
    return {frozenset(r.id for r in (*clash.severa, *clash.erp, *clash.taken)) for clash in found.clashes}


def alone(found: Matches) -> set[str]:
    return {record.id for record in (*found.only_severa, *found.only_erp)}


def test_the_same_number_makes_one_item() -> None:
    """PO-03: whatever the names say, and with white space around the number."""
    found = matched([customer("s-1", "10", "Fjord AS")], [customer("e-1", " 10 ", "Fjord Rør")])
    assert (pairs(found), clashes(found), alone(found)) == ({("s-1", "e-1")}, set(), set())


def test_without_a_number_the_weaker_alternative_decides() -> None:
    """PO-07: a contact from before the switch-on carries no guid of ours."""
    found = matched([customer("s-1", "10", "Fjord AS")], [customer("e-1", None, "FJORD AS")])
    assert pairs(found) == {("s-1", "e-1")}


def test_a_match_by_number_is_not_undone_by_a_name() -> None:
    """The best alternative goes first; who is left over is matched by name."""
    ours = [customer("s-1", "10", "Nord"), customer("s-2", None, "Sør")]
    theirs = [customer("e-1", "10", "Sør"), customer("e-2", None, "sør")]
    assert pairs(matched(ours, theirs)) == {("s-1", "e-1"), ("s-2", "e-2")}


def test_one_number_on_two_items_of_a_side_is_a_clash_even_alone() -> None:
    """ALL-10: it could not be said which of them the other side's item is."""
    found = matched([customer("s-1", "10", "A"), customer("s-2", "10", "B")], [])
    assert (pairs(found), clashes(found), alone(found)) == (set(), {frozenset({"s-1", "s-2"})}, set())


def test_items_of_a_clash_are_not_matched_by_name_instead() -> None:
    found = matched([customer("s-1", "10", "A"), customer("s-2", "10", "B")], [customer("e-1", "10", "A")])
    assert (pairs(found), clashes(found)) == (set(), {frozenset({"s-1", "s-2", "e-1"})})


def test_a_name_on_several_items_of_one_side_only_is_no_clash() -> None:
    """Names may repeat; it matters only where one would have to choose."""
    ours = [customer("s-1", None, "A"), customer("s-2", None, "A")]
    assert alone(matched(ours, [])) == {"s-1", "s-2"}
    assert clashes(matched(ours, [customer("e-1", None, "A")])) == {frozenset({"s-1", "s-2", "e-1"})}


def test_a_number_that_a_linked_item_holds_is_not_taken_a_second_time() -> None:
    """ALL-14: after a renumbering the old or new number may stand on another item."""
    on_severa = matched([], [customer("e-2", "10")], linked_severa=[customer("s-1", "10")])
    on_erp = matched([customer("s-2", "10")], [customer("e-3", "10")], linked_erp=[customer("e-1", "10")])
    assert (pairs(on_severa), clashes(on_severa)) == (set(), {frozenset({"s-1", "e-2"})})
    assert (pairs(on_erp), clashes(on_erp)) == (set(), {frozenset({"s-2", "e-3", "e-1"})})


def test_a_name_that_a_linked_item_holds_may_repeat() -> None:
    """Two customers of one name are two customers."""
    found = matched([customer("s-2", None, "A")], [], linked_severa=[customer("s-1", "10", "A")])
    assert alone(found) == {"s-2"}


def test_references_in_a_key_are_compared_through_the_links() -> None:
    """PO-07: same customer, same name; the customer has another id on each side."""
    rule = RegistryRule(registry=Registry.PROJECTS, fields=(), match=(by_customer_and_name,))
    ours = [project("s", None, "Kai", customer="c-1"), project("s2", None, "Kai", customer="c-2")]
    theirs = [project("e", None, "Kai", customer="41"), project("e2", None, "Kai", customer="43")]
    found = match(rule, ours, theirs, translate=linked({"c-1": "41", "c-2": "42"}))
    assert pairs(found) == {("s", "e")}
    assert alone(found) == {"s2", "e2"}


NUMBERS = st.sampled_from([None, "1", "2", "3", " 3"])
NAMES = st.sampled_from(["A", "a", "B", "C", ""])


def registers(letter: str) -> st.SearchStrategy[list[Customer]]:
    rows = st.lists(st.tuples(NUMBERS, NAMES), max_size=5)
    return rows.map(lambda found: [customer(f"{letter}-{n}", *row) for n, row in enumerate(found)])


WORLDS = st.tuples(registers("s"), registers("e"), registers("ls"), registers("le"))
World = tuple[list[Customer], list[Customer], list[Customer], list[Customer]]


def of(world: World) -> Matches:
    ours, theirs, linked_ours, linked_theirs = world
    return matched(ours, theirs, linked_severa=linked_ours, linked_erp=linked_theirs)


@modest
@given(world=WORLDS)
def test_every_record_ends_in_exactly_one_place(world: World) -> None:
    """No record in two pairs, none in a pair and a clash, none forgotten (law 3)."""
    found = of(world)
    for side, records in ((SEVERA, world[0]), (ERP, world[1])):
        places = [pair[side is ERP].id for pair in found.pairs]
        places += [r.id for clash in found.clashes for r in (clash.severa if side is SEVERA else clash.erp)]
        places += [r.id for r in (found.only_severa if side is SEVERA else found.only_erp)]
        assert sorted(places) == sorted(record.id for record in records)


@modest
@given(world=WORLDS, seed=st.integers(0, 2**16))
def test_the_order_in_which_records_are_read_does_not_matter(world: World, seed: int) -> None:
    """PO-03: two runs over the same registers link the same items."""
    shuffled: Any = tuple(random.Random(seed).sample(part, len(part)) for part in world)
    one, two = of(world), of(shuffled)
    assert (pairs(one), clashes(one), alone(one)) == (pairs(two), clashes(two), alone(two))


@modest
@given(world=WORLDS)
def test_the_sides_are_treated_alike(world: World) -> None:
    """PO-02: new items are made on either side by one rule."""
    ours, theirs, linked_ours, linked_theirs = world
    there, back = of(world), of((theirs, ours, linked_theirs, linked_ours))
    assert pairs(there) == {(one, two) for two, one in pairs(back)}
    assert (clashes(there), alone(there)) == (clashes(back), alone(back))


@modest
@given(world=WORLDS)
def test_pairs_share_a_key_that_nobody_else_holds(world: World) -> None:
    """ALL-14: a pair by number is the only holder of the number; who shares one with others is never linked."""
    found = of(world)
    holders: dict[str, set[str]] = {}
    for record in (record for part in world for record in part):
        if record.key:
            holders.setdefault(record.key, set()).add(record.id)
    for severa, erp in found.pairs:
        if severa.key is not None and severa.key == erp.key:
            assert holders[severa.key] == {severa.id, erp.id}
        else:
            assert by_name(severa, str) == by_name(erp, str)
            assert all(len(holders[key]) == 1 for key in (severa.key, erp.key) if key)


@modest
@given(world=WORLDS)
def test_who_stays_alone_has_a_number_of_its_own(world: World) -> None:
    """What is alone will be created on the other side, so nobody there may hold its number (no duplicates)."""
    found = of(world)
    everyone: dict[Side, list[Customer]] = {SEVERA: [*world[0], *world[2]], ERP: [*world[1], *world[3]]}
    for record in (*found.only_severa, *found.only_erp):
        if record.key is not None:
            assert [r.id for side in Side for r in everyone[side] if r.key == record.key] == [record.id]
