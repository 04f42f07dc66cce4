"""What must hold after every pass, whatever the world looked like before."""

from __future__ import annotations

from collections import Counter

from profile_world import ERP, RULES, SEVERA, Pass, World

from core.comparing import owner, same_value
from core.plans import record_key
from core.records import Customer, Product, ProductKind, Project, Registry, Side


def links_are_one_to_one(world: World) -> None:
    """An item has at most one counterpart (law 1)."""
    for registry, links in world.links.items():
        for side in Side:
            ids = Counter(link.id_on(side) for link in links.values())
            assert set(ids.values()) <= {1}
            assert set(ids) <= set(world.records[side][registry])


def nothing_was_duplicated(world: World, done: Pass) -> None:
    """PO-03, PO-08, PO-11, PO-12, ALL-14: nobody else on that side holds the number of an item that was made."""
    for write in done.created():
        made = world.records[write.side][write.registry][write.record_id]
        assert made.key is not None
        assert world.holders(write.side, write.registry, made.key) == [made]


def masters_were_respected(world: World, done: Pass) -> None:
    """PO-02, ALL-03: an item that existed before is changed only by the field's owner."""
    made = {(write.side, write.registry, write.record_id) for write in done.created()}
    for write in done.writes:
        for name in write.names:
            rule = next((f for f in RULES[write.registry].fields if f.name == name), None)
            if (write.side, write.registry, write.record_id) not in made:
                assert rule is not None
                assert rule.flow.allows(write.side)
                assert owner(rule, world.masters[write.registry]) in (write.side.other, None)


def only_what_may_go_went(world: World, done: Pass) -> None:
    """PO-04, PO-05, PO-08, PO-09, PO-11: what was made came from an item that may go."""
    for write in done.created():
        source = write.source
        assert source.key or write.registry is Registry.CONTACTS
        assert getattr(source, "active", True) or write.registry is Registry.PROJECTS
        if isinstance(source, Customer) and write.side is ERP:
            assert not source.internal
            assert not source.prospect
            assert source.id in world.remembered
        if isinstance(source, Project):
            assert source.won
        if isinstance(source, Product) and source.kind in (None, ProductKind.PRODUCT):
            assert source.created_at is not None
            assert source.created_at > world.switched_on


def everyone_is_accounted_for(world: World, done: Pass) -> None:
    """Law 3: a record that was read is linked, told of, or stays by a rule that is counted."""
    for registry, planned in done.plans.items():
        loose = told = 0
        issues = {issue.record for issue in planned.issues}
        for side in Side:
            for record in done.read[registry, side]:
                if world.partner(side, record) is not None or (registry, side, record.id) in done.stayed:
                    continue
                loose += 1
                told += record_key(side, record.id) in issues
        # a pair that stays is counted once for its two records
        assert sum(planned.skipped.values()) + told <= loose <= 2 * sum(planned.skipped.values()) + told


def pairs_are_in_step(world: World) -> None:
    """ALL-02: both sides hold the same, but for what a rule leaves alone or an issue tells of."""
    for registry, links in world.links.items():
        rule = RULES[registry]
        for link in links.values():
            severa = world.records[SEVERA][registry][link.severa_id]
            erp = world.records[ERP][registry][link.erp_id]
            resting = rule.rests_when_inactive and not (getattr(severa, "active", 1) and getattr(erp, "active", 1))
            for one in rule.fields:
                if one.fixed or not one.applies(severa) or (resting and one.name != "active"):
                    continue
                if one.name in link.drift or (registry, link.severa_id, one.name) in world.decreed:
                    continue
                ours, theirs = getattr(severa, one.name), getattr(erp, one.name)
                cut = World.stored(ERP, one.name, ours)
                same = same_value(one, registry, ours, theirs, world.translate) or theirs == cut
                assert same, (registry, one.name, ours, theirs)


def all_hold(world: World, done: Pass) -> None:
    """Every law that needs no second pass."""
    links_are_one_to_one(world)
    nothing_was_duplicated(world, done)
    masters_were_respected(world, done)
    only_what_may_go_went(world, done)
