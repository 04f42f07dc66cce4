"""The comparison report of random tenants against what their first cycle then does (ALL-09, law 2)."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy

from hypothesis import HealthCheck, given, settings
from profile_applying import Applying
from profile_strategies import edits, worlds
from profile_world import ERP, RULES, SEVERA, Pass, World

from core.comparison.compare import compare_registry
from core.comparison.report import Fate, RegistryComparison, Row
from core.planning import plan
from core.plans import Plan, record_key
from core.profiles import Need
from core.records import Record, Registry, Side
from core.states import encode

modest = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def foreseen(world: World) -> dict[Registry, tuple[RegistryComparison, Plan]]:
    """The report: the planner on a copy of the world, which takes the writes."""
    copy = deepcopy(world)
    result = Pass()
    said = {}
    for registry in Registry:
        read = {side: copy.all(side, registry) for side in Side}
        inputs = copy._inputs(registry, read)
        planned = plan(inputs)
        Applying(copy, RULES[registry], result).carry_out(planned)
        held = {
            record_key(side, record_id): ("waits", "" if skips(copy.records[side][registry][record_id]) else "wait")
            for kind, side, record_id in result.stayed
            if kind is registry
        }
        said[registry] = compare_registry(inputs, planned, held=held), planned
    return said


def skips(record: Record) -> bool:
    """Whether it stays without an issue when what it refers to is missing."""
    return any(rule.need(record) is Need.SKIP for rule in RULES[record.registry].fields)


def ids(rows: tuple[Row, ...]) -> Counter[tuple[Side, str]]:
    return Counter((item.side, item.id) for row in rows for item in row.items)


@modest
@given(world=worlds())
def test_every_record_of_both_sides_is_told_once(world: World) -> None:
    for registry, (report, _) in foreseen(world).items():
        assert ids(report.rows) == Counter((s, r.id) for s in Side for r in world.all(s, registry))


@modest
@given(world=worlds())
def test_what_the_report_promises_is_linked_and_created_by_the_first_cycle_and_nothing_else(world: World) -> None:
    said = foreseen(world)
    done = world.sync()
    for registry, (report, _) in said.items():
        made = {write.record_id for write in done.created(registry)}
        old = {(x.severa_id, x.erp_id) for x in world.links[registry].values()} - {
            (x.severa_id, x.erp_id) for x in world.links[registry].values() if made & {x.severa_id, x.erp_id}
        }
        assert old == {
            (row.severa.id, row.erp.id) for row in report.rows if row.fate is Fate.LINK and row.severa and row.erp
        }
        sources = {(write.side.other, write.source.id) for write in done.created(registry)}
        assert sources == {(i.side, i.id) for row in report.rows if row.fate is Fate.CREATE for i in row.items}
        for row in report.rows:
            if row.fate in {Fate.STAYS, Fate.PERSON}:
                assert row.why
                assert all(world.translate(registry, item.side, item.id) is None for item in row.items)


@modest
@given(world=worlds())
def test_a_record_stays_for_the_reason_that_the_planner_counts(world: World) -> None:
    for report, planned in foreseen(world).values():
        reasons = Counter(row.why for row in report.rows if row.fate is Fate.STAYS and row.why != "waits")
        assert reasons == planned.skipped


@modest
@given(world=worlds())
def test_the_side_that_is_said_to_win_has_its_value_on_both_sides_after_the_first_cycle(world: World) -> None:
    """PO-02, PO-09: and no field is written that the report does not name."""
    said = foreseen(world)
    before = deepcopy(world)
    done = world.sync()
    wrote = {(w.side, w.registry, w.record_id, name) for w in done.writes if not w.new for name in w.names}
    made = {(w.side, w.registry, w.record_id) for w in done.created()}
    promised, named = set(), set()
    for registry, (report, _) in said.items():
        for row in report.rows:
            for each in row.differences:
                assert row.severa is not None
                assert row.erp is not None
                here = {SEVERA: row.severa.id, ERP: row.erp.id}
                named |= {(side, registry, here[side], each.field) for side in Side}
                if each.winner is None:
                    continue
                loser = each.winner.other
                promised.add((loser, registry, here[loser], each.field))
                value = getattr(before.records[each.winner][registry][here[each.winner]], each.field)
                target = type(before.records[loser][registry][here[loser]]).REFERENCES.get(each.field)
                if target is not None and value is not None:
                    value = world.translate(target, each.winner, value)
                now = getattr(world.records[loser][registry][here[loser]], each.field)
                assert encode(now) == encode(World.stored(loser, each.field, value))
                lost = getattr(before.records[loser][registry][here[loser]], each.field)
                assert each.emptied == (is_empty(value) and not is_empty(lost))
    assert promised <= wrote
    assert {one for one in wrote - named if one[:3] not in made} == set()


def is_empty(value: object) -> bool:
    """Nothing, or an address without any line."""
    encoded = encode(value)
    return not any(encoded) if isinstance(encoded, list) else encoded in {None, ""}


EDITED = edits(Registry.CUSTOMERS)


@modest
@given(world=worlds(), change=EDITED)
def test_a_tenant_that_runs_already_is_told_what_the_next_full_cycle_does(
    world: World, change: tuple[Side, Registry, int, str, object]
) -> None:
    """ALL-03: a change of the side that is not master is shown, and not promised."""
    world.sync()
    side, registry, index, name, value = change
    held = world.all(side, registry)
    if held:
        world.edit(side, registry, held[index % len(held)].id, **{name: value})
    said = foreseen(world)
    done = world.sync()
    wrote = {(w.side, w.registry, w.record_id, n) for w in done.writes if not w.new for n in w.names}
    promised = {
        (each.winner.other, kind, row.erp.id if each.winner is SEVERA else row.severa.id, each.field)
        for kind, (report, _) in said.items()
        for row in report.rows
        for each in row.differences
        if each.winner is not None and row.severa is not None and row.erp is not None
    }
    assert promised == wrote
