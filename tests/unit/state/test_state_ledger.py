"""The ledger of invoices: compare-and-set, lawful steps only, a history of each (law 1, ALL-05)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from core.transfers import IllegalStepError, Stage, Transfer, TransferState
from state.errors import StaleTransferError, UnknownTransferError
from state.store import Store, TenantState
from state.transfers import Move

T = TransferState


def pending(severa_id: str = "inv-1") -> Transfer:
    return Transfer(severa_id=severa_id, reference=severa_id, severa_number="1001")


def test_an_invoice_comes_back_exactly(state: TenantState, clock: Callable[[], datetime]) -> None:
    """ALL-07: totals are the same Decimals, their digits too."""
    new = replace(pending(), severa_total=Decimal("12345678901234.10"), currency="NOK", version="7")
    added = state.transfers.add(new)
    assert added == replace(new, updated_at=clock())
    assert state.transfers.get("inv-1") == added
    assert str(added.severa_total) == "12345678901234.10"


def test_adding_twice_leaves_the_journey_alone(state: TenantState) -> None:
    """ALL-05: an invoice that is seen again on its trigger status does not begin anew."""
    state.transfers.add(pending())
    moved = state.transfers.step("inv-1", T.CREATING, expect=T.PENDING, attempts=1)
    assert state.transfers.add(replace(pending(), severa_number="other")) == moved
    assert [event.after for event in state.transfers.history("inv-1")] == [T.PENDING, T.CREATING]


def test_a_journey_begins_pending(state: TenantState) -> None:
    with pytest.raises(ValueError, match="begins pending"):
        state.transfers.add(replace(pending(), state=T.CREATED))
    assert state.transfers.all() == []


def test_a_step_sets_what_it_says_and_nothing_else(state: TenantState, clock: object) -> None:
    """ALL-06: the ERP's id and number are written with the step that learnt them."""
    before = state.transfers.add(pending())
    at = clock.advance(minutes=3)  # type: ignore[attr-defined]
    state.transfers.step("inv-1", T.CREATING, expect=T.PENDING, attempts=1, first_attempt_at=at, attempt_at=at)
    after = state.transfers.step(
        "inv-1", T.CREATED, expect=[T.CREATING, T.UNCERTAIN], erp_id="77", erp_total=Decimal("9.90")
    )
    assert after == replace(
        before,
        state=T.CREATED,
        erp_id="77",
        erp_total=Decimal("9.90"),
        attempts=1,
        first_attempt_at=at,
        attempt_at=at,
        updated_at=at,
    )


def test_a_step_from_another_state_than_expected_is_stale(state: TenantState) -> None:
    """ALL-05: of two who believe that an invoice is pending, one may create it."""
    state.transfers.add(pending())
    state.transfers.step("inv-1", T.CREATING, expect=T.PENDING)
    with pytest.raises(StaleTransferError) as caught:
        state.transfers.step("inv-1", T.CREATING, expect=T.PENDING, attempts=9)
    assert (caught.value.found, caught.value.expected) == (T.CREATING, (T.PENDING,))
    assert state.transfers.many(["inv-1"])["inv-1"].attempts == 0
    assert len(state.transfers.history("inv-1")) == 2


@pytest.mark.parametrize(
    ("path", "after"), [([], T.CREATED), ([T.CREATING, T.CREATED], T.CREATING), ([T.CREATING], T.DONE)]
)
def test_a_step_that_the_ledger_does_not_know_is_refused(state: TenantState, path: list[T], after: T) -> None:
    """ALL-05: no way leads from created back to a second create."""
    state.transfers.add(pending())
    for each in path:
        state.transfers.step("inv-1", each, expect=list(T))
    stands = state.transfers.get("inv-1")
    with pytest.raises(IllegalStepError):
        state.transfers.step("inv-1", after, expect=list(T))
    assert state.transfers.get("inv-1") == stands


def test_a_step_of_an_unknown_invoice_is_a_bug(state: TenantState) -> None:
    with pytest.raises(UnknownTransferError, match="inv-9"):
        state.transfers.step("inv-9", T.CREATING, expect=T.PENDING)


