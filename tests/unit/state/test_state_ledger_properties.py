"""Whatever is asked of the ledger in whatever order, it agrees with its own rules (law 1, ALL-05)."""

from __future__ import annotations

import atexit
import uuid
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.transfers import ALLOWED, IllegalStepError, Transfer, TransferState
from state.errors import StaleTransferError, UnknownTransferError
from state.store import Store
from state.transfers import Move

STORE = Store.open("sqlite://")
atexit.register(STORE.close)
INVOICES = st.sampled_from(["a", "b", "c"])
STATES = st.sampled_from(list(TransferState))


class Ledger(RuleBasedStateMachine):
    """A ledger beside a dictionary that knows the allowed steps."""

    @initialize()
    def open_for_a_new_tenant(self) -> None:
        self.ledger = STORE.tenant(uuid.uuid4().hex).transfers
        self.stands: dict[str, TransferState] = {}

    def outcome(self, invoice: str, after: TransferState, expect: set[TransferState]) -> type[Exception] | None:
        """The error that a step must end with, or None."""
        before = self.stands.get(invoice)
        if before is None:
            return UnknownTransferError
        if before not in expect:
            return StaleTransferError
        return None if before is after or after in ALLOWED[before] else IllegalStepError

    @rule(invoice=INVOICES)
    def add(self, invoice: str) -> None:
        stands = self.stands.setdefault(invoice, TransferState.PENDING)
        assert self.ledger.add(Transfer(severa_id=invoice, reference=invoice)).state is stands

    @rule(invoice=INVOICES, after=STATES, expect=st.sets(STATES, min_size=1))
    def step(self, invoice: str, after: TransferState, expect: set[TransferState]) -> None:
        error = self.outcome(invoice, after, expect)
        if error is None:
            assert self.ledger.step(invoice, after, expect=expect).state is after
            self.stands[invoice] = after
        else:
            with pytest.raises(error):
                self.ledger.step(invoice, after, expect=expect)

    @rule(invoice=INVOICES, choice=st.randoms(use_true_random=False))
    def go_on(self, invoice: str, choice: object) -> None:
        """A lawful step, so that journeys get long."""
        before = self.stands.get(invoice)
        if before is not None and ALLOWED[before]:
            after = choice.choice(sorted(ALLOWED[before]))  # type: ignore[attr-defined]
            self.stands[invoice] = self.ledger.step(invoice, after, expect=before).state

    @rule(moves=st.lists(st.tuples(INVOICES, STATES), min_size=2, max_size=4))
    def steps_all_or_none(self, moves: list[tuple[str, TransferState]]) -> None:
        saved = dict(self.stands)
        for invoice, after in moves:
            error = self.outcome(invoice, after, set(TransferState))
            if error is not None:
                self.stands = saved
                with pytest.raises(error):
                    self.ledger.steps([Move(invoice, after, list(TransferState)) for invoice, after in moves])
                return
            self.stands[invoice] = after
        self.ledger.steps([Move(invoice, after, list(TransferState)) for invoice, after in moves])

    @invariant()
    def rows_and_histories_agree(self) -> None:
        assert {row.severa_id: row.state for row in self.ledger.all()} == self.stands
        for invoice, stands in self.stands.items():
            events = self.ledger.history(invoice)
            assert (events[0].before, events[-1].after) == (None, stands)
            for one, two in pairwise(events):
                assert one.after is two.before
                assert two.after is one.after or two.after in ALLOWED[one.after]


Ledger.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestLedger = Ledger.TestCase
