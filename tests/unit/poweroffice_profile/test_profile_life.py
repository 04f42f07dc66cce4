"""A tenant's life: people work on both sides, passes read only what changed, and now and then everything (law 7).

Whatever happens in whatever order, no pass duplicates an item, overwrites a master or lets go what must stay, and at
the end one full pass brings everything into step (PO-02 to PO-12, ALL-02, ALL-03, ALL-14).
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from profile_laws import all_hold, pairs_are_in_step
from profile_strategies import KEYS, ROWS, Row, add, edits, worlds
from profile_world import SEVERA, World

from core.records import Registry, Side

REGISTRIES = st.sampled_from(list(Registry))
SIDES = st.sampled_from(list(Side))
NEW = st.sampled_from(sorted(ROWS)).flatmap(lambda place: st.tuples(st.just(place), ROWS[place]))
EDITS = REGISTRIES.flatmap(edits)


class Life(RuleBasedStateMachine):
    """Two systems and a tenant between them, from the switch-on."""

    world: World

    @initialize(world=worlds())
    def switch_on(self, world: World) -> None:
        self.world = world
        self.told: set[tuple[str, str, str, str]] = set()

    @rule(new=NEW)
    def somebody_adds(self, new: tuple[tuple[Side, Registry], Row]) -> None:
        (side, registry), row = new
        add(self.world, side, registry, row | {"old": False})

    @rule(edit=EDITS)
    def somebody_edits(self, edit: tuple[Side, Registry, int, str, Any]) -> None:
        side, registry, index, name, value = edit
        held = self.world.all(side, registry)
        if held:
            self.world.edit(side, registry, held[index % len(held)].id, **{name: value})

    @rule(
        side=SIDES,
        registry=REGISTRIES.filter(lambda r: r is not Registry.CONTACTS),
        index=st.integers(0, 5),
        number=st.sampled_from("1289"),
    )
    def somebody_renumbers(self, side: Side, registry: Registry, index: int, number: str) -> None:
        held = self.world.all(side, registry)
        if held:
            self.world.edit(side, registry, held[index % len(held)].id, **{KEYS[registry]: number})

    @rule(index=st.integers(0, 5))
    def somebody_invoices(self, index: int) -> None:
        held = self.world.all(SEVERA, Registry.CUSTOMERS)
        if held:
            self.world.invoiced.add(held[index % len(held)].id)

    @rule(full=st.sampled_from([False, False, True]))
    def a_pass(self, *, full: bool) -> None:
        before = {registry: dict(links) for registry, links in self.world.links.items()}
        done = self.world.sync(full=full)
        all_hold(self.world, done)
        for registry, links in before.items():
            pairs = {(key, link.erp_id) for key, link in links.items()}
            assert pairs <= {(key, link.erp_id) for key, link in self.world.links[registry].items()}

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        for _ in range(3):
            all_hold(self.world, self.world.sync(full=False))
        assert self.world.sync(full=False).writes == []  # what we wrote ourselves does not bounce
        for _ in range(3):  # what comes back from inactivity and what waits for it needs a second look
            all_hold(self.world, self.world.sync())
        last = self.world.sync()
        assert last.writes == []
        pairs_are_in_step(self.world)


Life.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
TestLife = Life.TestCase
