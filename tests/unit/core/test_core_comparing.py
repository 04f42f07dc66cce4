"""Comparing one linked pair with its last state in step, case by case (ALL-02, ALL-03, PO-02, PO-04)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from core_samples import ERP, OURS, RULE, SEVERA, THEIRS, link_of, linked, nothing_linked, project

from core.comparing import Comparison, compare, owner, same_value
from core.profiles import FieldRule, Flow, Master, RegistryRule
from core.records import Customer, Record, Registry, Side
from core.states import NOT_APPLICABLE

PROJECTS = RegistryRule(
    registry=Registry.PROJECTS,
    match=(),
    fields=(
        FieldRule("customer"),
        FieldRule("start_date"),
        FieldRule("order_number", applies=lambda p: p.id != "plain"),
    ),
)
LINK = link_of(RULE, OURS, THEIRS)


def compared(
    master: Master, ours: dict[str, Any] | None, theirs: dict[str, Any] | None, rule: RegistryRule = RULE
) -> Comparison:
    """Compare the pair after these changes; None for a side that was not read."""
    severa = None if ours is None else replace(OURS, **ours)
    erp = None if theirs is None else replace(THEIRS, **theirs)
    return compare(rule, master, LINK, severa=severa, erp=erp, translate=nothing_linked)


@pytest.mark.parametrize(
    ("flow", "master", "side"),
    [
        (Flow.BOTH, Master.SEVERA, SEVERA),
        (Flow.BOTH, Master.ERP, ERP),
        (Flow.BOTH, Master.BOTH, None),
        *((Flow.TO_ERP, master, SEVERA) for master in Master),
        *((Flow.TO_SEVERA, master, ERP) for master in Master),
    ],
)
def test_a_field_belongs_to_the_master_unless_it_goes_one_way_only(
    flow: Flow, master: Master, side: Side | None
) -> None:
    """PO-02: the master's value counts; a one-way field belongs to where it comes from."""
    assert owner(FieldRule("name", flow=flow), master) is side


@pytest.mark.parametrize(
    ("flow", "targets"), [(Flow.BOTH, {SEVERA, ERP}), (Flow.TO_ERP, {ERP}), (Flow.TO_SEVERA, {SEVERA})]
)
def test_a_flow_says_where_a_field_may_be_written(flow: Flow, targets: set[Side]) -> None:
    assert {side for side in Side if flow.allows(side)} == targets


@pytest.mark.parametrize("master", list(Master))
@pytest.mark.parametrize(("ours", "theirs"), [({}, {}), ({}, None), (None, {})])
def test_an_unchanged_pair_needs_nothing(
    master: Master, ours: dict[str, Any] | None, theirs: dict[str, Any] | None
) -> None:
    """Law 7: whichever sides were read, nothing is pushed, reported or saved."""
    found = compared(master, ours, theirs)
    assert found.push == {SEVERA: [], ERP: []}
    assert (found.drift, found.conflicts, found.settled) == ({}, {}, LINK)


@pytest.mark.parametrize(("master", "source", "target"), [(Master.SEVERA, SEVERA, ERP), (Master.ERP, ERP, SEVERA)])
@pytest.mark.parametrize("both_read", [True, False])
def test_a_change_of_the_master_is_pushed(master: Master, source: Side, target: Side, *, both_read: bool) -> None:
    """PO-02: also when only the changed side was read, as in every cycle but the full one."""
    other: dict[str, Any] | None = {} if both_read else None
    change = {"name": "Ny AS"}
    found = compared(master, change, other) if source is SEVERA else compared(master, other, change)
    assert found.push == {target: ["name"], source: []}
    assert found.drift == {}


@pytest.mark.parametrize(("master", "side"), [(Master.SEVERA, ERP), (Master.ERP, SEVERA)])
def test_a_change_on_the_other_side_is_drift_and_not_pushed(master: Master, side: Side) -> None:
    """ALL-03: never pushed; what it holds there is told."""
    change = {"name": "Ny AS"}
    found = compared(master, {}, change) if side is ERP else compared(master, change, {})
    assert found.push == {SEVERA: [], ERP: []}
    assert found.drift == {"name": "Ny AS"}
    assert found.settled == LINK


def test_the_same_change_on_both_sides_is_settled_without_a_call() -> None:
    """ALL-02: both say the same, so both states are saved and an old drift is over."""
    link = replace(LINK, drift={"name": "Ny AS"})
    ours, theirs = replace(OURS, name="Ny AS"), replace(THEIRS, name="Ny AS")
    found = compare(RULE, Master.SEVERA, link, severa=ours, erp=theirs, translate=nothing_linked)
    assert found.push == {SEVERA: [], ERP: []}
    assert found.settled.severa_state["name"] == found.settled.erp_state["name"] == "Ny AS"
    assert found.settled.drift == {}


