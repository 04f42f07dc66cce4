"""What a run of the registries writes down before it begins, for the run after one that was killed (law 1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.plans import Create
from core.records import Customer, Registry, Side
from state.store import TenantState
from tasks.registry_unfinished import Unfinished

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def made_of(record_id: str, target: Side) -> Create:
    return Create(target, Customer(id=record_id, number="10001", name="Fjell AS"))


def of(state: TenantState) -> Unfinished:
    """As the next run reads it."""
    return Unfinished(state.facts, Registry.CUSTOMERS)


def test_what_was_begun_is_known_to_the_run_after_a_killed_one(state: TenantState) -> None:
    of(state).begin(AT, [made_of("guid", Side.ERP), made_of("77", Side.SEVERA)])
    of(state).begin(AT + timedelta(minutes=10), [made_of("other", Side.ERP)])
    assert of(state).since == AT
    assert (of(state).sources(Side.SEVERA), of(state).sources(Side.ERP)) == ({"guid", "other"}, {"77"})
    assert Unfinished(state.facts, Registry.PROJECTS).since is None


def test_a_run_that_ends_leaves_what_has_no_answer(state: TenantState) -> None:
    run = of(state)
    run.begin(AT, [made_of("guid", Side.ERP), made_of("lost", Side.ERP)])
    run.end({Side.SEVERA: {"lost"}, Side.ERP: set()}, settled=False)
    assert (of(state).since, of(state).sources(Side.SEVERA)) == (AT, {"lost"})
    of(state).settle()
    assert (of(state).since, of(state).sources(Side.SEVERA)) == (None, {"lost"})
    of(state).end({}, settled=True)
    assert (of(state).since, of(state).sources(Side.SEVERA)) == (None, set())
