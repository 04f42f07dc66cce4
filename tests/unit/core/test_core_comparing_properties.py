"""Three-way comparison as a law: for any last state and any two present ones (ALL-02, ALL-03, PO-02)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from core_samples import ERP, OURS, RULE, SEVERA, THEIRS, link_of, nothing_linked
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.comparing import Comparison, compare, owner
from core.links import Link
from core.profiles import Master
from core.records import Customer, Side
from core.states import encode

modest = settings(max_examples=100, deadline=None)
PLAIN = ("name", "website", "vat_number")
"""Fields that are the same only when they are equal; one of each flow."""

WORDS = st.sampled_from(["A", "B", "C"])
FIELDS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(dict.fromkeys(PLAIN, WORDS))
TIMES = st.integers(1, 3).map(lambda hour: datetime(2026, 3, 2, hour, tzinfo=UTC))
MASTERS = st.sampled_from(list(Master))


@dataclass
class Pair:
    """Two records in memory and their link."""

    records: dict[Side, Customer]
    link: Link

    def compared(self, master: Master, read: set[Side]) -> Comparison:
        severa, erp = (self.records[side] if side in read else None for side in (SEVERA, ERP))
        return compare(RULE, master, self.link, severa=severa, erp=erp, translate=nothing_linked)

    def carry_out(self, found: Comparison) -> dict[Side, list[str]]:
        """Write what is to be pushed, save the link; the fields that were written per side."""
        states = {SEVERA: dict(found.settled.severa_state), ERP: dict(found.settled.erp_state)}
        for target, names in found.push.items():
            source = self.records[target.other]
            self.records[target] = replace(self.records[target], **{name: getattr(source, name) for name in names})
            for side in Side:
                states[side] |= {name: encode(getattr(self.records[side], name)) for name in names}
        self.link = replace(
            found.settled,
            severa_state=states[SEVERA],
            erp_state=states[ERP],
            drift={**found.settled.drift, **found.drift},
        )
        return found.push


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """A pair that was in step at `base` and stands elsewhere now."""
    base = draw(FIELDS)
    records = {
        side: replace(record, **draw(FIELDS), changed_at=draw(TIMES))
        for side, record in ((SEVERA, OURS), (ERP, THEIRS))
    }
    return Pair(records, link_of(RULE, replace(OURS, **base), replace(THEIRS, **base)))


def later_of(ours: Customer, theirs: Customer) -> Side:
    """The side that changed later; at the same time Severa."""
    assert ours.changed_at is not None
    assert theirs.changed_at is not None
    return ERP if theirs.changed_at > ours.changed_at else SEVERA


@modest
@given(pair=pairs(), master=MASTERS)
def test_each_field_follows_the_three_way_rule(pair: Pair, master: Master) -> None:
    """ALL-02, ALL-03: the oracle is written out beside the code, field by field."""
    found = pair.compared(master, {SEVERA, ERP})
    ours, theirs = pair.records[SEVERA], pair.records[ERP]
    for rule in RULE.fields:
        base, left, right = pair.link.severa_state[rule.name], getattr(ours, rule.name), getattr(theirs, rule.name)
        changed = {side for side, value in ((SEVERA, left), (ERP, right)) if value != base}
        pushed = {side for side, names in found.push.items() if rule.name in names}
        side = owner(rule, master)
        if not changed or left == right:
            assert not pushed
            assert rule.name not in found.drift
            assert found.settled.severa_state[rule.name] == found.settled.erp_state[rule.name] == left
        elif side is None:
            winner = later_of(ours, theirs) if len(changed) == 2 else min(changed)
            assert found.conflicts.get(rule.name) == (winner if len(changed) == 2 else None)
            assert pushed == {winner.other}
        elif side in changed:
            assert pushed == {side.other}
        else:
            assert not pushed
            assert found.drift[rule.name] == getattr(pair.records[side.other], rule.name)
            assert found.settled.state_on(side.other)[rule.name] == base


@modest
@given(pair=pairs(), master=MASTERS, read=st.sets(st.sampled_from(list(Side)), min_size=1))
def test_only_the_owner_is_ever_pushed_and_only_what_it_changed(pair: Pair, master: Master, read: set[Side]) -> None:
    """PO-02: whichever sides were read."""
    found = pair.compared(master, read)
    rules = {rule.name: rule for rule in RULE.fields}
    for target, names in found.push.items():
        assert len(names) == len(set(names))
        for name in names:
            assert owner(rules[name], master) in (target.other, None)
            assert target.other in read
            assert getattr(pair.records[target.other], name) != pair.link.state_on(target.other)[name]
    assert not set(found.drift) & {name for names in found.push.values() for name in names}
    assert all(owner(rules[name], master) is not None for name in found.drift)
    assert all(owner(rules[name], master) is None for name in found.conflicts)


@modest
@given(pair=pairs(), master=MASTERS)
def test_carrying_it_out_once_leaves_nothing_to_do(pair: Pair, master: Master) -> None:
    """Law 1, ALL-02: comparing again writes nothing, reports nothing new and saves nothing."""
    pair.carry_out(pair.compared(master, {SEVERA, ERP}))
    drift = dict(pair.link.drift)
    again = pair.compared(master, {SEVERA, ERP})
    assert again.push == {SEVERA: [], ERP: []}
    assert again.conflicts == {}
    assert again.settled == pair.link
    assert again.drift == drift


@modest
@given(pair=pairs(), master=MASTERS)
def test_what_is_no_drift_holds_the_same_on_both_sides_afterwards(pair: Pair, master: Master) -> None:
    """ALL-02: convergence; a lost change would show here."""
    pair.carry_out(pair.compared(master, {SEVERA, ERP}))
    for name in PLAIN:
        ours, theirs = (getattr(pair.records[side], name) for side in (SEVERA, ERP))
        assert ours == theirs or name in pair.link.drift


EDITS = st.lists(
    st.tuples(st.sampled_from(list(Side)), st.sampled_from(PLAIN), WORDS) | st.just(None), min_size=1, max_size=10
)


@modest
@given(edits=EDITS, master=MASTERS)
def test_reading_only_what_changed_ends_where_reading_everything_does(
    edits: list[tuple[Side, str, str] | None], master: Master
) -> None:
    """Law 7: edits in any order with cycles (None) in between; the cycle reads the changed side alone."""
    cycles = [Pair({SEVERA: OURS, ERP: THEIRS}, link_of(RULE, OURS, THEIRS)) for _ in range(2)]
    changed: set[Side] = set()
    clock = 0
    for edit in [*edits, None]:
        if edit is None:
            cycles[0].carry_out(cycles[0].compared(master, changed or {SEVERA}))
            cycles[1].carry_out(cycles[1].compared(master, {SEVERA, ERP}))
            changed = set()
            continue
        side, name, word = edit
        changed.add(side)
        clock += 1
        values: dict[str, Any] = {name: word, "changed_at": datetime(2026, 3, 2, 0, clock, tzinfo=UTC)}
        for pair in cycles:
            pair.records[side] = replace(pair.records[side], **values)
    assert cycles[0].records == cycles[1].records
    assert cycles[0].link == cycles[1].link


@modest
@given(pair=pairs(), master=MASTERS, value=WORDS)
def test_a_value_that_the_other_system_stores_differently_is_not_a_change(
    pair: Pair, master: Master, value: str
) -> None:
    """Law 7: each side is compared with its own last state, so a cut or padded value never bounces."""
    pair.carry_out(pair.compared(master, {SEVERA, ERP}))
    assume(not pair.link.drift)
    pair.records[ERP] = replace(pair.records[ERP], name=value.lower())
    pair.link = replace(pair.link, erp_state={**pair.link.erp_state, "name": value.lower()})
    for read in ({SEVERA, ERP}, {SEVERA}, {ERP}):
        assert pair.compared(master, read).push == {SEVERA: [], ERP: []}