def test_one_side_alone_that_came_back_to_what_the_other_holds_is_settled() -> None:
    """ALL-03: the advised way out of drift, seen without reading the master again."""
    link = replace(LINK, erp_state={**LINK.erp_state, "name": "Slik den står der"}, drift={"name": "Ny AS"})
    erp = replace(THEIRS, name=OURS.name)
    found = compare(RULE, Master.SEVERA, link, severa=None, erp=erp, translate=nothing_linked)
    assert (found.push, found.drift) == ({SEVERA: [], ERP: []}, {})
    assert found.settled.erp_state["name"] == OURS.name
    assert found.settled.drift == {}


def test_values_that_mean_the_same_are_settled_with_each_sides_own_spelling() -> None:
    """ALL-02: an e-mail address in other letters is no change to carry over."""
    found = compared(Master.SEVERA, {"email": "POST@fjord.example"}, {})
    assert found.push == {SEVERA: [], ERP: []}
    assert found.settled.severa_state["email"] == "POST@fjord.example"
    assert found.settled.erp_state["email"] == "post@fjord.example"


@pytest.mark.parametrize("master", list(Master))
def test_a_one_way_field_goes_its_way_whoever_is_master(master: Master) -> None:
    """PO-02: website goes to the ERP only, the VAT number to Severa only, in this rule."""
    found = compared(master, {"website": "ny.example"}, {"vat_number": "922"})
    assert found.push == {ERP: ["website"], SEVERA: ["vat_number"]}
    back = compared(master, {"vat_number": "922"}, {"website": "ny.example"})
    assert back.push == {ERP: [], SEVERA: []}
    assert back.drift == {"vat_number": "922", "website": "ny.example"}


def test_a_fixed_field_is_not_looked_at_again() -> None:
    """A contact stays with the customer that it was created under (PO-07)."""
    found = compared(Master.SEVERA, {"currency": "EUR"}, {"currency": "SEK"})
    assert (found.push, found.drift, found.settled) == ({SEVERA: [], ERP: []}, {}, LINK)


@pytest.mark.parametrize(
    ("severa_at", "erp_at", "winner"),
    [(10, 11, ERP), (11, 10, SEVERA), (10, 10, SEVERA), (None, 10, ERP), (10, None, SEVERA)],
)
def test_of_two_changes_the_later_wins_and_is_reported(severa_at: int | None, erp_at: int | None, winner: Side) -> None:
    """ALL-02: a side that says no time is taken for the earlier one; at the same time Severa wins."""

    def at(hour: int | None) -> datetime | None:
        return None if hour is None else datetime(2026, 3, 2, hour, tzinfo=UTC)

    ours = {"name": "Ny AS", "changed_at": at(severa_at)}
    theirs = {"name": "Eldre AS", "changed_at": at(erp_at)}
    found = compared(Master.BOTH, ours, theirs)
    assert found.conflicts == {"name": winner}
    assert found.push == {winner.other: ["name"], winner: []}


def test_different_fields_changed_on_both_sides_go_both_ways() -> None:
    """ALL-02: field by field, without a conflict."""
    found = compared(Master.BOTH, {"name": "Ny AS"}, {"email": "ny@fjord.example"})
    assert (found.push, found.conflicts) == ({ERP: ["name"], SEVERA: ["email"]}, {})


def test_a_field_that_never_got_through_is_pushed_again() -> None:
    """Law 3: what the other system refused is absent from the state and asked for again."""
    state = {name: value for name, value in LINK.severa_state.items() if name != "email"}
    erp = replace(THEIRS, email=None)
    found = compare(
        RULE, Master.SEVERA, replace(LINK, severa_state=state), severa=OURS, erp=erp, translate=nothing_linked
    )
    assert found.push == {ERP: ["email"], SEVERA: []}


def test_a_field_that_does_not_apply_is_nobodys_change() -> None:
    """PO-08: a work type has no price in Severa; the ERP's price of it is its own affair."""
    ours, theirs = project("plain", start_date=date(2026, 1, 1)), project("p", start_date=date(2026, 1, 1))
    link = link_of(PROJECTS, ours, theirs)
    link = replace(
        link,
        severa_state={**link.severa_state, "order_number": NOT_APPLICABLE},
        erp_state={**link.erp_state, "order_number": NOT_APPLICABLE},
    )
    changed = replace(theirs, order_number="PO-1")
    for severa in (ours, None):
        for master in Master:
            found = compare(PROJECTS, master, link, severa=severa, erp=changed, translate=nothing_linked)
            assert (found.push, found.drift, found.settled) == ({SEVERA: [], ERP: []}, {}, link)


