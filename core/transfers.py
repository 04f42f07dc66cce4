"""The ledger's words: the journey of one invoice, and which steps are allowed (law 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class TransferState(StrEnum):
    """Where the journey of one invoice stands.

    pending: seen on the trigger status. creating: the intent is committed, the call may be under way. uncertain: the
    answer was lost. created: the ERP's id is known. verified: the totals agree. released: it is in the ERP's books,
    where that is ours to do (VN-11). reported: the transferred status (and later ones) stands in Severa. done: paid
    and reported. rejected: not left in the ERP, waits for a correction. ignored: a person took it off the ledger.
    """

    PENDING = "pending"
    CREATING = "creating"
    UNCERTAIN = "uncertain"
    CREATED = "created"
    VERIFIED = "verified"
    RELEASED = "released"
    REPORTED = "reported"
    DONE = "done"
    REJECTED = "rejected"
    IGNORED = "ignored"


class Stage(StrEnum):
    """The last of its statuses that was written to Severa for this invoice, by the role that it has."""

    NONE = "none"
    TRANSFERRED = "transferred"
    SENT = "sent"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"


S = TransferState
ALLOWED: dict[TransferState, frozenset[TransferState]] = {
    S.PENDING: frozenset({S.CREATING, S.REJECTED, S.IGNORED}),
    S.CREATING: frozenset({S.CREATED, S.UNCERTAIN, S.PENDING, S.REJECTED}),
    S.UNCERTAIN: frozenset({S.CREATED, S.PENDING, S.REJECTED, S.IGNORED}),
    S.CREATED: frozenset({S.VERIFIED, S.REJECTED, S.REPORTED, S.IGNORED}),
    S.VERIFIED: frozenset({S.RELEASED, S.REPORTED, S.DONE, S.REJECTED, S.IGNORED}),
    S.RELEASED: frozenset({S.REPORTED, S.DONE, S.IGNORED}),
    S.REPORTED: frozenset({S.DONE, S.REJECTED, S.IGNORED}),
    S.REJECTED: frozenset({S.PENDING, S.IGNORED}),
    S.IGNORED: frozenset({S.PENDING}),
    S.DONE: frozenset(),
}
"""state -> states that may follow it.

PENDING after CREATING or UNCERTAIN: the call was refused, or looked up and proved absent. REPORTED after CREATED: the
totals differ, but a person had sent the draft before it could be removed. REJECTED after VERIFIED: it could not be
released. REJECTED after REPORTED: the draft is proved
gone and a person asks for it again.
"""

UNSETTLED = frozenset({S.CREATING, S.UNCERTAIN})
"""Whoever finds one of these looks the invoice up in the ERP before anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One invoice's row in the ledger. Totals include VAT in `currency`; instants are UTC.

    `reference` is what the ERP knows the current attempt by; `generation` counts confirmed deletions: the reference
    is the Severa guid, after a confirmed deletion `<guid>-2`, `-3`. `version` is the invoice's version in Severa when
    it was last tried. `erp_reference` is the ERP's payment reference that was written to Severa. `first_attempt_at` and
    `attempt_at` are the starts of the first and of the latest attempt.
    """

    severa_id: str
    severa_number: str | None = None
    erp_id: str | None = None
    erp_number: str | None = None
    erp_reference: str | None = None
    state: TransferState = TransferState.PENDING
    stage: Stage = Stage.NONE
    reference: str
    generation: int = 1
    version: str | None = None
    currency: str | None = None
    severa_total: Decimal | None = None
    erp_total: Decimal | None = None
    attempts: int = 0
    first_attempt_at: datetime | None = None
    attempt_at: datetime | None = None
    reason: str | None = None
    updated_at: datetime | None = None

    @property
    def difference(self) -> Decimal | None:
        """ERP total minus Severa total; None until both are known."""
        if self.severa_total is None or self.erp_total is None:
            return None
        return self.erp_total - self.severa_total


def reference_for(severa_id: str, generation: int) -> str:
    """What the ERP knows an attempt by: the guid, with a suffix after a confirmed deletion."""
    return severa_id if generation == 1 else f"{severa_id}-{generation}"


class IllegalStepError(Exception):
    """A step that the ledger does not allow: two parts of the product disagree."""


def check_step(before: TransferState, after: TransferState) -> None:
    """Raise IllegalStepError unless `after` may follow `before`; staying is allowed."""
    if before is not after and after not in ALLOWED[before]:
        raise IllegalStepError(f"a transfer cannot go from {before} to {after}")
