"""Purchase rows become project costs once, however a run ends (ALL-08, PO-14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from state.costs import CostState, ImportedCost
from state.errors import CostStepError
from state.store import TenantState

KEY = "poweroffice:4711"
Now = Callable[[], datetime]


def test_an_intent_is_kept_with_what_it_can_be_looked_up_by(state: TenantState, clock: Now) -> None:
    state.costs.intend(KEY, at=clock(), details={"project": "guid", "amount": "120.50"}, voucher_id="V9")
    expected = ImportedCost(
        key=KEY,
        state=CostState.INTENT,
        voucher_id="V9",
        severa_id=None,
        fingerprint=None,
        details={"project": "guid", "amount": "120.50"},
        intended_at=clock(),
        updated_at=clock(),
    )
    assert state.costs.get(KEY) == expected
    assert state.costs.unsettled() == [expected]
    assert state.costs.many([KEY, "poweroffice:1"]) == {KEY: expected}


def test_a_done_cost_is_settled_and_its_voucher_known(state: TenantState, clock: Now) -> None:
    state.costs.intend(KEY, at=clock(), details={}, voucher_id="V9")
    state.costs.intend("poweroffice:4712", at=clock(), details={}, voucher_id="V10")
    assert state.costs.vouchers() == set()
    state.costs.done(KEY, "cost-1", "print")
    done = state.costs.get(KEY)
    assert done is not None
    assert (done.state, done.severa_id, done.fingerprint) == (CostState.DONE, "cost-1", "print")
    assert [each.key for each in state.costs.unsettled()] == ["poweroffice:4712"]
    assert state.costs.vouchers() == {"V9"}
    assert state.costs.has_voucher(["V9", "V10", "V11"]) == {"V9"}


def test_a_cost_is_never_intended_twice(state: TenantState, clock: Now) -> None:
    state.costs.intend(KEY, at=clock(), details={})
    with pytest.raises(CostStepError, match="it is intent"):
        state.costs.intend(KEY, at=clock(), details={})
    state.costs.done(KEY, "cost-1", "print")
    with pytest.raises(CostStepError, match="it is done"):
        state.costs.intend(KEY, at=clock(), details={})
    with pytest.raises(CostStepError):
        state.costs.forget_intent(KEY)


def test_a_done_cost_keeps_its_own_record_in_severa(state: TenantState, clock: Now) -> None:
    state.costs.intend(KEY, at=clock(), details={})
    state.costs.done(KEY, "cost-1", "print")
    state.costs.done(KEY, "cost-1", "changed print")
    with pytest.raises(CostStepError, match="done as cost-1"):
        state.costs.done(KEY, "cost-2", "print")
    found = state.costs.get(KEY)
    assert found is not None
    assert (found.severa_id, found.fingerprint) == ("cost-1", "changed print")


def test_an_intent_that_proved_absent_is_forgotten_and_made_anew(state: TenantState, clock: Now) -> None:
    state.costs.intend(KEY, at=clock(), details={})
    state.costs.forget_intent(KEY)
    state.costs.forget_intent(KEY)
    assert state.costs.get(KEY) is None
    state.costs.intend(KEY, at=clock(), details={})
    assert len(state.costs.unsettled()) == 1


def test_a_dropped_cost_may_be_intended_again_and_an_unsettled_one_not_dropped(state: TenantState, clock: Now) -> None:
    state.costs.intend(KEY, at=clock(), details={"n": 1}, voucher_id="V9")
    with pytest.raises(CostStepError, match="it is intent"):
        state.costs.drop(KEY)
    state.costs.done(KEY, "cost-1", "print")
    state.costs.drop(KEY)
    assert state.costs.vouchers() == set()
    with pytest.raises(CostStepError, match="it is dropped"):
        state.costs.done(KEY, "cost-2", "print")
    state.costs.intend(KEY, at=clock(), details={"n": 2}, voucher_id="V9")
    again = state.costs.get(KEY)
    assert again is not None
    assert (again.state, again.severa_id, again.details) == (CostState.INTENT, None, {"n": 2})


def test_a_cost_that_was_not_intended_cannot_be_done(state: TenantState) -> None:
    with pytest.raises(CostStepError, match="it is unknown"):
        state.costs.done(KEY, "cost-1", "print")