@pytest.mark.parametrize(
    ("severa", "erp", "same"),
    [
        ("s-1", "41", True),
        ("s-1", "42", False),
        ("s-9", "41", False),
        (None, None, True),
        ("s-1", None, False),
        (None, "41", False),
    ],
)
def test_references_are_the_same_when_the_links_say_so(severa: str | None, erp: str | None, *, same: bool) -> None:
    """PO-11: a project's customer is compared through the customer's link."""
    translate = linked({"s-1": "41"})
    assert same_value(FieldRule("customer"), Registry.PROJECTS, severa, erp, translate) is same


def test_a_reference_that_came_back_is_recognised_through_the_link() -> None:
    translate = linked({"s-1": "41", "s-2": "42"})
    ours, theirs = project("s", customer="s-1"), project("e", customer="41")
    link = replace(
        link_of(PROJECTS, ours, theirs), erp_state={**link_of(PROJECTS, ours, theirs).erp_state, "customer": "42"}
    )
    back = compare(PROJECTS, Master.SEVERA, link, severa=None, erp=theirs, translate=translate)
    moved = compare(
        PROJECTS,
        Master.SEVERA,
        link_of(PROJECTS, ours, theirs),
        severa=replace(ours, customer="s-2"),
        erp=None,
        translate=translate,
    )
    assert (back.push, back.drift) == ({SEVERA: [], ERP: []}, {})
    assert back.settled.erp_state["customer"] == "41"
    assert moved.push == {ERP: ["customer"], SEVERA: []}


RESTING = replace(RULE, rests_when_inactive=True)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"active": False, "name": "Ny AS"}, {"active": False}),
        ({"active": False, "name": "Ny AS"}, None),
        ({"name": "Ny AS"}, {"active": False}),
    ],
)
def test_an_inactive_customer_rests(ours: dict[str, Any], theirs: dict[str, Any] | None) -> None:
    """PO-04: nothing but the activity itself is carried over."""
    found = compared(Master.SEVERA, ours, theirs, RESTING)
    assert "name" not in found.push[ERP]
    assert compared(Master.SEVERA, ours, theirs).push[ERP][:1] == ["name"]


def test_a_customer_that_rested_rests_on_although_its_own_side_alone_was_read() -> None:
    """PO-04: the other side's last state says that it is inactive there."""
    link = replace(
        LINK, erp_state={**LINK.erp_state, "active": False}, severa_state={**LINK.severa_state, "active": False}
    )
    ours = replace(OURS, active=False, name="Ny AS")
    found = compare(RESTING, Master.SEVERA, link, severa=ours, erp=None, translate=nothing_linked)
    assert found.push == {SEVERA: [], ERP: []}


def test_a_customer_that_was_made_inactive_where_it_is_not_master_rests_too() -> None:
    """PO-04, law 7: that was told as drift in an earlier cycle, and this one reads the master alone."""
    ours = replace(OURS, name="Ny AS")
    found = compare(
        RESTING, Master.SEVERA, replace(LINK, drift={"active": False}), severa=ours, erp=None, translate=nothing_linked
    )
    assert found.push == {SEVERA: [], ERP: []}


@pytest.mark.parametrize("active", [True, False])
def test_the_activity_itself_goes_over(*, active: bool) -> None:
    """PO-04: a customer that becomes inactive, or active again, becomes so on the other side."""
    states = {"active": not active}
    link = replace(LINK, severa_state={**LINK.severa_state, **states}, erp_state={**LINK.erp_state, **states})
    ours, theirs = replace(OURS, active=active), replace(THEIRS, active=not active)
    found = compare(RESTING, Master.SEVERA, link, severa=ours, erp=theirs, translate=nothing_linked)
    assert found.push == {ERP: ["active"], SEVERA: []}


def test_comparing_changes_neither_link_nor_records() -> None:
    """Law 2: the preview is the same code, so it must leave everything as it was."""
    link = replace(LINK, severa_state=dict(LINK.severa_state), erp_state=dict(LINK.erp_state), drift={"name": "x"})
    before = repr(link)
    records: tuple[Record, Record] = (replace(OURS, name="A"), replace(THEIRS, name="B", email=None))
    ours, theirs = records
    assert isinstance(ours, Customer)
    compare(RULE, Master.BOTH, link, severa=ours, erp=theirs, translate=nothing_linked)
    assert repr(link) == before


def test_a_customer_that_is_reactivated_and_renamed_in_one_edit_goes_over_whole() -> None:
    """PO-04: it is active where it is master, so it is synchronised; in the next cycle nobody reads it again."""
    states = {"active": False}
    link = replace(LINK, severa_state={**LINK.severa_state, **states}, erp_state={**LINK.erp_state, **states})
    ours = replace(OURS, active=True, name="Ny AS")
    found = compare(RESTING, Master.SEVERA, link, severa=ours, erp=None, translate=nothing_linked)
    assert set(found.push[ERP]) == {"active", "name"}
