"""Fields that never got over to the copy of an item go, whoever is master, and are no drift (PO-02)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core_samples import ERP, OURS, RULE, SEVERA, THEIRS, link_of, nothing_linked

from core.comparing import compare
from core.plans import Adopt, Create, Plan, Update, record_key
from core.profiles import Master
from core.records import Registry, Side

LINK = link_of(RULE, OURS, THEIRS)


@pytest.mark.parametrize("master", list(Master))
@pytest.mark.parametrize("side", list(Side))
def test_what_never_got_over_goes_although_both_records_look_equal(master: Master, side: Side) -> None:
    """PO-06: a record may show a part of a field only."""
    state = {name: value for name, value in LINK.state_on(side).items() if name != "name"}
    link = replace(LINK, severa_state=state) if side is SEVERA else replace(LINK, erp_state=state)
    found = compare(RULE, master, link, severa=OURS, erp=replace(THEIRS, name=OURS.name), translate=nothing_linked)
    assert found.push[side.other] == ["name"]
    assert found.push[side] == []
    assert (found.drift, found.overwritten, found.conflicts) == ({}, {}, {})


def test_a_change_of_the_master_goes_before_what_is_owed_to_it() -> None:
    """ALL-03."""
    state = {name: value for name, value in LINK.erp_state.items() if name != "name"}
    changed = replace(OURS, name="Nytt navn AS")
    link = replace(LINK, erp_state=state)
    found = compare(RULE, Master.SEVERA, link, severa=changed, erp=THEIRS, translate=nothing_linked)
    assert (found.push[ERP], found.push[SEVERA]) == (["name"], [])


def test_records_that_have_something_to_carry_over_are_not_in_step() -> None:
    """ALL-13: what a try of theirs met may not be over."""
    other = replace(OURS, id="other")
    everyone = [record_key(SEVERA, OURS.id), record_key(ERP, THEIRS.id), record_key(SEVERA, "other")]
    plan = Plan(Registry.CUSTOMERS, healthy=everyone)
    assert plan.in_step() == set(everyone)
    plan.updates.append(Update(ERP, OURS, LINK, ("name",)))
    assert plan.in_step() == {record_key(SEVERA, "other")}
    plan.creates.append(Create(ERP, other))
    assert plan.in_step() == set()
    assert Plan(Registry.CUSTOMERS, healthy=everyone, adoptions=[Adopt(OURS, THEIRS)]).in_step() == {everyone[2]}
    assert Plan(Registry.CUSTOMERS, healthy=everyone, unmarked=[(THEIRS, OURS.id)]).in_step() == {everyone[2]}
