"""Links keep both sides' ids and states, and refuse that two items claim one (PO-03, ALL-14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.links import Link
from core.records import Registry, Side
from state.errors import LinkClashError
from state.store import Store, TenantState

C = Registry.CUSTOMERS


def link(severa_id: str, erp_id: str, **more: object) -> Link:
    return Link(registry=C, severa_id=severa_id, erp_id=erp_id, key=f"K{severa_id}", **more)  # type: ignore[arg-type]


def test_a_link_comes_back_as_it_was_saved(state: TenantState, clock: Callable[[], datetime]) -> None:
    """ALL-03: both states and the drift survive, with text beyond ASCII, empty values and lists."""
    address = ["Øvre Slottsgate 3", None, "0157", "Oslo", "NO"]
    saved = link(
        "s1", "11", severa_state={"name": "Ærlig AS", "address": address}, erp_state={"term": 14}, drift={"a": None}
    )
    state.links.save([saved])
    found = state.links.by_id(C, Side.ERP, ["11", "12"])
    assert found == {"11": replace(saved, linked_at=clock(), updated_at=clock())}
    assert state.links.by_id(Registry.PROJECTS, Side.ERP, ["11"]) == {}


def test_saving_again_replaces_the_states_and_keeps_when_it_was_linked(state: TenantState, clock: object) -> None:
    first = clock()  # type: ignore[operator]
    state.links.save([link("s1", "11", severa_state={"name": "old"})])
    later = clock.advance(hours=2)  # type: ignore[attr-defined]
    state.links.save([link("s1", "11", severa_state={"name": "new"})])
    found = state.links.by_id(C, Side.SEVERA, ["s1"])["s1"]
    assert (found.severa_state, found.linked_at, found.updated_at) == ({"name": "new"}, first, later)
    assert state.links.count() == 1


def test_a_given_linking_time_is_kept_in_utc(state: TenantState) -> None:
    oslo = datetime(2026, 1, 5, 12, 0, tzinfo=UTC) - timedelta(days=9)
    state.links.save([link("s1", "11", linked_at=oslo)])
    assert state.links.by_id(C, Side.SEVERA, ["s1"])["s1"].linked_at == oslo


def test_ids_are_translated_both_ways(state: TenantState) -> None:
    state.links.save([link("s1", "11"), link("s2", "12")])
    assert state.links.other_id(C, Side.SEVERA, "s2") == "12"
    assert state.links.other_id(C, Side.ERP, "11") == "s1"
    assert state.links.other_id(C, Side.ERP, "99") is None
    assert state.links.other_ids(C, Side.ERP, ["11", "12", "99"]) == {"11": "s1", "12": "s2"}
    assert state.links.linked(C, Side.ERP, ["11", "12", "99"]) == {"11", "12"}
    assert state.links.linked(C, Side.SEVERA, ["s1", "11"]) == {"s1"}


def test_translation_follows_saves_and_removals(state: TenantState) -> None:
    """PO-11: an item that was looked for in vain is found as soon as it is linked."""
    assert state.links.other_id(C, Side.SEVERA, "s1") is None
    state.links.save([link("s1", "11")])
    assert state.links.other_id(C, Side.SEVERA, "s1") == "11"
    state.links.save([link("s1", "21")])
    assert state.links.other_id(C, Side.SEVERA, "s1") == "21"
    assert state.links.other_id(C, Side.ERP, "11") is None
    state.links.remove(C, "s1")
    assert state.links.other_id(C, Side.SEVERA, "s1") is None
    assert state.links.other_id(C, Side.ERP, "21") is None
    state.links.remove(C, "s1")


def test_a_link_whose_batch_was_rolled_back_translates_nothing(state: TenantState) -> None:
    """PO-11: neither it nor what was believed meanwhile."""
    state.links.save([link("s2", "12")])

    def fail() -> None:
        with state.batch():
            state.links.save([link("s1", "11")])
            state.links.remove(C, "s2")
            assert state.links.other_ids(C, Side.SEVERA, ["s1", "s2"]) == {"s1": "11"}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert state.links.other_ids(C, Side.SEVERA, ["s1", "s2"]) == {"s2": "12"}


def test_two_items_of_severa_cannot_claim_one_of_the_erp(state: TenantState) -> None:
    """ALL-14: the clash names both, and nothing of the call is saved."""
    state.links.save([link("s1", "11")])
    with pytest.raises(LinkClashError) as caught:
        state.links.save([link("s2", "12"), link("s3", "11")])
    assert [(new.severa_id, old.severa_id) for new, old in caught.value.clashes] == [("s3", "s1")]
    assert "severa:s3" in str(caught.value)
    assert "severa:s1" in str(caught.value)
    assert [found.severa_id for found in state.links.all(C)] == ["s1"]
    assert state.links.other_id(C, Side.SEVERA, "s2") is None


def test_two_links_of_one_call_cannot_claim_one_id(state: TenantState) -> None:
    with pytest.raises(LinkClashError) as caught:
        state.links.save([link("s1", "11"), link("s2", "11")])
    assert {each.severa_id for each in caught.value.clashes[0]} == {"s1", "s2"}
    assert state.links.count() == 0


def test_two_links_may_trade_their_ids(state: TenantState) -> None:
    state.links.save([link("s1", "11"), link("s2", "12"), link("s3", "13")])
    state.links.save([link("s1", "12"), link("s2", "11")])
    assert state.links.other_ids(C, Side.SEVERA, ["s1", "s2", "s3"]) == {"s1": "12", "s2": "11", "s3": "13"}
    assert {found.severa_id: found.erp_id for found in state.links.all(C)} == {"s1": "12", "s2": "11", "s3": "13"}


def test_the_last_of_a_double_is_saved(state: TenantState) -> None:
    state.links.save([link("s1", "11"), link("s1", "12")])
    assert [found.erp_id for found in state.links.all(C)] == ["12"]


def test_one_id_may_be_used_in_two_registries(state: TenantState) -> None:
    other = Link(registry=Registry.PROJECTS, severa_id="s1", erp_id="11", key=None)
    state.links.save([link("s1", "11"), other])
    assert (state.links.count(), state.links.count(C), state.links.count(Registry.PROJECTS)) == (2, 1, 1)


def test_more_links_than_a_page_are_streamed_in_order_and_may_be_saved_meanwhile(state: TenantState) -> None:
    many = [link(f"s{number:05}", str(number)) for number in range(2500)]
    state.links.save(many)
    seen = []
    for found in state.links.all(C):
        seen.append(found.severa_id)
        if len(seen) == 700:
            state.links.save([link("s02499", "2499", drift={"name": "x"})])
    assert seen == [each.severa_id for each in many]
    assert len(state.links.by_id(C, Side.ERP, (each.erp_id for each in many))) == 2500


def test_a_value_that_json_would_change_is_refused(state: TenantState) -> None:
    """Money is Decimal (law 6): it is encoded by the caller, never turned into a double on the way."""
    with pytest.raises(Exception, match="not JSON serializable"):
        state.links.save([link("s1", "11", severa_state={"price": Decimal("1.10")})])
    assert state.links.count() == 0


def test_another_object_sees_what_was_saved(store: Store) -> None:
    store.tenant("fjord").links.save([link("s1", "11")])
    assert store.tenant("fjord").links.other_id(C, Side.ERP, "11") == "s1"