def test_many_moves_are_made_all_or_none(state: TenantState) -> None:
    """ALL-05: a batch whose last invoice moved meanwhile leaves the others where they were."""
    for severa_id in ("a", "b", "c"):
        state.transfers.add(pending(severa_id))
    moved = state.transfers.steps(
        [Move("a", T.CREATING, T.PENDING, {"attempts": 1}), Move("b", T.REJECTED, T.PENDING, {"reason": "no customer"})]
    )
    assert [(each.severa_id, each.state, each.attempts) for each in moved] == [
        ("a", T.CREATING, 1),
        ("b", T.REJECTED, 0),
    ]
    with pytest.raises(StaleTransferError):
        state.transfers.steps([Move("c", T.CREATING, T.PENDING), Move("a", T.CREATING, T.PENDING)])
    assert state.transfers.many(["c"])["c"].state is T.PENDING
    assert len(state.transfers.history("c")) == 1
    assert state.transfers.steps([]) == []


def test_half_a_batch_of_moves_is_taken_back_inside_a_batch_that_goes_on(state: TenantState) -> None:
    state.transfers.add(pending("a"))
    with state.batch():
        with pytest.raises(StaleTransferError):
            state.transfers.steps([Move("a", T.CREATING, T.PENDING), Move("a", T.CREATING, T.PENDING)])
        state.transfers.add(pending("b"))
    assert {each.severa_id: each.state for each in state.transfers.all()} == {"a": T.PENDING, "b": T.PENDING}


def test_one_invoice_may_move_twice_in_one_call(state: TenantState) -> None:
    state.transfers.add(pending())
    rows = state.transfers.steps(
        [Move("inv-1", T.CREATING, T.PENDING), Move("inv-1", T.CREATED, T.CREATING, {"erp_id": "5"})]
    )
    assert [each.state for each in rows] == [T.CREATED, T.CREATED]
    assert [event.after for event in state.transfers.history("inv-1")] == [T.PENDING, T.CREATING, T.CREATED]


def test_the_history_tells_the_journey_with_its_reasons(state: TenantState, clock: object) -> None:
    """VN-11: why an invoice was not left in the ERP can be read afterwards."""
    start = clock()  # type: ignore[operator]
    state.transfers.add(pending())
    later = clock.advance(minutes=1)  # type: ignore[attr-defined]
    state.transfers.step("inv-1", T.REJECTED, expect=T.PENDING, reason="totals differ by 0.06")
    state.transfers.step("inv-1", T.PENDING, expect=T.REJECTED, reason=None, note="a person asked for a retry")
    told = [(event.at, event.before, event.after, event.note) for event in state.transfers.history("inv-1")]
    assert told == [
        (start, None, T.PENDING, None),
        (later, T.PENDING, T.REJECTED, "totals differ by 0.06"),
        (later, T.REJECTED, T.PENDING, "a person asked for a retry"),
    ]
    retried = state.transfers.get("inv-1")
    assert retried is not None
    assert retried.reason is None


def test_invoices_are_found_by_where_they_stand(state: TenantState) -> None:
    """PO-13: those that were reported as transferred are asked for sent, those sent for paid."""
    way = [T.CREATING, T.CREATED, T.VERIFIED, T.REPORTED]
    for severa_id, steps in {"a": 0, "b": 2, "c": 4, "d": 4}.items():
        state.transfers.add(pending(severa_id))
        for before, after in zip([T.PENDING, *way], way[:steps], strict=False):
            state.transfers.step(severa_id, after, expect=before, erp_id=f"erp-{severa_id}")
    state.transfers.step("c", T.REPORTED, expect=T.REPORTED, stage=Stage.SENT)
    state.transfers.step("d", T.DONE, expect=T.REPORTED, stage=Stage.PAID)
    state.transfers.add(pending("e"))
    state.transfers.step("e", T.IGNORED, expect=T.PENDING)
    assert [each.severa_id for each in state.transfers.open()] == ["a", "b", "c"]
    assert [each.severa_id for each in state.transfers.in_states([T.CREATED, T.REPORTED])] == ["b", "c"]
    assert [each.severa_id for each in state.transfers.in_states([T.REPORTED], Stage.SENT)] == ["c"]
    assert state.transfers.in_states([T.REPORTED], Stage.TRANSFERRED) == []
    assert {id_: each.severa_id for id_, each in state.transfers.by_erp_ids(["erp-b", "erp-d", "no"]).items()} == {
        "erp-b": "b",
        "erp-d": "d",
    }
    assert len(state.transfers.all()) == 5


def test_two_openers_of_one_ledger_do_not_both_create(store: Store) -> None:
    """ALL-05: the second of two objects with the same old view is refused."""
    one, two = store.tenant("fjord"), store.tenant("fjord")
    one.transfers.add(pending())
    assert two.transfers.get("inv-1") is not None
    one.transfers.step("inv-1", T.CREATING, expect=T.PENDING)
    with pytest.raises(StaleTransferError):
        two.transfers.step("inv-1", T.CREATING, expect=T.PENDING)
