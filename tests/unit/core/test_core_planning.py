"""The planner over one registry: who is created, adopted, kept back, reported (PO-02 to PO-05, PO-09, ALL-14)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from core_samples import CUSTOMERS, ERP, SEVERA, SWITCHED_ON, causes, customer, inputs_of, link_of, linked, project

from core.errors import ErrorClass
from core.planning import linked_state, localise, plan, unmatched_keys
from core.plans import Adopt, Create, Plan, Settle, Update, record_key
from core.profiles import FieldRule, Master, RegistryRule
from core.records import Customer, Record, Registry, Side
from core.states import NOT_APPLICABLE


def planned(severa: list[Record], erp: list[Record], rule: RegistryRule = CUSTOMERS, **fields: Any) -> Plan:
    return plan(inputs_of(rule, severa, erp, fields.pop("links", None), **fields))


def test_nothing_read_is_nothing_to_do() -> None:
    result = planned([], [])
    assert (result.empty, result.calls, list(result.actions())) == (True, False, [])


def test_new_items_are_created_on_the_other_side_from_either_side() -> None:
    """PO-02: whoever is master."""
    ours, theirs = customer("s-1", "1"), customer("e-2", "2")
    for master in Master:
        assert planned([ours], [theirs], master=master).creates == [Create(ERP, ours), Create(SEVERA, theirs)]


@pytest.mark.parametrize(
    ("sides", "reason"), [((ERP,), "not created in Severa"), ((SEVERA,), "not created in the ERP")]
)
def test_a_registry_may_take_new_items_on_one_side_only(sides: tuple[Side, ...], reason: str) -> None:
    """VN-09 and its like: the rest is counted with the reason, without an issue."""
    result = planned([customer("s-1", "1")], [customer("e-2", "2")], replace(CUSTOMERS, created_on=sides))
    assert [action.target for action in result.creates] == list(sides)
    assert (result.skipped, result.issues) == (Counter({reason: 1}), [])


def test_a_missing_requirement_is_an_issue_and_keeps_the_record_back() -> None:
    """PO-03: the words of the rule say what to do."""
    result = planned([customer("s-1", None)], [])
    (issue,) = result.issues
    assert (issue.record, issue.cause, issue.field) == ("severa:s-1", "requirement:number", "number")
    assert (issue.what, issue.todo, issue.error_class) == ("It has no number.", "Give it one.", ErrorClass.BAD_DATA)
    assert result.creates == []


@pytest.mark.parametrize(
    ("master", "to_erp", "to_severa"), [(Master.SEVERA, ("name",), ()), (Master.ERP, (), ("name",))]
)
def test_two_items_of_one_number_are_linked_and_the_masters_value_goes_over(
    master: Master, to_erp: tuple[str, ...], to_severa: tuple[str, ...]
) -> None:
    """PO-03, PO-02: no second one is made on either side."""
    ours, theirs = customer("s-1", "1", "Ny"), customer("e-1", "1", "Gammel")
    result = planned([ours], [theirs], master=master)
    assert result.adoptions == [Adopt(ours, theirs, to_erp, to_severa)]
    assert (result.creates, result.issues) == ([], [])


def test_without_a_master_the_later_changed_side_counts_when_linking() -> None:
    """ALL-02."""
    early, late = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    ours, theirs = customer("s-1", "1", "Ny"), customer("e-1", "1", "Gammel")
    for ours_at, theirs_at, way in ((early, late, "to_severa"), (late, early, "to_erp"), (None, late, "to_severa")):
        pair = planned([replace(ours, changed_at=ours_at)], [replace(theirs, changed_at=theirs_at)], master=Master.BOTH)
        assert getattr(pair.adoptions[0], way) == ("name",)


@pytest.mark.parametrize("inactive", [SEVERA, ERP])
def test_a_pair_of_which_one_stays_is_neither_linked_nor_created(inactive: Side) -> None:
    """PO-04: the other one is not created a second time either."""
    ours = customer("s-1", "1", active=inactive is not SEVERA)
    theirs = customer("e-1", "1", active=inactive is not ERP)
    result = planned([ours], [theirs])
    assert list(result.actions()) == []
    assert (result.skipped, result.issues) == (Counter({"inactive": 1}), [])


def test_who_has_no_project_and_no_invoice_stays() -> None:
    """PO-05: only where the registry asks for it, and only where the side has such a condition."""
    ours, theirs = [customer("s-1", "1"), customer("s-2", "2")], [customer("e-3", "3")]
    rule = replace(CUSTOMERS, needs_activity=True)
    result = planned([*ours], [*theirs], rule, active={SEVERA: {"s-2"}, ERP: None})
    assert [action.source.id for action in result.creates] == ["s-2", "e-3"]
    assert result.skipped == Counter({"no active project and no invoice yet": 1})
    assert len(planned([*ours], [*theirs], active={SEVERA: set(), ERP: set()}).creates) == 3


BEFORE, AFTER = SWITCHED_ON, SWITCHED_ON + timedelta(microseconds=1)


@pytest.mark.parametrize(("created_at", "goes"), [(BEFORE, False), (AFTER, True), (None, False)])
@pytest.mark.parametrize("side", list(Side))
def test_old_items_of_a_kind_that_only_goes_new_stay(side: Side, created_at: datetime | None, *, goes: bool) -> None:
    """PO-09: at the switch-on itself is before it; without a time it is old."""
    record = replace(customer("x", "1"), created_at=created_at)
    rule = replace(CUSTOMERS, only_new=lambda r: r.key == "1")
    result = planned([record] if side is SEVERA else [], [record] if side is ERP else [], rule)
    assert bool(result.creates) is goes
    assert result.skipped == ({} if goes else {"from before the switch-on": 1})


def test_an_old_item_with_a_counterpart_is_linked_and_its_differences_stay() -> None:
    """PO-09: not transferred, but the invoice rows need the link."""
    rule = replace(CUSTOMERS, only_new=lambda _record: True)
    result = planned([customer("s-1", "1", "Ny")], [customer("e-1", "1", "Gammel")], rule)
    (adoption,) = result.adoptions
    assert (adoption.to_erp, adoption.to_severa, adoption.left_alone) == ((), (), ("name",))
    assert not result.calls


def test_doubles_are_each_reported_and_none_is_linked_or_created() -> None:
    """ALL-10: the issue names the others."""
    ours = [customer("s-1", "1", "Fjord"), customer("s-2", "1", "Fjell")]
    result = planned([*ours], [customer("e-1", "1", "Vidda")])
    assert list(result.actions()) == []
    assert causes(result) == dict.fromkeys(("severa:s-1", "severa:s-2", "erp:e-1"), "duplicate key")
    assert "1 Fjell, 1 Vidda" in next(issue.what for issue in result.issues if issue.record == "severa:s-1")


def test_a_double_that_stays_anyway_does_not_stand_in_the_way() -> None:
    """PO-04: an inactive namesake is no clash for the active one."""
    ours = [customer("s-1", "1"), customer("s-2", "1", active=False)]
    result = planned([*ours], [customer("e-1", "1")])
    assert [(a.severa.id, a.erp.id) for a in result.adoptions] == [("s-1", "e-1")]
    assert (result.skipped, result.issues) == (Counter({"inactive": 1}), [])
    assert [action.source.id for action in planned([*ours], []).creates] == ["s-1"]


def test_nothing_is_created_beside_an_inactive_item_of_the_same_number() -> None:
    """PO-04: the number is taken there, so a new one would be a duplicate."""
    ours = [customer("s-1", "1"), customer("s-2", "1", active=False)]
    assert list(planned([*ours], [customer("e-1", "1", active=False)]).actions()) == []


def test_an_item_that_cannot_go_beside_an_inactive_one_is_counted_or_told() -> None:
    """Law 3: s-1 is active, waits for nobody knows what, and is neither in `skipped` nor in `issues`."""
    ours = [customer("s-1", "1"), customer("s-2", "1", active=False)]
    result = planned([*ours], [customer("e-1", "1", active=False)])
    assert sum(result.skipped.values()) + len(result.issues) == 3


def step_pair() -> tuple[Customer, Customer]:
    return customer("s-1", "1"), customer("e-1", "1")


def test_a_linked_pair_in_step_is_unchanged_and_healthy() -> None:
    """Law 7."""
    ours, theirs = step_pair()
    result = planned([ours], [theirs], links=[link_of(CUSTOMERS, ours, theirs)])
    assert (list(result.actions()), result.unchanged) == ([], 1)
    assert result.healthy == [record_key(SEVERA, "s-1"), record_key(ERP, "e-1")]


def test_a_link_of_which_neither_record_was_read_is_not_touched() -> None:
    ours, theirs = step_pair()
    inputs = inputs_of(CUSTOMERS, [], [])
    known = link_of(CUSTOMERS, ours, theirs)
    assert plan(replace(inputs, links={SEVERA: {"s-1": known}, ERP: {"e-1": known}})).empty


def test_a_changed_master_is_written_to_the_linked_item() -> None:
    """PO-02: one update with the changed fields only."""
    ours, theirs = step_pair()
    known = link_of(CUSTOMERS, ours, theirs)
    changed = replace(ours, name="Ny", website="ny.example")
    result = planned([changed], [theirs], links=[known])
    assert list(result.actions()) == [Update(ERP, changed, known, ("name", "website"))]


def test_both_sides_may_get_an_update_of_one_pair() -> None:
    """ALL-02: different fields, both ways, in one pass."""
    ours, theirs = step_pair()
    known = link_of(CUSTOMERS, ours, theirs)
    result = planned(
        [replace(ours, name="Ny")], [replace(theirs, email="ny@x.example")], links=[known], master=Master.BOTH
    )
    assert {(update.target, update.names) for update in result.updates} == {(ERP, ("name",)), (SEVERA, ("email",))}


def test_the_same_change_on_both_sides_is_saved_without_a_call() -> None:
    ours, theirs = step_pair()
    result = planned([replace(ours, name="Ny")], [replace(theirs, name="Ny")], links=[link_of(CUSTOMERS, ours, theirs)])
    (action,) = result.actions()
    assert isinstance(action, Settle)
    assert (action.link.severa_state["name"], action.link.erp_state["name"], result.calls) == ("Ny", "Ny", False)


def test_an_item_that_is_linked_is_never_matched_again() -> None:
    """ALL-14: a linked record whose partner was not read is no candidate for another."""
    ours, theirs = step_pair()
    result = planned([ours], [customer("e-2", "1")], links=[link_of(CUSTOMERS, ours, theirs)])
    assert list(result.actions()) == []
    assert causes(result) == {"erp:e-2": "duplicate key"}


def test_keys_to_look_for_are_those_of_unlinked_records() -> None:
    """Law 7: sorted, each once, none for who has none or is linked."""
    ours, theirs = step_pair()
    known = link_of(CUSTOMERS, ours, theirs)
    read = [ours, customer("s-2", "7"), customer("s-3", " 7 "), customer("s-4", None), customer("s-5", "5")]
    assert unmatched_keys(inputs_of(CUSTOMERS, [*read], [theirs], [known]), SEVERA) == ["5", "7"]
    assert unmatched_keys(inputs_of(CUSTOMERS, [*read], [theirs], [known]), ERP) == []


def test_references_cross_over_through_the_links() -> None:
    """PO-11: what does not resolve is named with its own id, an empty reference is a value."""
    record = project("p", customer="c-1", owner="u-9", contact=None, order_number="PO 7")
    values, unresolved = localise(record, ["customer", "owner", "contact", "order_number"], ERP, linked({"c-1": "41"}))
    assert values == {"customer": "41", "contact": None, "order_number": "PO 7"}
    assert unresolved == {"owner": "u-9"}


def test_a_links_state_says_which_fields_do_not_apply() -> None:
    """PO-08: asked of Severa's record, for the states of both sides."""
    rule = RegistryRule(
        registry=Registry.CUSTOMERS,
        match=(),
        fields=(FieldRule("name"), FieldRule("email", applies=lambda record: record.key == "1")),
    )
    ours, theirs = customer("s-1", "2", "A", email="a"), customer("e-1", "1", "B", email="b")
    assert linked_state(rule, ours, theirs) == {"name": "B", "email": NOT_APPLICABLE}


def test_adoptions_are_carried_out_before_what_may_refer_to_them() -> None:
    ours, theirs = customer("s-1", "1", "Ny"), customer("e-1", "1", "Gammel")
    result = planned([customer("s-2", "2"), ours], [theirs])
    assert [type(action) for action in result.actions()] == [Adopt, Create]
