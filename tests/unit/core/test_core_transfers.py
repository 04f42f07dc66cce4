"""The ledger's table of steps: what an invoice's journey can and cannot be (law 1, ALL-05)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise, product

import pytest
from core_samples import GUID, transfer
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.transfers import (
    ALLOWED,
    UNSETTLED,
    IllegalStepError,
    TransferState,
    check_step,
    reference_for,
)

S = TransferState
JOURNEY = (S.PENDING, S.CREATING, S.CREATED, S.VERIFIED, S.REPORTED, S.DONE)


@pytest.mark.parametrize(("before", "after"), list(product(S, S)), ids=lambda state: state.value)
def test_a_step_is_allowed_exactly_when_the_table_says_so(before: TransferState, after: TransferState) -> None:
    """Law 1: staying is allowed, so that a row may be amended; all else is refused by name."""
    if before is after or after in ALLOWED[before]:
        check_step(before, after)
    else:
        with pytest.raises(IllegalStepError, match=f"from {before} to {after}"):
            check_step(before, after)


def test_the_table_has_a_row_for_every_state() -> None:
    assert set(ALLOWED) == set(S)
    assert all(state not in after for state, after in ALLOWED.items())


def test_the_journey_of_a_good_invoice_is_allowed() -> None:
    """ALL-05: from the trigger status to paid."""
    for before, after in pairwise(JOURNEY):
        check_step(before, after)


def without(*closed: TransferState) -> Callable[[TransferState], set[TransferState]]:
    """What can be reached from a state when these are never entered."""

    def reached(start: TransferState) -> set[TransferState]:
        seen: set[TransferState] = set()
        open_ = [start]
        while open_:
            for after in ALLOWED[open_.pop()] - seen - set(closed):
                seen.add(after)
                open_.append(after)
        return seen

    return reached


def test_done_is_final() -> None:
    """ALL-05: a paid and reported invoice never moves again, and every other state can still get there."""
    assert without()(S.DONE) == set()
    for state in set(S) - {S.DONE}:
        assert S.DONE in without()(state)


@pytest.mark.parametrize("state", [S.VERIFIED, S.REPORTED, S.DONE])
def test_nothing_is_reported_that_was_not_created(state: TransferState) -> None:
    """ALL-05: from the start no way leads there around `created`."""
    assert state not in without(S.CREATED)(S.PENDING)
    assert state in without()(S.PENDING)


def test_nothing_is_created_without_a_committed_intent() -> None:
    """Law 1: `creating` stands on the ledger before the ERP's id can."""
    assert S.CREATED not in without(S.CREATING)(S.PENDING)


def test_what_stands_in_the_erp_is_sent_again_only_after_a_rejection_or_by_a_person() -> None:
    """ALL-05: from `created` on, every way to another create leads over `rejected` (gone) or `ignored` (a person)."""
    for state in (S.CREATED, S.VERIFIED, S.REPORTED):
        assert S.CREATING not in without(S.REJECTED, S.IGNORED)(state)


def test_a_lost_answer_is_settled_before_it_is_tried_again() -> None:
    """Law 1: `creating` and `uncertain` never lead straight to another create."""
    assert {S.CREATING, S.UNCERTAIN} == UNSETTLED
    for state in UNSETTLED:
        assert S.CREATING not in ALLOWED[state]


class Journey(RuleBasedStateMachine):
    """One invoice's row under any wish in any order: the table lets through what keeps the law."""

    def __init__(self) -> None:
        super().__init__()
        self.path = [S.PENDING]

    @property
    def stands(self) -> TransferState:
        return self.path[-1]

    def since(self, state: TransferState) -> list[TransferState]:
        """The path since this state was last entered."""
        last = len(self.path) - 1 - self.path[::-1].index(state)
        return self.path[last:]

    @rule(after=st.sampled_from(list(S)))
    def wish(self, after: TransferState) -> None:
        """Any step is tried; a refused one changes nothing."""
        try:
            check_step(self.stands, after)
        except IllegalStepError:
            return
        if after is not self.stands:
            self.path.append(after)

    @precondition(lambda self: bool(ALLOWED[self.stands]))
    @rule(choice=st.randoms(use_true_random=False))
    def go_on(self, choice: object) -> None:
        """A lawful step, so that journeys get long."""
        self.path.append(choice.choice(sorted(ALLOWED[self.stands])))  # type: ignore[attr-defined]

    @invariant()
    def done_is_final(self) -> None:
        assert S.DONE not in self.path[:-1]

    @invariant()
    def reported_and_done_come_after_created(self) -> None:
        """ALL-05: of the same attempt, that is since the row was last `pending`."""
        if self.stands in {S.VERIFIED, S.REPORTED, S.DONE}:
            assert S.CREATED in self.since(S.PENDING)

    @invariant()
    def created_comes_after_an_intent(self) -> None:
        if self.stands is S.CREATED:
            assert S.CREATING in self.since(S.PENDING)

    @invariant()
    def a_create_follows_a_pending_row(self) -> None:
        """Law 1: every attempt begins at `pending`, where nothing stands in the ERP as far as is known."""
        for before, after in pairwise(self.path):
            assert after is not S.CREATING or before is S.PENDING


Journey.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestJourney = Journey.TestCase


def test_a_reference_gets_a_suffix_after_each_confirmed_deletion() -> None:
    """ALL-07: the next attempt is not mistaken for the deleted one; the guid stays in front."""
    references = [reference_for(GUID, generation) for generation in (1, 2, 3)]
    assert references == [GUID, f"{GUID}-2", f"{GUID}-3"]
    assert all(reference[:36] == GUID for reference in references)


@pytest.mark.parametrize(
    ("severa", "erp", "difference"),
    [("100.00", "100.05", "0.05"), ("100.00", None, None), (None, "100.00", None), ("3", "1", "-2")],
)
def test_a_transfer_says_how_far_the_totals_are_apart(
    severa: str | None, erp: str | None, difference: str | None
) -> None:
    """ALL-07: ERP minus Severa, known when both are."""
    totals = [None if total is None else Decimal(total) for total in (severa, erp, difference)]
    assert transfer(S.CREATED, severa_total=totals[0], erp_total=totals[1]).difference == totals[2]
