"""Links by the time at which they were made: what follows from them may be due (PO-07)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.links import Link
from core.records import Registry
from state.store import Store, TenantState

if TYPE_CHECKING:
    from tests.unit.state.conftest import SettableClock


def link(registry: Registry, number: int) -> Link:
    return Link(registry=registry, severa_id=f"s{number}", erp_id=f"{number}", key=f"K{number}")


def test_links_made_since_an_instant_are_found_it_included(
    state: TenantState, store: Store, clock: SettableClock
) -> None:
    state.links.save([link(Registry.CUSTOMERS, 1)])
    second = clock.advance(minutes=1)
    state.links.save([link(Registry.CUSTOMERS, 2), link(Registry.PROJECTS, 3)])
    clock.advance(minutes=1)
    state.links.save([link(Registry.CUSTOMERS, 1), link(Registry.CUSTOMERS, 4)])  # saved again, not made again
    store.tenant("other").links.save([link(Registry.CUSTOMERS, 5)])
    assert [one.severa_id for one in state.links.linked_since(Registry.CUSTOMERS, second)] == ["s2", "s4"]
    assert state.links.linked_since(Registry.CUSTOMERS, second + timedelta(minutes=2)) == []
