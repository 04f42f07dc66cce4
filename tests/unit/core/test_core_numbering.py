"""Who numbers, who is asked for by name, and what two items must have in common (VN-02 to VN-05, VN-07, VN-09)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from core_samples import CUSTOMERS, ERP, SEVERA, causes, customer, inputs_of, link_of
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.visma_net.profile import CUSTOMERS as BY_NAME
from connectors.visma_net.profile import PRODUCTS, PROJECTS
from core.comparing import compare
from core.complaints import KEY_NOW
from core.planning import fillings, linked_state, plan, unmatched_names
from core.plans import Plan, Renumber
from core.profiles import FieldRule, Master, Sought, always
from core.records import Product, ProductKind, Project, Record, Side
from core.states import NOT_APPLICABLE

NUMBERED = replace(CUSTOMERS, numbered_by=ERP)


def by_name(severa: list[Record], erp: list[Record], **fields: Any) -> Plan:
    return plan(inputs_of(BY_NAME, severa, erp, master=Master.BOTH, **fields))


def product(record_id: str, code: str = "P-1", kind: ProductKind = ProductKind.PRODUCT, **more: Any) -> Product:
    return Product(id=record_id, code=code, name="Rør", kind=kind, **more)


def test_a_number_that_is_being_taken_over_is_no_renumbering() -> None:
    """VN-04 ALL-14: Severa still shows its old number while the takeover is under way."""
    ours, theirs = customer("s-1", "10"), customer("e-1", "50001")
    link = replace(link_of(NUMBERED, ours, theirs), key="50001")
    found = plan(inputs_of(NUMBERED, [ours], [theirs], [link], renumbering={"s-1": "50001"}))
    assert (found.issues, found.renumberings) == ([], [Renumber(SEVERA, "s-1", "50001")])
    assert (found.empty, found.calls) == (False, True)
    assert "severa:s-1" not in found.in_step()
    without = plan(inputs_of(NUMBERED, [ours], [theirs], [link]))
    assert causes(without) == {"severa:s-1": "renumbered"}


@pytest.mark.parametrize("moved", [SEVERA, ERP])
def test_after_the_takeover_a_new_number_is_reported_wherever_it_was_given(moved: Side) -> None:
    """ALL-14: also on the side that numbers; nothing is pushed."""
    records = {SEVERA: customer("s-1", "50001"), ERP: customer("e-1", "50001")}
    link = link_of(NUMBERED, *records.values())
    records[moved] = replace(records[moved], number="7")
    found = plan(inputs_of(NUMBERED, [records[SEVERA]], [records[ERP]], [link]))
    assert set(causes(found).values()) == {"renumbered"}
    assert (found.updates, found.renumberings) == ([], [])


def test_numbers_that_differ_in_case_alone_are_one_where_the_rule_says_so() -> None:
    """VN-07: Visma.net does not tell case apart."""
    ours, theirs = product("product:1", "råd-10"), product("9", "RÅD-10")
    link = link_of(PRODUCTS, ours, theirs)
    found = plan(inputs_of(PRODUCTS, [ours], [theirs], [link], master=Master.BOTH))
    assert found.issues == []
    assert all(KEY_NOW not in settled.link.erp_state for settled in found.settlements)
    strict = plan(inputs_of(replace(PRODUCTS, same_key=lambda a, b: a == b), [ours], [theirs], [link]))
    assert set(causes(strict).values()) == {"renumbered"}


def test_customers_are_linked_by_name_whatever_their_numbers() -> None:
    """VN-03."""
    found = by_name([customer("s-1", "10", "Fjord AS")], [customer("e-1", "50001", " fjord  AS")])
    assert [(one.severa.id, one.erp.id) for one in found.adoptions] == [("s-1", "e-1")]


@given(active=st.lists(st.booleans(), min_size=1, max_size=4), ours=st.booleans())
@settings(max_examples=60, deadline=None)
def test_of_namesakes_only_one_may_be_active_else_each_is_reported(active: list[bool], ours: bool) -> None:
    """VN-03: inactive ones do not count, and no customer is ever linked or made while there are several."""
    theirs = [customer(f"e-{n}", str(n + 1), "Fjord AS", active=one) for n, one in enumerate(active)]
    severa = [customer("s-1", "10", "Fjord AS")] if ours else []
    found = by_name([*severa], [*theirs])
    meant = [f"erp:{one.id}" for one in theirs if one.active]
    if sum(active) > 1:
        assert {issue.record for issue in found.issues} == {*meant, *(["severa:s-1"] if ours else [])}
        assert all("its own name" in issue.todo and "Fjord AS" in issue.what for issue in found.issues)
        assert (found.adoptions, found.creates) == ([], [])
    else:
        assert found.issues == []
        assert len(found.adoptions) == (ours and sum(active) == 1)
        assert all(create.target is SEVERA for create in found.creates)


def test_the_names_that_are_asked_for_are_of_those_that_may_go() -> None:
    """VN-03: who stays anyway costs no call."""
    read = [customer("s-1", "1", " Fjord AS "), customer("s-2", "2", "Berg AS", active=False)]
    linked = customer("s-3", "3", "Dal AS")
    inputs = inputs_of(BY_NAME, [*read, linked], [], [link_of(BY_NAME, linked, customer("e-3"))])
    assert BY_NAME.sought_by is Sought.NAME
    assert unmatched_names(inputs, SEVERA) == ["Fjord AS"]


def test_items_of_one_code_and_another_kind_are_reported_and_not_linked() -> None:
    """VN-07."""
    found = plan(
        inputs_of(PRODUCTS, [product("product:1")], [product("9", kind=ProductKind.WORK_TYPE)], master=Master.BOTH)
    )
    assert causes(found) == {"severa:product:1": "duplicate key:kind", "erp:9": "duplicate key:kind"}
    assert "work type" in found.issues[0].what
    assert (found.adoptions, found.creates) == ([], [])


@pytest.mark.parametrize(
    ("severa", "erp", "way"),
    [("fjord.no", None, "to_erp"), (None, "fjord.no", "to_severa"), ("fjord.no", "fjord.se", "to_severa")],
)
def test_at_the_first_linking_silence_is_nobodys_change(severa: str | None, erp: str | None, way: str) -> None:
    """ALL-02: where both may update, a value goes to the side that has none, whichever was changed later."""
    rule = replace(CUSTOMERS, fields=(FieldRule("website"),))
    ours = customer("s-1", website=severa, changed_at=datetime(2026, 3, 1, tzinfo=UTC))
    theirs = customer("e-1", website=erp, changed_at=datetime(2026, 3, 2, tzinfo=UTC))
    (adoption,) = plan(inputs_of(rule, [ours], [theirs], master=Master.BOTH)).adoptions
    ways = {"to_erp": adoption.to_erp, "to_severa": adoption.to_severa}
    assert ways == {"to_erp": (), "to_severa": (), way: ("website",)}


def test_severa_is_shown_the_class_that_the_erp_has() -> None:
    """VN-05: and an own one is not touched, nor one of an item that is sorted otherwise (VN-08)."""
    rule = replace(CUSTOMERS, fields=(FieldRule("customer_class", same=lambda *_: True, filled=always),))
    theirs = customer("e-1", customer_class="10")
    assert fillings(rule, customer("s-1"), theirs) == ["customer_class"]
    assert fillings(rule, customer("s-1", customer_class="20"), theirs) == []
    (adoption,) = plan(inputs_of(rule, [customer("s-1")], [theirs], master=Master.BOTH)).adoptions
    assert (adoption.to_severa, adoption.to_erp) == (("customer_class",), ())
    item = product("9", item_class="VARE25")
    assert fillings(PRODUCTS, product("product:1"), item) == ["item_class"]
    assert fillings(PRODUCTS, product("product:1", category="g-1"), item) == []
    work = product("work_type:1", kind=ProductKind.WORK_TYPE)
    assert fillings(PRODUCTS, work, product("9", kind=ProductKind.WORK_TYPE, item_class="TIMER")) == []


def test_whether_a_lost_case_is_closed_is_nobodys_change() -> None:
    """VN-09: Visma.net shows a cancelled project as closed; reopening it carries both over again."""
    ours = Project(id="s-1", number="4711", name="Havn", customer=None)
    theirs = replace(ours, id="e-1")
    link = link_of(PROJECTS, ours, theirs)

    def compared(severa: Project | None, erp: Project | None, at: Any = link) -> Any:
        return compare(PROJECTS, Master.SEVERA, at, severa=severa, erp=erp, translate=lambda *_: None)

    lost = compared(replace(ours, lost=True), theirs)
    assert lost.push[ERP] == ["lost"]
    assert lost.settled.severa_state["active"] == lost.settled.erp_state["active"] == NOT_APPLICABLE
    carried = replace(lost.settled, severa_state={**lost.settled.severa_state, "lost": True})
    carried = replace(carried, erp_state={**carried.erp_state, "lost": True})
    echo = compared(None, replace(theirs, lost=True, active=False), carried)
    assert (echo.push, echo.drift) == ({SEVERA: [], ERP: []}, {})
    again = compared(ours, replace(theirs, lost=True, active=False), echo.settled)
    assert sorted(again.push[ERP]) == ["active", "lost"]


def test_a_linked_state_says_what_does_not_apply() -> None:
    """VN-08: work types have no class in Severa."""
    work = product("work_type:1", kind=ProductKind.WORK_TYPE)
    assert linked_state(PRODUCTS, work, work)["item_class"] == NOT_APPLICABLE
