"""Masters, drift and renumbering over all of PowerOffice's registries (PO-02, PO-12, ALL-03, ALL-14)."""

from __future__ import annotations

from typing import Any

import pytest
from profile_strategies import KEYS
from profile_world import ERP, RULES, SEVERA, World

from connectors.poweroffice.profile import PROFILE
from core.profiles import Flow, Master
from core.records import RECORD_TYPES, Record, Registry, Side

NAMED: dict[Registry, str] = dict.fromkeys(Registry, "name") | {
    Registry.USERS: "first_name",
    Registry.CONTACTS: "first_name",
}
"""A text of each registry that both sides keep."""


def item(world: World, side: Side, registry: Registry, key: str = "10") -> Record:
    """An item that may go, with what it needs."""
    values: dict[str, Any] = {"last_name": "Berg"} if registry in (Registry.USERS, Registry.CONTACTS) else {}
    if registry is not Registry.CONTACTS:
        values[KEYS[registry]] = key
    if registry in (Registry.CONTACTS, Registry.PROJECTS):
        held = {one: world.add(one, Registry.CUSTOMERS, number="1", name="Eier").id for one in Side}
        world.invoiced.add(held[SEVERA])
        values["customer"] = held[side]
    record = world.add(side, registry, **{NAMED[registry]: "Åse", **values})
    if registry is Registry.CUSTOMERS and side is SEVERA:
        world.invoiced.add(record.id)
    return record


def pair(world: World, registry: Registry, source: Side = SEVERA) -> dict[Side, str]:
    """The ids of a pair in step."""
    made = item(world, source, registry)
    world.sync()
    other = world.partner(source, made)
    assert other is not None
    assert world.sync().writes == []
    return {source: made.id, source.other: other.id}


REGISTRIES = pytest.mark.parametrize("registry", list(Registry), ids=lambda registry: registry.value)
MASTERS = pytest.mark.parametrize(("master", "side"), [(Master.SEVERA, SEVERA), (Master.ERP, ERP)])


@REGISTRIES
@MASTERS
@pytest.mark.parametrize("source", list(Side))
def test_new_items_go_both_ways_and_updates_only_from_the_master(
    world: World, registry: Registry, master: Master, side: Side, source: Side
) -> None:
    """PO-02, PO-12: each registry has its own master."""
    world.masters = {one: Master(side.other.value) for one in Registry} | {registry: master}
    ids = pair(world, registry, source)
    world.edit(side, registry, ids[side], **{NAMED[registry]: "Ola"})
    done = world.sync()
    assert [(w.side, w.record_id, w.names) for w in done.writes] == [(side.other, ids[side.other], (NAMED[registry],))]
    assert done.issues == []


@REGISTRIES
@MASTERS
@pytest.mark.parametrize("full", [True, False])
def test_a_change_on_the_other_side_is_told_once_and_left(
    world: World, registry: Registry, master: Master, side: Side, full: bool
) -> None:
    """ALL-03: neither pushed nor overwritten, also when the master changes something else afterwards."""
    world.masters[registry] = master
    ids = pair(world, registry)
    name = NAMED[registry]
    world.edit(side.other, registry, ids[side.other], **{name: "Ola"})
    done = world.sync(full=full)
    assert (done.writes, done.causes(registry)) == ([], {(f"{side.other}:{ids[side.other]}", f"drift:{name}")})
    for again in (world.sync(full=full), world.sync(), world.sync(full=full)):
        assert (again.writes, again.issues) == ([], [])
    assert getattr(world.records[side.other][registry][ids[side.other]], name) == "Ola"


@REGISTRIES
@MASTERS
def test_drift_ends_when_it_is_taken_back_or_overtaken(
    world: World, registry: Registry, master: Master, side: Side
) -> None:
    """ALL-03: the two ways out that the issue names; both records are healthy again."""
    world.masters[registry] = master
    ids = pair(world, registry)
    name = NAMED[registry]
    both = {f"{one}:{ids[one]}" for one in Side}
    world.edit(side.other, registry, ids[side.other], **{name: "Ola"})
    assert not both & set(world.sync().plans[registry].healthy)
    world.edit(side.other, registry, ids[side.other], **{name: "Åse"})
    assert both <= set(world.sync().plans[registry].healthy)
    world.edit(side.other, registry, ids[side.other], **{name: "Ola"})
    assert world.sync().issues
    world.edit(side, registry, ids[side], **{name: "Ola"})
    done = world.sync()
    assert (done.writes, both <= set(done.plans[registry].healthy)) == ([], True)


@pytest.mark.parametrize("registry", [r for r in Registry if RULES[r].watches_key], ids=lambda registry: registry.value)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("full", [True, False])
def test_a_new_number_after_linking_is_told_and_not_duplicated(
    world: World, registry: Registry, side: Side, full: bool
) -> None:
    """ALL-14: no second item on either side, and the pair is still kept in step."""
    ids = pair(world, registry)
    world.edit(side, registry, ids[side], **{KEYS[registry]: "77"})
    done = world.sync(full=full)
    assert (done.writes, done.causes(registry)) == ([], {(f"{side}:{ids[side]}", "renumbered")})
    assert len(world.links[registry]) == 1
    world.edit(SEVERA, registry, ids[SEVERA], **{NAMED[registry]: "Ola"})
    assert [(write.side, write.new) for write in world.sync().writes] == [(ERP, False)]


@pytest.mark.parametrize("registry", [r for r in Registry if RULES[r].watches_key], ids=lambda registry: registry.value)
@pytest.mark.parametrize("side", list(Side))
def test_a_number_that_was_freed_by_renumbering_is_not_given_to_another_pair(
    world: World, registry: Registry, side: Side
) -> None:
    """ALL-14: a new item under the old number would be linked to the wrong one, so it is told of."""
    ids = pair(world, registry)
    world.edit(side, registry, ids[side], **{KEYS[registry]: "77"})
    world.sync()
    made = item(world, side, registry, "10")
    done = world.sync()
    assert (f"{side}:{made.id}", "duplicate key") in done.causes(registry)
    assert not [write for write in done.created() if write.registry is registry]


@REGISTRIES
def test_an_item_without_number_or_name_is_told_of_with_what_to_do(world: World, registry: Registry) -> None:
    """PO-03, PO-08, PO-11, PO-12: every registry says what it needs of either side."""
    for side in Side:
        world.add(side, registry)
    done = world.sync()
    assert done.writes == []
    sides = {issue.record.partition(":")[0] for issue in done.plans[registry].issues}
    skipped = sum(done.plans[registry].skipped.values())
    assert len(sides) + skipped == 2
    assert all(issue.what and issue.todo for issue in done.issues)


@pytest.mark.parametrize("code", [None, "", "A7", "0"])
def test_a_user_needs_an_employee_number_to_go_out(world: World, code: str | None) -> None:
    """PO-12: PowerOffice's employee numbers are whole numbers."""
    record = world.add(SEVERA, Registry.USERS, code=code, first_name="Åse", last_name="Berg")
    assert world.sync().causes(Registry.USERS) == {(f"severa:{record.id}", "requirement:code")}


def test_a_users_superior_and_unit_are_the_linked_ones(world: World) -> None:
    """PO-12: also when the superior is made in the same pass, after the user."""
    unit = world.add(SEVERA, Registry.BUSINESS_UNITS, code="10", name="Oslo")
    user = world.add(SEVERA, Registry.USERS, code="1", first_name="Åse", last_name="Berg", business_unit=unit.id)
    head = world.add(SEVERA, Registry.USERS, code="2", first_name="Ola", last_name="Dahl")
    world.edit(SEVERA, Registry.USERS, user.id, superior=head.id)
    world.sync()
    copy: Any = world.partner(SEVERA, world.records[SEVERA][Registry.USERS][user.id])
    assert copy.superior == world.translate(Registry.USERS, SEVERA, head.id) is not None
    assert copy.business_unit == world.translate(Registry.BUSINESS_UNITS, SEVERA, unit.id) is not None
    assert world.sync().writes == []


def test_the_profile_fits_the_records_it_is_about() -> None:
    """PO-02: all seven registries in order of their references, every field there is, one master each."""
    assert [rule.registry for rule in PROFILE.registries] == list(Registry)
    assert set(PROFILE.masters) == set(Registry)
    for rule in PROFILE.registries:
        kind = RECORD_TYPES[rule.registry]
        names = [f.name for f in rule.fields]
        assert len(names) == len(set(names))
        assert set(names) <= set(kind.__dataclass_fields__)
        assert kind.KEY not in names
        assert PROFILE.rule(rule.registry) is rule
        assert all(requirement.todo for side in Side for requirement in rule.requirements.get(side, ()))


def test_the_statuses_and_jobs_of_the_guide() -> None:
    """ALL-04, ALL-06: four statuses, failed may be left out; the number comes when a person has sent the invoice."""
    assert PROFILE.statuses == ("trigger", "transferred", "sent", "paid")
    assert PROFILE.optional_statuses == ("failed",)
    assert PROFILE.number_written_at == "sent"
    assert PROFILE.jobs == ("registry_sync", "invoice_export", "invoice_status", "cost_import")
    one_way = {(rule.registry, f.name) for rule in PROFILE.registries for f in rule.fields if f.flow is not Flow.BOTH}
    assert one_way == {
        (Registry.CUSTOMERS, "is_person"),
        (Registry.CONTACTS, "address"),
        (Registry.PROJECTS, "internal"),
    }


def test_a_registry_that_the_profile_does_not_have_is_an_error() -> None:
    with pytest.raises(KeyError):
        PROFILE.rule("timesheets")  # type: ignore[arg-type]  # not a registry on purpose
